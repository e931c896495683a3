"""Calls about the files of an incident (contract, `/incidents/{reference}/attachments`)."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import FileResponse

from services import attachments
from services.errors import Invalid
from ui import calls
from ui.api import answers, shapes
from ui.api.request import Caller, RowId, no_query
from ui.attached import CHUNK, download, expect_size, written

router = APIRouter(dependencies=[Depends(no_query)])
FORM = 2**16  # bytes of a form beside its file
_PATH = "/incidents/{reference}/attachments"
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "visibility": {"type": "string", "enum": ["public", "internal"]},
                    },
                }
            }
        },
    }
}


@router.get(_PATH)
async def get_attachments(caller: Caller, reference: str) -> list[shapes.Attachment]:
    """The files, oldest first; internal ones for the team only."""
    return [answers.attachment(each) for each in await calls.read(attachments.listed, caller, reference)]


@router.post(_PATH, status_code=201, openapi_extra=_BODY)
async def add_attachment(caller: Caller, reference: str, request: Request) -> shapes.Attachment:
    """Attaches a file."""
    await calls.write(attachments.expect_files, caller, reference)
    expect_size(request, FORM)
    async with request.form(max_files=1, max_fields=2, max_part_size=FORM) as form:
        file, visibility = _fields(form)
        async with written(_chunks(file)) as writing:
            name = (file.filename or "").replace("%22", '"')  # so do clients write it in a form (HTML, form-data)
            return answers.attachment(
                await calls.write(attachments.add, caller, reference, writing, name[:1000], visibility)
            )


@router.get(f"{_PATH}/{{attachment_id}}", response_class=FileResponse)
async def get_attachment(caller: Caller, reference: str, attachment_id: RowId) -> FileResponse:
    """The file, to be saved."""
    return await download(caller, reference, attachment_id)


def _fields(form: FormData) -> tuple[UploadFile, str | None]:
    wrong: dict[str, Any] = {str(name): "extra" for name in form if name not in ("file", "visibility")}
    file, visibility = form.get("file"), form.get("visibility")
    if not isinstance(file, UploadFile):
        wrong["file"] = "required" if file is None else "wrong_type"
    if isinstance(visibility, UploadFile):
        wrong["visibility"] = "wrong_type"
    if wrong or not isinstance(file, UploadFile) or isinstance(visibility, UploadFile):
        raise Invalid(**wrong)
    return file, visibility


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk
