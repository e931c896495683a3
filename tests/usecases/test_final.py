"""What is final stays final: by the services, and by the database for whoever goes round them (S126, S122)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column, Enum, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from data import db
from services import incidents, lifecycle
from services.errors import ClosedIncident, TransitionRefused
from tests.dump import dump, execute, value
from tests.personas import Cast, an_incident, closed, in_progress, resolved

IN_SQLITE_ONLY = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
IN_POSTGRESQL_ONLY = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)

COLUMNS_OF_A_COMMENT = "incident_id, author_id, at, visibility, body"


def refused_by_the_database(statement: str, because: str, **params: Any) -> None:
    before = dump()
    with pytest.raises(DBAPIError, match=because):
        execute(statement, **params)
    assert dump() == before, statement


def test_the_database_knows_no_seventh_status(cast: Cast) -> None:
    """S1."""
    an_incident(cast.alice)
    refused_by_the_database("UPDATE incident SET status = 'reviewed'", "(?i)check")


def test_the_services_change_nothing_of_a_closed_incident(cast: Cast) -> None:
    """S43, S126: no action, field, comment."""
    reference = closed(cast.alice).reference
    before = dump()
    actions: list[Callable[[], object]] = [
        lambda: lifecycle.assign(cast.diane, reference, assignee="bruno"),
        lambda: lifecycle.take(cast.bruno, reference),
        lambda: lifecycle.start(cast.alice, reference),
        lambda: lifecycle.take_and_start(cast.bruno, reference),
        lambda: lifecycle.hold(cast.alice, reference, reason="user"),
        lambda: lifecycle.resume(cast.alice, reference),
        lambda: lifecycle.escalate(cast.alice, reference, mode="hierarchical", reason="…"),
        lambda: lifecycle.resolve(cast.alice, reference, code="fixed", summary="…"),
        lambda: lifecycle.start_and_resolve(cast.alice, reference, code="fixed", summary="…"),
        lambda: lifecycle.close(cast.alice, reference),
        lambda: lifecycle.reopen(cast.emile, reference, reason="…"),
    ]
    for action in actions:
        with pytest.raises(TransitionRefused) as refused:
            action()
        assert refused.value.params["allowed_actions"] == []
    for field, changed in {
        "title": "x",
        "description": "x",
        "category": "other",
        "source": "email",
        "priority": "high",
        "severity": "minor",
        "impact": "enterprise",
    }.items():
        with pytest.raises(ClosedIncident):
            incidents.edit(cast.emile, reference, {field: changed}, reason="…")
    for visibility in ("public", "internal"):
        with pytest.raises(ClosedIncident):
            incidents.comment(cast.alice, reference, body="Encore une chose", visibility=visibility)
    assert dump() == before


def test_a_closed_incident_is_still_to_be_read(cast: Cast) -> None:
    """S125."""
    reference = closed(cast.alice).reference
    seen = incidents.get(cast.bruno, reference)
    assert (seen.may_edit, seen.may_comment, seen.may_comment_internally) == (False, False, False)
    assert incidents.history(cast.bruno, reference).entries


def test_the_database_refuses_to_change_a_closed_incident(cast: Cast) -> None:
    """S126."""
    closed(cast.alice)
    for change in (
        "status = 'in_progress'",
        "status = 'closed'",
        "title = 'x'",
        "priority = 'low'",
        "closed_at = NULL",
        "version = version + 1",
        "to_review = NOT to_review",
    ):
        refused_by_the_database(f"UPDATE incident SET {change}", "a closed incident is final")


def test_the_database_refuses_a_comment_on_a_closed_incident(cast: Cast) -> None:
    """S126."""
    closed(cast.alice)
    refused_by_the_database(
        f"INSERT INTO comment ({COLUMNS_OF_A_COMMENT}) "
        "SELECT id, requester_id, created_at, 'public', 'x' FROM incident",
        "a closed incident is final",
    )


def test_the_database_refuses_to_touch_the_clocks_of_a_closed_incident(cast: Cast) -> None:
    closed(cast.alice)
    refused_by_the_database("UPDATE sla_cycle SET resolution_due_at = started_at", "a closed incident is final")


def test_the_database_refuses_to_delete_an_incident_or_give_it_another_name(cast: Cast) -> None:
    an_incident(cast.alice)
    refused_by_the_database("DELETE FROM incident", "never deleted")
    refused_by_the_database("UPDATE incident SET reference = 'INC-20260101-000001'", "a reference never changes")
    refused_by_the_database("UPDATE incident SET id = id + 1", "a reference never changes|FOREIGN KEY")


def test_the_database_refuses_to_change_or_delete_a_comment(cast: Cast) -> None:
    incidents.comment(cast.alice, an_incident(cast.alice).reference, body="Vu.")
    refused_by_the_database("UPDATE comment SET visibility = 'public'", "never changed")
    refused_by_the_database("DELETE FROM comment", "never deleted")


def test_the_database_refuses_to_move_a_verdict(cast: Cast) -> None:
    """S122."""
    resolved(cast.alice)
    for change in ("resolution_respected = NOT resolution_respected", "response_respected = NULL"):
        refused_by_the_database(f"UPDATE sla_cycle SET {change}", "a verdict never moves")
    refused_by_the_database("DELETE FROM sla_cycle", "never deleted")


def test_the_database_refuses_to_change_the_terms_of_a_policy(cast: Cast) -> None:
    """S122: what a verdict was given by."""
    assert cast
    refused_by_the_database("UPDATE sla_policy SET terms = '{}'", "never changes")
    refused_by_the_database("DELETE FROM sla_policy", "never deleted")


def test_the_database_refuses_to_change_or_shorten_the_history(cast: Cast) -> None:
    """L1, S129."""
    in_progress(cast.alice)
    for statement in (
        "UPDATE history SET details = '{}'",
        "UPDATE history SET at = at WHERE seq = 1",
        "UPDATE history SET seq = seq + 1000",
        "DELETE FROM history",
        "DELETE FROM history WHERE seq = (SELECT MAX(seq) FROM history)",
    ):
        refused_by_the_database(statement, "append-only")


def test_the_database_refuses_a_line_out_of_its_place(cast: Cast) -> None:
    """L1: also a second line in the place of one that is there."""
    in_progress(cast.alice)
    for seq in ("1", "(SELECT MAX(seq) FROM history)", "(SELECT MAX(seq) + 2 FROM history)", "0", "-1"):
        refused_by_the_database(
            "INSERT INTO history (seq, at, fact, public, details, hash) "
            f"SELECT {seq}, at, fact, public, details, hash FROM history WHERE seq = 1",
            "no gap",
        )


@IN_SQLITE_ONLY
@pytest.mark.parametrize("recursive_triggers", ["ON", "OFF"])
@pytest.mark.parametrize("table", ["history", "incident", "comment", "sla_cycle", "sla_policy"])
def test_sqlite_refuses_to_replace_a_row_whatever_the_connection_asks_for(
    cast: Cast, table: str, recursive_triggers: str
) -> None:
    """L1: INSERT OR REPLACE passes by DELETE triggers unless recursive ones are on, which other programs leave off."""
    incidents.comment(cast.alice, resolved(cast.alice).reference, body="Vu.")
    execute(f"PRAGMA recursive_triggers = {recursive_triggers}")
    try:
        for statement in (
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            f"REPLACE INTO {table} SELECT * FROM {table}",
        ):
            refused_by_the_database(statement, "never replaced|no gap|append-only|never|final")
    finally:
        execute("PRAGMA recursive_triggers = ON")


@IN_SQLITE_ONLY
def test_sqlite_refuses_to_push_a_row_out_by_renaming_another(cast: Cast) -> None:
    first, second = an_incident(cast.alice), closed(cast.alice)
    execute("PRAGMA recursive_triggers = OFF")
    try:
        refused_by_the_database(
            "UPDATE OR REPLACE incident SET reference = :taken WHERE reference = :free",
            "a reference never changes",
            taken=second.reference,
            free=first.reference,
        )
    finally:
        execute("PRAGMA recursive_triggers = ON")


@IN_POSTGRESQL_ONLY
def test_postgresql_refuses_to_empty_a_table(cast: Cast) -> None:
    """L1."""
    incidents.comment(cast.alice, resolved(cast.alice).reference, body="Vu.")
    for table in ("history", "incident", "comment", "sla_cycle", "sla_policy", "team"):
        refused_by_the_database(f"TRUNCATE {table} CASCADE", "never emptied")


@IN_POSTGRESQL_ONLY
def test_postgresql_refuses_to_upsert_a_line(cast: Cast) -> None:
    in_progress(cast.alice)
    refused_by_the_database(
        "INSERT INTO history SELECT * FROM history WHERE seq = 1 ON CONFLICT (seq) DO UPDATE SET details = '{}'",
        "append-only|no gap",
    )


# What hangs on an incident by a foreign key, and whether it is final with it. A new table has to be decided here.
HANGING = {
    "comment": True,
    "incident_application": True,
    "incident_asset": True,
    "incident_client": True,
    "incident_employee": True,
    "incident_relation": True,
    "sla_cycle": True,
    "affected_person": True,
    "known_problem": True,
    "rating": False,  # given once, also after the closing, and never changed (tests/usecases/test_satisfaction.py)
    "attachment": False,  # has guards of its own (tests/usecases/test_attachments.py)
    "upload": False,  # its sender's alone until a comment names it
    "history": False,  # append-only by itself: an export of a closed incident is a line
    "notification": False,  # who was told, and when he read it: also of the closing
    "alert": False,  # what was told of a machine, and where it led: after the closing to another incident
    "letter": False,  # what came by e-mail, and where it led or would have: answers to a closed one are parked
    "firing": False,  # what the watcher remembers of having told
}
# A row of what a link goes to.
MADE = {
    "asset": "INSERT INTO asset (name, type, search_text) VALUES ('a', 'server', 'a')",
    "application": "INSERT INTO application (name, search_text) VALUES ('a', 'a')",
    "employee": "INSERT INTO employee (name, search_text) VALUES ('a', 'a')",
    "client": "INSERT INTO client (name, type, search_text) VALUES ('a', 'external', 'a')",
}


def hanging() -> set[str]:
    tables = SQLModel.metadata.tables.values()
    names = {table.name for table in tables for key in table.foreign_keys if key.column.table.name == "incident"}
    return names - {"incident"}


def test_of_everything_that_hangs_on_an_incident_it_is_said_whether_it_is_final() -> None:
    assert hanging() == set(HANGING)


@pytest.mark.parametrize("table", [table for table, final in HANGING.items() if final])
def test_what_hangs_on_a_closed_incident_is_final_in_the_database(cast: Cast, table: str) -> None:
    """S126, L1: no row is added, changed, moved onto it, removed or emptied away, on either database."""
    opened, done = an_incident(cast.alice), closed(cast.alice)
    key = {
        reference: value("SELECT id FROM incident WHERE reference = :r", r=reference)
        for reference in (opened.reference, done.reference)
    }
    on_open, on_closed = key[opened.reference], key[done.reference]
    columns = [column for column in SQLModel.metadata.tables[table].columns if column.name != "id"]
    row = {column.name: _anything(column) for column in columns}
    names, places = ", ".join(row), ", ".join(f":{name}" for name in row)
    add = f"INSERT INTO {table} ({names}) VALUES ({places})"
    refused_by_the_database(add, "final", **{**row, "incident_id": on_closed})
    if not value(f"SELECT COUNT(*) FROM {table} WHERE incident_id = {on_open}"):
        execute(add, **{**row, "incident_id": on_open})
    refused_by_the_database(
        f"UPDATE {table} SET incident_id = {on_closed} WHERE incident_id = {on_open}", "final|never"
    )
    _put(table, add, row, on_closed)
    refused_by_the_database(
        f"UPDATE {table} SET incident_id = incident_id WHERE incident_id = {on_closed}", "final|never"
    )
    refused_by_the_database(f"DELETE FROM {table} WHERE incident_id = {on_closed}", "final|never")
    if not db.bound().is_sqlite:
        refused_by_the_database(f"TRUNCATE {table} CASCADE", "never emptied")


def _put(table: str, add: str, row: dict[str, Any], on_closed: int) -> None:
    """A row of the closed incident, as if it had been there before the closing."""
    if value(f"SELECT COUNT(*) FROM {table} WHERE incident_id = {on_closed}"):
        return
    if db.bound().is_sqlite:
        guards = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
        with db.bound().writer.begin() as connection:
            found = connection.exec_driver_sql(guards).all()
            for name, _ in found:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.execute(text(add), {**row, "incident_id": on_closed})
            for _, sql in found:
                connection.exec_driver_sql(sql)
    else:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        execute(add, **{**row, "incident_id": on_closed})
        execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _anything(column: Column[Any]) -> Any:
    """A value that the column takes."""
    for key in column.foreign_keys:
        target = key.column.table.name
        if target in MADE:
            execute(MADE[target])
        return value(f'SELECT MIN({key.column.name}) FROM "{target}"')
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    return {bool: True, int: 7, str: "x"}.get(column.type.python_type, "2026-01-05 08:00:00.000000")
