"""Guessing passwords: few tries for strangers, and no way to shut the owner out (security design, sessions)."""

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from services import sessions
from services.attempts import ATTEMPTS, Attempts, known_browser, marked
from services.clock import MovedClock
from services.errors import BadCredentials, DeskError, TooManyAttempts
from tests.personas import PASSWORD, Cast

pytestmark = [pytest.mark.usefixtures("cast"), pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)]


@pytest.fixture(autouse=True)
def _no_failures() -> Iterator[None]:
    yield
    for login in ("alice", "bruno", "nobody"):
        sessions.failures.forget(login)


def guess(login: str, address: str, *, mark: str = "") -> bool:
    """Whether the guess was checked at all."""
    try:
        sessions.sign_in(login, "a guess", address=address, mark=mark)
    except TooManyAttempts:
        return False
    except BadCredentials:
        return True
    raise AssertionError("a guess opened the account")


def test_fifty_addresses_get_five_checks_between_them_and_the_owner_still_gets_in(
    cast: Cast, clock: MovedClock
) -> None:
    """At most five checks of an account in a quarter of an hour; the owner's browser is not shut out."""
    mark = sessions.sign_in("alice", PASSWORD, address="192.0.2.1").mark
    checked = [guess("alice", f"203.0.113.{number % 50}") for number in range(1_000)]
    assert checked.count(True) == ATTEMPTS
    with pytest.raises(TooManyAttempts) as waiting:
        sessions.sign_in("alice", PASSWORD, address="192.0.2.1")
    assert waiting.value.params["retry_after"] == 900
    assert sessions.alive(sessions.sign_in("alice", PASSWORD, address="192.0.2.1", mark=mark).actor)
    assert not guess("alice", "198.51.100.1")  # the owner's success forgives nobody else
    clock.forward(minutes=15)
    assert guess("alice", "198.51.100.1")


def test_a_known_browser_has_a_budget_too(cast: Cast) -> None:
    """Whoever has stolen the mark cannot guess on and on."""
    mark = sessions.sign_in("alice", PASSWORD).mark
    assert [guess("alice", f"203.0.113.{number}", mark=mark) for number in range(20)].count(True) == ATTEMPTS
    assert guess("alice", "203.0.113.99")


def test_a_mark_of_one_account_is_none_of_another_and_cannot_be_made_up(cast: Cast) -> None:
    mark = sessions.sign_in("bruno", PASSWORD).mark
    assert known_browser(mark, "bruno")
    both = marked(mark, "alice")
    assert known_browser(both, "alice") == known_browser(both, "bruno")
    for forged in ("", "x", mark, "é.é", mark.split(".")[0] + "." + "0" * 32, "\ud800." * 200, "." * 600):
        assert not known_browser(forged, "alice")
    for _ in range(20):
        both = marked(both, "alice")
    assert both.count(".") == 2
    assert PASSWORD not in both
    assert "alice" not in both


def test_an_address_waits_longer_after_each_further_five(clock: MovedClock) -> None:
    attempts, waits = Attempts(), []
    for _ in range(9):
        for _ in range(ATTEMPTS):
            attempts.claim("alice", address="203.0.113.1")
        with pytest.raises(TooManyAttempts) as waiting:
            attempts.claim("alice", address="203.0.113.1")
        waits.append(timedelta(seconds=waiting.value.params["retry_after"]))
        clock.forward(seconds=waiting.value.params["retry_after"])
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (15, 30, 60, 120)]
    assert max(waits) == timedelta(days=1)


def test_nobody_waits_for_a_clock_that_has_been_put_back(clock: MovedClock) -> None:
    """Else whoever mistyped while it was wrong would stay outside until the wrong day."""
    clock.forward(days=100)
    assert [guess("alice", "203.0.113.9") for _ in range(ATTEMPTS + 1)].count(True) == ATTEMPTS
    clock.forward(days=-100)
    assert guess("alice", "203.0.113.9")


def test_an_ipv6_network_is_one_address(clock: MovedClock) -> None:
    attempts = Attempts()
    for number in range(ATTEMPTS):
        attempts.claim("alice", address=f"2001:db8:0:1::{number:x}")
    clock.forward(minutes=14)
    with pytest.raises(TooManyAttempts):
        attempts.claim("alice", address="2001:db8:0:1:ffff::1")


def test_what_is_remembered_is_bounded() -> None:
    attempts = Attempts()
    for number in range(10_100):
        attempts.claim(f"nobody{number}", address="203.0.113.1")
    assert len(attempts._of) == 10_000


def test_a_login_that_exists_takes_as_long_as_one_that_does_not(cast: Cast) -> None:
    """CPU time of the call's own thread, so that a busy machine does not blur it."""
    spent: dict[str, list[float]] = {"alice": [], "nobody": []}
    for _ in range(12):
        for login, times in spent.items():
            sessions.failures.forget(login)
            before = time.thread_time()
            with pytest.raises(DeskError):
                sessions.sign_in(login, "a guess")
            times.append(time.thread_time() - before)
    known, unknown = (min(times) for times in spent.values())
    assert abs(known - unknown) < 0.25 * statistics.median(spent["alice"])
