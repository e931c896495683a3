"""The navigation beside every page, as one element: as forty it would be most of what a page costs the server."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

Prefer = Callable[[dict[str, Any]], Awaitable[None]]


class Rail(Element, component="rail.js"):
    """Draws `facts` (see `ui.shell`); `prefer` gets the theme or the locale that the viewer chose."""

    def __init__(self, facts: dict[str, Any], prefer: Prefer) -> None:
        super().__init__()
        self._props["facts"] = json.dumps(facts, ensure_ascii=False)

        async def on_prefer(event: GenericEventArguments) -> None:
            if isinstance(event.args, dict):
                await prefer(event.args)

        self.on("prefer", on_prefer)

    def count(self, unread: int, text: str) -> None:
        """The bell says so many, and `text` to screen readers."""
        self._props["unread"] = {"n": unread, "text": text}
        self.update()
