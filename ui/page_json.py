"""Pages in ASCII: what NiceGUI puts into a page's script is escaped where it is beyond.

NiceGUI escapes this JSON with `str.translate`, which takes fifty times as long as soon as one letter has an accent
(3.18: 0.5 ms of a page of 4 kB, measured; an incident's page has ten times as much). `client.json` is an internal,
pinned in pyproject.toml; a test fails when it moves.
"""

import re
from json.encoder import encode_basestring_ascii
from types import SimpleNamespace
from typing import Any

from nicegui import client, json

_BEYOND = re.compile(r"[^\x00-\x7f]+")


def write_pages_in_ascii() -> None:
    """Pages say "\\u00e9" where they said "é", and mean the same. Calling it again changes nothing."""
    vars(client)["json"] = SimpleNamespace(dumps=dumps, loads=json.loads)


def dumps(value: Any) -> str:
    """The value as NiceGUI writes it, in ASCII (RFC 8259, 7)."""
    text = json.dumps(value)
    return text if text.isascii() else _BEYOND.sub(lambda found: encode_basestring_ascii(found[0])[1:-1], text)
