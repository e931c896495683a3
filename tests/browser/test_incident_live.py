"""Two people on one incident: each sees what the other does, and nobody loses what is being typed."""

import re

from playwright.sync_api import Page, expect

from services import incidents, lifecycle
from tests.browser.conftest import PageAs, Vigie
from tests.browser.test_incident_life import action, expect_status


def opened(page_as: PageAs, login: str, reference: str) -> Page:
    page = page_as(login)
    page.goto(f"/incidents/{reference}")
    expect(page.get_by_role("toolbar")).to_be_visible()
    page.wait_for_function("window.socket?.connected")
    page.evaluate("window.sameDocument = true")
    return page


def test_a_change_shows_on_the_other_page_in_place_and_lit(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Commutateur en panne", by="chloe").reference
    alice, bruno = opened(page_as, "alice", reference), opened(page_as, "bruno", reference)
    note = bruno.get_by_role("textbox", name="Note interne")
    note.press_sequentially("je regarde le ")
    bruno.evaluate("window.scrollTo(0, 60)")

    action(alice, "M’assigner")
    expect_status(alice, "Assigné")
    incidents.edit(vigie.actors["alice"], reference, {"title": "Commutateur du 2e étage en panne"})
    incidents.comment(vigie.actors["alice"], reference, body="Port 12 éteint")

    expect(bruno.get_by_role("heading", level=1)).to_have_text("Commutateur du 2e étage en panne")
    expect(bruno.get_by_role("heading", level=1)).to_have_class(re.compile("vg-is-fresh"))
    expect(bruno.locator(".vg-props dd").first).to_contain_text("Alice Martin")
    expect(bruno.locator(".vg-cm")).to_contain_text("Port 12 éteint")
    expect(bruno.locator(".vg-cm")).to_have_class(re.compile("vg-is-fresh"))
    expect_status(bruno, "Assigné")

    expect(note).to_be_focused()
    note.press_sequentially("port")
    expect(note).to_have_value("je regarde le port")
    assert bruno.evaluate("window.scrollY") == 60
    assert bruno.evaluate("window.sameDocument")
    expect(alice.locator(".vg-is-fresh")).to_have_count(0)  # my own changes are not news to me


def test_a_change_through_the_api_shows_at_once(vigie: Vigie, page_as: PageAs) -> None:
    created = vigie.create("Onduleur en alarme", by="chloe")
    bruno = opened(page_as, "bruno", created.reference)
    with vigie.api("alice") as api:
        answer = api.post(f"/incidents/{created.reference}/actions/take_and_start", json={})
        assert answer.is_success, answer.text
    expect(bruno.locator(".vg-step--now .vg-step__name")).to_contain_text("En cours")
    expect(bruno.get_by_role("toolbar").get_by_role("button", name="Résoudre")).to_be_visible()


def test_a_dialog_warns_of_a_change_and_goes_on_once_it_has_been_read(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Lenteurs du CRM", by="chloe").reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    alice = opened(page_as, "alice", reference)
    action(alice, "Résoudre")
    dialog = alice.get_by_role("dialog")
    dialog.get_by_role("radio", name="Corrigé").click()
    dialog.get_by_label("Résumé de résolution").fill("Index reconstruit.")
    confirm = dialog.get_by_role("button", name="Résoudre")
    expect(confirm).to_be_enabled()

    incidents.edit(vigie.actors["diane"], reference, {"priority": "critical"})
    warning = dialog.get_by_role("alert")
    expect(warning).to_contain_text("Diane Leroy vient de modifier cet incident")
    expect(warning).to_contain_text("Priorité : Moyenne → Critique")
    expect(confirm).to_be_disabled()
    dialog.get_by_role("button", name="J’en tiens compte").click()
    expect(dialog.get_by_label("Résumé de résolution")).to_have_value("Index reconstruit.")
    confirm.click()
    expect(dialog).to_have_count(0)
    expect_status(alice, "Résolu")


def test_a_dialog_whose_action_has_become_impossible_says_so(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Téléphone muet", by="chloe").reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    alice = opened(page_as, "alice", reference)
    action(alice, "Mettre en attente")
    dialog = alice.get_by_role("dialog")
    dialog.get_by_role("radio", name="Fournisseur").click()
    lifecycle.resolve(vigie.actors["diane"], reference, code="fixed", summary="Rebranché.")
    expect(dialog.get_by_role("alert")).to_contain_text("Cette action n’est plus possible")
    expect(dialog.get_by_role("button", name="Mettre en attente")).to_be_disabled()


def test_an_escalation_that_was_foretold_differently_is_foretold_anew(vigie: Vigie, page_as: PageAs) -> None:
    """S73, S103, S105: the banner of an impact on the whole enterprise proposes it, with its reason filled in. What is
    chosen and typed outlives what others do meanwhile."""
    reference = vigie.create("Routeur saturé", by="chloe", impact="enterprise").reference
    lifecycle.assign(vigie.actors["diane"], reference, team="Support N1")
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    alice = opened(page_as, "alice", reference)
    alice.get_by_role("region", name="Impact Entreprise").get_by_role("button", name="Escalader").click()
    dialog = alice.get_by_role("dialog")
    expect(dialog.get_by_label("Raison")).to_have_value("Impact Entreprise\u00a0: toute l’organisation est touchée.")
    dialog.get_by_label("Raison").fill("Hors de portée du N1")
    expect(dialog.get_by_label("Chemin de l’escalade").locator("[aria-current]")).to_contain_text("Support N2")
    lifecycle.assign(vigie.actors["diane"], reference, team="Support N2")
    dialog.get_by_role("button", name="J’en tiens compte").click()
    expect(dialog.get_by_role("alert").filter(visible=True)).to_have_count(0)
    expect(dialog).to_have_count(1)
    expect(dialog.get_by_label("Chemin de l’escalade").locator("[aria-current]")).to_contain_text("Support N3")
    expect(dialog.get_by_label("Raison")).to_have_value("Hors de portée du N1")

    functional, target = (
        dialog.get_by_role("radio", name="Fonctionnelle"),
        dialog.get_by_role("radio", name="Support N1"),
    )
    functional.click()
    target.click()
    dialog.get_by_label("Raison").press_sequentially(", ni du N2")
    incidents.edit(vigie.actors["diane"], reference, {"title": "Routeur saturé à Lyon"})
    incidents.edit(vigie.actors["emile"], reference, {"priority": "critical"})
    warning = dialog.get_by_role("alert").filter(visible=True)
    expect(warning).to_contain_text("Diane Leroy, Émile Roux viennent de modifier cet incident")
    expect(warning).to_contain_text("Titre : Routeur saturé → Routeur saturé à Lyon")  # the first is told on
    expect(warning).to_contain_text("Priorité : Moyenne → Critique")
    confirm = dialog.get_by_role("button", name="Escalader")
    expect(confirm).to_be_disabled()
    dialog.get_by_role("button", name="J’en tiens compte").click()
    expect(functional).to_be_checked()
    expect(functional).to_be_focused()
    expect(target).to_be_checked()
    expect(dialog.get_by_label("Raison")).to_have_value("Hors de portée du N1, ni du N2")
    confirm.click()
    expect(alice.locator(".vg-props")).to_contain_text("Support N1")
    expect(alice.locator(".vg-tl")).to_contain_text("Hors de portée du N1, ni du N2")


def test_a_lost_race_says_who_was_faster_and_shows_it(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Alarme incendie muette", by="chloe").reference
    alice = opened(page_as, "alice", reference)
    # The page has not heard yet: its version is the one before.
    alice.evaluate("document.querySelector('.vg-incident').dataset.version = '1'")
    lifecycle.take(vigie.actors["diane"], reference)
    expect(alice.locator(".vg-props dd").first).to_contain_text("Diane Leroy")
    alice.evaluate("document.querySelector('.vg-incident').dataset.version = '1'")
    action(alice, "M’assigner")
    expect(alice.locator(".vg-toast--error")).to_contain_text("Diane Leroy a pris cet incident")
    expect(alice.locator(".vg-props dd").first).to_contain_text("Diane Leroy")


def test_a_title_saved_over_a_newer_one_is_refused_and_kept_in_the_field(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Titre d’hier", by="chloe").reference
    alice = opened(page_as, "alice", reference)
    alice.get_by_role("button", name="Modifier : Titre").click()
    field = alice.get_by_role("textbox", name="Titre")
    field.fill("Titre d’Alice")
    incidents.edit(vigie.actors["diane"], reference, {"title": "Titre de Diane"})
    expect(alice.locator(".vg-incident")).to_have_attribute("data-version", "2")
    field.press("Enter")
    expect(alice.get_by_text("Relisez-le avant de continuer")).to_be_visible()
    expect(alice.get_by_text("L’incident dit maintenant : « Titre de Diane »")).to_be_visible()
    expect(field).to_have_value("Titre d’Alice")
    field.press("Enter")
    expect(alice.get_by_role("heading", level=1)).to_have_text("Titre d’Alice")
    assert incidents.get(vigie.actors["alice"], reference).title == "Titre d’Alice"
