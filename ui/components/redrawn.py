"""A part of a page that is drawn again only when what it shows has changed: focus and scroll survive the rest."""

from collections.abc import Callable, Iterable
from typing import Any

from nicegui.element import Element

from ui.elements import el


class Redrawn:
    """`show(*what)` calls `draw(*what)` in an emptied container, unless it shows that already."""

    def __init__(self, draw: Callable[..., None], tag: str = "div", classes: str = "", **attributes: Any) -> None:
        self.root: Element = el(tag, classes, **attributes)
        self._draw = draw
        self._shown: tuple[Any, ...] | None = None

    def show(self, *what: Any) -> bool:
        """Whether it was drawn again."""
        if what == self._shown:
            return False
        self._shown = what
        self.root.clear()
        with self.root:
            self._draw(*what)
        return True


def light(elements: Iterable[Element]) -> None:
    """The elements are lit for a moment: somebody else changed them. Two names, since a second time must show too."""
    for element in elements:
        again = "vg-is-fresh" in element._classes
        element.classes(
            "vg-is-fresh-again" if again else "vg-is-fresh", remove="vg-is-fresh" if again else "vg-is-fresh-again"
        )
