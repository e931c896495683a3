"""What surrounds a page, in a real browser: lost connection, help sheet, phone menu, language and theme."""

import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import PageAs, Vigie

CONNECTED = "window.socket && window.socket.connected"
LOST = re.compile("vg-is-lost")


def at_the_first_start(page: Page) -> Page:
    """The simplest page that has a connection, once it is connected."""
    page.goto("/setup")
    page.wait_for_function(CONNECTED)
    return page


def test_a_lost_server_is_said_and_nothing_is_sent_until_it_is_back(empty_vigie: Vigie, page_of: PageAs) -> None:
    page = at_the_first_start(page_of(empty_vigie))
    html, banner = page.locator("html"), page.locator("#vg-lost")
    expect(banner).to_be_hidden()
    empty_vigie.kill()
    expect(html).to_have_class(LOST)
    expect(banner).to_contain_text("Connexion au serveur perdue")
    expect(banner).to_contain_text(re.compile(r"Données de \d\d:\d\d"))
    leading_away = "<a class='vg-btn' href='/offline'>Ailleurs</a>"
    page.evaluate("(link) => document.querySelector('main').insertAdjacentHTML('beforeend', link)", leading_away)
    page.get_by_role("link", name="Ailleurs").dispatch_event("click")
    expect(page).to_have_url(re.compile("/setup$"))
    empty_vigie.start()
    expect(html).not_to_have_class(LOST)
    expect(banner).to_be_hidden()


def test_a_page_that_never_reaches_the_server_says_what_may_hold_it_up(page_as: PageAs) -> None:
    """A proxy that is not declared, or passes no websockets: what waits for it would wait for ever."""
    page = page_as("alice")
    held = "WebSocket = class { constructor() { setTimeout(() => this.onerror(new Event('error'))); } close() {} }"
    page.add_init_script(held)
    page.route(re.compile("/_nicegui_ws/"), lambda route: route.abort())
    page.goto("/notifications")
    expect(page.locator("#vg-lost")).to_contain_text("un proxy retient peut-être ses websockets", timeout=15_000)


def test_a_short_cut_is_not_worth_a_word(empty_vigie: Vigie, page_of: PageAs) -> None:
    page = at_the_first_start(page_of(empty_vigie))
    page.evaluate("window.socket.io.engine.close()")
    page.wait_for_function(f"!({CONNECTED})")
    page.wait_for_function(CONNECTED)
    expect(page.locator("html")).not_to_have_class(LOST)
    expect(page.locator("#vg-lost")).to_be_hidden()


def test_what_is_done_before_the_page_is_connected_arrives_in_that_order(page_as: PageAs) -> None:
    """D12: on a slow line half a word does not come after the whole one, nor a click before what was typed."""
    page = page_as("alice")
    lines: list[tuple[WebSocketRoute, WebSocketRoute]] = []
    held, said = list[str | bytes](), list[str]()

    def hold(line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def keep(message: str | bytes) -> None:
            held.append(message)

        def send(message: str | bytes) -> None:
            said.append(str(message))
            server.send(message)

        server.on_message(keep)
        line.on_message(send)
        lines.append((line, server))

    page.route_web_socket(re.compile("socket.io"), hold)
    page.goto("/incidents/new")
    title = "Le réseau est lent depuis ce matin"
    page.get_by_label("Titre").press_sequentially(title, delay=7)
    page.get_by_role("radio", name="Haute").click()
    assert said == []
    ((line, server),) = lines
    server.on_message(line.send)
    while held:
        line.send(held.pop(0))
    expect(page.locator(".vg-check--done")).to_have_count(2)
    arrived = [re.search(r'"args":\["\\?"?(.*?)\\?"?"\]', message) for message in said]
    done = [found[1] for found in arrived if found]
    assert [each for each in done if each and title.startswith(each)] == [title[: n + 1] for n in range(len(title))]
    assert done.index("high") > done.index(title)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_automatic_theme_is_the_devices_and_follows_it(empty_vigie: Vigie, page_of: PageAs, scheme: str) -> None:
    page = at_the_first_start(page_of(empty_vigie, color_scheme=scheme))
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    other = "light" if scheme == "dark" else "dark"
    page.emulate_media(color_scheme=other)  # type: ignore[arg-type]
    expect(page.locator("html")).to_have_attribute("data-theme", other)


def test_language_and_theme_are_switched_in_the_rail_and_kept_with_the_account(page_as: PageAs) -> None:
    page = page_as("alice", color_scheme="light")
    page.goto("/incidents?theme=light")
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "fr")
    page.get_by_role("button", name="Thème sombre").click()
    expect(html).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="English").click()
    expect(html).to_have_attribute("lang", "en-GB")
    expect(page.get_by_role("heading", level=1)).to_have_text("Incidents")
    for path in ("/incidents", "/nowhere"):
        page.goto(path)
        expect(html).to_have_attribute("lang", "en-GB")
        expect(html).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page does not exist")


