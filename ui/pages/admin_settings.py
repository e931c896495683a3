"""`/admin/settings`: what holds for the whole desk: its name, where service requests are sent (S7, S8), signing in."""

from nicegui.events import ValueChangeEventArguments

from data.vocabulary import Role
from services import desk_settings, i18n, second_factor
from services.desk_settings import ADDRESS, LABEL, DeskSettings
from services.errors import DeskError, Invalid
from services.inputs import NAME
from ui import calls
from ui.components.toasts import toast
from ui.declare import desk_page
from ui.elements import button, card, el, once
from ui.fields import Field, checkbox, show_errors, text_field
from ui.shell import frame, page_header
from ui.viewer import Viewer


@desk_page("/admin/settings", roles=frozenset({Role.ADMIN}))
async def settings_page(viewer: Viewer) -> None:
    settings = await calls.read(desk_settings.get, viewer.actor)
    title = viewer.t("settings.title")
    with frame(viewer, title, current="/admin/settings"):
        page_header(title)
        with el("div", "vg-pad vg-me"):
            _form(viewer, settings)
            _signing_in(viewer, settings)


def _form(viewer: Viewer, settings: DeskSettings) -> None:
    fields: dict[str, Field] = {}
    with el("form", "vg-stack", novalidate=True, data_submit_area="") as form:
        with card(viewer.t("settings.organisation"), icon="apartment"):
            fields["name"] = text_field(
                viewer.t("settings.name"), locale=viewer.locale, value=settings.name, required=True, max_length=NAME
            )
        with card(viewer.t("settings.catalogue"), icon="storefront"), el("div", "vg-stack"):
            el("p", "vg-soft", viewer.t("settings.catalogue_help"))
            fields["catalogue_address"] = text_field(
                viewer.t("settings.catalogue_address"),
                locale=viewer.locale,
                value=settings.catalogue_address or "",
                hint=viewer.t("settings.catalogue_address_hint"),
                required=False,
                max_length=ADDRESS,
                autocomplete="off",
            )
            fields["catalogue_label"] = text_field(
                viewer.t("settings.catalogue_label"),
                locale=viewer.locale,
                value=settings.catalogue_label or "",
                hint=viewer.t("settings.catalogue_label_hint"),
                required=False,
                max_length=LABEL,
            )

        async def save() -> None:
            try:
                given = {name: field.value for name, field in fields.items()}
                await calls.write(desk_settings.save, viewer.actor, given)
            except Invalid as invalid:
                show_errors(fields, i18n.field_sentences(invalid, viewer.locale))
            except DeskError as refusal:
                toast(i18n.error_sentence(refusal, viewer.locale), error=True)
            else:
                show_errors(fields, {})
                toast(viewer.t("settings.saved"))

        with el("div", "vg-row"):
            save_it = button(viewer.t("action.save"), icon="check", kind="primary", submit=True).props("type=submit")
    form.on("submit.prevent", once(save_it, save), [])


def _signing_in(viewer: Viewer, settings: DeskSettings) -> None:
    async def choose(event: ValueChangeEventArguments[bool]) -> None:
        if event.value == kept[0]:
            return
        try:
            await calls.write(second_factor.require_of_administrators, viewer.actor, bool(event.value))
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, viewer.locale), error=True)
            box.value = kept[0]
        else:
            kept[0] = bool(event.value)
            toast(viewer.t("settings.saved"))

    kept = [settings.second_factor_admins]
    with card(viewer.t("second_factor.title"), icon="phonelink_lock"), el("div", "vg-stack vg-stack--s"):
        el("p", "vg-soft", viewer.t("second_factor.require_help"))
        box = checkbox(viewer.t("second_factor.require"), value=settings.second_factor_admins, on_change=choose)
