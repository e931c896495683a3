"""« Clôturer » asks once: nothing changes any more afterwards (S123 to S126)."""

from data.vocabulary import Action
from services import lifecycle
from services.views import IncidentView
from ui import calls
from ui.dialogs.asking import Asked, Asking
from ui.elements import note


async def ask_closing(page: Asked) -> Asking:
    """The dialog, open."""
    t = page.viewer.t
    asking = Asking(page, t("close.title"), confirm=t("action.close"), sign="archive", action=Action.CLOSE, width=520)
    with asking:
        own = page.incident.requester.id == page.viewer.user_id
        note(t("close.help_own" if own else "close.help"), icon="archive")

    async def send(version: int | None) -> IncidentView:
        return await calls.write(lifecycle.close, page.viewer.actor, page.incident.reference, version=version)

    asking.send = send
    asking.said = lambda incident: t("toast.closed", ref=incident.reference)
    asking.open()
    return asking
