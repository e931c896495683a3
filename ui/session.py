"""Who is at the browser: the cookies, the session behind them, and where people of each role begin."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from data.vocabulary import Role
from services import organisation, sessions
from services.errors import Unauthenticated
from services.i18n import LOCALES
from services.sessions import SignedIn
from services.views import AccountView
from services.work import Actor, Reading
from ui import calls, guard
from ui.viewer import Theme, Viewer, choose_locale, choose_theme

Result = TypeVar("Result")

router = APIRouter()

HOMES = {Role.REQUESTER: "/portal"}
HOME = "/incidents"
PHONE = "/m"
DESKTOP_COOKIE = "vigie_desktop"  # who has it wants the large pages on a phone, too
FRONT_COOKIE = "vigie_front"  # came by "/": how wide the window is decides where that leads
FRONT_S = 600  # signing in lies between
LANGUAGE_COOKIE = "vigie_lang"  # chosen before signing in
CODE_PAGE = "/login/code"
OWN_ACCOUNT = "/me"  # where a temporary password is changed, a required second factor added before anything else
KNOWN_S = 365 * 24 * 3600


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
    return (await signed_in_and(request, lambda _: None))[:2]


async def signed_in_and(
    request: Request, read: Callable[[Reading], Result]
) -> tuple[Actor, AccountView, Result | None]:
    """As `signed_in`, and what `read` finds for them (`services.sessions.resume_and`)."""
    secret = secret_of(request)
    if not secret:
        raise Unauthenticated()
    return await calls.read(sessions.resume_and, secret, read)


def visitor_of(request: Request) -> Visitor:
    """Language and theme for somebody unknown: the address, else the browser's wish, else the settings'."""
    query, defaults = request.query_params, _defaults[0]
    wish = request.headers.get("accept-language", "")[:2].lower() or None
    return Visitor(
        choose_locale(query.get("lang"), request.cookies.get(LANGUAGE_COOKIE), wish, defaults.locale),
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
        locale=choose_locale(query.get("lang"), account.locale, request.cookies.get(LANGUAGE_COOKIE), defaults.locale),
        theme=choose_theme(query.get("theme"), account.theme),
        zone=defaults.zone,
        teams=account.teams,
        single_keys=account.single_keys,
    )


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


def remember_language(response: Response, wish: str | None) -> None:
    """The browser asks for the next pages in the language that the address wished for, if that is one of ours."""
    if wish and wish in LOCALES:
        response.set_cookie(LANGUAGE_COOKIE, wish, max_age=KNOWN_S, secure=_terms[0].secure, samesite="lax")


def _rules() -> dict[str, Any]:
    """What holds for each of our cookies."""
    return {"path": "/", "secure": _terms[0].secure, "httponly": True, "samesite": "lax"}


@router.get("/", include_in_schema=False)
async def front_door(request: Request) -> Response:
    """To the board; on a phone to its own page, unless its owner prefers the large one. A narrow window of a browser
    that does not say what it is goes on from the board."""
    way = front(request)
    answer = RedirectResponse(way, 303, {"Vary": "Cookie, User-Agent, Sec-CH-UA-Mobile"})
    if way == HOME and not request.cookies.get(DESKTOP_COOKIE):
        answer.set_cookie(FRONT_COOKIE, "1", max_age=FRONT_S, secure=_terms[0].secure, samesite="lax")
    return answer


def comes_by_front(request: Request) -> bool:
    """Whether this is what "/" has led to, for somebody who could have meant the phone's page."""
    asked = request.cookies
    return FRONT_COOKIE in asked and not asked.get(DESKTOP_COOKIE) and not request.url.query


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
    try:
        return origin is None or urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:  # « http://[::1 »
        return False
