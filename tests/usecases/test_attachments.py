"""Files on incidents: whose they are, who reads them, what is taken, and that none is left over (S138, S139)."""

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from data import db
from data.vocabulary import Fact, Scope
from services import attachments, files, incidents, lifecycle, thumbnails
from services.clock import MovedClock
from services.errors import ClosedIncident, DeskError, DiskFull, FileRefused, FileTooLarge, Forbidden, Invalid, NotFound
from services.files import Writing
from services.views import AttachmentView
from services.work import Actor
from tests.personas import Cast, an_incident, closed

CANARY = "canari-7f3a"


@pytest.fixture(autouse=True)
def folder(file_folder: Path) -> Path:
    return file_folder


def written(content: bytes) -> Writing:
    made = Writing()
    made.add(content)
    return made


def add(
    actor: Actor, reference: str, content: bytes = b"bonjour", name: str = "note.txt", **more: str
) -> AttachmentView:
    made = written(content)
    try:
        return attachments.add(actor, reference, made, name, **more)
    finally:
        made.close()


def picture(size: tuple[int, int] = (900, 600), kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def left(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


def test_a_file_stands_on_the_incident_whole_with_its_digest_in_the_history(cast: Cast, folder: Path) -> None:
    """S139: internal unless said otherwise; names on the disk are ours."""
    reference = an_incident(cast.alice).reference
    content = b"2026-11-25 ERROR " * 100_000
    sent = add(cast.alice, reference, content, "journal.log")
    assert (sent.visibility, sent.size, sent.sha256) == ("internal", len(content), hashlib.sha256(content).hexdigest())
    got = attachments.content(cast.bruno, reference, sent.id)
    assert (got.path.read_bytes(), got.name, got.media_type) == (content, "journal.log", "text/plain")
    assert left(folder) == [got.path.name]
    assert "journal" not in str(got.path.relative_to(folder))
    (line,) = [each for each in incidents.history(cast.bruno, reference).entries if each.fact is Fact.ATTACHED]
    assert (line.details["digest"], line.details["size"], line.details["file"]) == (
        sent.sha256,
        sent.size,
        "journal.log",
    )


def test_an_internal_file_does_not_exist_for_the_requester_and_a_public_one_does(cast: Cast) -> None:
    """S138, S139, A3, A4: by list, content, preview, history, search."""
    reference = an_incident(cast.chloe).reference
    hidden = add(cast.alice, reference, picture(), f"{CANARY}.jpg")
    shown = add(cast.alice, reference, b"ok", "public.txt", visibility="public")
    own = add(cast.chloe, reference, b"ok", "mien.txt")
    assert own.visibility == "public"
    assert [each.id for each in attachments.listed(cast.chloe, reference)] == [shown.id, own.id]
    for preview in (False, True):
        with pytest.raises(NotFound):
            attachments.content(cast.chloe, reference, hidden.id, preview=preview)
    assert CANARY not in repr(incidents.history(cast.chloe, reference))
    assert CANARY in repr(incidents.history(cast.alice, reference))
    with pytest.raises(Forbidden):
        add(cast.chloe, reference, visibility="internal")
    assert attachments.content(cast.chloe, reference, shown.id).path.read_bytes() == b"ok"
    with pytest.raises(NotFound):  # U2: by the address of another incident
        attachments.content(cast.alice, an_incident(cast.alice).reference, shown.id)
    with pytest.raises(NotFound):
        attachments.content(cast.chloe, an_incident(cast.alice).reference, shown.id)


def send(actor: Actor, reference: str, content: bytes = b"bonjour", visibility: str | None = None) -> str:
    made = written(content)
    try:
        return attachments.send(actor, reference, made, "note.txt", visibility).id
    finally:
        made.close()


def test_what_is_sent_becomes_part_of_the_incident_with_its_comment_only(cast: Cast, folder: Path) -> None:
    """S138: it is its sender's alone until then, and for the readers for whom it was sent."""
    reference = an_incident(cast.alice).reference
    first, second = send(cast.alice, reference), send(cast.alice, reference)
    assert attachments.listed(cast.alice, reference) == ()
    assert [each.id for each in attachments.pending(cast.alice, reference, "internal")] == sorted([first, second])
    assert attachments.pending(cast.bruno, reference, "internal") == ()
    for actor, visibility in ((cast.bruno, "internal"), (cast.alice, "public")):
        with pytest.raises(Invalid):
            incidents.comment(actor, reference, body="x", visibility=visibility, files=[first])
    with pytest.raises(NotFound):
        attachments.discard(cast.bruno, first)
    attachments.discard(cast.alice, second)
    said = incidents.comment(cast.alice, reference, body="", files=[first])
    assert [file.name for file in said.files] == ["note.txt"]
    (seen,) = incidents.history(cast.bruno, reference).comments.values()
    assert seen.files == said.files
    assert left(folder) == [first]
    with pytest.raises(Invalid):
        incidents.comment(cast.alice, reference, body="", files=[first])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *[(name, b"MZ\x90\x00") for name in ("x.exe", "x.png", "x.pdf", "x", "x.txt", "x.docx")],
        ("page.html", b"<html>"),
        ("page.txt", b" \n<!DOCTYPE html><script>1</script>"),
        ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='1'/>"),
        ("dessin.xml", b"<svg onload='1'/>"),
        ("x.ps1", b"Get-Item"),
        ("x.png.exe", b"\x89PNG\r\n\x1a\n"),
        ("nul.csv", b"a\x00b"),
    ],
)
def test_what_is_not_on_the_list_is_refused_and_leaves_nothing(
    cast: Cast, folder: Path, name: str, content: bytes
) -> None:
    """U1."""
    reference = an_incident(cast.alice).reference
    with pytest.raises(FileRefused):
        add(cast.alice, reference, content, name)
    assert left(folder) == []
    assert attachments.listed(cast.alice, reference) == ()


