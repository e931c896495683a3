"""`doctor` says of each thing that Vigie stands on whether it is in order, however broken it is (K11, ASVS 13.3.1)."""

import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from data import copies, db, wholeness
from data.settings import Settings
from services import anchors, doctor, i18n
from services.clock import MovedClock
from services.doctor import State, storage, surroundings
from services.notifications import channels, reach
from tests.dump import drop_the_guards
from tests.intake.imap import imap_server
from tests.notifications.peers import mail_server
from tests.personas import SECRET, Cast, an_incident

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
FLIPS = 48


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("VIGIE_")]:
        monkeypatch.delenv(name)
    yield
    reach.allow(())


def examined(url: str, folder: Path, **settings: Any) -> dict[str, doctor.Finding]:
    """The findings, each of which can be said in both languages and is one line."""
    known = {"secret_key": SECRET.decode(), "base_url": "https://vigie.example"} | settings
    found = [*doctor.examine(Settings(database_url=url, data_dir=folder, **known))]
    left_out = set() if "imap_url" in settings else {"mailbox"}
    assert [each.check for each in found] == [each for each in doctor.CHECKS if each not in left_out]
    for locale in i18n.LOCALES:
        lines = [each.line(locale) for each in found]
        assert all(len(line.splitlines()) == 1 for line in lines)
        assert all(
            line.startswith(i18n.t(f"doctor.state.{each.state.name.lower()}", locale))
            for line, each in zip(lines, found, strict=True)
        )
    return {each.check: each for each in found}


def everything() -> dict[str, Any]:
    with db.read_session() as session:
        return {table: list(copies.rows(session, table)) for table in copies.tables()}


def keys(finding: doctor.Finding) -> list[str]:
    return [said.key.partition(".")[2] or said.key for said in finding.said if said.state is not State.OK]


def execute(statement: str) -> None:
    with db.bound().writer.begin() as connection:
        connection.execute(text(statement))


def test_what_is_in_order_is_said_to_be(cast: Cast, tmp_path: Path) -> None:
    """On PostgreSQL the server's clock is another than the one that the test has moved, by months."""
    an_incident(cast.chloe)
    url = db.bound().url
    found = examined(url, tmp_path)
    failed = {name for name, finding in found.items() if finding.state is State.FAILED}
    assert failed == (set() if db.bound().is_sqlite else {"clock"})
    assert keys(found["database"]) == ([] if db.bound().is_sqlite else ["risk", "risk"])  # the tests' own is fast
    assert "intact" in found["chain"].said[0].key


def test_a_schema_of_another_version_is_named(cast: Cast, tmp_path: Path) -> None:
    url = db.bound().url
    for revision, key in (("0007", "older"), ("9999", "newer")):
        execute(f"UPDATE alembic_version SET version_num = '{revision}'")
        finding = examined(url, tmp_path)["migrations"]
        assert keys(finding) == [key]
        assert revision in finding.line("en")


def test_a_line_of_the_history_that_was_changed_is_named(cast: Cast, tmp_path: Path) -> None:
    on = "" if db.bound().is_sqlite else " ON history"
    execute(f"DROP TRIGGER guard_history_line_update{on}")
    execute("UPDATE history SET details = '{}' WHERE seq = 3")
    finding = examined(db.bound().url, tmp_path)["chain"]
    assert keys(finding) == ["broken"]
    assert finding.said[0].params == {"seq": 3, "lines": 2}


def test_a_history_that_was_cut_is_known_by_the_file_of_anchors(cast: Cast, tmp_path: Path) -> None:
    """L2: also where the days of the history were cut with it, and the chain alone is whole."""
    an_incident(cast.chloe)
    anchors.use_folder(tmp_path)
    anchors.anchor_one()
    anchors.use_folder(Path("var"))
    held = examined(db.bound().url, tmp_path)["chain"]
    assert [said.key for said in held.said] == ["chain.intact", "chain.anchored"]
    drop_the_guards()
    execute("DELETE FROM history WHERE seq = (SELECT max(seq) FROM history)")
    assert keys(examined(db.bound().url, tmp_path)["chain"]) == ["broken"]
    execute("UPDATE history_day SET last_seq = (SELECT max(seq) FROM history)")
    assert keys(examined(db.bound().url, tmp_path)["chain"]) == ["cut"]


