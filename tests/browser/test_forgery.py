"""Pages answer to nobody but the session that opened them (D1 to D4; rows S1, S2, S3 and A7 of the security matrix).

The attacker here speaks NiceGUI's protocol directly: what a forged click does is read from the database.
"""

import asyncio
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import aiohttp
import httpx
import pytest
import socketio
from socketio.exceptions import ConnectionError as Refused

from data.vocabulary import Role
from services import people, sessions
from tests.aside import run_aside
from tests.browser.conftest import PASSWORD, Vigie

COOKIE = "vigie_session"
PAGE = "/incidents/new"


class Visit:
    """A page that a session has opened, as the network sees it."""

    def __init__(self, vigie: Vigie, login: str) -> None:
        self.vigie = vigie
        self.http = httpx.Client(base_url=vigie.url, trust_env=False, headers={"Origin": vigie.url})
        form = {"login": login, "password": PASSWORD, "next": PAGE}
        assert self.http.post("/session", data=form).headers["location"] == PAGE
        self.cookie = self.http.cookies[COOKIE]
        self.open()

    def open(self) -> None:
        # A requester is sent on to the portal's own form.
        html = self.http.get(PAGE, headers={"Accept": "text/html"}, follow_redirects=True).text
        found = re.search(r"'client_id': '([0-9a-f-]{36})'", html)
        assert found, html[:2000]
        self.client_id = found[1]
        self.html = html

    def wish(self) -> dict[str, Any]:
        """What a click on « English » sends: the rail's event, as the page declares it to its browser."""
        found = re.search(r"parseElements\(String\.raw`(.*?)`\)", self.html, re.DOTALL)
        assert found
        text = found[1].replace("&#36;", "$").replace("&#96;", "`").replace("&lt;", "<").replace("&gt;", ">")
        for key, element in json.loads(text.replace("&amp;", "&")).items():
            for event in element.get("events", ()):
                if event["type"] == "prefer":
                    return {"id": int(key), "listener_id": event["listener_id"], "args": ['{"locale": "en"}']}
        raise AssertionError("the page has no rail")


Visits = Callable[[str], Visit]


@pytest.fixture
def visit(vigie: Vigie) -> Iterator[Visits]:
    """Opens a page as somebody: `visit("alice")`."""
    with ExitStack() as opened:

        def open_as(login: str) -> Visit:
            made = Visit(vigie, login)
            opened.callback(made.http.close)
            return made

        yield open_as


async def _speak(
    visit: Visit,
    *,
    cookie: str | None,
    origin: str | None = None,
    say: dict[str, Any] | None = None,
    times: int = 1,
    pause: float = 0.6,
) -> list[str]:
    """Opens a socket for the visit's page, sends one event there, or many, and hands out what was received."""
    heard: list[str] = []
    headers = {"Origin": origin or visit.vigie.url} | ({"Cookie": f"{COOKIE}={cookie}"} if cookie else {})
    query = f"client_id={visit.client_id}&tab_id=t-{time.monotonic_ns()}&document_id=d&next_message_id=0"
    async with aiohttp.ClientSession() as http:
        line = socketio.AsyncClient(reconnection=False, http_session=http)
        ended = asyncio.Event()
        line.on("*", lambda event, *_: heard.append(event))
        line.on("disconnect", lambda *_: ended.set())
        await line.connect(
            f"{visit.vigie.url}?{query}&implicit_handshake=true",
            headers=headers,
            transports=["websocket"],
            socketio_path="/_nicegui_ws/socket.io",
        )
        try:
            for _ in range(times if say else 0):
                await line.emit("event", {"client_id": visit.client_id} | (say or {}))
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), pause)
            return heard if line.connected else [*heard, "cut"]
        finally:
            await line.disconnect()


def _locale(login: str, vigie: Vigie) -> str | None:
    return people.me(vigie.actors[login]).locale


def test_the_owners_own_browser_drives_its_page(vigie: Vigie, visit: Visits) -> None:
    """The yardstick of the refusals below: the same frames, with the right cookie, do their work."""
    page = visit("bruno")
    run_aside(_speak(page, cookie=page.cookie, say=page.wish()))
    assert _locale("bruno", vigie) == "en"


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(lambda mine, theirs: {"cookie": None}, id="without-a-cookie"),
        pytest.param(lambda mine, theirs: {"cookie": theirs.cookie}, id="with-anothers-cookie"),
        pytest.param(lambda mine, theirs: {"cookie": "forged"}, id="with-a-forged-cookie"),
        pytest.param(
            lambda mine, theirs: {"cookie": mine.cookie, "origin": "http://evil.example"}, id="from-elsewhere"
        ),
        pytest.param(lambda mine, theirs: {"cookie": mine.cookie, "origin": "null"}, id="from-a-null-origin"),
    ],
)
def test_no_other_socket_drives_a_page(
    vigie: Vigie, visit: Visits, attack: Callable[[Visit, Visit], dict[str, Any]]
) -> None:
    """Knowing a page's id is not enough: 0 of 5 forgeries may reach it."""
    mine, theirs = visit("alice"), visit("chloe")
    with pytest.raises(Refused):
        run_aside(_speak(mine, say=mine.wish(), **attack(mine, theirs)))
    assert _locale("alice", vigie) is None


def test_a_socket_speaks_for_its_own_page_only(vigie: Vigie, visit: Visits) -> None:
    """Chloé's socket, honestly hers, sends a click that names Alice's page."""
    alice, chloe = visit("alice"), visit("chloe")
    click = alice.wish() | {"client_id": alice.client_id}
    run_aside(_speak(chloe, cookie=chloe.cookie, say=click))
    assert _locale("alice", vigie) is None


