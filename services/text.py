"""Text made comparable: without accents and case."""

import re

from data.words import asked as words
from data.words import folded

__all__ = ["asked_for", "folded", "plain_words", "telling_words", "words"]

_WORD = re.compile(r"\w+(?:[.-]\w+)*")
# Words too common in titles to say what an incident is about.
_COMMON = frozenset(
    (
        *("avec", "aux", "chez", "dans", "depuis", "des", "les", "mais", "nous", "par", "pas", "plus", "pour", "que"),
        *("qui", "sans", "ses", "son", "sur", "tous", "tout", "toute", "une", "vers", "vous"),
        *("and", "are", "for", "from", "has", "have", "not", "the", "this", "with"),
    )
)


def asked_for(text: str) -> str:
    """What the address of a list asks for, on one line; signs that nobody types, which no search takes, are spaces."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()[:200].rstrip()


def plain_words(text: str) -> list[str]:
    """The folded words, each once, without the signs around them."""
    return list(dict.fromkeys(_WORD.findall(folded(text))))


def telling_words(title: str, *, most: int = 12) -> list[str]:
    """The words of a title that could be shared by another about the same thing."""
    return [word for word in plain_words(title) if len(word) > 2 and word not in _COMMON][:most]
