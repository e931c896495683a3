"""From an empty database to the newest schema: by one process, wholly or not at all (D9, K9)."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

import data.models  # noqa: F401  registers the tables
from data import db
from data import migrate as migration
from data.migrate import is_migrated, migrate
from data.models import Channel
from data.wholeness import PREFIX
from services import keys
from services.notifications import credentials
from services.sealed import seal
from tests.house.tree import ROOT
from tests.personas import SECRET

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[str]:
    db.bind(empty_database_url)
    yield empty_database_url
    db.dispose()


def tables() -> set[str]:
    """The full-text index is not one: on SQLite it makes tables of its own."""
    found = set(inspect(db.bound().writer).get_table_names())
    return {name for name in found if not name.startswith("incident_search")}


def triggers(engine_name: str) -> set[str]:
    with db.bound().reader.connect() as connection:
        return {row[0] for row in connection.execute(text(TRIGGERS[engine_name]))}


@pytest.mark.usefixtures("empty")
def test_an_empty_database_becomes_the_newest_in_one_go() -> None:
    assert is_migrated() is False
    migrate()
    assert is_migrated() is True
    assert tables() == {*SQLModel.metadata.tables, "alembic_version"}


def test_the_number_of_the_last_file_is_the_head_of_the_chain() -> None:
    chain = [each.revision for each in ScriptDirectory(str(migration.FOLDERS[0].parent)).walk_revisions()]
    assert chain == sorted(chain, reverse=True)
    assert chain[0] == migration.newest()


@pytest.mark.usefixtures("empty")
def test_the_migrations_and_the_models_say_the_same() -> None:
    """No drift: whoever changes a model writes the migration."""
    migrate()
    with db.bound().writer.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_name": _is_modelled}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SQLModel.metadata) == []


def _is_modelled(name: str | None, kind: str, _: Any) -> bool:
    ours = {"table": "incident_search", "index": PREFIX}
    return not (kind in ours and str(name).startswith(ours[kind]))


@pytest.mark.usefixtures("empty")
def test_migrating_again_does_nothing(engine_name: str) -> None:
    migrate()
    before = tables(), triggers(engine_name)
    migrate()
    assert (tables(), triggers(engine_name)) == before


@pytest.mark.usefixtures("empty")
def test_every_guard_stands_on_both_databases(engine_name: str) -> None:
    migrate()
    guarded = {name.split("_")[1] for name in triggers(engine_name)}
    assert guarded >= {"history", "incident", "comment", "sla"}


def test_two_processes_that_start_together_make_one_schema(empty: str) -> None:
    """One waits, and then finds nothing to do."""
    db.dispose()
    program = "import sys; from data import db; from data.migrate import migrate; db.bind(sys.argv[1]); migrate()"
    arguments = [sys.executable, "-c", program, empty]
    started = [
        subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)})
        for _ in range(3)
    ]
    ends = [(process.communicate()[1], process.returncode) for process in started]
    assert [code for _, code in ends] == [0, 0, 0], ends
    db.bind(empty)
    assert is_migrated()


def test_a_migration_that_fails_leaves_nothing_behind(
    empty: str, engine_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K9: by default SQLite would keep what came before the failing statement."""
    assert empty
    _with_a_last_step(
        monkeypatch,
        tmp_path,
        'op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))\n'
        '    op.execute("INSERT INTO half VALUES (1)")\n'
        '    op.execute("SELECT no_such_column FROM half")',
    )
    with pytest.raises(Exception, match="no_such_column"):
        migrate()
    assert (tables(), triggers(engine_name)) == (set(), set())
    monkeypatch.undo()
    migrate()
    assert is_migrated()


def test_a_migration_that_fails_leaves_an_older_database_as_it_was(
    empty: str, engine_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K9: also the data."""
    assert empty
    migrate()
    with db.bound().writer.begin() as connection:
        connection.execute(text("INSERT INTO team (name, code, external) VALUES ('Support N1', 'N1', false)"))
    before = tables(), triggers(engine_name)
    _with_a_last_step(
        monkeypatch,
        tmp_path,
        'op.add_column("team", sa.Column("motto", sa.Text()))\n'
        "    op.execute(\"UPDATE team SET name = 'Autre'\")\n"
        '    op.execute("SELECT no_such_column FROM team")',
    )
    with pytest.raises(Exception, match="no_such_column"):
        migrate()
    assert (tables(), triggers(engine_name)) == before
    with db.bound().reader.connect() as connection:
        assert connection.execute(text("SELECT name FROM team")).scalar_one() == "Support N1"
    assert "motto" not in {column["name"] for column in inspect(db.bound().writer).get_columns("team")}


def test_what_channels_were_reached_by_is_sealed_and_gone_in_plain_letters(empty: str, tmp_path: Path) -> None:
    """From 0021: not without the key; afterwards the services read it, and the file does not have it any more."""
    keys.use_secret(SECRET)
    with db.bound().writer.begin() as connection:
        command.upgrade(migration.configuration(connection), "0021")
        connection.execute(
            text(
                "INSERT INTO channel (id, name, medium, address, secret, kinds, active, created_at)"
                " VALUES (3, 'Salon', 'webhook', 'https://hooks.example/canary-77', 'canary-78', '[]', true,"
                " '2026-01-01 00:00:00')"
            )
        )
    with pytest.raises(RuntimeError, match="secret key"):
        migrate()
    assert not is_migrated()
    migrate(seal)
    with db.read_session() as session:
        channel = session.get(Channel, 3)
        assert channel is not None
        reached = credentials.of(channel)
    assert (reached.address, reached.secret) == ("https://hooks.example/canary-77", "canary-78")
    db.dispose()
    assert [file for file in tmp_path.glob("vigie.db*") if b"canary-7" in file.read_bytes()] == []
    db.bind(empty)


@pytest.mark.usefixtures("empty")
def test_a_database_of_a_newer_version_is_refused_and_left_alone(engine_name: str) -> None:
    """K9: the way back is a backup."""
    migrate()
    with db.bound().writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = tables(), triggers(engine_name)
    with pytest.raises(ValueError, match="newer version"):
        migrate()
    assert (tables(), triggers(engine_name)) == before


def _with_a_last_step(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    """Beyond the head there is one more migration, whose upgrade does `body`."""
    (folder / "9999_last.py").write_text(
        f'"""Fails."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        f'revision = "9999"\ndown_revision = "{migration.newest()}"\n\n\ndef upgrade() -> None:\n    {body}\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(migration, "FOLDERS", [*migration.FOLDERS, folder])
