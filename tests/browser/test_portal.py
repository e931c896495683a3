"""A requester's portal: declaring in plain words, answering, validating (ux 8.7)."""

import re

from playwright.sync_api import Locator, Page, expect

from data.vocabulary import ItemKind
from services import affected, attachments, board, cmdb, incidents, lifecycle
from services.views import IncidentView
from tests.browser.conftest import PageAs, Vigie
from tests.house.tree import ROOT

ICON = ROOT / "ui" / "static" / "icons" / "icon-192.png"


def opened(page: Page) -> Page:
    page.goto("/portal")
    expect(page.get_by_role("heading", level=1)).to_have_text("Quelque chose ne fonctionne pas ?")
    return page


def card(page: Page, title: str) -> Locator:
    return page.locator(".vg-report").filter(has=page.get_by_role("link", name=title))


def titled(vigie: Vigie, title: str) -> IncidentView:
    (found,) = board.page(vigie.actors["alice"], board.Query(q=title)).items
    return found


def close_with_two_clicks(page: Page, mine: Locator) -> None:
    """The second click, in the same place, rates nothing; the cursor is on the question how it went."""
    yes = mine.get_by_role("button", name="Oui, clôturer")
    place = yes.bounding_box()
    assert place is not None
    yes.click()
    expect(page.get_by_text("Merci, c’est clôturé.")).to_be_visible()
    expect(mine.locator(".vg-rate")).to_be_focused()
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.wait_for_timeout(200)
    expect(mine.locator(".vg-rate [aria-checked=true]")).to_have_count(0)


def test_from_the_first_word_to_the_closing(vigie: Vigie, page_as: PageAs) -> None:
    """S6, S7, S17, S83, S123, S125, S138, B4: nothing is reloaded, and nothing of the trade is said."""
    alice = vigie.actors["alice"]
    cmdb.create(alice, ItemKind.APPLICATIONS, {"name": "CRM Ventes"})
    page = opened(page_as("chloe"))
    expect(page.get_by_role("region", name="Que signaler ici")).to_contain_text("demandez à votre service")
    expect(page.get_by_role("navigation").first).not_to_contain_text("ITSM")
    page.get_by_label("Que se passe-t-il ?").fill("Le CRM reste blanc")
    page.get_by_role("textbox", name="Application ou équipement concerné").fill("crm")
    page.get_by_role("button", name="CRM Ventes").click()
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_role("radiogroup", name="Pouvez-vous continuer")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("radio", name="En partie").click()
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("C’est envoyé, l’équipe IT est prévenue.")).to_be_visible()
    made = titled(vigie, "Le CRM reste blanc")
    assert (made.priority, made.impact, made.source) == ("medium", "single_user", "portal")
    assert [link.name for link in made.links[ItemKind.APPLICATIONS]] == ["CRM Ventes"]
    mine = card(page, "Le CRM reste blanc")
    expect(mine.locator(".vg-way .vg-is-on")).to_contain_text("Reçu")

    lifecycle.take_and_start(alice, made.reference)
    expect(mine.locator(".vg-way .vg-is-on")).to_contain_text("En cours")
    incidents.comment(alice, made.reference, body="Sur quel poste ?", visibility="public")
    lifecycle.hold(alice, made.reference, reason="user", text="Note pour nous")
    expect(mine.get_by_text("Alice, Équipe IT")).to_be_visible()
    mine.get_by_label("Répondre à l’équipe IT").fill("Le PC-12.")
    mine.get_by_role("button", name="Envoyer la réponse").click()
    expect(mine.get_by_text("Nous attendons une information")).to_be_hidden()
    assert incidents.get(alice, made.reference).status == "in_progress"
    expect(mine.locator(".vg-said__text")).to_have_text("Le PC-12.")

    lifecycle.resolve(alice, made.reference, code="fixed", summary="Cache vidé", publish=True)
    expect(mine.get_by_text("Le problème est-il résolu pour vous ?")).to_be_visible()
    text = page.locator("#content").inner_text()
    assert [
        word for word in ("SLA", "Support N1", "Martin", "Note pour nous", "Priorité", "Impact") if word in text
    ] == []
    close_with_two_clicks(page, mine)
    last = incidents.history(alice, made.reference).entries[-1]
    assert (last.details["to"], last.details["validated_by"]) == ("closed", "requester")

    mine.get_by_role("radio", name="Content", exact=True).click()
    mine.get_by_label("Un mot à ajouter").fill("Rapide, merci.")
    mine.get_by_role("button", name="Envoyer mon avis").click()
    expect(page.get_by_text("Merci pour votre avis.")).to_be_visible()
    rating = incidents.get(alice, made.reference).rating
    assert rating is not None
    assert (rating.score, rating.comment) == (4, "Rapide, merci.")
    expect(mine).to_have_count(0)
    page.locator(".vg-past").get_by_role("link", name="Le CRM reste blanc").click()
    expect(page.get_by_role("heading", name="Le CRM reste blanc")).to_be_visible()
    expect(page.locator(".vg-rated")).to_contain_text("4/5")
    assert "Martin" not in page.locator("#content").inner_text()
    expect(page.get_by_text("Alice, Équipe IT").first).to_be_visible()