def test_a_full_disk_is_said_and_leaves_nothing(cast: Cast, folder: Path) -> None:
    """K4: also where the text still waits to be written."""
    reference = an_incident(cast.alice).reference
    made = Writing()
    made._file.close()
    made._file = Path("/dev/full").open("wb")  # noqa: SIM115, the device that never has room
    made.add(b"x" * 100)
    with pytest.raises(DiskFull):
        attachments.add(cast.alice, reference, made, "note.txt")
    made.close()
    assert left(folder) == []


def test_what_is_too_large_too_many_or_empty_is_refused(cast: Cast, folder: Path) -> None:
    """U1."""
    reference = an_incident(cast.alice).reference
    made = Writing()
    for _ in range(20):
        made.add(bytes(2**20))
    with pytest.raises(FileTooLarge):
        made.add(b"x")
    made.close()
    with pytest.raises(Invalid):
        add(cast.alice, reference, b"", "vide.txt")
    with pytest.raises(Invalid):
        incidents.comment(cast.alice, reference, body="x", files=["0" * 32] * 21)
    assert left(folder) == []


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_an_incident_has_fifty_files_at_most(cast: Cast) -> None:
    reference = an_incident(cast.alice).reference
    for _ in range(50):
        add(cast.alice, reference, b"x")
    with pytest.raises(Invalid):
        add(cast.alice, reference, b"x")
    assert len(attachments.listed(cast.alice, reference)) == 50


def test_a_closed_incident_takes_no_file_and_keeps_those_it_has(cast: Cast) -> None:
    """S126: neither by the services nor by the database."""
    reference = an_incident(cast.alice).reference
    kept, waiting = add(cast.alice, reference), send(cast.alice, reference)
    lifecycle.start_and_resolve(cast.alice, reference, code="fixed", summary="Fait.")
    lifecycle.close(cast.alice, reference)
    refused = [
        lambda: add(cast.alice, reference),
        lambda: send(cast.alice, reference),
        lambda: incidents.comment(cast.alice, reference, body="x", files=[waiting]),
        lambda: attachments.expect_files(cast.alice, reference),
    ]
    for call in refused:
        with pytest.raises(ClosedIncident):
            call()
    again = "INSERT INTO attachment SELECT id + 1, incident_id, comment_id, author_id, at, visibility, 'x', name, "
    for statement in (
        f"{again} media_type, size, sha256, preview FROM attachment",
        "UPDATE attachment SET name = 'autre'",
        "DELETE FROM attachment",
    ):
        with pytest.raises(DBAPIError), db.bound().writer.begin() as connection:
            connection.execute(text(statement))
    assert attachments.listed(cast.alice, reference) == (kept,)


