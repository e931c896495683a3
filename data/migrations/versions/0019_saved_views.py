"""Lists of the board under a name, and how many incidents were closed lately found without reading all of them."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0019"
down_revision = "0018"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_saved_view_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_view_owner_id")),
    )
    op.create_index(op.f("ix_saved_view_owner_id"), "saved_view", ["owner_id"], unique=False)
    op.create_table(
        "usual_view",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("view_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_usual_view_user_id_user")),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name=op.f("fk_usual_view_view_id_saved_view")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_usual_view")),
    )
    op.create_index(op.f("ix_usual_view_view_id"), "usual_view", ["view_id"], unique=False)
    op.create_index("ix_incident_closed", "incident", ["closed_at"], unique=False)
