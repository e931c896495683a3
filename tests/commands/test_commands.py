"""The command line, as a shell sees it (contract, "Commands"): a process of its own each time, on both databases."""

import csv
import io
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import db
from tests.house.tree import ROOT
from tests.processes import Processes, processes

PASSWORD = "correct horse battery"


class Shell:
    """Runs `python main.py …` on one database, in an empty folder."""

    def __init__(self, started: Processes, url: str, folder: Path) -> None:
        self._processes = started
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
        secret = {"VIGIE_SECRET_KEY": "a secret for the tests of the commands"}
        self.environment = kept | secret | {"VIGIE_DATABASE_URL": url, "VIGIE_DATA_DIR": str(folder)}

    def run(self, *arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return self._processes.run(arguments, self.folder, self.environment | settings, typed)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Processes that have loaded what main.py loads, and no more."""
    with processes(tmp_path_factory.mktemp("loaded"), "main") as starts:
        yield starts


@pytest.fixture
def shell(started: Processes, empty_database_url: str, tmp_path: Path) -> Shell:
    return Shell(started, empty_database_url, tmp_path)


@pytest.fixture(scope="module")
def desk_shell(started: Processes, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A desk that is set up, for commands that change nothing."""
    folder = tmp_path_factory.mktemp("desk")
    ready = Shell(started, f"sqlite:///{folder}/vigie.db", folder)
    assert ready.run("setup", "--org", "Acme", "--admin", "emile", typed=PASSWORD).returncode == 0
    return ready


def test_a_desk_is_set_up_without_a_browser(shell: Shell) -> None:
    """setup, user add, token add; each speaks on stdout only when it has something to hand over."""
    made = shell.run("setup", "--org", "Acme", "--admin", "emile", typed=f"{PASSWORD}\n")
    assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
    added = shell.run(
        "user", "add", "alice", "--name", "Alice", "--role", "technician", "--team", "Support N1", typed=PASSWORD
    )
    assert (added.returncode, added.stderr) == (0, "")
    token = shell.run("token", "add", "alice", "--name", "script", "--scope", "read", "--expires", "30")
    assert token.returncode == 0
    assert re.fullmatch(r"vigie_[\w-]{43}\n", token.stdout)


def test_a_new_interpreter_runs_a_command_as_a_process_that_had_it_loaded_does(desk_shell: Shell) -> None:
    """What the other tests leave out: python starts main.py, which finds what it imports; answer and status go out."""
    for words, typed in ((["audit", "verify"], ""), (["user", "add", "b", "--name", "B", "--role", "technician"], "x")):
        alone = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *words],
            check=False,
            cwd=desk_shell.folder,
            env=desk_shell.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
        )
        forked = desk_shell.run(*words, typed=typed)
        assert (alone.returncode, alone.stdout, alone.stderr) == (forked.returncode, forked.stdout, forked.stderr)
        assert alone.stdout or alone.stderr


def test_a_second_set_up_is_refused_in_one_sentence(shell: Shell) -> None:
    shell.run("setup", "--org", "Acme", "--admin", "emile", typed=PASSWORD)
    again = shell.run("setup", "--org", "Other", "--admin", "mallory", typed=PASSWORD)
    assert again.returncode == 1
    assert again.stdout == ""
    assert len(again.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "typed", "status"),
    [
        (["user", "add", "bob", "--name", "Bob", "--role", "technician"], "short", 1),
        (["user", "add", "b b", "--name", "Bob", "--role", "technician"], PASSWORD, 1),
        (["user", "add", "bob", "--name", "Bob", "--role", "technician", "--team", "Nobody"], PASSWORD, 1),
        (["user", "add", "bob", "--name", "Bob", "--role", "king"], PASSWORD, 2),
        (["token", "add", "nobody", "--name", "x"], "", 1),
        (["token", "add", "emile", "--name", "x", "--expires", "0"], "", 1),
        (["nonsense"], "", 2),
        (["user"], "", 2),
        (["serve", "--port", "99999"], "", 2),
        (["serve", "--host", "999.9.9.9"], "", 1),
        (["--no-jobs", "--host", "999.9.9.9"], "", 1),  # without a command it is `serve` that is meant
        (["--port", "99999"], "", 2),
        (["--no-jobs", "demo"], "", 2),
        (["--nonsense"], "", 2),
        (["export", "history", "--format", "xml"], "", 2),
        (["import", "assets", "nowhere.csv"], "", 2),
        (["demo"], "", 1),
    ],
)
def test_wrong_use_is_said_on_stderr_and_changes_nothing(
    desk_shell: Shell, arguments: list[str], typed: str, status: int
) -> None:
    """2 for wrong use, 1 for a refusal; never a traceback."""
    before = _lines(desk_shell)
    refused = desk_shell.run(*arguments, typed=typed)
    assert refused.returncode == status
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1, "one sentence"
    assert _lines(desk_shell) == before


