"""Files in the composer: pasted, dropped, sent with a comment, and seen by whom they are for, live.

What is sent without our pages goes to the same running server (U1 of the security matrix).
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect

from services import attachments, incidents, lifecycle
from tests.browser.conftest import PageAs, Vigie
from tests.browser.test_incident_visibility import heard

SECRET = "canari-4711"
LARGE = 100 * 2**20
MOST_MB = 50
FILES = 1_001
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.log"\r\n\r\n'
WRONG = (
    ("page.html", b"<script>alert(1)</script>"),
    ("image.png", b"MZ" + bytes(100)),
    ("image.svg", b"<svg onload='alert(1)'/>"),
    ("programme.exe", b"MZ"),
    ("photo.jpg\r\nX-Injected: 1.exe", b"MZ"),
)
PASTE = """async ([selector, kind, name]) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [640, 400];
  const paper = canvas.getContext("2d");
  paper.fillStyle = "teal"; paper.fillRect(0, 0, 640, 400);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const data = new DataTransfer();
  const isPicture = name.endsWith(".png");
  data.items.add(new File([isPicture ? blob : "une ligne"], name, { type: isPicture ? "image/png" : "text/plain" }));
  const target = document.querySelector(selector);
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  target.dispatchEvent(event);
}"""


def give(page: Page, visibility: str, kind: str, name: str) -> None:
    """A picture, or a text, is pasted or dropped into the field of those readers."""
    page.evaluate(PASTE, [f'[data-draft$="/{visibility}"]', kind, name])


def test_a_pasted_screenshot_appears_to_the_team_live_and_not_to_the_requester(vigie: Vigie, page_as: PageAs) -> None:
    """S139, A4: an internal one is in no answer that the requester gets; a public one is."""
    reference = vigie.create("Écran noir", by="chloe").reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    alice, bruno, chloe = page_as("alice"), page_as("bruno"), page_as("chloe")
    frames = heard(chloe)
    for page in (alice, bruno, chloe):
        page.goto(f"/incidents/{reference}")
    give(alice, "internal", "paste", f"{SECRET}.png")
    send = alice.get_by_role("button", name="Ajouter la note interne")
    expect(alice.locator(".vg-sent")).to_have_count(1)
    expect(alice.locator(".vg-sent progress")).to_have_count(0)
    expect(send).to_be_enabled()
    send.click()
    expect(alice.locator(".vg-sent")).to_have_count(0)
    picture = bruno.locator(".vg-cm--internal .vg-file__picture")
    expect(picture).to_be_visible()
    bruno.wait_for_function("document.querySelector('.vg-file__picture').naturalWidth === 640")
    hidden = attachments.listed(vigie.actors["alice"], reference)[0]
    for rest in ("", "/preview"):
        path = f"/incidents/{reference}/files/{hidden.id}{rest}"
        assert bruno.request.get(path).status == 200
        assert chloe.request.get(path).status == 404

    alice.get_by_role("tab", name="Réponse au déclarant").click()
    give(alice, "public", "drop", "procedure.txt")
    give(alice, "public", "drop", "de trop.txt")
    expect(alice.locator(".vg-sent progress")).to_have_count(0)
    alice.get_by_role("button", name="Retirer de trop.txt").click()
    alice.get_by_placeholder("Votre message sera lu par Chloé Dubois").fill("Voici la marche à suivre.")
    alice.get_by_role("button", name="Publier au déclarant").click()
    card = chloe.get_by_role("link", name="Télécharger procedure.txt")
    expect(card).to_be_visible()
    with chloe.expect_download() as download:
        card.click()
    assert download.value.path().read_text(encoding="utf-8") == "une ligne"
    assert SECRET not in "".join(frames)
    assert SECRET not in chloe.content()
    assert [file.name for file in attachments.listed(vigie.actors["chloe"], reference)] == ["procedure.txt"]


def test_a_refused_file_says_why_and_what_was_sent_survives_a_reload(vigie: Vigie, page_as: PageAs) -> None:
    """U1, D12: and the incident gets nothing until the comment is sent."""
    reference = vigie.create("Fichier refusé", by="chloe").reference
    chloe = page_as("chloe")
    chloe.goto(f"/incidents/{reference}")
    give(chloe, "public", "drop", "programme.exe")
    expect(chloe.locator(".vg-sent.vg-is-wrong")).to_contain_text("ce type de fichier (exe) n’est pas accepté")
    chloe.get_by_role("button", name="Retirer programme.exe").click()
    give(chloe, "public", "drop", "erreur.log")
    expect(chloe.locator(".vg-sent")).to_contain_text("erreur.log")
    expect(chloe.locator(".vg-sent progress")).to_have_count(0)
    expect(chloe.get_by_role("button", name="Envoyer à l’équipe IT")).to_be_enabled()
    chloe.reload()
    expect(chloe.locator(".vg-sent")).to_contain_text("erreur.log")
    assert attachments.listed(vigie.actors["alice"], reference) == ()
    chloe.get_by_role("button", name="Envoyer à l’équipe IT").click()
    expect(chloe.get_by_role("link", name="Télécharger erreur.log")).to_be_visible()
    (said,) = incidents.history(vigie.actors["alice"], reference).comments.values()
    assert (said.body, [file.name for file in said.files]) == ("", ["erreur.log"])


def test_nobody_sends_a_file_in_another_ones_name(vigie: Vigie, page_as: PageAs) -> None:
    """U3: without a session, from a foreign page, to an incident that is not theirs."""
    reference = vigie.create("Intrus", by="alice").reference
    chloe = page_as("chloe")
    path, where = f"/incidents/{reference}/files?name=x.txt", {"Origin": vigie.url}
    assert httpx.post(f"{vigie.url}{path}", content=b"x", trust_env=False).status_code == 401
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    own = vigie.create("À elle", by="chloe").reference
    assert chloe.request.post(f"/incidents/{own}/files?name=x.txt", data="x", headers=foreign).status == 403
    assert chloe.request.post(path, data="x", headers=where).status == 404
    large = chloe.request.post(f"/incidents/{own}/files?name=x.txt", data=b"a" * (20 * 2**20 + 1), headers=where)
    assert large.status == 413
    assert not list((vigie.folder / "attachments").rglob("*.part"))


def test_uploads_beyond_all_bounds_leave_neither_memory_nor_files(vigie: Vigie) -> None:
    """U1: 100 MB with and without saying so, 1,001 files in one request, a bomb, and what is not what it says it is."""
    reference = vigie.create("Pièces jointes").reference
    lifecycle.take(vigie.actors["alice"], reference)
    path = f"/incidents/{reference}/attachments"
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    with vigie.api("alice") as alice:
        assert alice.post(path, files={"file": ("a.txt", b"une ligne")}).status_code == 201  # warm
        memory, files = _memory_mb(vigie), _files(vigie)

        said = alice.post(path, content=_endless(), headers=form | {"Content-Length": str(len(HEAD) + LARGE)})
        unsaid = alice.post(path, content=_endless(), headers=form)
        many = alice.post(path, files=[("file", (f"{n}.txt", b"x")) for n in range(FILES)])
        wrong = [alice.post(path, files={"file": sent}) for sent in WRONG]
        bomb = alice.post(path, files={"file": ("bombe.zip", _bomb())})

        assert {answer.status_code for answer in (said, unsaid)} == {413}
        assert many.status_code in (413, 415, 422), many.text
        assert [answer.status_code for answer in wrong] == [415] * len(WRONG)
        assert bomb.status_code == 201, "it is kept as it is, and nobody unpacks it"
        assert _files(vigie) - files == 1
        assert [each["name"] for each in alice.get(path).json()] == ["a.txt", "bombe.zip"]
        assert _memory_mb(vigie) - memory < MOST_MB


def _endless() -> Iterator[bytes]:
    yield HEAD
    for _ in range(LARGE // 2**20):
        yield b"a" * 2**20


def _bomb() -> bytes:
    """Some kilobytes that become 100 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(LARGE))
    assert packed.tell() < 200_000
    return packed.getvalue()


def _memory_mb(vigie: Vigie) -> float:
    return int(Path(f"/proc/{vigie.pid}/statm").read_text(encoding="ascii").split()[1]) * 4096 / 2**20


def _files(vigie: Vigie) -> int:
    """All that the server keeps on disk beside its database, and what it has open without a name."""
    kept = sum(file.is_file() for file in (vigie.folder / "attachments").rglob("*"))
    opened = [file.readlink() for file in Path(f"/proc/{vigie.pid}/fd").iterdir() if file.is_symlink()]
    return kept + sum("(deleted)" in str(target) for target in opened)
