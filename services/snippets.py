"""Where a text has the words that somebody looks for: pure, and only ever shown as text."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from data.words import starts

READ = 4_000  # of a text at most: further down a match is found, but not shown
AROUND = 70  # characters before the first match, twice as many after it

_SPACES = re.compile(r"[^\S\u00a0\u202f]+")

Part = tuple[str, bool]  # a piece of the text, and whether it matched


def marked(text: str, words: Sequence[str]) -> tuple[Part, ...]:
    """All of `text`, on one line, in pieces; what matched one of the folded `words` apart."""
    line = _on_one_line(text)
    return _parts(line, _found(line, words), 0, len(line))


def snippet(text: str, words: Sequence[str]) -> tuple[Part, ...]:
    """The piece of `text` around its first match, () where there is none."""
    line = _on_one_line(text[:READ])
    found = _found(line, words)
    if not found:
        return ()
    first, last = found[0][0], len(line)
    begin, end = max(0, first - AROUND), min(last, found[0][1] + 2 * AROUND)
    if begin:
        begin = line.find(" ", begin, first) + 1 or begin
    if end < last:
        end = max(found[0][1], line.rfind(" ", first, end))
    parts = _parts(line, found, begin, end)
    return ((("… ", False),) if begin else ()) + parts + (((" …", False),) if end < last else ())


def beginning(text: str) -> tuple[Part, ...]:
    """How `text` begins, for one that was found by something else."""
    line = _on_one_line(text[:READ])
    end = line.rfind(" ", 0, 3 * AROUND) if len(line) > 3 * AROUND else len(line)
    return ((line[: max(end, 0)] + (" …" if end < len(line) else ""), False),) if line else ()


def _on_one_line(text: str) -> str:
    """No-break spaces stay: « Ouvert : oui » must not be broken before its colon here either."""
    return _SPACES.sub(" ", text).strip()


def _parts(line: str, found: Sequence[tuple[int, int]], begin: int, end: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    at = begin
    for start, stop in found:
        if start < at or stop > end:
            continue
        parts += [(line[at:start], False), (line[start:stop], True)]
        at = stop
    return tuple(part for part in (*parts, (line[at:end], False)) if part[0])


def _found(line: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words are in `line`, in its own characters, in order; where two overlap, the longer."""
    plain, places = _folded(line)
    begins = {at + start for at, chunk in _chunks(plain) for start in starts(chunk)}
    found: list[tuple[int, int]] = []
    for word in words:
        at = plain.find(word)
        while at >= 0:
            if at in begins:
                found.append((places[at], places[at + len(word) - 1] + 1))
            at = plain.find(word, at + 1)
    found.sort(key=lambda match: (match[0], -match[1]))
    kept: list[tuple[int, int]] = []
    for start, stop in found:
        if not kept or start >= kept[-1][1]:
            kept.append((start, stop))
    return kept


def _chunks(plain: str) -> list[tuple[int, str]]:
    chunks, at = [], 0
    for chunk in plain.split(" "):
        chunks.append((at, chunk))
        at += len(chunk) + 1
    return chunks


def _folded(line: str) -> tuple[str, list[int]]:
    """The line folded letter by letter, and for each letter where it comes from."""
    plain: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(line):
        for each in _letter(letter):
            plain.append(each)
            places.append(place)
    return "".join(plain), places


@lru_cache(4096)
def _letter(letter: str) -> str:
    if letter in "\u2018\u2019":
        return "'"
    return "".join(c for c in unicodedata.normalize("NFKD", letter.casefold()) if not unicodedata.combining(c))
