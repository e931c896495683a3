"""S139, A3, A4: an internal note and an internal file reach a requester by none of the nine channels there are.

Pages, API, search, PDF, CSV, mail, webhook, push and live update, all of one running server, with real receivers; by
each of them something public does arrive, so that none of them is merely silent.
"""

import io
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from data import db
from data.queries import people
from services.notifications import channels
from tests.browser.conftest import PageAs, Vigie
from tests.browser.test_incident_visibility import heard
from tests.notifications.peers import Mailbox, Receiver, mail_server, web_server

CANARY = "canari9x"
PUBLIC = "perroquet"


@pytest.fixture
def peers(vigie: Vigie) -> Iterator[tuple[Mailbox, Receiver]]:
    """The server's letters and calls go to receivers on loopback."""
    with mail_server() as mailbox, web_server() as receiver:
        before = dict(vigie.settings)
        vigie.stop()
        vigie.settings |= {
            "VIGIE_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}",
            "VIGIE_SMTP_SENDER": "vigie@acme.example",
            "VIGIE_WEBHOOK_ALLOW": "127.0.0.0/8",
        }
        vigie.start()
        with db.write_session() as session:
            chloe_row = people.user_by_login(session, "chloe")
            assert chloe_row is not None
            chloe_row.email = "chloe@acme.example"
            session.commit()
        address = f"127.0.0.1:{receiver.port}"
        channels.create(vigie.actors["emile"], name="SI", medium="webhook", address=f"http://{address}/hook")
        channels.create(vigie.actors["emile"], name="Salon", medium="apprise", address=f"json://{address}/push")
        yield mailbox, receiver
        vigie.settings.clear()
        vigie.settings.update(before)


def tell(alice: httpx.Client, path: str) -> None:
    """The incident is at work, with something internal and something public of each kind."""
    for action in ("take", "start"):
        assert alice.post(f"{path}/actions/{action}", json={}).status_code == 200
    assert alice.post(f"{path}/comments", json={"body": f"Note {CANARY}"}).status_code == 201
    for visibility, word in (("internal", CANARY), ("public", PUBLIC)):
        given = {"data": {"visibility": visibility}, "files": {"file": (f"{word}.txt", f"{word} joint".encode())}}
        sent = alice.post(f"{path}/attachments", **given)  # type: ignore[arg-type]
        assert sent.status_code == 201, sent.text
    said = {"body": f"Bonjour {PUBLIC}", "visibility": "public"}
    assert alice.post(f"{path}/comments", json=said).status_code == 201
    hold = {"reason": "supplier", "text": f"Devis {CANARY}"}
    assert alice.post(f"{path}/actions/hold", json=hold).status_code == 200


def delivered(mailbox: Mailbox, receiver: Receiver) -> dict[str, str]:
    """What came by mail, webhook and push."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        paths, letters = {call.path for call in receiver.calls}, mailbox.to("chloe@acme.example")
        if {"/hook", "/push"} <= paths and any(PUBLIC in letter.get_content() for letter in letters):
            break
        time.sleep(0.2)
    seen = {"mail": "".join(letter.as_string() + letter.get_content() for letter in mailbox.to("chloe@acme.example"))}
    for name in ("hook", "push"):
        bodies = [call.body.decode() for call in receiver.calls if call.path == f"/{name}"]
        assert bodies, name
        seen[name] = "".join(bodies)
    return seen


def read(pdf: bytes) -> str:
    """All that it says, on its pages and in the history attached."""
    reader = PdfReader(io.BytesIO(pdf))
    told = b"".join(reader.attachments["history.json"]).decode()
    return told + "".join("".join(sheet.extract_text().split()) for sheet in reader.pages)


def test_nothing_internal_reaches_a_requester(vigie: Vigie, peers: tuple[Mailbox, Receiver], page_as: PageAs) -> None:
    """S138, S139."""
    mailbox, receiver = peers
    reference = vigie.create("Écran noir", by="chloe").reference
    page, portal = page_as("chloe"), page_as("chloe")
    frames = [heard(page), heard(portal)]
    page.goto(f"/incidents/{reference}")
    portal.goto("/portal")
    portal.wait_for_function("window.socket?.connected")

    path = f"/incidents/{reference}"
    with vigie.api("alice") as alice, vigie.api("chloe") as chloe:
        tell(alice, path)
        # live update, and the pages
        expect(page.get_by_role("link", name=f"Télécharger {PUBLIC}.txt")).to_be_visible()
        expect(portal.get_by_text(f"Bonjour {PUBLIC}")).to_be_visible()
        seen = {"live update": "".join(map("".join, frames)), "page": page.content(), "portal": portal.content()}
        for name, where in (("page again", path), ("portal again", "/portal"), ("board", "/incidents")):
            seen[name] = page.request.get(where).text()
        # API
        parts = [f"{path}{part}" for part in ("", "/history", "/comments", "/attachments", "/sla")]
        for part in [*parts, "/incidents"]:
            seen[f"API {part}"] = chloe.get(part).text
        listed = {each["name"]: each["id"] for each in alice.get(f"{path}/attachments").json()}
        hidden, shown = listed[f"{CANARY}.txt"], listed[f"{PUBLIC}.txt"]
        assert chloe.get(f"{path}/attachments/{hidden}").status_code == 404
        assert page.request.get(f"{path}/files/{hidden}").status == 404
        assert chloe.get(f"{path}/attachments/{shown}").text == f"{PUBLIC} joint"
        assert CANARY in alice.get(f"{path}/comments").text
        # search
        assert chloe.get("/incidents", params={"q": CANARY}).json()["total"] == 0
        page.goto(f"/search?q={CANARY}")
        expect(page.get_by_text("0 incident trouvé")).to_be_visible()
        page.goto(f"/search?q={PUBLIC}")
        expect(page.locator(".vg-hit")).to_have_count(1)
        # PDF
        answer = page.request.get(f"{path}/report.pdf")
        assert answer.status == 200
        seen["PDF"] = read(answer.body())
        seen["PDF of the team for her"] = read(alice.get(f"{path}/report.pdf?scope=requester").content)
        # CSV: the team's alone
        csv = page.request.get("/reports/csv/volume")
        assert csv.status in (403, 404)
        seen["CSV"] = csv.text()

    seen |= delivered(mailbox, receiver)
    assert [name for name, text in seen.items() if CANARY in text] == []
    for name in (
        "live update",
        "page",
        "portal",
        "PDF",
        "PDF of the team for her",
        "mail",
        f"API {path}/history",
        f"API {path}/attachments",
    ):
        assert PUBLIC in seen[name], name
