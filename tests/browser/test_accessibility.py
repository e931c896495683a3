"""Every page is accessible as far as a program can tell, in both themes; a few are looked at by the tests they have."""

import re

import pytest
from nicegui import Client
from playwright.sync_api import Page, expect

from data.vocabulary import ItemKind
from services import cmdb, incidents, lifecycle
from tests.browser.axe import findings_in_both_themes
from tests.browser.conftest import PageAs, Vigie, sign_in
from tests.intake.letters import received, written
from ui import pages

# Who opens them, and the paths; what stands in braces is made below.
OPENED: dict[str | None, tuple[str, ...]] = {
    None: ("/login", "/wall", "/offline"),
    "alice": (
        "/incidents/{working}?do=escalate",
        "/incidents/{working}?do=resolve",
        "/incidents/INC-20000101-000001",
        "/incidents/new",
        "/incidents/{working}/take/unknown",
        "/search?q=messagerie",
        "/reports",
        "/me",
        "/notifications",
        "/admin/sla",
        "/cmdb/clients",
        "/cmdb/assets/{assets}",
        "/cmdb/applications/{applications}",
    ),
    "chloe": ("/portal", "/incidents/{resolved}"),
    "emile": (
        "/admin/audit",
        "/admin/channels",
        "/admin/displays",
        "/admin/settings",
        "/admin/teams",
        "/admin/templates",
        "/admin/mail",
        "/admin/users",
        "/admin/users/alice",
        "/setup/done",
    ),
    "bruno": ("/m", "/m#{working}"),
}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
# By the test below, test_forms_setup, test_second_factor; and what the same function builds for other kinds of items.
ELSEWHERE = {"/incidents", "/setup", "/login/code", "/cmdb/assets", "/cmdb/applications", "/cmdb/employees"}
ELSEWHERE |= {f"/cmdb/{kind}/{{item_id}}" for kind in ("employees", "clients")}


@pytest.fixture(scope="module")
def made(vigie: Vigie) -> dict[str, str]:
    """What the paths name, on a desk where something of everything is to be seen."""
    diane, alice = vigie.actors["diane"], vigie.actors["alice"]
    items = (
        {"name": "SRV-MAIL-01", "type": "server"},
        {"name": "Messagerie"},
        {"name": "Nadia Perrin"},
        {"name": "Comptabilité", "type": "internal"},
    )
    found = {kind.value: str(cmdb.create(diane, kind, item).id) for kind, item in zip(ItemKind, items, strict=True)}
    working = vigie.create("Messagerie indisponible", priority="critical", impact="enterprise")
    lifecycle.take_and_start(alice, working.reference)
    incidents.comment(alice, working.reference, body="Le service redémarre.", visibility="public")
    resolved = vigie.create("Mot de passe expiré", by="chloe", category="access")
    lifecycle.start_and_resolve(alice, resolved.reference, code="fixed", summary="Réinitialisé")
    new = vigie.create("Imprimante muette", team="Support N1")
    received(written("roy@supplier.example", "Livraison", "Jeudi.\n\nÀ confirmer."))
    return found | {"working": working.reference, "resolved": resolved.reference, "new": new.reference}


@pytest.mark.parametrize("who", [*OPENED])
def test_axe_finds_nothing_serious(vigie: Vigie, page_of: PageAs, made: dict[str, str], who: str | None) -> None:
    """S9, S12, B5."""
    page = page_of(vigie, reduced_motion="reduce", **(PHONE if who == "bruno" else {}))
    if who:
        sign_in(page, vigie, who)
    found = {}
    for path in OPENED[who]:
        if "#" in path:
            page.goto("about:blank")  # else another place on the same page is no navigation
        page.goto(path.format(**made))
        _wait(page)
        found[path] = findings_in_both_themes(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_axe_finds_nothing_serious_on_the_board(vigie: Vigie, page_as: PageAs, made: dict[str, str]) -> None:
    """S9, S12: the list with its panel, and the kanban."""
    page = page_as("alice", reduced_motion="reduce")
    page.goto("/incidents")
    expect(page.locator(".vg-tr.vg-is-cursor")).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.press(" ")
    expect(page.locator(".vg-peek__facts")).to_be_visible()
    assert findings_in_both_themes(page) == []
    page.goto("/incidents?view=kanban")
    expect(page.locator(".vg-kcard").first).to_be_visible()
    assert findings_in_both_themes(page) == []


def test_no_page_is_left_out() -> None:
    pages.register()
    opened = [path.partition("?")[0].partition("#")[0] for paths in OPENED.values() for path in paths]
    ours = {path for page, path in Client.page_routes.items() if page.__module__.startswith("ui.")}
    served = ours - set(ELSEWHERE)
    assert served
    assert [path for path in served if not any(re.fullmatch(_pattern(path), each) for each in opened)] == []


def _wait(page: Page) -> None:
    """What the page draws is there."""
    page.wait_for_function("!window.mounted_app || (window.socket && window.socket.connected && window.did_handshake)")
    expect(page.locator(".vg-skeleton, .vg-phone[aria-busy=true]")).to_have_count(0)
    if "do=" in page.url:
        expect(page.get_by_role("dialog")).to_be_visible()
    if "/m#" in page.url:
        expect(page.locator(".vg-msheet .vg-peek__facts")).to_be_visible()


def _pattern(path: str) -> str:
    return re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path))
