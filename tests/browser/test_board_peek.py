"""The board without leaving it: the panel beside the list, several rows at once, and how the list is laid out."""

from playwright.sync_api import Page, expect

from services import incidents, lifecycle, people, saved_views
from services.work import Actor
from tests.browser.conftest import PageAs, Vigie


def board(page: Page, address: str = "/incidents") -> Page:
    page.goto(address)
    expect(page.locator(".vg-tr.vg-is-cursor")).to_be_visible()
    return page


def test_the_panel_follows_the_cursor_and_what_others_do_and_acts(vigie: Vigie, page_as: PageAs) -> None:
    """S48, S55, S56: space looks, J and K move on, both clocks and the last comment are there, and it stays live."""
    first = vigie.create("VPN coupé", priority="critical", description="Toutes les dix minutes")
    second = vigie.create("Écran noir", priority="high", description="Au **démarrage** <b onclick=x>seulement</b>")
    incidents.comment(vigie.actors["bruno"], second.reference, body="Câble changé", visibility="internal")
    alice = board(page_as("alice"))
    alice.keyboard.press("Home")
    alice.keyboard.press(" ")
    panel = alice.get_by_role("complementary", name="Aperçu de")
    expect(panel).to_contain_text("Toutes les dix minutes")
    expect(panel.get_by_role("timer")).to_have_count(2)
    table, beside = alice.locator(".vg-table").bounding_box(), panel.bounding_box()
    assert table
    assert beside
    assert table["x"] + table["width"] <= beside["x"]
    expect(panel.locator(".vg-slab__state").first).to_have_text("Dans les délais")
    expect(panel.locator(".vg-peek__acts .vg-btn")).to_contain_text(["M’assigner", "Assigner"])
    panel.get_by_role("button", name="Autres actions").click()
    expect(panel.get_by_role("menuitem", name="Prendre et démarrer")).to_be_in_viewport(ratio=1)
    alice.keyboard.press("Escape")
    alice.keyboard.press("j")
    expect(panel).to_contain_text("Câble changé")
    expect(panel.locator(".vg-peek__text strong")).to_have_text("démarrage")
    expect(panel.locator(".vg-peek__text b")).to_have_count(0)
    lifecycle.take(vigie.actors["bruno"], second.reference)
    expect(panel.locator("dd").first).to_have_text("Bruno Keller")
    alice.keyboard.press("k")
    panel.get_by_role("button", name="M’assigner").click()
    expect(panel.get_by_role("button", name="Démarrer le travail")).to_be_visible()
    alice.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert incidents.get(vigie.actors["alice"], first.reference).assignee is not None


def test_several_are_done_at_once_and_what_is_refused_says_why_and_stays_chosen(vigie: Vigie, page_as: PageAs) -> None:
    """S90, S118: one dialog, each its own transaction on the version that was shown."""
    made = [vigie.create(f"Imprimante {number}", priority="low") for number in range(3)]
    alice = board(page_as("alice"), "/incidents?q=imprimante&sort=title")
    expect(alice.locator(".vg-fbar__count")).to_have_text("3 incidents")
    alice.keyboard.press("Home")
    alice.keyboard.press("x")
    alice.locator(".vg-tr").nth(2).click(modifiers=["Shift"], position={"x": 300, "y": 40})
    expect(alice.locator(".vg-bulk__n")).to_have_text("3 sélectionnés")
    alice.locator(".vg-bulk").get_by_role("button", name="Résoudre").click()
    dialog = alice.get_by_role("dialog")
    expect(dialog).to_contain_text("3 incidents, chacun pour soi")
    dialog.get_by_role("radio", name="Corrigé").click()
    dialog.get_by_role("textbox").last.fill("Pilote remplacé")
    incidents.edit(vigie.actors["bruno"], made[1].reference, {"title": "Imprimante 1 bis"})
    dialog.get_by_role("button", name="Résoudre").click()
    expect(alice.locator(".vg-bulk__n")).to_have_text("2 faits, 1 refusé")
    expect(alice.locator(".vg-bulk__why")).to_contain_text(made[1].reference)
    expect(alice.locator(".vg-tr.vg-is-picked")).to_have_count(1)
    found = [incidents.get(vigie.actors["alice"], each.reference) for each in made]
    assert [each.status for each in found] == ["resolved", "new", "resolved"]


