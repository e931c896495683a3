"""What axe-core finds on a page; its script comes with the package, so nothing is fetched."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
# Another theme, with the colours that it ends on: what moves is at its end.
SWITCH = """async theme => {
  document.documentElement.dataset.theme = theme;
  for (const name of ["light", "dark"]) document.body.classList.toggle("body--" + name, name === theme);
  for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  document.getAnimations().forEach(each => each.finish());
  await new Promise(requestAnimationFrame);
}"""


def findings(page: Page, *, impacts: tuple[str, ...] = SERIOUS, only: str | None = None) -> list[str]:
    """The violations of these impacts, each with the first element that has it; empty on a page without any."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": [only]} if only else {})
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in impacts]


def findings_in_both_themes(page: Page) -> list[str]:
    """The same in light, then in dark, where nothing but colours is different."""
    page.evaluate(SWITCH, "light")
    found = [f"light: {each}" for each in findings(page)]
    page.evaluate(SWITCH, "dark")
    return found + [f"dark: {each}" for each in findings(page, only="color-contrast")]
