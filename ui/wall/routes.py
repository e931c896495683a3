"""The addresses of the wall, and who may have what: the cookie of a paired display opens its feed and nothing else.

A person's session opens no feed: a wall is a device's, so that it neither ends with a session nor shows what its
administrator has not chosen.
"""

import asyncio
import gzip
import re
import time
from collections import OrderedDict
from io import BytesIO
from typing import Final

import segno
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from services import bus, displays, organisation, sessions
from services.displays import DisplayView
from services.errors import DatabaseUnavailable, TooManyAttempts, Unauthenticated
from ui import calls, live, session
from ui.limits import Window
from ui.theme import YEAR
from ui.tokens import KIOSK
from ui.wall.feed import Feed, View
from ui.wall.page import build, conf, files, shell

router = APIRouter()

COOKIE_S: Final = 400 * 24 * 3600  # the longest that browsers keep one; given anew each time the page is loaded
TRUSTED_S: Final = 5.0  # so long a display is not looked up again, unless this process hears of a change
SHOWING_S: Final = 20.0  # a display asks anew every ten seconds at the latest
ZIPPED_FROM: Final = 4_000  # bytes
_REFERENCE: Final = re.compile(r"INC-[0-9]{8}-[0-9]{6}")

codes = Window(calls=30, seconds=600)  # new codes for one address
strangers = Window(calls=120, seconds=60)  # questions of one address that no display has asked

feed = Feed(live.hub)
_known: OrderedDict[str, tuple[float, DisplayView]] = OrderedDict()
_address: list[str] = [""]


def mount(outer: FastAPI, *, public_url: str) -> None:
    """The wall has its addresses; `public_url` is what its pictures lead a phone to."""
    _address[:] = [public_url]
    outer.include_router(router)
    live.follow(feed.wake)


def address() -> str:
    """Where people and screens reach Vigie."""
    return _address[0]


def showing() -> int:
    """How many displays have asked of late."""
    since = time.monotonic() - SHOWING_S
    return sum(at >= since for at, _ in _known.values())


def let_go() -> None:
    """No display waits for an answer any more: the process is about to end."""
    feed.let_go()


def start() -> None:
    """Displays that are changed or revoked hear of it at once."""
    loop = asyncio.get_running_loop()

    def forget() -> None:
        _known.clear()
        feed.wake()

    def on_news(news: bus.News) -> None:
        if isinstance(news, bus.DisplayChanged):
            loop.call_soon_threadsafe(forget)

    bus.listen(on_news)


@router.get("/wall", include_in_schema=False)
async def wall(request: Request) -> Response:
    """The screen's page: its view, or a code to be paired by."""
    try:
        if not await session.is_set_up():
            return RedirectResponse("/setup", 303)
        name = await calls.read(organisation.name)
        try:
            display = await _display(request)
        except Unauthenticated:
            display = None
    except (DatabaseUnavailable, TooManyAttempts) as later:  # the page itself waits until it may
        wait = str(later.params["retry_after"])
        headers = {"Refresh": wait, "Retry-After": wait, "Cache-Control": "no-store"}
        return Response("…", later.status, headers=headers, media_type="text/plain")
    visitor = session.visitor_of(request)
    wish = request.query_params.get("lang")
    locale = visitor.locale if display is None or wish else display.locale
    answer = shell(display, locale=locale, zone=session.zone(), organisation=name, address=_address[0])
    if display is not None:
        _give_cookie(answer, request.cookies[_cookie_name()])
    return answer


@router.get("/wall/assets/{version}/{name:path}", include_in_schema=False)
async def asset(version: str, name: str) -> Response:
    """A file of the page; kept for a year under the address that names its content."""
    found = files().get(name)
    if found is None:
        return Response(status_code=404)
    kept = f"public, max-age={YEAR}, immutable" if version == build() else "no-store"
    return Response(found[0], media_type=found[1], headers={"Cache-Control": kept})


