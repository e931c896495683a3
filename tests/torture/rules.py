"""The rules, tried with far more luck than the ordinary suite needs: I1, I2, Z3, Z4."""

import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from data import db
from data.migrate import migrate
from data.vocabulary import Fact, Light, Priority
from services import audit, clock, incidents, lifecycle, sheet, watcher
from services.clock import MovedClock
from services.sla import DEFAULT_TARGETS, Event, EventKind, compute
from tests.personas import MONDAY, an_incident, found_the_desk
from tests.rules.test_sla_properties import POLICIES, histories
from tests.torture.bench import ENGINES, Bench, Place
from tests.torture.load import RESOLUTION
from tests.torture.registry import Outcome, exactly, trial
from tests.usecases.test_life import Life, pausing_policy, settings_for

LIVES = {"sqlite": (60, 50), "postgresql": (10, 50)}
SEQUENCES = 10_000
CROSSINGS = 60


@trial("I2", "any life that an incident can have", minutes=12)
def lives(bench: Bench) -> Outcome:
    """Whatever people do, the promises of the rules hold."""
    violations = 0
    for engine in ENGINES:
        examples, steps = LIVES[engine]

        class Tried(Life):
            pass

        with ExitStack() as stack:
            Tried.open_desk = staticmethod(_desks(bench, engine, stack))
            try:
                run_state_machine_as_test(Tried, settings=settings_for(bench.times(examples, least=2), steps))
            except Exception:
                traceback.print_exc()
                violations += 1
    counts = ", ".join(
        f"{bench.times(examples, least=2)} × {steps} steps on {engine}" for engine, (examples, steps) in LIVES.items()
    )
    return Outcome(f"lives: {counts}", exactly("invariants violated", violations, 0))


def _desks(bench: Bench, engine: str, stack: ExitStack) -> Callable[[], Callable[[], None]]:
    """What begins a desk for one life, and returns what ends it; on PostgreSQL one life follows the other in one."""
    with clock.running_on(MovedClock(MONDAY)):
        if engine == "postgresql":
            stack.enter_context(bench.place(engine))
            pausing_policy()
            return lambda: lambda: None
        template, folder = bench.folder() / "vigie.db", bench.folder()
        db.bind(f"sqlite:///{template}")
        migrate()
        found_the_desk()
        pausing_policy()
        db.dispose()

    def begin() -> Callable[[], None]:
        for old in folder.glob("vigie.db*"):
            old.unlink()
        shutil.copy(template, folder / "vigie.db")
        db.bind(f"sqlite:///{folder}/vigie.db")
        return db.dispose

    return begin


@trial("Z4", "due times after holds, priority changes and reopenings, against a model", minutes=8)
def due_times(bench: Bench) -> Outcome:
    """The clocks say what a second, simpler reading of the rules says."""
    tried, differing = 0, list[object]()

    @settings(max_examples=bench.times(SEQUENCES), deadline=None, database=None)
    @given(histories())
    def compare(events: list[Event]) -> None:
        nonlocal tried
        tried += 1
        computed = [
            (c.response.due_at, c.response.respected, c.resolution.due_at, c.resolution.respected)
            for c in compute(events, POLICIES)
        ]
        if computed != model(events):
            differing.append((events, computed, model(events)))

    compare()
    for each in differing[:3]:
        print(f"  {each}", file=sys.stderr)
    return Outcome(f"{tried:,} sequences of events", exactly("that differ from the model", len(differing), 0))


Told = tuple[datetime, bool | None, datetime, bool | None]


def model(events: list[Event]) -> list[Told]:
    """Due times and verdicts by cycle, read off the events anew each time; nothing is carried along and patched."""
    starts = [n for n, event in enumerate(events) if event.kind in (EventKind.CREATED, EventKind.REOPENED)]
    bounds = zip(starts, [*starts[1:], len(events)], strict=True)
    return [_cycle(events[:begin], events[begin:end]) for begin, end in bounds]


def _cycle(before: list[Event], own: list[Event]) -> Told:
    first, policy = own[0], POLICIES[own[0].policy or 1]
    responded = first.at if before else next((e.at for e in own if e.kind is EventKind.STARTED), None)
    resolved = next((e for e in own if e.kind is EventKind.RESOLVED), None)
    until = own.index(resolved) if resolved else len(own)
    started = next((n for n, e in enumerate(own) if e.kind is EventKind.STARTED), len(own))
    response = first.at + DEFAULT_TARGETS[_priority([*before, *own[: 1 if before else started]])].response
    resolution = first.at + DEFAULT_TARGETS[_priority([*before, *own[:until]])].resolution
    held: Event | None = None
    for event in own[: until + 1]:
        if event.kind is EventKind.HELD:
            held = event
        elif event.kind in (EventKind.RESUMED, EventKind.RESOLVED) and held:
            resolution += event.at - held.at if held.reason in policy.pausing else timedelta(0)
            held = None
    return (
        response,
        responded <= response if responded else None,
        resolution,
        resolved.at <= resolution if resolved else None,
    )


