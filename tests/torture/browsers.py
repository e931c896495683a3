"""What only a browser shows: texts written to run (X1), and a line that breaks (R4)."""

import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from data.vocabulary import Action, ItemKind
from services import cmdb, displays, incidents, lifecycle, people, teams, templates
from services.displays import Wish
from services.errors import DeskError
from tests.browser.conftest import FLAGS, PASSWORD, Vigie
from tests.browser.program import browser_program
from tests.hostile import PAYLOADS
from tests.personas import N1, an_incident
from tests.torture.bench import Bench, Place
from tests.torture.registry import Outcome, Waiting, at_most, exactly, trial

T = TypeVar("T")

CUTS_S = (1.0, 5.0, 20.0)
LONG_S, LEAST_LONG_S = 120.0, 45.0  # longer than a page waits for its line; a wall has said by then that it is old
TRIES = 2
FOREIGN = """[...document.querySelectorAll('form, iframe, object, embed, base, a, img, link')].filter((one) =>
  [one.action, one.src, one.data, one.href].some((to) => typeof to === 'string' && to.includes('evil.example')
    && one.tagName !== 'A')).length"""
PAGES = {
    "emile": (
        *("/incidents", "/incidents?view=kanban", "/incidents/new", "/search?q=window", "/reports", "/notifications"),
        *(f"/cmdb/{kind.value}s" for kind in ItemKind),
        *("/admin/users", "/admin/teams", "/admin/templates", "/admin/audit", "/admin/sla", "/m", "/me"),
        "/admin/mail",
    ),
    "chloe": ("/portal", "/notifications"),
}


def in_browser(story: Callable[[Browser], T]) -> T:
    """What `story` returns, told in a thread of its own: a browser leaves an event loop running in its thread."""
    try:
        program = browser_program()
    except AssertionError as error:
        raise Waiting("Chromium is not installed") from error

    def told() -> T:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            try:
                return story(browser)
            finally:
                browser.close()

    with ThreadPoolExecutor(1) as aside:
        return aside.submit(told).result()


def signed_in(browser: Browser, url: str, login: str, **options: Any) -> BrowserContext:
    """A browser of its own for somebody."""
    context = browser.new_context(base_url=url, locale="fr-FR", **options)
    context.set_default_timeout(30_000)
    form = {"login": login, "password": PASSWORD, "next": "/incidents"}
    context.request.post("/session", form=form, headers={"Origin": url}, max_redirects=0)
    return context


@trial("X1", "payloads in every text field, looked at on every page", minutes=10)
def payloads(bench: Bench) -> Outcome:
    """Nothing runs, nothing leaves, nothing of another site is in the page."""
    chosen = PAYLOADS[: bench.times(len(PAYLOADS), least=10)]
    with bench.place("sqlite") as place:
        references = _write(place, chosen)
        with place.serving() as server:
            found, looked = in_browser(lambda browser: _look(browser, server, references))
    for each in [*found["hits"], *found["outside"], *found["foreign"]][:10]:
        print(f"  {each}", file=sys.stderr)
    return Outcome(
        f"{len(chosen)} payloads in titles, texts and names, {looked} pages",
        exactly("pages on which one ran", len(found["hits"]), 0),
        exactly("requests to elsewhere", len(found["outside"]), 0),
        exactly("pages with a form, frame or picture of elsewhere", len(found["foreign"]), 0),
        exactly("pages that could not be shown", len(found["broken"]), 0),
    )


