"""What hangs on a closed incident cannot be emptied away, nor can a link be moved onto one."""

from alembic import op

from data.migrations.guards import guard

revision = "0016"
down_revision = "0015"

LINKS = ("incident_asset", "incident_application", "incident_employee", "incident_client")
TO_CLOSED = "(SELECT status FROM incident WHERE id = NEW.incident_id) = 'closed'"


def upgrade() -> None:
    for table in LINKS:
        guard(table, "moved", "UPDATE", TO_CLOSED, "a closed incident is final")
    if op.get_bind().dialect.name == "postgresql":
        for table in (*LINKS, "incident_relation"):
            guard(table, "rows", "TRUNCATE", "TRUE", f"{table} is never emptied")
