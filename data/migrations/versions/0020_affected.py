"""Who is hindered by an incident that another declared, and what requesters may read of it."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from data.migrations.guards import guard

revision = "0020"
down_revision = "0019"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CLOSED = "(SELECT status FROM incident WHERE id = {row}.incident_id) = 'closed'"


def upgrade() -> None:
    op.create_table(
        "affected_person",
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"]),
        sa.PrimaryKeyConstraint("incident_id", "user_id"),
    )
    op.create_index(op.f("ix_affected_person_user_id"), "affected_person", ["user_id"], unique=False)
    op.create_table(
        "known_problem",
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint("incident_id"),
    )
    op.create_index(op.f("ix_known_problem_listed"), "known_problem", ["listed"], unique=False)
    for table in ("affected_person", "known_problem"):
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            guard(table, "closed", event, CLOSED.format(row=row), "a closed incident is final")
        guard(table, "old", "UPDATE", CLOSED.format(row="OLD"), "a closed incident is final")
        if op.get_bind().dialect.name == "postgresql":
            guard(table, "rows", "TRUNCATE", "TRUE", f"{table} is never emptied")
