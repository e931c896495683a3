"""Backup and restore (contract, "Commands"; security matrix, K7 and K8)."""

import base64
import hashlib
import io
import re
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pyrage
import pytest

from data import db
from data.migrate import migrate
from services import attachments, audit, backup, files, incidents, lifecycle, people, sessions, tokens
from services.errors import DeskError, Refused
from services.incidents import NewIncident
from services.work import Actor
from tests.dump import dump
from tests.personas import Cast, an_incident, in_progress
from tests.storage.cluster import Cluster

PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DERIVED = {"login_session", "search_state"}


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[str]]:
    """Two other databases, with schema and nothing in them: one of each kind."""
    cluster: Cluster = request.getfixturevalue("cluster")
    name = cluster.new_database(request.getfixturevalue("_postgresql_template"))
    yield [f"sqlite:///{tmp_path}/other/vigie.db", cluster.url(name)]
    db.dispose()
    cluster.drop(name)


def a_life(cast: Cast) -> None:
    """Incidents of every sort: closed, reopened, one that names a later one as what it is a duplicate of."""
    closed = in_progress(cast.alice)
    lifecycle.resolve(cast.alice, closed.reference, code="fixed", summary="Câble changé.")
    lifecycle.close(cast.alice, closed.reference)
    first, second = in_progress(cast.alice), in_progress(cast.alice)
    lifecycle.resolve(cast.alice, first.reference, code="duplicate", summary="Le même.", master=second.reference)
    lifecycle.resolve(cast.alice, second.reference, code="fixed", summary="Câble changé.")
    lifecycle.reopen(cast.alice, second.reference, reason="Revient.")
    incidents.comment(cast.alice, second.reference, body="Où : l’étage ; 100 % 'quoted'")


def a_file(cast: Cast, folder: Path) -> str:
    """The incident to which a picture is attached, below `folder`."""
    files.use_folder(folder)
    reference = an_incident(cast.alice).reference
    writing = files.Writing()
    writing.add(PICTURE)
    attachments.add(cast.alice, reference, writing, "photo.png")
    writing.close()
    return reference


# Instead of the accounts, in a file that is whole and says so.
FOREIGN = {
    "no table": None,
    "no JSON": b'{"id":\n',
    "no rows": b"[1]\n",
    "other columns": b'{"id": 1}\n',
    "nobody": b"",
    "a number that no column holds": b'"auth_version":9223372036854775808',
    "neither true nor false": b'"active":7',
}
# Beside a file that is one.
NO_NAMES = {
    "a name too long": ["attachments/aa/" + "x" * 300],
    "a folder's name too long": ["attachments/" + "x" * 300 + "/y"],
    "a file below a file": ["attachments/aa/bb", "attachments/aa/bb/cc"],
    "a folder where a file was": ["attachments/aa/bb/cc", "attachments/aa/bb"],
    "a zero": ["attachments/é\0"],
}


def rewritten(file: Path, instead: dict[str, bytes | None], *, link: str = "", **manifest: object) -> None:
    """The backup holds these contents (None: no such file), and a link to itself; it says that it is whole."""
    with tarfile.open(file) as old:
        parts = {each.name: old.extractfile(each).read() for each in old}  # type: ignore[union-attr]
    said = orjson.loads(parts.pop("manifest.json")) | manifest
    whole = {name: content for name, content in {**parts, **instead}.items() if content is not None}
    said["sha256"] = {name: hashlib.sha256(content).hexdigest() for name, content in whole.items()}
    with tarfile.open(file, "w:gz") as new:
        for name, content in {**whole, "manifest.json": orjson.dumps(said)}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            new.addfile(info, io.BytesIO(content))
        if link:
            info = tarfile.TarInfo(link)
            info.type, info.linkname = tarfile.SYMTYPE, Path(link).name
            new.addfile(info)


def foreign(file: Path, content: bytes | None) -> bytes | None:
    """`content`, or where it is a single value, the accounts that the backup has, the first with that value."""
    if content is None or not content.startswith(b'"'):
        return content
    with tarfile.open(file) as archive:
        accounts = archive.extractfile("database/user.jsonl").read()  # type: ignore[union-attr]
    field = content.partition(b":")[0]
    return re.sub(field + rb":[^,}]*", content, accounts, count=1)


def stored() -> dict[str, object]:
    return {table: rows for table, rows in dump().items() if table not in DERIVED}


def test_what_was_saved_stands_in_any_other_database_with_its_files(
    elsewhere: list[str], cast: Cast, tmp_path: Path, file_folder: Path
) -> None:
    """On the same kind and on the other; the chain fits, numbers go on, the search finds, nobody is signed in."""
    at_hand = a_file(cast, tmp_path / "here" / "attachments")
    a_life(cast)
    sessions.sign_in("alice", "correct horse battery", agent="test")
    with closing(files.Writing()) as half:
        half.add(b"still being sent")
        half.flush()
        saved = backup.save(tmp_path / "desk.backup", data_dir=tmp_path / "here")
    before, last = stored(), an_incident(cast.alice).reference
    for number, url in enumerate(elsewhere):
        db.bind(url)
        migrate()
        there = tmp_path / f"there-{number}"
        restored = backup.restore(tmp_path / "desk.backup", data_dir=there)
        assert restored == saved
        assert restored.chain_broken_at is None
        assert stored() == before
        assert dump().get("login_session", []) == []
        files.use_folder(there / "attachments")
        content = attachments.content(cast.alice, at_hand, 1)
        assert (content.name, content.path.read_bytes()) == ("photo.png", PICTURE)
        assert attachments.content(cast.alice, at_hand, 1, preview=True).path.read_bytes().startswith(b"RIFF")
        assert [file.name for file in (there / "attachments").rglob("*.part")] == []
        assert an_incident(cast.alice).reference == last
        assert audit.verify_chain().broken_at is None
        with pytest.raises(DeskError):
            lifecycle.reopen(cast.alice, incidents_closed(cast.alice), reason="Trop tard")


