"""Files by the API: streamed, limited, listed, and saved (contract, `/incidents/{reference}/attachments`)."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from httpx import Response

from services import files
from tests.rest.conftest import Api, Caller, field_codes
from tests.rest.test_access import SQLITE, incident

CANARY = "canari-7c1f"


@pytest.fixture(autouse=True)
def folder(file_folder: Path) -> Path:
    return file_folder


def left(folder: Path) -> int:
    return sum(file.is_file() for file in folder.rglob("*"))


def add(caller: Caller, reference: str, content: bytes = b"bonjour", name: str = "note.txt", **fields: str) -> Response:
    return caller.post(f"/incidents/{reference}/attachments", files={"file": (name, content)}, data=fields)


def test_a_file_is_attached_listed_and_saved(api: Api) -> None:
    """S138, S139."""
    reference = incident(api, "in_progress")
    answer = add(api.alice, reference, b"x" * 3_000_000, 'été "n° 1".log', visibility="public")
    assert answer.status_code == 201, answer.text
    sent = answer.json()
    assert (sent["name"], sent["size"], sent["author"], sent["visibility"]) == (
        "été n° 1.log",
        3_000_000,
        "alice",
        "public",
    )
    assert api.chloe.get(f"/incidents/{reference}/attachments").json() == [sent]
    saved = api.chloe.get(f"/incidents/{reference}/attachments/{sent['id']}")
    assert saved.content == b"x" * 3_000_000
    assert saved.headers["content-disposition"] == (
        f"attachment; filename=\"_t_ n_ 1.log\"; filename*=UTF-8''{quote('été n° 1.log')}"
    )
    assert saved.headers["x-content-type-options"] == "nosniff"
    assert saved.headers["content-security-policy"].startswith("sandbox;")
    assert saved.headers["cache-control"] == "no-store"
    lines = [line for line in api.chloe.get(f"/incidents/{reference}/history").json() if line["fact"] == "attached"]
    assert [line["details"]["digest"] for line in lines] == [sent["sha256"]]


@SQLITE
def test_an_internal_file_is_not_there_for_a_requester(api: Api) -> None:
    """A3, A4, S139."""
    reference = incident(api, "in_progress")
    hidden = add(api.alice, reference, CANARY.encode(), f"{CANARY}.txt").json()
    assert hidden["visibility"] == "internal"
    paths = [f"/incidents/{reference}{part}" for part in ("", "/history", "/comments", "/attachments", "/sla")]
    paths += ["/incidents", f"/incidents?q={CANARY}"]
    assert [path for path in paths if CANARY in api.chloe.get(path).text] == []
    for caller in (api.chloe, api.gina):
        assert caller.get(f"/incidents/{reference}/attachments/{hidden['id']}").status_code == 404
    assert add(api.chloe, reference, visibility="internal").status_code == 403
    assert CANARY in api.bruno.get(f"/incidents/{reference}/attachments").text


@SQLITE
def test_what_is_not_taken_is_refused_in_clear_words_and_leaves_nothing(api: Api, folder: Path) -> None:
    """U1."""
    reference = incident(api, "in_progress")
    path = f"/incidents/{reference}/attachments"
    large = add(api.alice, reference, bytes(files.LIMIT + 1), "x.zip")
    assert (large.status_code, large.json()["code"]) == (413, "file_too_large")

    def endless() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.log"\r\n\r\n'
        for _ in range(40):
            yield b"a" * 2**20

    chunked = api.alice.post(path, content=endless(), headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert (chunked.status_code, chunked.json()["code"]) == (413, "file_too_large")
    for name, content in (("x.exe", b"MZ"), ("x.png", b"MZ"), ("x.svg", b"<svg/>"), ("x.html", b"<p>")):
        answer = add(api.alice, reference, content, name)
        assert answer.status_code == 415, answer.text
        assert name in answer.json()["detail"]
    assert field_codes(api.alice.post(path, data={"visibility": "public"}, files={"other": ("x.txt", b"x")})) == {
        "file": "required",
        "other": "extra",
    }
    assert field_codes(add(api.alice, reference, b"")) == {"file": "required"}
    assert field_codes(add(api.alice, reference, visibility="secret")) == {"visibility": "unknown_value"}
    assert api.alice.post(path, json={"file": "x"}).status_code == 422
    assert api.alice.post(
        path, content=b"--b", headers={"Content-Type": "multipart/form-data; boundary=b"}
    ).status_code in (
        400,
        422,
    )
    assert left(folder) == 0
    assert api.alice.get(path).json() == []


@SQLITE
def test_no_other_path_leads_to_a_file(api: Api) -> None:
    """U2: traversal, ids of nothing and of another incident."""
    reference, other = incident(api, "in_progress"), incident(api, "in_progress")
    mine = add(api.alice, reference).json()["id"]
    assert api.alice.get(f"/incidents/{other}/attachments/{mine}").status_code == 404
    dots = ["../", "..%2f", "%2e%2e/", "..\\", "..%5c", "....//", "%252e%252e%252f", "..;/"]
    targets = ["etc/passwd", "vigie.db", "secret_key", "attachments/note.txt", "var/secret_key"]
    paths = [dot * depth + target for dot in dots for depth in (1, 2, 3, 6, 9) for target in targets]
    ids = ["0", "-1", "99999", str(2**63), "1e3", "%00", f"{mine}.webp", f"{mine}/../{mine}x", "null", "１"]
    assert len(paths + ids) >= 200
    for path in paths + ids:
        answer = api.alice.get(f"/incidents/{reference}/attachments/{path}")
        assert answer.status_code in (404, 405, 422), f"{path}: {answer.status_code}"
