"""Vigie on a phone, with a finger: one tap takes, a cut loses nothing and doubles nothing, and it can be installed."""

import json
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from data import db
from data.queries import incidents as incident_queries
from data.vocabulary import Action, Fact
from services import attachments, incidents, lifecycle
from services.notifications import take_links
from services.views import IncidentView
from tests.browser.axe import findings
from tests.browser.conftest import PASSWORD, SECRET, PageAs, Vigie
from tests.house.tree import ROOT

SMALL, LARGE = {"width": 360, "height": 740}, {"width": 390, "height": 844}
KEPT = """caches.keys()
  .then((all) => Promise.all(all.map((name) => caches.open(name).then((cache) => cache.keys()))))
  .then((all) => all.flat().map((request) => new URL(request.url).pathname))"""
# Notes whether anything of the board was ever to be seen.
DRAWN = """new MutationObserver(() => {
  if (document.documentElement?.style.display !== "none" && document.querySelector(".vg-shell")) localStorage.drawn = 1;
}).observe(document, { childList: true, subtree: true })"""
PHONE_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36"
)


def open_phone(page_as: PageAs, login: str, path: str = "/m", **options: Any) -> Page:
    page = page_as(login, **({"viewport": SMALL, "has_touch": True} | options))
    page.goto(path)
    expect(page.locator(".vg-phone[aria-busy=false]")).to_be_visible()
    page.wait_for_function("window.did_handshake")
    return page


def card(page: Page, reference: str) -> Locator:
    return page.locator(f'.vg-mcard[data-ref="{reference}"]')


def taken_by(vigie: Vigie, reference: str) -> list[str]:
    entries = incidents.history(vigie.actors["emile"], reference).entries
    return [entry.actor.login for entry in entries if entry.actor and entry.details.get("action") == Action.TAKE]


def said_on(vigie: Vigie, reference: str) -> list[str]:
    told = incidents.history(vigie.actors["emile"], reference)
    assert sum(entry.fact is Fact.COMMENTED for entry in told.entries) == len(told.comments)
    return [comment.body for comment in told.comments.values()]


def reaches_beyond(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_one_tap_takes_starts_and_leads_on(vigie: Vigie, page_as: PageAs) -> None:
    """B3, S95: from the open list one tap takes; start, hold, resume and resolve follow."""
    made = vigie.create("Caisse 3 : le lecteur de carte ne répond plus depuis ce matin", priority="critical")
    page = open_phone(page_as, "alice")
    assert findings(page) == []
    button = card(page, made.reference).get_by_role("button")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 50
    assert box["width"] > 290
    button.tap()
    expect(page.locator(".vg-mtoasts")).to_contain_text(f"{made.reference} vous est assigné")
    expect(card(page, made.reference)).to_have_count(0)
    assert taken_by(vigie, made.reference) == ["alice"]
    page.get_by_role("button", name="Les miens").tap()
    mine = card(page, made.reference)
    mine.get_by_role("button", name="Démarrer le travail").tap()
    expect(mine.get_by_role("button", name="Résoudre")).to_be_visible()
    mine.get_by_role("link").tap()
    sheet = page.locator(".vg-msheet")
    expect(sheet.locator(".vg-peek__facts")).to_be_visible()
    assert sheet.locator(".vg-slab").count() == 2
    sheet.get_by_role("button", name="Autres actions").tap()
    page.wait_for_timeout(300)  # what slides in has its final colours
    assert findings(page) == []
    sheet.get_by_role("button", name="Mettre en attente").tap()
    sheet.get_by_text("Fournisseur", exact=True).tap()
    sheet.get_by_role("button", name="Mettre en attente").tap()
    mine.get_by_role("button", name="Reprendre").tap()
    mine.get_by_role("button", name="Résoudre").tap()
    sheet.get_by_role("button", name="Résoudre").tap()
    expect(sheet.get_by_text("Problème corrigé")).to_be_visible()  # S117: what the code means
    sheet.get_by_text("Corrigé", exact=True).tap()
    sheet.locator("textarea").fill("Lecteur remplacé")
    assert findings(page) == []
    sheet.get_by_role("button", name="Résoudre").tap()
    expect(page.locator(".vg-mtoasts")).to_contain_text("résolu")
    expect(page.get_by_text("Rien n’est à vous")).to_be_visible()
    assert incidents.get(vigie.actors["emile"], made.reference).status == "resolved"
    assert "#" not in page.url


def test_nothing_is_cut_off_at_360_pixels_and_with_large_text(vigie: Vigie, page_as: PageAs) -> None:
    """B3."""
    made = vigie.create("Imprimante-multifonction-du-deuxième-étage " * 3, priority="critical", impact="multi_client")
    page = open_phone(page_as, "alice", "/m?list=all")
    for size in ("100%", "200%"):
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        assert not reaches_beyond(page)
        step = card(page, made.reference).get_by_role("button")
        assert step.evaluate("at => at.scrollWidth <= at.clientWidth && at.scrollHeight <= at.clientHeight + 1")


def test_of_two_phones_one_wins_and_the_other_is_told(vigie: Vigie, page_as: PageAs) -> None:
    """S94."""
    made = vigie.create("Badge refusé au portail")
    alice = open_phone(page_as, "alice")
    diane = open_phone(page_as, "diane", viewport=LARGE)
    diane.evaluate("window.socket.off('board')")  # the news is still on its way to her
    card(alice, made.reference).get_by_role("button").tap()
    expect(card(alice, made.reference)).to_have_count(0)
    card(diane, made.reference).get_by_role("button").tap()
    expect(diane.locator(".vg-mtoasts")).to_contain_text("Alice Martin a pris cet incident il y a")
    expect(card(diane, made.reference)).to_have_count(0)
    assert taken_by(vigie, made.reference) == ["alice"]


def test_an_answer_that_is_lost_doubles_nothing(vigie: Vigie, page_as: PageAs) -> None:
    """R4: the server has done it, the phone does not know, and sends it again."""
    made = vigie.create("Écran qui clignote")
    # A service worker that takes the page over can carry what it sends past the route, see `page.route` of Playwright.
    page = open_phone(page_as, "alice", f"/m#{made.reference}", service_workers="block")
    sent: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "")["key"])
        if len(sent) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/m/act", lose_the_first_answer)
    sheet = page.locator(".vg-msheet")
    sheet.get_by_role("button", name="Autres actions").tap()
    sheet.get_by_role("button", name="Commenter").tap()
    sheet.locator("textarea").fill("Câble resserré")
    sheet.get_by_role("button", name="Ajouter la note interne").tap()
    expect(page.locator(".vg-mtoasts")).to_contain_text("Commentaire ajouté")
    assert len(sent) == 2
    assert len({*sent}) == 1
    assert said_on(vigie, made.reference) == ["Câble resserré"]


