"""Which incidents were resolved as duplicates of one, found without reading all."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    some = sa.text("master_id IS NOT NULL")
    op.create_index("ix_incident_master", "incident", ["master_id"], sqlite_where=some, postgresql_where=some)
