"""SLA policies and the stored cycles of each incident."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from data.models.columns import code, key
from data.vocabulary import Priority


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class SlaPolicy(SQLModel, table=True):
    """One version of the targets, calendars and pausing; never changed, only followed by the next version."""

    __tablename__ = "sla_policy"

    version: int = Field(primary_key=True)
    created_at: datetime
    terms: str = Field(sa_type=Text)


class SlaCycle(SQLModel, table=True):
    """What `services.sla` computed for one cycle, kept for lists, reports and as a verdict for ever (S122).

    Written from the events after each of them, never patched. A verdict (`…_respected`) that is set stays: the
    database refuses another.
    """

    __tablename__ = "sla_cycle"
    __table_args__ = (
        Index("ix_sla_cycle_resolution_due", "resolution_due_at"),  # page(sort=due), the watcher
        Index("ix_sla_cycle_response_due", "response_due_at"),
        Index(  # page(sort=urgency, due): all that the order reads of what is open
            "ix_sla_cycle_running",
            *("incident_id", "number", "response_met_at", "resolution_met_at", "response_due_at", "resolution_due_at"),
            *("response_at_risk_at", "resolution_at_risk_at", "paused_remaining_s", "started_at"),
            **_where("resolution_met_at IS NULL"),
        ),
        Index(  # statistics
            "ix_sla_cycle_again", "incident_id", "started_at", "resolution_met_at", **_where("number > 1")
        ),
        Index(
            "ix_sla_cycle_answered",
            *("response_met_at", "number", "started_at", "incident_id"),
            *("response_respected", "response_breached_before"),
            **_where("response_met_at IS NOT NULL"),
        ),
        Index(
            "ix_sla_cycle_resolved",
            *("resolution_met_at", "number", "started_at", "incident_id"),
            *("resolution_respected", "resolution_breached_before"),
            **_where("resolution_met_at IS NOT NULL"),
        ),
    )

    incident_id: int = key("incident.id", primary_key=True)
    number: int = Field(primary_key=True)
    policy_version: int = Field(foreign_key="sla_policy.version")
    priority: Priority = code(Priority)
    started_at: datetime
    response_target_s: int
    response_due_at: datetime
    response_original_due_at: datetime
    response_at_risk_at: datetime
    response_met_at: datetime | None = None
    response_respected: bool | None = None
    response_breached_before: bool = False
    resolution_target_s: int
    resolution_due_at: datetime
    resolution_original_due_at: datetime
    resolution_at_risk_at: datetime
    resolution_met_at: datetime | None = None
    resolution_respected: bool | None = None
    resolution_breached_before: bool = False
    paused_remaining_s: int | None = None
