"""A1: every address of the application but those of the REST API, before everybody: cell by cell as in doors.toml."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from data.vocabulary import ItemKind
from services import attachments, cmdb, files, lifecycle
from services.incidents import NewIncident, create
from tests.rest.access import DOORS, document, written
from tests.rest.conftest import Desk, unprinted
from tests.rest.doors import CALLERS, cookies, outcome, routes, whole_application

HEADERS = {"accept": "text/html", "sec-fetch-site": "same-origin", "accept-language": "fr"}


@pytest.fixture(scope="module")
def stood_before(
    peopled_sqlite: tuple[Path, Desk], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[set[str], dict[str, str]]]:
    """Every route; and for each of the table what everybody was told."""
    template, desk = peopled_sqlite
    folder = tmp_path_factory.mktemp("doors")
    files.use_folder(folder / "attachments")
    with unprinted(), whole_application(template, folder) as (outer, client, moved):
        known = cookies(desk)
        moved.forward(minutes=1)
        given = _things(desk)
        found = {}
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
                cells.append(outcome(client.request(method, address, headers=HEADERS)))
            found[door] = " ".join(cells)
        yield set(routes(outer)), found


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


def test_every_door_is_in_the_table(stood_before: tuple[set[str], dict[str, str]]) -> None:
    """A1: a route that nobody has thought about is a failure."""
    assert stood_before[0] == set(table())


def test_everybody_finds_open_what_the_table_says_and_nothing_else(
    stood_before: tuple[set[str], dict[str, str]],
) -> None:
    """A1."""
    declared = {door: cells for door, cells in table().items() if door in stood_before[1]}
    assert stood_before[1] == declared


def test_the_readable_table_is_the_one_that_is_tested() -> None:
    """A1, ASVS 8.1.1: `python -m tests.rest.access` writes it."""
    assert written() == document()
