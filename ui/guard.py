"""Who a page belongs to, and that nobody else drives it (decisions D2 and D3 of the security design).

NiceGUI takes a page's id as the only credential on its websocket: whoever knows it acts as the page's owner, and an
open page goes on acting after its owner signed out. So each socket handler is wrapped: a socket must carry the cookie
of the session that opened the page, may speak for its own page only, and the session must still be alive.

This is defence in depth; the control is in the services, which read actor and session afresh on every call. It
touches internals of NiceGUI 3.18 (`core.sio.handlers`), pinned in pyproject.toml and covered by the forgery tests.
"""

import asyncio
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import structlog
from nicegui import Client, app, background_tasks, core
from starlette.datastructures import Headers
from starlette.types import Scope

from services import bus, sessions
from services.errors import TooManyAttempts
from services.work import Actor
from ui import calls, frames
from ui.limits import Window

log = structlog.get_logger()

SWEEP_S = 1.0  # sessions ended by another process are noticed within this and the time of one query

MOST_EVENTS = 400  # of one page in ten seconds, however slowly we read them: nobody types and clicks so fast
FAREWELL_S = 60.0
MOST_WAITING = 50  # pages of one session whose sockets have not come: more tabs than that nobody opens at once

_pace = Window(calls=MOST_EVENTS, seconds=10)
_cut: set[str] = set()
_owners: dict[str, Actor] = {}
_closing: set[str] = set()  # pages that were told to leave: nothing that they say is heard any more
_cookie_name: list[str] = ["vigie_session"]


def own(client: Client, actor: Actor) -> None:
    """The page belongs to `actor` from now on: only the browser of that session may drive it.

    A page whose socket never comes holds half a megabyte for a minute: of too many the oldest is gone at once.
    """
    mine = (Client.instances.get(key) for key, owner in _owners.items() if owner.session == actor.session)
    waiting = [page for page in mine if page is not None and not page.has_socket_connection]
    for page in waiting[: max(0, len(waiting) - MOST_WAITING + 1)]:
        _delete(page)
    _owners[client.id] = actor
    client.on_delete(lambda: _disown(client))


def is_of_a_page(scope: Scope) -> bool:
    """Whether a socket that is about to be opened names an open page, with the cookie of the session that opened it."""
    (client_id, *_) = parse_qs(scope["query_string"].decode("latin-1")).get("client_id", [""])
    if client_id not in Client.instances:
        return False
    owner = _owners.get(client_id)
    return owner is None or _session_of({"HTTP_COOKIE": Headers(scope=scope).get("cookie", "")}) == owner.session


def _disown(client: Client) -> None:
    _owners.pop(client.id, None)
    # NiceGUI keeps what a tab may store for as long as the process lives; we store nothing there.
    if client._pinned_tab_id is not None:
        app.storage._tabs.pop(client._pinned_tab_id, None)


async def forget(client: Client) -> None:
    """The page, which something else was shown instead of, is not kept for a browser that will never come."""
    _delete(client)


def _delete(client: Client) -> None:
    """The page is gone. Nor does NiceGUI wait any more for its browser, to delete it a second time: a `KeyError`."""
    if client.id in Client.instances:
        for document_id in [*client._delete_tasks]:
            client._cancel_delete_task(document_id)
        client.delete()


def install(cookie_name: str) -> None:
    """Every socket event is checked from now on. Calling it again changes only the cookie's name."""
    _cookie_name[:] = [cookie_name]
    handlers = core.sio.handlers["/"]
    if getattr(handlers["event"], "guarded", False):
        return
    core.sio.eio.cors_allowed_origins = None  # same origin only
    frames.install()
    handshake = handlers["handshake"]

    async def on_handshake(sid: str, *said: Any) -> bool:
        return len(said) == 1 and _well_formed(said[0]) and bool(await handshake(sid, said[0]))

    handlers["handshake"] = on_handshake
    for name in ("event", "javascript_response", "ack"):
        handlers[name] = _guarded(handlers[name])
    handlers["log"] = lambda *_: None  # a browser must not be able to write our log
    handlers["event"].guarded = True
    Client.accept_handshake = _accept_handshake(Client.accept_handshake)  # type: ignore[method-assign]


