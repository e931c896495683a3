"""Filters, order and search live in the address: a view can be kept, sent, and survives a reload."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from services import lifecycle
from tests.browser.conftest import PageAs, Vigie


@pytest.fixture(scope="module", autouse=True)
def incidents(vigie: Vigie) -> dict[str, str]:
    """Title → reference of a handful in every state."""
    made = {
        "VPN coupé": vigie.create("VPN coupé", priority="critical", category="network", impact="enterprise"),
        "Écran noir": vigie.create("Écran noir", priority="high", category="hardware", severity="minor"),
        "Accès refusé": vigie.create("Accès refusé", priority="low", category="access", team="Support N2", by="diane"),
        "Imprimante muette": vigie.create("Imprimante muette", priority="medium", category="hardware"),
    }
    lifecycle.take_and_start(vigie.actors["alice"], made["Écran noir"].reference)
    for number in range(60):
        title = "Zibeline" if number == 7 else f"Ancien {number:02d}"
        old = vigie.create(title, priority="low", category="other")
        lifecycle.start_and_resolve(vigie.actors["alice"], old.reference, code="fixed", summary="Fait")
        if number % 2:
            lifecycle.close(vigie.actors["alice"], old.reference)
    return {title: view.reference for title, view in made.items()}


@pytest.fixture
def board(page_as: PageAs) -> Iterator[Page]:
    page = page_as("alice")
    page.goto("/incidents")
    expect(page.locator(".vg-tr[data-id]").first).to_be_visible()
    return page


def titles(page: Page) -> list[str]:
    return page.locator(".vg-tr .vg-c-title a").all_inner_texts()


def expect_titles(page: Page, *wanted: str) -> None:
    expect(page.locator(".vg-tr .vg-c-title a")).to_have_text(list(wanted))


def test_without_filters_all_open_ones_are_there_most_urgent_first(board: Page) -> None:
    expect_titles(board, "VPN coupé", "Écran noir", "Imprimante muette", "Accès refusé")
    expect(board.locator(".vg-fbar__count")).to_have_text("4 incidents")
    assert board.url.endswith("/incidents")


def test_a_search_finds_parts_of_words_without_their_accents_and_survives_a_reload(board: Page) -> None:
    board.get_by_role("searchbox").fill("ecran alic")
    expect_titles(board, "Écran noir")
    expect(board).to_have_url("/incidents?q=ecran+alic")
    board.reload()
    expect_titles(board, "Écran noir")
    expect(board.get_by_role("searchbox")).to_have_value("ecran alic")


def test_several_filters_narrow_together_and_are_in_the_address(board: Page) -> None:
    bar = board.locator(".vg-fbar")
    bar.get_by_role("button", name="Priorité").click()
    board.get_by_role("menuitemcheckbox", name="Haute").click()
    board.get_by_role("menuitemcheckbox", name="Moyenne").click()
    board.keyboard.press("Escape")
    expect_titles(board, "Écran noir", "Imprimante muette")
    bar.get_by_role("button", name="Non assignés").click()
    expect_titles(board, "Imprimante muette")
    expect(board).to_have_url("/incidents?f=unassigned&priority=high,medium")
    expect(bar.get_by_role("button", name="Priorité : Haute, Moyenne")).to_be_visible()
    bar.get_by_role("button", name="Retirer le filtre Priorité").click()
    expect(board).to_have_url("/incidents?f=unassigned")


def test_the_menu_of_more_filters_adds_one_by_its_name(board: Page) -> None:
    board.get_by_role("button", name="Filtrer").click()
    board.get_by_role("menuitem", name="Catégorie").click()
    board.get_by_role("menuitemcheckbox", name="Matériel").click()
    expect_titles(board, "Écran noir", "Imprimante muette")
    board.keyboard.press("Escape")
    board.get_by_role("button", name="Filtrer").click()
    board.get_by_role("menuitem", name="Sévérité").click()
    board.get_by_role("menuitemcheckbox", name="Mineure").click()
    expect_titles(board, "Écran noir")
    expect(board).to_have_url("/incidents?category=hardware&severity=minor")


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("?f=mine", ["Écran noir"]),
        ("?f=unassigned&category=access", ["Accès refusé"]),
        ("?status=new", ["VPN coupé", "Imprimante muette"]),
        ("?impact=enterprise", ["VPN coupé"]),
        ("?status=new&text=imprim", ["Imprimante muette"]),
        ("?sla=ok&priority=low", ["Accès refusé"]),
        ("?priority=high,nonsense&sort=nonsense&team=99&f=%3Cscript%3E", ["Écran noir"]),
    ],
)
def test_an_address_that_was_sent_shows_the_same_view(page_as: PageAs, address: str, wanted: list[str]) -> None:
    page = page_as("alice")
    page.goto(f"/incidents{address}")
    expect_titles(page, *wanted)


def test_the_figures_filter_as_toggles(board: Page) -> None:
    """S11."""
    figure = board.locator("[data-stat=unassigned]")
    expect(figure.locator("b")).to_have_text("3")
    expect(figure).to_have_attribute("aria-pressed", "false")
    figure.click()
    expect(figure).to_have_attribute("aria-pressed", "true")
    expect_titles(board, "VPN coupé", "Imprimante muette", "Accès refusé")
    figure.click()
    expect(figure).to_have_attribute("aria-pressed", "false")
    board.locator("[data-stat=breached]").click()
    expect(board.get_by_role("heading", name="Aucun incident ne correspond aux filtres")).to_be_visible()
    board.get_by_role("button", name="Effacer les filtres").last.click()
    expect(board.locator(".vg-tr")).to_have_count(4)
    assert board.url.endswith("/incidents")


def test_a_column_sorts_up_down_and_back_to_urgency(board: Page) -> None:
    column = board.get_by_role("columnheader", name="Titre")
    expect(column).to_have_attribute("aria-sort", "none")
    column.get_by_role("button").click()
    expect(column).to_have_attribute("aria-sort", "ascending")
    expect_titles(board, "Accès refusé", "Écran noir", "Imprimante muette", "VPN coupé")
    expect(board.locator(".vg-ghead")).to_have_count(0)
    column.get_by_role("button").click()
    expect(column).to_have_attribute("aria-sort", "descending")
    expect(board).to_have_url("/incidents?sort=-title")
    board.reload()
    expect_titles(board, "VPN coupé", "Imprimante muette", "Écran noir", "Accès refusé")
    column.get_by_role("button").click()
    expect(board.get_by_role("columnheader", name="SLA")).to_have_attribute("aria-sort", "ascending")
    expect(board.locator(".vg-ghead").first).to_be_visible()


def test_resolved_and_closed_ones_are_found_in_the_archive_page_by_page(board: Page) -> None:
    board.get_by_role("button", name="Voir les archives").click()
    expect(board).to_have_url("/incidents?status=resolved,closed")
    expect(board.locator(".vg-fbar__count")).to_have_text("60 incidents")
    expect(board.locator(".vg-tr")).to_have_count(50)
    board.get_by_role("button", name="Afficher la suite (10)").click()
    expect(board.locator(".vg-tr")).to_have_count(60)
    assert len(set(titles(board))) == 60
    board.get_by_role("searchbox").fill("zibel")
    expect_titles(board, "Zibeline")
    board.reload()
    expect_titles(board, "Zibeline")
    expect(board.locator(".vg-tr .vg-pill")).to_have_text("Clôturé")


def test_language_and_theme_follow_the_viewer(page_as: PageAs) -> None:
    page = page_as("alice")
    page.goto("/incidents?lang=en&theme=dark&f=mine")
    expect(page.locator("html")).to_have_attribute("lang", "en-GB")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("columnheader", name="Assigned to")).to_be_visible()
    expect(page.locator(".vg-tr .vg-pill")).to_have_text("In progress")
    page.locator(".vg-fbar").get_by_role("button", name="Mine").click()
    expect(page).to_have_url("/incidents?lang=en&theme=dark")


@pytest.mark.parametrize("width", [320, 390, 900, 1280])
def test_no_width_scrolls_sideways(page_as: PageAs, width: int) -> None:
    page = page_as("alice", viewport={"width": width, "height": 844})
    page.goto("/incidents?priority=critical,high,medium,low&category=network,hardware,access")
    expect(page.locator(".vg-tr[data-id]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_chosen_filter_leaves_the_bar_one_line_and_no_figure_is_cut(page_as: PageAs) -> None:
    """S9: the list does not jump as one filters; what a chip has no room for, its menu says."""
    page = page_as("alice")
    page.goto("/incidents?f=mine&priority=high,medium")
    expect_titles(page, "Écran noir")
    cut = "[...document.querySelectorAll('.vg-strip__text > *')].filter((e) => e.scrollWidth > e.clientWidth).length"
    for width, height in ((1440, 900), (1200, 800), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        if width > 1100:  # a tablet has one line as long as nothing is chosen
            assert page.locator(".vg-fbar").evaluate("(bar) => bar.offsetHeight") < 60, width
        assert page.evaluate(cut) == 0, width
    page.get_by_role("button", name="Effacer les filtres").click()
    expect(page.locator(".vg-fbar")).not_to_contain_class("vg-fbar--narrowed")
    assert page.locator(".vg-fbar").evaluate("(bar) => bar.offsetHeight") < 60
