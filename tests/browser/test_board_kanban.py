"""The kanban: what a drop does is what the button does, and everything goes without a mouse too (S34 to S43)."""

from playwright.sync_api import Locator, Page, expect

from services import incidents, lifecycle
from tests.browser.conftest import PageAs, Vigie


def kanban(page: Page) -> Page:
    page.goto("/incidents?view=kanban")
    expect(page.locator(".vg-kb")).to_be_visible()
    return page


def card(page: Page, status: str, title: str) -> Locator:
    return page.locator(f'.vg-kcol[data-status="{status}"] .vg-kcard', has_text=title)


def test_a_card_is_dragged_only_where_the_workflow_leads_and_through_the_dialog_that_asks(
    vigie: Vigie, page_as: PageAs
) -> None:
    """S35, S38 to S43, S48."""
    made = vigie.create("Messagerie indisponible", priority="high")
    lifecycle.take_and_start(vigie.actors["alice"], made.reference)
    alice, bruno = kanban(page_as("alice")), kanban(page_as("bruno"))
    alice.set_viewport_size({"width": 1024, "height": 768})
    assert alice.locator(".vg-kb").evaluate("at => at.scrollWidth <= at.clientWidth")
    alice.set_viewport_size({"width": 1440, "height": 900})
    mine = card(alice, "in_progress", made.title)
    box = mine.bounding_box()
    assert box
    alice.mouse.move(box["x"] + 80, box["y"] + 80)
    alice.mouse.down()
    alice.mouse.move(box["x"] + 120, box["y"] + 120, steps=4)
    shut, waiting = alice.locator('[data-status="new"]'), alice.locator('[data-status="on_hold"]')
    expect(shut).to_contain_class("vg-is-shut")
    expect(waiting).to_contain_class("vg-is-open")
    target = waiting.bounding_box()
    assert target
    alice.mouse.move(target["x"] + 60, target["y"] + 90, steps=4)
    alice.mouse.up()
    alice.get_by_role("radio", name="Fournisseur").click()
    alice.get_by_role("dialog").get_by_role("button", name="Mettre en attente").click()
    expect(card(alice, "on_hold", made.title)).to_be_visible()
    expect(card(bruno, "on_hold", made.title)).to_be_visible()
    assert incidents.get(vigie.actors["alice"], made.reference).status == "on_hold"


def test_cards_are_moved_by_keyboard_alone_and_what_is_done_stays_live(vigie: Vigie, page_as: PageAs) -> None:
    """S34, S43: from new to closed without a mouse; the closed one is counted on the other board at once."""
    made = vigie.create("Badgeuse du hall", priority="critical")
    alice, bruno = page_as("alice"), kanban(page_as("bruno"))
    alice.goto("/incidents")
    expect(alice.locator(".vg-tr", has_text=made.title)).to_be_visible()  # to the server it is news from elsewhere
    alice.keyboard.press("Home")
    expect(alice.locator(".vg-tr.vg-is-cursor")).to_contain_text(made.title)
    alice.keyboard.press("v")
    alice.wait_for_url("**/incidents?view=kanban")
    expect(card(alice, "new", made.title)).to_be_visible()
    alice.keyboard.press("Home")
    expect(card(alice, "new", made.title)).to_contain_class("vg-is-cursor")
    alice.keyboard.press("m")
    expect(alice.get_by_role("menuitem", name="En cours")).to_be_visible()
    alice.get_by_role("menuitem", name="En cours").press("Enter")
    expect(card(alice, "in_progress", made.title)).to_contain_class("vg-is-cursor")
    lifecycle.resolve(vigie.actors["alice"], made.reference, code="fixed", summary="Redémarrée")
    expect(card(alice, "resolved", made.title)).to_be_visible()
    expect(card(bruno, "resolved", made.title)).to_be_visible()
    alice.keyboard.press("m")
    alice.get_by_role("menuitem", name="Clôturé").press("Enter")
    alice.get_by_role("dialog").get_by_role("button", name="Clôturer").click()
    expect(bruno.locator(".vg-kstrip b")).to_have_text("1")
    expect(card(bruno, "resolved", made.title)).to_have_count(0)
