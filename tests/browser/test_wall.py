"""B2: the wall of open incidents: paired by a code, alive without reloads, back by itself after whatever happens."""

import contextlib
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Error, Page, Route, expect

from data.vocabulary import ItemKind
from services import cmdb, displays, incidents, lifecycle, teams
from services.displays import DisplayView, Wish
from services.errors import NotFound
from tests.browser.conftest import PageAs, Vigie, sign_in

SIZE = {"width": 1920, "height": 1080}
Pair = Callable[..., tuple[Page, DisplayView]]


@pytest.fixture
def paired(vigie: Vigie, page_of: PageAs) -> Iterator[Pair]:
    """`paired(team=…)`: a screen that shows the wall, and the display that it is."""
    made: list[DisplayView] = []

    def pair(**wish: object) -> tuple[Page, DisplayView]:
        screen = page_of(vigie, viewport=SIZE)
        screen.goto("/wall")
        display = displays.pair(vigie.actors["emile"], code_of(screen), Wish(**({"name": "Hall"} | wish)))  # type: ignore[arg-type]
        made.append(display)
        expect(screen.locator(".vg-wall-link")).to_have_text("Temps réel")
        expect(screen.locator(".vg-wall-row, .vg-wall-clear h1").first).to_be_visible()
        screen.evaluate("window.sameDocument = true")
        return screen, display

    yield pair
    for each in made:
        with contextlib.suppress(NotFound):
            displays.revoke(vigie.actors["emile"], each.id)


def code_of(screen: Page) -> str:
    digits = screen.locator(".vg-wall-code")
    expect(digits).to_have_text(re.compile(r"^\d{6}$"))
    return digits.inner_text().replace("\n", "")


def test_an_administrator_pairs_a_screen_and_revokes_it(vigie: Vigie, page_of: PageAs) -> None:
    """B2, end to end: the code on the screen, entered on the administrator's page, with a team's view."""
    mine = vigie.create("Imprimante muette", team="Support N1")
    other = vigie.create("Hors de la vue", team="Support N2")
    screen = page_of(vigie, viewport=SIZE)
    screen.goto("/wall")
    code = code_of(screen)
    admin = page_of(vigie)
    sign_in(admin, vigie, "emile")
    admin.goto("/admin/displays")
    admin.get_by_role("button", name="Associer un écran").click()
    dialog = admin.get_by_role("dialog")
    dialog.get_by_label("Code affiché").fill("12")
    dialog.get_by_label("Nom de l’écran").fill("Accueil")
    admin.keyboard.press("Enter")
    expect(dialog.get_by_text("Aucun écran n’affiche ce code")).to_be_visible()
    dialog.get_by_label("Code affiché").fill(code)
    dialog.get_by_role("combobox", name="Vue").click()
    admin.get_by_role("option", name="Équipe : Support N1").click()
    dialog.get_by_role("button", name="Associer").click()
    expect(admin.get_by_text("Accueil", exact=True)).to_be_visible()
    expect(screen.locator(f'[data-ref="{mine.reference}"]')).to_be_visible()
    expect(screen.locator(f'[data-ref="{other.reference}"]')).to_have_count(0)
    expect(screen.locator(".vg-wall-site")).to_have_text("Support N1")
    admin.get_by_role("button", name="Révoquer : Accueil").click()
    admin.get_by_role("button", name="Révoquer", exact=True).click()
    expect(screen.locator(".vg-wall-code")).to_be_visible(timeout=5000)
    expect(screen.locator(".vg-wall-row")).to_have_count(0)


def test_a_killed_server_is_told_and_the_wall_lives_again_by_itself(vigie: Vigie, paired: Pair) -> None:
    """B2: recovers after a restart; old rows are never shown as live ones; an interrupted screen is not reloaded."""
    before = vigie.create("Avant l’arrêt")
    screen, _ = paired()
    expect(screen.locator(f'[data-ref="{before.reference}"]')).to_be_visible()
    vigie.kill()
    expect(screen.locator(".vg-wall-lost")).to_contain_text(re.compile(r"Connexion perdue.*Données figées depuis"))
    expect(screen.locator(".vg-wall-link")).to_have_text("Connexion perdue")
    lifecycle.assign(vigie.actors["diane"], before.reference, assignee="bruno")
    during = vigie.create("Pendant l’arrêt", priority="critical")
    vigie.start()
    expect(screen.locator(".vg-wall-lost")).to_have_count(0, timeout=30_000)
    expect(screen.locator(f'.vg-wall-row[data-ref="{during.reference}"]')).to_be_visible()
    expect(screen.locator(f'.vg-wall-row[data-ref="{before.reference}"]')).to_contain_text("Bruno Keller")
    # What became critical meanwhile is told too.
    expect(screen.locator(".vg-wall-alert")).to_contain_text("Pendant l’arrêt")
    assert screen.evaluate("window.sameDocument === true")


