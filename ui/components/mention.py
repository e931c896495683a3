"""Naming a colleague in a comment: the list that an @ opens, filled when it is first asked for."""

from dataclasses import asdict

from nicegui.element import Element

from services import comments
from services.errors import DeskError
from ui import calls
from ui.viewer import Viewer


class Mention(Element, component="mention.js"):
    """Stands in the same pane of the composer as the text field that it serves."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self._viewer = viewer
        self._props.update({"label": viewer.t("detail.mention"), "some": viewer.t("detail.mention_some")})
        self.on("ask", self._fill, args=[])

    async def _fill(self) -> None:
        try:
            found = await calls.read(comments.colleagues, self._viewer.actor)
        except DeskError:
            return
        self._props["items"] = [asdict(person) for person in found]
        self.update()
