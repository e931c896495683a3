"""The log driven through the public services, event by event, in the order of time across all incidents."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from typing import Any

import pytest

from data.vocabulary import OPEN_STATUSES, Action, Status
from services import board, incidents, lifecycle, organisation, people, teams, workflow
from services.clock import MovedClock
from services.errors import ClosedIncident, TransitionRefused
from services.incidents import NewIncident
from services.views import IncidentView
from services.work import Actor
from tests.real.log import Event, Logged

PASSWORD = "as long as it must be"
REASON = "Repris du journal."
NOTE = "Mise à jour sans changement visible."

# What each action is given when it is only tried.
TRIED = {
    Action.ASSIGN: {"assignee": "admin"},
    Action.HOLD: {"reason": "other"},
    Action.ESCALATE: {"mode": "hierarchical", "reason": REASON},
    Action.RESOLVE: {"code": "fixed", "summary": REASON},
    Action.START_AND_RESOLVE: {"code": "fixed", "summary": REASON},
    Action.REOPEN: {"reason": REASON},
}
BOARD_EVERY = 200  # events between two looks at the board


@dataclass
class Replay:
    """What came of it: by the log's number, and counted by the name of what differed."""

    views: dict[str, IncidentView] = field(default_factory=dict)
    differences: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[Status, Action]] = field(default_factory=Counter)
    boards: list[tuple[set[str], set[str]]] = field(default_factory=list)
    admin: Actor = field(default=Actor(None))

    def differ(self, name: str, ref: str, times: int = 1) -> None:
        self.differences[name][ref] += times


def replay(log: Sequence[Logged], clock: MovedClock) -> Replay:
    """Every event has happened, and every move that is not in the table was refused from each status reached."""
    clock.at = min(logged.opened_at for logged in log)
    done = Replay()
    done.admin = organisation.set_up(
        organisation="ServiceNow", login="admin", admin_name="Émile", email=None, password=PASSWORD
    )
    actors = _people(done.admin, log)
    lives = {logged.ref: _Life(logged, actors, done) for logged in log}
    timeline = merge(*(_dated(place, logged) for place, logged in enumerate(log)))
    for count, (at, _, _, ref, event) in enumerate(timeline):
        clock.at = at
        if event is None:
            lives[ref].declare()
        else:
            lives[ref].live(event)
        if count % BOARD_EVERY == 0:
            opened = {view.reference for view in done.views.values() if view.status in OPEN_STATUSES}
            done.boards.append(({row["ref"] for row in board.open_rows()}, opened))
    return done


def _dated(place: int, logged: Logged) -> Iterator[tuple[datetime, int, int, str, Event | None]]:
    yield logged.opened_at, place, 0, logged.ref, None
    for number, event in enumerate(logged.events, 1):
        yield event.at, place, number, logged.ref, event


def login(name: str) -> str:
    """ "Updated by 340" as a login."""
    return name.lower().replace(" ", ".")


def _people(admin: Actor, log: Sequence[Logged]) -> dict[str, Actor]:
    """Login → actor of all teams' and people's accounts; who is seen at work on a team's incident is a member of it."""
    workers: dict[str, dict[str, None]] = {}
    for logged in log:
        team = None
        for event in logged.events:
            team = event.owner.get("team") or team
            technician = event.owner.get("technician")
            for name in (event.by, technician) if technician else (event.by,):
                workers.setdefault(login(name), {}).update({team: None} if team else {})
    for team in dict.fromkeys(team for own in workers.values() for team in own):
        teams.create_team(admin, name=team)
    callers = [login(logged.caller) for logged in log if logged.caller]
    accounts = [(name, "technician", list(own)) for name, own in workers.items()]
    accounts += [(name, "requester", []) for name in callers]
    actors = {"admin": admin}
    for name, role, own in accounts:
        account = people.create_user(admin, login=name, name=name, role=role, password=PASSWORD, teams=own)
        actors[name] = Actor(account.id)
    return actors


