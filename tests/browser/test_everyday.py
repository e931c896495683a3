"""What spares people typing: prepared incidents and replies."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from services import incidents, templates
from tests.browser.conftest import PageAs, Vigie


@pytest.fixture(autouse=True)
def nothing_prepared(vigie: Vigie) -> Iterator[None]:
    yield
    for each in templates.every(vigie.actors["emile"]):
        templates.remove(vigie.actors["emile"], each.id)


def test_a_template_fills_in_the_form_and_a_reply_the_composer_by_keyboard(vigie: Vigie, page_as: PageAs) -> None:
    """S13 to S22, S138, S139: both are prepared on their page first; an internal reply is offered to no requester."""
    page = page_as("diane")
    page.goto("/admin/templates")
    page.get_by_role("button", name="Nouvel incident préparé").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("^Nom du modèle")).fill("Panne d’imprimante")
    dialog.get_by_label(re.compile("^Titre")).fill("L’imprimante n’imprime plus")
    dialog.get_by_label(re.compile("^Description")).fill("**Lieu :**")
    for field, choice in (("Catégorie", "Matériel"), ("Priorité", "Basse")):
        dialog.get_by_role("combobox", name=re.compile(f"^{field}")).click()
        page.get_by_role("option", name=choice).click()
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Nouvelle réponse type").click()
    dialog.get_by_label(re.compile("^Nom du modèle")).fill("Demande de précisions")
    dialog.get_by_label(re.compile("^Texte de la réponse")).fill("Bonjour {requester}, {secret} ?")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog.get_by_text("n’est pas un champ connu")).to_be_visible()
    text = "Bonjour {requester}, quel message pour {reference} ?\n{technician}"
    dialog.get_by_label(re.compile("^Texte de la réponse")).fill(text)
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".vg-chan")).to_have_count(2)
    templates.create(vigie.actors["diane"], "reply", {"name": "Passage", "text": "Constaté :", "readers": "internal"})

    page.goto("/incidents/new")
    page.get_by_role("button", name="Modèles").click()
    page.get_by_role("menuitem", name="Panne d’imprimante").click()
    expect(page.get_by_label(re.compile("^Titre"))).to_have_value("L’imprimante n’imprime plus")
    expect(page.get_by_role("radio", name="Basse")).to_be_checked()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/incidents/INC-\d{8}-\d{6}$"))
    reference = page.url.rpartition("/")[2]

    expect(page.get_by_role("tab", name="Réponse au déclarant")).to_be_visible()
    page.keyboard.press("p")
    reply = page.get_by_label("Réponse au déclarant", exact=True)
    expect(reply).to_be_focused()
    reply.press_sequentially("Merci. /préc")
    offered = page.get_by_role("option")
    expect(offered).to_have_count(1)
    page.keyboard.press("Enter")
    expected = f"Merci. Bonjour Diane Leroy, quel message pour {reference} ?\nDiane"
    expect(reply).to_have_value(expected)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".vg-tl, .vg-story, body").first).to_contain_text("quel message pour")
    said = incidents.history(vigie.actors["alice"], reference).comments
    assert [each.body for each in said.values()] == [expected]
    page.get_by_role("button", name="Insérer une réponse type").locator("visible=true").click()
    expect(offered).to_have_count(1)
    page.keyboard.press("Escape")
    expect(offered).to_have_count(0)
