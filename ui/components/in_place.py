"""Changing what is on the page where it stands: a text behind a pencil, a code in a menu that explains each choice."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from nicegui import ui
from nicegui.element import Element

from services import i18n
from services.errors import DeskError, Invalid
from ui.components.choice import Option
from ui.components.redrawn import Redrawn
from ui.components.rich_text import rich_text
from ui.components.shown import WithVersion, on_press
from ui.elements import button, el, focus, icon, once, set_attributes, set_text
from ui.typed import TextArea, TextInput
from ui.viewer import Viewer

# Saves the changes made on top of a version; raises `DeskError`.
Save = Callable[[Mapping[str, Any], int | None], Awaitable[None]]


class IncidentText(NamedTuple):
    """What a field of an incident says at a version."""

    text: str
    version: int


class InPlaceText:
    """A title or a description; Ctrl+Enter saves, Esc leaves it as it was."""

    def __init__(self, viewer: Viewer, field: str, *, tag: str, classes: str, max_length: int, save: Save) -> None:
        self._viewer, self._field, self._save = viewer, field, save
        many_lines = tag != "h1"
        self._version: int | None = None  # what is being edited
        self._current = self._opened = IncidentText("", 0)
        with el("div", f"vg-inplace vg-inplace--{field}") as self._reading:
            self._text = Redrawn(partial(_draw, tag), tag, classes)
            name = viewer.t("detail.edit_field", field=viewer.t(f"field.{field}"))
            with el(
                "button", "vg-iconic vg-inplace__pencil", type="button", aria_label=name, title=name, data_action=""
            ) as self._pencil:
                icon("edit")
        with el("div", f"vg-inplace__editor vg-inplace--{field}", data_submit_area="") as self._editor:
            self._input = TextArea().props("autogrow") if many_lines else TextInput()
            self._input.props("outlined dense")
            self._error = el("div", "vg-field__error", "")
            self._theirs = el("div", "vg-field__hint", "")
            set_attributes(
                self._input,
                aria_label=viewer.t(f"field.{field}"),
                aria_describedby=f"{self._error.html_id} {self._theirs.html_id}",
                maxlength=max_length,
            )
            with el("div", "vg-inplace__foot"):
                keep = button(viewer.t("action.save"), kind="primary", small=True, submit=True, on_click=self._keep)
                button(viewer.t("action.cancel"), kind="quiet", small=True, on_click=self.leave)
        self._editor.visible = False
        on_press(self._pencil, self._open)
        self._input.on("keydown.esc", self.leave, args=[])
        if not many_lines:
            self._input.on("keydown.enter.exact.prevent", once(keep, self._keep), args=[])

    def show(self, text: str, version: int, *, editable: bool) -> list[Element]:
        """What changed, to be lit. What somebody is typing stays."""
        self._current = IncidentText(text, version)
        changed = [self._text.root] if self._text.show(text) else []
        self._pencil.visible = editable
        if not editable:
            self.leave()
        return changed

    def warn(self, by: str) -> None:
        """Whoever is changing the text reads, before saving, that somebody else has changed the incident."""
        if self._editor.visible:
            sentence = self._viewer.t("detail.changed_by", name=by)
            if self._current.text != self._opened.text:
                sentence += " " + self._viewer.t("detail.now_says", text=self._current.text)
            set_text(self._theirs, sentence)

    async def _open(self, version: int | None) -> None:
        self._version, self._opened = version, self._current
        self._input.value = self._current.text
        self._wrong("")
        self._reading.visible, self._editor.visible = False, True
        focus(self._input)

    def leave(self) -> None:
        """The text is shown again as it stands."""
        if self._editor.visible:
            self._reading.visible, self._editor.visible = True, False
            focus(self._pencil)

    async def _keep(self) -> None:
        try:
            await self._save({self._field: self._input.value or ""}, self._version)
        except Invalid as refusal:
            self._wrong(" ".join(i18n.field_sentences(refusal, self._viewer.locale).values()))
        except DeskError as refusal:
            self._wrong(i18n.error_sentence(refusal, self._viewer.locale))
            self._tell_theirs()
        else:
            self.leave()

    def _tell_theirs(self) -> None:
        """What somebody else has written meanwhile stands below; saving once more is on top of that."""
        self._version = self._current.version
        if self._current.text != self._opened.text:
            set_text(self._theirs, self._viewer.t("detail.now_says", text=self._current.text))

    def _wrong(self, sentence: str) -> None:
        set_text(self._theirs, "")
        set_text(self._error, sentence)
        set_attributes(self._input, aria_invalid=True if sentence else None)


def _draw(tag: str, text: str) -> None:
    if tag == "h1":
        el("span", "", text)
    else:
        rich_text("", text)


def code_menu(
    viewer: Viewer,
    field: str,
    options: Sequence[Option],
    chosen: str | None,
    *,
    optional: bool,
    choose: Callable[[str | None, int | None], Awaitable[None]],
) -> Element:
    """A button with the word of `chosen`; its menu has every option with its definition, and none where `optional`."""
    t = viewer.t
    word = next((option.label for option in options if option.value == chosen), t("detail.not_said"))
    with el("button", "vg-edit", type="button", aria_haspopup="menu") as made:
        el("span", "vg-sr", t("detail.edit_field", field=t(f"field.{field}")))
        el("span", "" if chosen else "vg-muted", word)
        icon("edit", "vg-icon--s")
        with ui.menu().props("auto-close") as menu:
            set_attributes(menu, aria_label=t(f"field.{field}"))
            for option in options:
                _menu_item(option, chosen == option.value, partial(choose, option.value))
            if optional and chosen:
                _menu_item(Option("", t("detail.not_said")), False, partial(choose, None))
    return made


def _menu_item(option: Option, chosen: bool, choose: WithVersion) -> None:
    with ui.item().props("clickable").classes("vg-code") as item:
        set_attributes(item, role="menuitemradio", aria_checked=chosen)
        icon("check" if chosen else "", "vg-code__mark")
        with el("span", "vg-code__text"):
            el("b", "", option.label)
            if option.help:
                el("small", "", option.help)
            if option.example:
                el("small", "vg-code__example", option.example)
    on_press(item, choose)
