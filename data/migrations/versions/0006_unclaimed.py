"""Since when a team has had an incident that nobody has taken."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0006"
down_revision = "0005"

# Of what is open and a team's alone: the instant of the line that gave it to the team.
FROM_HISTORY = """
UPDATE incident SET unclaimed_since = (
    SELECT line.at FROM history AS line
    WHERE line.incident_id = incident.id AND line.details LIKE '%"owner":{%'
    ORDER BY line.seq DESC LIMIT 1
)
WHERE team_id IS NOT NULL AND assignee_id IS NULL AND status IN ('new', 'assigned', 'in_progress', 'on_hold')
"""


def upgrade() -> None:
    op.add_column("incident", sa.Column("unclaimed_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.execute(FROM_HISTORY)
