"""Prepared incidents and replies."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0013"
down_revision = "0012"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "template",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _codes("kind", "templatekind", "incident reply", nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _codes("category", "category", "hardware software network access other"),
        _codes("priority", "priority", "critical high medium low"),
        _codes("severity", "severity", "critical major moderate minor"),
        _codes("impact", "impact", "enterprise multi_client single_client single_user"),
        sa.Column("team_id", KEY, nullable=True),
        _codes("readers", "readers", "public internal both"),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "name"),
    )


def _codes(column: str, name: str, codes: str, *, nullable: bool = True) -> sa.Column[str]:
    kind = sa.Enum(*codes.split(), name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kind, nullable=nullable)
