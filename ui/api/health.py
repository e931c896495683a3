"""The two probes of an orchestrator: plain routes outside the API, without a token and without a page's session."""

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from services import readiness
from ui import calls

NO_STORE = {"Cache-Control": "no-store"}


def mount(app: FastAPI) -> None:
    """GET /healthz says that the process answers, GET /readyz that it can work."""
    for path, probe in (("/healthz", healthz), ("/readyz", readyz)):
        app.add_api_route(path, probe, methods=["GET", "HEAD"], include_in_schema=False)


async def healthz() -> PlainTextResponse:
    return PlainTextResponse("ok", headers=NO_STORE)


async def readyz() -> PlainTextResponse:
    """503 while the database does not answer, or is not migrated."""
    if await calls.read(readiness.is_ready):
        return PlainTextResponse("ready", headers=NO_STORE)
    return PlainTextResponse("not ready", 503, headers=NO_STORE)
