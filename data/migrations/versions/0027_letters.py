"""Letters that come in by e-mail, each once."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0027"
down_revision = "0026"

STATES = ("declared", "answered", "parked", "discarded", "ignored", "dropped")
REASONS = (
    *("unknown_sender", "shared_address", "of_the_team", "not_theirs", "closed"),
    *("too_many", "too_large", "unreadable", "automatic"),
)
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", KEY, nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sender", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("state", sa.Enum(*STATES, name="letterstate", native_enum=False, length=32), nullable=False),
        sa.Column("reason", sa.Enum(*REASONS, name="letterreason", native_enum=False, length=32), nullable=True),
        sa.Column("incident_id", KEY, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_letter_incident_id_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("digest", name=op.f("uq_letter_digest")),
    )
    op.create_index("ix_letter_sender", "letter", ["sender", "received_at"], unique=False)
    op.create_index("ix_letter_state", "letter", ["state", "id"], unique=False)
