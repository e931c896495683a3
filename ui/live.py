"""Live lists and pages (architecture §5): the board of this process, and who is to hear of what.

A browser fetches the board over HTTP (`/board/snapshot`) and is then sent what changes, by one message that is encoded
once for all pages. `watch` tells an incident's page to look again.

Wraps what NiceGUI does not document: `core.sio`, an emit to the rooms that are named after pages.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import orjson
import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from nicegui import Client, app, background_tasks, core

from data.vocabulary import Fact
from services import bus, sessions, wire
from services.errors import Unauthenticated
from services.permissions import TEAM_ROLES
from ui import calls, session
from ui.hub import WINDOW_S, Hub, Message
from ui.viewer import Viewer

log = structlog.get_logger()
router = APIRouter()

HEARTBEAT_S = 10.0
KNOWN_WINDOW_S = 3.0
FIGURES_S = 60.0

Again = Callable[[], Awaitable[None]]


class Watch:
    """A page that looks again whenever its incident changed: at once, then at most once in the window."""

    def __init__(self, client: Client, again: Again, window: float = WINDOW_S) -> None:
        self._client = client
        self._window = window
        self._again = again
        self._due = False
        self._task: asyncio.Task[None] | None = None
        self.by = ""  # who changed it last, empty when that is not known

    def wake(self, by: str = "") -> None:
        """The page will look again."""
        self._due, self.by = True, by
        if self._task is None:
            self._task = background_tasks.create(self._run(), name="incident page", context=self._client)

    async def _run(self) -> None:
        try:
            while self._due and not self._client.is_deleted:
                self._due = False
                await self._again()
                await asyncio.sleep(self._window)
        finally:
            self._task = None


PUBLISHING = (Fact.KNOWN_PROBLEM_SET, Fact.KNOWN_PROBLEM_ENDED)
_viewers: dict[str, str | None] = {}  # page → its viewer's session
_watches: dict[int, dict[str, Watch]] = {}  # incident → page
_own: dict[int, dict[str, Watch]] = {}  # requester → page
_known: dict[str, tuple[Watch, set[int]]] = {}  # page that lists known problems → which
_followers: list[Callable[[], None]] = []  # told of every version, whoever looks
_running: list[Callable[[], object]] = []


async def _send(message: Message) -> None:
    for follower in _followers:
        follower()
    if _viewers:  # to no room at all would mean to everybody
        await core.sio.emit("board", message, room=[*_viewers])


async def _greet(client: Client) -> None:
    await core.sio.emit("board", hub.heartbeat(), room=client.id)


async def _beat() -> None:
    await _send(hub.heartbeat())


hub = Hub(_send)


def join(client: Client, viewer: Viewer) -> None:
    """The page hears of every change of the board until it is closed. Whoever builds it has authorised its viewer."""
    _viewers[client.id] = viewer.actor.session
    client.on_connect(_greet)  # at each reconnection too: what was missed meanwhile shows by the version
    client.on_delete(lambda: _viewers.pop(client.id, None))


def boards() -> int:
    """How many pages show the board."""
    return len(_viewers)


def follow(follower: Callable[[], None]) -> None:
    """`follower` is called on the event loop at each version of the board, and at each heartbeat."""
    if follower not in _followers:
        _followers.append(follower)


def watch(client: Client, incident_id: int, callback: Again) -> Watch:
    """`callback` is awaited in the page's context whenever the incident changed, until the page closes."""
    return _watch(_watches, incident_id, client, callback)


def unwatch(client: Client, incident_id: int) -> None:
    """The page looks no more at this incident."""
    _forget(_watches, incident_id, client.id)


def watch_own(client: Client, user_id: int, callback: Again) -> None:
    """The same whenever any incident changed that this person declared; others cost this page nothing."""
    _watch(_own, user_id, client, callback)


def watch_known(client: Client, callback: Again) -> Callable[[Iterable[int]], None]:
    """The same, at a gentler pace, whenever a known problem is published or withdrawn, or one of those changes whose
    ids the page last named by calling the result: everybody's portal may list them."""
    shown: set[int] = set()
    _known[client.id] = Watch(client, callback, KNOWN_WINDOW_S), shown
    client.on_delete(lambda: _known.pop(client.id, None))

    def shows(incident_ids: Iterable[int]) -> None:
        shown.clear()
        shown.update(incident_ids)

    return shows


