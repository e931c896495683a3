"""How much of the server strangers may take."""

import asyncio
import time
from collections import Counter
from contextlib import ExitStack, closing

import aiohttp
import httpx
from socketio.exceptions import SocketIOError

from tests.aside import run_aside
from tests.browser.conftest import Vigie
from tests.browser.forging import COOKIE, Event, Visit, as_browser, connect, upgraded
from ui.guard import MOST_WAITING
from ui.sockets import MOST_UNKNOWN
from ui.wall.routes import strangers


def test_strangers_hold_so_many_sockets_open_and_no_more(vigie: Vigie) -> None:
    """R1: what names no page, or somebody's; whoever has one comes in meanwhile, and the places become free again."""
    with ExitStack() as stack:
        alice = Visit(vigie, "alice")
        stack.callback(alice.http.close)
        path = f"/_nicegui_ws/socket.io/?EIO=4&transport=websocket&client_id={alice.client_id}"

        def answer(cookie: str = "") -> int:
            line, status = upgraded(vigie, path, cookie)
            stack.enter_context(closing(line))
            return status

        assert Counter(answer() for _ in range(MOST_UNKNOWN + 20)) == {101: MOST_UNKNOWN, 403: 20}
        assert answer(f"{COOKIE}={alice.cookie}") == 101
    with ExitStack() as stack:
        deadline = time.monotonic() + 10
        while (status := answer()) != 101 and time.monotonic() < deadline:
            time.sleep(0.1)
    assert status == 101


def test_whoever_says_what_no_page_says_is_cut_off_and_nothing_of_it_is_kept(vigie: Vigie) -> None:
    """R1: parts in binary would be collected for good, each broken packet cost twenty lines of log; and no polling."""
    path = "/_nicegui_ws/socket.io/?EIO=4&transport="
    assert httpx.get(f"{vigie.url}{path}polling", trust_env=False).status_code == 400

    async def answers(http: aiohttp.ClientSession, *said: str | bytes) -> list[object]:
        """What a stranger hears, who opens a socket and says this."""
        async with http.ws_connect(f"{vigie.url}{path}websocket", headers={"Origin": vigie.url}) as line:
            await line.send_str("40")
            for each in said:
                await (line.send_bytes(each) if isinstance(each, bytes) else line.send_str(each))
            return [(await asyncio.wait_for(line.receive(), 10)).data for _ in range(3)]

    parts = [b"\x04" + b"x" * 1_000] * 5
    unfit = ['451000000-["event",{"_placeholder":true,"num":0}]', '450-["event"]', "42[broken", "42{}", "42[[]]", "49"]
    before = vigie.log.stat().st_size

    async def all_of_them() -> list[list[object]]:
        async with aiohttp.ClientSession() as http:
            return [await answers(http, each, *parts) for each in unfit]

    assert [last for *_, last in run_aside(all_of_them())] == ["1"] * len(unfit)
    assert vigie.log.stat().st_size - before < len(unfit) * 200


def test_what_a_page_says_that_cannot_be_meant_is_a_line_of_the_log(vigie: Vigie) -> None:
    """L4, R2: four hundred of them in ten seconds wrote a megabyte of tracebacks."""
    alice = Visit(vigie, "alice")
    unfit: list[Event] = [{"id": [1]}, {}, alice.wish() | {"args": ["{broken"]}, alice.wish() | {"args": 5}]
    before = vigie.log.stat().st_size

    async def say_them() -> None:
        async with aiohttp.ClientSession() as http:
            page = await connect(http, vigie, alice.client_id, as_browser(alice))
            for each in unfit:
                await page.say(each)
            await asyncio.sleep(0.5)
            await page.line.disconnect()

    run_aside(say_them())
    alice.http.close()
    said = vigie.log.read_bytes()[before:].decode().splitlines()
    assert [line.count("event of a page refused") for line in said] == [1] * len(unfit), said


def test_a_screen_that_asks_too_often_is_asked_to_wait(vigie: Vigie) -> None:
    """R1: and comes back by itself."""
    with httpx.Client(base_url=vigie.url, trust_env=False) as screen:
        answers = [screen.get("/wall") for _ in range(strangers.calls + 5)]
    assert Counter(answer.status_code for answer in answers) == {200: strangers.calls, 429: 5}
    assert 0 < int(answers[-1].headers["refresh"]) <= strangers.seconds


def test_one_session_keeps_so_many_pages_waiting_and_no_more(vigie: Vigie) -> None:
    """R1: a page whose socket never comes holds half a megabyte for a minute; the oldest go, connected ones stay."""
    alice = Visit(vigie, "alice")

    def opened() -> str:
        alice.open()
        return alice.client_id

    async def refused(http: aiohttp.ClientSession, client_id: str) -> bool:
        try:
            page = await connect(http, vigie, client_id, as_browser(alice))
        except SocketIOError:
            return True
        await page.line.disconnect()
        return False

    async def many() -> list[bool]:
        async with aiohttp.ClientSession() as http:
            connected = await connect(http, vigie, alice.client_id, as_browser(alice))
            waiting = [opened() for _ in range(MOST_WAITING + 1)]
            await connected.say(alice.wish())
            await asyncio.wait_for(connected.spoken_to.wait(), 10)
            await connected.line.disconnect()
            return [await refused(http, each) for each in (waiting[0], waiting[1], waiting[-1])]

    with closing(alice.http):
        assert run_aside(many()) == [True, False, False]
