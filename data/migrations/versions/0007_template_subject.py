"""A client's own template has a subject too."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("client", sa.Column("template_subject", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True))