def _write(place: Place, chosen: tuple[str, ...]) -> list[str]:
    """Each payload is whatever somebody may type, somewhere; what is refused is refused."""
    cast, references = place.cast, list[str]()
    for number, payload in enumerate(chosen):
        with suppress(DeskError):
            text = {"title": payload[:200], "description": payload[:20_000]}
            made = an_incident(cast.chloe if number % 2 else cast.diane, **text).reference
            references.append(made)
            for by in (cast.alice, cast.diane):
                incidents.comment(by, made, body=payload, visibility="public")
            lifecycle.assign(cast.diane, made, team=N1)
            lifecycle.take_and_start(cast.alice, made)
            lifecycle.hold(cast.alice, made, reason="supplier", text=payload[:500])
            if number % 3 == 0:
                lifecycle.resolve(cast.alice, made, code="fixed", summary=payload[:2000], publish=True)
        name = f"{payload[:70]} {number}"
        for write in (
            lambda name=name: teams.create_team(cast.emile, name=name),
            lambda name=name, n=number: (
                people.create_user(cast.emile, login=f"p{n}", name=name, role="technician", password=PASSWORD)
                if n < 10
                else None
            ),
            *(lambda kind=kind, name=name: cmdb.create(cast.emile, kind, {"name": name}) for kind in ItemKind),
            lambda name=name, body=payload: templates.create(cast.emile, "reply", {"name": name, "body": body}),
        ):
            with suppress(DeskError):
                write()
    return references


def _look(browser: Browser, server: Vigie, references: list[str]) -> tuple[dict[str, list[str]], int]:
    found: dict[str, list[str]] = {"hits": [], "outside": [], "foreign": [], "broken": []}
    looked = 0
    for login, paths in PAGES.items():
        context = signed_in(browser, server.url, login, viewport={"width": 1440, "height": 900})
        context.on("request", lambda request: _note(found["outside"], request.url, server.url))
        page = context.new_page()
        for path in (*paths, *(f"/incidents/{reference}" for reference in references)):
            answer = page.goto(path, wait_until="load")
            page.wait_for_timeout(250)
            looked += 1
            if answer is None or answer.status >= 500:
                found["broken"].append(path)
            if page.evaluate("window.hit") is not None:
                found["hits"].append(f"{login} {path}")
            if page.evaluate(FOREIGN):
                found["foreign"].append(f"{login} {path}")
        context.close()
    return found, looked


def _note(outside: list[str], url: str, ours: str) -> None:
    if not url.startswith((ours, ours.replace("http", "ws"), "data:", "blob:")):
        outside.append(url)


