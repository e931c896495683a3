"""The bell counts what concerns its person, live and on every page."""

from playwright.sync_api import expect

from services import incidents, lifecycle
from tests.browser.conftest import PageAs, Vigie


def test_the_bell_counts_live_and_reading_the_incident_counts_down(vigie: Vigie, page_as: PageAs) -> None:
    """S93: what another process assigns is counted on an open page, without a reload."""
    alice, bruno = page_as("alice"), page_as("bruno")
    for page in (alice, bruno):
        page.goto("/incidents")
    bell = alice.locator("[data-bell]")
    expect(bell).to_have_text("")
    made = [vigie.create(title, by="diane") for title in ("Routeur muet", "Baie en panne")]
    for incident in made:
        lifecycle.assign(vigie.actors["diane"], incident.reference, assignee="alice")
    expect(bell).to_have_text("2")
    expect(alice.get_by_role("link", name="2 notifications non lues")).to_be_visible()
    expect(bruno.locator("[data-bell]")).to_have_text("")
    alice.goto("/notifications")
    lines = alice.locator(".vg-told__line")
    expect(lines).to_have_count(2)
    incidents.comment(vigie.actors["bruno"], made[0].reference, body="Vu.", visibility="internal")
    expect(lines).to_have_count(3)
    lines.first.click()
    expect(alice).to_have_url(f"{vigie.url}/incidents/{made[0].reference}")
    expect(bell).to_have_text("1")
    alice.goto("/notifications")
    alice.get_by_role("button", name="Tout marquer comme lu").click()
    expect(bell).to_have_text("")
    expect(alice.locator(".vg-told__line.vg-is-on")).to_have_count(0)
