"""`/incidents/{reference}/files`: what the composer sends, and what the page shows and lets people save (U1 to U3).

Plain routes: NiceGUI's own upload is open to whoever knows its address. The session's cookie says who sends, and the
browser that one of our own pages does.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from services import attachments, i18n
from services.errors import AlreadyDone, DeskError, Forbidden, Invalid, Unauthenticated
from services.files import Writing
from services.work import Actor
from ui import calls, session
from ui.attached import download, expect_size, written
from ui.viewer import Viewer

router = APIRouter(include_in_schema=False)
PATH = "/incidents/{reference}/files"


class _Refused(Exception):
    def __init__(self, answer: Response) -> None:
        self.answer = answer


@asynccontextmanager
async def _viewer(request: Request) -> AsyncIterator[Viewer]:
    """Who asks; a refusal becomes a sentence in that person's language."""
    try:
        viewer = session.viewer_of(request, *await session.who(request))
    except Unauthenticated as nobody:
        raise _Refused(_sentence(nobody, session.visitor_of(request).locale)) from None
    try:
        if request.method != "GET" and not session.same_origin(request):
            raise Forbidden()
        yield viewer
    except DeskError as refusal:
        raise _Refused(_sentence(refusal, viewer.locale)) from None


def _sentence(refusal: DeskError, locale: str) -> Response:
    text = i18n.error_sentence(refusal, locale)
    if isinstance(refusal, Invalid):
        text = " ".join(i18n.field_sentences(refusal, locale).values())
    return JSONResponse({"detail": text}, refusal.status, headers={"Cache-Control": "no-store"})


@router.post(PATH)
async def receive(request: Request, reference: str, name: str = "", visibility: str = "", attach: str = "") -> Response:
    """The body is a file of the viewer's now, to be attached: {id, name, size}.

    With `attach`, the sender's own name for this sending, it is attached at once, and sent again it changes nothing.
    """
    try:
        async with _viewer(request) as viewer:
            expect_size(request)
            actor: Actor = viewer.actor
            await calls.write(attachments.expect_files, actor, reference, visibility)
            async with written(request.stream()) as file:
                taken = await _taken(actor, reference, file, name[:1000], visibility, attach)
    except _Refused as refused:
        return refused.answer
    except ClientDisconnect:
        return Response(status_code=400)
    return JSONResponse(taken, 201)


async def _taken(
    actor: Actor, reference: str, file: Writing, name: str, visibility: str, attach: str
) -> dict[str, str | int]:
    if not attach:
        sent = await calls.write(attachments.send, actor, reference, file, name, visibility)
        return {"id": sent.id, "name": sent.name, "size": sent.size}
    named = hashlib.sha256(f"{reference} {attach}".encode("utf-8", "replace")).hexdigest()
    sender = replace(actor, call=f"file {named}")
    with suppress(AlreadyDone):
        await calls.write(attachments.add, sender, reference, file, name, visibility)
    return {"name": name}


@router.delete(f"{PATH}/pending/{{stored}}")
async def discard(request: Request, reference: str, stored: str) -> Response:
    """The viewer's file that belongs to nothing yet is gone."""
    try:
        async with _viewer(request) as viewer:
            await calls.write(attachments.discard, viewer.actor, stored)
    except _Refused as refused:
        return refused.answer
    return Response(status_code=204)


@router.get(f"{PATH}/{{attachment_id}}")
async def save(request: Request, reference: str, attachment_id: int) -> Response:
    """The file, to be saved."""
    return await _content(request, reference, attachment_id, preview=False)


@router.get(f"{PATH}/{{attachment_id}}/preview")
async def preview(request: Request, reference: str, attachment_id: int) -> Response:
    """Its small picture."""
    return await _content(request, reference, attachment_id, preview=True)


async def _content(request: Request, reference: str, attachment_id: int, *, preview: bool) -> Response:
    try:
        async with _viewer(request) as viewer:
            return await download(viewer.actor, reference, attachment_id, preview=preview)
    except _Refused as refused:
        return refused.answer