def start() -> None:
    """Pages whose access has ended are closed within two seconds, also when another process ended it."""
    loop = asyncio.get_running_loop()

    def on_news(news: bus.News) -> None:
        if isinstance(news, bus.AccessChanged):
            loop.call_soon_threadsafe(lambda: background_tasks.create(close_dead_pages(news.user_id), name="access"))

    bus.listen(on_news)
    background_tasks.create(_sweep(), name="session sweep")


async def close_dead_pages(user_id: int | None = None) -> None:
    """Every open page (of `user_id`) whose session or account is over has left for the login page."""
    owned = [(key, actor) for key, actor in _owners.items() if user_id in (None, actor.user_id)]
    alive = await calls.read(sessions.living, {actor for _, actor in owned})
    for key, actor in owned:
        if actor not in alive and key not in _closing:
            _close(key)


async def _sweep() -> None:
    while True:
        await asyncio.sleep(SWEEP_S)
        if _owners:
            try:
                await close_dead_pages()
            except Exception:
                log.exception("session sweep failed")


def _close(client_id: str) -> None:
    client = Client.instances.get(client_id)
    if client is not None:
        _closing.add(client_id)
        client.on_delete(lambda: _closing.discard(client_id))
        client.run_javascript("window.location.reload()")
        background_tasks.create(_delete_soon(client), name="close page")


async def _delete_soon(client: Client) -> None:
    await asyncio.sleep(0.3)  # the farewell must leave first
    _delete(client)


def _well_formed(data: Any) -> bool:
    return isinstance(data, dict) and all(
        isinstance(data.get(key), str) for key in ("client_id", "tab_id", "document_id")
    )


def _accept_handshake(accept: Any) -> Any:
    def guarded(client: Client, socket_id: str, tab_id: str, environ: dict[str, Any] | None) -> bool:
        owner = _owners.get(client.id)
        if owner is not None and _session_of(environ) != owner.session:
            log.warning("socket refused: not the page's session")
            return False
        return bool(accept(client, socket_id, tab_id, environ))

    return guarded


def _session_of(environ: dict[str, Any] | None) -> str | None:
    """The digest of the session whose cookie the socket carries."""
    try:
        cookie = SimpleCookie((environ or {}).get("HTTP_COOKIE", "")).get(_cookie_name[0])
    except CookieError:
        return None
    return sessions.digest_of(cookie.value) if cookie else None


def _guarded(handler: Any) -> Any:
    def checked(sid: str, *said: Any) -> Any:
        message = said[0] if len(said) == 1 else None
        client_id = message.get("client_id") if isinstance(message, dict) else None
        if not isinstance(client_id, str) or client_id not in Client.instances or client_id in _closing:
            return None
        if client_id not in core.sio.rooms(sid) or not _in_pace(sid):
            return None
        try:
            return handler(sid, message)
        except (TypeError, ValueError, LookupError) as unfit:  # what handlers of ours raise does not come this far
            log.warning("event of a page refused: malformed", reason=type(unfit).__name__)
            return None

    return checked


def _in_pace(sid: str) -> bool:
    """Whether the socket says no more than people can; one that says more is cut off, and heard no further."""
    if sid in _cut:
        return False
    try:
        _pace.claim(sid)
    except TooManyAttempts:
        log.warning("socket cut: too many events")
        _cut.add(sid)
        background_tasks.create(_cut_off(sid), name="cut socket")
        return False
    return True


async def _cut_off(sid: str) -> None:
    await core.sio.disconnect(sid)
    await asyncio.sleep(FAREWELL_S)  # what it has sent before is still being read
    _cut.discard(sid)
