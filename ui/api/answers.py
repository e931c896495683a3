"""Views turned into the shapes of the API: whatever is not written down here is not answered."""

import re
from typing import Any, TypeVar

from data.vocabulary import ItemKind, Scope
from services import views
from ui.api import shapes

Linked = TypeVar("Linked", bound=shapes.Link)
# What is an instant, or has nothing but instants in it, among the details of a line of history.
INSTANTS = frozenset({"at", "due", "resume_at"})


def incident(view: views.IncidentView) -> shapes.Incident:
    cycle = view.cycle
    return shapes.Incident(
        reference=view.reference,
        title=view.title,
        description=view.description,
        status=view.status,
        priority=view.priority,
        severity=view.severity,
        impact=view.impact,
        category=view.category,
        source=view.source,
        requester=view.requester.login,
        assignee=view.assignee.login if view.assignee else None,
        team=view.team.name if view.team else None,
        escalation_level=view.escalation_level,
        created_at=view.created_at,
        updated_at=view.updated_at,
        closed_at=view.closed_at,
        version=view.version,
        reopen_count=view.reopen_count,
        allowed_actions=list(view.allowed_actions),
        sla=shapes.Sla(
            cycle=cycle.number,
            response=shapes.Clock.model_validate(cycle.response),
            resolution=shapes.Clock.model_validate(cycle.resolution),
        ),
        resolution=shapes.Resolution.model_validate(view.resolution) if view.resolution else None,
        hold=shapes.Hold.model_validate(view.hold) if view.hold else None,
        assets=_links(view, ItemKind.ASSETS, shapes.Link),
        applications=_links(view, ItemKind.APPLICATIONS, shapes.Link),
        employees=_links(view, ItemKind.EMPLOYEES, shapes.Link),
        clients=_links(view, ItemKind.CLIENTS, shapes.LinkedClient),
    )


def page(found: views.Page) -> shapes.Page:
    return shapes.Page(items=[incident(view) for view in found.items], next_cursor=found.next_cursor, total=found.total)


def entry(view: views.EntryView) -> shapes.Entry:
    return shapes.Entry(
        seq=view.seq,
        at=view.at,
        actor=view.actor.login if view.actor else None,
        fact=view.fact,
        details={name: _with_z(value) if name in INSTANTS else value for name, value in view.details.items()},
        hash=view.hash,
    )


def _with_z(value: Any) -> Any:
    """Stored instants end in their offset, which is none; answers say so with a Z (contract)."""
    match value:
        case str():
            return re.sub(r"\+00:00\Z", "Z", value)
        case list():
            return [_with_z(each) for each in value]
        case dict():
            return {name: _with_z(each) for name, each in value.items()}
    return value


def comment(view: views.CommentView) -> shapes.Comment:
    return shapes.Comment(id=view.id, at=view.at, author=view.author.login, visibility=view.visibility, body=view.body)


def attachment(view: views.AttachmentView) -> shapes.Attachment:
    return shapes.Attachment(
        id=view.id,
        comment=view.comment,
        at=view.at,
        author=view.author.login,
        name=view.name,
        media_type=view.media_type,
        size=view.size,
        sha256=view.sha256,
        visibility=view.visibility,
    )


def cycle(view: views.CycleView, explanation: tuple[str, ...]) -> shapes.Cycle:
    return shapes.Cycle(
        number=view.number,
        started_at=view.started_at,
        response=shapes.WorkedClock.model_validate(view.response),
        resolution=shapes.WorkedClock.model_validate(view.resolution),
        pauses=[
            shapes.Pause(**{"from": each.start}, reason=each.reason, to=each.end, by=each.by) for each in view.pauses
        ],
        explanation=list(explanation),
    )


def team(view: views.TeamView, names: dict[int, str]) -> shapes.Team:
    parent = names[view.parent_id] if view.parent_id else None
    return shapes.Team(
        id=view.id, name=view.name, code=view.code, parent=parent, external=view.external, skills=view.skills
    )


def person(view: views.AccountView) -> shapes.Person:
    teams = [team.name for team in view.teams]
    return shapes.Person(
        login=view.login, name=view.name, email=view.email, role=view.role, active=view.active, teams=teams
    )


def me(view: views.AccountView, scope: Scope) -> shapes.Me:
    teams = [team.name for team in view.teams]
    return shapes.Me(
        login=view.login,
        name=view.name,
        email=view.email,
        role=view.role,
        teams=teams,
        locale=view.locale,
        scope=scope,
    )


def _links(view: views.IncidentView, kind: ItemKind, shape: type[Linked]) -> list[Linked]:
    return [shape.model_validate(link) for link in view.links.get(kind, ())]
