"""What spares people typing: prepared incidents and replies, and letters that become incidents."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from services import incidents, templates
from services.notifications import message_ids
from tests.browser.conftest import PageAs, Vigie
from tests.intake.letters import received, written


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


def test_a_dispatcher_sorts_what_has_come_by_mail(vigie: Vigie, page_as: PageAs) -> None:
    """S17: an incident, an internal note, or nothing; what was written is text, whatever stands in it (X1)."""
    one = vigie.create("Routeur muet", by="chloe").reference
    seq = incidents.history(vigie.actors["diane"], one).entries[0].seq
    ours = message_ids.made(f"{seq}-mail-0-email", "vigie.example")
    received(written("roy@supplier.example", "Livraison", "Jeudi.\n<img src=x onerror=alert(1)>"))
    received(written("support@telecom.example", "Re: Routeur", "Ligne réparée.", in_reply_to=ours))
    received(written("ads@evil.example", "<b>Offre</b>", "Cliquez."))
    page = page_as("diane")
    page.goto("/admin/mail")
    letters = page.get_by_role("article")
    expect(letters).to_have_count(3)
    expect(letters.first).to_contain_text("<b>Offre</b>")
    letters.first.get_by_role("button", name=re.compile("^Écarter")).click()
    page.get_by_role("dialog").get_by_role("button", name="Écarter", exact=True).click()
    expect(letters).to_have_count(2)
    letters.first.get_by_role("button", name=f"Ajouter à {one} en commentaire interne").click()
    expect(letters).to_have_count(1)
    (note,) = incidents.history(vigie.actors["diane"], one).comments.values()
    assert "Ligne réparée." in note.body
    assert note.visibility == "internal"
    letters.get_by_role("button", name=re.compile("^Créer un incident")).click()
    page.wait_for_url(re.compile(r"/incidents/INC-\d{8}-\d{6}$"))
    made = incidents.get(vigie.actors["diane"], page.url.rpartition("/")[2])
    assert (made.source, made.title) == ("email", "Livraison")
    assert "<img src=x onerror=alert(1)>" in made.description
    page.goto("/admin/mail")
    expect(page.get_by_text("Vigie ne relève aucune boîte aux lettres")).to_be_visible()
    expect(letters).to_have_count(0)
