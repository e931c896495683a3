"""Guards: the history is append-only, a closed incident is final, a stored verdict never moves."""

from alembic import op

from data.migrations.guards import guard

revision = "0002"
down_revision = "0001"

CLOSED = "(SELECT status FROM incident WHERE id = NEW.incident_id) = 'closed'"
ALWAYS = "1 = 1"
NOT_NEXT = "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM history)"


def _moves(verdict: str) -> str:
    return f"(OLD.{verdict} IS NOT NULL AND (NEW.{verdict} IS NULL OR NEW.{verdict} <> OLD.{verdict}))"


# table, what is guarded, event, when it is refused, message
GUARDS = (
    ("history", "end", "INSERT", NOT_NEXT, "the history has no gap"),
    ("history", "line", "UPDATE", ALWAYS, "the history is append-only"),
    ("history", "line", "DELETE", ALWAYS, "the history is append-only"),
    ("incident", "closed", "UPDATE", "OLD.status = 'closed'", "a closed incident is final"),
    ("incident", "name", "UPDATE", "OLD.id <> NEW.id OR OLD.reference <> NEW.reference", "a reference never changes"),
    ("incident", "row", "DELETE", ALWAYS, "an incident is never deleted"),
    ("comment", "closed", "INSERT", CLOSED, "a closed incident is final"),
    ("comment", "row", "UPDATE", ALWAYS, "a comment is never changed"),
    ("comment", "row", "DELETE", ALWAYS, "a comment is never deleted"),
    (
        "sla_cycle",
        "verdict",
        "UPDATE",
        f"{_moves('response_respected')} OR {_moves('resolution_respected')}"
        " OR OLD.incident_id <> NEW.incident_id OR OLD.number <> NEW.number",
        "a verdict never moves",
    ),
    ("sla_cycle", "closed", "UPDATE", CLOSED, "a closed incident is final"),
    ("sla_cycle", "closed", "INSERT", CLOSED, "a closed incident is final"),
    ("sla_cycle", "row", "DELETE", ALWAYS, "a verdict is never deleted"),
    ("sla_policy", "row", "UPDATE", ALWAYS, "a policy version never changes"),
    ("sla_policy", "row", "DELETE", ALWAYS, "a policy version is never deleted"),
)

# SQLite's INSERT OR REPLACE passes by the DELETE guards unless the connection asks for recursive triggers, which other
# programs do not: table, whether a row would go.
REPLACED = (
    ("incident", "EXISTS (SELECT 1 FROM incident WHERE id = NEW.id OR reference = NEW.reference)"),
    ("comment", "EXISTS (SELECT 1 FROM comment WHERE id = NEW.id)"),
    ("sla_cycle", "EXISTS (SELECT 1 FROM sla_cycle WHERE incident_id = NEW.incident_id AND number = NEW.number)"),
    ("sla_policy", "EXISTS (SELECT 1 FROM sla_policy WHERE version = NEW.version)"),
)


def upgrade() -> None:
    for each in GUARDS:
        guard(*each)
    if op.get_bind().dialect.name == "sqlite":
        for table, present in REPLACED:
            guard(table, "replaced", "INSERT", present, "a row is never replaced")
    else:
        for table in ("history", "incident", "comment", "sla_cycle", "sla_policy"):
            guard(table, "rows", "TRUNCATE", "TRUE", f"{table} is never emptied")
