"""How often a password or code may be tried: a back-off for each account and place, which locks no owner out.

Somebody unknown is his network; a browser that has signed in to the account before is itself, with a budget of its own
that no stranger can use up. Counted in this process alone, in bounded memory: n processes allow n times as much.
"""

import hashlib
import hmac
import ipaddress
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from services import clock, keys
from services.errors import TooManyAttempts

ATTEMPTS = 5
WINDOW = timedelta(minutes=15)
LONGEST = timedelta(days=1)
OWN_PAGE = "page"  # the place of somebody who is signed in

_ACCOUNTS = 10_000
_SHARED = 8  # accounts that a browser is known to


@dataclass(frozen=True, slots=True)
class Attempt:
    """One that was let through; `left` more are, should it fail."""

    name: str
    place: str
    at: datetime
    left: int


class Attempts:
    """The instants of failed attempts, by account (or whatever is guarded) and place."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, dict[str, list[datetime]]] = OrderedDict()
        self._lock = threading.Lock()

    def claim(self, name: str, *, address: str = "", known: str = "") -> Attempt:
        """The attempt counts as failed until it is released or forgiven.

        Raises `TooManyAttempts`, without counting, when this place has failed five times: it waits a quarter of an
        hour, twice as long after each further five, at most a day. Strangers wait as well when all of them together
        have failed five times in a quarter of an hour. `known`: the place of somebody who is no stranger.
        """
        place, now = known or f"@{network(address)}", clock.now()
        with self._lock:
            places = self._recent(name, now)
            own = places.get(place, [])
            others = [at for key, tries in places.items() if key.startswith("@") for at in tries if now - at < WINDOW]
            strangers = [] if known else sorted(others)
            free_at = now
            if own and len(own) % ATTEMPTS == 0:
                free_at = own[-1] + min(LONGEST, WINDOW * 2 ** (len(own) // ATTEMPTS - 1))
            if len(strangers) >= ATTEMPTS:
                free_at = max(free_at, strangers[-ATTEMPTS] + WINDOW)
            if free_at > now:
                raise TooManyAttempts(retry_after=max(1, ceil((free_at - now).total_seconds())))
            places[place] = [*own, now]
            return Attempt(name, place, now, min(-len(places[place]) % ATTEMPTS, ATTEMPTS - 1 - len(strangers)))

    def release(self, attempt: Attempt) -> None:
        """It was no failure; those before it stay."""
        with self._lock:
            tries = self._of.get(attempt.name, {}).get(attempt.place, [])
            if attempt.at in tries:
                tries.remove(attempt.at)

    def forgive(self, attempt: Attempt) -> None:
        """It succeeded: nothing counts any more that failed in the same place, and nobody else's is forgotten."""
        with self._lock:
            self._of.get(attempt.name, {}).pop(attempt.place, None)

    def forget(self, name: str) -> None:
        """Nothing has failed."""
        with self._lock:
            self._of.pop(name, None)

    def _recent(self, name: str, now: datetime) -> dict[str, list[datetime]]:
        """Place → what has failed there within two days; the accounts that were silent longest are forgotten.

        What is said to be still to come was told by a clock that has been put back since: nobody waits for it.
        """
        places = self._of.pop(name, {})
        for place in list(places):
            places[place] = [at for at in places[place] if timedelta() <= now - at < 2 * LONGEST]
            if not places[place]:
                del places[place]
        self._of[name] = places
        while len(self._of) > _ACCOUNTS:
            self._of.popitem(last=False)
        return places


def network(address: str) -> str:
    """Whoever has one address of it has them all: an IPv6 /64, an IPv4 address as it is."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(known, ipaddress.IPv6Address):
        mapped = known.ipv4_mapped
        return str(mapped or ipaddress.ip_network((int(known) >> 64 << 64, 64)))
    return str(known)


def known_browser(mark: str, login: str) -> str:
    """The browser's own place if the `mark` that it sent says that it has signed in as `login` before, else nothing."""
    name, *seals = mark[:600].split(".")
    if any(hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(name, login).encode()) for seal in seals):
        return f"browser:{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}"
    return ""


def marked(mark: str, login: str) -> str:
    """What the browser that sent `mark` sends from now on: it is known to `login` too. It names no account."""
    name, *seals = mark[:600].split(".")
    if len(name) != 22 or not name.isascii():
        name, seals = secrets.token_urlsafe(16), []
    seal = _seal(name, login)
    return ".".join((name, seal, *[each for each in seals if each != seal][: _SHARED - 1]))


def _seal(name: str, login: str) -> str:
    text = f"{name} {login}".encode("utf-8", "replace")
    return hmac.digest(keys.derived("vigie known browsers"), text, hashlib.sha256).hex()[:32]
