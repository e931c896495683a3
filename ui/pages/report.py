"""`/incidents/{reference}/report.pdf`: the incident's complete history, to be saved (S140 to S143)."""

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from nicegui import app

from services import i18n
from services.errors import DeskError, Unauthenticated
from ui import session
from ui.report import pdf_of


@app.get("/incidents/{reference}/report.pdf", include_in_schema=False)
async def report(request: Request, reference: str) -> Response:
    """The PDF in the viewer's language, with `scope=requester` without internal notes, or a sentence that says why
    there is none."""
    try:
        viewer = session.viewer_of(request, *await session.who(request))
    except Unauthenticated:
        return RedirectResponse("/login", 303)
    try:
        return await pdf_of(viewer.actor, reference, viewer.locale, viewer.zone, request.query_params.get("scope"))
    except DeskError as refusal:
        return PlainTextResponse(i18n.error_sentence(refusal, viewer.locale), refusal.status)
