"""The search in a browser: its key, what it finds and where it says so; who else looks at an incident."""

import re

from playwright.sync_api import Page, expect

from services import incidents, lifecycle
from tests.browser.conftest import PageAs, Vigie


def test_a_closed_incident_is_found_by_a_comment_without_its_accents(vigie: Vigie, page_as: PageAs) -> None:
    """S10, S125, S139: from any page by « / »; the requester's own page finds nothing by an internal word."""
    reference = vigie.create("Écran noir", by="chloe", description="Rien ne s’affiche").reference
    incidents.comment(vigie.actors["alice"], reference, body="<b>Câble</b> débranché sous le bureau")
    lifecycle.start_and_resolve(vigie.actors["alice"], reference, code="fixed", summary="Rebranché")
    lifecycle.close(vigie.actors["alice"], reference)
    alice = page_as("alice")
    alice.goto("/notifications")
    alice.wait_for_function("window.socket?.connected")
    alice.keyboard.press("/")
    expect(alice).to_have_url(re.compile("/search$"))
    alice.get_by_role("searchbox").fill("cable DEBRANCHE")
    hit = alice.locator(".vg-hit")
    expect(hit).to_have_count(1)
    expect(hit).to_contain_text("Commentaire de Alice Martin")
    expect(hit).to_contain_text("<b>Câble</b> débranché")
    expect(hit.locator("mark")).to_have_text(["Câble", "débranché"])
    expect(alice).to_have_url(re.compile(r"/search\?q=cable\+DEBRANCHE$"))
    hit.click()
    expect(alice).to_have_url(re.compile(f"/incidents/{reference}$"))

    chloe = page_as("chloe")
    chloe.goto("/search?q=cable")
    expect(chloe.get_by_text("0 incident trouvé")).to_be_visible()
    chloe.goto("/search?q=ecran")
    expect(chloe.locator(".vg-hit mark")).to_have_text(["Écran"])


def test_the_board_finds_an_open_incident_by_what_its_row_does_not_show(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Lenteurs", by="alice").reference
    vigie.create("Autre panne", by="alice")
    incidents.comment(vigie.actors["alice"], reference, body="La zibeline a rongé le câble")
    page = page_as("bruno")
    page.goto("/incidents?q=zibeline")
    expect(page.locator(".vg-tr .vg-c-title a")).to_have_text(["Lenteurs"])
    expect(page.get_by_role("link", name="Chercher « zibeline » partout")).to_have_attribute(
        "href", "/search?q=zibeline"
    )


def test_a_colleague_who_looks_and_writes_is_seen_until_leaving(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Onduleur en alarme", by="chloe").reference
    alice, chloe = _at(page_as("alice"), reference), _at(page_as("chloe"), reference)
    seen = alice.locator(".vg-presence")
    expect(seen).to_have_text("")
    bruno = _at(page_as("bruno"), reference)
    expect(seen).to_contain_text("Bruno regarde aussi")
    bruno.get_by_role("textbox", name="Note interne").press_sequentially("je")
    expect(seen).to_contain_text("Bruno écrit une note interne…")
    expect(bruno.locator(".vg-presence")).to_contain_text("Alice regarde aussi")
    alice.get_by_role("button", name="Modifier : Titre").click()
    expect(alice.locator(".vg-inplace__editor:visible")).to_be_visible()
    incidents.edit(vigie.actors["bruno"], reference, {"title": "Onduleur en panne"})
    expect(alice.locator(".vg-inplace__editor:visible")).to_contain_text("Bruno Keller vient de modifier cet incident")
    bruno.get_by_role("textbox", name="Note interne").fill("")
    expect(seen).to_contain_text("Bruno regarde aussi")
    bruno.close()
    expect(seen).to_have_text("")
    expect(chloe.locator(".vg-presence")).to_have_text("")


def _at(page: Page, reference: str) -> Page:
    page.goto(f"/incidents/{reference}")
    page.wait_for_function("window.socket?.connected")
    return page
