"""The workflow's actions: one public function each (rules, "Workflow").

Each takes who acts, the incident's reference and, where the caller shows one, the `version` it was looking at, and
hands out the incident as it stands afterwards. Common refusals: `NotFound` (unknown or not visible), `Forbidden`,
`TransitionRefused`, `StaleIncident` and `AlreadyTaken` (lost race), `Invalid` (a field); none changes anything.
"""

from datetime import datetime, timedelta

from data.models import Incident, User
from data.queries import history, incidents, people
from data.vocabulary import OPEN_STATUSES, Action, Fact, ResolutionCode, Scope, Status, Visibility
from services import policies, workflow
from services.comments import say
from services.effects import EFFECTS, Given, refuse
from services.errors import AlreadyTaken, ClosedIncident, StaleIncident
from services.incident_view import facts_of, person_seen, view, visible
from services.permissions import allowed_actions, may, may_take, refusal, resolving, sees
from services.policies import Line
from services.views import IncidentView
from services.work import Actor, Reading, Work, begin, change, look

# Actions by which somebody makes an incident their own.
CLAIMS = frozenset({Action.TAKE, Action.START, Action.TAKE_AND_START, Action.START_AND_RESOLVE})
# A tap that lands this soon after somebody else's, without saying which version it saw, was aimed at the state before.
SIMULTANEOUS = timedelta(seconds=5)
# What finds the incident where the same by somebody else would have left it no more: a hand-over, however soon.
HAND_OVERS = frozenset(
    {(Action.TAKE, Status.IN_PROGRESS), (Action.TAKE, Status.ON_HOLD), (Action.START, Status.ASSIGNED)}
)


def assign(
    actor: Actor,
    reference: str,
    *,
    assignee: str | None = None,
    team: str | int | None = None,
    version: int | None = None,
) -> IncidentView:
    """The incident belongs to the technician, the team, or both (S45, S90 to S93, S99, S100).

    A team alone leaves it to the team: the person is cleared. A person alone keeps the team if a member of it, else
    brings the own main team along where there was one.
    """
    return _act(actor, reference, Action.ASSIGN, version, {"assignee": assignee, "team": team})


def take(actor: Actor, reference: str, *, version: int | None = None) -> IncidentView:
    """The actor is the assignee; of several simultaneous takers exactly one (S94, S95)."""
    return _act(actor, reference, Action.TAKE, version, {})


def start(actor: Actor, reference: str, *, version: int | None = None) -> IncidentView:
    """The actor works on it; the first time in the incident's life this is the first response (S46, S96 to S98)."""
    return _act(actor, reference, Action.START, version, {})


def take_and_start(actor: Actor, reference: str, *, version: int | None = None) -> IncidentView:
    """As `take` and `start`: two history events, one transaction."""
    return _act(actor, reference, Action.TAKE_AND_START, version, {})


def hold(
    actor: Actor,
    reference: str,
    *,
    reason: str | None,
    text: str | None = None,
    resume_at: datetime | None = None,
    version: int | None = None,
) -> IncidentView:
    """The incident waits, for `reason`; `resume_at` (aware) is when somebody means to look again (S40)."""
    given = {"reason": reason, "text": text, "resume_at": resume_at}
    return _act(actor, reference, Action.HOLD, version, given)


def resume(actor: Actor, reference: str, *, version: int | None = None) -> IncidentView:
    """The wait is over (S41)."""
    return _act(actor, reference, Action.RESUME, version, {})


def escalate(
    actor: Actor,
    reference: str,
    *,
    mode: str | None,
    reason: str | None,
    team: str | int | None = None,
    version: int | None = None,
) -> IncidentView:
    """The incident waits for the target team, one level higher, its SLA unchanged (S101 to S115, G10).

    Hierarchical: the target is the parent of its team, never chosen. Functional: `team`.
    """
    return _act(actor, reference, Action.ESCALATE, version, {"mode": mode, "reason": reason, "team": team})