def test_the_menu_leads_to_the_list_and_the_button_at_the_top_right_to_the_form(page_as: PageAs) -> None:
    """S9, S12."""
    page = page_as("bruno")
    page.goto("/me")
    menu = page.get_by_role("navigation", name="Navigation principale")
    expect(menu.locator("[data-open-count]")).to_have_text(re.compile(r"^\d+$"))  # on every page of the team
    menu.get_by_role("group", name="ITSM").get_by_role("link", name="Incidents").first.click()
    expect(page).to_have_url(re.compile(r"/incidents$"))
    button = page.locator(".vg-top").get_by_role("link", name="Nouvel incident")
    box, window = button.bounding_box(), page.viewport_size
    assert box is not None
    assert window is not None
    assert box["x"] + box["width"] > window["width"] - 40
    assert box["y"] + box["height"] < 80
    button.click()
    expect(page).to_have_url(re.compile(r"/incidents/new$"))


def test_no_page_asks_anything_of_another_server(vigie: Vigie, page_as: PageAs) -> None:
    """B1."""
    reference = vigie.create("Sans internet").reference
    page = page_as("emile")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/incidents", "/incidents/new", f"/incidents/{reference}", "/cmdb/assets", "/me"):
        page.goto(path)
        page.wait_for_function(CONNECTED)
    page.goto("/nowhere", wait_until="networkidle")
    own = vigie.url.removeprefix("http")
    assert len(asked) > 20
    assert [url for url in asked if not url.startswith((f"http{own}/", f"ws{own}/", "data:", "blob:"))] == []


def test_the_help_sheet_opens_on_its_key_and_gives_the_focus_back(page_as: PageAs) -> None:
    page = page_as("bruno")
    page.goto("/incidents")
    page.wait_for_function(CONNECTED)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/incidents/new$"))
    page.goto("/me")
    page.wait_for_function(CONNECTED)
    page.get_by_role("checkbox", name="Raccourcis à une seule touche").click()
    expect(page.locator("html")).to_have_attribute("data-keys", "off")  # WCAG 2.1.4: they can be switched off
    page.goto("/incidents")
    page.wait_for_function(CONNECTED)
    for key in ("?", "c", "j"):
        page.keyboard.press(key)
    expect(sheet).to_be_hidden()
    expect(page).to_have_url(re.compile("/incidents$"))


def test_a_requesters_help_sheet_has_the_keys_that_do_something_for_them(page_as: PageAs) -> None:
    page = page_as("chloe")
    page.goto("/portal")
    page.wait_for_function(CONNECTED)
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(sheet.locator("dt")).to_have_text(["/", "C", "CtrlEntrée", "Échap", "?"])


def test_the_phones_menu_holds_the_focus_until_it_is_closed(page_as: PageAs) -> None:
    page = page_as("bruno", viewport={"width": 390, "height": 844})
    page.goto("/incidents")
    page.wait_for_function(CONNECTED)
    rail, opener = page.locator("#vg-rail"), page.get_by_role("button", name="Ouvrir le menu")
    expect(rail).to_be_hidden()
    opener.click()
    expect(rail).to_be_visible()
    expect(page.locator("#content")).to_have_attribute("inert", "")
    page.keyboard.press("Escape")
    expect(rail).to_be_hidden()
    expect(opener).to_be_focused()


def test_signing_out_ends_at_the_sign_in_page(page_as: PageAs) -> None:
    page = page_as("diane")
    page.goto("/incidents")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page).to_have_url(re.compile("/login"))
    page.goto("/incidents")
    expect(page).to_have_url(re.compile("/login"))


def test_a_page_of_the_administration_is_headed_as_the_rail_calls_it(page_as: PageAs) -> None:
    """Two entries of the rail are never two ways to one name."""
    page = page_as("emile")
    page.goto("/admin/settings")
    rail = page.locator("#vg-rail a[href^='/admin/']")
    expect(rail.first).to_be_visible()
    names = rail.evaluate_all(
        "all => all.map((one) => [one.getAttribute('href'), one.querySelector('span:not(.vg-icon)').textContent])"
    )
    assert len(names) > 5
    for address, name in names:
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
