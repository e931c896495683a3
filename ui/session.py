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
from urllib.parse import quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from nicegui import context, ui

from data.vocabulary import Role
from services import organisation, sessions
from services.attempts import network
from services.errors import BadCredentials, DatabaseUnavailable, DeskError, TooManyAttempts, Unauthenticated
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
OWN_ACCOUNT = "/me"  # where a temporary password is changed before anything else
KNOWN_S = 365 * 24 * 3600
BUILD_S = 10.0  # a page whose database is held up shows an error after this

# Failed attempts on whatever accounts from one address (the account itself is limited in the service).
sign_ins = Window(calls=30, seconds=900)


@dataclass(frozen=True, slots=True)
class CookieTerms:
    """How the cookies are called and sent: bound to HTTPS where people reach Vigie by it.

    `name` is the session's; `known` that by which a browser is known again (`services.attempts`), which lets nobody in.
    """

    name: str = "vigie_session"
    known: str = "vigie_known"
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
    _terms[:] = [CookieTerms("__Host-vigie_session", "__Host-vigie_known", True) if https else CookieTerms()]
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


def address_of(request: Request) -> str:
    """Where the request comes from, as the server or a trusted proxy says."""
    return request.client.host if request.client else ""


async def who(request: Request) -> tuple[Actor, AccountView]:
    """The actor and account of the request's session. Raises `Unauthenticated`."""
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
    )


def desk_page(path: str, *, roles: frozenset[Role] = TEAM_ROLES) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page for people who are signed in; the function gets the `Viewer` first.

    Nobody signed in: to the login page, and back here afterwards. No organisation yet: to set-up. Another role: to
    its own home. A password that somebody else has chosen: to one's account, to choose another. The page
    belongs to the session that opened it (`ui.guard`).
    """

    def declare(build: Callable[..., Any]) -> Callable[..., Any]:
        async def page(request: Request, **parameters: Any) -> Response | None:
            if not await is_set_up():
                return RedirectResponse("/setup", 303)
            try:
                actor, account = await who(request)
            except Unauthenticated:
                here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return RedirectResponse(f"/login?next={quote(here, safe='')}", 303)
            if account.role not in roles:
                return RedirectResponse(HOMES.get(account.role, HOME), 303)
            if account.temporary and path != OWN_ACCOUNT:
                return RedirectResponse(OWN_ACCOUNT, 303)
            guard.own(context.client, actor)
            return await _built(build, viewer_of(request, actor, account), parameters)

        return _declare(path, page, build)

    return declare


def open_page(path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A page for anybody; the function gets the `Visitor` first and may return a redirect."""

    def declare(build: Callable[..., Any]) -> Callable[..., Any]:
        async def page(request: Request, **parameters: Any) -> Response | None:
            return await _built(build, visitor_of(request), parameters)

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
    return HOME if parts.scheme or parts.netloc or parts.path in ("/login", "/session") else wanted


def give_cookie(response: Response, signed_in: SignedIn, *, remember: bool) -> None:
    """The browser keeps the session: until it is closed, or as long as it lasts when it is to be remembered; and for a
    year that it has signed in to this account."""
    terms = _terms[0]
    response.set_cookie(
        terms.name,
        signed_in.secret,
        expires=signed_in.expires_at if remember else None,
        path="/",
        secure=terms.secure,
        httponly=True,
        samesite="lax",
    )
    response.set_cookie(
        terms.known,
        signed_in.mark,
        max_age=KNOWN_S,
        path="/",
        secure=terms.secure,
        httponly=True,
        samesite="lax",
    )


@router.post("/session", include_in_schema=False)
async def begin_session(request: Request) -> Response:
    """The login form, as plain HTML sends it; back to it with the reason when it fails."""
    form = await request.form()
    login, password = str(form.get("login", ""))[:200], str(form.get("password", ""))[:1000]
    remember, wanted = bool(form.get("remember")), safe_next(str(form.get("next", "")) or front(request))
    if not same_origin(request):
        return RedirectResponse("/login", 303)
    address = address_of(request)
    try:
        sign_ins.claim(network(address))
        signed_in = await calls.write(
            sessions.sign_in,
            login,
            password,
            remember=remember,
            agent=request.headers.get("user-agent", ""),
            address=address,
            mark=request.cookies.get(_terms[0].known, ""),
        )
    except (BadCredentials, TooManyAttempts) as refusal:
        params = {"error": refusal.code, "login": login, "next": wanted, **refusal.params}
        return RedirectResponse(f"/login?{urlencode(params)}", 303)
    sign_ins.release(network(address))
    if old := secret_of(request):
        await _end(old)
    response = RedirectResponse(wanted, 303)
    give_cookie(response, signed_in, remember=remember)
    return response


@router.post("/session/end", include_in_schema=False)
async def end_session(request: Request) -> Response:
    """The session is over, its pages leave, the cookie is gone."""
    response = RedirectResponse("/login", 303)
    if same_origin(request):
        if secret := secret_of(request):
            await _end(secret)
        response.delete_cookie(_terms[0].name, path="/", secure=_terms[0].secure, httponly=True, samesite="lax")
    return response


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


async def _end(secret: str) -> None:
    try:
        actor, _ = await calls.read(sessions.resume, secret)
        await calls.write(sessions.sign_out, actor)
    except DeskError:
        pass  # it was over already


async def _built(build: Callable[..., Any], viewer: Viewer | Visitor, parameters: dict[str, Any]) -> Response | None:
    result = build(viewer, **parameters)
    if isinstance(result, Awaitable):
        result = await result
    return result if isinstance(result, Response) else None


def _declare(path: str, page: Callable[..., Any], build: Callable[..., Any]) -> Callable[..., Any]:
    """NiceGUI reads path and query parameters off the signature: ours, without the viewer."""

    async def served(request: Request, **given: Any) -> Response | None:
        try:
            answer: Response | None = await page(request, **given)
            return answer
        except DatabaseUnavailable:
            from ui.pages.errors import away  # which draws with what stands on this module

            return away(request)

    own = list(inspect.signature(build, eval_str=True).parameters.values())[1:]
    first = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
    served.__signature__ = inspect.Signature([first, *own])  # type: ignore[attr-defined]
    served.__name__ = build.__name__
    ui.page(path, response_timeout=BUILD_S)(served)
    return build


__all__ = ["EVERYBODY", "TEAM_ROLES", "Visitor", "desk_page", "open_page"]
