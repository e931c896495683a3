"""Pages answer to nobody but the session that opened them (D1 to D4; sessions, A7, L4 of the security matrix).

The attacker here speaks NiceGUI's protocol directly: what a forged click does is read from the database.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any, NamedTuple

import aiohttp
import httpx
import pytest
from socketio.exceptions import BadNamespaceError
from socketio.exceptions import ConnectionError as Refused
from sqlmodel import col, select

from data import db
from data.models import History
from data.queries import people as accounts
from data.vocabulary import Role
from services import accounts as admin
from services import lifecycle, people, sessions, tokens
from services.errors import DeskError
from tests.aside import run_aside
from tests.browser.conftest import PASSWORD, SECRET, Vigie
from tests.browser.forging import COOKIE, PAGE, Event, Socket, Visit, as_browser, connect, speak
from tests.dump import counts, dump, value

Visits = Callable[..., Visit]


@pytest.fixture
def visit(vigie: Vigie) -> Iterator[Visits]:
    """Opens a page as somebody: `visit("alice")`."""
    with ExitStack() as opened:

        def open_as(login: str, page: str = PAGE) -> Visit:
            made = Visit(vigie, login, page)
            opened.callback(made.http.close)
            return made

        yield open_as


def _locale(login: str, vigie: Vigie) -> str | None:
    return people.me(vigie.actors[login]).locale


def test_the_owners_own_browser_drives_its_page(vigie: Vigie, visit: Visits) -> None:
    """The yardstick of the refusals below: the same frames, with the right cookie, do their work."""
    page = visit("bruno")
    run_aside(speak(page, cookie=page.cookie, say=page.wish()))
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
        run_aside(speak(mine, say=mine.wish(), **attack(mine, theirs)))
    assert _locale("alice", vigie) is None


def test_a_socket_speaks_for_its_own_page_only(vigie: Vigie, visit: Visits) -> None:
    """Chloé's socket, honestly hers, sends a click that names Alice's page."""
    alice, chloe = visit("alice"), visit("chloe")
    click = alice.wish() | {"client_id": alice.client_id}
    run_aside(speak(chloe, cookie=chloe.cookie, say=click))
    assert _locale("alice", vigie) is None


class Ending(NamedTuple):
    """How somebody's access ends while pages of theirs are open."""

    login: str
    end: Callable[[Vigie, Visit], object]


ENDINGS = (
    Ending("leaver", lambda _, visit: visit.http.post("/session/end")),
    Ending("riser", lambda vigie, _: people.change_role(vigie.actors["emile"], "riser", Role.DISPATCHER)),
    Ending("former", lambda vigie, _: people.set_active(vigie.actors["emile"], "former", False)),
    Ending("careful", lambda vigie, _: people.set_password(vigie.actors["emile"], "careful", "another long phrase")),
)
PAGES = 20
LIGHT = "/notifications"


def test_pages_that_are_open_when_access_ends_leave_and_neither_act_nor_hear_any_more(
    vigie: Vigie, visit: Visits
) -> None:
    """Signed out, another role, disabled, another password, each by 20 open pages; a revoked token, by 20 calls."""
    emile = vigie.actors["emile"]
    visits: dict[str, Visit] = {}
    for ending in ENDINGS:
        people.create_user(emile, login=ending.login, name=ending.login, role="technician", password=PASSWORD)
        visits[ending.login] = visit(ending.login, LIGHT)
    pages: list[tuple[str, str, dict[str, Any]]] = []
    for login, opened in visits.items():
        for _ in range(PAGES):
            opened.open(LIGHT)
            pages.append((login, opened.client_id, opened.wish()))

    def give(login: str) -> None:
        with suppress(DeskError):  # a former member gets nothing any more
            lifecycle.assign(vigie.actors["diane"], vigie.create("Sonnette").reference, assignee=login)

    async def story() -> tuple[float, list[tuple[str, Socket, float, int]]]:
        async with aiohttp.ClientSession() as http:
            sockets = [await connect(http, vigie, key, as_browser(visits[login])) for login, key, _ in pages]
            try:
                begun = time.monotonic()
                await asyncio.gather(*[asyncio.to_thread(give, login) for login in visits])
                await asyncio.wait_for(asyncio.gather(*[socket.spoken_to.wait() for socket in sockets]), 30)
                news_takes = time.monotonic() - begun  # to all of them, on this machine, now
                ended = {}
                for login, end in ENDINGS:
                    await asyncio.to_thread(end, vigie, visits[login])
                    ended[login] = time.monotonic()
                await asyncio.wait_for(asyncio.gather(*[socket.sent_away.wait() for socket in sockets]), 30)
                await asyncio.sleep(2)
                before = [len(socket.heard) for socket in sockets]
                for socket, (_, _, wish) in zip(sockets, pages, strict=True):
                    with suppress(BadNamespaceError):  # cut off already
                        await socket.say(wish)
                await asyncio.gather(*[asyncio.to_thread(give, login) for login in visits])
                await asyncio.sleep(1)
                return news_takes, [
                    (login, socket, ended[login], count)
                    for socket, (login, *_), count in zip(sockets, pages, before, strict=True)
                ]
            finally:
                await asyncio.gather(*[socket.line.disconnect() for socket in sockets])

    news_takes, told = run_aside(story())
    left = [at - ended for _, socket, ended, _ in told for at, event in socket.heard if event == "run_javascript"]
    pushed_later = [login for login, socket, _, count in told if len(socket.heard) > count]
    assert (len(told), len(left), pushed_later) == (len(ENDINGS) * PAGES, len(ENDINGS) * PAGES, [])
    assert max(left) < 2 + news_takes  # a busy machine is slow, not wrong
    with db.read_session() as session:
        locales = [accounts.user_by_login(session, login) for login in visits]
    assert [each.locale for each in locales if each] == [None] * len(ENDINGS), "0 clicks had an effect"
    assert all(opened.http.get(LIGHT).headers["location"].startswith("/login") for opened in visits.values())