def test_on_a_phone_what_was_sent_is_told_where_one_looks(vigie: Vigie, page_as: PageAs) -> None:
    """B4: the button is far below the top of the form, where the reference is."""
    for number in range(3):
        vigie.create(f"Souris {number}", by="chloe")
    page = opened(page_as("chloe", viewport={"width": 390, "height": 844}))
    page.get_by_label("Que se passe-t-il ?").fill("Souris muette")
    page.get_by_role("radio", name="En partie").click()
    send = page.get_by_role("button", name="Envoyer", exact=True)
    send.evaluate("button => button.scrollIntoView({ block: 'center' })")
    send.click()
    expect(page.get_by_text("C’est envoyé")).to_be_in_viewport(ratio=1)


def test_a_capture_goes_with_what_is_declared(vigie: Vigie, page_as: PageAs) -> None:
    """S138, B4: it waits until there is an incident; sent again after a lost answer, it is there once."""
    page = opened(page_as("chloe"))
    page.get_by_label("Que se passe-t-il ?").fill("Écran rayé de vert")
    page.get_by_role("radio", name="En partie").click()
    page.locator(".vg-trouble input[type=file]").set_input_files(ICON)
    expect(page.locator(".vg-sent")).to_contain_text(ICON.name)
    page.route("**/files?*", lambda route: (route.fetch(), route.abort()), times=1)
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.locator(".vg-sent")).to_contain_text("Connexion interrompue")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".vg-sent")).to_have_count(0)
    (sent,) = attachments.listed(vigie.actors["alice"], titled(vigie, "Écran rayé de vert").reference)
    assert (sent.name, sent.visibility) == (ICON.name, "public")


def test_what_is_closed_is_found_and_paged(vigie: Vigie, page_as: PageAs) -> None:
    """S10, S125, B4: one's own closed incidents, the newest first, page by page; the search has the open ones too."""
    alice = vigie.actors["alice"]
    for number in range(12):
        reference = vigie.create(f"Clavier cassé {number}", by="chloe").reference
        lifecycle.start_and_resolve(alice, reference, code="fixed", summary="Remplacé")
        lifecycle.close(alice, reference)
    vigie.create("Clavier encore ouvert", by="chloe")
    vigie.create("Clavier d’un autre")
    past = opened(page_as("chloe")).get_by_role("region", name="Signalements clôturés")
    expect(past.get_by_role("link")).to_have_count(10)
    expect(past.get_by_role("link").first).to_contain_text("Clavier cassé 11")
    past.get_by_role("button", name="Afficher la suite").click()
    expect(past.get_by_role("link", name="Clavier cassé 0")).to_be_visible()
    past.get_by_label("Chercher dans tous mes signalements").fill("clavier")
    expect(past.get_by_text("13 signalements")).to_be_visible()
    expect(past.get_by_role("link", name="Clavier encore ouvert")).to_be_visible()
    past.get_by_label("Chercher dans tous mes signalements").fill("clavier autre")
    expect(past.get_by_text("Aucun incident ne correspond")).to_be_visible()