def test_columns_density_and_groups_stay_with_the_person_and_groups_are_in_the_address(page_as: PageAs) -> None:
    """S9, S71."""
    diane = board(page_as("diane"))
    for choice in ("Équipe", "Compacte"):
        diane.get_by_role("button", name="Affichage").click()
        diane.get_by_role("menuitemradio", name=choice).click()
    diane.get_by_role("button", name="Affichage").click()
    diane.get_by_role("menuitemcheckbox", name="Impact").click()
    diane.keyboard.press("Escape")
    diane.wait_for_url("**/incidents?group=team")
    expect(diane.locator(".vg-ghead").first).to_contain_text("Sans équipe")
    board(diane)
    expect(diane.get_by_role("columnheader", name="Impact")).to_be_visible()
    expect(diane.locator(".vg-table--dense")).to_be_visible()
    diane.wait_for_url("**/incidents?group=team")


def test_a_list_is_kept_under_a_name_shared_and_opens_the_board(vigie: Vigie, page_as: PageAs) -> None:
    """S10: what the address says is kept; the usual view is there without one."""
    vigie.create("Commutateur muet", priority="critical", category="network")
    diane = board(page_as("diane"), "/incidents?category=network&sort=age")
    diane.get_by_role("button", name="Vues").click()
    diane.get_by_role("menuitem", name="Enregistrer cette vue").click()
    dialog = diane.get_by_role("dialog", name="Vues enregistrées")
    dialog.get_by_label("Nom de la vue").fill("Câblage")
    dialog.get_by_label("Ouvrir le tableau avec cette vue").check()
    dialog.get_by_label("Partager avec toute l’équipe").check()
    diane.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(diane.get_by_role("button", name="Câblage")).to_be_visible()
    diane.goto("/incidents")
    diane.wait_for_url("**/incidents?category=network&sort=age")
    alice = board(page_as("alice"))
    alice.get_by_role("button", name="Vues").click()
    alice.get_by_role("menuitemradio", name="Câblage").click()
    alice.wait_for_url("**/incidents?category=network&sort=age")
    alice.get_by_role("button", name="Câblage").click()
    alice.get_by_role("menuitem", name="Enregistrer cette vue").click()
    expect(alice.get_by_role("dialog", name="Vues enregistrées")).to_be_visible()
    expect(alice.get_by_role("dialog").get_by_label("Partager")).to_have_count(0)
    diane.get_by_role("button", name="Câblage").click()
    diane.get_by_role("menuitem", name="Enregistrer cette vue").click()
    diane.get_by_role("button", name="Supprimer « Câblage »").click()
    expect(diane.get_by_role("button", name="Vues")).to_be_visible()
    expect(dialog.get_by_role("listitem")).to_have_count(0)


def test_a_view_that_is_kept_anew_under_its_name_stays_shared_and_usual(vigie: Vigie, page_as: PageAs) -> None:
    """S10: another list under the same name; neither the team nor the board loses it without a word."""
    vigie.create("Baie chaude", priority="high")
    first = saved_views.save(vigie.actors["diane"], "Rondes", "priority=low", shared=True, usual=True)
    diane = board(page_as("diane"), "/incidents?priority=high")
    diane.get_by_role("button", name="Vues").click()
    diane.get_by_role("menuitem", name="Enregistrer cette vue").click()
    dialog = diane.get_by_role("dialog", name="Vues enregistrées")
    dialog.get_by_label("Nom de la vue").fill("Rondes")
    expect(dialog.get_by_label("Partager avec toute l’équipe")).to_be_checked()
    expect(dialog.get_by_label("Ouvrir le tableau avec cette vue")).to_be_checked()
    diane.keyboard.press("Enter")
    expect(diane.get_by_role("button", name="Rondes")).to_be_visible()
    found = saved_views.views(vigie.actors["diane"])
    (view,) = found.views
    assert (view.query, view.shared, found.usual) == ("priority=high", True, view.id)
    saved_views.delete(vigie.actors["diane"], first.views[0].id)


