"""Triggers that refuse: what a rule of the services says, said again by the database, for whatever program comes by."""

from alembic import op


def guard(table: str, what: str, event: str, condition: str, message: str) -> None:
    """`event` on a row of `table` fails with `message` where `condition`, about OLD and NEW, holds."""
    name = f"guard_{table}_{what}_{event.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    each, kept = ("STATEMENT", "NULL") if event == "TRUNCATE" else ("ROW", "OLD" if event == "DELETE" else "NEW")
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {kept}; END $guard$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()")