def test_a_photo_goes_with_its_comment(vigie: Vigie, page_as: PageAs) -> None:
    """U1: with a finger, from the camera's file; what cannot leave stays with its text."""
    made = vigie.create("Câble arraché en salle B")
    page = open_phone(page_as, "alice", f"/m#{made.reference}")
    sheet = page.locator(".vg-msheet")
    sheet.get_by_role("button", name="Autres actions").tap()
    sheet.get_by_role("button", name="Commenter").tap()
    icon = ROOT / "ui" / "static" / "icons" / "icon-192.png"
    sheet.locator("input[type=file]").set_input_files(icon)
    expect(sheet.get_by_role("img", name="Photo 1")).to_be_visible()
    assert findings(page) == []
    page.context.set_offline(True)
    sheet.get_by_role("button", name="Ajouter la note interne").tap()
    expect(sheet.get_by_role("alert")).to_contain_text("La photo n’a pas pu partir")
    page.context.set_offline(False)
    sheet.get_by_role("button", name="Ajouter la note interne").tap()
    expect(page.locator(".vg-mtoasts")).to_contain_text("Commentaire ajouté")
    [attached] = attachments.listed(vigie.actors["alice"], made.reference)
    assert attached.name == icon.name


def test_what_is_done_during_a_cut_happens_once_or_is_refused_with_the_reason(vigie: Vigie, page_as: PageAs) -> None:
    """R4: cut, two taps, a colleague is faster with one of them, the line comes back; then the server itself dies."""
    ours, theirs = vigie.create("Onduleur en alarme"), vigie.create("Climatisation arrêtée")
    page = open_phone(page_as, "alice", viewport=LARGE)
    expect(card(page, theirs.reference)).to_be_visible()
    page.context.set_offline(True)
    page.evaluate("window.socket.io.engine.close()")
    card(page, ours.reference).get_by_role("button").tap()
    expect(card(page, ours.reference)).to_contain_text("Partira au retour de la connexion")
    card(page, theirs.reference).get_by_role("button").tap()
    expect(page.locator(".vg-mkept")).to_contain_text("2 actions attendent la connexion")
    lifecycle.take(vigie.actors["diane"], theirs.reference)
    page.context.set_offline(False)
    expect(page.locator(".vg-mtoasts")).to_contain_text("Diane Leroy a pris cet incident")
    expect(page.locator(".vg-mkept")).to_have_count(0)
    assert taken_by(vigie, ours.reference) == ["alice"]
    assert taken_by(vigie, theirs.reference) == ["diane"]

    during = vigie.create("Porte de secours ouverte")
    expect(card(page, during.reference)).to_be_visible()
    page.wait_for_function("navigator.serviceWorker.controller")
    vigie.kill()
    card(page, during.reference).get_by_role("button").tap()
    expect(card(page, during.reference)).to_contain_text("Partira au retour de la connexion")
    page.reload()  # the server is still away: the page of the service worker
    expect(page.get_by_role("heading", name="Pas de connexion")).to_be_visible()
    expect(page.locator(".vg-mkept")).to_contain_text("1 action attend la connexion")
    vigie.start()
    expect(page.locator(".vg-phone[aria-busy=false]")).to_be_visible(timeout=30_000)
    expect(page.locator(".vg-mkept")).to_have_count(0)
    assert taken_by(vigie, during.reference) == ["alice"]


