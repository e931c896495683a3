"""What is being typed survives a reload and a restart of the server (D12)."""

import pytest
from playwright.sync_api import Page, expect

from services import drafts
from tests.browser.conftest import PageAs, Vigie, restart_under


@pytest.fixture
def form(page_as: PageAs, vigie: Vigie) -> Page:
    """A form in which somebody has typed, and the server has heard of it."""
    page = page_as("alice")
    page.goto("/incidents/new")
    page.get_by_label("Titre").fill("Le réseau est lent")
    page.get_by_role("radio", name="Moyenne").click()
    page.get_by_label("Description", exact=True).fill("Depuis ce matin")
    page.get_by_text("Assignation").click()
    page.get_by_role("combobox", name="Équipe").click()
    page.get_by_role("option", name="Support N2").click()
    expect_kept(page, vigie, "Depuis ce matin", "team")
    return page


def expect_kept(page: Page, vigie: Vigie, *words: str) -> None:
    for _ in range(100):
        text = drafts.kept(vigie.actors["alice"], "new")
        if all(word in text for word in words):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the draft is {text!r}")


def expect_restored(page: Page) -> None:
    expect(page.get_by_text("Brouillon restauré")).to_be_visible()
    expect(page.get_by_label("Titre")).to_have_value("Le réseau est lent")
    expect(page.get_by_label("Description", exact=True)).to_have_value("Depuis ce matin")
    expect(page.get_by_role("radio", name="Moyenne")).to_be_checked()
    expect(page.locator("summary", has_text="Assignation")).to_contain_text("Support N2")


def test_a_reload_keeps_what_was_typed(form: Page) -> None:
    form.reload()
    expect_restored(form)


def test_a_restart_of_the_server_keeps_what_was_typed(form: Page, vigie: Vigie) -> None:
    restart_under(form, vigie)
    expect_restored(form)


def test_what_is_typed_while_the_server_is_away_survives_its_restart(form: Page, vigie: Vigie) -> None:
    vigie.kill()
    expect(form.get_by_text("Connexion au serveur perdue")).to_be_visible()
    form.get_by_label("Titre").fill("Le réseau est coupé")
    vigie.start()
    expect(form.get_by_text("Connexion au serveur perdue")).to_be_hidden(timeout=30_000)
    expect(form.get_by_label("Titre")).to_have_value("Le réseau est coupé")
    expect(form.get_by_role("radio", name="Moyenne")).to_be_checked()


def test_a_draft_can_be_discarded(form: Page, vigie: Vigie) -> None:
    form.reload()
    form.get_by_role("button", name="Effacer", exact=True).click()
    expect(form.get_by_text("Brouillon restauré")).to_be_hidden()
    expect(form.get_by_label("Titre")).to_have_value("")
    expect(form.get_by_role("radio", name="Moyenne")).not_to_be_checked()
    form.wait_for_timeout(1500)
    assert drafts.kept(vigie.actors["alice"], "new") == ""
    form.reload()
    expect(form.get_by_label("Titre")).to_be_focused()
    expect(form.get_by_text("Brouillon restauré")).to_be_hidden()


def test_what_has_been_declared_is_no_draft_any_more(form: Page, vigie: Vigie) -> None:
    form.get_by_role("radio", name="Réseau").click()
    form.keyboard.press("Control+Enter")
    form.wait_for_url("/incidents/INC-*")
    form.goto("/incidents/new")
    expect(form.get_by_label("Titre")).to_have_value("")
    assert drafts.kept(vigie.actors["alice"], "new") == ""


def test_a_draft_belongs_to_who_typed_it(form: Page, page_as: PageAs) -> None:
    other = page_as("diane")
    other.goto("/incidents/new")
    expect(other.get_by_label("Titre")).to_be_focused()
    expect(other.get_by_label("Titre")).to_have_value("")