def test_what_comes_back_is_reopened_in_words(vigie: Vigie, page_as: PageAs) -> None:
    """S127: « Non, ça recommence », with a reason, which outlives what the team does meanwhile."""
    alice = vigie.actors["alice"]
    reference = vigie.create("L’écran clignote", by="chloe").reference
    lifecycle.start_and_resolve(alice, reference, code="fixed", summary="Câble changé")
    page = opened(page_as("chloe"))
    mine = card(page, "L’écran clignote")
    mine.get_by_role("button", name="Non, ça recommence").click()
    dialog = page.get_by_role("dialog", name="Le problème est toujours là")
    assert "SLA" not in dialog.inner_text()
    dialog.get_by_label("Que se passe-t-il maintenant ?").fill("Il clignote à nouveau.")
    incidents.edit(vigie.actors["diane"], reference, {"title": "L’écran clignote, poste 12"})
    mine = card(page, "L’écran clignote, poste 12")
    expect(dialog.get_by_role("alert")).to_contain_text("Quelqu’un vient de modifier cet incident")  # no line of theirs
    dialog.get_by_role("button", name="J’en tiens compte").click()
    expect(dialog.get_by_label("Que se passe-t-il maintenant ?")).to_have_value("Il clignote à nouveau.")
    dialog.get_by_role("button", name="Relancer l’équipe IT").click()
    expect(mine.locator(".vg-way .vg-is-on")).to_contain_text("En cours")
    assert incidents.get(alice, reference).reopen_count == 1
    lifecycle.resolve(alice, reference, code="fixed", summary="Écran changé")
    mine.get_by_role("button", name="Non, ça recommence").click()
    expect(dialog).to_be_visible()
    lifecycle.reopen(vigie.actors["diane"], reference, reason="Vu en passant.")
    warning = dialog.get_by_role("alert")
    expect(warning).to_contain_text("Diane, Équipe IT vient de modifier cet incident")
    expect(warning).to_contain_text("Cette action n’est plus possible.")


def test_a_draft_is_kept_and_what_was_declared_before_is_shown(vigie: Vigie, page_as: PageAs) -> None:
    """S6: own open incidents that look alike are shown while typing; what others declared is not."""
    vigie.create("Imprimante du hall en panne", by="chloe")
    vigie.create("Imprimante du hall : le secret des autres")
    page = opened(page_as("chloe"))
    page.get_by_label("Que se passe-t-il ?").fill("L’imprimante du hall bourre")
    expect(page.locator(".vg-similar a")).to_have_count(1)
    page.get_by_role("radio", name="Tout le monde").click()
    page.wait_for_timeout(900)
    opened(page)
    expect(page.get_by_label("Que se passe-t-il ?")).to_have_value("L’imprimante du hall bourre")
    expect(page.get_by_role("radio", name="Tout le monde")).to_be_checked()
    thing = page.get_by_role("textbox", name="Application ou équipement concerné")
    thing.fill("Inconnu")
    page.get_by_role("button", name="Effacer").click()
    expect(page.get_by_label("Que se passe-t-il ?")).to_have_value("")
    expect(thing).to_have_value("")
    expect(page.get_by_text("Le secret des autres", exact=False)).to_have_count(0)
    page.get_by_role("heading", name="Imprimante du hall en panne").get_by_role("link").click()
    expect(page).to_have_url(re.compile("/incidents/INC-"))


