"""Who of the team has an incident open, and who is writing on it: known in this process, kept nowhere.

Only the team is shown, and only to the team: a requester is neither named nor told. It goes with the connection:
whoever closes the page, or loses the link for longer than a reload takes, is gone for the others.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from nicegui import Client

from data.vocabulary import Visibility
from services.permissions import TEAM_ROLES
from services.views import PersonView
from ui.viewer import Viewer

GONE_S = 3.0  # a reload is no departure
PAUSE_S = 45.0  # whoever has typed nothing for so long is not writing any more


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody else who has the incident open; `writing`: for whom."""

    person: PersonView
    writing: Visibility | None = None


Show = Callable[[tuple[Seen, ...]], None]


class _Page:
    """An open page of somebody of the team."""

    def __init__(self, client: Client, incident_id: int, person: PersonView, show: Show) -> None:
        self.client, self.incident_id, self.person, self.show = client, incident_id, person, show
        self.here = False
        self.writing: Visibility | None = None
        self.typed_at = 0.0
        self.shown: tuple[Seen, ...] = ()
        self.wait: asyncio.TimerHandle | None = None


_pages: dict[int, dict[str, _Page]] = {}


class Presence:
    """One viewer's page of an incident; `show` is called with the others whenever they are others."""

    def __init__(self, client: Client, viewer: Viewer, incident_id: int, show: Show) -> None:
        self._page: _Page | None = None
        if viewer.role not in TEAM_ROLES:
            return
        self._page = page = _Page(client, incident_id, PersonView(viewer.user_id, viewer.login, viewer.name), show)
        _pages.setdefault(incident_id, {})[client.id] = page
        client.on_connect(lambda: _come(page))
        client.on_disconnect(lambda: _after(page, GONE_S, _leave))
        client.on_delete(lambda: _forget(page))

    def typed(self, visibility: Visibility, text: str) -> None:
        """The viewer writes for these readers, or, where nothing is left of it, does not any more."""
        page = self._page
        if page is None or not page.here:
            return
        writing = visibility if text.strip() else None
        page.typed_at = time.monotonic()
        if writing != page.writing:
            page.writing = writing
            _tell(page.incident_id)
        if writing:
            _after(page, PAUSE_S, _pause)


def _come(page: _Page) -> None:
    _after(page, None, _leave)
    page.here = True
    _tell(page.incident_id)


def _leave(page: _Page) -> None:
    page.here, page.writing = False, None
    _tell(page.incident_id)


def _pause(page: _Page) -> None:
    if time.monotonic() - page.typed_at >= PAUSE_S - 1 and page.writing is not None:
        page.writing = None
        _tell(page.incident_id)


def _forget(page: _Page) -> None:
    _after(page, None, _leave)
    pages = _pages.get(page.incident_id, {})
    pages.pop(page.client.id, None)
    if not pages:
        _pages.pop(page.incident_id, None)
    _tell(page.incident_id)


def _after(page: _Page, seconds: float | None, act: Callable[[_Page], None]) -> None:
    """`act` happens after so many seconds, instead of what was to happen; None: nothing will."""
    if page.wait is not None:
        page.wait.cancel()
        page.wait = None
    if seconds is not None:
        page.wait = asyncio.get_running_loop().call_later(seconds, act, page)


def _tell(incident_id: int) -> None:
    """Every page shows who else is there, each person once; one that shows it already is left alone."""
    pages = [*_pages.get(incident_id, {}).values()]
    here: dict[int, Seen] = {}
    for page in pages:
        if page.here:
            known = here.get(page.person.id)
            here[page.person.id] = Seen(page.person, page.writing or (known.writing if known else None))
    for page in pages:
        others = tuple(seen for user_id, seen in here.items() if user_id != page.person.id)
        if page.here and others != page.shown and not page.client.is_deleted:
            page.shown = others
            with page.client:
                page.show(others)