class _Life:
    """One incident, told by the log and lived in Vigie."""

    def __init__(self, logged: Logged, actors: dict[str, Actor], done: Replay) -> None:
        self.logged, self.actors, self.done = logged, actors, done
        self.log_status = Status.NEW
        self.untried = set(Status)

    @property
    def view(self) -> IncidentView:
        return self.done.views[self.logged.ref]

    def _now_is(self, view: IncidentView) -> None:
        self.done.views[self.logged.ref] = view
        if view.status in self.untried:
            self.untried.remove(view.status)
            self._try_what_is_impossible()

    def declare(self) -> None:
        """The first event says what the incident was when it was opened; its owner comes with that event."""
        first = self.logged.events[0]
        caller = self.logged.caller
        terms = {"priority": "medium", "category": "other"} | dict(first.changes)
        new = NewIncident(
            title=f"{self.logged.symptom} ({self.logged.ref})",
            description=self.logged.symptom,
            source="portal" if caller else "phone",
            **terms,
        )
        self._now_is(incidents.create(self.actors[login(caller or first.by)], new))

    def live(self, event: Event) -> None:
        by = self.actors[login(event.by)]
        if not event.possible:
            self._expect_closed(by)
            self.done.differ("updated_after_closing", self.logged.ref)
            return
        if event.changes:
            self._now_is(incidents.edit(by, self.view.reference, event.changes, reason=REASON))
        if event.owner:
            self._hand_over(by, event)
        if event.path:
            for status in event.path:
                self._come_to(status, event)
            self.log_status = event.path[-1]
        elif not event.owner and not event.changes:
            incidents.comment(by, self.view.reference, body=NOTE)
        self.done.accepted["steps" if event.path else "updates"] += 1
        self._compare_status()

    def _hand_over(self, by: Actor, event: Event) -> None:
        """The owner is the log's, but that nobody's incident does not exist once it was somebody's."""
        team = self.view.team.name if self.view.team else None
        person = self.view.assignee.login if self.view.assignee else None
        wanted_team = event.owner.get("team", team)
        technician = event.owner.get("technician", person)
        wanted = (login(technician) if technician else None, wanted_team or team)
        if wanted in ((person, team), (None, None)):
            return
        self._now_is(lifecycle.assign(by, self.view.reference, assignee=wanted[0], team=wanted[1]))

    def _come_to(self, status: Status, event: Event) -> None:
        """The incident has `status`, by the actions that lead there from where it is in Vigie."""
        ref, now = self.view.reference, self.view.status
        by = self.actors[login(event.by)]
        worker = self.actors[self.view.assignee.login] if self.view.assignee else by
        if now is status:
            return
        if status is Status.ON_HOLD and now is Status.ASSIGNED:
            self._now_is(lifecycle.start(worker, ref))
            now = self.view.status
        match (now, status):
            case (Status.NEW, Status.ASSIGNED):
                view = lifecycle.take(by, ref)
            case (Status.NEW, Status.IN_PROGRESS):
                view = lifecycle.take_and_start(worker, ref)
            case (Status.ASSIGNED, Status.IN_PROGRESS):
                view = lifecycle.start(worker, ref)
            case (Status.NEW | Status.ASSIGNED, Status.RESOLVED):
                view = lifecycle.start_and_resolve(worker, ref, code="fixed", summary=REASON)
            case (Status.IN_PROGRESS, Status.ON_HOLD):
                view = lifecycle.hold(by, ref, reason="other")
            case (Status.ON_HOLD, Status.IN_PROGRESS):
                view = lifecycle.resume(by, ref)
            case (Status.IN_PROGRESS | Status.ON_HOLD, Status.RESOLVED):
                view = lifecycle.resolve(by, ref, code="fixed", summary=REASON)
            case (Status.RESOLVED, Status.IN_PROGRESS):
                view = lifecycle.reopen(by, ref, reason=REASON)
            case (Status.RESOLVED, Status.CLOSED):
                view = lifecycle.close(by, ref)
            case _:
                raise AssertionError(f"{self.logged.ref}: the log goes from {now} to {status}")
        self._now_is(view)

    def _compare_status(self) -> None:
        match (self.log_status, self.view.status):
            case (logged, lived) if logged is lived:
                return
            case (Status.NEW, Status.ASSIGNED):
                self.done.differ("owned_but_new", self.logged.ref)
            case (Status.IN_PROGRESS, Status.ASSIGNED):
                self.done.differ("handed_over_at_work", self.logged.ref)
            case (logged, lived):
                self.done.differ(f"unexplained: {logged} in the log, {lived} in Vigie", self.logged.ref)

    def _try_what_is_impossible(self) -> None:
        for action in Action:
            if workflow.find(action, self.view.status, self.view.impact) is None:
                self._expect_refused(action, self.done.admin, TRIED.get(action, {}))
                self.done.refused[self.view.status, action] += 1
        if self.view.status is Status.CLOSED:
            self._expect_closed(self.done.admin)
        assert incidents.get(self.done.admin, self.view.reference).version == self.view.version

    def _expect_refused(self, action: Action, by: Actor, given: dict[str, Any]) -> None:
        with pytest.raises(TransitionRefused) as refused:
            getattr(lifecycle, action.value)(by, self.view.reference, version=self.view.version, **given)
        assert refused.value.params["reason"] == "no_such_move"
        assert action not in refused.value.params["allowed_actions"]

    def _expect_closed(self, by: Actor) -> None:
        with pytest.raises(ClosedIncident):
            incidents.comment(by, self.view.reference, body=NOTE)
        with pytest.raises(ClosedIncident):
            incidents.edit(by, self.view.reference, {"title": NOTE})
