"""Configuration items in the browser: linking with a proposal, and the pages of the CMDB (S3, S24 to S27, S74, S89)."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from data.vocabulary import ItemKind
from services import cmdb, drafts, i18n, impact, incidents
from services.views import ItemView
from tests.browser.conftest import PageAs, Vigie

CHANGED_ON = datetime.now(UTC).date()  # once: midnight may come in between
ASSETS, APPLICATIONS, EMPLOYEES, CLIENTS = ItemKind


@pytest.fixture(scope="module")
def server(vigie: Vigie) -> ItemView:
    """SRV-CRM-01, which hosts CRM Ventes."""
    made = cmdb.create(vigie.actors["alice"], ASSETS, {"name": "SRV-CRM-01", "type": "server", "location": "Lyon"})
    crm = cmdb.create(vigie.actors["alice"], APPLICATIONS, {"name": "CRM Ventes", "assets": [made.id]})
    impact.note_change(vigie.actors["alice"], crm.id, day=CHANGED_ON, summary="Version 4")
    return made


def linked(vigie: Vigie, reference: str) -> dict[str, list[str]]:
    found = incidents.get(vigie.actors["alice"], reference).links
    return {kind.value: [link.name for link in links] for kind, links in found.items()}


def choose_server(page: Page) -> None:
    field = page.get_by_role("textbox", name="Assets")
    field.click()
    field.fill("crm-01")
    page.get_by_role("button", name="SRV-CRM-01 Serveur").click()


def test_choosing_an_asset_proposes_its_application_which_one_click_links(
    vigie: Vigie, server: ItemView, page_as: PageAs
) -> None:
    """S89, in the dialog of an incident's page; S80: beside it, what was changed on the application."""
    incident = vigie.create("CRM lent")
    page = page_as("alice")
    page.goto(f"/incidents/{incident.reference}")
    page.get_by_role("button", name="Lier des éléments CMDB").click()
    dialog = page.get_by_role("dialog")
    choose_server(page)
    proposal = dialog.get_by_role("group", name="CRM Ventes, hébergée sur SRV-CRM-01")
    proposal.get_by_role("button", name="Lier").click()
    expect(proposal).to_have_count(0)
    dialog.get_by_role("button", name="Enregistrer").click()
    card = page.get_by_role("region", name="Éléments CMDB impactés")
    expect(card.get_by_role("link", name="CRM Ventes")).to_be_visible()
    expect(card).to_contain_text("Serveur · Lyon")
    changes = page.get_by_role("region", name="Changements récents")
    expect(changes).to_contain_text("Version 4")
    expect(changes.locator("time")).to_have_text(i18n.day_date(CHANGED_ON, "fr"))
    assert linked(vigie, incident.reference) == {"assets": ["SRV-CRM-01"], "applications": ["CRM Ventes"]}


def test_removing_the_primary_client_asks_for_another(vigie: Vigie, page_as: PageAs) -> None:
    """S86, from the keyboard: nothing can be saved until one of those that stay is chosen."""
    names = ("Banque Alcyon", "Mairie d’Erdre", "Vignobles Roy")
    made = [cmdb.create(vigie.actors["alice"], CLIENTS, {"name": name, "type": "external"}) for name in names]
    incident = vigie.create("Portail injoignable", links={"clients": [each.id for each in made]})
    page = page_as("alice")
    page.goto(f"/incidents/{incident.reference}")
    page.get_by_role("button", name="Lier des éléments CMDB").click()
    dialog = page.get_by_role("dialog")
    save = dialog.get_by_role("button", name="Enregistrer")
    question = dialog.get_by_role("group", name="Quel client devient le principal")
    dialog.get_by_role("button", name="Retirer Banque Alcyon").press("Enter")
    answers = question.get_by_role("button")
    expect(answers).to_have_text([f"star{name}" for name in names[1:]])
    expect(answers.first).to_be_focused()
    expect(save).to_be_disabled()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    expect(dialog.get_by_role("listitem").filter(has_text="Vignobles Roy")).to_contain_text("Principal")
    expect(dialog.get_by_role("list", name="Clients")).to_be_focused()
    save.click()
    expect(dialog).to_have_count(0)
    clients = incidents.get(vigie.actors["alice"], incident.reference).links[CLIENTS]
    assert {link.name: link.is_primary for link in clients} == {"Mairie d’Erdre": False, "Vignobles Roy": True}


def test_a_proposal_that_is_ignored_links_nothing(vigie: Vigie, server: ItemView, page_as: PageAs) -> None:
    """S89, on the card itself."""
    incident = vigie.create("CRM muet", links={"assets": [server.id]})
    page = page_as("alice")
    page.goto(f"/incidents/{incident.reference}")
    proposal = page.get_by_role("group", name="CRM Ventes, hébergée sur SRV-CRM-01")
    proposal.get_by_role("button", name="Ignorer").click()
    expect(proposal).to_have_count(0)
    assert linked(vigie, incident.reference) == {"assets": ["SRV-CRM-01"]}


