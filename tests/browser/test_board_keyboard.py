"""Everything on the board can be done with the keyboard, and no key acts while one types."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from services import lifecycle
from tests.browser.conftest import PageAs, Vigie


@pytest.fixture(scope="module", autouse=True)
def _incidents(vigie: Vigie) -> None:
    for number in range(120):
        vigie.create(f"Incident {number:03d}", priority="medium")
    mine = vigie.create("En cours chez Alice", priority="critical")
    lifecycle.take_and_start(vigie.actors["alice"], mine.reference)


@pytest.fixture
def board(page_as: PageAs) -> Iterator[Page]:
    page = page_as("alice")
    page.goto("/incidents")
    expect(page.locator(".vg-fbar__count")).to_have_text("121 incidents")
    page.reload()  # the cursor begins on the first line of what was there at first
    expect(page.locator(".vg-tr.vg-is-cursor")).to_be_visible()
    return page


def cursor(page: Page) -> str:
    return page.locator(".vg-tr.vg-is-cursor .vg-c-title a").inner_text()


def expect_cursor(page: Page, title: str) -> None:
    expect(page.locator(".vg-tr.vg-is-cursor .vg-c-title a")).to_have_text(title)


def test_the_cursor_moves_line_by_line_and_to_the_ends(board: Page) -> None:
    expect_cursor(board, "En cours chez Alice")
    for key, title in [
        ("j", "Incident 000"),
        ("ArrowDown", "Incident 001"),
        ("k", "Incident 000"),
        ("ArrowUp", "En cours chez Alice"),
        ("ArrowUp", "En cours chez Alice"),
        ("End", "Incident 119"),
        ("k", "Incident 118"),
        ("Home", "En cours chez Alice"),
    ]:
        board.keyboard.press(key)
        expect_cursor(board, title)
        expect(board.locator(".vg-tr.vg-is-cursor")).to_be_in_viewport()
        assert board.evaluate("document.activeElement.innerText") == title


def test_a_long_list_draws_only_what_is_near(board: Page) -> None:
    assert board.locator(".vg-tr").count() < 80
    expect(board.get_by_role("table")).to_have_attribute("aria-rowcount", "123")
    board.keyboard.press("End")
    expect(board.locator(".vg-tr", has_text="Incident 119")).to_have_attribute("aria-rowindex", "123")


def test_enter_opens_the_incident(board: Page) -> None:
    reference = board.locator(".vg-tr.vg-is-cursor").get_attribute("data-ref")
    board.keyboard.press("Enter")
    board.wait_for_url(f"**/incidents/{reference}")


@pytest.mark.parametrize(("key", "title"), [("r", "Résoudre"), ("h", "Mettre en attente"), ("e", "Escalader")])
def test_a_key_of_a_dialog_opens_it_in_place_and_the_cursor_stays(board: Page, key: str, title: str) -> None:
    board.keyboard.press(key)
    dialog = board.get_by_role("dialog")
    expect(dialog.get_by_role("heading", level=2)).to_contain_text(title)
    board.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect_cursor(board, "En cours chez Alice")
    assert board.url.endswith("/incidents")


def test_a_key_whose_action_is_not_allowed_does_nothing_and_a_step_s_says_why(board: Page) -> None:
    before = board.url
    board.keyboard.press("i")  # hers already
    expect(board.locator(".vg-toast--error")).to_contain_text("vous est déjà assigné")
    board.keyboard.press("j")
    board.keyboard.press("h")
    board.wait_for_timeout(300)
    assert board.url == before
    expect(board.locator(".q-dialog")).to_have_count(0)


def test_i_takes_and_s_starts(board: Page) -> None:
    board.keyboard.press("End")
    row = board.locator(".vg-tr.vg-is-cursor")
    title = cursor(board)
    board.keyboard.press("i")
    expect(row.locator(".vg-who")).to_have_text("Alice Martin")
    expect_cursor(board, title)
    board.keyboard.press("s")
    expect(row.locator(".vg-pill")).to_have_text("En cours")
    expect_cursor(board, title)


def test_the_search_is_a_key_away_and_keeps_the_letters_to_itself(board: Page) -> None:
    board.keyboard.press("/")
    expect(board.get_by_role("searchbox")).to_be_focused()
    board.keyboard.type("jki")
    expect(board.get_by_role("searchbox")).to_have_value("jki")
    expect(board.locator(".vg-empty")).to_be_visible()
    board.keyboard.press("Escape")
    expect(board.get_by_role("searchbox")).to_have_value("")
    board.keyboard.press("Escape")
    expect(board.get_by_role("searchbox")).not_to_be_focused()
    board.keyboard.press("j")
    expect_cursor(board, "Incident 000")


def test_a_menu_is_walked_with_arrows_and_left_with_escape(board: Page) -> None:
    opener = board.locator(".vg-fbar").get_by_role("button", name="Statut")
    opener.focus()
    board.keyboard.press("ArrowDown")
    expect(board.get_by_role("menuitemcheckbox", name="Nouveau")).to_be_focused()
    board.keyboard.press("ArrowDown")
    board.keyboard.press("ArrowDown")
    expect(board.get_by_role("menuitemcheckbox", name="En cours")).to_be_focused()
    board.keyboard.press("Space")
    expect(board.get_by_role("menuitemcheckbox", name="En cours")).to_have_attribute("aria-checked", "true")
    board.keyboard.press("Escape")
    expect(board.get_by_role("menu")).to_have_count(0)
    expect(board.locator(".vg-fbar").get_by_role("button", name="Statut : En cours")).to_be_focused()


def test_c_opens_the_form_and_question_mark_the_help(board: Page) -> None:
    board.keyboard.press("?")
    expect(board.locator("#vg-help")).to_be_visible()
    board.keyboard.press("j")
    expect_cursor(board, "En cours chez Alice")
    board.keyboard.press("Escape")
    expect(board.locator("#vg-help")).to_be_hidden()
    board.keyboard.press("c")
    board.wait_for_url("**/incidents/new")