def test_nobody_attaches_to_what_they_do_not_see_or_may_not_change(cast: Cast) -> None:
    reference = an_incident(cast.alice).reference
    for call in (lambda: add(cast.chloe, reference), lambda: attachments.listed(cast.chloe, reference)):
        with pytest.raises(NotFound):
            call()
    reader = Actor(cast.alice.user_id, scope=Scope.READ)
    for call in (lambda: add(reader, reference), lambda: attachments.expect_files(reader, reference)):
        with pytest.raises(Forbidden):
            call()


def test_a_preview_has_nothing_of_the_original_but_what_is_seen(tmp_path: Path) -> None:
    """U2: neither place nor maker; upright; small."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = CANARY, 6
    source, target = tmp_path / "photo", tmp_path / "small"
    source.write_bytes(picture(exif=exif) + b"<script>" + CANARY.encode())
    assert thumbnails.draw(source, target)
    assert CANARY.encode() not in target.read_bytes()
    with Image.open(target) as small:
        assert small.format == "WEBP"
        assert small.height > small.width
        assert not small.getexif()


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\nrien", b"", picture(kind="PNG")[:200]])
def test_a_broken_picture_has_no_preview(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    assert not thumbnails.draw(tmp_path / "x", tmp_path / "y")
    assert not (tmp_path / "y").exists()


def test_a_picture_that_would_fill_the_memory_has_no_preview(tmp_path: Path) -> None:
    """U1: a few kilobytes that would become 300 MB."""
    Image.new("1", (20_000, 15_000)).save(tmp_path / "bomb", "PNG")
    assert (tmp_path / "bomb").stat().st_size < 100_000
    assert not thumbnails.draw(tmp_path / "bomb", tmp_path / "y")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Temp\\journal.log", "journal.log"),
        ("photo\u202egpj.exe", "photo gpj.exe"),
        ("a\r\nSet-Cookie: x.txt", "a Set-Cookie x.txt"),
        ('"><img onerror=1>.png', "img onerror=1.png"),
        (".htaccess", "htaccess"),
        ("", "fichier"),
        ("\ud800.txt", "txt"),
        ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
    ],
)
def test_a_name_is_safe_to_show_and_to_save(sent: str, shown: str) -> None:
    """U1, U2."""
    assert files.clean_name(sent) == shown


def test_what_belongs_to_nothing_is_swept_after_a_day_and_nothing_else(
    cast: Cast, clock: MovedClock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = an_incident(cast.alice).reference
    kept = add(cast.alice, reference, picture(), "photo.jpg")
    send(cast.alice, reference)
    orphan = written(b"coupure")
    orphan.keep()
    aside = written(b"en cours")
    aside.flush()
    before = left(folder)
    while attachments.sweep_one():
        pass
    assert left(folder) == before
    clock.forward(days=2)
    monkeypatch.setattr(files.time, "time", lambda: clock.at.timestamp() + 10**9)
    while attachments.sweep_one():
        pass
    stored = attachments.content(cast.alice, reference, kept.id).path.name
    assert left(folder) == [stored, f"{stored}.webp"]
    aside.close()


def test_a_refusal_of_a_move_leaves_no_row(cast: Cast, folder: Path) -> None:
    reference = closed(cast.alice).reference
    with pytest.raises(DeskError):
        add(cast.alice, reference)
    assert left(folder) == []


@pytest.mark.parametrize("stored", ["\x00", "\ud800", "../x", ""])
def test_what_cannot_be_a_stored_name_is_no_file(cast: Cast, stored: str) -> None:
    """X5: PostgreSQL takes neither a NUL nor half a sign, and nobody is shown an error of the server for that."""
    reference = an_incident(cast.alice).reference
    with pytest.raises(NotFound):
        attachments.discard(cast.alice, stored)
    with pytest.raises(Invalid):
        incidents.comment(cast.alice, reference, body="x", files=[stored])
