"""The REST API at /api/v1, and the probes beside it (contract, "REST API")."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Mount
from starlette.types import ASGIApp

from services.errors import DeskError
from ui.api import (
    actions,
    affected,
    attachments,
    channels,
    document,
    health,
    hooks,
    incidents,
    items,
    lists,
    messages,
    metrics,
    people,
    relations,
    report,
    settings,
    sla,
    templates,
)
from ui.api.gate import Gate
from ui.api.problems import problem

PATH = "/api/v1"
PARIS = ZoneInfo("Europe/Paris")
PARTS = (
    lists,
    incidents,
    attachments,
    actions,
    affected,
    channels,
    hooks,
    items,
    messages,
    people,
    relations,
    report,
    settings,
    sla,
    templates,
)


def mount(app: FastAPI, *, rate: int = 600, locale: str = "fr", zone: ZoneInfo = PARIS) -> None:
    """`app` answers the API's calls and the probes.

    `rate`: calls a minute for each token, 0 for no limit. `locale`: of sentences where the caller wishes none.
    `zone`: of the instants in sentences.
    """
    api = FastAPI(
        title="Vigie",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation,
        exception_handlers=dict.fromkeys((DeskError, HTTPException, RequestValidationError), _refused),
    )
    api.state.zone = zone
    for part in PARTS:
        api.include_router(part.router)
    document.mount(api, PATH)
    api.add_middleware(Gate, rate=rate, locale=locale)
    app.router.routes.append(_Mount(PATH, api))
    app.add_api_route(PATH, _read_about_it, include_in_schema=False)
    app.add_api_route(PATH, _only_read, methods=["POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    health.mount(app)
    metrics.mount(app, locale=locale)


class _Mount(Mount):
    """All that is below the path, a line end (%0A) in the address too: Starlette's own would leave it to the pages."""

    def __init__(self, path: str, app: ASGIApp) -> None:
        super().__init__(path, app)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


async def _read_about_it() -> RedirectResponse:
    return RedirectResponse(f"{PATH}/docs")


async def _only_read() -> Response:
    answer = problem(HTTPException(HTTPStatus.METHOD_NOT_ALLOWED), "en")
    answer.headers["Allow"] = "GET"
    return answer


async def _refused(request: Request, error: Exception) -> Response:
    answer = problem(error, request.state.locale)
    if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(_methods(request))
    return answer


def _methods(request: Request) -> Sequence[str]:
    """Those that the address answers to: the router names only the ones of the first route that fits."""

    def answers(method: str) -> bool:
        asked = {**request.scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)

    methods = [method for method in ("GET", "POST", "PATCH", "DELETE") if answers(method)]
    return ["HEAD", *methods] if "GET" in methods else methods


def _operation(route: APIRoute) -> str:
    return route.name
