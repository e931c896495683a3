"""A choice among people and teams: too many for cards, so with a search; how much each has to do stands beside."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nicegui.elements.mixins.value_element import ValueElement
from nicegui.events import GenericEventArguments

from ui.elements import el, focus, set_attributes, set_text


@dataclass(frozen=True, slots=True)
class Pick:
    """`person` {id, name} or `team` {code} draws the avatar; `load` lights the bar's cells, None leaves it out.

    `brings`: the pill that a line brings along by itself, shown as chosen until another is.
    """

    value: str
    label: str
    sub: str = ""
    person: dict[str, Any] | None = None
    team: dict[str, Any] | None = None
    load: int | None = None
    load_label: str = ""
    tag: str = ""
    brings: str | None = None


Choice = tuple[str | None, str | None]  # the line, and the pill besides or instead


class Picker(ValueElement[Any], component="picker.js"):
    """The lines and pills; the search narrows them in the browser."""

    VALUE_PROP = "value"
    LOOPBACK = False

    def __init__(self, lines: Sequence[Pick], pills: Sequence[Pick], value: str | None, **texts: str) -> None:
        self._offered = tuple({None, *(pick.value for pick in picks)} for picks in (lines, pills))
        super().__init__(value=(value if value in self._offered[0] else None, None))
        self._props.update({"lines": [asdict(pick) for pick in lines], "pills": [asdict(pick) for pick in pills]})
        self._props.update({name.replace("_", "-"): text for name, text in texts.items()})

    def offer(self, lines: Sequence[Pick]) -> None:
        """Other lines stand there; what was chosen stays, if it is still offered, and what was searched."""
        self._offered = ({None, *(pick.value for pick in lines)}, self._offered[1])
        line, pill = self.value
        self._props["lines"] = [asdict(pick) for pick in lines]
        self.value = (line if line in self._offered[0] else None, pill)
        self.update()

    def _event_args_to_value(self, e: GenericEventArguments) -> Choice:
        # What has not been offered cannot be chosen, whatever a browser sends.
        match e.args:
            case [str() | None as line, str() | None as pill] if line in self._offered[0] and pill in self._offered[1]:
                return line, pill
        line, pill = self.value
        return line, pill


class PickerField:
    """The picker and its error, used as the fields of `ui.fields` are."""

    def __init__(
        self,
        label: str,
        lines: Sequence[Pick],
        *,
        pills: Sequence[Pick] = (),
        pills_label: str = "",
        pills_beside: str = "",
        search: str = "",
        nothing: str = "",
        value: str | None = None,
        on_change: Callable[..., Any],
    ) -> None:
        with el("div", "vg-field") as self.root:
            texts = {"label": label, "pills_label": pills_label, "pills_beside": pills_beside}
            self.control = Picker(lines, pills, value, **texts, search=search, nothing=nothing)
            self._error = el("div", "vg-field__error", "")
        set_attributes(self.control, aria_describedby=self._error.html_id)
        self.control.on_value_change(on_change)

    @property
    def value(self) -> str | None:
        """The line that is chosen."""
        line: str | None = self.control.value[0]
        return line

    @property
    def pill(self) -> str | None:
        """The pill that is chosen; what a line brings along is not."""
        pill: str | None = self.control.value[1]
        return pill

    def offer(self, lines: Sequence[Pick]) -> None:
        """Other lines are offered; what was chosen stays, if it still is."""
        self.control.offer(lines)

    def wrong(self, sentence: str) -> None:
        """The field says what is wrong with it, to eyes and to screen readers."""
        set_text(self._error, sentence)
        set_attributes(self.control, aria_invalid=True if sentence else None)

    def focus(self) -> None:
        """The cursor is in the search, or on the first line."""
        focus(self.control)
