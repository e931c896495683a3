"""Checking what is stored against itself: the chain of the history, and every verdict (S122, S143)."""

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, TypeGuard

import orjson

from data.models import SlaCycle
from data.queries import history, incidents, ratings
from data.queries import sla as sla_queries
from data.vocabulary import Action, Fact
from services import chain, policies, sla
from services.comments import digest_of
from services.work import SYSTEM, Reading, look

TOGETHER = 300  # incidents whose verdicts are checked at a time
_RESOLUTION = ("resolved_at", "resolution_code", "resolution_summary")
STATE = ("created_at", "status", "priority", "reopen_count", "closed_at", *_RESOLUTION)


@dataclass(frozen=True, slots=True)
class ChainReport:
    """`broken_at`: the place of the first line that does not fit or is gone, None when all are there; `head`: the last
    hash."""

    lines: int
    head: str
    broken_at: int | None


def verify_chain(tell: Callable[[int], None] = lambda done: None) -> ChainReport:
    """Whether every line of the history is as it was written, in its place, and every comment and rating as its line
    says. Of lines cut off the end only who edits the days of the history as well leaves no trace but in an anchor.
    `tell` hears again and again how many lines have been checked.

    Three queries for a thousand lines and what they are about; the memory does not grow with the history.
    """
    expected, before = 0, chain.GENESIS
    with look(SYSTEM) as reading:
        for lines in history.batches(reading.session):
            said = _Said(reading, lines)
            for line in lines:
                expected += 1
                seq, at, actor_id, incident_id, fact, public, details, sealed = line
                fits = sealed == chain.seal(before, seq, at, actor_id, incident_id, fact, public, details)
                if seq != expected or not fits or (fact in _ABOUT and not said.stands(line)):
                    return ChainReport(expected - 1, before, expected)
                before = sealed
            tell(expected)
        cut = history.last_of_days(reading.session) > expected
    return ChainReport(expected, before, expected + 1 if cut else None)


_COMMENTED = Fact.COMMENTED.value
_ABOUT = (_COMMENTED, Fact.RATED.value)


class _Said:
    """The comments and ratings that some lines are about, read together."""

    def __init__(self, reading: Reading, lines: Sequence[history.Line]) -> None:
        self._details = {line.seq: _details(line) for line in lines if line.fact in _ABOUT}
        named = (details.get("comment") for details in self._details.values())
        comments = [key for key in named if _is_key(key)]
        rated = [line.incident_id for line in lines if line.fact == Fact.RATED and line.incident_id is not None]
        self._comments = incidents.said(reading.session, comments) if comments else {}
        self._ratings = ratings.of_incidents(reading.session, rated) if rated else {}

    def stands(self, line: history.Line) -> bool:
        """Whether the comment or rating that the line, which fits, is about is as it was given."""
        details = self._details[line.seq]
        return self._comment_stands(line, details) if line.fact == _COMMENTED else self._rating_stands(line, details)

    def _comment_stands(self, line: history.Line, details: Mapping[str, Any]) -> bool:
        if (stored := self._comments.get(details["comment"])) is None:
            return False
        *said, body = stored
        return said == [line.incident_id, line.actor_id, details["visibility"]] and digest_of(body) == details["sha256"]

    def _rating_stands(self, line: history.Line, details: Mapping[str, Any]) -> bool:
        rating = self._ratings.get(line.incident_id or 0)
        return (
            rating is not None
            and (rating.user_id, rating.score) == (line.actor_id, details["score"])
            and digest_of(rating.comment) == details["sha256"]
        )


def _is_key(forged: object) -> TypeGuard[int]:
    """Whether the databases know such a number: what is read before it is checked may be anything."""
    return type(forged) is int and 0 < forged < 2**63


def _details(line: history.Line) -> dict[str, Any]:
    """Read before the line is checked, so it may be anything; the check of its hash then finds it."""
    try:
        details = orjson.loads(line.details)
    except ValueError:
        return {}
    return details if isinstance(details, dict) else {}


@dataclass(frozen=True, slots=True)
class Difference:
    """What is stored and is not what the events give; cycle 0: of the incident itself, or where they are damaged."""

    reference: str
    cycle: int
    column: str
    stored: object
    computed: object

    def line(self) -> str:
        """It as one line of JSON."""
        return json.dumps(asdict(self) | {"stored": str(self.stored), "computed": str(self.computed)})


def verify_sla() -> Generator[Difference, None, None]:
    """Every stored cycle, and state of an incident, that differs from what the history gives now.

    Three queries for many incidents.
    """
    with look(SYSTEM) as reading:
        known = policies.all_policies(reading.session)
        every = iter(incidents.every(reading.session))
        while batch := dict(islice(every, TOGETHER)):
            lines = policies.stored_lines_of(reading.session, list(batch))
            stored: dict[int, dict[int, SlaCycle]] = {key: {} for key in batch}
            for cycle in sla_queries.cycles_of(reading.session, list(batch)):
                stored[cycle.incident_id][cycle.number] = cycle
            stand = incidents.columns_of(reading.session, list(batch), STATE)
            for key, reference in batch.items():
                try:
                    computed = sla.compute(policies.events_of(lines.get(key, ())), known)
                    state = _state(lines.get(key, ()))
                except (ValueError, LookupError) as damaged:
                    yield Difference(reference, 0, "history", None, repr(damaged))
                else:
                    yield from _differences(reference, computed, stored[key])
                    yield from _other_state(reference, state, stand[key])
            reading.session.expunge_all()


def _differences(reference: str, computed: Iterable[sla.Cycle], stored: dict[int, SlaCycle]) -> Iterator[Difference]:
    for cycle in computed:
        row = stored.pop(cycle.number, None)
        for column, expected in policies.cycle_columns(cycle).items():
            value = getattr(row, column, None)
            if value != expected:
                yield Difference(reference, cycle.number, column, value, expected)
    for number in stored:
        yield Difference(reference, number, "number", number, None)


def _state(lines: Iterable[policies.Line]) -> dict[str, object]:
    """What an incident is after these lines, the first of which says that it was declared."""
    state: dict[str, object] = dict.fromkeys(STATE)
    for fact, at, details, _ in lines:
        if fact is Fact.CREATED:
            state |= {"created_at": at, "status": details["status"], "priority": details["priority"], "reopen_count": 0}
        elif fact is Fact.PRIORITY_CHANGED:
            state["priority"] = details["to"]
        else:
            state["status"] = details["to"]
            match details["action"]:
                case Action.RESOLVE:
                    state |= dict(zip(_RESOLUTION, (at, details["code"], details["summary"]), strict=True))
                case Action.REOPEN:
                    state |= dict.fromkeys(_RESOLUTION)
                    state["reopen_count"] = int(str(state["reopen_count"])) + 1
                case Action.CLOSE:
                    state["closed_at"] = at
    return state


def _other_state(reference: str, computed: dict[str, object], stored: dict[str, Any]) -> Iterator[Difference]:
    for column in STATE:
        if stored[column] != computed[column]:
            yield Difference(reference, 0, column, stored[column], computed[column])