def test_a_token_that_was_revoked_does_nothing_from_then_on(vigie: Vigie) -> None:
    """The fifth case: of 20 calls at once none has an effect."""
    with vigie.api("alice") as alice:
        assert alice.get("/me").status_code == 200
        (token,) = [each for each in admin.get(vigie.actors["emile"], "alice").tokens if not each.over][-1:]
        tokens.revoke(vigie.actors["emile"], "alice", token.id)
        before = counts()["incident"]
        new = {"title": "x", "description": "x", "category": "other", "priority": "low"}
        assert [alice.post("/incidents", json=new).status_code for _ in range(PAGES)] == [401] * PAGES
        assert counts()["incident"] == before


def test_signing_in_gives_a_new_session_and_ends_the_old_one(vigie: Vigie) -> None:
    """Fixation: a cookie that somebody planted before the sign-in is worth nothing after it."""
    planted = "planted-by-somebody"
    form = {"login": "alice", "password": PASSWORD}
    headers = {"Origin": vigie.url, "Cookie": f"{COOKIE}={planted}"}
    given = httpx.post(f"{vigie.url}/session", data=form, headers=headers, trust_env=False).cookies[COOKIE]
    assert given != planted
    fixed = httpx.get(f"{vigie.url}{PAGE}", cookies={COOKIE: planted}, trust_env=False)
    assert fixed.headers["location"].startswith("/login")


def test_a_cookie_from_before_sign_out_never_works_again(vigie: Vigie, visit: Visits) -> None:
    """Replay after logout, and after the next login."""
    page = visit("alice")
    page.http.post("/session/end")
    visit("alice")
    replayed = httpx.get(f"{vigie.url}{PAGE}", cookies={COOKIE: page.cookie}, trust_env=False)
    assert replayed.headers["location"].startswith("/login")
    assert sessions.digest_of(page.cookie) != page.cookie


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
def test_another_sites_form_neither_signs_in_nor_out(vigie: Vigie, visit: Visits, headers: dict[str, str]) -> None:
    """Forms of other sites are refused by where they say they come from."""
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
    assert "cut" not in run_aside(speak(alice, cookie=alice.cookie, say=nothing, times=100))
    alice.open()
    assert "cut" in run_aside(speak(alice, cookie=alice.cookie, say=nothing, times=2_000, pause=20))


FORGED_ARGUMENTS: tuple[list[str], ...] = ([], ["null"], ['{"value": 99999}'], ['"closed"'], ["[1, 2]"], ["{broken"])
ANOTHERS_PAGES = (
    *("/incidents", "/cmdb/assets", "/reports", "/admin/users", "/admin/users/alice", "/admin/teams", "/admin/sla"),
    *("/admin/channels", "/admin/templates", "/admin/settings", "/admin/displays", "/admin/audit", "/incidents/new"),
    "/admin/mail",
)
# A requester's own pages may write this: lines of these facts, and rows of these tables.
OWN_FACTS = {"created", "commented", "attached", "user_changed", "affected_added", "signed_in", "signed_out"}
OWN_TABLES = {
    "login_session",
    "draft",
    "history",
    "history_day",
    "user",
    "incident",
    "comment",
    "notification",
    "notification_choice",
}
OWN_TABLES |= {"sla_cycle", "reference_counter", "search_state", "idempotent_call"}


