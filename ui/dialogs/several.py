"""One dialog for many incidents: each is done by itself, on top of the version that was shown, or says why not."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from data.vocabulary import Status
from services import i18n
from services.errors import DeskError, Invalid
from services.views import IncidentView
from ui.dialogs.asking import Ask, Asking, Send
from ui.viewer import Viewer

TOLD_EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Chosen:
    """A row as the browser showed it."""

    id: int
    reference: str
    version: int
    status: Status


@dataclass(slots=True)
class Outcome:
    """What has come of it so far: how many were done, and who was refused why, as sentences."""

    total: int
    done: int = 0
    refused: list[tuple[Chosen, str]] = field(default_factory=list)


Tell = Callable[[Outcome, bool], None]  # the bool: it is over


async def each(viewer: Viewer, rows: Sequence[Chosen], act: Callable[[Chosen], Awaitable[object]], tell: Tell) -> None:
    """`act` was tried on every row, one transaction each; `tell` hears of the progress and of the end."""
    outcome, told = Outcome(len(rows)), time.monotonic()
    for row in rows:
        await _try(viewer, row, act, outcome)
        if time.monotonic() - told > TOLD_EVERY_S:
            told = time.monotonic()
            tell(outcome, False)
    tell(outcome, True)


async def _try(viewer: Viewer, row: Chosen, act: Callable[[Chosen], Awaitable[object]], outcome: Outcome) -> None:
    try:
        await act(row)
    except DeskError as refusal:
        outcome.refused.append((row, i18n.error_sentence(refusal, viewer.locale)))
    else:
        outcome.done += 1


class Several:
    """The page, as a dialog sees it, whose incident is each of `rows` in turn."""

    def __init__(self, viewer: Viewer, first: IncidentView, rows: Sequence[Chosen], tell: Tell) -> None:
        self.viewer, self.incident, self._first = viewer, first, first
        self._rows, self._tell = [*rows], tell
        self._send: Send | None = None
        self.dialog: Asking | None = None
        self._outcome = Outcome(len(rows))

    async def ask(self, ask: Ask) -> None:
        """The dialog is open, about all of them."""
        self.dialog = asking = await ask(self)
        self._send, asking.send = asking.send, self._begin
        asking.about(self.viewer.t("board.bulk_about", n=len(self._rows)))

    async def refresh(self) -> None:
        """What others do meanwhile is told by the refusals."""

    async def done(self, incident: IncidentView, text: str, icon: str) -> None:
        """The others follow, once the dialog is closed."""
        rest, self._rows = self._rows, []
        told = time.monotonic()
        for row in rest:
            await _try(self.viewer, row, self._one, self._outcome)
            if time.monotonic() - told > TOLD_EVERY_S:
                told = time.monotonic()
                self._tell(self._outcome, False)
        self._tell(self._outcome, True)

    async def _begin(self, version: int | None) -> IncidentView:
        """The first that can be done is done; what was typed wrongly is told in the dialog, and then nothing is."""
        while self._rows:
            row = self._rows[0]
            try:
                await self._one(row)
            except Invalid:  # beside its field
                raise
            except DeskError as refusal:
                self._rows.pop(0)
                self._outcome.refused.append((row, i18n.error_sentence(refusal, self.viewer.locale)))
            else:
                self._rows.pop(0)
                self._outcome.done += 1
                break
        return self.incident

    async def _one(self, row: Chosen) -> object:
        assert self._send is not None
        self.incident = replace(self._first, id=row.id, reference=row.reference, version=row.version, status=row.status)
        return await self._send(row.version)
