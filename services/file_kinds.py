"""Which files are taken: by what they are called and by what they begin with, both of which must agree (U1). Pure.

An allow-list: programs, scripts, web pages and SVG, which a browser or a desktop could run, are in no row.
"""

from collections.abc import Callable, Mapping

from services.errors import FileRefused

Begins = Callable[[bytes], bool]


def media_type(name: str, head: bytes) -> str:
    """What a file is, by its name and its first bytes (8 KiB are enough). Raises `FileRefused`."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    found = KINDS.get(ending)
    if found is None:
        raise FileRefused("file_kind_unknown", name=name, kind=ending or "?")
    kind, fits = found
    if not fits(head):
        raise FileRefused("file_kind_differs", name=name, kind=ending)
    return kind


def _starts(*beginnings: bytes) -> Begins:
    return lambda head: head.startswith(beginnings)


def _at(offset: int, *marks: bytes) -> Begins:
    return lambda head: head[offset:].startswith(marks)


def _text(head: bytes) -> bool:
    """Text in UTF-8, UTF-16 with its mark, or an old 8-bit set; and no web page by another name."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return False
    return (
        not head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html", b"<script", b"<svg"))
    )


_ZIP = _starts(b"PK\x03\x04", b"PK\x05\x06")
_OLE = _starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"

PICTURES = {
    "png": ("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", _starts(b"\xff\xd8\xff")),
    "gif": ("image/gif", _starts(b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
    "bmp": ("image/bmp", _starts(b"BM")),
}
KINDS: Mapping[str, tuple[str, Begins]] = {
    **PICTURES,
    "heic": ("image/heic", _at(4, b"ftyp")),
    "pdf": ("application/pdf", lambda head: b"%PDF-" in head[:1024]),
    **dict.fromkeys(("txt", "log", "md", "ini", "conf", "cfg", "yml", "yaml", "sql"), ("text/plain", _text)),
    "csv": ("text/csv", _text),
    "json": ("application/json", _text),
    "xml": ("text/plain", _text),
    "eml": ("message/rfc822", _text),
    "ics": ("text/calendar", _text),
    "msg": ("application/vnd.ms-outlook", _OLE),
    "doc": ("application/msword", _OLE),
    "xls": ("application/vnd.ms-excel", _OLE),
    "ppt": ("application/vnd.ms-powerpoint", _OLE),
    "docx": (f"{_OFFICE}.wordprocessingml.document", _ZIP),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    "pptx": (f"{_OFFICE}.presentationml.presentation", _ZIP),
    "odt": (f"{_OPEN}.text", _ZIP),
    "ods": (f"{_OPEN}.spreadsheet", _ZIP),
    "odp": (f"{_OPEN}.presentation", _ZIP),
    "zip": ("application/zip", _ZIP),
    "gz": ("application/gzip", _starts(b"\x1f\x8b")),
    "7z": ("application/x-7z-compressed", _starts(b"7z\xbc\xaf\x27\x1c")),
    "evtx": ("application/octet-stream", _starts(b"ElfFile\x00")),
    "pcap": ("application/vnd.tcpdump.pcap", _starts(b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4")),
    "pcapng": ("application/octet-stream", _starts(b"\x0a\x0d\x0d\x0a")),
    "mp4": ("video/mp4", _at(4, b"ftyp")),
    "mov": ("video/quicktime", _at(4, b"ftyp")),
    "webm": ("video/webm", _starts(b"\x1a\x45\xdf\xa3")),
}
ENDINGS = tuple(KINDS)
