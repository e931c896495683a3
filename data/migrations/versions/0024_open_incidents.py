"""The index of open incidents holds what the order by urgency reads of each."""

from alembic import op

revision = "0024"
down_revision = "0023"

NAME = "ix_incident_open"


def upgrade() -> None:
    op.drop_index(NAME, "incident")
    op.create_index(NAME, "incident", ["status", "id", "cycle", "priority", "assignee_id"])
