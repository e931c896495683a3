"""Any life that an incident can have: random people do random things, and what the rules promise holds throughout (I2).

Each step is a call of a public service function. The machine knows the promises, not the implementation: the legal
changes of status are written out here, and what the services say is compared with what they do.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from data import db
from data.models import SlaCycle, SlaPolicy
from data.vocabulary import Action, HoldReason, Priority, Status
from services import audit, clock, incidents, lifecycle
from services.clock import MovedClock
from services.errors import AlreadyTaken, DeskError, Forbidden, Invalid, NotFound, StaleIncident, TransitionRefused
from services.policies import terms_text
from services.sla import DEFAULT_TARGETS, Policy
from services.views import IncidentView
from services.work import Actor
from tests.dump import Row, dump
from tests.personas import INFRASTRUCTURE, MONDAY, N1, N2, SUPPLIER, Cast, the_cast

NEW, ASSIGNED, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED = Status
LEGAL = {
    *((NEW, to) for to in (ASSIGNED, IN_PROGRESS, RESOLVED)),
    *((ASSIGNED, to) for to in (ASSIGNED, IN_PROGRESS, RESOLVED)),
    *((IN_PROGRESS, to) for to in (IN_PROGRESS, ON_HOLD, ASSIGNED, RESOLVED)),
    *((ON_HOLD, to) for to in (ON_HOLD, IN_PROGRESS, ASSIGNED, RESOLVED)),
    *((RESOLVED, to) for to in (CLOSED, IN_PROGRESS)),
}

ACTORS = st.sampled_from(["alice", "bruno", "chloe", "diane", "emile"])
# What a caller says of the version that it saw: nothing, the one of now, an older one.
SEEN = st.sampled_from(["unsaid", "unsaid", "now", "now", "older"])
TEAMS = st.sampled_from([None, N1, N2, INFRASTRUCTURE, SUPPLIER])
GIVEN: dict[Action, st.SearchStrategy[dict[str, Any]]] = {
    Action.ASSIGN: st.fixed_dictionaries(
        {"assignee": st.sampled_from([None, "alice", "bruno", "diane", "chloe"]), "team": TEAMS}
    ),
    Action.HOLD: st.fixed_dictionaries({"reason": st.sampled_from([*HoldReason, "lunch"])}),
    Action.ESCALATE: st.fixed_dictionaries(
        {
            "mode": st.sampled_from(["hierarchical", "functional"]),
            "reason": st.sampled_from(["Trop difficile", ""]),
            "team": TEAMS,
        }
    ),
    Action.RESOLVE: st.fixed_dictionaries(
        {
            "code": st.sampled_from(["fixed", "workaround", "duplicate"]),
            "summary": st.sampled_from(["Relancé", ""]),
            "publish": st.booleans(),
        }
    ),
    Action.REOPEN: st.fixed_dictionaries({"reason": st.sampled_from(["Toujours en panne", ""])}),
}
GIVEN[Action.START_AND_RESOLVE] = GIVEN[Action.RESOLVE]
PLAIN: st.SearchStrategy[dict[str, Any]] = st.just({})
STEPS = st.sampled_from(Action).flatmap(lambda action: st.tuples(st.just(action), GIVEN.get(action, PLAIN)))
# A straight way to begin further on.
WAY: list[tuple[Status, Callable[..., IncidentView], dict[str, Any]]] = [
    (ASSIGNED, lifecycle.take, {}),
    (IN_PROGRESS, lifecycle.start, {}),
    (ON_HOLD, lifecycle.hold, {"reason": "user"}),
    (RESOLVED, lifecycle.resolve, {"code": "fixed", "summary": "Relancé"}),
    (CLOSED, lifecycle.close, {}),
]
# What the incident's page offers may still be refused for what was typed, for whose it is, or for its version.
DEPENDS = (Invalid, StaleIncident, AlreadyTaken)
DEPENDING = {"same_owner", "no_parent_team"}


class Life(RuleBasedStateMachine):
    """One incident of Chloé's, on a policy that pauses."""

    open_desk: Callable[[], Callable[[], None]]  # begins a desk, returns what ends it

    def __init__(self) -> None:
        super().__init__()
        self.time = MovedClock(MONDAY)
        self._running = clock.running_on(self.time)
        self._running.__enter__()
        self._end = type(self).open_desk()
        self.cast: Cast = the_cast()

    def teardown(self) -> None:
        self._end()
        self._running.__exit__(None, None, None)

    @initialize(
        priority=st.sampled_from(Priority),
        impact=st.sampled_from([None, "enterprise"]),
        team=st.sampled_from([None, N1]),
        begins=st.sampled_from(Status),
    )
    def declare(self, priority: Priority, impact: str | None, team: str | None, begins: Status) -> None:
        new = incidents.NewIncident(
            title="La messagerie ne répond plus", description="…", category="software", priority=priority, impact=impact
        )
        held_back = priority is Priority.CRITICAL  # Chloé may not say so herself
        if held_back:
            new = replace(new, priority=Priority.HIGH)
        self.reference = incidents.create(self.cast.chloe, new).reference
        if held_back:
            incidents.edit(self.cast.diane, self.reference, {"priority": priority})
        if team:
            lifecycle.assign(self.cast.diane, self.reference, team=team)
        for status, action, given in WAY:
            if list(Status).index(status) <= list(Status).index(begins):
                action(self.cast.alice, self.reference, **given)
        self.before = self.seen()
        self.rows = dump()
        self.versions = [self.before.version]
        self.verdicts: dict[tuple[int, str], bool] = {}
        self.closed_rows: dict[str, list[Row]] | None = None

    def seen(self, by: Actor | None = None) -> IncidentView:
        return incidents.get(by or self.cast.emile, self.reference)

    def attempt(self, call: Callable[[], object], *, changes_version: bool = True) -> DeskError | None:
        """The refusal of `call`, after which everything is as before; None where it was accepted and left its marks."""
        refusal = None
        try:
            call()
        except DeskError as error:
            refusal = error
        if refusal is not None:
            assert dump() == self.rows, f"{refusal!r} has changed something"
            return refusal
        now, rows = self.seen(), dump()
        assert len(rows["history"]) > len(self.rows["history"]), "an accepted change without a line of history"
        assert now.version == self.before.version + (1 if changes_version else 0)
        self.before, self.rows = now, rows
        self.versions.append(now.version)
        return None

    @rule(seconds=st.one_of(st.integers(0, 5), st.integers(6, 7_200), st.integers(7_200, 300_000)))
    def time_passes(self, seconds: int) -> None:
        self.time.forward(seconds=seconds)

    @rule(step=STEPS, by=ACTORS, says=SEEN)
    def try_anything(self, step: tuple[Action, dict[str, Any]], by: str, says: str) -> None:
        self.act(*step, by, says)

    @rule(data=st.data(), by=ACTORS)
    def do_what_is_offered(self, data: st.DataObject, by: str) -> None:
        if offered := self.seen(getattr(self.cast, by)).allowed_actions:
            action = data.draw(st.sampled_from(offered))
            self.act(action, data.draw(GIVEN.get(action, PLAIN)), by, "now")

    @rule(data=st.data())
    def let_the_assignee_go_on(self, data: st.DataObject) -> None:
        if self.before.assignee is not None:
            self.do_what_is_offered(data, self.before.assignee.login)

    def act(self, action: Action, given: dict[str, Any], by: str, says: str) -> None:
        actor = getattr(self.cast, by)
        version = {"unsaid": None, "now": self.before.version, "older": self.before.version - 1}[says]
        allowed = self.seen(actor).allowed_actions
        status = self.before.status
        refusal = self.attempt(lambda: getattr(lifecycle, action)(actor, self.reference, version=version, **given))
        if refusal is None:
            assert action in allowed, f"{action} from {status} was done by {by}, to whom it was not offered"
            assert (status, self.before.status) in LEGAL
            assert says != "older"
        elif not isinstance(refusal, DEPENDS) and refusal.params.get("reason") not in DEPENDING:
            assert isinstance(refusal, Forbidden | TransitionRefused)
            assert action not in allowed, f"{action} from {status} was offered to {by} and refused: {refusal!r}"

    @rule(by=ACTORS, priority=st.sampled_from(Priority), reason=st.sampled_from([None, "Requalifié"]), says=SEEN)
    def change_the_priority(self, by: str, priority: Priority, reason: str | None, says: str) -> None:
        version = {"unsaid": None, "now": self.before.version, "older": self.before.version - 1}[says]
        same = priority is self.before.priority
        actor, changes = getattr(self.cast, by), {"priority": priority.value}
        if same:
            return
        refusal = self.attempt(lambda: incidents.edit(actor, self.reference, changes, reason=reason, version=version))
        assert (by == "chloe" or self.before.status is CLOSED or says == "older" or reason is None) or refusal is None

    @rule(by=ACTORS, visibility=st.sampled_from([None, "public", "internal"]))
    def comment(self, by: str, visibility: str | None) -> None:
        was = self.before
        answers = by == "chloe" and visibility != "internal"
        wakes = answers and was.hold is not None and was.hold.reason is HoldReason.USER
        marks = answers and was.status is RESOLVED and not was.to_review
        refusal = self.attempt(
            lambda: incidents.comment(getattr(self.cast, by), self.reference, body="Vu.", visibility=visibility),
            changes_version=wakes or marks,
        )
        refused = was.status is CLOSED or (by == "chloe" and visibility == "internal")
        assert (refusal is not None) is refused
        if not refused:
            assert self.before.status is (IN_PROGRESS if wakes else was.status)
            assert self.before.to_review is (marks or was.to_review)

    @rule(by=ACTORS)
    def ask_for_what_does_not_exist(self, by: str) -> None:
        refusal = self.attempt(lambda: lifecycle.take(getattr(self.cast, by), "INC-20260615-999999"))
        assert isinstance(refusal, NotFound)

    @invariant()
    def one_cycle_runs_while_the_incident_is_open_and_none_after(self) -> None:
        cycles = self.cycles()
        assert [cycle["number"] for cycle in cycles] == list(range(1, self.before.reopen_count + 2))
        running = [cycle["number"] for cycle in cycles if cycle["resolution_met_at"] is None]
        assert running == ([] if self.before.status in (RESOLVED, CLOSED) else [len(cycles)])

    @invariant()
    def no_verdict_ever_changes(self) -> None:
        """S122."""
        now = {
            (cycle["number"], clock_name): bool(cycle[clock_name])
            for cycle in self.cycles()
            for clock_name in ("response_respected", "resolution_respected")
            if cycle[clock_name] is not None
        }
        assert self.verdicts.items() <= now.items()
        self.verdicts = now

    @invariant()
    def the_version_has_grown_one_by_one(self) -> None:
        steps = [after - before for before, after in pairwise(self.versions)]
        assert set(steps) <= {0, 1}

    @invariant()
    def the_history_tells_the_way_to_the_status_of_now(self) -> None:
        status = "new"
        for entry in incidents.history(self.cast.emile, self.reference).entries:
            if "from" in entry.details and "action" in entry.details:
                assert entry.details["from"] == status
                status = entry.details["to"]
        assert status == self.before.status

    @invariant()
    def the_chain_and_the_clocks_stand_every_check(self) -> None:
        assert audit.verify_chain().broken_at is None
        assert list(audit.verify_sla()) == []

    @invariant()
    def what_follows_from_the_status_is_there(self) -> None:
        now = self.before
        assert (now.hold is not None) is (now.status is ON_HOLD)
        assert (now.resolution is not None) is (now.status in (RESOLVED, CLOSED))
        assert (now.closed_at is not None) is (now.status is CLOSED)
        assert (now.cycle.response.met_at is not None) is (now.first_response_at is not None)
        if now.status in (NEW, RESOLVED, CLOSED):
            assert (now.assignee is None) is (now.status is NEW)

    @precondition(lambda self: self.before.status is CLOSED)
    @invariant()
    def a_closed_incident_never_changes(self) -> None:
        """S126."""
        rows = {name: self.rows[name] for name in ("incident", "comment", "sla_cycle", "history")}
        self.closed_rows = self.closed_rows or rows
        assert rows == self.closed_rows

    def cycles(self) -> list[dict[str, Any]]:
        names = [column.name for column in SlaCycle.__table__.columns]
        every = (dict(zip(names, row, strict=True)) for row in self.rows["sla_cycle"])
        return sorted((each for each in every if each["incident_id"] == self.before.id), key=itemgetter("number"))


