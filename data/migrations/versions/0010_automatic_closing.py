"""After how many days what is resolved is closed by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("close_after_days", sa.Integer(), nullable=True))
