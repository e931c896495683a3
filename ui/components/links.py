"""What people wrote, shown as they wrote it: plain text with its line ends, and addresses that can be followed."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from ui.elements import el

_ADDRESS = re.compile(r"https?://[^\s<>\"'«»]+", re.IGNORECASE)
# What ends a sentence does not belong to the address in it.
_AFTER = ".,;:!?…"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def plain_text(classes: str, text: str) -> None:
    """A paragraph of `text`. Its addresses become links of http and https, and of nothing else."""
    with el("p", classes):
        for part, is_address in parts(text):
            if is_address:
                el("a", "vg-link", part, href=part, target="_blank", rel="noopener noreferrer nofollow")
            else:
                el("span", "", part)


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """`text` in pieces, and of each whether it is an address."""
    position = 0
    for found in _ADDRESS.finditer(text):
        address = _trimmed(found.group())
        if not _is_web(address):
            continue
        if found.start() > position:
            yield text[position : found.start()], False
        yield address, True
        position = found.start() + len(address)
    if position < len(text):
        yield text[position:], False


def _trimmed(address: str) -> str:
    while address:
        last = address[-1]
        unpaired = last in _PAIRS and address.count(last) > address.count(_PAIRS[last])
        if last not in _AFTER and not unpaired:
            break
        address = address[:-1]
    return address


def _is_web(address: str) -> bool:
    try:
        parsed = urlsplit(address)
        return parsed.scheme.lower() in ("http", "https") and bool(parsed.hostname)
    except ValueError:
        return False
