"""Prepared replies in the composer: a button, and the list that a « / » at the beginning of a word opens."""

from dataclasses import asdict

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from data.vocabulary import Readers, Visibility
from services import templates
from services.errors import DeskError
from services.markdown import words
from ui import calls
from ui.components.toasts import toast
from ui.viewer import Viewer


class Canned(Element, component="canned.js"):
    """Stands in the foot of the composer's pane; offers what `visibility` may say, as it reads on this incident."""

    def __init__(self, viewer: Viewer, reference: str, visibility: Visibility) -> None:
        super().__init__()
        self._viewer, self._reference, self._visibility = viewer, reference, visibility
        self._props.update({name: viewer.t(f"templates.{name}") for name in ("label", "some", "insert")})
        self.on("ask", self._fill)

    async def _fill(self, event: GenericEventArguments) -> None:
        """Read each time that the list opens: title and requester may be others than before. `args`: by the button."""
        try:
            found = await calls.read(templates.replies, self._viewer.actor, self._reference)
        except DeskError:
            return
        readers = (Readers.BOTH, Readers(self._visibility.value))
        offered = [asdict(each) | {"line": words(each.text)} for each in found if each.readers in readers]
        if not offered and event.args is True:
            toast(self._viewer.t("templates.no_reply_here"), icon="quickreply")
        if offered != self._props.get("items"):
            self._props["items"] = offered
            self.update()
