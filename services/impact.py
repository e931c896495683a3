"""What the incidents say of a configuration item: its story, how often, how long it was down, whom it hurts
(rules, "CMDB"; S74, S77, S78, S80, S81)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.models import Application, ApplicationChange, Incident
from data.queries import cmdb
from data.vocabulary import Fact, ItemKind, Priority, Status
from services.cmdb import known
from services.errors import Invalid
from services.inputs import REASON, Form
from services.link_view import change_view
from services.permissions import Right
from services.views import ChangeView, ItemView
from services.work import Actor, Work, begin, change, look

ASSETS, APPLICATIONS, EMPLOYEES, CLIENTS = ItemKind

RECURRENT = 3  # incidents within `DAYS` that make an asset a recurrent one
DAYS = 30
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Mention:
    """An incident in the story of an item."""

    reference: str
    title: str
    status: Status
    priority: Priority
    created_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """An asset that keeps failing."""

    asset_id: int
    name: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Availability:
    """Of an application over a period: `share` of 0 to 1 (None: nothing of it has passed), `down_s` seconds, and the
    incidents behind them."""

    start: datetime
    end: datetime
    share: float | None
    down_s: int
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom an item hurts when it fails: the applications on it, then the clients and employees who use them."""

    applications: tuple[tuple[int, str], ...]
    clients: tuple[tuple[int, str], ...]
    employees: tuple[tuple[int, str], ...]


def story(actor: Actor, kind: ItemKind, item_id: int) -> tuple[Mention, ...]:
    """The item's incidents, newest first, a hundred at most (S77)."""
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
        known(reading, kind, item_id)
        return tuple(_mention(each) for each in cmdb.incidents_of(reading.session, kind, item_id, limit=SHOWN))


def recent_count(actor: Actor, kind: ItemKind, item_id: int, *, days: int = DAYS) -> int:
    """How many incidents touched the item in the last `days`."""
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
        known(reading, kind, item_id)
        since = reading.now - timedelta(days=days)
        return cmdb.incident_counts(reading.session, kind, [item_id], since).get(item_id, 0)


def recurrent(actor: Actor, *, days: int = DAYS, at_least: int = RECURRENT) -> tuple[Recurrence, ...]:
    """The assets with `at_least` incidents in the last `days`, most first (S78)."""
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
        since = reading.now - timedelta(days=days)
        rows = cmdb.recurrent_assets(reading.session, since, at_least=at_least, limit=SHOWN)
        return tuple(Recurrence(asset.id or 0, asset.name, count, last) for asset, count, last in rows)


def availability(actor: Actor, application_id: int, *, start: datetime, end: datetime) -> Availability:
    """The share of the period in which no incident of severity critical was open on the application (S81).

    Overlapping incidents count once; an open one lasts until now; the future does not count. Raises `Invalid` (`to`)
    for a period that ends before it begins.
    """
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
        if end < start:
            raise Invalid(to="period_ends_before")
        known(reading, APPLICATIONS, application_id)
        end = max(start, min(end, reading.now))
        if end == start:
            return Availability(start, end, None, 0, ())
        rows = cmdb.outages(reading.session, application_id, start, end)
        down = _union([(max(start, begun), min(end, over or end)) for _, begun, over in rows])
        share = max(0.0, 1 - down / (end - start).total_seconds())
        return Availability(start, end, share, int(down), tuple(dict.fromkeys(reference for reference, _, _ in rows)))


def changes(actor: Actor, application_ids: Sequence[int], *, days: int | None = None) -> tuple[ChangeView, ...]:
    """What was changed on the applications, newest first (S80)."""
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
        since = (reading.now - timedelta(days=days)).date() if days else None
        rows = cmdb.changes(reading.session, list(application_ids), since=since, limit=SHOWN)
        return tuple(change_view(row, name) for row, name in rows)


def note_change(actor: Actor, application_id: int, *, day: date | None, summary: str | None) -> ChangeView:
    """The application's change log has a new line, by the actor."""
    with begin(actor) as work:
        work.require(Right.EDIT_CMDB)
        application = known(work, APPLICATIONS, application_id)
        form = Form()
        summary = form.text("summary", summary, max_length=REASON)
        if day is None:
            form.wrong("day", "required")
        form.check()
        assert day is not None
        author = work.person.name if work.person else ""
        return add_change(work, application, day=day, summary=summary, author=author)


def add_change(work: Work, application: Application, *, day: date, summary: str, author: str) -> ChangeView:
    """The application's change log has a new line."""
    assert application.id is not None
    row = ApplicationChange(application_id=application.id, day=day, summary=summary, author=author, noted_at=work.now)
    work.session.add(row)
    work.session.flush()
    work.note(
        Fact.ITEM_CHANGED,
        kind=APPLICATIONS.value,
        item=application.id,
        name=application.name,
        field="changes",
        **change(None, summary),
    )
    return change_view(row, application.name)


def impact(actor: Actor, item: ItemView) -> Impact:
    """asset → applications → clients and employees (S74)."""
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
        hosted = item.relations.get(APPLICATIONS, ()) if item.kind is ASSETS else ()
        ids = [item.id] if item.kind is APPLICATIONS else [each for each, _ in hosted]
        clients = {each.id: each.name for _, each in cmdb.related(reading.session, APPLICATIONS, ids, CLIENTS)}
        employees = {each.id: each.name for _, each in cmdb.related(reading.session, APPLICATIONS, ids, EMPLOYEES)}
        return Impact(tuple(hosted), tuple(clients.items()), tuple(employees.items()))


def _mention(incident: Incident) -> Mention:
    return Mention(
        incident.reference,
        incident.title,
        incident.status,
        incident.priority,
        incident.created_at,
        incident.resolved_at,
    )


def _union(intervals: Sequence[tuple[datetime, datetime]]) -> float:
    """Seconds that at least one of the intervals covers."""
    seconds, reached = 0.0, None
    for begun, over in sorted(intervals):
        start = begun if reached is None else max(begun, reached)
        if over > start:
            seconds += (over - start).total_seconds()
            reached = over
    return seconds
