"""Two-step verification as a person meets it."""

import re
import time

import pyotp
from playwright.sync_api import Page, expect

from services import people, second_factor
from tests.browser.axe import findings_in_both_themes
from tests.browser.conftest import PASSWORD, PageAs, Vigie


def add(page: Page) -> tuple[pyotp.TOTP, list[str]]:
    """The second factor is on; its app, and the recovery codes."""
    key = page.locator(".vg-enrol__secret code").inner_text().replace(" ", "")
    phone = pyotp.TOTP(key)
    page.get_by_label("Mot de passe actuel").last.fill(PASSWORD)
    page.get_by_label("Code à six chiffres").fill("000000")
    page.get_by_role("button", name="Activer", exact=True).click()
    expect(page.get_by_text("Ce code n’est pas le bon")).to_be_visible()
    page.get_by_label("Code à six chiffres").fill(phone.now())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    codes = page.locator(".vg-codes li").all_inner_texts()
    page.get_by_role("button", name="C’est noté").click()
    return phone, codes


def first_step(page: Page, login: str) -> None:
    page.goto("/login?next=/cmdb/assets")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/login/code"))


def test_it_is_added_and_asked_for_and_a_recovery_code_stands_in(
    page_as: PageAs, page_of: PageAs, vigie: Vigie
) -> None:
    """ASVS 6.3.3: between password and code no page is open; where it is required, none before it is added."""
    page = page_as("emile")
    page.goto("/me")
    page.get_by_role("button", name="Activer la validation en deux étapes").click()
    expect(page.get_by_role("img", name="QR code à scanner")).to_be_visible()
    assert findings_in_both_themes(page) == []
    phone, codes = add(page)
    expect(page.get_by_text(f"{len(codes)} codes de secours restants")).to_be_visible()
    visitor = page_of(vigie)
    first_step(visitor, "emile")
    expect(visitor.get_by_role("heading", name="Deuxième étape")).to_be_visible()
    assert "vigie_session" not in {cookie["name"] for cookie in visitor.context.cookies()}
    assert visitor.request.get("/cmdb/assets", max_redirects=0).status == 303
    visitor.get_by_label("Code à six chiffres").fill("123 456")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("alert").filter(has_text="Il reste 4 essais")).to_be_visible()
    assert findings_in_both_themes(visitor) == []
    visitor.get_by_label("Code à six chiffres").fill(phone.at(time.time() + 30))  # this one is used
    visitor.get_by_role("button", name="Se connecter").click()
    visitor.wait_for_url("/cmdb/assets")
    first_step(other := page_of(vigie), "emile")
    other.get_by_role("link", name="Utiliser un code de secours").click()
    other.get_by_label("Code de secours").fill(codes[0])
    other.keyboard.press("Enter")
    other.wait_for_url("/cmdb/assets")
    second_factor.require_of_administrators(vigie.actors["emile"], True)
    people.create_user(vigie.actors["emile"], login="fanny", name="Fanny Blanc", role="admin", password=PASSWORD)
    led = page_as("fanny")
    led.goto("/admin/users")
    expect(led.get_by_text("Votre organisation demande aux administrateurs")).to_be_visible()
    assert led.url.endswith("/me")
    add(led)
    led.wait_for_url("/incidents")
