"""Words as the search knows them: what stands in the index, and what is asked of it, by one rule for both databases.

A word is found from its beginning and from the beginning of each of its parts: « SRV-WEB-01 » by `srv`, `web-01` and
`01`, « l'imprimante » by `imprimante`, « 100% » by `%`. Case, accents, ligatures and the kind of an apostrophe are
ignored.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CUT = 32  # a part is stored up to so many characters
MOST_BYTES = 500_000  # of one incident; PostgreSQL holds a megabyte
REFERENCE_LETTERS = frozenset("inc-0123456789")
_SHORT = re.compile(r"(\d{4}-)0*(\d*)")  # month and day, number: as lists and walls show a reference

_PLAIN = str.maketrans({"\u2018": "'", "\u2019": "'", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})
# What is not seen, and the private letters, which have meanings of ours.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff]")
# Signs are stored as private letters: none of them means anything to a database, in the index or in a question.
_SIGNS = str.maketrans({chr(c): chr(0xE100 + c) for c in range(33, 127) if not chr(c).isalnum()})
_STARTS = re.compile(r"(?<![^\W_])[^\W_]|[\W_]|(?<=[^\W\d_])\d|(?<=\d)[^\W\d_]")
MARK = "\ue000"  # begins what is not a word of a text: a reference, an item, somebody


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: found where all of `starts` begin something, or one of `exactly` stands."""

    starts: tuple[str, ...]
    exactly: tuple[str, ...] = ()


def folded(text: str) -> str:
    """`text` in lower case without accents, on one line; signs stay, so that « C++ » and « 100 % » can be found."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.translate(_PLAIN).split())


def asked(text: str, *, most: int = 12) -> list[str]:
    """The folded words of a question, each once."""
    return list(dict.fromkeys(_UNSEEN.sub("", folded(text)).split()))[:most]


def starts(word: str) -> list[int]:
    """Where in a folded word something begins that can be found."""
    return [found.start() for found in _STARTS.finditer(word)]


def word_asked(word: str, marks: Iterable[str] = ()) -> Word:
    """What the index is asked for a folded word, which may also mean one of `marks`."""
    places = [0] if len(word) <= CUT else [0, *starts(word)[-8:]]
    parts = tuple(dict.fromkeys(word[at : at + CUT].translate(_SIGNS) for at in places))
    begun = word.startswith("inc") or word[:1].isdigit()  # as all of `reference_words` are
    references = (reference_mark(_plain(word)),) if begun and REFERENCE_LETTERS.issuperset(word) else ()
    return Word(parts, (*references, *marks))


def reference_mark(part: str) -> str:
    return MARK + "r" + part.translate(_SIGNS)


def reference_words(reference: str) -> list[str]:
    """By what a reference is found: whole or begun, from its date on, by its number with and without zeros, and in
    short: « 1126-05 », or the day alone as « 1126- »."""
    whole = folded(reference)
    dated, _, number = whole.partition("-")[2].partition("-")
    tail = f"{dated}-{number}"
    grams = [whole[:end] for end in range(3, len(whole) + 1)]
    grams += [tail[:end] for end in range(4, len(tail) + 1)]
    plain, day = number.lstrip("0") or "0", f"{dated[4:]}-"
    return [reference_mark(gram) for gram in dict.fromkeys([*grams, number, plain, day, f"{day}{plain}"])]


def _plain(word: str) -> str:
    """A short reference without the zeros before its number; any other word as it is."""
    short = _SHORT.fullmatch(word)
    return f"{short[1]}{short[2]}" if short else word


def text_words(*texts: str | None) -> Iterator[str]:
    """What texts are found by, each once."""
    seen: set[str] = set()
    for text in texts:
        for chunk in set(_UNSEEN.sub("", folded(text or "")).split()):
            for at in starts(chunk):
                part = chunk[at : at + CUT]
                if part not in seen:
                    seen.add(part)
                    yield part.translate(_SIGNS)


def at_most(found: Iterable[str]) -> list[str]:
    """As many of them as one incident may have."""
    kept, size = [], 0
    for each in found:
        size += len(each.encode()) + 8
        if size > MOST_BYTES:
            break
        kept.append(each)
    return kept
