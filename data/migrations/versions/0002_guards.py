"""Guards: the history is append-only, a closed incident is final, a stored verdict never moves."""

from alembic import op

revision = "0002"
down_revision = "0001"

CLOSED = "(SELECT status FROM incident WHERE id = NEW.incident_id) = 'closed'"

# table, event, condition, message. An INSERT guard stands beside the DELETE one because SQLite's INSERT OR REPLACE
# passes by DELETE triggers unless a connection asks for recursive ones.
GUARDS = (
    ("history", "UPDATE", "1 = 1", "the history is append-only"),
    ("history", "DELETE", "1 = 1", "the history is append-only"),
    (
        "history",
        "INSERT",
        "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM history)",
        "the history is append-only and has no gap",
    ),
    ("incident", "UPDATE", "OLD.status = 'closed'", "a closed incident is final"),
    ("incident", "DELETE", "1 = 1", "an incident is never deleted"),
    (
        "incident",
        "INSERT",
        "EXISTS (SELECT 1 FROM incident WHERE id = NEW.id OR reference = NEW.reference)",
        "an incident is never replaced",
    ),
    ("comment", "INSERT", CLOSED, "a closed incident is final"),
    ("comment", "UPDATE", "1 = 1", "a comment is never changed"),
    ("comment", "DELETE", "1 = 1", "a comment is never deleted"),
    (
        "sla_cycle",
        "UPDATE",
        "(OLD.response_respected IS NOT NULL AND (NEW.response_respected IS NULL"
        " OR NEW.response_respected <> OLD.response_respected))"
        " OR (OLD.resolution_respected IS NOT NULL AND (NEW.resolution_respected IS NULL"
        " OR NEW.resolution_respected <> OLD.resolution_respected))",
        "a verdict never moves",
    ),
    ("sla_cycle", "DELETE", "1 = 1", "a verdict is never deleted"),
    ("sla_policy", "UPDATE", "1 = 1", "a policy version never changes"),
    ("sla_policy", "DELETE", "1 = 1", "a policy version is never deleted"),
)


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, event, condition, message in GUARDS:
        for statement in (_sqlite if sqlite else _postgresql)(table, event, condition, message):
            op.execute(statement)
    if not sqlite:
        for table in ("history", "incident", "comment", "sla_cycle", "sla_policy"):
            op.execute(_postgresql_function(f"guard_{table}_truncate", "TRUE", f"{table} is never truncated"))
            op.execute(
                f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION guard_{table}_truncate()"
            )


def _sqlite(table: str, event: str, condition: str, message: str) -> tuple[str, ...]:
    name = f"guard_{table}_{event.lower()}"
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END",
    )


def _postgresql(table: str, event: str, condition: str, message: str) -> tuple[str, ...]:
    name = f"guard_{table}_{event.lower()}"
    return (
        _postgresql_function(name, condition, message),
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


def _postgresql_function(name: str, condition: str, message: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN NEW; END $guard$"
    )