class Line:
    """What lies between a browser and Vigie: it can break, and be whole again."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._open: list[socket.socket] = []
        self._broken = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def broken(self, seconds: float) -> Iterator[None]:
        """Nothing goes through while the block runs, and for so many seconds at least."""
        self._broken.set()
        while self._open:
            with suppress(OSError):
                self._open.pop().shutdown(socket.SHUT_RDWR)
        begun = time.monotonic()
        yield
        time.sleep(max(0.0, seconds - (time.monotonic() - begun)))
        self._broken.clear()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                came, _ = self._listener.accept()
                with suppress(OSError):
                    if self._broken.is_set():
                        came.close()
                        continue
                    there = socket.create_connection(("127.0.0.1", self._to))
                    self._open += [came, there]
                    for one, other in ((came, there), (there, came)):
                        threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while content := one.recv(65_536):
            other.sendall(content)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@trial("R4", "a phone, a desk and a wall whose line breaks", minutes=12)
def broken_line(bench: Bench) -> Outcome:
    """What was typed stays, what was pressed happens once, and a wall says when it is old."""
    tries, long = bench.times(TRIES), max(LEAST_LONG_S, LONG_S * bench.scale)
    cuts = [*CUTS_S * tries, long]
    with bench.place("sqlite") as place, place.serving() as server:
        line = Line(server.port)
        seen = in_browser(lambda browser: _break(browser, place, server, line, cuts))
        line.close()
    lengths = ", ".join(f"{cut:.0f}" for cut in CUTS_S)
    return Outcome(
        f"{tries} cuts each of {lengths} s, one of {long:.0f} s, and a restart of the server",
        exactly("actions pressed during a cut that happened once", seen.once, len(CUTS_S) * tries),
        at_most("actions pressed during the long one, which may be refused, that happened", seen.late, 1),
        exactly("pressed during the long one, and neither happened nor could be pressed again", seen.hidden, 0),
        exactly("that happened twice", seen.twice, 0),
        exactly("drafts that stayed through cuts and restart", seen.drafts, len(cuts) + 1),
        at_most("slowest to happen once the line was back", max(seen.back), 30, "s"),
        at_most("the wall says that it is old, after a cut begins", seen.stale, 60, "s"),
        at_most("slowest wall to be right again once the line was back", max(seen.wall), 30, "s"),
    )


@dataclass
class _Seen:
    """What came of the cuts; times in seconds."""

    once: int = 0
    late: int = 0
    hidden: int = 0
    twice: int = 0
    drafts: int = 0
    back: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    stale: float = float("inf")


def _break(browser: Browser, place: Place, server: Vigie, line: Line, cuts: list[float]) -> _Seen:
    seen = _Seen()
    phone = signed_in(browser, line.url, "alice", viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    desk = signed_in(browser, line.url, "bruno", viewport={"width": 1440, "height": 900}).new_page()
    wall = _paired(browser, place, line)
    typed = an_incident(place.cast.diane, team=N1).reference
    phone.goto("/m")
    desk.goto(f"/incidents/{typed}")
    phone.wait_for_function("window.did_handshake")
    desk.wait_for_function("window.did_handshake")
    wall.wait_for_selector(f'[data-ref="{typed}"]', state="attached", timeout=30_000)
    for number, seconds in enumerate(cuts):
        made = an_incident(place.cast.diane).reference
        card = phone.locator(f'.vg-mcard[data-ref="{made}"]')
        card.get_by_role("button").wait_for()
        text = f"Brouillon {number}"
        _field(desk).fill(text)
        with line.broken(seconds):
            begun = time.monotonic()
            card.get_by_role("button").tap()
            unseen = an_incident(place.cast.diane, priority="critical").reference
            if seconds == cuts[-1]:
                with suppress(PlaywrightError):
                    wall.wait_for_selector(".vg-wall-lost", timeout=seconds * 1000)
                    seen.stale = time.monotonic() - begun
        begun = time.monotonic()
        wall.wait_for_selector(f'[data-ref="{unseen}"]', state="attached", timeout=90_000)
        wall.wait_for_selector(".vg-wall-lost", state="detached", timeout=90_000)
        seen.wall.append(time.monotonic() - begun)
        patience = 60 if seconds != cuts[-1] else 10
        while not (taken := _takers(place, made)) and time.monotonic() - begun < patience:
            phone.wait_for_timeout(100)
        if taken:
            seen.back.append(time.monotonic() - begun)
        phone.wait_for_timeout(1_000)
        taken = _takers(place, made)
        if seconds == cuts[-1]:
            seen.late += taken
            seen.hidden += not taken and card.get_by_role("button").count() == 0
        else:
            seen.once += taken == 1
        seen.twice += taken > 1
        seen.drafts += _kept(desk, text)
    _field(desk).fill("Dernier brouillon")
    desk.wait_for_timeout(2_000)
    server.kill()
    server.start()
    desk.wait_for_timeout(3_000)
    desk.goto(f"/incidents/{typed}")
    seen.drafts += _kept(desk, "Dernier brouillon")
    return seen


def _paired(browser: Browser, place: Place, line: Line) -> Page:
    """A screen that shows the wall."""
    wall = browser.new_context(base_url=line.url, viewport={"width": 1920, "height": 1080}, locale="fr-FR").new_page()
    wall.goto("/wall")
    expect(wall.locator(".vg-wall-code")).to_have_text(re.compile(r"^\d{6}$"))
    displays.pair(place.cast.emile, wall.locator(".vg-wall-code").inner_text().replace("\n", ""), Wish(name="Hall"))
    return wall


def _field(page: Page) -> Any:
    return page.locator(".vg-cmp textarea:visible").first


def _kept(page: Page, text: str) -> bool:
    try:
        expect(_field(page)).to_have_value(text, timeout=20_000)
    except AssertionError:
        return False
    return True


def _takers(place: Place, reference: str) -> int:
    entries = incidents.history(place.cast.emile, reference).entries
    return sum(entry.details.get("action") == Action.TAKE for entry in entries)
