"""The results of what the user did: a few words at the foot of the page, with an undo where it is harmless."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

Undo = Callable[[], Awaitable[Any] | None]


class Toasts(Element, component="toasts.js"):
    """Where a page's toasts appear; the shell has one."""

    def __init__(self) -> None:
        super().__init__()
        self._ids = count(1)
        self._undos: dict[int, Undo] = {}
        self.on("undo", self._undo)
        self.on("gone", lambda event: self._undos.pop(event.args, None))

    def show(
        self, text: str, *, icon: str, error: bool = False, undo: Undo | None = None, undo_label: str = ""
    ) -> None:
        """`text` is shown for six seconds; `undo` is called when its button is pressed, once at most."""
        key = next(self._ids)
        if undo is not None:
            self._undos[key] = undo
        toast = {"id": key, "text": text, "icon": icon, "error": error, "undo": undo_label if undo else None}
        self.run_method("show", toast)

    async def _undo(self, event: GenericEventArguments) -> None:
        undo = self._undos.pop(event.args, None)
        result = undo() if undo else None
        if result is not None:
            await result


def toast(
    text: str, *, icon: str = "check_circle", error: bool = False, undo: Undo | None = None, undo_label: str = ""
) -> None:
    """The page of the current client says `text`; the result of my own action, never somebody else's."""
    for element in ui.context.client.elements.values():
        if isinstance(element, Toasts):
            element.show(text, icon="error" if error else icon, error=error, undo=undo, undo_label=undo_label)
            return
    ui.notify(text)
