"""One's own account."""

import re

from playwright.sync_api import Page, expect

from services import people
from tests.browser.conftest import PASSWORD, PageAs, Vigie

NEW_PASSWORD = "another horse battery"


def opened(page: Page, address: str = "/me") -> Page:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def theme(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.theme"))


def test_the_page_says_who_one_is_here(page_as: PageAs) -> None:
    page = opened(page_as("alice"))
    page.goto("/incidents")
    page.get_by_role("link", name="Alice Martin").click()
    for text in ("Alice Martin", "Technicien", "Support N1"):
        expect(page.get_by_role("main").get_by_text(text).first).to_be_visible()


def test_language_and_theme_are_kept_with_the_account(page_as: PageAs, vigie: Vigie) -> None:
    page = opened(page_as("bruno"))
    page.get_by_role("radio", name="Sombre").click()
    expect(page.locator("html[data-theme=dark]")).to_be_attached()
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    account = people.me(vigie.actors["bruno"])
    assert (account.locale, account.theme) == ("en", "dark")
    elsewhere = opened(page_as("bruno"), "/incidents/new")
    expect(elsewhere.get_by_role("heading", name="New incident")).to_be_visible()
    assert theme(elsewhere) == "dark"


def test_an_address_may_say_another_language_and_theme_for_once(page_as: PageAs, vigie: Vigie) -> None:
    page = opened(page_as("diane"), "/me?lang=en&theme=dark")
    expect(page.get_by_role("heading", name="My account")).to_be_visible()
    assert theme(page) == "dark"
    account = people.me(vigie.actors["diane"])
    assert (account.locale, account.theme) == (None, None)


def test_the_password_is_changed_and_other_devices_are_signed_out(page_as: PageAs, vigie: Vigie) -> None:
    other = opened(page_as("alice"))
    page = opened(page_as("alice"))
    page.get_by_label("Mot de passe actuel").fill("wrong")
    page.get_by_label("Nouveau mot de passe").fill(NEW_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ce n’est pas votre mot de passe actuel.")).to_be_visible()
    page.get_by_label("Mot de passe actuel").fill(PASSWORD)
    page.get_by_label("Nouveau mot de passe").fill("short")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Trop court")).to_be_visible()
    page.get_by_label("Nouveau mot de passe").fill(NEW_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Mot de passe changé.")).to_be_visible()
    expect(other).to_have_url(re.compile("/login"))
    opened(page, "/incidents/new")
    people.set_password(vigie.actors["emile"], "alice", PASSWORD)


def test_signing_out_everywhere_ends_every_session(page_as: PageAs) -> None:
    other = opened(page_as("bruno"), "/me?lang=fr")
    page = opened(page_as("bruno"), "/me?lang=fr")
    page.get_by_role("button", name="Se déconnecter partout").click()
    for each in (page, other):
        expect(each).to_have_url(re.compile("/login"))
