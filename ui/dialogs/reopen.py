"""« Rouvrir »: the SLA restarts now; a reason is asked for (S127, S128)."""

from data.vocabulary import Action, Role
from services import lifecycle
from services.inputs import REASON
from services.views import IncidentView
from ui import calls, drafts
from ui.dialogs.asking import Asked, Asking
from ui.elements import note, set_attributes
from ui.fields import text_area


async def ask_reopening(page: Asked) -> Asking:
    """The dialog, open; to a requester it speaks of the problem and not of clocks."""
    own = page.viewer.role is Role.REQUESTER
    t, place = page.viewer.t, f"reopen/{page.incident.reference}"
    typed = await drafts.kept(page.viewer, place)
    asking = Asking(
        page,
        t("portal.again_title" if own else "reopen.title"),
        confirm=t("portal.again_send" if own else "action.reopen"),
        sign="restart_alt",
        action=Action.REOPEN,
        width=520,
    )
    with asking:
        note(t("portal.again_help" if own else "reopen.help"), icon="restart_alt")
        reason = text_area(
            t("portal.again_reason" if own else "field.reason"),
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
    asking.said = lambda incident: t("portal.again_sent" if own else "toast.reopened", ref=incident.reference)
    asking.open()
    return asking