def test_a_new_critical_incident_is_shown_over_everything(vigie: Vigie, paired: Pair) -> None:
    """B2: the alert names it, and goes when it is no longer critical; lesser ones only take their place."""
    screen, _ = paired()
    lesser = vigie.create("Souris lente", priority="low")
    critical = vigie.create("Pare-feu de Lyon injoignable", priority="critical")
    alert = screen.locator(f'.vg-wall-alert[data-ref="{critical.reference}"]')
    expect(alert).to_contain_text("Nouvel incident critique")
    expect(alert).to_contain_text("Pare-feu de Lyon injoignable")
    expect(alert).to_contain_text("répondre avant")
    expect(screen.locator(f'.vg-wall-alert[data-ref="{lesser.reference}"]')).to_have_count(0)
    lifecycle.start_and_resolve(vigie.actors["alice"], critical.reference, code="fixed", summary="Relancé.")
    expect(screen.locator(".vg-wall-alert")).to_have_count(0)
    expect(screen.locator(f'[data-ref="{critical.reference}"]')).to_have_count(0)
    assert screen.evaluate("window.sameDocument === true")


def test_hundreds_of_changes_leave_the_page_as_small_as_it_was(vigie: Vigie, paired: Pair) -> None:
    """B2: weeks without growing: as many nodes and listeners after 160 changes as before, and hardly more heap."""
    alice = vigie.actors["alice"]
    reference = lifecycle.take_and_start(alice, vigie.create("Toujours en mouvement").reference).reference
    screen, _ = paired(sound=False)
    chromium = screen.context.new_cdp_session(screen)
    chromium.send("Performance.enable")

    def size_after(changes: int) -> dict[str, float]:
        for _ in range(changes // 2):
            lifecycle.hold(alice, reference, reason="other")
            lifecycle.resume(alice, reference)
        lifecycle.hold(alice, reference, reason="other")
        shown = screen.locator(f'.vg-wall-row[data-ref="{reference}"]')
        expect(shown).to_contain_text("En attente")
        lifecycle.resume(alice, reference)
        expect(shown).to_contain_text("En cours")
        screen.wait_for_timeout(1500)
        chromium.send("HeapProfiler.collectGarbage")
        found = {each["name"]: each["value"] for each in chromium.send("Performance.getMetrics")["metrics"]}
        return {name: found[name] for name in ("Nodes", "JSEventListeners", "JSHeapUsedSize")}

    before, after = size_after(20), size_after(160)
    assert after["Nodes"] <= before["Nodes"] + 50
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 5
    assert after["JSHeapUsedSize"] <= before["JSHeapUsedSize"] + 300_000


def test_a_screen_keeps_itself_through_the_nights(vigie: Vigie, paired: Pair) -> None:
    """B2, by the clock: it dims, moves, begins anew at four if the server answers, and a crash costs nothing."""
    vigie.create("Veille de nuit")
    first, _ = paired(dimmed=True)
    context = first.context
    first.close()  # as a browser that crashed: the device's cookie is all that is left
    screen = context.new_page()
    screen.add_init_script("Math.random = () => 0")  # of all minutes the first
    night = datetime(2026, 1, 15, 2, 50, tzinfo=ZoneInfo("Europe/Paris"))
    screen.clock.install(time=night)
    screen.route(re.compile("/wall$"), lambda route: _without_the_time(route, '"now": 0'))
    screen.route("**/wall/feed?*", lambda route: _without_the_time(route, '"then": 0'))
    screen.goto("/wall")
    wall = screen.locator(".vg-wall")
    expect(screen.locator(".vg-wall-row").first).to_be_visible()
    expect(wall).to_contain_class("vg-is-dim")
    screen.evaluate("window.sameDocument = true")
    places = set()
    for _ in range(3):
        screen.clock.run_for(60_000)
        places.add(wall.get_attribute("style"))
    assert len(places) == 3

    # The certificate has expired, or the network is gone: nothing answers, so the page stays.
    screen.route("**/healthz", lambda route: route.abort("failed"))
    screen.clock.pause_at(night + timedelta(hours=1, minutes=8))
    screen.clock.run_for(240_000)
    screen.wait_for_timeout(300)
    assert screen.evaluate("window.sameDocument === true")
    screen.clock.pause_at(night + timedelta(hours=3, minutes=20))
    screen.clock.run_for(2_000)
    expect(wall).not_to_contain_class("vg-is-dim")

    screen.unroute("**/healthz")
    screen.clock.pause_at(night + timedelta(days=1, hours=1, minutes=8))
    with screen.expect_event("domcontentloaded"), contextlib.suppress(Error):  # the page goes away under it
        for _ in range(4):
            screen.clock.run_for(60_000)
            screen.wait_for_timeout(200)
    screen.clock.resume()
    expect(screen.locator(".vg-wall-link")).to_have_text("Temps réel")
    assert screen.evaluate("window.sameDocument === undefined")
    screen.unroute_all(behavior="ignoreErrors")


def _without_the_time(route: Route, instead: str) -> None:
    """The server's answer, without the time by which the page corrects its clock."""
    with contextlib.suppress(Error):  # what a page had asked that is there no more
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r'"now": ?[0-9.e+]+', instead, answer.text()))


