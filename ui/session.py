"""Who is at the browser: the cookie, signing in and out, and the two ways to declare a page.

    @desk_page("/incidents")
    async def incidents_page(viewer: Viewer) -> None: ...

    @open_page("/login")
    async def login_page(visitor: Visitor, error: str = "") -> None: ...

Both take path and query parameters after the first, as with `ui.page`.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from nicegui import context, ui
from starlette.background import BackgroundTask

from data.vocabulary import Role
from services import organisation, sessions
from services.attempts import network
from services.errors import DatabaseUnavailable, TooManyAttempts, Unauthenticated
from services.i18n import error_sentence
from services.permissions import EVERYBODY, TEAM_ROLES
from services.sessions import SignedIn
from services.views import AccountView
from services.work import Actor
from ui import calls, guard
from ui.limits import Window
from ui.viewer import Theme, Viewer, choose_locale, choose_theme

router = APIRouter()

HOMES = {Role.REQUESTER: "/portal"}
HOME = "/incidents"
PHONE = "/m"
DESKTOP_COOKIE = "vigie_desktop"  # who has it wants the large pages on a phone, too
CODE_PAGE = "/login/code"
OWN_ACCOUNT = "/me"  # where a temporary password is changed, a required second factor added before anything else
KNOWN_S = 365 * 24 * 3600
BUILD_S = 10.0  # a page whose database is held up shows an error after this
# Pages of strangers from one address: each stays in memory for a minute.
strangers = Window(calls=120, seconds=60)


@dataclass(frozen=True, slots=True)
class CookieTerms:
    """How the cookies are called and sent: bound to HTTPS where people reach Vigie by it.

    `name` is the session's; `known` that by which a browser is known again (`services.attempts`), which lets nobody in;
    `ticket` says between password and code that the password was right.
    """

    name: str = "vigie_session"
    known: str = "vigie_known"
    ticket: str = "vigie_ticket"
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a page has before anybody says otherwise."""

    zone: ZoneInfo
    locale: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has not signed in: enough to draw a page."""

    locale: str
    theme: Theme
    zone: ZoneInfo


_terms: list[CookieTerms] = [CookieTerms()]
_defaults: list[Defaults] = [Defaults(ZoneInfo("Europe/Paris"), "fr")]
_set_up: list[bool] = []


def configure(*, https: bool, zone: ZoneInfo, locale: str) -> None:
    """Cookies, times and language follow the settings; the socket guard knows the cookie's name."""
    bound = CookieTerms("__Host-vigie_session", "__Host-vigie_known", "__Host-vigie_ticket", secure=True)
    _terms[:] = [bound if https else CookieTerms()]
    _defaults[:] = [Defaults(zone, locale)]
    guard.install(_terms[0].name)


def zone() -> ZoneInfo:
    """The organisation's time zone."""
    return _defaults[0].zone


def secure() -> bool:
    """Whether people reach Vigie by HTTPS, so that cookies are bound to it."""
    return _terms[0].secure


async def is_set_up() -> bool:
    """Whether the organisation exists; once it does, the database is not asked again."""
    if not _set_up and await calls.read(organisation.is_set_up):
        _set_up.append(True)
    return bool(_set_up)


def forget_set_up() -> None:
    """The database is asked again: another one may be bound."""
    _set_up.clear()


def secret_of(request: Request) -> str | None:
    """The session's secret, if the browser sent one."""
    return request.cookies.get(_terms[0].name)


def mark_of(request: Request) -> str:
    """By what the browser is known again."""
    return request.cookies.get(_terms[0].known, "")


def ticket_of(request: Request) -> str:
    """What says that the password was right, where a code is still missing."""
    return request.cookies.get(_terms[0].ticket, "")


def address_of(request: Request) -> str:
    """Where the request comes from, as the server or a trusted proxy says."""
    return request.client.host if request.client else ""


async def who(request: Request) -> tuple[Actor, AccountView]:
    """The actor and account of the request's session.

    Raises `Unauthenticated`, also for somebody who has to see to his own account before anything else.
    """
    actor, account = await signed_in(request)
    if account.temporary or account.confined:
        raise Unauthenticated()
    return actor, account


async def signed_in(request: Request) -> tuple[Actor, AccountView]:
    """The actor and account of the request's session, whatever they have to do first. Raises `Unauthenticated`."""
    secret = secret_of(request)
    if not secret:
        raise Unauthenticated()
    return await calls.read(sessions.resume, secret)


def visitor_of(request: Request) -> Visitor:
    """Language and theme for somebody unknown: the address, else the browser's wish, else the settings'."""
    query, defaults = request.query_params, _defaults[0]
    wish = request.headers.get("accept-language", "")[:2].lower() or None
    return Visitor(
        choose_locale(query.get("lang"), request.cookies.get("vigie_lang"), wish, defaults.locale),
        choose_theme(query.get("theme")),
        defaults.zone,
    )


def viewer_of(request: Request, actor: Actor, account: AccountView) -> Viewer:
    """The account's preferences, unless the address says otherwise."""
    query, defaults = request.query_params, _defaults[0]
    return Viewer(
        actor=actor,
        user_id=account.id,
        login=account.login,
        name=account.name,
        role=account.role,
        locale=choose_locale(query.get("lang"), account.locale, request.cookies.get("vigie_lang"), defaults.locale),
        theme=choose_theme(query.get("theme"), account.theme),
        zone=defaults.zone,
        teams=account.teams,
        single_keys=account.single_keys,
    )


