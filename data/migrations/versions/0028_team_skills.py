"""What a team is specialised in."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("team", sa.Column("skills", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True))
