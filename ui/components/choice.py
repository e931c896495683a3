"""A choice among a few that are all on the screen, each with what it means: cards, or pills where the word says it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nicegui.elements.mixins.value_element import ValueElement
from nicegui.events import GenericEventArguments

from services.i18n import t
from ui.elements import button, el, focus, set_attributes, set_text
from ui.fields import Changed
from ui.typed import SetAtOnce


@dataclass(frozen=True, slots=True)
class Option:
    """`help`, `example` and `foot` are for cards; `priority` draws the glyph and colours of a priority.

    A `disabled` one says in its help why it cannot be chosen.
    """

    value: str
    label: str
    help: str = ""
    example: str = ""
    foot: str = ""
    icon: str = ""
    priority: bool = False
    disabled: bool = False


class Choice(SetAtOnce, ValueElement[Any], component="choice.js"):
    """The radio buttons; `columns` (2, 3 or 4) of cards, pills where it is 0."""

    VALUE_PROP = "value"
    LOOPBACK = False

    def __init__(self, options: Sequence[Option], value: str | None, *, columns: int, optional: bool) -> None:
        self._offered = {option.value for option in options if not option.disabled}
        super().__init__(value=value if value in self._offered else None)
        self._props.update(
            {"options": [asdict(option) for option in options], "cards": columns > 0, "optional": optional}
        )
        self.classes(f"vg-opts vg-opts--{columns}" if columns else "vg-picks")

    def _event_args_to_value(self, e: GenericEventArguments) -> Any:
        # What has not been offered cannot be chosen, whatever a browser sends.
        return e.args if e.args in self._offered or e.args is None else self.value


class ChoiceField:
    """A legend, the choice and its error: used as the fields of `ui.fields` are."""

    def __init__(
        self,
        label: str,
        options: Sequence[Option],
        *,
        locale: str,
        value: str | None = None,
        hint: str = "",
        columns: int = 0,
        required: bool = False,
        on_change: Changed | None = None,
    ) -> None:
        with el("div", "vg-field") as self.root:
            with el("div", "vg-legend"):
                legend = el("span", "", label)
                if hint:
                    el("em", "", hint)
                self._clear = button(
                    t("action.clear_choice", locale), kind="quiet", small=True, on_click=self._forget
                ).classes("vg-legend__clear")
                set_attributes(self._clear, aria_describedby=legend.html_id)
            self.control = Choice(options, value, columns=columns, optional=not required)
            self._error = el("div", "vg-field__error", "")
        set_attributes(
            self.control,
            aria_labelledby=legend.html_id,
            aria_describedby=self._error.html_id,
            aria_required=True if required else None,
        )
        self._required = required
        self._show_clear()
        self.control.on_value_change(self._show_clear)
        if on_change:
            self.control.on_value_change(on_change)

    @property
    def value(self) -> Any:
        """The code that is chosen, or None."""
        return self.control.value

    @value.setter
    def value(self, value: Any) -> None:
        self.control.value = value

    def wrong(self, sentence: str) -> None:
        """The group says what is wrong with it, to eyes and to screen readers."""
        set_text(self._error, sentence)
        set_attributes(self.control, aria_invalid=True if sentence else None)
        self.control.classes(**{"add" if sentence else "remove": "vg-is-wrong"})

    def focus(self) -> None:
        """The cursor is on the choice, or on the first of them."""
        focus(self.control)

    def _forget(self) -> None:
        self.control.value = None
        self.focus()

    def _show_clear(self) -> None:
        self._clear.set_visibility(not self._required and self.control.value is not None)
