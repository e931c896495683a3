"""The board is accessible as far as a program can tell: list, panel and kanban, in both themes."""

import pytest
from playwright.sync_api import expect

from services import lifecycle
from tests.browser.axe import findings
from tests.browser.conftest import PageAs, Vigie


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_board(vigie: Vigie, page_as: PageAs, theme: str) -> None:
    """S9, S12."""
    made = vigie.create("Messagerie indisponible", priority="critical")
    lifecycle.assign(vigie.actors["diane"], vigie.create("Poste bloqué").reference, team="Support N2")
    lifecycle.take_and_start(vigie.actors["alice"], made.reference)
    page = page_as("alice")
    page.goto(f"/incidents?theme={theme}")
    expect(page.locator(".vg-tr.vg-is-cursor")).to_be_visible()
    page.keyboard.press("x")
    page.keyboard.press(" ")
    expect(page.locator(".vg-peek__facts")).to_be_visible()
    page.wait_for_timeout(500)  # colours of what slides in are not final
    assert findings(page) == []
    page.goto(f"/incidents?view=kanban&theme={theme}")
    expect(page.locator(".vg-kcard").first).to_be_visible()
    assert findings(page) == []
