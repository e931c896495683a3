"""What a page says when it cannot be shown: unknown, not for you, or broken."""

import asyncio
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.exception_handlers import http_exception_handler
from nicegui import app, ui
from nicegui.logging import log as nicegui_log
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from services.errors import DatabaseUnavailable, DeskError, Unauthenticated
from services.i18n import t
from ui.declare import BUILD_S, Elsewhere, NotOpen
from ui.door.page import draw
from ui.elements import el, empty_state, link_button
from ui.faults import error_number
from ui.session import HOME, safe_next, signed_in, viewer_of
from ui.shell import bare, frame, home_of
from ui.viewer import Theme, Viewer, choose_locale, choose_theme

UTC = ZoneInfo("UTC")
_PAGE = "vg-empty--page"


def install_error_pages() -> None:
    """Unknown addresses, broken pages and broken handlers are answered from here on. Once, before the server starts."""
    app.on_page_exception(_broken_page)
    app._exception_handlers[:] = [handler for handler in app._exception_handlers if handler != nicegui_log.exception]
    app.on_exception(_broken_handler)
    app.exception_handler(404)(_unknown_page)
    app.exception_handler(DatabaseUnavailable)(_broken_route)
    app.exception_handler(Exception)(_broken_route)
    app.exception_handler(Elsewhere)(_elsewhere)
    app.exception_handler(NotOpen)(_not_open)


def unknown_incident(viewer: Viewer, reference: str) -> None:
    """The whole page for a reference that does not exist, or not for this viewer; answered with 404."""
    ui.context.client.status_code = 404
    sub = viewer.t("state.404_sub", ref=reference)
    with frame(viewer, reference), empty_state(viewer.t("state.404"), sub, heading="h1", classes=_PAGE):
        link_button(viewer.t("action.home"), home_of(viewer), icon="arrow_back")


def away(request: Request) -> Response:
    """The answer while the database is away: a page for people, whose button tries again; a line for machines."""
    headers = {"Retry-After": "5", "Cache-Control": "no-store"}
    locale, theme = _wishes(request)
    title, sub = t("state.503", locale), t("state.503_sub", locale)
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(title, 503, headers)
    answer = draw(
        "state",
        title,
        locale=locale,
        look=theme,
        status=503,
        sentence=sub,
        way=safe_next(request.url.path) if request.method == "GET" else HOME,
        way_name=t("action.retry", locale),
        way_icon="refresh",
        way_classes="vg-btn--primary",
    )
    answer.headers.update(headers)
    return answer


def _broken_page(exception: Exception) -> None:
    locale, theme = _wishes(ui.context.client.request)
    number = error_number(exception)
    title, sub = t("state.500", locale), t("state.500_sub", locale)
    with (
        bare(title, locale=locale, theme=theme, zone=UTC),
        empty_state(title, sub, heading="h1", classes=_PAGE),
    ):
        el("p", "vg-empty__ref", t("state.500_ref", locale, ref=number))
        link_button(t("action.home", locale), HOME, icon="arrow_back")


def _broken_handler(exception: Exception) -> None:
    """The log has the bug; the page of whoever pressed tells its number (`dress`)."""
    if not isinstance(exception, DeskError):
        error_number(exception)


async def _broken_route(request: Request, exception: Exception) -> Response:
    """For what is not a page, and for the day when the page above is broken itself."""
    if isinstance(exception, DatabaseUnavailable):
        return away(request)
    return PlainTextResponse(f"Vigie: error {error_number(exception)}", status_code=500)


async def _unknown_page(request: Request, exception: Exception) -> Response:
    """A page for people, JSON for machines."""
    assert isinstance(exception, HTTPException)
    if "text/html" not in request.headers.get("accept", ""):
        return await http_exception_handler(request, exception)
    locale, theme = await _choices(request)
    return draw(
        "state",
        t("state.404_page", locale),
        locale=locale,
        look=theme,
        status=404,
        sentence=t("state.404_page_sub", locale),
        way=HOME,
        way_name=t("action.home", locale),
        way_icon="arrow_back",
        way_classes="",
    )


async def _elsewhere(request: Request, answered: Exception) -> Response:
    """What was decided before the page was begun."""
    assert isinstance(answered, Elsewhere)
    return answered.answer


async def _not_open(_: Request, refused: Exception) -> Response:
    """A page that is for others: nothing of it was made."""
    assert isinstance(refused, NotOpen)
    viewer = refused.viewer
    return draw(
        "state",
        viewer.t("state.403"),
        locale=viewer.locale,
        look=viewer.theme,
        status=403,
        sentence=viewer.t("state.403_sub"),
        way=home_of(viewer),
        way_name=viewer.t("action.home"),
        way_icon="arrow_back",
        way_classes="",
    )


async def _choices(request: Request) -> tuple[str, Theme]:
    """Language and theme of the account that is signed in; without one, or while none can be asked for, `_wishes`."""
    try:
        async with asyncio.timeout(BUILD_S):
            viewer = viewer_of(request, *await signed_in(request))
    except (Unauthenticated, DatabaseUnavailable, TimeoutError):
        return _wishes(request)
    return viewer.locale, viewer.theme


def _wishes(request: Request) -> tuple[str, Theme]:
    """Language and theme of somebody unknown: as the address says, else as the browser says."""
    browser = (part.strip()[:2] for part in request.headers.get("accept-language", "").split(","))
    query = request.query_params
    return choose_locale(query.get("lang"), *browser), choose_theme(query.get("theme"))