def pausing_policy() -> None:
    """New incidents are on terms under which waiting for the user, or a supplier, pauses."""
    policy = Policy(2, DEFAULT_TARGETS, frozenset({HoldReason.USER, HoldReason.SUPPLIER}))
    with db.write_session() as session:
        session.add(SlaPolicy(version=2, created_at=MONDAY, terms=terms_text(policy)))
        session.commit()


def settings_for(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def test_every_life_keeps_the_promises_on_sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A new file for each life."""
    template = request.getfixturevalue("_sqlite_founded")
    file = tmp_path / "vigie.db"

    def open_desk() -> Callable[[], None]:
        for old in tmp_path.glob("vigie.db*"):
            old.unlink()
        shutil.copy(template, file)
        db.bind(f"sqlite:///{file}")
        pausing_policy()
        return db.dispose

    class OnSqlite(Life):
        pass

    OnSqlite.open_desk = staticmethod(open_desk)
    run_state_machine_as_test(OnSqlite, settings=settings_for(examples=30, steps=25))


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_every_life_keeps_the_promises_on_postgresql(cast: Cast) -> None:
    """One life after the other in one database."""
    assert cast
    pausing_policy()

    class OnPostgresql(Life):
        pass

    OnPostgresql.open_desk = staticmethod(lambda: lambda: None)
    run_state_machine_as_test(OnPostgresql, settings=settings_for(examples=5, steps=20))