def test_an_incident_is_declared_with_what_was_proposed(vigie: Vigie, server: ItemView, page_as: PageAs) -> None:
    """S24, S25, S89; the board's row then names the application."""
    drafts.keep(vigie.actors["alice"], "new", "")
    page = page_as("alice")
    page.goto("/incidents/new")
    page.get_by_label("Titre").fill("CRM en panne")
    page.get_by_role("radiogroup", name="Priorité").get_by_role("radio", name="Haute", exact=True).click()
    page.get_by_label("Description", exact=True).fill("Erreur 502")
    page.get_by_role("radiogroup", name="Catégorie").get_by_role("radio", name="Logiciel", exact=True).click()
    page.locator("summary").filter(has_text="Éléments CMDB impactés").click()
    choose_server(page)
    page.get_by_role("group", name="CRM Ventes, hébergée").get_by_role("button", name="Lier").click()
    expect(page.get_by_role("button", name="Retirer CRM Ventes")).to_be_visible()
    page.get_by_role("button", name="Enregistrer", exact=False).first.click()
    page.wait_for_url("**/incidents/INC-*")
    assert linked(vigie, page.url.rsplit("/", 1)[1]) == {"assets": ["SRV-CRM-01"], "applications": ["CRM Ventes"]}
    page.goto("/incidents")
    expect(page.get_by_role("row").filter(has_text="CRM en panne")).to_contain_text("CRM Ventes")


def test_a_file_is_tried_then_taken_in_wholly_or_not_at_all(vigie: Vigie, page_as: PageAs) -> None:
    """What is wrong is named row by row; what was exported is found unchanged."""
    page = page_as("bruno")
    page.goto("/cmdb/assets")
    page.get_by_role("button", name="Importer un CSV").first.click()
    dialog = page.get_by_role("dialog", name="Importer un CSV")
    confirm = dialog.get_by_role("button", name="Importer")
    expect(confirm).to_be_disabled()

    def choose(text: str) -> None:
        file = {"name": "parc.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}
        dialog.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]

    with page.expect_file_chooser():
        dialog.get_by_role("button", name="Choisir un fichier").click()
    choose("Nom;Type;Emplacement\nSRV-É1;serveur;Salle 2\nSRV-É2;fusée;Salle 2\n")
    expect(dialog.get_by_text("Ligne 3, colonne Type")).to_be_visible()
    expect(confirm).to_be_disabled()
    choose("Nom;Type;Emplacement\n" + "".join(f"X{n};serveur;{'é' * 200}\n" for n in range(3_000)))
    expect(dialog.get_by_text("dépasse 600")).to_be_visible()
    choose("Nom;Type;Emplacement;Humeur\nSRV-É1;serveur;Salle 2;bonne\nSRV-É2;serveur;Salle 2;\n")
    expect(dialog.get_by_text("À créer : 2, à modifier : 0")).to_be_visible()
    expect(dialog.get_by_text("Colonnes non reprises : Humeur")).to_be_visible()
    confirm.click()
    expect(page.get_by_role("link", name="SRV-É2")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Exporter en CSV").click()
    page.get_by_role("button", name="Importer un CSV").first.click()
    dialog.locator("input[type=file]").set_input_files(saved.value.path())
    expect(dialog.get_by_text("À créer : 0, à modifier : 0")).to_be_visible()
    expect(confirm).to_be_disabled()


def test_an_asset_is_made_found_and_read(vigie: Vigie, page_as: PageAs) -> None:
    """S74 to S78."""
    page = page_as("bruno")
    page.goto("/cmdb/assets")
    page.get_by_role("button", name="Nouvel asset").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nom").fill("IMP-07")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog.get_by_text("Ce champ est obligatoire.")).to_be_visible()
    dialog.get_by_role("combobox", name="Type").click()
    ids = dialog.evaluate("(it) => [...it.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
    page.get_by_role("option", name="Imprimante").click()
    dialog.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url("**/cmdb/assets/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("IMP-07")
    page.goto("/cmdb/assets?q=imp-07")
    page.get_by_role("link", name="IMP-07").click()
    expect(page.get_by_text("Aucun incident jusqu’ici.")).to_be_visible()
    page.get_by_role("button", name="Supprimer").click()
    asked = page.get_by_role("dialog", name="Supprimer IMP-07")
    asked.get_by_role("button", name="Annuler").click()
    expect(asked).to_have_count(0)
    page.get_by_role("button", name="Supprimer").click()
    asked.get_by_role("button", name="Supprimer").click()
    page.wait_for_url("**/cmdb/assets")
    expect(page.get_by_role("link", name="IMP-07")).to_have_count(0)
