"""What every call goes through before any route: token, rate, size; and afterwards: `no-store`, and a bug's number.

Plain ASGI around the API's own application, so that an unknown address and a malformed body are refused to whoever
has no token in the same way as anything else, and so that the pages' error handlers never answer a script.
"""

import re
import time
from collections import OrderedDict
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services import files, sessions, tokens
from services.errors import FileTooLarge, Unauthenticated
from services.work import Actor
from ui import calls
from ui.api.problems import TooLarge, problem
from ui.limits import Window
from ui.viewer import choose_locale

MAX_BODY = 2**20  # bytes; what people type is far below
# A file goes to the disk as it comes, and is counted on its way.
STREAMED = re.compile(r"/incidents/[^/]+/attachments")
MAX_FILE_BODY = files.LIMIT + 2**16
REMEMBERED_S, REMEMBERED = 10.0, 1_000
HOOK = re.compile(r"/hooks/[^/]+/([^/]+)")  # with the token of whoever tells of an alert
OPEN = ("/openapi.json", "/docs")  # the form of the calls is no secret, and holds no data


class Gate:
    """Lets in whoever carries a live token in `Authorization: Bearer`, at most `rate` times in any minute (0: always).

    A token is looked up once in `REMEMBERED_S`, and again by every call of a service: one that was revoked meanwhile
    changes and reads nothing, and learns at most that its request was malformed.
    A cookie is never looked at: a page of somebody else's site cannot make a browser call the API (CSRF).
    """

    def __init__(self, app: ASGIApp, *, rate: int, locale: str) -> None:
        self.app = app
        self.locale = locale
        self.window = Window(calls=rate, seconds=60) if rate else None
        self._known: OrderedDict[str, tuple[Actor, float]] = OrderedDict()  # digest → whose, until when

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        bare = request.method == "HEAD"
        if bare:  # what GET would answer, without its content (RFC 9110, 9.3.2)
            scope = {**scope, "method": "GET"}
        request.state.locale = wished_locale(request.headers.get("accept-language", ""), self.locale)
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(raw=message.setdefault("headers", []))["Cache-Control"] = "no-store"
            elif bare:
                message = {**message, "body": b""}
            await send(message)

        try:
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            if path not in OPEN:
                hook = HOOK.fullmatch(path)
                request.state.actor = await self._admit(hook[1] if hook else bearer(request.headers))
            streams = request.method == "POST" and STREAMED.fullmatch(path)
            body = _counted(receive) if streams else await _buffered(request.headers, receive)
            await self.app(scope, body, answer)
        except ClientDisconnect:
            return
        except Exception as error:
            if started:
                raise
            await problem(error, request.state.locale)(scope, receive, answer)

    async def _admit(self, token: str) -> Actor:
        digest = sessions.digest_of(token)
        actor, until = self._known.get(digest, (None, 0.0))
        if actor is None or until < time.monotonic():
            actor = await calls.read(tokens.holder, token)
            self._known[digest] = actor, time.monotonic() + REMEMBERED_S
        self._known.move_to_end(digest)
        while len(self._known) > REMEMBERED:  # the one that was longest not used is forgotten
            self._known.popitem(last=False)
        if self.window:
            self.window.claim(digest)
        return actor


def bearer(headers: Headers) -> str:
    """The token that a call carries. Raises `Unauthenticated` where there is none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated()
    return token.strip()


def wished_locale(accept: str, default: str) -> str:
    """The language of ours that Accept-Language (RFC 9110) likes best."""
    wishes = []
    for part in accept.split(",")[:20]:
        language, _, weight = part.strip().partition(";")
        try:
            wishes.append((float(weight.strip().removeprefix("q=") or 1), language[:2].lower()))
        except ValueError:
            continue
    liked = (language for weight, language in sorted(wishes, key=lambda wish: -wish[0]) if weight > 0)
    return choose_locale(*liked, default)


def _counted(receive: Receive) -> Receive:
    """The body as it comes. Raises `FileTooLarge` as soon as it is more than a file and its form may have."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > MAX_FILE_BODY:
            raise FileTooLarge(max_mb=files.LIMIT // 2**20)
        return message

    return counted


async def _buffered(headers: Headers, receive: Receive) -> Receive:
    """The whole body, read and counted.

    Raises `TooLarge` for one that is, or says that it is, too large, `ClientDisconnect` for one that is cut short.
    """
    declared = headers.get("content-length", "")
    if declared.isdecimal() and len(declared) < 20 and int(declared) > MAX_BODY:
        raise TooLarge()
    chunks, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect()  # what is cut short is not what was meant
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BODY:
            raise TooLarge()
        more = message.get("more_body", False)
    whole: list[Any] = [{"type": "http.request", "body": b"".join(chunks), "more_body": False}]

    async def replayed() -> Message:
        return whole.pop() if whole else await receive()

    return replayed