def test_the_feed_is_a_display_s_alone_and_holds_only_what_is_shown(
    vigie: Vigie, paired: Pair, page_of: PageAs
) -> None:
    """B2, read-only: 401 without the device's cookie, for a person too; no comment, no requester, no write."""
    emile = vigie.actors["emile"]
    site = cmdb.create(emile, ItemKind.ASSETS, {"name": "SRV-A3", "type": "server", "location": "Angers"})
    incident = vigie.create("Titre visible", by="chloe", description="canari-description", priority="high")
    incidents.edit(vigie.actors["alice"], incident.reference, {"assets": [site.id]})
    incidents.comment(vigie.actors["alice"], incident.reference, body="canari-interne")
    screen, display = paired(site="Angers")
    for path in ("/wall/feed", "/wall/qr/INC-20260101-000001.svg"):
        assert httpx.get(f"{vigie.url}{path}", trust_env=False).status_code == 401
    person = page_of(vigie)
    sign_in(person, vigie, "emile")
    assert person.request.get("/wall/feed").status == 401
    answer = screen.request.get("/wall/feed")
    assert [each["ref"] for each in answer.json()["rows"]["all"]] == [incident.reference]
    assert not re.search("canari|Chlo", answer.text())
    assert set(answer.json()["rows"]["all"][0]) == {
        *("id", "ref", "title", "status", "priority", "level", "created", "sla", "assignee", "team", "item"),
    }
    # The cookie opens nothing else: it is not even sent.
    assert screen.request.get("/board/snapshot").status == 401
    cookie = next(each for each in screen.context.cookies() if each["name"] == "vigie_wall")
    assert (cookie["path"], cookie["httpOnly"], cookie["sameSite"]) == ("/wall", True, "Strict")
    picture = screen.request.get(f"/wall/qr/{incident.reference}.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "<path" in picture.text()
    policy = screen.request.get("/wall").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    displays.revoke(emile, display.id)
    expect(screen.locator(".vg-wall-code")).to_be_visible()
    assert screen.request.get("/wall/feed").status == 401


def test_a_title_has_its_width_and_teams_that_do_not_fit_are_counted(vigie: Vigie, paired: Pair) -> None:
    """B2: nothing is cut where it need not be, and nothing is left out in silence."""
    title = "Site de Cholet injoignable : plus aucun accès au réseau"
    vigie.create(title, priority="critical", team="Support N1")
    for number in range(9):
        team = teams.create_team(vigie.actors["emile"], name=f"Équipe {number}")
        vigie.create(f"Chez {team.name}", team=team.name, by="diane")
    screen, _ = paired()
    screen.goto("/wall?rotate=0&n=7")
    shown = screen.locator(".vg-wall-what > b", has_text=title)
    expect(shown).to_be_visible()
    assert shown.evaluate("(title) => title.scrollWidth <= title.clientWidth")
    screen.goto("/wall?rotate=0&screen=1")
    expect(screen.locator(".vg-wall-team")).to_have_count(8)
    expect(screen.locator(".vg-wall-more")).to_have_text(re.compile(r"^\+\d autres équipes$"))


def test_what_is_not_quite_all_is_not_written_as_all(vigie: Vigie, paired: Pair) -> None:
    """S122, as in the reports: one breach among thousands shows."""
    screen, _ = paired()
    figures = [0.9996]

    def answered(route: Route) -> None:
        with contextlib.suppress(Error):
            answer = route.fetch()
            route.fulfill(response=answer, body=re.sub(r'"share": ?[^,}]+', f'"share":{figures[0]}', answer.text()))

    screen.route("**/wall/feed?*", answered)
    for share, said in ((0.9996, "99,9"), (1.0, "100"), (0.942, "94,2")):
        figures[:] = [share]
        screen.goto("/wall?rotate=0&screen=2")
        card = screen.locator(".vg-wall-cards > *", has_text=re.compile("30 j"))
        expect(card.locator("b")).to_have_text(re.compile(rf"^{said}\s?%$"))
    screen.unroute_all(behavior="ignoreErrors")
