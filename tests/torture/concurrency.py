"""Several at once: one wins, and nothing impossible happens (C1, C3, C4)."""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from itertools import pairwise
from typing import Any

from data import db
from data.models import Membership, User
from data.queries import people
from data.references import PATTERN
from data.vocabulary import Fact
from services import audit, incidents, lifecycle, tokens
from services.errors import DeskError, TransitionRefused
from services.work import SYSTEM
from tests.personas import MONDAY, N1, an_incident, in_progress, on_hold
from tests.storage.test_races import together
from tests.torture import inside
from tests.torture.bench import ENGINES, Bench, Place
from tests.torture.load import RESOLUTION, Answer, Crowd
from tests.torture.registry import Outcome, at_most, exactly, told, trial

CLIENTS, ROUNDS = 100, 200
RACES = 1_000
PROCESSES, REFERENCES = 8, 2_000


@trial("C1", "everybody reaches for the same incident, through two servers", minutes=12)
def takers(bench: Bench) -> Outcome:
    """Exactly one gets it, the others read who."""
    rounds = bench.times(ROUNDS)
    wrong, server_errors, lines, spent = 0, 0, 0, list[float]()
    for engine in ENGINES:
        with bench.place(engine) as place, ExitStack() as stack:
            servers = [stack.enter_context(place.serving(at=name)) for name in ("one", "two")]
            crowd = Crowd([(name, servers[n % 2].port, token) for n, (name, token) in enumerate(_crowd(CLIENTS))])
            for number in range(rounds + 1):
                reference = an_incident(place.cast.diane, team=N1).reference
                time.sleep(0.2)  # what this set going is over
                answers = crowd.post(f"/incidents/{reference}/actions/take")
                if number == 0:
                    continue  # caches are warm now
                wrong += not _one_winner(answers)
                server_errors += sum(status >= 500 for _, status, _, _ in answers)
                spent += [seconds for *_, seconds in answers]
                entries = incidents.history(place.cast.emile, reference).entries
                after = [(entry.fact, entry.details.get("action")) for entry in entries[2:]]
                lines += after != [(Fact.ASSIGNED, "take")]
            crowd.close()
    return Outcome(
        f"{rounds} rounds of {CLIENTS} clients of 2 processes, on each of both databases",
        exactly("rounds without one winner whom all others read", wrong, 0),
        exactly("histories with another line than the winner's", lines, 0),
        exactly("answers 5xx", server_errors, 0),
        at_most("p99 of an answer", percentile(spent, 99) * 1000, 500, "ms"),
        told("median of an answer", percentile(spent, 50) * 1000, "ms"),
    )


def _crowd(count: int) -> list[tuple[str, str]]:
    """So many technicians of Support N1, like Alice: name, token."""
    with db.write_session() as session:
        alice = next(user for user in people.users(session) if user.login == "alice")
        (membership,) = people.memberships(session, alice.id or 0)
        for number in range(count):
            like = alice.model_dump(exclude={"id"}) | {"login": f"t{number}", "name": f"T{number}"}
            user = User(**like)
            session.add(user)
            session.flush()
            session.add(Membership(user_id=user.id or 0, team_id=membership.team_id, main=True))
        session.commit()
    return [(f"T{number}", tokens.issue(SYSTEM, f"t{number}", name="torture")) for number in range(count)]


def _one_winner(answers: Sequence[Answer]) -> bool:
    winners = [name for name, status, *_ in answers if status == 200]
    beaten = [(body["code"], body.get("by")) for _, status, body, _ in answers if status == 409]
    return len(winners) == 1 and Counter(beaten) == {("already_taken", winners[0]): len(answers) - 1}


def percentile(values: Sequence[float], percent: int) -> float:
    """Of the values, so many percent are not greater."""
    return statistics.quantiles(values, n=100)[percent - 1] if len(values) > 1 else values[0]


