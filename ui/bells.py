"""The bells of open pages: how many notifications each person has not read, at once and everywhere.

One question to the database counts for all who have a page open, and only those whose number changed are told.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from nicegui import Client

from services import bus
from services.notifications import inbox
from ui import calls
from ui.hub import WINDOW_S

log = structlog.get_logger()

Show = Callable[[int], object]


@dataclass
class _Person:
    """Somebody who has pages open; `count` is None until it was asked for."""

    count: int | None = None
    shows: dict[int, tuple[Client, Show]] = field(default_factory=dict)


_people: dict[int, _Person] = {}
_due: set[int] = set()  # whose number may be another by now
_tasks: list[asyncio.Task[None]] = []
_running: list[Callable[[], object]] = []


def start() -> None:
    """Bells count from now on. Calling it again changes nothing."""
    if _running:
        return
    loop = asyncio.get_running_loop()

    def on_news(news: bus.News) -> None:
        loop.call_soon_threadsafe(_hear, news)

    _running.append(bus.listen(on_news))


def stop() -> None:
    """Nothing is counted any more."""
    while _running:
        _running.pop()()


def join(client: Client, user_id: int, show: Show) -> int:
    """The person's number, and `show` is called with it whenever it is another than this, until the page closes.

    It is 0 where the person has no other page open. It is asked for then, and where the last count of it failed.
    """
    person = _people.setdefault(user_id, _Person())
    key = id(show)
    person.shows[key] = (client, show)
    client.on_delete(lambda: _leave(user_id, key))
    if person.count is None or user_id in _due:
        _wake({user_id})
    return person.count or 0


def _leave(user_id: int, key: int) -> None:
    person = _people.get(user_id)
    if person and person.shows.pop(key, None) and not person.shows:
        del _people[user_id]


def _hear(news: bus.News) -> None:
    match news:
        case bus.BellChanged(user_id=user_id):
            _wake({user_id})
        case bus.Changed() | bus.Missed():
            _wake({*_people})


def _wake(user_ids: set[int]) -> None:
    _due.update(user_ids)
    if _due and not _tasks:
        _tasks.append(asyncio.create_task(_count(), name="bells"))


async def _count() -> None:
    asked: set[int] = set()
    try:
        while _due:
            asked = {*_due}
            _due.clear()
            counts = await calls.read(inbox.unread_of, asked)
            for user_id, person in [*_people.items()]:
                if user_id in asked:
                    _show(person, counts.get(user_id, 0))
            await asyncio.sleep(WINDOW_S)
    except Exception:  # whatever the database says: the next news counts again, or the next page that is opened
        _due.update(asked & _people.keys())  # their numbers are unsure, and stay shown
        log.exception("the bells could not be counted")
    finally:
        _tasks.clear()


def _show(person: _Person, count: int) -> None:
    before, person.count = person.count or 0, count
    if count != before:
        for client, show in [*person.shows.values()]:
            if not client.is_deleted:
                with client:
                    show(count)
