"""« Mettre en attente »: for what, and until when somebody means to look again (S40)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from data.vocabulary import Action, HoldReason
from services import lifecycle, preview
from services.inputs import REASON
from services.views import IncidentView
from ui import calls, drafts
from ui.components.choice import ChoiceField, Option
from ui.dialogs.asking import Asked, Asking
from ui.dialogs.several import Several
from ui.elements import el, icon, set_attributes, set_text
from ui.fields import text_area, text_field

_ICONS = {
    HoldReason.USER: "person_raised_hand",
    HoldReason.SUPPLIER: "local_shipping",
    HoldReason.CHANGE: "event_upcoming",
    HoldReason.OTHER: "more_horiz",
}


async def ask_hold(page: Asked) -> Asking:
    """The dialog, open."""
    viewer, t, place = page.viewer, page.viewer.t, f"hold/{page.incident.reference}"
    many = isinstance(page, Several)
    typed, picked = ("", "") if many else await drafts.kept_all(viewer, place, f"{place}/reason")
    pausing = await calls.read(preview.pausing, viewer.actor, page.incident.reference)
    asking = Asking(page, t("hold.title"), confirm=t("action.hold"), sign="pause", action=Action.HOLD)

    def chosen() -> None:
        paused = reason.value in pausing
        set_text(effect, t("hold.help_paused" if paused else "hold.help"))
        asking.check()

    with asking:
        reason = ChoiceField(
            t("field.hold_reason"),
            [
                Option(code.value, t(f"hold_reason.{code}"), help=t(f"hold_reason.{code}.help"), icon=_ICONS[code])
                for code in HoldReason
            ],
            locale=viewer.locale,
            value=picked or None,
            columns=2,
            required=True,
            on_change=chosen,
        )
        text = text_area(
            t("field.hold_note"),
            locale=viewer.locale,
            value=typed,
            placeholder=t("hold.note_help"),
            required=False,
            max_length=REASON,
        )
        until = text_field(t("field.resume_on"), locale=viewer.locale, required=False, classes="vg-field--when")
        set_attributes(until.control, type="datetime-local")
        with el("div", "vg-note"):
            icon("timer")
            effect = el("span", "", t("hold.help"))

    async def send(version: int | None) -> IncidentView:
        return await calls.write(
            lifecycle.hold,
            viewer.actor,
            page.incident.reference,
            reason=reason.value,
            text=text.value,
            resume_at=local_instant(until.value, viewer.zone),
            version=version,
        )

    set_attributes(reason.control, data_autofocus="")
    if not many:
        asking.keep(text, place)
        asking.keep(reason, f"{place}/reason")
    asking.fields = {"reason": reason, "text": text, "resume_at": until}
    asking.valid = lambda: reason.value is not None
    asking.send = send
    asking.said = lambda incident: t("toast.held", ref=incident.reference)
    chosen()
    asking.open()
    return asking


def local_instant(value: str | None, zone: ZoneInfo) -> datetime | None:
    """What a date field says, as an instant; None for nothing, or for what is no date."""
    try:
        return datetime.fromisoformat(value).replace(tzinfo=zone) if value else None
    except ValueError:
        return None
