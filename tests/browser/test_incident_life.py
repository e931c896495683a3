"""An incident's whole life on its page, by those who have a part in it (S34 to S47, S90 to S139)."""

import re

from playwright.sync_api import Page, expect

from services import incidents, lifecycle
from tests.browser.conftest import PageAs, Vigie

STEP_NOW = ".vg-step--now .vg-step__name"


def action(page: Page, name: str) -> None:
    page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click()


def expect_status(page: Page, status: str) -> None:
    expect(page.locator(STEP_NOW)).to_contain_text(status)


def expect_line(page: Page, text: str) -> None:
    expect(page.locator(".vg-ev", has_text=re.compile(text)).first).to_be_visible()


# S91, S96, S107, S110, S116 to S119, S123, S124, S126, S127: each step by its button, its dialog and its confirmation.
def test_an_incident_goes_through_its_whole_life(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Messagerie indisponible", by="chloe", priority="high").reference
    alice, bruno, chloe = page_as("alice"), page_as("bruno"), page_as("chloe")
    for page in (alice, bruno, chloe):
        page.goto(f"/incidents/{reference}")
        expect_status(page, "Nouveau")

    action(alice, "M’assigner")
    expect_status(alice, "Assigné")
    action(alice, "Démarrer le travail")
    expect_status(alice, "En cours")
    expect(alice.get_by_role("group", name="Réponse")).to_contain_text("SLA respecté")

    action(alice, "Mettre en attente")
    alice.get_by_role("radio", name="Fournisseur").click()
    alice.get_by_label("Précision").fill("Pièce commandée")
    alice.get_by_role("dialog").get_by_role("button", name="Mettre en attente").click()
    expect_status(alice, "En attente")
    expect(alice.get_by_role("region", name="En attente")).to_contain_text("Pièce commandée")
    action(alice, "Reprendre")
    expect_status(alice, "En cours")

    action(alice, "Escalader")
    expect(alice.get_by_label("Chemin de l’escalade").locator("[aria-current]")).to_contain_text("Support N2")
    alice.get_by_label("Raison").fill("Droits réservés au niveau 2")
    alice.get_by_role("dialog").get_by_role("button", name="Escalader").click()
    expect_status(alice, "Assigné")
    expect_line(alice, "a escaladé.*Alice Martin.*vers.*Support N2")

    expect_status(bruno, "Assigné")
    action(bruno, "Démarrer le travail")
    expect_status(bruno, "En cours")
    action(bruno, "Résoudre")
    bruno.get_by_role("radio", name="Corrigé").click()
    bruno.get_by_label("Résumé de résolution").fill("Volume étendu, envoi vérifié.")
    bruno.get_by_text("Publier aussi ce résumé au déclarant").click()
    expect(bruno.get_by_role("dialog")).to_contain_text("SLA de résolution respecté")
    bruno.get_by_role("dialog").get_by_role("button", name="Résoudre").click()
    expect_status(bruno, "Résolu")

    expect_status(chloe, "Résolu")
    expect(chloe.locator(".vg-cm")).to_contain_text("Volume étendu, envoi vérifié.")
    action(chloe, "Rouvrir")
    chloe.get_by_label("Que se passe-t-il maintenant ?").fill("Toujours bloqué")
    chloe.get_by_role("dialog").get_by_role("button", name="Relancer l’équipe IT").click()
    expect_status(chloe, "En cours")

    expect_status(bruno, "En cours")
    expect(bruno.get_by_text("Délais recalculés à partir de la réouverture")).to_be_visible()
    expect(bruno.locator(".vg-slas__cycles")).to_contain_text("Cycle 1")
    lifecycle.resolve(vigie.actors["bruno"], reference, code="fixed", summary="Réparé pour de bon.")

    expect_status(chloe, "Résolu")
    action(chloe, "Valider la résolution")
    expect_status(chloe, "Clôturé")
    expect_status(bruno, "Clôturé")
    expect(bruno.get_by_text("Incident clôturé : archivé")).to_be_visible()
    expect(bruno.get_by_role("textbox")).to_have_count(0)
    expect_line(bruno, "Chloé Dubois.*a validé la résolution")


def test_closing_by_the_team_asks_once(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Imprimante muette", by="chloe").reference
    lifecycle.start_and_resolve(vigie.actors["alice"], reference, code="fixed", summary="Câble remis.")
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    expect(alice.locator(".vg-props dt:has-text('Code de résolution') + dd")).to_have_text("Corrigé")
    action(alice, "Clôturer")
    dialog = alice.get_by_role("dialog")
    expect(dialog).to_contain_text("Le déclarant n’a pas encore validé")
    alice.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect_status(alice, "Résolu")
    action(alice, "Clôturer")
    dialog.get_by_role("button", name="Clôturer").click()
    expect_status(alice, "Clôturé")


def test_the_menu_has_the_composites(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Écran noir").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    action(alice, "Autres actions")
    alice.get_by_role("menuitem", name="Prendre et démarrer").click()
    expect_status(alice, "En cours")
    expect(alice.locator(".vg-ev")).to_have_count(3)


def test_a_duplicate_names_the_original_incident(vigie: Vigie, page_as: PageAs) -> None:
    original = vigie.create("Annuaire injoignable depuis midi").reference
    reference = vigie.create("Plus d’annuaire").reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    action(alice, "Résoudre")
    dialog = alice.get_by_role("dialog")
    dialog.get_by_role("radio", name="Doublon").click()
    dialog.get_by_label("Résumé de résolution").fill("Même panne.")
    expect(dialog.get_by_role("button", name="Résoudre")).to_be_disabled()
    dialog.get_by_role("textbox", name="Incident d’origine").fill("annuaire midi")
    dialog.get_by_role("button", name=re.compile(original)).click()
    dialog.get_by_role("button", name="Résoudre").click()
    expect_status(alice, "Résolu")
    expect(alice.get_by_role("link", name=original).first).to_be_visible()


def test_assigning_takes_three_clicks_and_names_the_load(vigie: Vigie, page_as: PageAs) -> None:
    """S90, S91, S92, S100, S133: three clicks for a person; one more puts the person in a team of one's choice."""
    reference = vigie.create("Scanner bloqué").reference
    diane = page_as("diane")
    diane.goto(f"/incidents/{reference}")
    action(diane, "Assigner")
    people = diane.get_by_role("dialog").get_by_role("radio")
    expect(people.first).to_contain_text("Diane Leroy (vous)")
    expect(people.nth(1)).to_contain_text("Alice Martin")  # of her team
    expect(people.first).to_contain_text("en cours")
    diane.get_by_role("radio", name=re.compile("Bruno")).click()
    diane.get_by_role("dialog").get_by_role("button", name="Assigner").click()
    expect_status(diane, "Assigné")
    expect(diane.locator(".vg-props")).to_contain_text("Bruno Keller")
    expect_line(diane, "Diane Leroy.*a assigné à.*Bruno Keller")
    lifecycle.assign(vigie.actors["diane"], reference, assignee="alice")
    expect_line(diane, "Diane Leroy.*a réassigné l’incident.*Bruno Keller.*vers.*Alice Martin")
    lifecycle.take(vigie.actors["diane"], reference)
    expect_line(diane, "Diane Leroy.*s’est assigné l’incident.*Alice Martin.*vers.*Diane Leroy")

    action(diane, "Réassigner")
    dialog = diane.get_by_role("dialog")
    confirm = dialog.get_by_role("button", name="Réassigner")
    bruno = dialog.get_by_role("radio", name=re.compile("Bruno"))
    n1 = dialog.get_by_role("radio", name="Support N1", exact=True)
    n1.click()
    expect(dialog.get_by_role("status")).to_contain_text("à l’équipe Support N1, qui se le répartit")
    bruno.click()
    expect(dialog.get_by_role("status")).to_contain_text("à Bruno Keller, dans l’équipe Support N1")
    lifecycle.assign(vigie.actors["emile"], reference, assignee="alice", team="Support N3")
    dialog.get_by_role("button", name="J’en tiens compte").click()
    expect(bruno).to_be_checked()
    n1.click()  # let go: the team that he brings along, now that there is one, is the incident's
    expect(dialog.get_by_role("radiogroup", name="Dans l’équipe").get_by_role("radio", checked=True)).to_have_text(
        re.compile("Support N2")
    )
    n1.press("ArrowRight")
    n1.click()
    confirm.click()
    expect(diane.locator(".vg-props")).to_contain_text("Bruno Keller")
    after = incidents.get(vigie.actors["diane"], reference)
    assert (after.assignee and after.assignee.login, after.team and after.team.name) == ("bruno", "Support N1")


def test_the_search_of_people_finds_without_accents(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Badge refusé").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}?do=assign")
    dialog = alice.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(alice).to_have_url(re.compile(rf"{reference}$"))  # a reload does not ask again
    search = dialog.get_by_role("searchbox")
    expect(search).to_be_focused()
    search.fill("emile")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    search.press("Enter")
    expect(dialog.get_by_role("button", name="Assigner")).to_be_enabled()
    alice.keyboard.press("Control+Enter")
    expect(alice.locator(".vg-props")).to_contain_text("Émile Roux")


def test_taking_over_can_be_undone(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Clavier cassé", assignee="bruno").reference
    diane = page_as("diane")
    diane.goto(f"/incidents/{reference}")
    action(diane, "M’assigner")
    expect(diane.locator(".vg-props")).to_contain_text("Diane Leroy")
    diane.locator(".vg-toast").get_by_role("button", name="Annuler").click()
    expect(diane.locator(".vg-props")).to_contain_text("Bruno Keller")