def test_a_phone_that_slept_reads_again_when_it_wakes(vigie: Vigie, page_as: PageAs) -> None:
    page = open_phone(page_as, "alice")
    page.evaluate("window.socket.off('board')")
    made = vigie.create("Pendant le sommeil")
    page.wait_for_timeout(1500)
    expect(card(page, made.reference)).to_have_count(0)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(card(page, made.reference)).to_be_visible()


def test_a_phone_is_led_to_its_page_and_can_install_it(vigie: Vigie, page_as: PageAs) -> None:
    page = page_as("alice", viewport=LARGE, has_touch=True, is_mobile=True, user_agent=PHONE_AGENT)
    page.goto("/")
    expect(page.locator(".vg-phone[aria-busy=false]")).to_be_visible()
    manifest = page.request.get("/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    for icon in manifest.json()["icons"]:
        assert page.request.get(icon["src"]).headers["content-type"] == "image/png"
    worker = page.request.get("/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    page.wait_for_function("navigator.serviceWorker.controller")
    kept = page.evaluate(KEPT)
    assert "/offline" in kept
    assert not [path for path in kept if not path.startswith(("/static/", "/_nicegui/", "/offline"))]
    page.locator(".vg-mme").tap()
    page.get_by_role("button", name="Version bureau").tap()
    expect(page.locator(".vg-board")).to_be_visible()
    page.goto("/")
    expect(page.locator(".vg-board")).to_be_visible()


def test_a_narrow_window_that_is_no_phone_is_led_on_before_the_board_is_drawn(
    vigie: Vigie, page_as: PageAs, page_of: PageAs
) -> None:
    """B3: signing in lies between; whoever wants the large page keeps it, and finds the way back."""
    page = page_of(vigie, viewport=LARGE)
    page.add_init_script(DRAWN)
    page.goto("/")
    page.get_by_label("Identifiant").fill("alice")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.locator(".vg-phone[aria-busy=false]")).to_be_visible()
    assert page.evaluate("localStorage.drawn === undefined")
    page.locator(".vg-mme").click()
    page.get_by_role("button", name="Version bureau").click()
    expect(page.locator(".vg-board")).to_be_visible()
    page.goto("/")
    expect(page.locator(".vg-board")).to_be_visible()
    assert page.evaluate("localStorage.drawn")
    page.get_by_role("button", name="Ouvrir le menu").click()
    page.get_by_role("link", name="Version téléphone").click()
    expect(page.locator(".vg-phone[aria-busy=false]")).to_be_visible()
    page.goto("/")
    expect(page.locator(".vg-phone[aria-busy=false]")).to_be_visible()

    page.goto("/incidents")  # by its own address it is the board
    expect(page.locator(".vg-board")).to_be_visible()
    wide = page_as("alice")
    wide.goto("/")
    expect(wide.locator(".vg-board")).to_be_visible()
    assert "vigie_front" not in wide.evaluate("document.cookie")


def test_the_link_of_a_notification_shows_the_button_once(vigie: Vigie, page_as: PageAs) -> None:
    """S95: on a phone the sheet with « Je prends » under the thumb, at a desk the incident with its button focused."""
    made, at_desk = vigie.create("Alerte sur le pare-feu"), vigie.create("Alerte sur le proxy")
    take_links.use_secret(SECRET.encode())
    links = {each.reference: f"/incidents/{each.reference}/take/{_token(each)}" for each in (made, at_desk)}
    page = page_as("alice", viewport=SMALL, has_touch=True, is_mobile=True, user_agent=PHONE_AGENT)
    page.goto(links[made.reference])
    button = page.locator(".vg-msheet").get_by_role("button", name="Je prends")
    expect(button).to_be_focused()
    assert taken_by(vigie, made.reference) == []
    page.goto(links[made.reference])
    expect(page.locator(".vg-mtoasts")).to_contain_text("Ce lien a déjà servi")
    page.locator(".vg-msheet").get_by_role("button", name="M’assigner").tap()
    expect(page.locator(".vg-mtoasts")).to_contain_text("vous est assigné")
    assert taken_by(vigie, made.reference) == ["alice"]
    desk = page_as("alice")
    desk.goto(links[at_desk.reference])
    expect(desk.locator(".vg-abar").get_by_role("button", name="M’assigner")).to_be_focused()
    assert taken_by(vigie, at_desk.reference) == []


def _token(incident: IncidentView) -> str:
    with db.read_session() as session:
        found = incident_queries.by_reference(session, incident.reference)
        assert found is not None
        return take_links.sign(found, incident.reference, datetime.now(UTC))
