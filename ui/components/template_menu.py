"""« Modèles »: a menu of prepared incidents beside the form that they fill in."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from nicegui import ui

from services.templates import TemplateView
from ui.components.toasts import toast
from ui.elements import button, el, set_attributes
from ui.viewer import Viewer

_NAMES = ("title", "category", "priority", "severity", "impact")


class _Form(Protocol):
    def __getitem__(self, name: str) -> Any: ...
    def values(self) -> dict[str, Any]: ...


def fields_of(template: TemplateView) -> Mapping[str, Any]:
    """Name → value of the form's fields that the template fills in."""
    found = {name: getattr(template, name) for name in _NAMES}
    found |= {"description": template.text, "team": template.team_id}
    return {name: str(value) if name in _NAMES else value for name, value in found.items() if value}


def template_menu(viewer: Viewer, prepared: Sequence[TemplateView], form: _Form) -> None:
    """The menu in the current container; nothing where nothing is prepared. What is overwritten can be had back."""
    if not prepared:
        return
    with button(viewer.t("templates.choose"), icon="description", kind="quiet", small=True) as opener:
        set_attributes(opener, aria_haspopup="menu")
        with ui.menu().props("auto-close no-refocus") as menu:
            set_attributes(menu, role="menu", aria_label=viewer.t("templates.choose"))
            for each in prepared:
                with ui.item(on_click=lambda each=each: _fill(viewer, each, form)) as item:
                    set_attributes(item, role="menuitem")
                    el("span", "", each.name)


def _fill(viewer: Viewer, template: TemplateView, form: _Form) -> None:
    wanted, before = fields_of(template), form.values()
    for name, value in wanted.items():
        form[name].value = value

    def undo() -> None:
        for name in wanted:
            form[name].value = before[name]

    toast(
        viewer.t("templates.filled", name=template.name),
        icon="description",
        undo=undo,
        undo_label=viewer.t("action.undo"),
    )
    form["title"].focus()
