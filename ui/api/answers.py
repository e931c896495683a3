"""What calls are answered with (contract, "REST API"): people are logins, teams names, instants ISO 8601 in UTC."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from data.vocabulary import (
    Action,
    Category,
    Fact,
    HoldReason,
    Impact,
    ItemKind,
    Light,
    Priority,
    ResolutionCode,
    Role,
    Scope,
    Severity,
    Source,
    Status,
    Visibility,
)
from services import views


class Clock(BaseModel):
    """One SLA indicator now; `remaining_s` is negative once overdue."""

    due_at: datetime
    original_due_at: datetime
    met_at: datetime | None
    respected: bool | None
    light: Light
    remaining_s: int


class Sla(BaseModel):
    cycle: int
    response: Clock
    resolution: Clock


class Resolution(BaseModel):
    """`summary` is null for those whom it was not published to."""

    code: ResolutionCode
    summary: str | None
    at: datetime


class Hold(BaseModel):
    reason: HoldReason
    text: str | None
    since: datetime
    resume_at: datetime | None


class Incident(BaseModel):
    reference: str
    title: str
    description: str
    status: Status
    priority: Priority
    severity: Severity | None
    impact: Impact | None
    category: Category
    source: Source
    requester: str
    assignee: str | None
    team: str | None
    escalation_level: int
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    version: int
    reopen_count: int
    allowed_actions: list[Action]
    sla: Sla
    resolution: Resolution | None
    hold: Hold | None
    assets: list[dict[str, Any]]
    applications: list[dict[str, Any]]
    employees: list[dict[str, Any]]
    clients: list[dict[str, Any]]


class Page(BaseModel):
    """`next_cursor` asks for what follows, null at the end; `total` counts all that matches."""

    items: list[Incident]
    next_cursor: str | None
    total: int


class Entry(BaseModel):
    """A line of the history; `actor` is null for the system."""

    seq: int
    at: datetime
    actor: str | None
    fact: Fact
    details: dict[str, Any]
    hash: str


class Comment(BaseModel):
    id: int
    at: datetime
    author: str
    visibility: Visibility
    body: str


class WorkedClock(BaseModel):
    target_s: int
    due_at: datetime
    original_due_at: datetime
    met_at: datetime | None
    respected: bool | None


class Pause(BaseModel):
    """`to` is null while it lasts; `by` is a name."""

    reason: HoldReason
    from_: datetime = Field(alias="from")
    to: datetime | None
    by: str


class Cycle(BaseModel):
    number: int
    started_at: datetime
    response: WorkedClock
    resolution: WorkedClock
    pauses: list[Pause]
    explanation: list[str]


class Working(BaseModel):
    """How the due times came about; `policy_version` is the running cycle's."""

    policy_version: int
    cycles: list[Cycle]


class Statistics(BaseModel):
    """Counts now; the rest over the last `days`. Shares are from 0 to 1, null where nothing was decided."""

    days: int
    by_status: dict[Status, int]
    by_priority: dict[Priority, int]
    by_light: dict[Light, int]
    created: int
    resolved: int
    response_respected: float | None
    resolution_respected: float | None
    mean_resolution_s: int | None
    previous_mean_resolution_s: int | None


class Team(BaseModel):
    id: int
    name: str
    code: str
    parent: str | None
    external: bool


class Person(BaseModel):
    login: str
    name: str
    role: Role
    active: bool
    teams: list[str]


class Me(BaseModel):
    """Whom the token speaks for, and what it may."""

    login: str
    name: str
    email: str | None
    role: Role
    teams: list[str]
    locale: str | None
    scope: Scope


class FieldError(BaseModel):
    field: str
    code: str
    detail: str


class Problem(BaseModel):
    """RFC 9457; `code` is for scripts, `detail` for people, and each code may bring parameters of its own."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None
    allowed_actions: list[Action] | None = None


def incident(view: views.IncidentView) -> Incident:
    cycle, resolution, hold = view.cycle, view.resolution, view.hold
    return Incident(
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
        sla=Sla(cycle=cycle.number, response=_clock(cycle.response), resolution=_clock(cycle.resolution)),
        resolution=Resolution(code=resolution.code, summary=resolution.summary, at=resolution.at)
        if resolution
        else None,
        hold=Hold(reason=hold.reason, text=hold.text, since=hold.since, resume_at=hold.resume_at) if hold else None,
        assets=_links(view, ItemKind.ASSETS),
        applications=_links(view, ItemKind.APPLICATIONS),
        employees=_links(view, ItemKind.EMPLOYEES),
        clients=[
            {"id": c.id, "name": c.name, "is_primary": c.is_primary} for c in view.links.get(ItemKind.CLIENTS, ())
        ],
    )


def _links(view: views.IncidentView, kind: ItemKind) -> list[dict[str, Any]]:
    return [{"id": link.id, "name": link.name} for link in view.links.get(kind, ())]


def page(found: views.Page) -> Page:
    return Page(items=[incident(view) for view in found.items], next_cursor=found.next_cursor, total=found.total)


def entry(view: views.EntryView) -> Entry:
    return Entry(
        seq=view.seq,
        at=view.at,
        actor=view.actor.login if view.actor else None,
        fact=view.fact,
        details=dict(view.details),
        hash=view.hash,
    )


def comment(view: views.CommentView) -> Comment:
    return Comment(id=view.id, at=view.at, author=view.author.login, visibility=view.visibility, body=view.body)


def cycle(view: views.CycleView, explanation: tuple[str, ...]) -> Cycle:
    return Cycle(
        number=view.number,
        started_at=view.started_at,
        response=_worked(view.response),
        resolution=_worked(view.resolution),
        pauses=[Pause(**{"from": each.start}, reason=each.reason, to=each.end, by=each.by) for each in view.pauses],
        explanation=list(explanation),
    )


def team(view: views.TeamView, names: dict[int, str]) -> Team:
    parent = names[view.parent_id] if view.parent_id else None
    return Team(id=view.id, name=view.name, code=view.code, parent=parent, external=view.external)


def person(view: views.AccountView) -> Person:
    teams = [team.name for team in view.teams]
    return Person(login=view.login, name=view.name, role=view.role, active=view.active, teams=teams)


def me(view: views.AccountView, scope: Scope) -> Me:
    teams = [team.name for team in view.teams]
    return Me(
        login=view.login,
        name=view.name,
        email=view.email,
        role=view.role,
        teams=teams,
        locale=view.locale,
        scope=scope,
    )


def _clock(view: views.IndicatorView) -> Clock:
    return Clock(
        due_at=view.due_at,
        original_due_at=view.original_due_at,
        met_at=view.met_at,
        respected=view.respected,
        light=view.light,
        remaining_s=view.remaining_s,
    )


def _worked(view: views.IndicatorView) -> WorkedClock:
    return WorkedClock(
        target_s=view.target_s,
        due_at=view.due_at,
        original_due_at=view.original_due_at,
        met_at=view.met_at,
        respected=view.respected,
    )
