"""The whole application in this process, and everybody who may stand before its doors."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from fastapi import FastAPI
from nicegui import app
from starlette.routing import Mount
from starlette.testclient import TestClient

from data import db
from services import bus, chain, clock, displays, people, sessions
from services.clock import MovedClock
from services.displays import Wish
from tests.rest.conftest import PASSWORD, SECRET, START, Desk
from ui import api as rest
from ui import server

# As the columns of doors.toml: nobody; a session that is over, of a technician and of a disabled account; a paired
# display; somebody who has to choose a password first; a requester of another incident and of this one; a technician of
# another team and of this one; a dispatcher; an administrator.
CALLERS = (
    *("nobody", "ended", "disabled", "display", "confined"),
    *("gina", "chloe", "bruno", "alice", "diane", "emile"),
)
_APP_STATE = ("middleware_stack", "user_middleware", "exception_handlers", "_page_exception_handler")
_APP_LISTS = ("_startup_handlers", "_shutdown_handlers", "_exception_handlers", "_connect_handlers", "_delete_handlers")


def routes(of: Any, before: str = "") -> Iterator[str]:
    """« GET /path » of everything that the application answers to, the REST API apart; the toolkit's version is *."""
    for route in of.routes:
        if included := getattr(route, "original_router", None):
            yield from routes(included, before)
        elif isinstance(route, Mount) and getattr(route.app, "routes", None):
            if route.path != rest.PATH:
                yield from routes(route.app, before + route.path)
        else:
            path = re.sub(r"^/_nicegui/[0-9.]+/", "/_nicegui/*/", before + route.path)
            methods = sorted((getattr(route, "methods", None) or {"ANY"}) - {"HEAD"})
            yield from (f"{method} {path}" for method in methods)


@contextmanager
def whole_application(template: Path, folder: Path) -> Iterator[tuple[FastAPI, TestClient, MovedClock]]:
    """Pages and all, on a copy of the database; the process is left as it was found."""
    file = folder / "vigie.db"
    shutil.copy(template, file)
    kept = {name: getattr(app, name) for name in _APP_STATE}
    lists = {name: list(getattr(app, name)) for name in _APP_LISTS}
    listeners = list(bus._listeners)
    app.middleware_stack, app.user_middleware = None, []
    db.bind(f"sqlite:///{file}")
    chain.use_secret(SECRET)
    terms = server.Terms(
        public_url="http://testserver", zone=ZoneInfo("Europe/Paris"), locale="fr", one_writer=True, api_rate=0
    )
    moved = MovedClock(START)
    with clock.running_on(moved):
        outer = server.build(terms)
        with TestClient(outer, follow_redirects=False, raise_server_exceptions=False) as client:
            yield outer, client, moved
    for name, value in kept.items():
        setattr(app, name, value)
    for name, values in lists.items():
        getattr(app, name)[:] = values
    bus._listeners[:] = listeners
    db.dispose()


def cookies(desk: Desk) -> dict[str, dict[str, str]]:
    """What the browser of each caller sends."""
    emile = desk.actors["emile"]
    people.create_user(emile, login="former", name="Former", role="technician", password=PASSWORD)
    people.create_user(emile, login="fresh", name="Fresh", role="technician", password=PASSWORD, temporary=True)
    over = sessions.sign_in("alice", PASSWORD)
    sessions.sign_out(over.actor)
    disabled = sessions.sign_in("former", PASSWORD).secret
    people.set_active(emile, "former", False)
    screen, waiting = displays.offer(None)
    displays.pair(emile, waiting.code, Wish(name="Hall"))
    secrets = {"ended": over.secret, "disabled": disabled, "confined": sessions.sign_in("fresh", PASSWORD).secret}
    return {
        "nobody": {},
        "display": {"vigie_wall": screen},
        **{caller: {"vigie_session": secret} for caller, secret in secrets.items()},
        **signed_in(),
    }


def signed_in() -> dict[str, dict[str, str]]:
    """The browsers of all who are simply signed in, anew."""
    return {login: {"vigie_session": sessions.sign_in(login, PASSWORD).secret} for login in CALLERS[5:]}


def outcome(answer: httpx.Response) -> str:
    """A cell of the table: where a page leads, else its status."""
    leads = answer.headers.get("location", "").partition("?")[0]
    if leads.startswith("/incidents/INC-"):
        return "incident"
    return {"/login": "login", "/me": "account", "/setup": "setup"}.get(leads, leads) or str(answer.status_code)