@router.post("/wall/pairing", include_in_schema=False)
async def pairing(request: Request) -> Response:
    """The code that this screen shows, or that it is paired."""
    address = request.client.host if request.client else ""
    secret = request.cookies.get(_cookie_name())
    if not session.same_origin(request):
        return _json({"code": "forbidden"}, 403)
    try:
        if secret and not await calls.read(displays.waiting, secret):
            try:
                await _display(request)
                return _json({"paired": True})
            except Unauthenticated:
                secret = None
        if not secret:
            codes.claim(address)
        kept, waiting = await calls.write(displays.offer, secret)
    except TooManyAttempts as refusal:
        return _json({"code": refusal.code, "retry_after": refusal.params["retry_after"]}, 429)
    except DatabaseUnavailable:
        return _json({"code": "unavailable"}, 503)
    answer = _json({"paired": False, "code": waiting.code, "until": waiting.expires_at.timestamp(), "now": time.time()})
    _give_cookie(answer, kept)
    return answer


@router.get("/wall/feed", include_in_schema=False)
async def news(request: Request, epoch: str = "", since: int = -1, settings: str = "", wait: float = 0) -> Response:
    """What changed after the version that the screen has: at once, or as soon as something does.

    401 for whatever is no display, or is none any more.
    """
    try:
        display = await _display(request)
        await live.hub.loaded()
        if settings in ("", conf(display)) and await feed.news(epoch, since, wait) is False:
            display = await _display(request)  # it may have been revoked meanwhile
        more = {"conf": conf(display), "build": build()}
        content = await feed.answer(View.of(display), epoch, since, more)
    except Unauthenticated:
        return _json({"code": "unauthenticated"}, 401)
    except TooManyAttempts as refusal:
        return _json({"code": refusal.code, "retry_after": refusal.params["retry_after"]}, 429)
    except (DatabaseUnavailable, TimeoutError):
        return _json({"code": "unavailable"}, 503)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if len(content) > ZIPPED_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = gzip.compress(content, 4), "gzip"
    return Response(content, media_type="application/json", headers=headers)


@router.get("/wall/qr/{reference}.svg", include_in_schema=False)
async def picture(request: Request, reference: str) -> Response:
    """The incident's address for a phone, where its owner signs in as ever: the picture opens nothing by itself."""
    if not _REFERENCE.fullmatch(reference):
        return Response(status_code=404)
    try:
        await _display(request)
    except (Unauthenticated, TooManyAttempts, DatabaseUnavailable):
        return Response(status_code=401)
    drawn = BytesIO()
    code = segno.make(f"{_address[0]}/incidents/{reference}", error="l", micro=False)
    code.save(drawn, kind="svg", border=2, dark=KIOSK["canvas"], light=None, xmldecl=False, svgns=True, omitsize=True)
    kept = {"Cache-Control": "private, max-age=86400"}
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=kept)


async def _display(request: Request) -> DisplayView:
    """The display that asks. Raises `Unauthenticated`, and `TooManyAttempts` for an address that asks too often."""
    secret = request.cookies.get(_cookie_name())
    digest = sessions.digest_of(secret) if secret else ""
    at, known = _known.get(digest, (float("-inf"), None))
    if known is not None and time.monotonic() - at < TRUSTED_S:
        return known
    try:
        if not secret:
            raise Unauthenticated()
        found = await calls.read(displays.display_of, secret)
    except Unauthenticated:
        _known.pop(digest, None)
        strangers.claim(request.client.host if request.client else "")
        raise
    _known[digest] = (time.monotonic(), found)
    while len(_known) > displays.MOST_WAITING:
        _known.popitem(last=False)
    return found


def _cookie_name() -> str:
    return "__Secure-vigie_wall" if session.secure() else "vigie_wall"


def _give_cookie(response: Response, secret: str) -> None:
    """Sent to the wall's own addresses only, and never from another site."""
    response.set_cookie(
        _cookie_name(),
        secret,
        max_age=COOKIE_S,
        path="/wall",
        secure=session.secure(),
        httponly=True,
        samesite="strict",
    )


def _json(content: dict[str, object], status: int = 200) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})
