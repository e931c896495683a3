"""Signing in and out by the form."""

import re

import pytest
from PIL import ImageColor
from playwright.sync_api import Page, expect

from services import people
from tests.browser.conftest import PASSWORD, PageAs, Vigie
from ui.tokens import DARK


@pytest.fixture
def visitor(page_of: PageAs, vigie: Vigie) -> Page:
    return page_of(vigie)


def sign_in(page: Page, login: str, password: str) -> None:
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.keyboard.press("Enter")


def test_whoever_is_not_signed_in_comes_back_to_the_page_that_was_asked_for(visitor: Page) -> None:
    visitor.goto("/incidents/new?lang=fr")
    expect(visitor.get_by_label("Identifiant")).to_be_focused()
    sign_in(visitor, "alice", PASSWORD)
    expect(visitor).to_have_url("/incidents/new?lang=fr")
    visitor.goto("/login")
    expect(visitor).to_have_url("/incidents")


def test_each_role_lands_where_it_works(page_of: PageAs, vigie: Vigie) -> None:
    for login, home in (("chloe", "/portal"), ("diane", "/incidents"), ("emile", "/incidents")):
        page = page_of(vigie)
        page.goto("/")
        sign_in(page, login, PASSWORD)
        expect(page).to_have_url(home)


def test_a_wrong_password_says_how_many_attempts_are_left_and_then_how_long_to_wait(visitor: Page) -> None:
    visitor.goto("/login?next=%2Fincidents%2Fnew")
    for left in ("4 essais", "3 essais", "2 essais", "1 essai"):
        sign_in(visitor, "nobody", "not the password")
        expect(visitor.get_by_role("alert").filter(has_text="incorrect")).to_contain_text(f"Il reste {left}.")
        expect(visitor.get_by_label("Identifiant")).to_have_value("nobody")
        expect(visitor.get_by_label("Mot de passe", exact=True)).to_be_focused()
    sign_in(visitor, "nobody", "not the password")
    sign_in(visitor, "nobody", "not the password")
    expect(visitor.get_by_role("alert").filter(has_text="Trop d’essais")).to_contain_text(re.compile(r"1[45].min"))
    sign_in(visitor, "bruno", PASSWORD)
    expect(visitor).to_have_url("/incidents/new")


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_elsewhere(visitor: Page, elsewhere: str) -> None:
    visitor.goto(f"/login?next={elsewhere}")
    sign_in(visitor, "alice", PASSWORD)
    expect(visitor).to_have_url("/incidents")


def test_what_an_address_says_is_never_shown_as_a_refusal(visitor: Page) -> None:
    visitor.goto("/login?error=Call+0800&left=%3Cb%3E&login=%3Cscript%3E")
    expect(visitor.get_by_label("Identifiant")).to_have_value("<script>")
    expect(visitor.locator(".vg-note")).to_have_count(0)
    visitor.goto("/login?error=bad_credentials&left=99999")
    expect(visitor.locator(".vg-note span")).to_have_text("Identifiant ou mot de passe incorrect.")


def test_the_session_is_remembered_on_this_device_only_if_wished(page_of: PageAs, vigie: Vigie) -> None:
    for wish in (False, True):
        page = page_of(vigie)
        page.goto("/login")
        page.get_by_label("Rester connecté sur cet appareil").set_checked(wish)
        sign_in(page, "alice", PASSWORD)
        page.wait_for_url("/incidents")
        (cookie,) = [each for each in page.context.cookies() if "session" in each["name"]]
        assert (cookie["expires"] > 0, cookie["httpOnly"], cookie["sameSite"]) == (wish, True, "Lax")


def test_password_managers_and_keyboards_find_their_way(visitor: Page) -> None:
    visitor.goto("/login")
    expect(visitor.get_by_label("Identifiant")).to_have_attribute("autocomplete", "username")
    password = visitor.get_by_label("Mot de passe", exact=True)
    expect(password).to_have_attribute("autocomplete", "current-password")
    visitor.keyboard.press("Tab")
    expect(password).to_be_focused()
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Enter")
    expect(password).to_have_attribute("type", "text")
    visitor.keyboard.press("Tab")
    expect(visitor.get_by_label("Rester connecté")).to_be_focused()
    visitor.keyboard.press("Tab")
    expect(visitor.get_by_role("button", name="Se connecter")).to_be_focused()


def test_the_language_is_chosen_before_signing_in_and_kept(visitor: Page, vigie: Vigie) -> None:
    visitor.goto("/login?next=%2Fme&theme=dark")
    visitor.get_by_role("link", name="English").click()
    expect(visitor.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(visitor.locator("html")).to_have_attribute("lang", re.compile("^en"))
    visitor.get_by_label("Username").fill("nobody else")
    visitor.get_by_label("Password", exact=True).fill("wrong")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("alert").filter(has_text="Wrong username")).to_be_visible()
    expect(visitor.locator("html")).to_have_attribute("data-theme", "dark")  # the address's theme, too
    visitor.get_by_label("Username").fill("diane")
    visitor.get_by_label("Password", exact=True).fill(PASSWORD)
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("heading", name="My account")).to_be_visible()
    assert people.me(vigie.actors["diane"]).locale is None


def test_all_of_it_works_without_a_script(page_of: PageAs, vigie: Vigie) -> None:
    """The device's theme too; what needs a script, such as showing the password, is not offered then."""
    page = page_of(vigie, java_script_enabled=False, color_scheme="dark")
    page.goto("/login?next=%2Fapi%2Fv1%2Fdocs")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Show password")).to_have_count(0)
    expect(page.locator("body")).to_have_css("background-color", f"rgb{ImageColor.getrgb(DARK['canvas'])}")
    page.get_by_label("Username").fill("bruno")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Wrong username or password.")
    expect(page.get_by_label("Username")).to_have_value("bruno")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/api/v1/docs")


def test_signing_out_ends_the_session(page_as: PageAs) -> None:
    page = page_as("alice")
    page.goto("/me")
    page.get_by_role("button", name="Se déconnecter", exact=True).click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    expect(page.locator(".vg-note")).to_have_count(0)
    page.goto("/me")
    expect(page).to_have_url(re.compile(r"/login\?next="))


def test_a_session_that_ended_elsewhere_is_explained(page_as: PageAs, vigie: Vigie) -> None:
    page = page_as("diane")
    page.goto("/me")
    people.set_password(vigie.actors["emile"], "diane", PASSWORD)
    expect(page).to_have_url(re.compile(r"/login\?next="))
    expect(page.get_by_text("Votre session a pris fin. Reconnectez-vous pour continuer.")).to_be_visible()
