"""What is done from the board: at once, or by the dialog that asks, in place (S38 to S43)."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from data.vocabulary import Action, Status
from services import i18n, incidents, lifecycle
from services.board_rows import Row
from services.errors import DeskError
from services.views import IncidentView
from ui import calls, live
from ui.components.board import Board
from ui.components.toasts import toast
from ui.dialogs.asking import Ask, Asking
from ui.dialogs.by_action import ASKING
from ui.dialogs.several import Chosen, Outcome, Several, each
from ui.viewer import Viewer

AT_ONCE: Mapping[Action, tuple[Callable[..., IncidentView], str]] = {
    Action.TAKE: (lifecycle.take, "toast.taken"),
    Action.START: (lifecycle.start, "toast.started"),
    Action.TAKE_AND_START: (lifecycle.take_and_start, "toast.started"),
    Action.RESUME: (lifecycle.resume, "toast.resumed"),
}

BULK = (Action.TAKE, Action.ASSIGN, Action.HOLD, Action.RESOLVE)
MOST = 5_000  # rows at a time

# Taking from one of these leaves the status alone, so that giving it back restores what was.
RETURNABLE = (Status.ASSIGNED, Status.ON_HOLD)


class Desk:
    """The actions of one viewer's board, and the dialog that is open on it."""

    incident: IncidentView

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.dialog: Asking | None = None
        self._client = ui.context.client
        self._watched_id: int | None = None
        self._watched: live.Watch | None = None

    def draw(self, root: Element, board: Board) -> None:
        """Dialogs stand on `root`, and `board` shows what came of an action."""
        self._root, self._board = root, board

    async def act(self, event: GenericEventArguments) -> None:
        """Does what a key, a button or a drop asked for; what did not come from our component does nothing."""
        match event.args:
            case {"id": int(key), "ref": str(reference), "v": int(version), "action": str(code)} if code in [*Action]:
                action = Action(code)
            case _:
                return
        if action in ASKING:
            await self._ask_about(reference, action)
        elif action in AT_ONCE:
            await self._do(action, key, reference, version)

    async def bulk(self, event: GenericEventArguments) -> None:
        """Does an action on each of the chosen rows, in a transaction of its own; one dialog asks where it asks."""
        action, rows = _chosen(event.args)
        if not rows:
            return
        if action is Action.TAKE:
            await each(self.viewer, rows, self._take, self._tell)
        else:
            await self._ask_about_all(action, rows)

    async def _take(self, row: Chosen) -> None:
        await calls.write(lifecycle.take, self.viewer.actor, row.reference, version=row.version)

    async def _ask_about_all(self, action: Action, rows: list[Chosen]) -> None:
        if self.dialog is not None and self.dialog.is_open:
            return
        try:
            first = await calls.read(incidents.get, self.viewer.actor, rows[0].reference)
            several = Several(self.viewer, first, rows, self._tell)
            with self._root:
                await several.ask(ASKING[action])
            self.dialog = several.dialog
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, self.viewer.locale), error=True)

    def _tell(self, outcome: Outcome, over: bool) -> None:
        refused = [{"id": row.id, "ref": row.reference, "why": why} for row, why in outcome.refused]
        self._board.progress(outcome.done, outcome.total, refused, over=over)

    async def ask(self, ask: Ask) -> None:
        """The dialog is open, or a toast says why not."""
        try:
            with self._root:
                self.dialog = await ask(self)
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, self.viewer.locale), error=True)

    async def refresh(self) -> None:
        """The open dialog knows of what others did meanwhile."""
        if self.dialog is None or not self.dialog.is_open:
            return
        with suppress(DeskError):
            self.incident = await calls.read(incidents.get, self.viewer.actor, self.incident.reference)
            self.dialog.changed(self.incident, self._watched.by if self._watched else "")

    async def done(self, incident: IncidentView, text: str, icon: str) -> None:
        """Says what a dialog has led to; the board shows it by itself."""
        toast(text, icon=icon)

    async def _ask_about(self, reference: str, action: Action) -> None:
        if self.dialog is not None and self.dialog.is_open:
            return
        try:
            self.incident = await calls.read(incidents.get, self.viewer.actor, reference)
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, self.viewer.locale), error=True)
            return
        if action not in self.incident.allowed_actions:  # the row was older than it looked
            toast(self.viewer.t("board.not_any_more", ref=self.incident.reference), error=True)
            return
        if self._watched_id is not None:
            live.unwatch(self._client, self._watched_id)
        self._watched_id = self.incident.id
        self._watched = live.watch(self._client, self.incident.id, self.refresh)
        await self.ask(ASKING[action])

    async def _do(self, action: Action, key: int, reference: str, version: int) -> None:
        row, (step, said) = live.hub.rows.get(key), AT_ONCE[action]
        done = await calls.perform(self.viewer, step, self.viewer.actor, reference, version=version)
        self._board.settled(key)
        if done is not None:
            undo = _giving_back(self.viewer, row, done) if action is Action.TAKE and row else None
            toast(self.viewer.t(said, ref=done.reference), undo=undo, undo_label=self.viewer.t("action.undo"))


def _chosen(given: object) -> tuple[Action, list[Chosen]]:
    """The action and the rows that an event names; no rows for what did not come from our component."""
    match given:
        case {"action": str(code), "rows": list(rows)} if code in BULK and len(rows) <= MOST:
            return Action(code), [row for each in rows if (row := _row(each))]
    return Action.TAKE, []


def _row(given: object) -> Chosen | None:
    match given:
        case {"id": int(key), "ref": str(reference), "v": int(version), "status": str(status)} if status in [*Status]:
            return Chosen(key, reference, version, Status(status))
    return None


def owner_before(before: Row, taken: IncidentView) -> dict[str, Any] | None:
    """Whom to give a taken incident back to, as `lifecycle.assign` wants it, and the version that is given back; None
    where that would not restore exactly what was before."""
    person, team = before["assignee"], before["team"]
    as_shown = (before["v"] + 1, before["status"]) == (taken.version, taken.status)
    if not as_shown or not (person or team) or taken.status not in RETURNABLE:
        return None
    owner = {"assignee": person["login"] if person else None, "team": team["id"] if team else None}
    return {"v": taken.version, "fields": owner}


def _giving_back(viewer: Viewer, before: Row, taken: IncidentView) -> Callable[[], Awaitable[None]] | None:
    """A way to undo the taking, where one leads back to exactly what was before."""
    owner = owner_before(before, taken)
    if owner is None:
        return None

    async def give_back() -> None:
        done = await calls.perform(
            viewer, lifecycle.assign, viewer.actor, taken.reference, version=owner["v"], **owner["fields"]
        )
        if done is not None:
            toast(viewer.t("toast.released", ref=taken.reference), icon="undo")

    return give_back