def mount(outer: FastAPI) -> None:
    """The snapshot has its address."""
    outer.include_router(router)
    app.on_shutdown(stop)


async def start() -> None:
    """The board is loaded and follows every change from now on. Calling it again changes nothing."""
    if _running:
        return
    loop = asyncio.get_running_loop()

    def on_news(news: bus.News) -> None:
        loop.call_soon_threadsafe(_hear, news)

    _running.append(bus.listen(on_news))
    await calls.read(wire.start)  # before the rows are read: what happens meanwhile is told
    _running.append(wire.stop)
    hub.hear(bus.Missed())
    beat = background_tasks.create(_every(HEARTBEAT_S, _beat), name="board heartbeat")
    count = background_tasks.create(_every(FIGURES_S, hub.count), name="board figures")
    _running.extend((beat.cancel, count.cancel))


def stop() -> None:
    """Nothing is followed any more."""
    while _running:
        _running.pop()()


@router.get("/board/snapshot", include_in_schema=False)
async def snapshot(request: Request, epoch: str = "", since: int = -1) -> Response:
    """The open incidents for a browser of the team: all of them, or what changed after the version that it has."""
    if refused := await _refused(request):
        return _answer(status=refused)
    if epoch and (delta := hub.since(epoch, since)) is not None:
        return _answer(orjson.dumps(delta))
    tag = f'"{hub.epoch}-{hub.version}"'
    if request.headers.get("if-none-match") == tag:
        return _answer(status=304, etag=tag)
    plain, packed = hub.snapshot()
    if "gzip" in request.headers.get("accept-encoding", ""):
        return _answer(packed, etag=tag, content_encoding="gzip")
    return _answer(plain, etag=tag)


@router.get("/board/done", include_in_schema=False)
async def done(request: Request) -> Response:
    """The newest resolved incidents and how many were closed this month, for the last columns of the kanban."""
    if refused := await _refused(request):
        return _answer(status=refused)
    return _answer(await hub.finished(session.zone()))


async def _refused(request: Request) -> int | None:
    """The status that says why this browser gets nothing, if so."""
    try:
        if not _looks(request):
            _, account = await session.who(request)
            if account.role not in TEAM_ROLES:
                return 403
        await hub.loaded()
    except Unauthenticated:
        return 401
    except TimeoutError:
        return 503
    return None


def _looks(request: Request) -> bool:
    """Whether a board is open in the same session, which `ui.guard` closes as soon as the session is over."""
    secret = session.secret_of(request)
    return secret is not None and sessions.digest_of(secret) in _viewers.values()


def _answer(content: bytes = b"", *, status: int = 200, **headers: str) -> Response:
    always = {"cache-control": "no-store", "vary": "accept-encoding"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(content, status, media_type="application/json", headers=always | named)


def _hear(news: bus.News) -> None:
    match news:
        case bus.Changed(incident_id=incident_id, requester_id=requester_id):
            hub.hear(news)
            _wake(_watches.get(incident_id, {}), news.actor_name)
            _wake(_own.get(requester_id, {}))
            for watch, shown in [*_known.values()]:
                if news.fact in PUBLISHING or incident_id in shown:
                    watch.wake()
        case bus.Missed():
            hub.hear(news)
            for watches in [*_watches.values(), *_own.values()]:
                _wake(watches)
            for watch, _ in [*_known.values()]:
                watch.wake()


def _wake(watches: dict[str, Watch], by: str = "") -> None:
    for each in watches.values():
        each.wake(by)


def _watch(watched: dict[int, dict[str, Watch]], key: int, client: Client, callback: Again) -> Watch:
    made = watched.setdefault(key, {})[client.id] = Watch(client, callback)
    client.on_delete(lambda: _forget(watched, key, client.id))
    return made


def _forget(watched: dict[int, dict[str, Watch]], key: int, client_id: str) -> None:
    watches = watched.get(key, {})
    watches.pop(client_id, None)
    if not watches:
        watched.pop(key, None)


async def _every(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await act()
        except Exception:
            log.exception("the board's background work failed")
        await asyncio.sleep(seconds)
