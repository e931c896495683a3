"""Telling of what time does by itself: SLA thresholds that are crossed, holds whose end has come (rules, "SLA", G15).

Each is told once for ever, by whichever process is first: the row that says so is written in the same transaction as
the line of history and what the outbox gets. After downtime each that was missed is told once, marked late.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from data import db
from data.db import Session
from data.queries import firings, incidents
from data.vocabulary import Fact
from services import clock
from services.work import SYSTEM, begin

Find = Callable[[Session, datetime, int, Collection[int] | None], list[firings.Moment]]

BATCH = 50  # a transaction that others wait for must be short
LATE = timedelta(minutes=2)  # later than this is not the watcher's own pace


def tell_crossings() -> int:
    """Thresholds that have been crossed are told, `BATCH` at a time; how many were."""
    return _tell(firings.crossings, Fact.SLA_CROSSED, ("clock", "light"))


def tell_holds_over() -> int:
    """Holds whose end was planned for now, or earlier, are told, `BATCH` at a time; how many were."""
    return _tell(firings.holds_over, Fact.HOLD_OVER)


def pass_over() -> None:
    """What has been crossed by now is not told any more: the incidents are older than this database."""
    with begin(SYSTEM) as work:
        while found := firings.crossings(work.session, work.now, BATCH):
            firings.fire(work.session, found)


def _tell(find: Find, fact: Fact, words: Sequence[str] = ()) -> int:
    """What `find` finds is told. `words` names the parts of what it is for the history."""
    now = clock.now()
    with db.read_session() as session:
        seen = {moment.incident_id for moment in find(session, now, BATCH, None)}
    if not seen:
        return 0
    with begin(SYSTEM) as work:
        held = incidents.locked_free(work.session, seen)
        # Asked again under the lock. A second of the same incident is a message of its own: of the next transaction.
        moments: dict[int, firings.Moment] = {}
        for moment in find(work.session, work.now, 4 * BATCH, held):
            moments.setdefault(moment.incident_id, moment)
        told = firings.fire(work.session, list(moments.values()))
        for moment in told:
            said: dict[str, Any] = dict(zip(words, moment.what.split("_"), strict=False))
            incident = held[moment.incident_id]
            # A change can bring a threshold that lies behind it (a raised priority): nobody could have told it before.
            late = work.now - max(moment.at, incident.updated_at) > LATE
            work.note(fact, incident=incident, at=moment.at.isoformat(), late=late, **said)
    return len(told)
