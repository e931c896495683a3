"""What each action does to an incident besides its status (rules, "Workflow", last column).

An effect touches only its incident, at `work.now`, and returns what the history keeps of it. `EFFECTS` is the table.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from data.models import Incident, Team, User
from data.queries import incidents, people
from data.vocabulary import Action, EscalationMode, HoldReason, ResolutionCode
from services import policies
from services.errors import Forbidden, TransitionRefused
from services.incident_view import facts_of
from services.inputs import BODY, REASON, Form, required
from services.people import find_team, find_technician
from services.permissions import TEAM_ROLES, allowed_actions, may, may_take
from services.work import Reading, Work
from services.workload import team_along

Given = Mapping[str, Any]

END_OF_TIME = datetime(3000, 1, 1, tzinfo=UTC)
NOT_PERMITTED = frozenset({"not_allowed", "not_a_member", "not_assignee"})


def refuse(work: Work, incident: Incident, action: Action, reason: str) -> NoReturn:
    """Raises what `reason`, a key below `refusal.`, means: `Forbidden`, or `TransitionRefused` with the ways out."""
    if reason in NOT_PERMITTED or not may(work.who, action):
        raise Forbidden(reason=reason if may(work.who, action) else "not_allowed")
    allowed = allowed_actions(work.who, facts_of(incident))
    raise TransitionRefused(action=action, current=incident.status, reason=reason, allowed_actions=allowed)


def owner(reading: Reading, incident: Incident) -> dict[str, Any]:
    """Who holds the incident, as the history keeps it: names as they are now."""
    person = people.user(reading.session, incident.assignee_id) if incident.assignee_id else None
    team = people.team(reading.session, incident.team_id) if incident.team_id else None
    return {
        "assignee": person.login if person else None,
        "name": person.name if person else None,
        "team": team.name if team else None,
    }


def hand_over(work: Work, incident: Incident, person: User | None, team: Team | None) -> dict[str, Any]:
    """The incident belongs to `person` and `team` now; what the history keeps of it."""
    before = owner(work, incident)
    incident.assignee_id = person.id if person else None
    incident.team_id = team.id if team else None
    incident.taken_at = None
    incident.unclaimed_since = work.now if team and not person else None
    return {"owner": owner(work, incident), "previous_owner": before}


def _assign(work: Work, incident: Incident, given: Given) -> dict[str, Any]:
    form = Form()
    person = find_technician(work, form, "assignee", given["assignee"])
    team = find_team(work, form, "team", given["team"])
    if not person and not team and not form.errors:
        form.wrong("assignee", "required")
    form.check()
    if person and not team:
        assert person.id is not None
        teams = [membership.team_id for membership in people.memberships(work.session, person.id)]
        along = team_along(teams, incident.team_id)
        team = people.team(work.session, along) if along else None
    new = (person.id if person else None, team.id if team else None)
    if new == (incident.assignee_id, incident.team_id):
        refuse(work, incident, Action.ASSIGN, "same_owner")
    return hand_over(work, incident, person, team)


def _take(work: Work, incident: Incident, _: Given) -> dict[str, Any]:
    team = people.team(work.session, incident.team_id) if incident.team_id else None
    details = hand_over(work, incident, people.user(work.session, work.user_id), team)
    incident.taken_at = work.now
    return details


def _start(work: Work, incident: Incident, _: Given) -> dict[str, Any]:
    incident.first_response_at = incident.first_response_at or work.now
    return {} if incident.assignee_id == work.who.user_id else _take(work, incident, {})


def _resume(work: Work, incident: Incident, _: Given) -> dict[str, Any]:
    return _work_on(work, incident)


def _hold(work: Work, incident: Incident, given: Given) -> dict[str, Any]:
    form = Form()
    reason = form.code("reason", given["reason"], HoldReason)
    text = form.text("text", given["text"], max_length=REASON, required=False)
    resume_at = form.instant("resume_at", given["resume_at"])
    if resume_at is not None and resume_at <= work.now:
        form.wrong("resume_at", "in_the_past")
    elif resume_at is not None and resume_at >= END_OF_TIME:  # 9999 in UTC is no year any more east of Greenwich
        form.wrong("resume_at", "out_of_range", max=END_OF_TIME.date().isoformat())
    form.check()
    incident.hold_reason, incident.hold_text = required(reason), text or None
    incident.hold_since, incident.hold_resume_at = work.now, resume_at
    until = resume_at.isoformat() if resume_at else None
    return {"reason": incident.hold_reason.value, "text": text or None, "resume_at": until}


def _escalate(work: Work, incident: Incident, given: Given) -> dict[str, Any]:
    form = Form()
    mode = form.code("mode", given["mode"], EscalationMode)
    reason = form.text("reason", given["reason"], max_length=REASON)
    target: Team | None = None
    if mode is EscalationMode.HIERARCHICAL:
        target = parent_team(work, incident)
        if given["team"] not in (None, ""):
            form.wrong("team", "not_chosen")
    elif mode is EscalationMode.FUNCTIONAL:
        target = find_team(work, form, "team", given["team"])
        if target is None:
            form.wrong("team", "required")
        elif target.id == incident.team_id:
            form.wrong("team", "same_team")
    form.check()
    if target is None:
        refuse(work, incident, Action.ESCALATE, "no_parent_team")
    details = hand_over(work, incident, None, target)
    level, incident.escalation_level = incident.escalation_level, incident.escalation_level + 1
    return {
        **details,
        "mode": required(mode).value,
        "reason": reason,
        "level": incident.escalation_level,
        "previous_level": level,
    }


def team_of(reading: Reading, incident: Incident) -> Team | None:
    """The team that has the incident: its own, or the main team of its assignee where only a person is set."""
    team_id = incident.team_id
    if team_id is None and incident.assignee_id is not None:
        team_id = next((m.team_id for m in people.memberships(reading.session, incident.assignee_id)), None)
    return people.team(reading.session, team_id) if team_id else None


def parent_team(reading: Reading, incident: Incident) -> Team | None:
    """Where a hierarchical escalation goes (S103)."""
    team = team_of(reading, incident)
    return people.team(reading.session, team.parent_id) if team and team.parent_id else None


def _resolve(work: Work, incident: Incident, given: Given) -> dict[str, Any]:
    form = Form()
    code = form.code("code", given["code"], ResolutionCode)
    summary = form.text("summary", given["summary"], max_length=BODY)
    master = _master(work, form, incident, code, given["master"])
    form.check()
    incident.resolution_code, incident.resolution_summary = required(code), summary
    incident.resolved_at, incident.master_id = work.now, master.id if master else None
    incident.unclaimed_since = None
    named: dict[str, Any] = {"master": master.reference} if master else {}
    if given.get("service_request"):
        named["service_request"] = True
    return {"code": incident.resolution_code.value, "summary": summary, **named, **_work_on(work, incident)}


def _master(
    work: Work, form: Form, incident: Incident, code: ResolutionCode | None, reference: str | None
) -> Incident | None:
    if code is not ResolutionCode.DUPLICATE:
        if reference:
            form.wrong("master", "only_for_duplicates")
        return None
    if not reference:
        form.wrong("master", "required")
        return None
    master = incidents.by_reference(work.session, form.line("master", reference, max_length=40))
    if master is None:
        form.wrong("master", "unknown", id=reference)
    elif master.id == incident.id:
        form.wrong("master", "itself")
    elif incidents.is_duplicate(work.session, master, incident):
        form.wrong("master", "its_own_duplicate")
    return master


def _close(work: Work, incident: Incident, _: Given) -> dict[str, Any]:
    incident.closed_at, incident.to_review = work.now, False
    if work.who.user_id is None:
        return {"validated_by": "system"}
    return {"validated_by": "requester" if incident.requester_id == work.who.user_id else "team"}


def _reopen(work: Work, incident: Incident, given: Given) -> dict[str, Any]:
    form = Form()
    reason = form.text("reason", given["reason"], max_length=REASON)
    form.check()
    incident.reopen_count += 1
    incident.to_review = False
    incident.resolution_code = incident.resolution_summary = incident.resolved_at = incident.master_id = None
    incident.unclaimed_since = work.now if incident.team_id and not incident.assignee_id else None
    return {"reason": reason, "policy": policies.current(work.session)}


def _work_on(work: Work, incident: Incident) -> dict[str, Any]:
    """Work that goes on has somebody who does it: where nobody is named the actor, who could have taken it."""
    free = incident.assignee_id is None and work.who.role in TEAM_ROLES
    return _take(work, incident, {}) if free and may_take(work.who, facts_of(incident)) else {}


EFFECTS: dict[Action, Callable[[Work, Incident, Given], dict[str, Any]]] = {
    Action.ASSIGN: _assign,
    Action.TAKE: _take,
    Action.START: _start,
    Action.HOLD: _hold,
    Action.RESUME: _resume,
    Action.ESCALATE: _escalate,
    Action.RESOLVE: _resolve,
    Action.CLOSE: _close,
    Action.REOPEN: _reopen,
}
