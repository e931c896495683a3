"""The outermost layer of HTTP: what every request and response goes through. Plain ASGI: no body is buffered.

Headers that only a proxy may set are removed unless the proxy is a trusted one; too large bodies are refused; every
response says how a browser must treat it (security design, D5 and §3.2).
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

from nicegui import __version__
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.gate import wished_locale
from ui.api.problems import TooLarge, problem
from ui.viewer import DEFAULT_LOCALE

MAX_BODY = 26 * 2**20  # an attachment of 25 MiB and its form

# Vue compiles its templates in the browser, hence 'unsafe-eval', and NiceGUI starts from inline scripts: this policy
# limits where a page can send things, not what it runs.
CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "form-action 'self'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

LOCAL = "vigie.local"  # in the scope: whether a process on this machine asks, for itself
FILES = f"/_nicegui/{__version__}/"  # of the toolkit: the address changes with them
CHANGING = f"{FILES}dynamic_resources/"
KEPT = "public, max-age=31536000, immutable"
FORWARDED = (b"x-forwarded-", b"forwarded", b"x-real-ip", b"x-remote-user", b"x-script-name")


class Edge:
    """Wraps the whole application. `locale`: of a refusal, where the browser or script wishes none."""

    def __init__(
        self, app: ASGIApp, *, trusted: Iterable[str] = (), https: bool = False, locale: str = DEFAULT_LOCALE
    ) -> None:
        self.app = app
        self.locale = locale
        self.trusted = frozenset(trusted)
        self.headers = {**HEADERS, **({"Strict-Transport-Security": "max-age=31536000"} if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        peer = scope["client"][0] if scope.get("client") else ""
        scope[LOCAL] = self._is_local(peer, scope)
        if peer not in self.trusted:
            scope["headers"] = [(k, v) for k, v in scope["headers"] if not k.lower().startswith(FORWARDED)]
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        if _declared_length(scope) > MAX_BODY:
            await self._refuse(scope, receive, send)
            return
        await self.app(scope, _limited(receive), self._dressed(scope, send))

    def _is_local(self, peer: str, scope: Scope) -> bool:
        """Whether the socket's own peer is this machine and speaks for nobody else.

        A header can only take this away: a trusted proxy always speaks for others, and so does whatever sends a header
        of a proxy (after which `peer` is no socket's any more, but what the header says).
        """
        forwarded = any(name.lower().startswith(FORWARDED) or name.lower() == b"via" for name, _ in scope["headers"])
        return not forwarded and peer not in self.trusted and _is_loopback(peer)

    def _dressed(self, scope: Scope, send: Send) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Cache-Control"] = "no-store"  # a page's id is a credential
                elif scope["path"].startswith(FILES) and not scope["path"].startswith(CHANGING):
                    headers["Cache-Control"] = KEPT
            await send(message)

        return dressed

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        locale = wished_locale(Headers(scope=scope).get("accept-language", ""), self.locale)
        answer = problem(TooLarge(), locale)
        answer.headers["Cache-Control"] = "no-store"
        await answer(scope, receive, self._dressed(scope, send))


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _declared_length(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isascii() and length.isdigit() else 0


def _limited(receive: Receive) -> Receive:
    """A body that says no length ends where it becomes too large, as if the sender had hung up."""
    seen = 0

    async def limited() -> Any:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > MAX_BODY:
                return {"type": "http.disconnect"}
        return message

    return limited