@SQLITE
def test_each_fault_around_is_named_with_what_to_do(
    cast: Cast, clock: MovedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = db.bound().url
    for address, wrong in (
        ("https://v.example", []),
        ("ftp://x", ["wrong"]),
        ("http://[", ["wrong"]),
        ("https://v.example?x=1", ["wrong"]),
        ("http://v.example", ["plain"]),
        ("", ["missing"]),
    ):
        settings = Settings(base_url=address, host="0.0.0.0")
        assert keys(doctor.Finding("base_url", (*surroundings.base_url(settings),))) == wrong
    clock.forward(minutes=-1)
    assert keys(examined(url, tmp_path)["clock"])[0] == "before"
    assert examined(url, tmp_path)["clock"].state is State.WARNING
    clock.forward(days=-1)
    assert examined(url, tmp_path)["clock"].state is State.FAILED
    clock.forward(days=1, minutes=1)
    for name, key in (("LITTLE", "little"), ("TOO_LITTLE", "full")):
        monkeypatch.setattr(storage, name, 2**60)
        assert keys(examined(url, tmp_path)["disk"]) == [key]


@SQLITE
def test_a_secret_key_that_others_can_read_or_that_is_gone_is_a_fault(cast: Cast, tmp_path: Path) -> None:
    """ASVS 13.3.1. Looking makes no key: with a new one the history would never verify again."""
    url, kept, given = db.bound().url, tmp_path / "secret_key", tmp_path / "given"
    assert keys(examined(url, tmp_path, secret_key="")["secret_key"]) == ["missing"]
    assert keys(examined(url, tmp_path, secret_key="")["chain"]) == ["keyless"]
    assert not kept.exists()
    server = "postgresql://nobody@127.0.0.1:1/nowhere"
    kept.write_bytes(SECRET)
    assert keys(examined(server, tmp_path, secret_key="")["secret_key"]) == ["required"]
    for mode, state in ((0o600, State.OK), (0o400, State.OK), (0o640, State.FAILED), (0o604, State.FAILED)):
        kept.chmod(mode)
        found = examined(url, tmp_path, secret_key="")
        assert (found["secret_key"].state, found["chain"].state) == (state, State.OK)
    given.write_text("short")
    given.chmod(0o644)
    os.environ["VIGIE_SECRET_KEY_FILE"] = str(given)
    assert keys(examined(url, tmp_path, secret_key="short")["secret_key"]) == ["short", "open"]
    assert SECRET.decode() not in str(examined(url, tmp_path))
    del os.environ["VIGIE_SECRET_KEY_FILE"]


@SQLITE
def test_mail_and_channels_are_reached_and_sent_nothing(cast: Cast, tmp_path: Path) -> None:
    url = db.bound().url
    with mail_server() as box:
        sender = {"smtp_sender": "Vigie <vigie@example.org>"}
        there = examined(url, tmp_path, smtp_url=f"smtp://127.0.0.1:{box.port}", **sender)["mail"]
        assert (keys(there), box.letters, box.attempts) == ([], [], 0)
        db.dispose()  # as where there has never been a database
        absent = examined(f"sqlite:///{tmp_path}/none.db", tmp_path, smtp_url=f"smtp://127.0.0.1:{box.port}", **sender)
        assert (keys(absent["mail"]), keys(absent["database"])) == ([], ["missing"])
        port = box.port
    gone = examined(url, tmp_path, smtp_url=f"smtp://me:secret@127.0.0.1:{port}", **sender)["mail"]
    assert keys(gone) == ["away"]
    assert "secret" not in gone.line("en")
    assert keys(examined(url, tmp_path, smtp_url="smtp://", **sender)["mail"]) == ["wrong"]
    with imap_server() as letters:
        assert keys(examined(url, tmp_path, imap_url=letters.url())["mailbox"]) == []
        shut = examined(url, tmp_path, imap_url=letters.url().replace("pass%22word", "secret"))["mailbox"]
    assert keys(shut) == ["away"]
    assert all("secret" not in shut.line(locale) for locale in i18n.LOCALES)
    assert keys(examined(url, tmp_path, imap_url="imap://a:secret@")["mailbox"]) == ["wrong"]
    assert letters.seen == set()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/secret"
        channels.create(cast.emile, name="Astreinte", medium="webhook", address=address)
        assert keys(examined(url, tmp_path)["channels"]) == ["away"]  # not public, and not allowed
        assert keys(examined(url, tmp_path, webhook_allow="127.0.0.0/8")["channels"]) == []
        listening.setblocking(False)
        taken, _ = listening.accept()
        assert taken.recv(100) == b""
        taken.close()
    finding = examined(url, tmp_path, webhook_allow="127.0.0.0/8")["channels"]
    assert keys(finding) == ["away"]
    assert "Astreinte" in finding.line("fr")
    assert "secret" not in finding.line("fr")
    assert keys(examined(url, tmp_path, secret_key="another secret of the tests")["channels"]) == ["locked"]


def test_a_database_that_is_not_there_is_said_and_not_made(empty_database_url: str, tmp_path: Path) -> None:
    sqlite = empty_database_url.startswith("sqlite")
    url = empty_database_url if sqlite else "postgresql://nobody@127.0.0.1:1/nowhere"
    found = examined(url, tmp_path)
    assert keys(found["database"]) == ["missing" if sqlite else "away"]
    assert {name for name, finding in found.items() if keys(finding) == ["unchecked"]} == {
        "migrations",
        "clock",
        "channels",
        "chain",
    }
    assert [*tmp_path.iterdir()] == []
    db.dispose()


@SQLITE
@pytest.mark.usefixtures("cast")
def test_every_column_of_every_table_is_kept_twice_or_checked_elsewhere() -> None:
    """K11: a table or column of tomorrow as well."""
    kept, wanted = {}, {}
    with db.bound().reader.connect() as connection:
        for name, table in SQLModel.metadata.tables.items():
            index = connection.execute(text(f'PRAGMA index_xinfo("{wholeness.PREFIX}{name}")')).all()
            kept[name] = {row[2] for row in index} - {None}
            elsewhere = wholeness.ELSEWHERE.get(name, set())
            wanted[name] = set() if elsewhere is None else {*table.columns.keys()} - elsewhere
    assert kept == wanted


@SQLITE
def test_whatever_byte_of_the_database_is_damaged_it_is_said_or_does_no_harm(cast: Cast, tmp_path: Path) -> None:
    """K11: a bit turned over at a place of each part of the file. What `doctor` passes is what was written."""
    for n in range(12):
        an_incident(cast.chloe, description=f"Panne {n} " * 40)
    other = db.sqlite_module().connect(str(tmp_path / "vigie.db"))
    other.execute("VACUUM INTO ?", (str(tmp_path / "whole.db"),))
    other.close()
    before = everything()
    db.dispose()
    whole, url = (tmp_path / "whole.db").read_bytes(), f"sqlite:///{tmp_path}/hurt.db"
    hurt, drawn, passed = tmp_path / "hurt.db", random.Random(11), 0
    for n in range(FLIPS):
        for leftover in tmp_path.glob("hurt.db*"):
            leftover.unlink()
        content = bytearray(whole)
        content[(at := n * len(whole) // FLIPS + drawn.randrange(len(whole) // FLIPS))] ^= 1 << drawn.randrange(8)
        hurt.write_bytes(content)
        found = examined(url, tmp_path)
        if State.FAILED not in {finding.state for finding in found.values()}:
            passed += 1
            assert everything() == before, f"byte {at}"
        db.dispose()
    assert 0 < passed < FLIPS
    for name in ("nothing", "garbage"):
        hurt.write_bytes(b"" if name == "nothing" else b"x" * 20_000)
        assert examined(url, tmp_path)["database"].state is State.FAILED or name == "nothing"
        db.dispose()