def test_a_port_that_is_taken_is_said_in_one_sentence(desk_shell: Shell) -> None:
    """1: nothing is wrong with the command."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = desk_shell.run("serve", VIGIE_PORT=str(taken.getsockname()[1]))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert len(refused.stderr.splitlines()) == 1
    assert "VIGIE_PORT" in refused.stderr


@pytest.mark.parametrize(
    "settings",
    [
        {"VIGIE_TIMEZONE": "Mars/Olympus"},
        {"VIGIE_DATABASE_URL": "mysql://somewhere"},
        {"VIGIE_PORT": "many"},
        {"VIGIE_LANGUAGE": "de", "VIGIE_API_RATE": "-1", "VIGIE_LOG_FORMAT": "xml", "VIGIE_TRUSTED_PROXIES": "proxy"},
        {"VIGIE_DATABASE_URL": "postgresql://vigie:hidden@host:many/vigie"},
        {"VIGIE_SECRET_KEY_FILE": "missing"},
        {"VIGIE_DATA_DIR": "/proc/version", "VIGIE_SECRET_KEY": ""},
        {"VIGIE_BASE_URL": "vigie.example.org"},
        {"VIGIE_SMTP_URL": "smtp://mail:hidden@[host"},
        {"VIGIE_WEBHOOK_ALLOW": "intranet"},
    ],
)
def test_a_wrong_setting_is_named(desk_shell: Shell, settings: dict[str, str]) -> None:
    """One sentence for each, which says what to write and repeats no password."""
    wrong = desk_shell.run("migrate", **settings)
    assert wrong.returncode == 2
    named = {line.partition(":")[0] for line in wrong.stderr.splitlines()}
    assert named == settings.keys() - {"VIGIE_SECRET_KEY"}
    assert not re.search("Errno|Value error|invalid literal|hidden|Traceback", wrong.stderr)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_postgresql_without_a_secret_is_refused(shell: Shell) -> None:
    """Several processes must share one key, so none is made up."""
    refused = shell.run("migrate", VIGIE_SECRET_KEY="")
    assert refused.returncode == 2
    assert "VIGIE_SECRET_KEY" in refused.stderr


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_secret_that_is_not_given_is_made_once_and_kept_to_its_owner(shell: Shell) -> None:
    shell.environment.pop("VIGIE_SECRET_KEY")
    shell.run("setup", "--org", "Acme", "--admin", "emile", typed=PASSWORD)
    key = shell.folder / "secret_key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_text()
    assert shell.run("audit", "verify").returncode == 0
    assert key.read_text() == before


def test_the_audit_names_the_line_that_was_changed(shell: Shell) -> None:
    """An owner of the database who drops the triggers and edits line 3 is found there (S143)."""
    shell.run("setup", "--org", "Acme", "--admin", "emile", typed=PASSWORD)
    assert shell.run("audit", "verify").returncode == 0
    bound = db.bind(shell.environment["VIGIE_DATABASE_URL"])
    on = "" if bound.is_sqlite else " ON history"
    with bound.writer.begin() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER guard_history_line_update{on}")
        connection.exec_driver_sql("UPDATE history SET details = '{}' WHERE seq = 3")
    db.dispose()
    broken = shell.run("audit", "verify")
    assert broken.returncode == 1
    assert broken.stdout == ""
    assert "3" in broken.stderr


def test_what_is_no_pdf_of_ours_is_said_in_one_sentence(desk_shell: Shell) -> None:
    (desk_shell.folder / "letter.pdf").write_bytes(b"%PDF-1.7\nnothing in it")
    refused = desk_shell.run("audit", "verify", "--pdf", "letter.pdf")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)


def test_a_database_that_does_not_answer_is_said_in_one_sentence(started: Processes, tmp_path: Path) -> None:
    nobody = Shell(started, "postgresql://nobody@127.0.0.1:9/nothing", tmp_path)
    refused = nobody.run("migrate")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("command", [[], ["serve"], ["setup"], ["user", "add"], ["token", "add"], ["audit", "verify"]])
def test_each_command_explains_itself(started: Processes, command: list[str], tmp_path: Path) -> None:
    explained = Shell(started, "sqlite:///unused.db", tmp_path).run(*command, "--help")
    assert explained.returncode == 0
    assert "usage: python main.py" in explained.stdout
    assert not (tmp_path / "unused.db").exists()


def _lines(shell: Shell) -> int:
    """How long the history is."""
    with sqlite3.connect(shell.folder / "vigie.db") as connection:
        (lines,) = connection.execute("SELECT count(*) FROM history").fetchone()
    connection.close()
    return int(lines)


def test_a_desk_is_saved_and_brought_back(started: Processes, shell: Shell, tmp_path: Path) -> None:
    shell.run("setup", "--org", "Acme", "--admin", "emile", typed=PASSWORD)
    saved = shell.run("backup", "desk.backup")
    assert (saved.returncode, saved.stderr) == (0, "")
    assert "VIGIE_SECRET_KEY" in saved.stdout
    refused = shell.run("restore", "desk.backup")
    assert (refused.returncode, "--force" in refused.stderr) == (1, True)
    other = Shell(started, f"sqlite:///{tmp_path}/elsewhere/vigie.db", tmp_path)
    assert other.run("restore", "desk.backup").returncode == 0
    assert other.run("audit", "verify").returncode == 0
    another_key = other.run("restore", "desk.backup", "--force", VIGIE_SECRET_KEY="another")
    assert (another_key.returncode, "VIGIE_SECRET_KEY" in another_key.stderr) == (1, True)
    assert other.run("backup", "nowhere/desk.backup").returncode == 2


def test_incidents_and_history_are_given_out_whole(shell: Shell, tmp_path: Path) -> None:
    """S145: the export of everything; as CSV for spreadsheets, which compute nothing of it, and as JSON."""
    shell.run("setup", "--org", "Acme", "--admin", "emile", typed=PASSWORD)
    rows = "title;description;category;priority\n=1+1;Où ?;other;low\nCâble;Coupé.;network;high\n"
    (tmp_path / "incidents.csv").write_text(rows, encoding="utf-8")
    assert shell.run("import", "incidents", "incidents.csv").returncode == 0
    as_csv, as_json = (shell.run("export", "incidents", "--format", form).stdout for form in ("csv", "json"))
    titles = [row["title"] for row in csv.DictReader(io.StringIO(as_csv.removeprefix("\ufeff"), newline=""))]
    assert titles == ["'=1+1", "Câble"]
    assert [each["title"] for each in json.loads(as_json)] == ["=1+1", "Câble"]
    history = json.loads(shell.run("export", "history", "--format", "json").stdout)
    assert [line["seq"] for line in history] == [*range(1, len(history) + 1)]
    again = json.loads(shell.run("export", "history", "--format", "json").stdout)
    assert (len(again), again[:-1]) == (len(history) + 1, history)
    assert shell.run("export", "weather").returncode == 2


def test_the_doctor_says_a_line_for_each_thing_and_whether_one_fails(desk_shell: Shell) -> None:
    """0 with nothing failed, 1 otherwise."""
    healthy = desk_shell.run("doctor")
    assert (healthy.returncode, healthy.stderr) == (0, "")
    assert len(healthy.stdout.splitlines()) == 9
    assert {line.split()[0] for line in healthy.stdout.splitlines()} <= {"ok", "attention"}
    sick = desk_shell.run("doctor", VIGIE_LANGUAGE="en", VIGIE_SMTP_URL="nonsense")
    assert (sick.returncode, sick.stderr) == (1, "")
    assert [line.split()[1] for line in sick.stdout.splitlines() if line.startswith("failed")] == ["Mail:"]


def test_a_damaged_database_is_said_in_one_sentence(started: Processes, desk_shell: Shell, tmp_path: Path) -> None:
    """K11: never a traceback, and the server does not start on it."""
    content = (desk_shell.folder / "vigie.db").read_bytes()
    (tmp_path / "vigie.db").write_bytes(content[:100] + b"\xa5" * 8000 + content[8100:])
    damaged = Shell(started, f"sqlite:///{tmp_path}/vigie.db", tmp_path)
    examined, served = damaged.run("doctor"), damaged.run("serve")
    assert (examined.returncode, examined.stderr, served.returncode, served.stdout) == (1, "", 1, "")
    assert "ENDOMMAGÉE" in examined.stdout
    assert len(served.stderr.strip().splitlines()) == 1
    assert "Traceback" not in examined.stdout + served.stderr


def test_an_anchor_shows_a_history_that_was_cut(desk_shell: Shell, tmp_path: Path) -> None:
    """S143: as a value, and out of a file; 2 for what is no anchor."""
    intact = desk_shell.run("audit", "verify", VIGIE_LANGUAGE="en").stdout
    lines, head = re.findall(r"(\d+) lines, head ([0-9a-f]{64})", intact)[0]
    (tmp_path / "letter.txt").write_text(f"Keep this.\n> {lines}:{head}  \n")
    assert desk_shell.run("audit", "verify", "--anchor", str(tmp_path / "letter.txt")).returncode == 0
    cut = desk_shell.run("audit", "verify", "--anchor", f"{int(lines) + 3}:{head}")
    assert (cut.returncode, cut.stdout, len(cut.stderr.strip().splitlines())) == (1, "", 1)
    assert str(int(lines) + 3) in cut.stderr
    assert desk_shell.run("audit", "verify", "--anchor", "nothing").returncode == 2
