"""What components need that is the same on many pages (texts, codes, tables): scripts that a browser keeps for a year.

@facts.shared("board")
def _facts(locale: str, role: str) -> Mapping[str, Any]: ...

facts.link("board", locale, role)  # for the page's head or body; `vigieFacts.board` is there before any module runs
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

from fastapi import HTTPException, Response
from nicegui import app

from data.vocabulary import Role
from services.i18n import LOCALES
from ui.theme import YEAR

Make = Callable[[str, str], Mapping[str, Any]]

PATH = "/static/facts/{name}/{locale}/{role}.js"
EVERYBODY = "all"  # stands for the role in what is the same for all
_made: dict[str, Make] = {}
_roles: dict[str, Collection[str]] = {}


def shared(name: str, *, roles: Collection[str] = tuple(Role)) -> Callable[[Make], Make]:
    """The function makes what stands in `vigieFacts` under `name`, by locale and role: nothing that is somebody's."""

    def declare(make: Make) -> Make:
        _made[name], _roles[name] = make, roles
        return make

    return declare


@cache
def link(name: str, locale: str, role: str = EVERYBODY) -> str:
    """The element that fetches it: without waiting for it, but before the first module runs."""
    address = PATH.format(name=name, locale=locale, role=role)
    digest = hashlib.sha256(_script(name, locale, role)).hexdigest()[:12]
    return f'<script defer src="{address}?v={digest}"></script>'


def serve() -> None:
    """They are answered from now on; calling it again changes nothing."""
    app.remove_route(PATH)

    @app.get(PATH, include_in_schema=False)
    def facts_route(name: str, locale: str, role: str) -> Response:
        if locale not in LOCALES or role not in _roles.get(name, ()):
            raise HTTPException(404)
        headers = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
        return Response(_script(name, locale, role), media_type="text/javascript", headers=headers)


@cache
def _script(name: str, locale: str, role: str) -> bytes:
    encoded = json.dumps(dict(_made[name](locale, role)), ensure_ascii=False, separators=(",", ":"))
    return f"(globalThis.vigieFacts ??= {{}}).{name} = {encoded};\n".encode()
