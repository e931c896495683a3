"""« Rouvrir »: the SLA restarts now; a reason is asked for (S127, S128)."""

from data.vocabulary import Action
from services import lifecycle
from services.inputs import REASON
from services.views import IncidentView
from ui import calls, drafts
from ui.dialogs.asking import Asked, Asking
from ui.elements import note, set_attributes
from ui.fields import text_area


async def ask_reopening(page: Asked) -> Asking:
    """The dialog, open."""
    t, place = page.viewer.t, f"reopen/{page.incident.reference}"
    typed = await drafts.kept(page.viewer, place)
    asking = Asking(
        page, t("reopen.title"), confirm=t("action.reopen"), sign="restart_alt", action=Action.REOPEN, width=520
    )
    with asking:
        note(t("reopen.help"), icon="restart_alt")
        reason = text_area(
            t("field.reason"),
            locale=page.viewer.locale,
            value=typed,
            placeholder=t("reopen.reason_help"),
            required=True,
            max_length=REASON,
            on_change=asking.check,
        )
    set_attributes(reason.control, data_autofocus="")

    async def send(version: int | None) -> IncidentView:
        return await calls.write(
            lifecycle.reopen, page.viewer.actor, page.incident.reference, reason=reason.value, version=version
        )

    asking.keep(reason, place)
    asking.fields = {"reason": reason}
    asking.valid = lambda: bool((reason.value or "").strip())
    asking.send = send
    asking.said = lambda incident: t("toast.reopened", ref=incident.reference)
    asking.open()
    return asking
