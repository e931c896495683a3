"""The audit: what everybody has done, across incidents, accounts, settings and configuration items (S144 to S146).

Read by administrators only, a page at a time; exported whole, which is itself a line of the history.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.queries import audit, history, incidents, people
from data.queries.audit import Narrowed
from data.vocabulary import Fact
from services import csv_files
from services.incident_view import person_view
from services.inputs import Form
from services.permissions import Right
from services.text import folded
from services.views import EntryView
from services.work import Actor, Reading, begin, look

LIMIT, BATCH = 50, 2_000
SYSTEM_WORD = "system"
COLUMNS = ("seq", "at", "actor", "actor_name", "fact", "incident", "details", "hash")
FORMATS = ("csv", "json")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for, as it stands in the address: a login, a name or `system`; a fact; a reference; two days."""

    person: str = ""
    fact: str = ""
    incident: str = ""
    since: str = ""
    until: str = ""

    def given(self) -> dict[str, str]:
        """Those that narrow anything."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the history, and the reference of the incident that it is about."""

    entry: EntryView
    reference: str | None


@dataclass(frozen=True, slots=True)
class Lines:
    """A page, newest first; `before` asks for the older ones, None at the end."""

    lines: tuple[Line, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain: how many lines, the hash of the last; the last verification, None where there was none."""

    lines: int
    head: str
    verified: EntryView | None


def page(actor: Actor, filters: Filters, zone: ZoneInfo, *, before: int | None = None, limit: int = LIMIT) -> Lines:
    """The lines that match, those before the place `before`. Raises `Forbidden`, `Invalid` with the wrong filters."""
    with look(actor) as reading:
        reading.require(Right.SEE_AUDIT)
        return _page(reading, _read(reading, filters, zone), before, limit)


def chain_state(actor: Actor) -> Chain:
    """Where the chain ends, and when it was last verified. Raises `Forbidden`."""
    with look(actor) as reading:
        reading.require(Right.SEE_AUDIT)
        lines, head = history.head(reading.session) or (0, "")
        found = audit.last_of(reading.session, Fact.CHAIN_VERIFIED)
        return Chain(lines, head, _entry(*found) if found else None)


def known_people(actor: Actor, *, most: int = 300) -> tuple[tuple[str, str], ...]:
    """(login, name) of those who can be looked for, by name. Raises `Forbidden`."""
    with look(actor) as reading:
        reading.require(Right.SEE_AUDIT)
        return tuple((user.login, user.name) for user in people.users(reading.session)[:most])


def begin_export(actor: Actor, filters: Filters, zone: ZoneInfo, form: str) -> int:
    """The history says that the lines are exported; the place before which they are. Raises as `page` does."""
    with begin(actor) as work:
        work.require(Right.SEE_AUDIT)
        _read(work, filters, zone)
        work.note(Fact.HISTORY_EXPORTED, format=form, filters=filters.given())
        last = history.head(work.session)
        return last[0] + 1 if last else 1


def exported(lines: Sequence[Line], form: str, *, first: bool) -> str:
    """The lines as a piece of the file; `first` begins it. A CSV's cells are never computed by a spreadsheet."""
    if form == "json":
        pieces = [json.dumps(_cells(line) | {"details": line.entry.details}, ensure_ascii=False) for line in lines]
        return ("[\n" if first else ",\n" if pieces else "") + ",\n".join(pieces)
    begun = csv_files.heading(COLUMNS) if first else ""
    return begun + csv_files.lines(_cells(line).values() for line in lines)


def export_end(form: str) -> str:
    """What closes the file."""
    return "\n]\n" if form == "json" else ""


def export_all(actor: Actor, form: str, zone: ZoneInfo) -> Iterator[str]:
    """The whole history in the order of its chain, piece by piece; noted in it."""
    filters = Filters()
    end = begin_export(actor, filters, zone, form)
    for start in range(1, end + 1, BATCH):
        found = page(actor, filters, zone, before=min(start + BATCH, end), limit=BATCH)
        yield exported([line for line in reversed(found.lines) if line.entry.seq >= start], form, first=start == 1)
    yield export_end(form)


def _page(reading: Reading, narrowed: Narrowed, before: int | None, limit: int) -> Lines:
    rows = audit.page(reading.session, narrowed, before=before, limit=limit + 1)
    lines = tuple(Line(_entry(line, user), reference) for line, user, reference in rows[:limit])
    return Lines(lines, lines[-1].entry.seq if len(rows) > limit else None)


def _entry(line: Any, user: Any) -> EntryView:
    details: Mapping[str, Any] = json.loads(line.details)
    who = person_view(user) if user else None
    return EntryView(line.seq, line.at, who, line.fact, line.public, details, line.hash)


def _cells(line: Line) -> dict[str, Any]:
    entry = line.entry
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat().replace("+00:00", "Z"),
        "actor": entry.actor.login if entry.actor else None,
        "actor_name": entry.actor.name if entry.actor else None,
        "fact": str(entry.fact),
        "incident": line.reference,
        "details": json.dumps(entry.details, ensure_ascii=False, sort_keys=True),
        "hash": entry.hash,
    }


def _read(reading: Reading, filters: Filters, zone: ZoneInfo) -> Narrowed:
    """What the filters mean; every one that means nothing is named."""
    form = Form()
    person, system = _person(reading, form, filters.person)
    fact = form.optional_code("fact", filters.fact, Fact)
    incident_id = None
    if wanted := form.line("incident", filters.incident, max_length=40, required=False).upper():
        found = incidents.by_reference(reading.session, wanted)
        incident_id = found.id if found else None
        if found is None:
            form.wrong("incident", "unknown", id=wanted)
    start, end = _midnight(form, "since", filters.since, zone, 0), _midnight(form, "until", filters.until, zone, 1)
    if start and end and start >= end:
        form.wrong("until", "out_of_range")
    form.check()
    return Narrowed(person, system, fact, incident_id, start, end)


def _person(reading: Reading, form: Form, value: str) -> tuple[int | None, bool]:
    wanted = form.line("person", value, max_length=120, required=False)
    if not wanted or "person" in form.errors:
        return None, False
    if folded(wanted) in (SYSTEM_WORD, "systeme", "vigie"):
        return None, True
    user = people.user_by_login(reading.session, wanted.lower())
    if user is None:
        same = [each for each in people.users(reading.session) if folded(each.name) == folded(wanted)]
        user = same[0] if len(same) == 1 else None
    if user is None:
        form.wrong("person", "unknown", id=wanted)
    return (user.id if user else None), False


def _midnight(form: Form, field: str, value: str, zone: ZoneInfo, later: int) -> datetime | None:
    if not value:
        return None
    try:
        day = date.fromisoformat(value.strip()) + timedelta(days=later)
        return datetime.combine(day, time(), zone).astimezone(ZoneInfo("UTC"))
    except (ValueError, OverflowError):
        form.wrong(field, "wrong_type")
        return None
