"""Declaring an incident in the browser (S6, S7, S13 to S33, S63 to S70)."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from data.vocabulary import Status
from services import board, incidents
from services.views import IncidentView
from tests.browser.conftest import PageAs, Vigie

REFERENCE = re.compile(r"/incidents/(INC-\d{8}-\d{6})$")


@pytest.fixture
def form(page_as: PageAs) -> Page:
    return opened(page_as("alice"))


def opened(page: Page, address: str = "/incidents/new") -> Page:
    """The empty form: what an earlier test was typing is discarded."""
    page.goto(address)
    expect(page.get_by_label("Titre")).to_be_focused()
    if page.get_by_text("Brouillon restauré").is_visible():
        page.get_by_role("button", name="Effacer", exact=True).click()
        expect(page.get_by_text("Brouillon restauré")).to_be_hidden()
        expect(page.get_by_label("Titre")).to_have_value("")
    return page


def fill(form: Page, title: str, *, priority: str = "Haute") -> None:
    """Everything that has to be."""
    form.get_by_label("Titre").fill(title)
    choose(form, "Priorité", priority)
    form.get_by_label("Description", exact=True).fill("Message « 502 » à l’ouverture\n  depuis 9 h")
    choose(form, "Catégorie", "Logiciel")


def choose(form: Page, group: str, name: str) -> None:
    form.get_by_role("radiogroup", name=group).get_by_role("radio", name=name, exact=True).click()


def save(form: Page) -> None:
    form.get_by_role("button", name="Enregistrer", exact=False).first.click()


def declared(vigie: Vigie, page: Page) -> IncidentView:
    """The incident whose page has opened."""
    page.wait_for_url(REFERENCE)
    found = REFERENCE.search(page.url)
    assert found is not None
    return incidents.get(vigie.actors["emile"], found[1])


def titled(vigie: Vigie, title: str) -> list[IncidentView]:
    page = board.page(vigie.actors["emile"], board.Query(limit=200))
    return [each for each in page.items if each.title == title]


def test_an_incident_with_every_field_is_declared_and_its_record_opens(form: Page, vigie: Vigie) -> None:
    """S14 to S18, S21, S22, S28, S30 to S32."""
    fill(form, "Impossible d’accéder au CRM")
    choose(form, "Source", "Téléphone")
    form.get_by_text("Sévérité et impact").click()
    choose(form, "Sévérité", "Majeure")
    choose(form, "Impact", "Multi-clients")
    form.get_by_text("Assignation").click()
    for field, part, name in (("Équipe", "N2", "Support N2"), ("Assigné à", "Bru", "Bruno Keller")):
        form.get_by_role("combobox", name=field).fill(part)
        form.get_by_role("option", name=name).click()
    expect(form.locator("summary", has_text="Sévérité et impact")).to_contain_text("Majeure · Multi-clients")
    expect(form.locator("summary", has_text="Assignation")).to_contain_text("Support N2 · Bruno Keller")
    save(form)
    incident = declared(vigie, form)
    assert (incident.title, incident.description) == (
        "Impossible d’accéder au CRM",
        "Message « 502 » à l’ouverture\n  depuis 9 h",
    )
    assert (incident.priority, incident.category, incident.source) == ("high", "software", "phone")
    assert (incident.severity, incident.impact) == ("major", "multi_client")
    assert incident.team is not None
    assert incident.assignee is not None
    assert (incident.team.name, incident.assignee.login, incident.status) == ("Support N2", "bruno", Status.ASSIGNED)


def test_what_is_optional_can_be_left_to_the_dispatcher(form: Page, vigie: Vigie) -> None:
    """S23, S29, S33; the source is « Manuel » unless somebody says otherwise (S17)."""
    fill(form, "Imprimante bloquée")
    form.keyboard.press("Control+Enter")
    incident = declared(vigie, form)
    assert (incident.status, incident.team, incident.assignee) == (Status.NEW, None, None)
    assert (incident.source, incident.severity, incident.impact) == ("manual", None, None)


def test_each_missing_field_says_so_and_nothing_typed_is_lost(form: Page, vigie: Vigie) -> None:
    """S13."""
    form.get_by_label("Titre").fill("Seulement un titre")
    form.keyboard.press("Control+Enter")
    missing = form.get_by_text("Ce champ est obligatoire.")
    expect(missing).to_have_count(3)
    for group in ("Priorité", "Catégorie"):
        expect(form.get_by_role("radiogroup", name=group)).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Description", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_role("radio", name="Critique").first).to_be_focused()
    expect(form.get_by_label("Titre")).to_have_value("Seulement un titre")
    assert titled(vigie, "Seulement un titre") == []
    choose(form, "Priorité", "Basse")
    expect(missing).to_have_count(2)


def test_a_missing_title_and_source_are_refused_too(form: Page) -> None:
    """S13: the source cannot be taken away, a title of spaces is none."""
    form.get_by_label("Titre").fill("   ")
    chosen = form.get_by_role("radiogroup", name="Source").get_by_role("radio", name="Manuel")
    chosen.click()
    expect(chosen).to_be_checked()
    save(form)
    expect(form.get_by_label("Titre")).to_be_focused()
    expect(form.get_by_text("Ce champ est obligatoire.")).to_have_count(4)


def test_what_the_server_refuses_is_said_beside_the_field(form: Page) -> None:
    """In sight too: the description before it is long, and the page has gone down to its end."""
    fill(form, "Un titre \u202eretourné")
    form.get_by_label("Description", exact=True).fill("Une ligne\n" * 100)
    form.keyboard.press("Control+Enter")
    sentence = form.get_by_text("Ce texte contient des caractères de contrôle.")
    expect(sentence).to_be_visible()
    expect(form.get_by_label("Titre")).to_have_accessible_description(re.compile("caractères de contrôle"))
    expect(form.get_by_label("Titre")).to_be_focused()
    expect(sentence).to_be_in_viewport()


def test_the_choices_are_those_of_the_specification_with_their_meaning(form: Page) -> None:
    """S16 to S19, S21, S22, S63 to S70; what an incident is, and what a request (S6, S7); guidance (S15)."""
    form.get_by_text("Sévérité et impact").click()
    for group, names in {
        "Priorité": ["Critique", "Haute", "Moyenne", "Basse"],
        "Catégorie": ["Matériel", "Logiciel", "Réseau", "Accès", "Autre"],
        "Source": ["Manuel", "E-mail", "Portail", "Téléphone", "Monitoring", "API"],
        "Sévérité": ["Critique", "Majeure", "Modérée", "Mineure"],
        "Impact": ["Entreprise", "Multi-clients", "Client unique", "Utilisateur unique"],
    }.items():
        radios = form.get_by_role("radiogroup", name=group).get_by_role("radio")
        expect(radios).to_have_count(len(names))
        for radio, name in zip(radios.all(), names, strict=True):
            expect(radio).to_have_accessible_name(name)
    for meaning in (
        "Service critique totalement indisponible",
        "Impact majeur sur les opérations",
        "Impact mineur, non urgent",
        "Service totalement indisponible, perte de données",
        "Gêne mineure, impact cosmétique",
        "Ex. : panne de la messagerie globale",
        "Ex. : problème de poste de travail",
        "Un incident est une interruption non planifiée",
        "n’est pas un incident",
        "Exact, copié tel quel",
    ):
        expect(form.get_by_text(meaning)).to_be_visible()


def test_arrows_choose_and_the_due_times_follow(form: Page) -> None:
    """S18 to S20, S49, S51."""
    expect(form.get_by_text("Choisissez une priorité pour voir les échéances.")).to_be_visible()
    group = form.get_by_role("radiogroup", name="Priorité")
    group.get_by_role("radio", name="Critique").focus()
    form.keyboard.press("ArrowRight")
    expect(group.get_by_role("radio", name="Haute")).to_be_checked()
    expect(group.get_by_role("radio", name="Haute")).to_be_focused()
    expect(form.locator(".vg-due__target")).to_have_text(["4 h", "8 h"])
    form.keyboard.press("End")
    expect(group.get_by_role("radio", name="Basse")).to_be_checked()
    expect(form.locator(".vg-due__target")).to_have_text(["24 h", "72 h"])
    form.keyboard.press("ArrowRight")
    expect(form.locator(".vg-due__target")).to_have_text(["1 h", "4 h"])
    expect(group.get_by_role("radio")).to_have_count(4)
    assert [radio.get_attribute("tabindex") for radio in group.get_by_role("radio").all()] == ["0", "-1", "-1", "-1"]


def test_the_due_times_move_on_while_the_page_stays_open(page_as: PageAs) -> None:
    """S20."""
    page = page_as("alice")
    page.clock.install()
    opened(page)
    # The server's clock, by which the page goes, whatever the time of the day: 11:00 in Paris.
    page.evaluate("async () => (await import('vigie-kit')).syncClock(Date.parse('2026-11-23T10:00:00Z') / 1000)")
    choose(page, "Priorité", "Critique")
    response = page.locator(".vg-due b").first
    expect(response).to_have_text("12:00")
    page.clock.fast_forward("02:00")
    expect(response).to_have_text("12:02")


def test_an_optional_choice_can_be_taken_back(form: Page, vigie: Vigie) -> None:
    fill(form, "Choix repris")
    form.get_by_text("Sévérité et impact").click()
    choose(form, "Sévérité", "Mineure")
    choose(form, "Impact", "Entreprise")
    expect(form.get_by_role("button", name="Effacer ce choix")).to_have_count(2)
    form.get_by_role("button", name="Effacer ce choix").last.click()
    choose(form, "Sévérité", "Mineure")
    expect(form.locator("summary", has_text="Sévérité et impact")).to_contain_text("facultatif")
    save(form)
    incident = declared(vigie, form)
    assert (incident.severity, incident.impact) == (None, None)


def test_similar_open_incidents_appear_while_the_title_is_typed(form: Page, vigie: Vigie) -> None:
    similar = vigie.create("Messagerie muette au siège", priority="high")
    form.keyboard.type("La messagerie ne répond plus")
    link = form.get_by_role("link", name=similar.reference)
    expect(link).to_be_visible()
    expect(form.get_by_text("Incidents ouverts qui ressemblent à celui-ci")).to_be_visible()
    with form.context.expect_page() as other:
        link.click()
    expect(other.value).to_have_url(re.compile(similar.reference))
    expect(form.get_by_label("Titre")).to_have_value("La messagerie ne répond plus")
    form.get_by_label("Titre").fill("Autre chose")
    expect(link).to_have_count(0)


def test_what_is_typed_right_after_the_fields_were_emptied_stays(page_as: PageAs) -> None:
    """Their first word from the server empties them; no later one does, however late it comes."""
    form = page_as("alice")
    lines: list[tuple[WebSocketRoute, WebSocketRoute]] = []
    form.route_web_socket(re.compile("socket.io"), lambda page: lines.append((page, page.connect_to_server())))
    form.goto("/incidents/new")
    fill(form, "Un titre de trop", priority="Basse")
    expect(form.locator(".vg-check--done")).to_have_count(4)
    form.reload()
    expect(form.get_by_label("Titre")).to_have_value("Un titre de trop")
    page, server = lines[-1]
    holding, late = False, list[str | bytes]()

    def heard(message: str | bytes) -> None:
        nonlocal holding
        if holding:
            late.append(message)
        else:
            page.send(message)
            holding = '"data-draft":"new/title"' in str(message)

    server.on_message(heard)
    form.get_by_role("button", name="Effacer", exact=True).click()
    expect(form.get_by_label("Titre")).to_have_value("")
    fill(form, "Le titre d’après")
    while late:
        page.send(late.pop(0))
    server.on_message(page.send)
    expect(form.locator(".vg-check--done")).to_have_count(4)
    expect(form.get_by_label("Titre")).to_have_value("Le titre d’après")
    expect(form.get_by_role("radio", name="Haute")).to_be_checked()
    page.close()


def test_pressing_twice_declares_once(form: Page, vigie: Vigie) -> None:
    fill(form, "Appuyé deux fois")
    expect(form.locator(".vg-check--done")).to_have_count(4)
    form.evaluate(
        """() => {
            const save = document.querySelector("[data-submit]");
            const keys = { key: "Enter", ctrlKey: true, bubbles: true, cancelable: true };
            save.click();
            save.click();
            document.querySelector("textarea").dispatchEvent(new KeyboardEvent("keydown", keys));
        }"""
    )
    declared(vigie, form)
    assert len(titled(vigie, "Appuyé deux fois")) == 1


def test_saving_to_create_another_begins_an_empty_form(form: Page, vigie: Vigie) -> None:
    fill(form, "Le premier de la série")
    choose(form, "Source", "E-mail")
    form.get_by_role("button", name="Enregistrer et créer un autre").click()
    expect(form.get_by_text("créé", exact=False).first).to_be_visible()
    expect(form.get_by_label("Titre")).to_have_value("")
    expect(form.get_by_label("Titre")).to_be_focused()
    expect(form.get_by_role("radio", name="E-mail")).to_be_checked()
    expect(form.get_by_role("radio", name="Haute")).not_to_be_checked()
    assert len(titled(vigie, "Le premier de la série")) == 1
    fill(form, "Le second de la série", priority="Moyenne")
    save(form)
    assert declared(vigie, form).title == "Le second de la série"


def test_a_requester_is_led_to_the_portal(page_as: PageAs) -> None:
    """S6, B4."""
    page = page_as("chloe")
    page.goto("/incidents/new")
    expect(page).to_have_url(re.compile("/portal$"))
