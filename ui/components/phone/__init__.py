"""The open incidents on a phone, as one Vue component: it follows the hub's deltas as the board does, and sends what is
done by requests of its own, so that a cut loses none of it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nicegui import ui
from nicegui.dependencies import register_esm
from nicegui.element import Element

from data.vocabulary import HoldReason, ResolutionCode, Role
from services.i18n import labels
from ui import facts
from ui.components.board import CODES, PEEK, SNAPSHOT, allowed
from ui.viewer import Viewer

ACT = "/m/act"
TEXTS = (
    *("phone.", "board.unclaimed", "board.review", "board.comments", "affected.count.", "board.peek", "board.reopened"),
    *("category.", "severity.", "impact.", "state.empty", "state.list_failed", "state.loading"),
    *("resolution.", "action.", "field.", "hold_reason.", "hold.", "resolve.", "detail.comments", "detail.public"),
    *("detail.internal", "detail.placeholder", "detail.write", "detail.post", "nav.", "me.title"),
    *("notification.title", "notification.unread"),
)
_FOLDER = Path(__file__).parent
# NiceGUI keys a folder's address by its time, which editing a file leaves alone; browsers keep it a year.
_DIGEST = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(_FOLDER.glob("*.js")))).hexdigest()
register_esm("vigie-phone", _FOLDER, max_time=int(_DIGEST[:12], 16))


class Phone(Element, component="phone.js"):
    """Everything that the page shows. `take` is the reference of an incident to be opened with « Je prends » focused,
    `notice` a sentence to begin with."""

    def __init__(self, viewer: Viewer, *, take: str = "", notice: str = "") -> None:
        super().__init__()
        ui.add_body_html(facts.link("phone", viewer.locale, viewer.role))
        self._props["me"] = viewer.user_id
        self._props["name"] = viewer.name
        self._props["teams"] = ",".join(str(team.id) for team in viewer.teams)
        self._props["take"] = take
        self._props["notice"] = notice
        self._props["unread"] = 0

    def count(self, unread: int) -> None:
        """So many notifications are unread."""
        if unread != self._props["unread"]:
            self._props["unread"] = unread
            self.update()


@facts.shared("phone")
def _facts(locale: str, role: str) -> Mapping[str, Any]:
    """The codes in their order, what may be done in which state, and every text."""
    return {
        "snapshot": SNAPSHOT,
        "peek": PEEK,
        "act": ACT,
        "allowed": allowed(Role(role)),
        "codes": CODES,
        "reasons": [*HoldReason],
        "resolutions": [*ResolutionCode],
        "labels": labels(locale, *TEXTS),
    }
