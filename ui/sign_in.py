"""Signing in and out, as plain HTML forms send it: no websocket ever carries a password or a code."""

from collections.abc import Callable
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services import sessions
from services.attempts import network
from services.errors import BadCode, BadCredentials, CodeNeeded, DeskError, TooManyAttempts, Unauthenticated
from services.sessions import SignedIn
from ui import calls
from ui.limits import Window
from ui.session import (
    CODE_PAGE,
    address_of,
    forget_session,
    front,
    give_cookies,
    give_ticket,
    mark_of,
    safe_next,
    same_origin,
    secret_of,
    ticket_of,
)
from ui.viewer import THEMES

router = APIRouter()

# Failed attempts on whatever accounts from one address (the account itself is limited in the service).
sign_ins = Window(calls=30, seconds=900)


@router.post("/session", include_in_schema=False)
async def begin_session(request: Request) -> Response:
    """The login form, as plain HTML sends it; back to it with the reason when it fails, on to the code if due."""
    form = await request.form()
    login, password = str(form.get("login", ""))[:200], str(form.get("password", ""))[:1000]
    remember, wanted = bool(form.get("remember")), safe_next(str(form.get("next", "")) or front(request))
    if not same_origin(request):
        return RedirectResponse("/login", 303)
    try:
        made = await _claimed(request, sessions.sign_in, login, password, remember=remember)
    except CodeNeeded as needed:
        response = RedirectResponse(f"{CODE_PAGE}?{urlencode({'next': wanted, **_look(form)})}", 303)
        give_ticket(response, needed.ticket)
        return response
    except (BadCredentials, TooManyAttempts) as refusal:
        params = {"error": refusal.code, "login": login, "next": wanted, **refusal.params, **_look(form)}
        return RedirectResponse(f"/login?{urlencode(params)}", 303)
    return await _let_in(request, made, wanted)


@router.post("/session/code", include_in_schema=False)
async def begin_session_by_code(request: Request) -> Response:
    """The second step of the login form; back to it with the reason when it fails, to the first one when it is late."""
    form = await request.form()
    code, wanted = str(form.get("code", ""))[:100], safe_next(str(form.get("next", "")) or front(request))
    if not same_origin(request):
        return RedirectResponse("/login", 303)
    again = {"next": wanted, **_look(form)} | ({"recovery": "1"} if form.get("recovery") else {})
    try:
        made = await _claimed(request, sessions.with_code, ticket_of(request), code)
    except (BadCode, TooManyAttempts) as refusal:
        return RedirectResponse(f"{CODE_PAGE}?{urlencode({'error': refusal.code, **again, **refusal.params})}", 303)
    except Unauthenticated:
        late = {"error": "code_late", "next": wanted, **_look(form)}
        return RedirectResponse(f"/login?{urlencode(late)}", 303)
    return await _let_in(request, made, wanted)


def _look(form: FormData) -> dict[str, str]:
    """The theme that the address of the form wished for, for the page that comes next."""
    wish = form.get("theme")
    return {"theme": wish} if isinstance(wish, str) and wish in THEMES else {}


async def _claimed(request: Request, enter: Callable[..., SignedIn], *given: str, **more: bool) -> SignedIn:
    """What `enter` returns or raises; from one address only so many may fail, on whatever accounts."""
    address = address_of(request)
    sign_ins.claim(network(address))
    where = {"agent": request.headers.get("user-agent", ""), "address": address, "mark": mark_of(request)}
    try:
        made = await calls.write(enter, *given, **where, **more)
    except CodeNeeded:
        sign_ins.release(network(address))
        raise
    sign_ins.release(network(address))
    return made


async def _let_in(request: Request, made: SignedIn, wanted: str) -> Response:
    if old := secret_of(request):
        await _end(old)
    response = RedirectResponse(wanted, 303)
    give_cookies(response, made)
    return response


@router.post("/session/end", include_in_schema=False)
async def end_session(request: Request) -> Response:
    """The session is over, its pages leave, the cookie is gone."""
    response = RedirectResponse("/login", 303)
    if same_origin(request):
        if secret := secret_of(request):
            await _end(secret)
        forget_session(response)
    return response


async def _end(secret: str) -> None:
    try:
        actor, _ = await calls.read(sessions.resume, secret)
        await calls.write(sessions.sign_out, actor)
    except DeskError:
        pass  # it was over already
