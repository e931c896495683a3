"""The live list of incidents, as one Vue component: it fetches its rows itself and follows the hub's deltas."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

from nicegui import ui
from nicegui.dependencies import register_esm
from nicegui.element import Element

from data.vocabulary import OPEN_STATUSES, Action, Category, Impact, Priority, Role, Severity, Status
from services import workflow
from services.i18n import labels
from services.permissions import Facts, Who, allowed_actions
from services.saved_views import Views
from ui import facts
from ui.viewer import Viewer

SNAPSHOT = "/board/snapshot"
ARCHIVE = "/board/archive"
MATCHES = "/board/matches"
DONE = "/board/done"
PEEK = "/board/peek"

TEXTS = (
    *("board.", "stat.", "category.", "severity.", "impact.", "state.empty", "state.nomatch", "state.list_failed"),
    *("resolution.", "state.loading", "nav.incidents", "action.", "status.", "field.", "hold_reason."),
    *("detail.comments", "detail.public", "detail.internal", "search.everywhere", "affected.count."),
)
CODES: Mapping[str, list[str]] = {
    "status": [*Status],
    "priority": [*Priority],
    "category": [*Category],
    "severity": [*Severity],
    "impact": [*Impact],
}

_FOLDER = Path(__file__).parent


def _digest() -> str:
    # NiceGUI keys a folder's address by its time, which editing a file leaves alone; browsers keep it a year.
    content = b"".join(file.read_bytes() for file in sorted(_FOLDER.glob("*.js")))
    return hashlib.sha256(content).hexdigest()


register_esm("vigie-board", _FOLDER, max_time=int(_digest()[:12], 16))


class Board(Element, component="board.js"):
    """The head of the page, figures, filters, list and kanban for `viewer`.

    `on_act` gets the event of an action that the viewer asked for, `{"id", "ref", "v", "action"}` of a row; `settled`
    is to be called once it was tried. `on_bulk` gets `{"action", "rows": [{"id", "ref", "v", "status"}]}`, `on_keep`
    what is done with saved `views`.
    """

    def __init__(
        self,
        viewer: Viewer,
        *,
        views: Views,
        on_act: Callable[..., Any],
        on_bulk: Callable[..., Any],
        on_keep: Callable[..., Any],
    ) -> None:
        super().__init__()
        ui.add_body_html(facts.link("board", viewer.locale, viewer.role))
        self._props["me"] = viewer.user_id
        self._props["teams"] = ",".join(str(team.id) for team in viewer.teams)
        self.on("act", on_act)
        self._props["saved"] = asdict(views)
        self.on("bulk", on_bulk)
        self.on("keep", on_keep)

    def settled(self, incident_id: int) -> None:
        """The row may be acted upon again."""
        self.run_method("settled", incident_id)

    def progress(self, done: int, total: int, refused: list[dict[str, Any]], *, over: bool) -> None:
        """How far the action on several rows is; `refused` are {id, ref, why}."""
        self.run_method("progress", {"done": done, "total": total, "refused": refused, "over": over})


@facts.shared("board")
def _facts(locale: str, role: str) -> Mapping[str, Any]:
    """The codes in their order, what may be done in which state, and every text."""
    return {
        "snapshot": SNAPSHOT,
        "archive": ARCHIVE,
        "matches": MATCHES,
        "done": DONE,
        "peek": PEEK,
        "allowed": allowed(Role(role)),
        "moves": moves(Role(role)),
        "codes": CODES,
        "labels": labels(locale, *TEXTS),
    }


def allowed(role: Role) -> dict[str, list[str]]:
    """What somebody of `role` may do with a row, by "status impact assignee team", read off the services' tables.

    Impact is enterprise or any, assignee nobody, me or other, team none, mine or other. It only decides what is shown.
    """
    me, other, mine, others = 1, 2, 1, 2
    who = Who(me, role, frozenset({mine}))
    found = {}
    for status, impact, assignee, team in product(
        (*OPEN_STATUSES, Status.RESOLVED),
        {"any": None, "enterprise": Impact.ENTERPRISE}.items(),
        {"nobody": None, "me": me, "other": other}.items(),
        {"none": None, "mine": mine, "other": others}.items(),
    ):
        facts = Facts(status, impact[1], other, assignee[1], team[1])
        key = f"{status} {impact[0]} {assignee[0]} {team[0]}"
        found[key] = [action.value for action in allowed_actions(who, facts)]
    return found


def moves(role: Role) -> dict[str, list[str]]:
    """The actions that lead "from to" a status, off the workflow's table: a drop does the first that is allowed.

    Who shares the work out is asked for whom; anybody else takes it.
    """
    shares = role in (Role.DISPATCHER, Role.ADMIN)
    late: dict[Action, int] = {Action.ESCALATE: 2, Action.TAKE: int(shares)}
    found: dict[str, list[Action]] = {}
    for move in workflow.TABLE:
        for source in move.sources:
            if move.target is not None and move.target is not source:
                found.setdefault(f"{source} {move.target}", []).append(move.action)
    return {
        edge: [*map(str, sorted(actions, key=lambda action: late.get(action, 0)))] for edge, actions in found.items()
    }
