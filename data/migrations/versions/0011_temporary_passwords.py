"""Passwords that have to be changed before anything else."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("user", sa.Column("password_temporary", sa.Boolean(), nullable=False, server_default=sa.false()))
