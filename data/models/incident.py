"""The incident, its comments and what numbers it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, Integer, Text, text
from sqlmodel import Field, SQLModel

from data.models.columns import code, key
from data.vocabulary import (
    Category,
    HoldReason,
    Impact,
    Priority,
    Relation,
    ResolutionCode,
    Severity,
    Source,
    Status,
    Visibility,
)

DUPLICATE = text("master_id IS NOT NULL")
_version = Column("version", Integer, nullable=False)


class Incident(SQLModel, table=True):
    """One incident as it stands now; how it came there is in `history`.

    `version` grows by one with each change of a column: the UPDATE names the version it read, so that of two writers
    one finds no row.
    """

    __table_args__ = (
        # queries.incidents.open_rows, page(status=…); with what the order by urgency reads of each of thousands
        Index("ix_incident_open", "status", "id", "cycle", "priority", "assignee_id"),
        Index("ix_incident_assignee", "assignee_id", "status"),  # page(assignee=…)
        Index("ix_incident_team", "team_id", "status"),  # page(team=…)
        Index("ix_incident_requester", "requester_id", "id"),  # a requester's own
        Index("ix_incident_created", "created_at", "id"),  # page(sort=created), created_from, created_to
        Index("ix_incident_resolved", "resolved_at"),  # statistics: resolved since
        Index("ix_incident_closed", "closed_at"),  # the board: how many were closed this month
        Index("ix_incident_master", "master_id", sqlite_where=DUPLICATE, postgresql_where=DUPLICATE),  # resolved_as_one
    )
    __mapper_args__ = {"version_id_col": _version}

    id: int | None = key(default=None, primary_key=True)
    reference: str = Field(max_length=19, unique=True)
    version: int = Field(default=1, sa_column=_version)
    title: str = Field(max_length=200)
    description: str = Field(sa_type=Text)
    search_text: str = Field(sa_type=Text)
    status: Status = code(Status)
    priority: Priority = code(Priority)
    severity: Severity | None = code(Severity, default=None, nullable=True)
    impact: Impact | None = code(Impact, default=None, nullable=True)
    category: Category = code(Category)
    source: Source = code(Source)
    requester_id: int = key("user.id")
    assignee_id: int | None = key("user.id", default=None)
    team_id: int | None = key("team.id", default=None)
    escalation_level: int = 0
    cycle: int = 1
    created_at: datetime
    updated_at: datetime
    taken_at: datetime | None = None
    unclaimed_since: datetime | None = None  # given to a team, and nobody has taken it since
    first_response_at: datetime | None = None
    hold_reason: HoldReason | None = code(HoldReason, default=None, nullable=True)
    hold_text: str | None = Field(default=None, sa_type=Text)
    hold_since: datetime | None = None
    hold_resume_at: datetime | None = None
    resolution_code: ResolutionCode | None = code(ResolutionCode, default=None, nullable=True)
    resolution_summary: str | None = Field(default=None, sa_type=Text)
    resolved_at: datetime | None = None
    master_id: int | None = key("incident.id", default=None)
    closed_at: datetime | None = None
    reopen_count: int = 0
    to_review: bool = False


class Comment(SQLModel, table=True):
    """What somebody said on an incident: to the requester as well, or to the team alone (S138, S139)."""

    id: int | None = key(default=None, primary_key=True)
    incident_id: int = key("incident.id", index=True)
    author_id: int = key("user.id")
    at: datetime
    visibility: Visibility = code(Visibility)
    body: str = Field(sa_type=Text)


class Rating(SQLModel, table=True):
    """What the requester thought of it, said once and for good; a closed incident's row it leaves alone."""

    __table_args__ = (
        CheckConstraint("score BETWEEN 1 AND 5", name="rating_score"),
        Index("ix_rating_at", "at"),  # queries.reports.opinions
    )

    incident_id: int = key("incident.id", primary_key=True)
    user_id: int = key("user.id")
    at: datetime
    score: int
    comment: str = Field(sa_type=Text)


class IncidentRelation(SQLModel, table=True):
    """The incident is, to the other one, what `kind` says; of two incidents there is one relation in each direction."""

    __tablename__ = "incident_relation"

    incident_id: int = key("incident.id", primary_key=True)
    other_id: int = key("incident.id", primary_key=True, index=True)
    kind: Relation = code(Relation)


class ReferenceCounter(SQLModel, table=True):
    """The last number given on a day, in the organisation's time zone."""

    __tablename__ = "reference_counter"

    day: date = Field(primary_key=True)
    last: int


class IdempotentCall(SQLModel, table=True):
    """An answer that was given under an `Idempotency-Key`, so that the same call again gets it again."""

    __tablename__ = "idempotent_call"

    user_id: int = key("user.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=200)
    request_digest: str = Field(max_length=64)
    reference: str = Field(max_length=19)
    at: datetime
