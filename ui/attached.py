"""Files over HTTP, for the pages and the API alike: bodies that go straight to the disk, and files as downloads.

A file is never shown by a browser as what it says it is: it is saved, under a policy that lets nothing run (U2).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from fastapi import Request
from starlette.responses import FileResponse

from services import attachments, files
from services.errors import FileTooLarge
from services.files import Writing
from services.work import Actor
from ui import calls

CHUNK = 2**20
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@asynccontextmanager
async def written(chunks: AsyncIterator[bytes]) -> AsyncIterator[Writing]:
    """The file that the chunks make; nothing of it is left if the block does not keep it. Raises `FileTooLarge`."""
    writing = await calls.file(Writing)
    try:
        gathered = bytearray()
        async for chunk in chunks:
            gathered += chunk
            if len(gathered) >= CHUNK:
                await calls.file(writing.add, bytes(gathered))
                gathered.clear()
        await calls.file(writing.add, bytes(gathered))
        yield writing
    finally:
        await calls.file(writing.close)


def expect_size(request: Request, beside: int = 0) -> None:
    """Raises `FileTooLarge` for a body that says that it is; `beside`: bytes that are not the file's."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > files.LIMIT + beside:
        raise FileTooLarge(max_mb=files.LIMIT // 2**20)


async def download(actor: Actor, reference: str, attachment_id: int, *, preview: bool = False) -> FileResponse:
    """The file to be saved, or its small picture, which we have drawn ourselves, to be shown. Raises `NotFound`."""
    content = await calls.read(attachments.content, actor, reference, attachment_id, preview=preview)
    named = f"attachment; filename=\"{_ascii(content.name)}\"; filename*=UTF-8''{quote(content.name, safe='')}"
    how = {} if preview else {"Content-Disposition": named}
    return FileResponse(content.path, media_type=content.media_type, headers=HEADERS | how)


def _ascii(name: str) -> str:
    return "".join(sign if sign.isascii() and sign.isprintable() and sign not in '"\\%' else "_" for sign in name)
