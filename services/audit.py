"""Checking what is stored against itself: the chain of the history, and every verdict (S122, S143)."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from data.models import History
from data.queries import history, incidents, ratings
from data.queries import sla as sla_queries
from data.vocabulary import Fact
from services import chain, policies, sla
from services.comments import digest_of
from services.work import SYSTEM, Reading, look

TELL_EVERY = 2_000


@dataclass(frozen=True, slots=True)
class ChainReport:
    """`broken_at` is the place of the first line that does not fit, None when all do; `head` the last hash."""

    lines: int
    head: str
    broken_at: int | None


def verify_chain(tell: Callable[[int], None] = lambda done: None) -> ChainReport:
    """Whether every line of the history is as it was written, in its place, and every comment as its line says.

    `tell` hears every few thousand lines how many have been checked.
    """
    expected, before = 0, chain.GENESIS
    with look(SYSTEM) as reading:
        for line in history.every(reading.session):
            expected += 1
            if expected % TELL_EVERY == 0:
                tell(expected)
            sealed = chain.seal(
                before, expected, line.at, line.actor_id, line.incident_id, line.fact, line.public, line.details
            )
            if line.seq != expected or line.hash != sealed or not _what_was_said_stands(reading, line):
                return ChainReport(expected - 1, before, expected)
            before = line.hash
    return ChainReport(expected, before, None)


def _what_was_said_stands(reading: Reading, line: History) -> bool:
    """Whether the comment or rating that the line is about, if it is about one, is as it was given."""
    match line.fact:
        case Fact.COMMENTED:
            return _comment_stands(reading, line, json.loads(line.details))
        case Fact.RATED:
            return _rating_stands(reading, line, json.loads(line.details))
    return True


def _rating_stands(reading: Reading, line: History, details: Mapping[str, Any]) -> bool:
    rating = ratings.of_incidents(reading.session, [line.incident_id or 0]).get(line.incident_id or 0)
    return (
        rating is not None
        and (rating.user_id, rating.score) == (line.actor_id, details["score"])
        and digest_of(rating.comment) == details["sha256"]
    )


def _comment_stands(reading: Reading, line: History, details: Mapping[str, Any]) -> bool:
    comment = incidents.comment(reading.session, details["comment"])
    return (
        comment is not None
        and (comment.incident_id, comment.author_id) == (line.incident_id, line.actor_id)
        and comment.visibility == details["visibility"]
        and digest_of(comment.body) == details["sha256"]
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored cycle that is not what the events give."""

    reference: str
    cycle: int
    column: str
    stored: object
    computed: object


def verify_sla() -> Iterator[Difference]:
    """Every stored cycle that differs from the one that the history gives now."""
    with look(SYSTEM) as reading:
        known = policies.all_policies(reading.session)
        for incident_id, reference in incidents.every(reading.session):
            lines = policies.stored_lines(reading.session, incident_id)
            stored = {cycle.number: cycle for cycle in sla_queries.cycles(reading.session, incident_id)}
            for cycle in sla.compute(policies.events_of(lines), known):
                row = stored.pop(cycle.number, None)
                for column, computed in policies.cycle_columns(cycle).items():
                    value = getattr(row, column, None)
                    if value != computed:
                        yield Difference(reference, cycle.number, column, value, computed)
            for number in stored:
                yield Difference(reference, number, "number", number, None)
            reading.session.expunge_all()
