"""An incident's rows turned into what one person may see of them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from data.models import Attachment, Comment, History, Incident, Rating, SlaCycle, Team, User
from data.queries import attachments, history, incidents, people, ratings
from data.vocabulary import OPEN_STATUSES, Fact, Role, Status
from services import policies
from services.calendar import Calendar, OpeningHours
from services.comments import MENTIONS
from services.errors import NotFound
from services.link_view import Links, of_incidents
from services.permissions import Facts, Right, Who, allowed_actions, may, sees
from services.sla import Cycle, Indicator, Policy
from services.views import (
    AttachmentView,
    CommentView,
    CycleView,
    EntryView,
    HoldView,
    IncidentView,
    IndicatorView,
    PauseView,
    PersonView,
    RatingView,
    ResolutionView,
    TeamView,
    Timeline,
)
from services.work import Reading

# What a requester reads of a public line; everything else in it is the team's.
PUBLIC_DETAILS = frozenset(
    {
        *("from", "to", "action", "status", "priority", "field", "comment", "visibility", "code"),
        *("score", "service_request", "attachment", "file", "size", "digest"),
    }
)


def facts_of(incident: Incident) -> Facts:
    """What decides who may do what."""
    return Facts(incident.status, incident.impact, incident.requester_id, incident.assignee_id, incident.team_id)


def person_view(user: User) -> PersonView:
    assert user.id is not None
    return PersonView(user.id, user.login, user.name)


def person_seen(reading: Reading, user: User) -> PersonView:
    """Somebody as this person may see them: to a requester all others, the team now or once, are first names."""
    hidden = not may(reading.who, Right.SEE_ALL) and user.id != reading.who.user_id
    person = person_view(user)
    return PersonView(person.id, person.login, first_name(person.name)) if hidden else person


def first_name(name: str) -> str:
    """All of a name that a requester reads of somebody of the team."""
    return name.partition(" ")[0]


def team_view(team: Team) -> TeamView:
    assert team.id is not None
    return TeamView(team.id, team.name, team.code, team.parent_id, team.external, team.skills)


def visible(reading: Reading, incident: Incident | None) -> Incident:
    """`incident`, if it exists for this person; raises `NotFound` for unknown and invisible alike."""
    if incident is None or not sees(reading.who, facts_of(incident)):
        raise NotFound()
    return incident


def view(reading: Reading, incident_id: int) -> IncidentView:
    """The incident as this person sees it now."""
    return views(reading, [incident_id])[0]


def views(reading: Reading, incident_ids: list[int]) -> tuple[IncidentView, ...]:
    """The same for several, in the order given, in one query."""
    found = {row.incident.id: row for row in incidents.with_people(reading.session, incident_ids)}
    masters = [row.incident.master_id for row in found.values() if row.incident.master_id is not None]
    own = None if may(reading.who, Right.SEE_ALL) else reading.who.user_id
    references = incidents.references_of(reading.session, masters, requester_id=own)
    links = of_incidents(reading, incident_ids)
    known = policies.of_cycles(reading.session, [row.cycle for row in found.values()])
    rated = ratings.of_incidents(
        reading.session, [key for key in incident_ids if found[key].incident.status not in OPEN_STATUSES]
    )
    return tuple(_view(reading, *found[key], references, links[key], known, rated.get(key)) for key in incident_ids)


def stored_cycle_view(cycle: SlaCycle, now: datetime, known: Mapping[int, Policy]) -> CycleView:
    """A stored cycle at `now`."""
    calendar = known[cycle.policy_version].calendar(cycle.priority)
    return CycleView(
        cycle.number,
        cycle.policy_version,
        cycle.priority,
        cycle.started_at,
        _stored_indicator(cycle, "response", now, calendar),
        _stored_indicator(cycle, "resolution", now, calendar),
        hours=hours_of(calendar),
    )


def cycle_view(cycle: Cycle, now: datetime) -> CycleView:
    """A computed cycle at `now`, with its pauses."""
    calendar = cycle.calendar
    pauses = tuple(
        PauseView(p.reason, p.start, p.end, p.by, int(calendar.between(p.start, p.end or now).total_seconds()))
        for p in cycle.pauses
    )
    return CycleView(
        cycle.number,
        cycle.policy,
        cycle.priority,
        cycle.started_at,
        indicator_view(cycle.response, cycle.started_at, now, calendar),
        indicator_view(cycle.resolution, cycle.started_at, now, calendar),
        pauses,
        hours_of(calendar),
    )


def hours_of(calendar: Calendar) -> OpeningHours | None:
    """The opening hours, if it has any."""
    return calendar if isinstance(calendar, OpeningHours) else None


def indicator_view(indicator: Indicator, started_at: datetime, now: datetime, calendar: Calendar) -> IndicatorView:
    """The clock at `now`, running by `calendar`."""
    paused, hours = indicator.paused_remaining, hours_of(calendar)
    return IndicatorView(
        started_at,
        int(indicator.target.total_seconds()),
        indicator.due_at,
        indicator.original_due_at,
        indicator.met_at,
        indicator.respected,
        indicator.breached_before,
        indicator.light(now),
        int(indicator.remaining(now, calendar).total_seconds()),
        None if paused is None else int(paused.total_seconds()),
        indicator.at_risk_at,
        hours.key if hours else None,
    )


def timeline(reading: Reading, incident: Incident) -> Timeline:
    """Every line and comment that this person may read, oldest first (S129 to S139)."""
    assert incident.id is not None
    whole = may(reading.who, Right.SEE_ALL)
    lines = history.of_incident(reading.session, incident.id, public_only=not whole)
    said = incidents.comments(reading.session, incident.id, public_only=not whole)
    names = {user.id: person_seen(reading, user) for user in people.users(reading.session)}
    entries = tuple(_entry(line, names.get(line.actor_id), reading.who) for line in lines)
    named = mentions_in(lines, names.values())
    sent = attachments.of_incident(reading.session, incident.id, public_only=not whole)
    files = {each.id: attachment_view(reading, each, author) for each, author in sent if each.id is not None}
    of_comment: dict[int | None, list[AttachmentView]] = {}
    for file in files.values():
        of_comment.setdefault(file.comment, []).append(file)
    views = {
        c.id: comment_view(reading, c, author, incident, named.get(c.id), of_comment.get(c.id, ()))
        for c, author in said
        if c.id is not None
    }
    return Timeline(entries, views, files)


def attachment_view(reading: Reading, sent: Attachment, author: User) -> AttachmentView:
    assert sent.id is not None
    return AttachmentView(
        sent.id,
        sent.comment_id,
        sent.at,
        person_seen(reading, author),
        sent.name,
        sent.media_type,
        sent.size,
        sent.sha256,
        sent.visibility,
        sent.preview,
    )


def mentions_in(lines: Sequence[History], people: Iterable[PersonView]) -> dict[int | None, Mapping[str, str]]:
    """Whom each comment mentions, as the history says; what merely looks like a mention names nobody."""
    names = {person.login: person.name for person in people}
    told = [json.loads(line.details) for line in lines if line.fact is Fact.COMMENTED and MENTIONS in line.details]
    return {each["comment"]: {login: names[login] for login in each[MENTIONS] if login in names} for each in told}


def _entry(line: History, actor: PersonView | None, who: Who) -> EntryView:
    details: Mapping[str, Any] = json.loads(line.details)
    if not may(who, Right.SEE_ALL):
        details = {name: value for name, value in details.items() if name in PUBLIC_DETAILS}
    return EntryView(line.seq, line.at, actor, line.fact, line.public, details, line.hash)


def comment_view(
    reading: Reading,
    comment: Comment,
    author: User,
    incident: Incident,
    mentions: Mapping[str, str] | None = None,
    files: Iterable[AttachmentView] = (),
) -> CommentView:
    assert comment.id is not None
    return CommentView(
        comment.id,
        comment.at,
        person_seen(reading, author),
        comment.author_id == incident.requester_id,
        author.role is not Role.REQUESTER,
        comment.visibility,
        comment.body,
        mentions or {},
        tuple(files),
    )


def _view(
    reading: Reading,
    incident: Incident,
    cycle: SlaCycle,
    requester: User,
    assignee: User | None,
    team: Team | None,
    references: Mapping[int, str],
    links: Links,
    known: Mapping[int, Policy],
    rating: Rating | None,
) -> IncidentView:
    assert incident.id is not None
    who, closed = reading.who, incident.status is Status.CLOSED
    whole = may(who, Right.SEE_ALL)
    return IncidentView(
        id=incident.id,
        reference=incident.reference,
        version=incident.version,
        title=incident.title,
        description=incident.description,
        status=incident.status,
        priority=incident.priority,
        severity=incident.severity,
        impact=incident.impact,
        category=incident.category,
        source=incident.source,
        requester=person_view(requester),
        assignee=person_seen(reading, assignee) if assignee else None,
        team=team_view(team) if team and whole else None,
        escalation_level=incident.escalation_level if whole else 0,
        created_at=incident.created_at,
        updated_at=incident.updated_at,
        first_response_at=incident.first_response_at,
        resolved_at=incident.resolved_at,
        closed_at=incident.closed_at,
        reopen_count=incident.reopen_count,
        to_review=incident.to_review,
        master_reference=references.get(incident.master_id) if incident.master_id else None,
        cycle=stored_cycle_view(cycle, reading.now, known),
        hold=_hold(incident, whole),
        resolution=_resolution(incident, whole),
        links=links if may(who, Right.SEE_CMDB) else {},
        allowed_actions=allowed_actions(who, facts_of(incident)),
        may_edit=not closed and may(who, Right.EDIT),
        may_comment=not closed and may(who, Right.COMMENT),
        may_comment_internally=not closed and may(who, Right.COMMENT_INTERNALLY),
        rating=rating_view(rating) if rating else None,
        may_rate=rating is None and incident.status not in OPEN_STATUSES and incident.requester_id == who.user_id,
    )


def rating_view(rating: Rating) -> RatingView:
    return RatingView(rating.score, rating.comment, rating.at)


def _hold(incident: Incident, whole: bool) -> HoldView | None:
    if incident.hold_reason is None or incident.hold_since is None:
        return None
    text = incident.hold_text if whole else None
    return HoldView(incident.hold_reason, text, incident.hold_since, incident.hold_resume_at)


def _resolution(incident: Incident, whole: bool) -> ResolutionView | None:
    if incident.resolution_code is None or incident.resolved_at is None:
        return None
    summary = incident.resolution_summary if whole else None
    return ResolutionView(incident.resolution_code, summary, incident.resolved_at)


def _stored_indicator(cycle: SlaCycle, name: str, now: datetime, calendar: Calendar) -> IndicatorView:
    def column(suffix: str) -> Any:
        return getattr(cycle, f"{name}_{suffix}")

    paused = cycle.paused_remaining_s if name == "resolution" else None
    indicator = Indicator(
        timedelta(seconds=column("target_s")),
        column("due_at"),
        column("original_due_at"),
        column("at_risk_at"),
        column("met_at"),
        column("respected"),
        column("breached_before"),
        None if paused is None else timedelta(seconds=paused),
    )
    return indicator_view(indicator, cycle.started_at, now, calendar)