def resolve(
    actor: Actor,
    reference: str,
    *,
    code: str | None,
    summary: str | None,
    master: str | None = None,
    publish: bool = False,
    duplicates: bool = False,
    version: int | None = None,
) -> IncidentView:
    """The incident is resolved and its verdict recorded (S47, S116 to S122). A duplicate names its `master`.

    `publish`: the requester reads the summary as a public comment. `duplicates`: its open duplicates are resolved with
    it, each as such, those that the actor may resolve; the others stay open.
    """
    given = {"code": code, "summary": summary, "master": master, "publish": publish, "duplicates": duplicates}
    return _act(actor, reference, Action.RESOLVE, version, given)


def start_and_resolve(
    actor: Actor,
    reference: str,
    *,
    code: str | None,
    summary: str | None,
    master: str | None = None,
    publish: bool = False,
    duplicates: bool = False,
    version: int | None = None,
) -> IncidentView:
    """As `take`, `start` and `resolve`: each its own history event, one transaction."""
    given = {"code": code, "summary": summary, "master": master, "publish": publish, "duplicates": duplicates}
    return _act(actor, reference, Action.START_AND_RESOLVE, version, given)


def close(actor: Actor, reference: str, *, version: int | None = None) -> IncidentView:
    """The resolution is validated and the incident archived: nothing changes any more (S123 to S126)."""
    return _act(actor, reference, Action.CLOSE, version, {})


def reopen(actor: Actor, reference: str, *, reason: str | None, version: int | None = None) -> IncidentView:
    """The work goes on in a new SLA cycle; the earlier verdict stays (S127, S128, S137)."""
    return _act(actor, reference, Action.REOPEN, version, {"reason": reason})


def load(work: Work, reference: str, *, frozen: bool = False) -> Incident:
    """The incident, locked, if it exists for the actor. Raises `ClosedIncident` unless a `frozen` one will do."""
    incident = visible(work, incidents.locked(work.session, reference))
    if incident.status is Status.CLOSED and not frozen:
        raise ClosedIncident(reference=reference)
    return incident


def step(work: Work, incident: Incident, action: Action, given: Given) -> None:
    """One row of the table happens: its effects, its status, its history line."""
    move = workflow.find(action, incident.status, incident.impact)
    assert move is not None, f"{action} from {incident.status}"
    before = incident.status
    details = EFFECTS[action](work, incident, given)
    incident.status = move.target or before
    if before is Status.ON_HOLD and incident.status is not Status.ON_HOLD:
        incident.hold_reason = incident.hold_text = incident.hold_since = incident.hold_resume_at = None
    if incident.status is not before:
        moved = change(before.value, incident.status.value)
        work.note(Fact.STATUS_CHANGED, incident=incident, public=True, action=action.value, **moved, **details)
    else:
        fact = Fact.ESCALATED if action is Action.ESCALATE else Fact.ASSIGNED
        work.note(fact, incident=incident, action=action.value, **details)


def settle(work: Work, incident: Incident, *, new: bool = False) -> None:
    """After the last step: the SLA is worked out again and the incident's version grows by one.

    A `new` one has nothing stored yet that would have to be read.
    """
    assert incident.id is not None
    incident.updated_at = work.now
    name = work.person.name if work.person else ""
    noted = [Line(note.fact, work.now, note.details, name) for note in work.notes if note.incident is incident]
    stored = [] if new else policies.stored_lines(work.session, incident.id)
    policies.record(work.session, incident, stored + noted, new=new)
    work.session.flush()


def expect(work: Work, incident: Incident, version: int | None) -> None:
    """Raises `StaleIncident` when the caller was looking at another version."""
    if version is not None and version != incident.version:
        raise StaleIncident(
            reference=incident.reference,
            version=incident.version,
            by=_last_author(work, incident),
            allowed_actions=list(allowed_actions(work.who, facts_of(incident))),
        )


