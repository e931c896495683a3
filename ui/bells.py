"""The bells of open pages: how many notifications each person has not read, at once and everywhere.

One question to the database counts for all who have a page open, and only those whose number changed are told.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from nicegui import Client

from services import bus
from services.notifications import inbox
from ui import calls
from ui.hub import WINDOW_S

log = structlog.get_logger()

Show = Callable[[int], object]


@dataclass
class _Bell:
    client: Client
    user_id: int
    show: Show
    count: int = 0


_bells: dict[int, _Bell] = {}
_due: set[int] = set()
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


def join(client: Client, user_id: int, show: Show) -> None:
    """`show` is called with the person's number whenever it is another, until the page closes; it is 0 at first."""
    bell = _Bell(client, user_id, show)
    _bells[id(bell)] = bell
    client.on_delete(lambda: _bells.pop(id(bell), None))
    _wake({user_id})


def _hear(news: bus.News) -> None:
    match news:
        case bus.BellChanged(user_id=user_id):
            _wake({user_id})
        case bus.Changed() | bus.Missed():
            _wake({bell.user_id for bell in _bells.values()})


def _wake(user_ids: set[int]) -> None:
    _due.update(user_ids)
    if _due and not _tasks:
        _tasks.append(asyncio.create_task(_count(), name="bells"))


async def _count() -> None:
    try:
        while _due:
            asked = {*_due}
            _due.clear()
            counts = await calls.read(inbox.unread_of, asked)
            for bell in [*_bells.values()]:
                count = counts.get(bell.user_id, 0)
                if bell.user_id in asked and count != bell.count and not bell.client.is_deleted:
                    bell.count = count
                    with bell.client:
                        bell.show(count)
            await asyncio.sleep(WINDOW_S)
    except Exception:  # whatever the database says: the next news counts again
        log.exception("the bells could not be counted")
    finally:
        _tasks.clear()
