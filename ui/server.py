"""Composing what faces outward: pages, live updates, REST API, health, behind one edge."""

from dataclasses import dataclass
from socket import AI_PASSIVE, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, getaddrinfo, socket
from typing import cast
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI
from nicegui import app, ui
from nicegui.middlewares import RedirectWithPrefixMiddleware, SetCacheControlMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from services import memory
from services.errors import CannotListen
from ui import api as rest
from ui import bells, calls, facts, guard, hours, live, metrics, pages, pwa, session, sign_in, theme, wall
from ui.edge import Edge
from ui.page_json import write_pages_in_ascii
from ui.pages import files
from ui.pages.errors import install_error_pages
from ui.signatures import remember_signatures
from ui.sockets import Sockets

RECONNECT_S = 30  # a page survives a cut of this long with what was typed in it (D12)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the settings say to the outside; `public_url` is where people reach Vigie."""

    public_url: str
    zone: ZoneInfo
    locale: str
    one_writer: bool
    trusted_proxies: tuple[str, ...] = ()
    api_rate: int = 600

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")


def build(terms: Terms) -> FastAPI:
    """The whole application, to be served by one process on one event loop."""
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    calls.start(one_writer=terms.one_writer)  # here, since NiceGUI serves without waiting for what it starts
    session.configure(https=terms.https, zone=terms.zone, locale=terms.locale)
    rest.mount(outer, rate=terms.api_rate, locale=terms.locale, zone=terms.zone)
    live.mount(outer)
    wall.mount(outer, public_url=terms.public_url)
    remember_signatures()
    write_pages_in_ascii()
    outer.include_router(session.router)
    outer.include_router(sign_in.router)
    outer.include_router(files.router)
    outer.include_router(hours.router)
    outer.include_router(pwa.router)
    facts.serve()
    theme.serve_static()
    pages.register()
    install_error_pages()

    def compressed(inner: ASGIApp) -> GZipMiddleware:
        return GZipMiddleware(inner, minimum_size=1000, compresslevel=4)

    @app.on_startup
    async def start() -> None:
        guard.start()
        await live.start()
        bells.start()
        wall.start()
        metrics.start()
        memory.keep_what_is_loaded()

    app.on_shutdown(bells.stop)
    app.on_shutdown(calls.stop)
    ui.run_with(
        outer,
        title="Vigie",
        favicon=theme.STATIC / "logo.svg",
        dark=None,
        language="fr",
        reconnect_timeout=RECONNECT_S,
        binding_refresh_interval=None,
        tailwind=False,
        show_welcome_message=False,
        gzip_middleware_factory=compressed,
    )
    # NiceGUI's own two are of Starlette's kind that runs a task group around each request, and fails where a browser
    # leaves before the page is there. The edge says how long files are kept; nothing of ours is behind a path's prefix.
    replaced: list[object] = [RedirectWithPrefixMiddleware, SetCacheControlMiddleware]
    app.user_middleware[:] = [each for each in app.user_middleware if each.cls not in replaced]
    outer.add_middleware(metrics.Meter)
    outer.add_middleware(Sockets)
    outer.add_middleware(Edge, trusted=terms.trusted_proxies, https=terms.https, locale=terms.locale)
    return outer


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Displays that wait for news are answered first: an open question would hold the end up."""
        wall.let_go()
        await super().shutdown(sockets)


def expect_free(host: str, port: int) -> None:
    """Raises `CannotListen` where nothing can listen at that place, before anything says that Vigie is there."""
    try:
        for family, kind, protocol, _, address in getaddrinfo(host, port, type=SOCK_STREAM, flags=AI_PASSIVE):
            with socket(family, kind, protocol) as tried:
                tried.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
                tried.bind(address)
    except OSError as refused:
        raise CannotListen(host=host, port=port, reason=refused.strerror) from refused


def serve(terms: Terms, *, host: str, port: int) -> None:
    """Serves until the process is told to stop; open requests end first."""
    config = uvicorn.Config(
        cast(ASGIApp, build(terms)),
        host=host,
        port=port,
        workers=1,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=2**20,
        access_log=False,
        server_header=False,
        proxy_headers=bool(terms.trusted_proxies),
        forwarded_allow_ips=list(terms.trusted_proxies),
        timeout_graceful_shutdown=5,
        log_config=None,
    )
    server = _Server(config)
    try:
        server.run()
    except SystemExit as ended:  # it was taken since `expect_free`: the log has said so
        raise SystemExit(1) from ended
