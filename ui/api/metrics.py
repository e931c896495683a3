"""GET /metrics, beside the API: for a token of somebody of the team, or for whoever asks on this machine itself."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from services import metrics as figures
from services import tokens
from services.errors import DeskError
from ui import calls, metrics
from ui.api.gate import bearer, wished_locale
from ui.api.problems import problem
from ui.edge import LOCAL


def mount(app: FastAPI, *, locale: str) -> None:
    """The address answers; refusals are in the language that the caller wishes, else in `locale`."""
    desk = metrics.Desk()

    async def answer(request: Request) -> Response:
        try:
            if not request.scope.get(LOCAL):
                actor = await calls.read(tokens.holder, bearer(request.headers))
                await calls.read(figures.check, actor)
            told = Response(await desk.exposition(), headers={"Content-Type": metrics.CONTENT_TYPE})
        except DeskError as refusal:
            told = problem(refusal, wished_locale(request.headers.get("accept-language", ""), locale))
        told.headers["Cache-Control"] = "no-store"
        return told

    app.add_api_route("/metrics", answer, include_in_schema=False, response_model=None)