def _untouched() -> dict[str, list[Any]]:
    """What no event of Chloé's may change: all but her own row, incidents and the tables that she may write to."""
    rows = dump()
    others = [row for row in rows["user"] if "chloe" not in row] + [row for row in rows["incident"] if "Autre" in row]
    return {name: held for name, held in rows.items() if name not in OWN_TABLES} | {"others": others}


def test_no_event_that_a_requester_can_think_of_does_what_is_not_hers(vigie: Vigie, visit: Visits) -> None:
    """A7: each handler of an administrator's pages, said of his page and of hers, and each of her own, six ways."""
    own, foreign = vigie.create("Écran noir", by="chloe").reference, vigie.create("Autre", by="alice").reference
    emile, chloe = visit("emile", "/incidents"), visit("chloe", "/portal")
    stolen: list[tuple[str, Event]] = []
    for page in (*ANOTHERS_PAGES, f"/incidents/{own}", f"/incidents/{foreign}", "/me"):
        emile.open(page)
        stolen += [(emile.client_id, event) for _, event in emile.handlers()]
    before, lines = _untouched(), value("SELECT max(seq) FROM history")

    async def say(events: list[tuple[str, Event]]) -> None:
        async with aiohttp.ClientSession() as http:
            socket = await connect(http, vigie, chloe.client_id, as_browser(chloe))
            for key, event in events:
                await socket.say(event, client_id=key)
            await asyncio.sleep(0.4)
            await socket.line.disconnect()

    for start in range(0, len(stolen), 150):
        chloe.open("/portal")
        said = [(key, event | {"args": ["null"]}) for key, event in stolen[start : start + 150]]
        run_aside(say(said + [("", event) for _, event in said]))
    assert value("SELECT max(seq) FROM history") == lines
    tried = len(stolen)
    for page in ("/portal", f"/incidents/{own}", "/notifications", PAGE, "/me"):
        chloe.open(page)
        mine = chloe.handlers()[:60]  # times six: as many events as a page may send
        run_aside(say([("", event | {"args": given}) for given in FORGED_ARGUMENTS for _, event in mine]))
        tried += len(mine)
    assert _untouched() == before
    with db.read_session() as session:
        told = session.exec(select(History).where(col(History.seq) > lines)).all()
    assert {line.actor_id for line in told} <= {vigie.actors["chloe"].user_id}
    assert {line.fact.value for line in told} <= OWN_FACTS
    assert tried >= 300, tried
    assert vigie.answers()


def test_the_log_has_neither_a_secret_nor_a_line_that_somebody_else_wrote(vigie: Vigie, visit: Visits) -> None:
    """L4: after all of the above, and after attempts to write lines of one's own, by whatever is logged."""
    forged = "\r\n2026-01-01T00:00:00Z [info] forged \x1b[31m"
    quoted = "%0d%0a2026-01-01T00:00:00Z%20[info]%20forged%20%1b[31m"
    page = visit("alice")
    with vigie.api("alice") as alice:
        secret = alice.headers["Authorization"].removeprefix("Bearer ")
        for path in (f"/{quoted}", f"/incidents/{quoted}", f"/login?next={quoted}", f"/api/v1/{quoted}?token={secret}"):
            for client in (alice, page.http):
                client.get(path, headers={"Accept": "text/html", "User-Agent": quoted})
        form = {"login": forged, "password": f"{PASSWORD}-canary"}
        page.http.post("/session", data=form, headers={"Referer": f"{vigie.url}/{quoted}"})
        alice.post("/incidents", json={"title": forged, "description": forged, "category": "other", "priority": "low"})
    with pytest.raises(Refused):  # which is logged
        run_aside(speak(page, cookie=f"forged{quoted}"))
    lines = vigie.log.read_text(encoding="utf-8").splitlines()
    assert sum("socket refused" in line for line in lines) >= 3, "it does say something"
    secrets = (PASSWORD, SECRET, secret, "another long phrase")
    assert [line for line in lines if any(each in line for each in secrets)] == []
    assert [line for line in lines if "\x1b" in line or line.startswith("2026-01-01")] == []


def test_strangers_get_so_many_pages_a_minute_and_people_who_are_in_all_of_theirs(visit: Visits, vigie: Vigie) -> None:
    """R1. The last test here: this address has had its pages afterwards."""
    alice = visit("alice")
    with httpx.Client(base_url=vigie.url, trust_env=False) as stranger:
        # Whoever they say that they are forwarded for.
        claimed = [f"10.0.{n // 250}.{n % 250}" for n in range(1_000)]
        answers = [stranger.get("/login", headers={"X-Forwarded-For": each}) for each in claimed]
    assert {answer.status_code for answer in answers[:100]} == {200}
    assert sum(answer.status_code == 200 for answer in answers) < 250, "a minute's pages, or two minutes'"
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert alice.http.get("/incidents").status_code == 200
