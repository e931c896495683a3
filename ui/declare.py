"""The ways to declare a page.

    @desk_page("/incidents")
    async def incidents_page(viewer: Viewer) -> None: ...

    @door_page("/login")
    async def login_page(visitor: Visitor, request: Request) -> Response: ...

`desk_page` and `open_page` (the first start) take path and query parameters after the first, as with `ui.page`. Whoever
may not see a page of NiceGUI is answered before it is begun: one that has been begun stays in memory for a minute.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from nicegui import app, context, ui
from starlette.background import BackgroundTask

from data.vocabulary import Role
from services.attempts import network
from services.errors import DatabaseUnavailable, TooManyAttempts, Unauthenticated
from services.i18n import error_sentence
from services.permissions import EVERYBODY, TEAM_ROLES
from services.work import Reading
from ui import guard
from ui.limits import Window
from ui.session import (
    HOME,
    HOMES,
    OWN_ACCOUNT,
    PHONE,
    Visitor,
    address_of,
    is_set_up,
    signed_in_and,
    viewer_of,
    visitor_of,
)
from ui.viewer import Viewer

__all__ = ["EVERYBODY", "TEAM_ROLES", "Elsewhere", "desk_page", "door_page", "open_page"]

BUILD_S = 10.0  # a page whose database is held up shows an error after this
BEGINNINGS = (HOME, f"{HOME}/new", PHONE, *HOMES.values())  # where people of one role or the other begin
strangers = Window(calls=120, seconds=60)  # pages of strangers from one address


class Elsewhere(Exception):
    """Raised before a page is begun: this is the answer instead, or the redirect to this address."""

    def __init__(self, answer: Response | str) -> None:
        super().__init__()
        self.answer = RedirectResponse(answer, 303) if isinstance(answer, str) else answer


class NotOpen(Exception):
    """Raised before a page is begun that is not open to this viewer."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self.viewer = viewer


def desk_page(
    path: str, *, roles: frozenset[Role] = TEAM_ROLES, reads: Callable[[Reading], Any] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page for people who are signed in; the function gets the `Viewer` first, then what `reads` has found for them.

    Nobody signed in: to the login page, and back here afterwards. No organisation yet: to set-up. A password that
    somebody else has chosen, a second factor that is required: to one's account, to see to it. Another role: from where
    others begin to its own home, and elsewhere 403. The page belongs to the session that opened it (`ui.guard`).
    """

    def declare(build: Callable[..., Any]) -> Callable[..., Any]:
        async def gate(request: Request) -> None:
            request.state.viewer, request.state.found = await _admitted(request, path, roles, reads)

        async def page(request: Request, **parameters: Any) -> Response | None:
            viewer: Viewer = request.state.viewer
            guard.own(context.client, viewer.actor)
            return await _built(build, (viewer, request.state.found) if reads else (viewer,), parameters)

        return _declare(path, gate, page, build, given=2 if reads else 1)

    return declare


async def _admitted(
    request: Request, path: str, roles: frozenset[Role], reads: Callable[[Reading], Any] | None
) -> tuple[Viewer, Any]:
    """Who may see the page, and what `reads` has found. Raises `Elsewhere` with the answer for everybody else."""
    if not await is_set_up():
        raise Elsewhere("/setup")
    try:
        # One visit to the database for both: each costs a hop to another thread and back.
        actor, account, found = await signed_in_and(
            request, lambda reading: reads(reading) if reads and reading.who.role in roles else None
        )
    except Unauthenticated:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        raise Elsewhere(f"/login?next={quote(here, safe='')}") from None
    if (account.temporary or account.confined) and path != OWN_ACCOUNT:
        raise Elsewhere(OWN_ACCOUNT)
    if account.role in roles:
        return viewer_of(request, actor, account), found
    if path in BEGINNINGS:
        raise Elsewhere(HOMES.get(account.role, HOME))
    raise NotOpen(viewer_of(request, actor, account))


def open_page(path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page of NiceGUI for anybody, so many times a minute, as long as there is no organisation: to the board once
    there is. The function gets the `Visitor` first and may return a redirect."""

    def declare(build: Callable[..., Any]) -> Callable[..., Any]:
        async def gate(request: Request) -> None:
            _count_stranger(request)
            if await is_set_up():
                raise Elsewhere(HOME)

        async def page(request: Request, **parameters: Any) -> Response | None:
            return await _built(build, (visitor_of(request),), parameters)

        return _declare(path, gate, page, build)

    return declare


def door_page(path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page of plain HTML for anybody, so many times a minute: nothing of it stays on the server. The function gets
    the `Visitor` and the request; before there is an organisation it is the set-up's page that is shown."""

    def declare(build: Callable[[Visitor, Request], Awaitable[Response]]) -> Callable[..., Any]:
        async def served(request: Request) -> Response:
            _count_stranger(request)
            if not await is_set_up():
                raise Elsewhere("/setup")
            return await build(visitor_of(request), request)

        app.remove_route(path)
        app.get(path, include_in_schema=False, name=build.__name__)(served)
        return build

    return declare


def _count_stranger(request: Request) -> None:
    """Raises `Elsewhere` when there were too many from this address."""
    try:
        strangers.claim(network(address_of(request)))
    except TooManyAttempts as enough:
        retry = {"Retry-After": str(enough.params["retry_after"])}
        sentence = error_sentence(enough, visitor_of(request).locale)
        raise Elsewhere(PlainTextResponse(sentence, 429, retry)) from None


async def _built(build: Callable[..., Any], given: tuple[Any, ...], parameters: dict[str, Any]) -> Response | None:
    result = build(*given, **parameters)
    if isinstance(result, Awaitable):
        result = await result
    return result if isinstance(result, Response) else None


def _declare(
    path: str,
    gate: Callable[[Request], Awaitable[None]],
    page: Callable[..., Any],
    build: Callable[..., Any],
    given: int = 1,
) -> Callable[..., Any]:
    """NiceGUI reads path and query parameters off the signature: ours, without the `given` first.

    `gate` answers whoever may not see the page, before NiceGUI begins one that would stay in memory for a minute.
    """

    async def in_time(request: Request) -> None:
        try:
            async with asyncio.timeout(BUILD_S):
                await gate(request)
        except TimeoutError:
            raise DatabaseUnavailable() from None

    async def served(request: Request, **given: Any) -> Response | None:
        begun = context.client
        try:
            answer: Response | None = await page(request, **given)
        except DatabaseUnavailable:
            from ui.pages.errors import away  # which draws with what stands on this module

            answer = away(request)
        if answer is not None:
            answer.background = BackgroundTask(guard.forget, begun)
        return answer

    own = list(inspect.signature(build, eval_str=True).parameters.values())[given:]
    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
    served.__signature__ = inspect.Signature([first, *own])  # type: ignore[attr-defined]
    served.__name__ = build.__name__
    ui.page(path, response_timeout=BUILD_S, dependencies=[Depends(in_time)])(served)
    return build
