"""What axe-core finds on a page; its script comes with the package, so nothing is fetched."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")


def findings(page: Page, *, impacts: tuple[str, ...] = SERIOUS) -> list[str]:
    """The violations of these impacts, each with the first element that has it; empty on a page without any."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in impacts]