def _priority(events: list[Event]) -> Priority:
    return [event.priority for event in events if event.priority is not None][-1]


@trial("Z3", "three days down, then a clock an hour back and a day on")
def server_down(bench: Bench) -> Outcome:
    """Every threshold is told once, with its time; nothing gets negative."""
    count, wrong, again, negative, order, differing = bench.times(CROSSINGS), 0, 0, 0, 0, 0
    thresholds = 0
    for engine in ENGINES:
        time_now = MovedClock(MONDAY)
        with clock.running_on(time_now), bench.place(engine) as place:
            references = _various(place, time_now, count)
            time_now.forward(days=3)
            expected = _crossed(place, references, time_now.at)
            _watch()
            wrong += (found := _told(place, references)) != expected
            thresholds += sum(found.values())
            for moved in (timedelta(hours=-1), timedelta(days=1, hours=1), timedelta(hours=-1)):
                time_now.at += moved
                for reference in references[::7]:
                    _go_on(place, reference)
                _watch()
            again += sum(number > 1 for number in _told(place, references).values())
            for reference in references:
                entries = incidents.history(place.cast.emile, reference).entries
                order += [entry.seq for entry in entries] != sorted(entry.seq for entry in entries)
                negative += _negative(place, reference)
            differing += len(list(audit.verify_sla())) + (audit.verify_chain().broken_at is not None)
    return Outcome(
        f"{count} incidents on each of both databases, {thresholds} thresholds crossed while down",
        exactly("desks whose thresholds were not told once, with their time, as late", wrong, 0),
        exactly("told again after the clock was moved", again, 0),
        exactly("negative durations", negative, 0),
        exactly("histories out of order", order, 0),
        exactly("clocks and chains that do not verify", differing, 0),
    )


def _various(place: Place, time_now: MovedClock, count: int) -> list[str]:
    chance = Random(3)
    references = []
    for number in range(count):
        made = an_incident(place.cast.diane, priority=chance.choice([*Priority]).value).reference
        references.append(made)
        time_now.forward(seconds=chance.randint(1, 900))
        if number % 3 == 0:
            lifecycle.take_and_start(place.cast.alice, made)
        if number % 9 == 0:
            lifecycle.hold(place.cast.alice, made, reason="user")
    return references


def _crossed(place: Place, references: list[str], now: datetime) -> Counter[object]:
    """(incident, clock, light, instant) of every threshold that lies before `now`."""
    found: Counter[object] = Counter()
    for reference in references:
        cycle = incidents.get(place.cast.emile, reference).cycle
        for name in ("response", "resolution"):
            indicator = getattr(cycle, name)
            if indicator.met_at is None:
                target = DEFAULT_TARGETS[incidents.get(place.cast.emile, reference).priority]
                risk = indicator.due_at - getattr(target, name) / 5
                marks = {Light.ORANGE: risk, Light.RED: indicator.due_at}
                found.update((reference, name, light.value, at.isoformat()) for light, at in marks.items() if at < now)
    return found


def _told(place: Place, references: list[str]) -> Counter[object]:
    """The same, as the history has it; one that is not marked late is another."""
    return Counter(
        (reference, said["clock"], said["light"], said["at"]) if said["late"] else (reference, "in time")
        for reference in references
        for entry in incidents.history(place.cast.emile, reference).entries
        if entry.fact is Fact.SLA_CROSSED and (said := entry.details)
    )


def _watch() -> None:
    """Three watchers tell what there is to tell."""

    def tell(_: int) -> None:
        while watcher.tell_crossings():
            pass

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(tell, range(3)))


def _go_on(place: Place, reference: str) -> None:
    """The next step that the incident's page offers to Alice."""
    steps: dict[str, Callable[[], object]] = {
        "take_and_start": lambda: lifecycle.take_and_start(place.cast.alice, reference),
        "resume": lambda: lifecycle.resume(place.cast.alice, reference),
        "resolve": lambda: lifecycle.resolve(place.cast.alice, reference, **RESOLUTION),
        "reopen": lambda: lifecycle.reopen(place.cast.alice, reference, reason="Revient."),
    }
    offered = incidents.get(place.cast.alice, reference).allowed_actions
    next((step for name, step in steps.items() if name in offered), lambda: None)()


def _negative(place: Place, reference: str) -> int:
    """How many durations of the incident are below nothing."""
    seen = sheet.sheet(place.cast.emile, reference)
    held = [seconds for each in seen.held for seconds in (each.held_s, each.waiting_s, each.unclaimed_s)]
    with db.bound().reader.connect() as connection:
        query = "SELECT started_at, response_met_at, resolution_met_at FROM sla_cycle c JOIN incident i"
        query += " ON i.id = c.incident_id WHERE i.reference = :reference"
        for started, *met in connection.execute(text(query), {"reference": reference}):
            held += [-1 for at in met if at is not None and at < started]
    return sum(seconds < 0 for seconds in held)