def desk_page(path: str, *, roles: frozenset[Role] = TEAM_ROLES) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page for people who are signed in; the function gets the `Viewer` first.

    Nobody signed in: to the login page, and back here afterwards. No organisation yet: to set-up. Another role: to
    its own home. A password that somebody else has chosen, a second factor that is required: to one's account, to see
    to it. The page belongs to the session that opened it (`ui.guard`).
    """

    def declare(build: Callable[..., Any]) -> Callable[..., Any]:
        async def page(request: Request, **parameters: Any) -> Response | None:
            if not await is_set_up():
                return RedirectResponse("/setup", 303)
            try:
                actor, account = await signed_in(request)
            except Unauthenticated:
                here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return RedirectResponse(f"/login?next={quote(here, safe='')}", 303)
            if account.role not in roles:
                return RedirectResponse(HOMES.get(account.role, HOME), 303)
            if (account.temporary or account.confined) and path != OWN_ACCOUNT:
                return RedirectResponse(OWN_ACCOUNT, 303)
            guard.own(context.client, actor)
            return await _built(build, viewer_of(request, actor, account), parameters)

        return _declare(path, page, build)

    return declare


def open_page(path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page for anybody, so many times a minute; the function gets the `Visitor` first and may return a redirect."""

    def declare(build: Callable[..., Any]) -> Callable[..., Any]:
        async def page(request: Request, **parameters: Any) -> Response | None:
            visitor = visitor_of(request)
            try:
                strangers.claim(network(address_of(request)))
            except TooManyAttempts as enough:
                retry = {"Retry-After": str(enough.params["retry_after"])}
                return PlainTextResponse(error_sentence(enough, visitor.locale), 429, retry)
            return await _built(build, visitor, parameters)

        return _declare(path, page, build)

    return declare


def safe_next(wanted: str | None) -> str:
    """`wanted` if it is a path of ours, else the board: no way to send people elsewhere."""
    if (
        not wanted
        or not wanted.startswith("/")
        or wanted.startswith("//")
        or "\\" in wanted
        or not wanted.isprintable()
    ):
        return HOME
    parts = urlsplit(wanted)
    return HOME if parts.scheme or parts.netloc or parts.path.startswith(("/login", "/session")) else wanted


def give_cookies(response: Response, signed_in: SignedIn) -> None:
    """The browser keeps the session: until it is closed, or as long as it lasts when it is to be remembered; and for a
    year that it has signed in to this account."""
    terms, rules = _terms[0], _rules()
    lasts = signed_in.expires_at if signed_in.remember else None
    response.set_cookie(terms.name, signed_in.secret, expires=lasts, **rules)
    response.set_cookie(terms.known, signed_in.mark, max_age=KNOWN_S, **rules)
    response.delete_cookie(terms.ticket, **rules)


def give_ticket(response: Response, ticket: str) -> None:
    """The browser keeps for some minutes that the password was right."""
    response.set_cookie(_terms[0].ticket, ticket, max_age=int(sessions.TICKET.total_seconds()), **_rules())


def forget_session(response: Response) -> None:
    """The browser has no session any more."""
    response.delete_cookie(_terms[0].name, **_rules())


def _rules() -> dict[str, Any]:
    """What holds for each of our cookies."""
    return {"path": "/", "secure": _terms[0].secure, "httponly": True, "samesite": "lax"}


@router.get("/", include_in_schema=False)
async def front_door(request: Request) -> Response:
    """To the board; on a phone to its own page, unless its owner prefers the large one."""
    return RedirectResponse(front(request), 303, {"Vary": "Cookie, User-Agent, Sec-CH-UA-Mobile"})


def front(request: Request) -> str:
    """Where the team begins on this device."""
    says, agent = request.headers.get("sec-ch-ua-mobile"), request.headers.get("user-agent", "")
    mobile = says == "?1" if says else "Mobi" in agent and "iPad" not in agent
    return PHONE if mobile and not request.cookies.get(DESKTOP_COOKIE) else HOME


def same_origin(request: Request) -> bool:
    """Whether one of our own pages sent the form (ASVS 3.5.1): browsers say so themselves."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def _built(build: Callable[..., Any], viewer: Viewer | Visitor, parameters: dict[str, Any]) -> Response | None:
    result = build(viewer, **parameters)
    if isinstance(result, Awaitable):
        result = await result
    return result if isinstance(result, Response) else None


def _declare(path: str, page: Callable[..., Any], build: Callable[..., Any]) -> Callable[..., Any]:
    """NiceGUI reads path and query parameters off the signature: ours, without the viewer."""

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

    own = list(inspect.signature(build, eval_str=True).parameters.values())[1:]
    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
    served.__signature__ = inspect.Signature([first, *own])  # type: ignore[attr-defined]
    served.__name__ = build.__name__
    ui.page(path, response_timeout=BUILD_S)(served)
    return build


__all__ = ["EVERYBODY", "TEAM_ROLES", "Visitor", "desk_page", "open_page"]
