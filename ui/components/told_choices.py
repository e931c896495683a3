"""Which way one wants to be told of what, and when not: a card of `/me`."""

from nicegui import ui

from data.vocabulary import Medium, NotificationKind
from services import i18n
from services.errors import DeskError, Invalid
from services.notifications import choices
from services.notifications.choices import PERSONAL, Choices
from ui import calls
from ui.components.toasts import toast
from ui.elements import button, card, el, note, set_attributes
from ui.fields import Field, checkbox, select_field, show_errors
from ui.viewer import Viewer

STEP = 30  # minutes

Boxes = dict[tuple[NotificationKind, Medium], ui.checkbox]


def told_choices(viewer: Viewer, chosen: Choices) -> None:
    """The card stands in the current container."""
    with card(viewer.t("notification.choices"), icon="notifications"), el("div", "vg-stack"):
        el("p", "vg-soft", viewer.t("notification.choices_help"))
        if not chosen.mail:
            note(viewer.t("notification.mail_off"), icon="mail_off")
        elif not chosen.address:
            note(viewer.t("notification.no_address"), icon="alternate_email")
        boxes = _table(viewer, chosen)
        fields = _quiet(viewer, chosen)

        async def save() -> None:
            media: dict[str, list[str]] = {
                kind.value: [medium.value for medium in PERSONAL if boxes[kind, medium].value] for kind in chosen.media
            }
            begin, end = (fields[name].value for name in ("quiet_from", "quiet_until"))
            try:
                await calls.write(choices.choose, viewer.actor, media, quiet_from=begin, quiet_until=end)
            except Invalid as invalid:
                show_errors(fields, i18n.field_sentences(invalid, viewer.locale))
                return
            except DeskError as refusal:
                toast(i18n.error_sentence(refusal, viewer.locale), error=True)
                return
            show_errors(fields, {})
            toast(viewer.t("notification.saved"))

        button(viewer.t("notification.save"), on_click=save)


def _table(viewer: Viewer, chosen: Choices) -> Boxes:
    boxes: Boxes = {}
    with el("table", "vg-way-table"):
        with el("thead"), el("tr"):
            el("td")
            for medium in PERSONAL:
                el("th", "", viewer.t(f"notification.medium.{medium}"), scope="col")
        with el("tbody"):
            for kind, media in chosen.media.items():
                with el("tr"):
                    name = viewer.t(f"notification.kind.{kind}")
                    el("th", "", name, scope="row")
                    for medium in PERSONAL:
                        with el("td"):
                            box = checkbox("", value=medium in media)
                            way = viewer.t(f"notification.medium.{medium}")
                            set_attributes(box, aria_label=viewer.t("notification.fact", name=name, value=way))
                            boxes[kind, medium] = box
    return boxes


def _quiet(viewer: Viewer, chosen: Choices) -> dict[str, Field]:
    times = {minute: f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(0, 24 * 60, STEP)}
    begin, end = chosen.quiet or (None, None)
    el("h3", "vg-h3", viewer.t("notification.quiet"))
    el("p", "vg-soft", viewer.t("notification.quiet_help"))
    with el("div", "vg-pair"):
        return {
            name: select_field(
                viewer.t(f"notification.{name}"),
                times | ({value: f"{value // 60:02d}:{value % 60:02d}"} if value is not None else {}),
                locale=viewer.locale,
                value=value,
                clearable=True,
            )
            for name, value in (("quiet_from", begin), ("quiet_until", end))
        }