def test_a_page_that_is_open_at_sign_out_does_nothing_any_more(vigie: Vigie, visit: Visits) -> None:
    """The page is told to leave within two seconds, and a click sent afterwards has no effect."""
    page = visit("diane")

    async def story() -> list[str]:
        speaking = asyncio.create_task(_speak(page, cookie=page.cookie, pause=3))
        await asyncio.sleep(0.8)
        await asyncio.to_thread(page.http.post, "/session/end")
        return await speaking

    assert "run_javascript" in run_aside(story())
    with pytest.raises(Refused):
        run_aside(_speak(page, cookie=page.cookie, say=page.wish()))
    assert _locale("diane", vigie) is None


def test_a_change_of_role_made_by_another_process_ends_open_pages(vigie: Vigie, visit: Visits) -> None:
    """This test's own process changes the role; the server notices by itself."""
    page = visit("diane")

    async def story() -> list[str]:
        speaking = asyncio.create_task(_speak(page, cookie=page.cookie, pause=3))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(people.change_role, vigie.actors["emile"], "diane", Role.TECHNICIAN)
        return await speaking

    assert "run_javascript" in run_aside(story())
    assert page.http.get(PAGE).headers["location"].startswith("/login")


def test_signing_in_gives_a_new_session_and_ends_the_old_one(vigie: Vigie) -> None:
    """Fixation: a cookie that somebody planted before the sign-in is worth nothing after it (S1)."""
    planted = "planted-by-somebody"
    form = {"login": "alice", "password": PASSWORD}
    headers = {"Origin": vigie.url, "Cookie": f"{COOKIE}={planted}"}
    given = httpx.post(f"{vigie.url}/session", data=form, headers=headers, trust_env=False).cookies[COOKIE]
    assert given != planted
    fixed = httpx.get(f"{vigie.url}{PAGE}", cookies={COOKIE: planted}, trust_env=False)
    assert fixed.headers["location"].startswith("/login")


def test_a_cookie_from_before_sign_out_never_works_again(vigie: Vigie, visit: Visits) -> None:
    """Replay after logout, and after the next login (S1)."""
    page = visit("alice")
    page.http.post("/session/end")
    visit("alice")
    replayed = httpx.get(f"{vigie.url}{PAGE}", cookies={COOKIE: page.cookie}, trust_env=False)
    assert replayed.headers["location"].startswith("/login")
    assert sessions.digest_of(page.cookie) != page.cookie


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
def test_another_sites_form_neither_signs_in_nor_out(vigie: Vigie, visit: Visits, headers: dict[str, str]) -> None:
    """Forms of other sites are refused by where they say they come from (S8)."""
    form = {"login": "alice", "password": PASSWORD}
    answer = httpx.post(f"{vigie.url}/session", data=form, headers=headers, trust_env=False)
    assert COOKIE not in answer.cookies
    page = visit("alice")
    page.http.post("/session/end", headers=headers)
    assert page.http.get(PAGE).status_code == httpx.codes.OK


@pytest.mark.parametrize("path", ["/login", PAGE, "/healthz", "/api/v1/me", "/static/vigie.css", "/no/such/page"])
def test_every_response_says_how_a_browser_must_treat_it(vigie: Vigie, path: str) -> None:
    """X3: content security policy, no sniffing, no referrer abroad, no frames, no server name."""
    headers = httpx.get(f"{vigie.url}{path}", headers={"Accept": "text/html"}, trust_env=False).headers
    assert "object-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


def test_the_address_that_a_client_claims_to_be_forwarded_for_is_ignored(vigie: Vigie) -> None:
    """No proxy is trusted unless the settings say so: nothing of these headers comes back."""
    forged = {"X-Forwarded-Prefix": "//evil.example", "X-Forwarded-Host": "evil.example", "Accept": "text/html"}
    answer = httpx.get(f"{vigie.url}/login", headers=forged, trust_env=False)
    assert "evil.example" not in answer.text + str(answer.headers)


def test_a_body_that_is_too_large_is_refused_unread(vigie: Vigie) -> None:
    """413 by the declared length; the body is never read."""
    with socket.create_connection(("127.0.0.1", vigie.port), timeout=10) as raw:
        raw.sendall(f"POST /session HTTP/1.1\r\nHost: localhost\r\nContent-Length: {27 * 2**20}\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 413")


def test_a_page_that_says_more_than_people_can_is_cut_off(visit: Visits) -> None:
    """R2: four hundred events in ten seconds are more than anybody's typing and clicking."""
    alice = visit("alice")
    nothing = {"id": 1, "listener_id": "none", "args": []}
    assert "cut" not in run_aside(_speak(alice, cookie=alice.cookie, say=nothing, times=100))
    alice.open()
    assert "cut" in run_aside(_speak(alice, cookie=alice.cookie, say=nothing, times=2_000, pause=20))


def test_strangers_get_so_many_pages_a_minute_and_people_who_are_in_all_of_theirs(visit: Visits, vigie: Vigie) -> None:
    """R1. The last test here: this address has had its pages afterwards."""
    alice = visit("alice")
    with httpx.Client(base_url=vigie.url, trust_env=False) as stranger:
        answers = [stranger.get("/login") for _ in range(125)]
    assert {answer.status_code for answer in answers[:100]} == {200}
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert alice.http.get("/incidents").status_code == 200
