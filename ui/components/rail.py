"""The navigation beside every page, as one element: as forty it would be most of what a page costs the server."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from ui import facts
from ui.viewer import Viewer

Prefer = Callable[[dict[str, Any]], Awaitable[None]]


class Rail(Element, component="rail.js"):
    """Draws what `ui.shell` shares under "rail", with the page's `own` facts; `prefer` gets the theme or the locale
    that the viewer chose."""

    def __init__(self, viewer: Viewer, own: dict[str, Any], prefer: Prefer) -> None:
        super().__init__()
        ui.add_body_html(facts.link("rail", viewer.locale, viewer.role))
        self._props["own"] = json.dumps(own)

        async def on_prefer(event: GenericEventArguments) -> None:
            if isinstance(event.args, dict):
                await prefer(event.args)

        self.on("prefer", on_prefer)

    def count(self, unread: int) -> None:
        """The bell says so many."""
        if unread != self._props.get("unread", 0):
            self._props["unread"] = unread
            self.update()
