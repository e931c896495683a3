"""What happens elsewhere shows on every open board, at once and without a reload."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from services import clock, lifecycle
from services.clock import MovedClock
from services.views import IncidentView
from tests.browser.conftest import PASSWORD, PageAs, Vigie

RESPONSE_OF_CRITICAL = timedelta(hours=1)


@pytest.fixture
def board_of(page_as: PageAs) -> Callable[[str], Page]:
    """The open board of a persona, which tells by `was_reloaded` whether it has been drawn anew since."""

    def open_board(login: str) -> Page:
        page = page_as(login)
        page.goto("/incidents")
        expect(page.locator(".vg-board[aria-busy=false]")).to_be_visible()
        page.wait_for_function("window.did_handshake")
        page.evaluate("window.sameDocument = true; performance.clearResourceTimings()")
        return page

    return open_board


def row_of(page: Page, reference: str) -> Locator:
    return page.locator(f'.vg-tr[data-ref="{reference}"]')


def was_reloaded(page: Page) -> bool:
    return not page.evaluate("window.sameDocument === true")


def was_told(page: Page) -> bool:
    """Whatever is new has come by itself: the page has not asked for the list again, as it does after a silence."""
    asked = "performance.getEntriesByType('resource').some((each) => each.name.includes('/board/snapshot'))"
    return not page.evaluate(asked)


def declared(vigie: Vigie, title: str, ago: timedelta, **fields: str) -> IncidentView:
    """As if declared `ago`."""
    with clock.running_on(MovedClock(datetime.now(UTC) - ago)):
        return vigie.create(title, **fields)


def test_an_incident_declared_through_the_api_shows_within_a_second_lit_and_with_its_author(
    vigie: Vigie, board_of: Callable[[str], Page]
) -> None:
    bruno = board_of("bruno")
    new = {"title": "Messagerie coupée", "description": "…", "category": "network", "priority": "high"}
    for more in (2, 1, 0):  # a busy machine is slow, not wrong
        with vigie.api("alice") as api:
            answer = api.post("/incidents", json=new)
        assert answer.status_code == httpx.codes.CREATED
        row = row_of(bruno, answer.json()["reference"])
        try:
            expect(row).to_be_visible(timeout=1000)
            break
        except AssertionError:
            if not more:
                raise
    expect(row).to_contain_class("vg-is-fresh")
    expect(row.locator(".vg-changed")).to_have_text("boltCréé par Alice")
    assert was_told(bruno)
    assert not was_reloaded(bruno)


def test_what_another_process_does_shows_too(vigie: Vigie, board_of: Callable[[str], Page]) -> None:
    bruno = board_of("bruno")
    incident = vigie.create("Déclaré ailleurs")
    expect(row_of(bruno, incident.reference)).to_be_visible()
    lifecycle.take(vigie.actors["alice"], incident.reference)
    expect(row_of(bruno, incident.reference).locator(".vg-who")).to_have_text("Alice Martin")
    assert was_told(bruno)


def test_a_change_in_one_browser_is_lit_in_the_other(vigie: Vigie, board_of: Callable[[str], Page]) -> None:
    incident = vigie.create("Imprimante du quai à l’arrêt")
    alice, bruno = board_of("alice"), board_of("bruno")
    row_of(alice, incident.reference).hover()
    row_of(alice, incident.reference).get_by_role("button", name="M’assigner").click()
    seen = row_of(bruno, incident.reference)
    expect(seen.locator(".vg-who")).to_have_text("Alice Martin")
    assert was_told(bruno)
    expect(seen.locator(".vg-changed")).to_have_text("boltMis à jour par Alice")
    expect(seen.locator(".vg-c-who")).to_contain_class("vg-is-lit")
    expect(seen.locator(".vg-c-status")).to_contain_class("vg-is-lit")
    expect(seen.locator(".vg-changed")).to_be_hidden(timeout=9000)
    assert not was_reloaded(alice)
    assert not was_reloaded(bruno)


def test_my_own_action_is_confirmed_by_a_toast_and_carries_no_name(
    vigie: Vigie, board_of: Callable[[str], Page]
) -> None:
    incident = vigie.create("Badgeuse muette")
    alice = board_of("alice")
    row = row_of(alice, incident.reference)
    row.hover()
    row.get_by_role("button", name="M’assigner").click()
    expect(alice.locator(".vg-toast")).to_contain_text(f"{incident.reference} vous est assigné")
    expect(alice.locator(".vg-toast button")).to_have_count(0)
    expect(row.locator(".vg-who")).to_have_text("Alice Martin")
    expect(row.locator(".vg-changed")).to_have_count(0)
    row.hover()
    row.get_by_role("button", name="Démarrer").click()
    expect(row.locator(".vg-pill")).to_have_text("En cours")


def test_taking_from_ones_team_can_be_undone(vigie: Vigie, board_of: Callable[[str], Page]) -> None:
    """S94, S95, S112: what was handed to a team and nobody has taken is marked with how long."""
    incident = declared(vigie, "Disque plein", timedelta(minutes=40), team="Support N1")
    alice = board_of("alice")
    expect(row_of(alice, incident.reference).locator(".vg-flag--claim")).to_contain_text("40 min")
    row = row_of(alice, incident.reference)
    expect(row.locator(".vg-who")).to_have_text("Support N1")
    row.hover()
    row.get_by_role("button", name="M’assigner").click()
    expect(row.locator(".vg-who")).to_have_text("Alice Martin")
    expect(row.locator(".vg-flag--claim")).to_have_count(0)
    alice.locator(".vg-toast button").click()
    expect(row.locator(".vg-who")).to_have_text("Support N1")
    expect(row.locator(".vg-pill")).to_have_text("Assigné")


def test_a_board_that_nothing_happens_on_costs_its_viewer_nothing(vigie: Vigie, page_as: PageAs) -> None:
    """B1: it is open all day on every desk; the clocks on it tick without being animated."""
    declared(vigie, "Au repos", timedelta(minutes=5))
    alice = page_as("alice", reduced_motion="no-preference")
    for address, row in (("/incidents", ".vg-tr[data-id] .vg-ring"), ("/incidents?view=kanban", ".vg-kcard .vg-bar")):
        alice.goto(address)
        expect(alice.locator(row).first).to_be_visible()
        alice.wait_for_function("window.did_handshake && document.getAnimations().length === 0")
        moving = """async () => {
          const found = new Set(), until = performance.now() + 2500;
          while (performance.now() < until) {
            for (const each of document.getAnimations()) found.add(each.effect.target.outerHTML.slice(0, 90));
            await new Promise(requestAnimationFrame);
          }
          return [...found];
        }"""
        assert alice.evaluate(moving) == []


def test_the_slower_of_two_takers_reads_who_was_faster(vigie: Vigie, board_of: Callable[[str], Page]) -> None:
    incident = vigie.create("Deux mains, un incident")
    alice, bruno = board_of("alice"), board_of("bruno")
    for page in (alice, bruno):
        row_of(page, incident.reference).hover()
    # Both look at the same version when they press: Bruno's browser has not heard of Alice yet.
    bruno.evaluate("window.socket.off('board')")
    row_of(alice, incident.reference).get_by_role("button", name="M’assigner").click()
    expect(alice.locator(".vg-toast")).to_contain_text("vous est assigné")
    row_of(bruno, incident.reference).get_by_role("button", name="M’assigner").click()
    expect(bruno.locator(".vg-toast--error")).to_contain_text("Alice Martin a pris cet incident")
    expect(row_of(alice, incident.reference).locator(".vg-who")).to_have_text("Alice Martin")


def test_the_quick_button_is_for_those_only_who_may(vigie: Vigie, board_of: Callable[[str], Page]) -> None:
    incident = vigie.create("À l’équipe N2", team="Support N2", by="diane")
    for login, shown in (("alice", 0), ("bruno", 1), ("diane", 1)):
        page = board_of(login)
        row_of(page, incident.reference).hover()
        expect(row_of(page, incident.reference).get_by_role("button", name="M’assigner")).to_have_count(shown)


def test_a_resolved_incident_leaves_the_list(vigie: Vigie, board_of: Callable[[str], Page]) -> None:
    incident = vigie.create("Bientôt résolu")
    bruno = board_of("bruno")
    expect(row_of(bruno, incident.reference)).to_be_visible()
    opened = int(bruno.locator("[data-stat=open] b").inner_text())
    with vigie.api("alice") as api:
        path = f"/incidents/{incident.reference}/actions/start_and_resolve"
        assert api.post(path, json={"code": "fixed", "summary": "Redémarré"}).status_code == httpx.codes.OK
    expect(row_of(bruno, incident.reference)).to_have_count(0)
    assert was_told(bruno)
    expect(bruno.locator("[data-stat=open] b")).to_have_text(str(opened - 1))
    expect(bruno.locator("[data-open-count]")).to_have_text(str(opened - 1))


def test_what_runs_out_first_comes_first_and_moves_up_as_its_clock_runs(
    vigie: Vigie, board_of: Callable[[str], Page]
) -> None:
    late = declared(vigie, "En retard", RESPONSE_OF_CRITICAL + timedelta(minutes=5), priority="critical")
    unowned = declared(vigie, "Sans responsable", timedelta(minutes=1), priority="critical")
    soon = declared(vigie, "Bientôt en retard", RESPONSE_OF_CRITICAL - timedelta(seconds=20), priority="critical")
    lifecycle.take(vigie.actors["alice"], soon.reference)
    diane = board_of("diane")
    diane.get_by_role("searchbox").fill("retard")
    heads = diane.locator(".vg-ghead")
    expect(heads).to_have_text(["Dépassé1", "À risque1"])
    expect(row_of(diane, unowned.reference)).to_have_count(0)
    expect(heads).to_have_text(["Dépassé2"], timeout=35_000)
    expect(diane.locator("#vg-live")).to_have_text(f"{soon.reference} : SLA dépassé")
    order = diane.locator(".vg-tr").evaluate_all("rows => rows.map(row => row.dataset.ref)")
    assert order == [late.reference, soon.reference]
    diane.get_by_role("searchbox").fill("")
    expect(heads.nth(1)).to_have_text("Critique sans responsable1")
    assert not was_reloaded(diane)


def test_what_changes_while_the_list_is_on_its_way_is_not_missed(vigie: Vigie, page_as: PageAs) -> None:
    bruno = page_as("bruno")
    held: list[tuple[Route, APIResponse]] = []
    bruno.route("**/board/snapshot", lambda route: held.append((route, route.fetch())))
    with bruno.expect_request("**/board/snapshot"):
        bruno.goto("/incidents")
    bruno.wait_for_function("window.did_handshake")
    bruno.evaluate("window.socket.on('board', (message) => { window.told ||= message.up.length; })")
    incident = vigie.create("Pendant le chargement")
    bruno.wait_for_function("window.told")
    bruno.evaluate("window.socket.off('board')")  # and nothing tells of it again
    ((route, answer),) = held
    route.fulfill(response=answer)
    expect(row_of(bruno, incident.reference)).to_be_visible()


def test_nobody_but_the_team_gets_the_rows(vigie: Vigie) -> None:
    with httpx.Client(base_url=vigie.url, trust_env=False) as nobody:
        for path in ("/board/snapshot", "/board/archive"):
            assert nobody.get(path).status_code == httpx.codes.UNAUTHORIZED
    with httpx.Client(base_url=vigie.url, trust_env=False) as chloe:
        chloe.post("/session", data={"login": "chloe", "password": PASSWORD})
        for path in ("/board/snapshot", "/board/archive"):
            assert chloe.get(path).status_code == httpx.codes.FORBIDDEN


def test_a_browser_that_has_the_rows_gets_only_what_changed_since(vigie: Vigie) -> None:
    with httpx.Client(base_url=vigie.url, trust_env=False) as alice:
        alice.post("/session", data={"login": "alice", "password": PASSWORD})
        whole = alice.get("/board/snapshot")
        assert whole.headers["content-encoding"] == "gzip"
        assert whole.headers["cache-control"] == "no-store"
        unchanged = alice.get("/board/snapshot", headers={"If-None-Match": whole.headers["etag"]})
        assert unchanged.status_code == httpx.codes.NOT_MODIFIED
        known = whole.json()
        with vigie.api("alice") as api:
            new = {"title": "Après coup", "description": "…", "category": "other", "priority": "low"}
            reference = api.post("/incidents", json=new).json()["reference"]
        asked = {"epoch": known["epoch"], "since": known["v"]}
        delta = _until(lambda: alice.get("/board/snapshot", params=asked).json(), lambda answer: answer["up"])
        assert reference in {row["ref"] for row in delta["up"]}
        assert len(delta["up"]) < len(known["rows"])
        assert delta["prev"] == known["v"]
        another_start = alice.get("/board/snapshot", params=asked | {"epoch": "before"}).json()
        assert reference in {row["ref"] for row in another_start["rows"]}


def _until(ask: Callable[[], dict], good: Callable[[dict], object]) -> dict:
    for _ in range(100):
        if good(answer := ask()):
            return answer
        time.sleep(0.1)
    return answer
