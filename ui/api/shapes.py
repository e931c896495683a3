"""The shapes of what calls are answered with (contract, "REST API"): people are logins, teams names, instants UTC."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from data.vocabulary import (
    Action,
    Category,
    Fact,
    HoldReason,
    Impact,
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


class Shape(BaseModel):
    """Filled by name, or from the attributes of a view that has the same names."""

    model_config = ConfigDict(from_attributes=True)


class Clock(Shape):
    """One SLA indicator now; `remaining_s` is negative once overdue."""

    due_at: datetime
    original_due_at: datetime
    met_at: datetime | None
    respected: bool | None
    light: Light
    remaining_s: int


class Sla(Shape):
    cycle: int
    response: Clock
    resolution: Clock


class Resolution(Shape):
    """`summary` is the team's, null for a requester: one that was published is a public comment."""

    code: ResolutionCode
    summary: str | None
    at: datetime


class Hold(Shape):
    reason: HoldReason
    text: str | None
    since: datetime
    resume_at: datetime | None


class Link(Shape):
    """A configuration item that the incident touches."""

    id: int
    name: str


class LinkedClient(Link):
    is_primary: bool


class Incident(Shape):
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
    assets: list[Link]
    applications: list[Link]
    employees: list[Link]
    clients: list[LinkedClient]


class Page(Shape):
    """`next_cursor` asks for what follows, null at the end; `total` counts all that matches."""

    items: list[Incident]
    next_cursor: str | None
    total: int


class Entry(Shape):
    """A line of the history; `actor` is null for the system."""

    seq: int
    at: datetime
    actor: str | None
    fact: Fact
    details: dict[str, Any]
    hash: str


class Comment(Shape):
    id: int
    at: datetime
    author: str
    visibility: Visibility
    body: str


class Attachment(Shape):
    id: int
    comment: int | None
    at: datetime
    author: str
    name: str
    media_type: str
    size: int
    sha256: str
    visibility: Visibility


class Rating(Shape):
    """What the requester thought of it, from 1 to 5; `comment` is empty where nothing was said."""

    score: int
    comment: str
    at: datetime


class WorkedClock(Shape):
    target_s: int
    due_at: datetime
    original_due_at: datetime
    met_at: datetime | None
    respected: bool | None


class Pause(Shape):
    """`to` is null while it lasts; `by` is a name."""

    reason: HoldReason
    from_: datetime = Field(alias="from")
    to: datetime | None
    by: str


class Cycle(Shape):
    number: int
    started_at: datetime
    response: WorkedClock
    resolution: WorkedClock
    pauses: list[Pause]
    explanation: list[str]


class Working(Shape):
    """How the due times came about; `policy_version` is the running cycle's."""

    policy_version: int
    cycles: list[Cycle]


class Measured(Shape):
    """Seconds that something took: the mean, and what 50, 90 and 95 % of all did not exceed."""

    count: int
    mean_s: int | None
    p50_s: int | None
    p90_s: int | None
    p95_s: int | None


class Statistics(Shape):
    """Counts now; the rest over the days `from` to `to`, in the organisation's time zone.

    Shares are from 0 to 1, null where nothing was decided. `response_…` is about the first responses of the period,
    `resolution_…` about its first resolutions, `every_resolution_respected` about the incidents resolved in it at least
    once; `backlog` was open at its end, or is now. A breach that a lowered priority hid is one.
    """

    days: int
    from_: date = Field(alias="from")
    to: date
    by_status: dict[Status, int]
    by_priority: dict[Priority, int]
    by_light: dict[Light, int]
    created: int
    resolved: int
    reopened: int
    backlog: int
    response_respected: float | None
    resolution_respected: float | None
    every_resolution_respected: float | None
    mean_resolution_s: int | None
    previous_mean_resolution_s: int | None
    response_time: Measured
    resolution_time: Measured


class Team(Shape):
    id: int
    name: str
    code: str
    parent: str | None
    external: bool
    skills: str | None


class Person(Shape):
    login: str
    name: str
    email: str | None
    role: Role
    active: bool
    teams: list[str]


class Me(Shape):
    """Whom the token speaks for, and what it may."""

    login: str
    name: str
    email: str | None
    role: Role
    teams: list[str]
    locale: str | None
    scope: Scope


class Received(Shape):
    """The incidents to which alerts have led, each once."""

    references: list[str]


class FieldError(Shape):
    field: str
    code: str
    detail: str


class Problem(Shape):
    """RFC 9457; `code` is for scripts, `detail` for people, and each code may bring parameters of its own."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None
    allowed_actions: list[Action] | None = None
