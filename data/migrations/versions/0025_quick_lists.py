"""Indexes that hold all that lists and statistics read of a cycle; the words of the full-text index by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

# name, columns, the rows that are in it
INDEXES = (
    (
        "ix_sla_cycle_running",
        "incident_id number response_met_at resolution_met_at response_due_at resolution_due_at"
        " response_at_risk_at resolution_at_risk_at paused_remaining_s started_at",
        "resolution_met_at IS NULL",
    ),
    ("ix_sla_cycle_again", "incident_id started_at resolution_met_at", "number > 1"),
    (
        "ix_sla_cycle_answered",
        "response_met_at number started_at incident_id response_respected response_breached_before",
        "response_met_at IS NOT NULL",
    ),
    (
        "ix_sla_cycle_resolved",
        "resolution_met_at number started_at incident_id resolution_respected resolution_breached_before",
        "resolution_met_at IS NOT NULL",
    ),
)


def upgrade() -> None:
    for name, columns, condition in INDEXES:
        where = sa.text(condition)
        op.create_index(name, "sla_cycle", columns.split(), sqlite_where=where, postgresql_where=where)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE incident_search_term USING fts5vocab('incident_search', 'instance')")
