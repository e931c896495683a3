"""A choice of one incident among all that the viewer sees, by what is typed of its reference or title."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from services import board
from services.errors import DeskError
from services.views import IncidentView
from ui import calls
from ui.components.badge import priority_glyph, status_pill
from ui.components.redrawn import Redrawn
from ui.elements import el, icon
from ui.fields import text_field
from ui.later import Later
from ui.viewer import Viewer

LOOK_S = 0.25
MOST = 5


class IncidentSearch:
    """A field with its answers below; used as the fields of `ui.fields` are. `value` is the chosen reference."""

    def __init__(self, viewer: Viewer, label: str, *, except_for: int, on_change: Callable[[], Any]) -> None:
        self._viewer, self._except, self._on_change = viewer, except_for, on_change
        self.value: str | None = None
        self._later = Later(LOOK_S, self._look)
        with el("div", "vg-stack vg-stack--s") as self.root:
            self._field = text_field(
                label,
                locale=viewer.locale,
                placeholder=viewer.t("board.search"),
                required=True,
                on_change=self._typed,
            )
            self._found = Redrawn(self._draw, classes="vg-people", role="group", aria_label=label)

    def wrong(self, sentence: str) -> None:
        """The field says what is wrong with it."""
        self._field.wrong(sentence)

    def focus(self) -> None:
        """The cursor is in the field."""
        self._field.focus()

    def _typed(self) -> None:
        self.value = None
        self._on_change()
        self._later.ask()

    async def _look(self) -> None:
        found: Sequence[IncidentView] = ()
        if words := (self._field.value or "").strip():
            with suppress(DeskError):
                query = board.Query(q=words, sort="-created", limit=MOST + 1)
                found = (await calls.read(board.page, self._viewer.actor, query)).items
        if not self.root.is_deleted:
            self._found.show(tuple(each for each in found if each.id != self._except)[:MOST], self.value)

    def _draw(self, found: Sequence[IncidentView], chosen: str | None) -> None:
        for incident in found:
            pressed = incident.reference == chosen
            with el("button", "vg-person", type="button", aria_pressed=pressed) as made:
                priority_glyph(incident.priority)
                with el("span", "vg-person__text"):
                    el("b", "", incident.title)
                    el("small", "vg-mono", incident.reference)
                status_pill(incident.status)
                if pressed:
                    icon("check")
            made.on("click", lambda _, found=found, chosen=incident: self._choose(found, chosen), args=[])

    def _choose(self, found: Sequence[IncidentView], chosen: IncidentView) -> None:
        self.value = chosen.reference
        self._found.show(tuple(found), self.value)
        self._field.wrong("")
        self._on_change()
