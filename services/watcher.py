"""Telling of what time does by itself: SLA thresholds that are crossed, holds whose end has come (rules, "SLA", G15).

Each is told once for ever, by whichever process is first: the row that says so is written in the same transaction as
the line of history and what the outbox gets. After downtime each that was missed is told once, marked late.
"""

from datetime import datetime, timedelta
from typing import Any

from data import db
from data.models import Incident
from data.queries import firings, incidents, outbox
from data.vocabulary import OPEN_STATUSES, Fact
from services import clock
from services.work import SYSTEM, Work, begin

LATE = timedelta(minutes=2)  # later than this is not the watcher's own pace


def tell_crossing() -> bool:
    """One threshold that has been crossed is told, if there is one; whether there was."""
    now = clock.now()
    with db.read_session() as session:
        found = firings.next_crossing(session, now)
    if found is None:
        return False
    with begin(SYSTEM) as work:
        incident = _locked(work, found.reference)
        # What changed between the look and the lock is looked at anew the next time.
        if incident is not None and firings.next_crossing(work.session, work.now, incident.id) == found:
            what = f"{found.clock}_{found.light.value}"
            _tell(
                work,
                incident,
                what,
                found.original_due_at,
                Fact.SLA_CROSSED,
                clock=found.clock,
                light=found.light.value,
                at=found.at,
            )
    return True


def tell_hold_over() -> bool:
    """One hold whose end was planned for now, or earlier, is told, if there is one; whether there was."""
    now = clock.now()
    with db.read_session() as session:
        found = firings.next_hold_over(session, now)
    if found is None:
        return False
    with begin(SYSTEM) as work:
        incident = _locked(work, found)
        if incident is not None and incident.hold_resume_at is not None and incident.hold_resume_at <= work.now:
            _tell(work, incident, firings.HOLD, incident.hold_resume_at, Fact.HOLD_OVER, at=incident.hold_resume_at)
    return True


def pass_over() -> None:
    """What has been crossed by now is not told any more: the incidents are older than this database."""
    with begin(SYSTEM) as work:
        while found := firings.next_crossing(work.session, work.now):
            incident = incidents.by_reference(work.session, found.reference)
            assert incident is not None
            assert incident.id is not None
            outbox.fire(work.session, incident.id, f"{found.clock}_{found.light.value}", found.original_due_at)


def _locked(work: Work, reference: str) -> Incident | None:
    incident = incidents.locked(work.session, reference)
    return incident if incident is not None and incident.status in OPEN_STATUSES else None


def _tell(work: Work, incident: Incident, what: str, mark: datetime, fact: Fact, *, at: datetime, **said: Any) -> None:
    assert incident.id is not None
    if outbox.fire(work.session, incident.id, what, mark):
        work.note(fact, incident=incident, at=at.isoformat(), late=work.now - at > LATE, **said)