@trial("C3", "opposite moves of four people at once")
def opposite_moves(bench: Bench) -> Outcome:
    """Whatever comes of it is a way through the workflow's table."""
    races, impossible, strange, broken = bench.times(RACES), 0, 0, 0
    for engine in ENGINES:
        with bench.place(engine) as place:
            for number in range(races):
                reference = (in_progress, on_hold)[number % 2](place.cast.alice, team=N1).reference
                refusals = [each for each in _oppose(place, reference) if isinstance(each, DeskError)]
                strange += sum(not isinstance(refusal, TransitionRefused) for refusal in refusals)
                impossible += not _is_a_way(place, reference)
            broken += audit.verify_chain().broken_at is not None
            broken += len(list(audit.verify_sla()))
    return Outcome(
        f"{races} races of resolve, hold, escalate and resume, on each of both databases",
        exactly("histories that are no way through the table", impossible, 0),
        exactly("refusals for another reason", strange, 0),
        exactly("broken chains and clocks", broken, 0),
    )


def _oppose(place: Place, reference: str) -> list[Any]:
    cast = place.cast
    return together(
        lambda: lifecycle.resolve(cast.alice, reference, **RESOLUTION),
        lambda: lifecycle.hold(cast.bruno, reference, reason="user"),
        lambda: lifecycle.escalate(cast.diane, reference, mode="hierarchical", reason="…"),
        lambda: lifecycle.resume(cast.emile, reference),
    )


def _is_a_way(place: Place, reference: str) -> bool:
    entries = incidents.history(place.cast.emile, reference).entries
    changes = [entry.details for entry in entries if entry.fact is Fact.STATUS_CHANGED]
    unbroken = all(before["to"] == after["from"] for before, after in pairwise(changes))
    return unbroken and incidents.get(place.cast.emile, reference).status == changes[-1]["to"]


@trial("C4", "references given by eight processes across midnight", minutes=10)
def references(bench: Bench) -> Outcome:
    """All distinct, of the right form, without a gap."""
    each = bench.times(REFERENCES, least=PROCESSES) // PROCESSES
    given, errors, gaps, days = list[str](), list[str](), 0, 0
    for engine in ENGINES:
        with bench.place(engine) as place:
            made, failed = _declared(place, each)
            given += [f"{engine} {reference}" for reference in made]
            errors += failed
            counters = Counter(reference[:12] for reference in made)
            days = max(days, len(counters))
            gaps += sum(
                max(int(made_on[13:]) for made_on in made if made_on[:12] == day) - count
                for day, count in counters.items()
            )
    for error, number in Counter(errors).most_common(5):
        print(f"  {number} × {error}", file=sys.stderr)
    badly = sum(not PATTERN.fullmatch(reference.partition(" ")[2]) for reference in given)
    return Outcome(
        f"{each * PROCESSES:,} incidents by {PROCESSES} processes on each of both databases, over {days} days",
        exactly("references given twice", len(given) - len(set(given)), 0),
        exactly("of another form", badly, 0),
        exactly("numbers left out", gaps, 0),
        exactly("errors", len(errors), 0),
        exactly("days", days, 2),
    )


def _declared(place: Place, each: int) -> tuple[list[str], list[str]]:
    """References and errors of all processes; each begins in the evening and reaches the next day half way through."""
    midnight = MONDAY.replace(hour=0) + timedelta(days=1)
    first_half = each * 0.02  # seconds that it may take at least, on the slowest database
    begun, factor = midnight - timedelta(seconds=first_half * 60), 60.0
    with ExitStack() as stack:
        pipes = []
        for _ in range(PROCESSES):
            mine, theirs = inside.CONTEXT.Pipe()
            given = (place.url, place.cast.diane.user_id, each, begun, factor, theirs)
            stack.enter_context(inside.process(inside.declare, *given))
            pipes.append(mine)
        answers = inside.answers(pipes)
    return [name for names, _ in answers for name in names], [error for _, errors in answers for error in errors]