def test_what_others_have_is_joined_in_one_tap_instead_of_declared_again(vigie: Vigie, page_as: PageAs) -> None:
    """S7, S26, S139: found as it is typed; counted live on the incident; the team adds whoever calls as it declares."""
    alice = vigie.actors["alice"]
    made = vigie.create("Serveur EXCH-02 saturé, mot de passe dans la description", by="bruno", priority="high")
    lifecycle.take_and_start(alice, made.reference)
    team, page = page_as("alice"), opened(page_as("chloe"))
    expect(page.get_by_role("heading", name="Problèmes connus")).to_be_hidden()
    team.goto(f"/incidents/{made.reference}")
    team.get_by_role("button", name="Publier comme problème connu").click()
    dialog = team.get_by_role("dialog")
    dialog.get_by_label(re.compile("^Titre pour tous")).fill("La messagerie est lente")
    dialog.get_by_label(re.compile("^Que faire en attendant")).fill("Passez par le webmail.")
    dialog.get_by_role("button", name="Publier").click()
    known = page.locator(".vg-portal__known .vg-report")
    expect(known).to_contain_text("La messagerie est lente")
    page.get_by_label("Que se passe-t-il ?").fill("Messagerie très lente ce matin")
    page.locator(".vg-similar").get_by_role("button", name="Moi aussi").click()
    expect(known).to_contain_text("Vous serez prévenu de la résolution")
    expect(team.locator(".vg-affected")).to_contain_text("Chloé Dubois")
    assert "EXCH-02" not in page.content()
    page.get_by_role("button", name="Annuler").click()
    expect(known.get_by_role("button", name="Moi aussi")).to_be_visible()
    expect(team.locator(".vg-affected")).not_to_contain_text("Chloé Dubois")

    team.goto("/incidents/new")
    team.get_by_label(re.compile("^Titre")).fill("Serveur EXCH-02")
    team.locator(".vg-similar").get_by_role("button", name=re.compile("^Ajouter la personne")).click()
    dialog.get_by_role("radio", name="Chloé Dubois").click()
    dialog.get_by_role("button", name="Ajouter", exact=True).click()
    expect(dialog).to_be_hidden()
    assert [each.login for each in affected.touched(alice, made.reference).joined] == ["chloe"]


def test_the_team_has_troubles_of_its_own(vigie: Vigie, page_as: PageAs) -> None:
    """S6, S138: by the same page, which tells of nobody else's; what is answered there is public."""
    vigie.create("Imprimante de Chloé en panne", by="chloe")
    page = page_as("bruno")
    page.goto("/incidents")
    rail = page.get_by_role("navigation", name="Navigation principale")
    expect(rail.get_by_role("link", name="Affichage mural")).to_have_attribute("target", "_blank")
    rail.get_by_role("link", name="Portail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quelque chose ne fonctionne pas ?")
    page.get_by_label("Que se passe-t-il ?").fill("Imprimante en panne chez moi")
    page.get_by_role("radio", name="Oui, gênant").click()
    page.get_by_role("button", name="Envoyer", exact=True).click()
    mine = card(page, "Imprimante en panne chez moi")
    expect(mine).to_be_visible()
    expect(page.get_by_text("Imprimante de Chloé")).to_have_count(0)
    made, alice = titled(vigie, "Imprimante en panne chez moi"), vigie.actors["alice"]
    assert (made.requester.login, made.source) == ("bruno", "portal")
    lifecycle.take_and_start(alice, made.reference)
    lifecycle.hold(alice, made.reference, reason="user", text=None)
    mine.get_by_label("Répondre à l’équipe IT").fill("Celle du premier étage.")
    mine.get_by_role("button", name="Envoyer la réponse").click()
    expect(mine.get_by_text("Nous attendons une information")).to_be_hidden()
    answers = incidents.history(alice, made.reference).comments.values()
    assert [answer.visibility for answer in answers] == ["public"]
