"""What incidents are to each other."""

import sqlalchemy as sa
from alembic import op

from data.migrations.guards import guard

revision = "0009"
down_revision = "0008"

CLOSED = "(SELECT status FROM incident WHERE id = {row}.incident_id) = 'closed'"
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("duplicate", "recurrence", "related")


def upgrade() -> None:
    op.create_table(
        "incident_relation",
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("other_id", KEY, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="relation", native_enum=False, length=32, create_constraint=True),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint("incident_id", "other_id"),
    )
    op.create_index(op.f("ix_incident_relation_other_id"), "incident_relation", ["other_id"], unique=False)
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        guard("incident_relation", "closed", event, CLOSED.format(row=row), "a closed incident is final")
    guard("incident_relation", "old", "UPDATE", CLOSED.format(row="OLD"), "a closed incident is final")