def _act(actor: Actor, reference: str, action: Action, version: int | None, given: Given) -> IncidentView:
    if action in CLAIMS and actor.scope is Scope.WRITE:
        _expect_free(actor, reference, action, version)
    with begin(actor) as work:
        incident = load(work, reference, frozen=True)
        perform(work, incident, action, version, given)
        assert incident.id is not None
        return view(work, incident.id)


def perform(work: Work, incident: Incident, action: Action, version: int | None, given: Given) -> None:
    """`action` has happened, in as many steps as it has; for callers that have loaded the incident."""
    if not may(work.who, action):
        refuse(work, incident, action, "not_allowed")
    _expect_untaken(work, incident, action, version)
    expect(work, incident, version)
    if reason := refusal(work.who, action, facts_of(incident)):
        refuse(work, incident, action, reason)
    _do(work, incident, action, given)
    if given.get("duplicates"):
        _resolve_duplicates(work, incident, given)


def _do(work: Work, incident: Incident, action: Action, given: Given) -> None:
    """Every step of an action that is allowed."""
    mine = incident.assignee_id == work.who.user_id
    for part in workflow.COMPOSITES.get(action, (action,)):
        if not (part is Action.TAKE and mine):
            step(work, incident, part, given)
    settle(work, incident)
    if given.get("publish"):
        say(work, incident, incident.resolution_summary or "", Visibility.PUBLIC)


def _resolve_duplicates(work: Work, master: Incident, given: Given) -> None:
    """Each open duplicate that the actor may resolve is resolved as one, from wherever it is in the workflow."""
    assert master.id is not None
    as_duplicate = {**given, "code": ResolutionCode.DUPLICATE.value, "master": master.reference}
    for duplicate in incidents.open_duplicates(work.session, master.id):
        if action := resolving(work.who, facts_of(duplicate)):
            _do(work, duplicate, action, as_duplicate)


def _expect_free(actor: Actor, reference: str, action: Action, version: int | None) -> None:
    """As `_expect_untaken`, by reading alone: of a hundred who reach for it at once, ninety-eight do not wait for the
    one who writes."""
    with look(actor) as reading:
        if not incidents.is_taken(reading.session, reference):
            return
        found = incidents.with_assignee(reading.session, reference)
        if found is not None and sees(reading.who, facts_of(found[0])) and may(reading.who, action):
            _expect_untaken(reading, found[0], action, version, found[1])


def _expect_untaken(
    work: Reading, incident: Incident, action: Action, version: int | None, winner: User | None = None
) -> None:
    """Raises `AlreadyTaken` when somebody else has taken what the actor, who could have, reached for as well.

    That is since the version that the actor saw; for a caller who names none, `SIMULTANEOUS`ly. Who sees that it is
    somebody's, and takes it all the same, does: a hand-over to oneself.
    """
    if action not in CLAIMS or incident.status not in OPEN_STATUSES or not may_take(work.who, facts_of(incident)):
        return
    if incident.assignee_id in (None, work.who.user_id) or incident.taken_at is None:
        return
    since, moved_on = work.now - incident.taken_at, (action, incident.status) in HAND_OVERS
    missed = since <= SIMULTANEOUS and not moved_on if version is None else version != incident.version
    if missed:
        winner = winner or people.user(work.session, incident.assignee_id)
        seconds = max(0, int(since.total_seconds()))
        raise AlreadyTaken(
            reference=incident.reference,
            by=person_seen(work, winner).name if winner else "",
            seconds=seconds,
            allowed_actions=list(allowed_actions(work.who, facts_of(incident))),
        )


def _last_author(work: Work, incident: Incident) -> str:
    assert incident.id is not None
    line = history.last_change_of_incident(work.session, incident.id)
    user = people.user(work.session, line.actor_id) if line and line.actor_id else None
    return person_seen(work, user).name if user else ""
