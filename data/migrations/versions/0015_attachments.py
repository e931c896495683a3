"""Files on incidents; those of a closed incident are final, and none is ever changed or deleted."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

from data.migrations.guards import guard

revision = "0015"
down_revision = "0014"

CLOSED = "(SELECT status FROM incident WHERE id = NEW.incident_id) = 'closed'"
PRESENT = "EXISTS (SELECT 1 FROM attachment WHERE id = NEW.id OR stored = NEW.stored)"


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _visibility() -> sa.Enum:
    return sa.Enum("public", "internal", name="visibility", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", _key(), nullable=False),
        sa.Column("incident_id", _key(), nullable=False),
        sa.Column("comment_id", _key(), nullable=True),
        sa.Column("author_id", _key(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("visibility", _visibility(), nullable=False),
        sa.Column("stored", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("preview", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"]),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"]),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stored"),
    )
    op.create_index(op.f("ix_attachment_incident_id"), "attachment", ["incident_id"], unique=False)
    op.create_table(
        "upload",
        sa.Column("stored", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("incident_id", _key(), nullable=False),
        sa.Column("user_id", _key(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("visibility", _visibility(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("preview", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"]),
        sa.PrimaryKeyConstraint("stored"),
    )
    op.create_index(op.f("ix_upload_user_id"), "upload", ["user_id"], unique=False)
    guard("attachment", "closed", "INSERT", CLOSED, "a closed incident is final")
    guard("attachment", "row", "UPDATE", "1 = 1", "an attachment is never changed")
    guard("attachment", "row", "DELETE", "1 = 1", "an attachment is never deleted")
    if op.get_bind().dialect.name == "sqlite":
        guard("attachment", "replaced", "INSERT", PRESENT, "a row is never replaced")
    else:
        guard("attachment", "rows", "TRUNCATE", "TRUE", "attachment is never emptied")