def incidents_closed(actor: Actor) -> str:
    from services import board

    return board.page(actor, board.Query(status=["closed"], q="câble")).items[0].reference


def test_a_database_in_use_is_replaced_only_by_force_and_then_wholly(cast: Cast, tmp_path: Path) -> None:
    kept = an_incident(cast.alice).reference
    file = tmp_path / "desk.backup"
    backup.save(file, data_dir=tmp_path)
    before = stored()
    token = tokens.issue(cast.emile, "alice", name="later")
    gone = an_incident(cast.alice).reference
    with pytest.raises(Refused) as refused:
        backup.restore(file, data_dir=tmp_path)
    assert refused.value.code == "restore_not_empty"
    backup.restore(file, data_dir=tmp_path, force=True)
    assert stored() == before
    assert incidents.get(cast.alice, kept)
    with pytest.raises(DeskError):
        incidents.get(cast.alice, gone)
    with pytest.raises(DeskError):
        tokens.holder(token)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_backup_while_others_write_is_one_whole_state(elsewhere: list[str], cast: Cast, tmp_path: Path) -> None:
    """K7: each has what was there before it began, and a chain without a break."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            an_incident(cast.alice)

    writer = threading.Thread(target=write)
    writer.start()
    made = []
    for number in range(5):
        before = audit.verify_chain().lines
        file = tmp_path / f"{number}.backup"
        backup.save(file, data_dir=tmp_path)
        made.append((file, before))
    stop.set()
    writer.join()
    db.bind(elsewhere[0])
    migrate()
    for file, before in made:
        restored = backup.restore(file, data_dir=tmp_path, force=True)
        assert restored.chain_broken_at is None
        assert audit.verify_chain().lines >= before


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_encrypted_backup_needs_its_key(cast: Cast, tmp_path: Path) -> None:
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    file, key, wrong = tmp_path / "desk.age", tmp_path / "key", tmp_path / "wrong"
    key.write_text(f"# made for a test\n{identity}\n", encoding="utf-8")
    wrong.write_text(f"{other}\n", encoding="utf-8")
    an_incident(cast.alice)
    backup.save(file, data_dir=tmp_path, recipient=str(identity.to_public()))
    assert file.read_bytes().startswith(b"age-encryption.org/")
    for refused in (None, wrong):
        with pytest.raises(Refused, match="backup_encrypted"):
            backup.restore(file, data_dir=tmp_path, identity=refused, force=True)
    assert backup.restore(file, data_dir=tmp_path, identity=key, force=True).chain_broken_at is None
    with pytest.raises(Refused, match="bad_recipient"):
        backup.save(file, data_dir=tmp_path, recipient="age1nonsense")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("damage", ["cut", "flipped", "text", "strange name", "link", "no schema", *FOREIGN, *NO_NAMES])
def test_a_damaged_file_is_refused_before_anything_changes(cast: Cast, tmp_path: Path, damage: str) -> None:
    an_incident(cast.alice)
    file = tmp_path / "desk.backup"
    backup.save(file, data_dir=tmp_path)
    content = bytearray(file.read_bytes())
    match damage:
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "flipped":
            content[len(content) // 2] ^= 1
            file.write_bytes(content)
        case "text":
            file.write_text("not a backup", encoding="utf-8")
        case "strange name":
            with tarfile.open(file, "w:gz") as archive:
                archive.add(Path(__file__), "attachments/../../evil")
        case "link":
            rewritten(file, {}, link="attachments/itself")
        case "no schema":
            rewritten(file, {}, schema=None)
        case _ if damage in NO_NAMES:
            rewritten(file, dict.fromkeys(["attachments/11/22/fine", *NO_NAMES[damage]], b"x"))
        case _:
            rewritten(file, {"database/user.jsonl": foreign(file, FOREIGN[damage])})
    before = dump()
    with pytest.raises(Refused, match="backup_unreadable"):
        backup.restore(file, data_dir=tmp_path / "new", force=True)
    assert dump() == before
    assert [*(tmp_path / "new").rglob("*")] == []


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_accounts_of_a_restored_desk_sign_in_again(cast: Cast, tmp_path: Path) -> None:
    people.create_user(cast.emile, login="zoe", name="Zoé", role="technician", password="a long enough password")
    backup.save(tmp_path / "desk.backup", data_dir=tmp_path)
    secret = sessions.sign_in("zoe", "a long enough password", agent="test").secret
    backup.restore(tmp_path / "desk.backup", data_dir=tmp_path, force=True)
    with pytest.raises(DeskError):
        sessions.resume(secret)
    assert sessions.sign_in("zoe", "a long enough password", agent="test")
    assert incidents.create(cast.alice, NewIncident(title="t", description="d", category="other", priority="low"))
