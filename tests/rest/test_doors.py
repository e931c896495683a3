"""A1: every address of the application but those of the REST API, before everybody: cell by cell as in doors.toml."""

import tomllib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import nicegui
import pytest
from nicegui import Client, app
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.testclient import TestClient

from data.vocabulary import ItemKind
from services import attachments, cmdb, files, lifecycle, people, teams
from services.errors import FileRefused, Invalid
from services.incidents import NewIncident, comment, create
from tests.dump import dump
from tests.hostile import PAYLOADS
from tests.rest.access import DOORS, document, written
from tests.rest.conftest import PASSWORD, Desk, unprinted
from tests.rest.doors import CALLERS, cookies, outcome, routes, signed_in, whole_application


class Stood(NamedTuple):
    """Every route; for each of the table its cells; (address, status, text) of each page with hostile names on it; the
    layers around; how long a browser may keep what; where something of a stranger's page stayed in memory."""

    routes: set[str]
    cells: dict[str, str]
    hostile: list[tuple[str, int, str]]
    layers: list[object]
    kept: dict[str, str]
    stayed: list[str]


KEPT = {
    f"/_nicegui/{nicegui.__version__}/static/nicegui.js": True,
    "/static/facts/page/fr/all.js": True,
    "/login": False,
}
STRANGERS = ("nobody", "ended", "disabled")
HEADERS = {"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "fr"}


@pytest.fixture(scope="module")
def stood_before(peopled_sqlite: tuple[Path, Desk], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stood]:
    template, desk = peopled_sqlite
    folder = tmp_path_factory.mktemp("doors")
    files.use_folder(folder / "attachments")
    with unprinted(), whole_application(template, folder) as (outer, client, moved):
        known = cookies(desk)
        moved.forward(minutes=1)
        given = _things(desk)
        found, stayed = {}, list[str]()
        for door in table():
            method, path = door.split(" ", 1)
            if path.startswith("/_nicegui"):
                continue
            address = path
            for name, value in given.items():
                address = address.replace(f"{{{name}}}", str(value))
            cells = []
            for caller in CALLERS:
                client.cookies = known[caller]  # type: ignore[assignment]
                before = {*Client.instances}
                cells.append(outcome(client.request(method, address, headers=HEADERS)))
                if caller in STRANGERS and Client.instances.keys() > before:
                    stayed.append(f"{door}: {caller}")
            found[door] = " ".join(cells)
        client.cookies, before = {}, {*Client.instances}  # type: ignore[assignment]
        assert client.get("/no/such/page", headers=HEADERS).status_code == 404
        stayed += Client.instances.keys() - before
        layers: list[object] = [each.cls for each in (*app.user_middleware, *outer.user_middleware)]
        kept = {address: client.get(address).headers["cache-control"] for address in KEPT}
        for unknown in ("board/fr/all", "page/fr/admin", "board/de/admin", "nothing/fr/admin"):
            assert client.get(f"/static/facts/{unknown}.js").status_code == 404
        yield Stood(set(routes(outer)), found, _hostile(desk, client, signed_in()), layers, kept, stayed)


def table() -> dict[str, str]:
    """« GET /path » → its cells."""
    parts: dict[str, dict[str, str]] = tomllib.loads(DOORS.read_text("utf-8"))
    return {door: " ".join(cells.split()) for part in parts.values() for door, cells in part.items()}


def _things(desk: Desk) -> dict[str, Any]:
    """What stands in the addresses: an incident of Chloé's in Alice's team, and an internal file on it."""
    alice, chloe, diane, emile = (desk.actors[login] for login in ("alice", "chloe", "diane", "emile"))
    new = NewIncident(title="Le VPN tombe", description="x", category="network", priority="high")
    reference = create(chloe, new).reference
    lifecycle.assign(diane, reference, team="Support N1")
    made = files.Writing()
    made.add(b"x")
    item = cmdb.create(emile, ItemKind.ASSETS, {"name": "SRV-01", "type": "server"})
    for kind in (ItemKind.APPLICATIONS, ItemKind.EMPLOYEES, ItemKind.CLIENTS):
        more = {"type": "internal"} if kind is ItemKind.CLIENTS else {}
        cmdb.create(emile, kind, {"name": "x", **more})
    return {
        "reference": reference,
        "attachment_id": attachments.add(alice, reference, made, "x.txt").id,
        "item_id": item.id,
        "login": "bruno",
        "stored": "0" * 32,
        "token": "forged",
        "key": "none",
        "name": "incidents",
        "name:path": "none",
        "path:path": "vigie.css",
        "version": "none",
    }


# X2, X5: what breaks pages, or runs in them, in 120 signs.
NAMES = (
    *(payload for payload in PAYLOADS if len(payload) <= 78 and payload.isprintable()),
    *(
        "</script><script>hit</script>",
        "{{7*7}}",
        "${7*7}",
        "é" * 78,
        "😀" * 78,
        "שלום עולם",
        "مرحبا",
        "Ω≈ç√",
        "NULL",
        "\\",
    ),
)
LONG = (
    "x" * 20_000,
    "😀" * 10_000,
    "\u05e9\u0644" * 9_000,
    "<b>" * 3_000,
    "\n" * 5_000 + "x",
    "[a](" * 2_000,
    "`" * 3_000,
    "| a " * 2_000,
)
GUARDING = {"content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options"}
PAGES = (
    "/incidents",
    "/board/snapshot",
    "/incidents/new",
    "/search?q=hit",
    "/reports",
    "/cmdb/assets",
    "/cmdb/clients",
)
ADMIN_PAGES = (
    *("/admin/users", "/admin/teams", "/admin/templates", "/admin/mail", "/admin/channels", "/admin/audit"),
    "/admin/settings",
)


def _hostile(desk: Desk, client: TestClient, secrets: dict[str, dict[str, str]]) -> list[tuple[str, int, str]]:
    """Every name and text that can be given is a hostile one, by whoever may give it; then the pages are opened."""
    emile, chloe = desk.actors["emile"], desk.actors["chloe"]
    pages = [*PAGES, *ADMIN_PAGES]
    for number, name in enumerate(NAMES):
        with suppress(Invalid):  # a name that is too plain, or too odd, is no name: there is nothing to show
            cmdb.create(emile, ItemKind.CLIENTS, {"name": f"{number} {name}"[:80], "type": "external"})
            new = NewIncident(title=name, description=name, category="network", priority="high")
            reference = create(chloe, new).reference
            comment(emile, reference, body=name, visibility="public")
    for number, name in enumerate(NAMES[::7]):
        with suppress(Invalid):
            login = f"odd{number}"
            people.create_user(emile, login=login, name=name, role="technician", password=PASSWORD)
            team = teams.create_team(emile, name=f"{number} {name}"[:78]).name
            item = cmdb.create(
                emile, ItemKind.ASSETS, {"name": f"{number} {name}"[:80], "type": "server", "model": name}
            )
            lifecycle.assign(emile, reference, team=team)
            pages += [f"/admin/users/{login}", f"/cmdb/assets/{item.id}"]
    for number, name in enumerate(NAMES[:48]):  # of files, for the team and for the requester
        made = files.Writing()
        made.add(b"x")
        with suppress(Invalid, FileRefused), closing(made):
            shown = ("public", "internal")[number % 2]
            attachments.add(emile, reference, made, f"{name}.txt", visibility=shown)
    filed = f"/incidents/{reference}"
    pages += [filed]
    for text in LONG:
        long = NewIncident(title=text[:150].strip() or "x", description=text, category="network", priority="high")
        with suppress(Invalid):
            reference = create(chloe, long).reference
            pages += [f"/incidents/{reference}", f"/board/peek/{reference}"]
    pages += [f"/incidents/{reference}"]
    pages += [f"{page.partition('?')[0]}?q=a%00b%ED%A0%80%E2%80%AE{'x' * 300}" for page in (*PAGES, *ADMIN_PAGES)]
    said, before = [], _rows()
    for caller, own in (("emile", pages), ("chloe", ["/portal", filed, f"/incidents/{reference}"])):
        for page in own:
            client.cookies = secrets[caller]  # type: ignore[assignment]
            answer = client.get(page, headers=HEADERS)
            said.append((page, answer.status_code, answer.text))
            assert answer.headers.keys() >= GUARDING, page  # X3
    assert _rows() == before, "reading pages writes nothing"
    return said


def _rows() -> dict[str, Any]:
    """All that the database holds but when sessions were last in use."""
    return {name: rows for name, rows in dump().items() if name != "login_session"}


def test_no_name_or_text_breaks_a_page_or_stands_in_it_as_a_tag(stood_before: Stood) -> None:
    """X2, X5: names of people, teams, items, files, titles, comments: none is in what a browser is sent as HTML."""
    pages = stood_before.hostile
    assert [(page, status) for page, status, _ in pages if status != 200] == []
    tags = [name for name in NAMES if name.startswith("<")]
    assert [(page, tag) for page, _, text in pages for tag in tags if page[:7] != "/board/" and tag in text] == []
    assert len(pages) > 30
    filed = [text.count(".txt") for page, _, text in pages if page.startswith("/incidents/") and ".txt" in text]
    assert sum(filed) >= 50, "the files are there"
    assert sum("window.hit=1" in text for _, _, text in pages) > 10, "the names are there"


def test_no_layer_keeps_a_task_for_each_request(stood_before: Stood) -> None:
    """Those of Starlette's `BaseHTTPMiddleware` do, and fail where a browser leaves early."""
    assert stood_before.layers
    assert [
        layer for layer in stood_before.layers if isinstance(layer, type) and issubclass(layer, BaseHTTPMiddleware)
    ] == []


def test_browsers_keep_what_its_address_names_and_no_page(stood_before: Stood) -> None:
    """RFC 8246: what is immutable is not asked for again."""
    assert {address: "immutable" in said for address, said in stood_before.kept.items()} == KEPT
    assert stood_before.kept["/login"] == "no-store"


def test_every_door_is_in_the_table(stood_before: Stood) -> None:
    """A1: a route that nobody has thought about is a failure."""
    assert stood_before.routes == set(table())


def test_everybody_finds_open_what_the_table_says_and_nothing_else(
    stood_before: Stood,
) -> None:
    """A1."""
    declared = {door: cells for door, cells in table().items() if door in stood_before.cells}
    assert stood_before.cells == declared


def test_nothing_of_a_page_that_a_stranger_asked_for_stays_in_memory(stood_before: Stood) -> None:
    """R1: a page of NiceGUI would, for a minute; the set-up's is one, and asked for no more once there is somebody."""
    assert stood_before.stayed == []


def test_the_readable_table_is_the_one_that_is_tested() -> None:
    """A1, ASVS 8.1.1: `python -m tests.rest.access` writes it."""
    assert written() == document()