def test_a_list_by_a_thing_that_is_gone_finds_nothing_and_offers_to_clear(page_as: PageAs) -> None:
    """S10: a view or an address may outlive what it names; trying again, which cannot help, is not offered."""
    alice = page_as("alice")
    alice.goto("/incidents?asset=424242")
    expect(alice.get_by_text("Aucun incident ne correspond aux filtres")).to_be_visible()
    expect(alice.get_by_role("button", name="Réessayer")).to_have_count(0)
    alice.get_by_role("button", name="Effacer les filtres").last.click()
    alice.wait_for_url("**/incidents")


def test_the_list_of_some_people_is_in_the_address_the_archive_and_a_view(vigie: Vigie, page_as: PageAs) -> None:
    """S10: several people are any of them, also one who has left; a login that nobody has finds nothing."""
    emile, titles = vigie.actors["emile"], {"bruno": "Onduleur", "diane": "Baie ouverte", "gaston": "Bande usée"}
    gaston = people.create_user(emile, login="gaston", name="Gaston Roy", role="technician", password="long enough so")
    actors = vigie.actors | {"gaston": Actor(gaston.id)}
    for login, title in titles.items():
        for name in (title, f"{title} (fait)"):
            case = vigie.create(name, category="other")
            lifecycle.assign(emile, case.reference, assignee=login)
        lifecycle.start_and_resolve(actors[login], case.reference, code="fixed", summary="Fait")
    people.set_active(emile, "gaston", False)
    nobodys = vigie.create("Armoire", category="other")
    alice = board(page_as("alice"), "/incidents?f=unassigned&category=other&sort=title")
    rows, bar = alice.locator(".vg-tr .vg-c-title a"), alice.locator(".vg-fbar")
    expect(rows).to_have_text([nobodys.title])
    alice.get_by_role("button", name="Filtrer").focus()
    for key in ("Enter", "Enter"):  # the menu, and « Assigné à », its first line
        alice.keyboard.press(key)
    for name in ("Bruno Keller", "Gaston Roy"):
        alice.get_by_role("menuitemcheckbox", name=name).press("Enter")
    alice.keyboard.press("Escape")
    chip = bar.get_by_role("button", name="Assigné à : Bruno Keller, Gaston Roy")
    expect(chip).to_be_focused()
    expect(rows).to_have_text([titles["gaston"], titles["bruno"]])
    address = "/incidents?category=other&assignee=bruno,gaston&sort=title"
    expect(alice).to_have_url(address)
    alice.reload()
    expect(rows).to_have_text([titles["gaston"], titles["bruno"]])
    alice.get_by_role("button", name="Vues").click()
    alice.get_by_role("menuitem", name="Enregistrer cette vue").click()
    alice.get_by_role("dialog").get_by_label("Nom de la vue").fill("Les leurs")
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("button", name="Les leurs")).to_be_visible()
    bar.get_by_role("button", name="Non assignés").click()
    expect(rows).to_have_text([nobodys.title])
    expect(alice).to_have_url("/incidents?f=unassigned&category=other&sort=title")
    alice.get_by_role("button", name="Vues").click()
    alice.get_by_role("menuitemradio", name="Les leurs").click()
    expect(alice).to_have_url(address)
    expect(chip).to_be_visible()
    alice.goto("/incidents?status=resolved&assignee=gaston,diane")
    expect(rows).to_have_text([f"{titles[login]} (fait)" for login in ("gaston", "diane")])
    for status in ("", "status=resolved&"):
        alice.goto(f"/incidents?{status}assignee=zorro")
        expect(bar.get_by_role("button", name="Assigné à : zorro")).to_be_visible()
        expect(alice.locator(".vg-empty")).to_contain_text("Personne au support n’a l’identifiant « zorro ».")
