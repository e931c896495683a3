"""How much of the server strangers may take."""

import time
from collections import Counter
from contextlib import ExitStack, closing

import httpx

from tests.browser.conftest import Vigie
from tests.browser.forging import COOKIE, Visit, upgraded
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


def test_a_screen_that_asks_too_often_is_asked_to_wait(vigie: Vigie) -> None:
    """R1: and comes back by itself."""
    with httpx.Client(base_url=vigie.url, trust_env=False) as screen:
        answers = [screen.get("/wall") for _ in range(strangers.calls + 5)]
    assert Counter(answer.status_code for answer in answers) == {200: strangers.calls, 429: 5}
    assert 0 < int(answers[-1].headers["refresh"]) <= strangers.seconds
