"""A board survives a lost connection and a lost server, and never shows old rows as if they were live."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import PageAs, Vigie

REFUSED_UNTIL_A_CLICK = """(() => {
    const asked = window.fetch;
    let pressed = false;
    addEventListener("click", () => { pressed = true; }, true);
    window.fetch = (url, ...rest) => pressed || !String(url).includes("/board/snapshot")
        ? asked(url, ...rest) : Promise.resolve(new Response("", { status: 503 }));
})()"""


def open_board(page_as: PageAs, login: str) -> Page:
    page = page_as(login)
    page.goto("/incidents")
    expect(page.locator(".vg-board[aria-busy=false]")).to_be_visible()
    page.wait_for_function("window.did_handshake")
    page.evaluate("window.sameDocument = true")
    return page


def test_what_was_missed_while_the_connection_was_cut_is_there_afterwards(vigie: Vigie, page_as: PageAs) -> None:
    alice = open_board(page_as, "alice")
    alice.evaluate("window.socket.io.engine.close()")
    incident = vigie.create("Pendant la coupure")
    expect(alice.locator(f'[data-ref="{incident.reference}"]')).to_be_visible()
    assert alice.evaluate("window.sameDocument === true")


def test_a_delta_that_does_not_follow_makes_the_page_ask_for_what_is_missing(vigie: Vigie, page_as: PageAs) -> None:
    alice = open_board(page_as, "alice")
    # The next message is lost on its way; the one after it shows the gap.
    alice.evaluate("window.listeners = window.socket.listeners('board'); window.socket.off('board')")
    lost = vigie.create("Message perdu")
    alice.wait_for_timeout(2500)
    expect(alice.locator(f'[data-ref="{lost.reference}"]')).to_have_count(0)
    alice.evaluate("window.listeners.forEach((listener) => window.socket.on('board', listener))")
    following = vigie.create("Message reçu")
    expect(alice.locator(f'[data-ref="{following.reference}"]')).to_be_visible()
    expect(alice.locator(f'[data-ref="{lost.reference}"]')).to_be_visible()
    assert alice.evaluate("window.sameDocument === true")


def test_a_link_that_is_silent_without_being_closed_is_told(vigie: Vigie, page_as: PageAs) -> None:
    page = page_as("alice")
    page.clock.install()
    page.goto("/incidents")
    expect(page.locator(".vg-board[aria-busy=false]")).to_be_visible()
    page.wait_for_function("window.did_handshake")
    page.evaluate("window.listeners = window.socket.listeners('board'); window.socket.off('board')")
    page.clock.fast_forward(30_000)
    expect(page.locator("html")).to_contain_class("vg-is-lost")
    expect(page.locator("#vg-lost")).to_contain_text("Connexion au serveur perdue")
    page.evaluate("window.listeners.forEach((listener) => window.socket.on('board', listener))")
    vigie.create("De nouveau là")
    expect(page.locator("html")).not_to_contain_class("vg-is-lost")


def test_a_killed_server_is_told_and_the_board_lives_again_once_it_is_back(vigie: Vigie, page_as: PageAs) -> None:
    before = vigie.create("Avant l’arrêt")
    alice = open_board(page_as, "alice")
    row = alice.locator(f'.vg-tr[data-ref="{before.reference}"]')
    row.locator("a").first.focus()
    row.click(position={"x": 300, "y": 8})
    alice.keyboard.press("Space")
    expect(alice.locator(".vg-peek")).to_have_attribute("data-ref", before.reference)
    alice.keyboard.press("r")
    dialog, summary = alice.get_by_role("dialog"), alice.get_by_label("Résumé de résolution")
    dialog.get_by_role("radio", name="Corrigé").click()
    summary.press_sequentially("À moitié")
    vigie.kill()
    expect(alice.locator("#vg-lost")).to_contain_text("Connexion au serveur perdue")
    expect(alice.locator(".vg-live")).to_have_text("Hors ligne", use_inner_text=True)
    expect(row).to_be_visible()
    during = vigie.create("Pendant l’arrêt")
    summary.press_sequentially(" écrit")
    vigie.start()
    expect(alice.locator(f'[data-ref="{during.reference}"]')).to_be_visible(timeout=30_000)
    expect(alice.locator(".vg-live")).to_have_text("En direct", use_inner_text=True)
    # What was being done on the board goes on: the half-filled dialog, the panel below it, the cursor.
    expect(summary).to_be_focused()
    expect(summary).to_have_value("À moitié écrit")
    expect(dialog.get_by_role("radio", name="Corrigé")).to_be_checked()
    alice.keyboard.press("Escape")
    expect(alice.locator(".vg-peek")).to_have_attribute("data-ref", before.reference)
    expect(row).to_contain_class("vg-is-cursor")
    after = vigie.create("Après l’arrêt")
    expect(alice.locator(f'[data-ref="{after.reference}"]')).to_be_visible()


def test_a_list_that_cannot_be_loaded_says_so_and_can_be_tried_again(vigie: Vigie, page_as: PageAs) -> None:
    page = page_as("alice")
    page.add_init_script(REFUSED_UNTIL_A_CLICK)  # and not only for a while: the page tries again by itself, too
    page.goto("/incidents")
    expect(page.get_by_role("heading", name="La liste n’a pas pu être chargée")).to_be_visible()
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".vg-board[aria-busy=false]")).to_be_visible()
    expect(page.locator(".vg-tr[data-id]").first).to_be_visible()
