"""What requesters thought of it: one rating for each incident, after its resolution and for good."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from data.migrations.guards import guard

revision = "0012"
down_revision = "0011"

TOO_EARLY = "(SELECT status FROM incident WHERE id = NEW.incident_id) NOT IN ('resolved', 'closed')"
NOT_THEIRS = "(SELECT requester_id FROM incident WHERE id = NEW.incident_id) <> NEW.user_id"
PRESENT = "EXISTS (SELECT 1 FROM rating WHERE incident_id = NEW.incident_id)"
ALWAYS = "1 = 1"


def upgrade() -> None:
    op.create_table(
        "rating",
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name="rating_score"),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"]),
        sa.PrimaryKeyConstraint("incident_id"),
    )
    op.create_index("ix_rating_at", "rating", ["at"], unique=False)
    guard("rating", "early", "INSERT", TOO_EARLY, "only what is resolved is rated")
    guard("rating", "author", "INSERT", NOT_THEIRS, "only the requester rates")
    guard("rating", "row", "UPDATE", ALWAYS, "a rating is never changed")
    guard("rating", "row", "DELETE", ALWAYS, "a rating is never deleted")
    if op.get_bind().dialect.name == "sqlite":
        guard("rating", "replaced", "INSERT", PRESENT, "a row is never replaced")
    else:
        guard("rating", "rows", "TRUNCATE", "TRUE", "rating is never emptied")
