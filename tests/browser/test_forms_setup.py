"""The first start in the browser, from nothing to the board."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data import db
from data.vocabulary import Priority
from services import chain, organisation, people, policies
from services.sla import Target
from services.work import SYSTEM
from tests.browser.axe import findings_in_both_themes
from tests.browser.conftest import SECRET, PageAs, Vigie
from tests.processes import Processes

PASSWORD = "correct horse battery"


@pytest.fixture
def fresh(servers: Processes, tmp_path: Path) -> Iterator[Vigie]:
    """A server that nobody has set up; the services look at its database too."""
    running = Vigie(tmp_path, servers)
    running.start()
    db.bind(running.database_url)
    chain.use_secret(SECRET.encode())
    yield running
    running.stop()
    db.dispose()


@pytest.fixture
def page(page_of: PageAs, fresh: Vigie) -> Page:
    return page_of(fresh)


def code_of(vigie: Vigie) -> str:
    found = re.search(r"\d{4}-\d{4}-\d{4}", vigie.log.read_text(encoding="utf-8"))
    assert found is not None
    return found[0]


def go_on(page: Page, name: str = "Continuer") -> None:
    page.get_by_role("button", name=name).click()


def enter_code(page: Page, code: str) -> None:
    page.get_by_label("Code de mise en service").fill(code)
    page.keyboard.press("Enter")


def fill_administrator(page: Page) -> None:
    for label, value in (("Organisation", "Ateliers Martin"), ("Nom", "Émile Petit"), ("Identifiant", "emile")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    go_on(page)


def expect_step(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def arrange_teams(page: Page) -> None:
    """Four teams, one with another name, and a supplier, moved by the menu and by the mouse."""
    expect_step(page, "Équipes et escalade")
    names = page.get_by_role("textbox", name="Équipe")
    expect(names).to_have_count(3)
    assert [name.input_value() for name in names.all()] == ["Support N3", "Support N2", "Support N1"]
    names.nth(2).fill("Accueil")
    page.get_by_role("button", name="Ajouter une équipe en dessous").first.click()
    expect(names.nth(3)).to_be_focused()
    assert findings_in_both_themes(page) == []
    page.keyboard.type("Accueil")
    go_on(page)
    expect(page.get_by_text("Déjà utilisé.")).to_have_count(1)
    names.nth(3).fill("Infrastructure")
    page.get_by_role("button", name="Ajouter un fournisseur externe").click()
    expect(names.nth(4)).to_be_focused()
    page.keyboard.type("Ouestelis")
    go_on(page)
    expect(page.get_by_text("Ce champ est obligatoire.")).to_have_count(1)
    page.get_by_role("textbox", name="E-mail du fournisseur").fill("incidents@ouestelis.example")
    handles, moved = page.get_by_role("button", name="Déplacer cette équipe"), page.locator("[role=status]")
    handles.nth(4).press("Enter")
    page.get_by_role("menuitem", name="Sous Support N2").click()
    expect(moved.filter(has_text="Ouestelis est maintenant sous Support N2.")).to_be_attached()
    expect(handles.nth(3)).to_be_focused()
    handles.nth(3).drag_to(names.nth(4))
    expect(moved.filter(has_text="Ouestelis est maintenant sous Infrastructure.")).to_be_attached()
    order = ["Support N3", "Support N2", "Accueil", "Infrastructure", "Ouestelis"]
    assert [name.input_value() for name in names.all()] == order
    go_on(page)


def ask_for_targets(page: Page) -> None:
    """The defaults stand there; a resolution of two hours and a half for what is critical."""
    expect_step(page, "Délais SLA")
    for label, value in (
        ("Réponse (h), Critique", "1"),
        ("Résolution (h), Critique", "4"),
        ("Résolution (h), Basse", "72"),
    ):
        expect(page.get_by_label(label)).to_have_value(value)
    page.get_by_label("Résolution (h), Critique").fill("bientôt")
    go_on(page, "Terminer")
    expect(page.get_by_text("Un nombre d’heures, par exemple 4 ou 1,5")).to_have_count(1)
    assert not organisation.is_set_up()
    page.get_by_label("Résolution (h), Critique").fill("2,5")


@pytest.mark.parametrize("address", ["/", "/incidents", "/incidents/new", "/me", "/portal", "/login"])
def test_before_set_up_every_page_leads_there(page_of: PageAs, empty_vigie: Vigie, address: str) -> None:
    page = page_of(empty_vigie)
    page.goto(address)
    expect(page).to_have_url("/setup")
    expect_step(page, "Bienvenue dans Vigie")


def test_a_wrong_code_opens_nothing_and_attempts_are_counted(page_of: PageAs, empty_vigie: Vigie) -> None:
    page = page_of(empty_vigie)
    page.goto("/setup")
    for left in ("4 essais", "3 essais"):
        enter_code(page, "0000-0000-0000")
        expect(page.get_by_text(f"Ce code n’est pas le bon. Il reste {left}.")).to_be_visible()
    for _ in range(4):
        enter_code(page, "0000-0000-0000")
        page.wait_for_timeout(300)
    expect(page.get_by_text("Trop d’essais.")).to_be_visible()
    enter_code(page, code_of(empty_vigie))
    expect(page.get_by_text("Trop d’essais.")).to_be_visible()
    expect_step(page, "Bienvenue dans Vigie")


def test_from_nothing_to_the_board(page: Page, fresh: Vigie) -> None:
    page.goto("/")
    enter_code(page, code_of(fresh))
    expect_step(page, "Compte administrateur")
    go_on(page)
    expect(page.get_by_text("Ce champ est obligatoire.")).to_have_count(3)
    expect(page.get_by_text("Trop court")).to_be_visible()
    expect(page.get_by_label("Organisation")).to_be_focused()
    assert findings_in_both_themes(page) == []
    fill_administrator(page)

    names = page.get_by_role("textbox", name="Équipe")
    arrange_teams(page)
    ask_for_targets(page)
    go_on(page, "Retour")
    expect(names.nth(3)).to_have_value("Infrastructure")
    go_on(page, "Retour")
    expect(page.get_by_label("Organisation")).to_have_value("Ateliers Martin")
    go_on(page)
    expect_step(page, "Équipes et escalade")
    go_on(page)
    expect_step(page, "Délais SLA")
    expect(page.get_by_label("Résolution (h), Critique")).to_have_value("2,5")
    assert not organisation.is_set_up()
    assert findings_in_both_themes(page) == []
    go_on(page, "Terminer")

    expect_step(page, "Vigie est prête")
    expect(page).to_have_url("/setup/done")
    assert organisation.name() == "Ateliers Martin"
    teams = {team.name: team for team in people.all_teams(SYSTEM)}
    assert teams["Accueil"].parent_id == teams["Support N2"].id
    assert teams["Infrastructure"].parent_id == teams["Support N3"].id
    assert teams["Ouestelis"].parent_id == teams["Infrastructure"].id
    assert teams["Ouestelis"].external
    targets = policies.in_force(SYSTEM).targets
    assert targets[Priority.CRITICAL] == Target(timedelta(hours=1), timedelta(hours=2, minutes=30))
    page.get_by_role("link", name="Ouvrir le tableau").click()
    expect(page.get_by_role("heading", name="Incidents", level=1)).to_be_visible()
    expect(page.get_by_text("Émile Petit")).to_be_visible()
    page.goto("/setup")
    expect(page).to_have_url("/incidents")


@pytest.mark.parametrize("at_the_end", [True, False])
def test_the_demonstration_can_be_loaded(page: Page, fresh: Vigie, at_the_end: bool) -> None:
    page.goto("/setup?lang=en")
    page.get_by_label("Setup code").fill(code_of(fresh))
    page.keyboard.press("Enter")
    for label, value in (("Organisation", "Acme"), ("Name", "Émile Petit"), ("Username", "chief")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    load = page.get_by_role("button", name="Load demonstration data")
    if not at_the_end:
        load.click()
        expect(page.get_by_text("These data cannot be removed")).to_be_visible()
    for button, title in (
        ("Continue", "Teams and escalation"),
        ("Continue", "SLA targets"),
        ("Finish", "Vigie is ready"),
    ):
        if not at_the_end:
            expect(load).to_have_attribute("aria-pressed", "true")
        go_on(page, button)
        expect_step(page, title)
    if at_the_end:
        load.click()
    expect(page.get_by_role("heading", name="150 incidents are loaded")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("alice", exact=True)).to_be_visible()
    page.get_by_role("link" if at_the_end else "button", name="Open the board").click()
    expect(page.get_by_role("heading", name="Incidents", level=1)).to_be_visible()
    page.goto("/setup/done")
    expect(page).to_have_url("/incidents")


def test_a_demonstration_that_the_teams_forbid_is_told_and_the_desk_stands(page: Page, fresh: Vigie) -> None:
    page.goto("/setup")
    enter_code(page, code_of(fresh))
    expect_step(page, "Compte administrateur")
    page.get_by_role("button", name="Charger des données de démonstration").click()
    fill_administrator(page)
    expect_step(page, "Équipes et escalade")
    page.get_by_role("button", name="Déplacer cette équipe").nth(2).press("Enter")
    page.get_by_role("menuitem", name="Sous Support N3").click()
    go_on(page)
    expect_step(page, "Délais SLA")
    go_on(page, "Terminer")
    expect(page.get_by_role("alert")).to_contain_text("Support N1 remonte vers Support N2")
    go_on(page)
    expect(page).to_have_url("/setup/done")


def test_an_open_page_can_do_nothing_once_somebody_else_has_set_up(page: Page, fresh: Vigie) -> None:
    page.goto("/setup")
    enter_code(page, code_of(fresh))
    expect_step(page, "Compte administrateur")
    organisation.set_up(organisation="Acme", login="first", admin_name="First", email=None, password=PASSWORD)
    fill_administrator(page)
    expect(page).to_have_url(re.compile("/login"))
    page.goto("/setup")
    expect(page).to_have_url(re.compile("/login"))
    assert organisation.name() == "Acme"
