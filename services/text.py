"""Text made comparable: without accents and case."""

import re
from collections import Counter
from collections.abc import Iterable

from data.words import asked as words
from data.words import folded

__all__ = ["alike", "asked_for", "folded", "most_alike", "plain_words", "telling_words", "words"]

_WORD = re.compile(r"\w+(?:[.-]\w+)*")
# Words too common in titles to say what an incident is about.
_COMMON = frozenset(
    (
        *("avec", "aux", "chez", "dans", "depuis", "des", "les", "mais", "nous", "par", "pas", "plus", "pour", "que"),
        *("qui", "sans", "ses", "son", "sur", "tous", "tout", "toute", "une", "vers", "vous"),
        *("est", "sont", "ont", "fait", "mon", "mes", "notre", "leur", "cette", "ces", "tres", "rien", "votre"),
        *("quand", "apres", "matin", "erreur", "panne", "probleme", "marche", "fonctionne", "impossible", "repond"),
        *("and", "are", "for", "from", "has", "have", "not", "the", "this", "with", "our", "does", "when", "after"),
        *("error", "problem", "issue", "work", "works", "working", "broken", "cannot", "down"),
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


def alike(one: str, other: str) -> bool:
    """Whether two folded words are the same but for an ending: « bloquée » and « bloqués », not « port » and
    « portail »."""
    begun = max(4, len(one) - 2, len(other) - 2)
    return one == other or (min(len(one), len(other)) >= begun and one[:begun] == other[:begun])


def _names(word: str) -> bool:
    """VPN, PC-NTE-0412: what is written in capitals, or with digits among letters."""
    letters = [sign for sign in word if sign.isalpha()]
    return sum(sign.isupper() for sign in letters) > 1 or 0 < len(letters) < sum(sign.isalnum() for sign in word)


def most_alike(telling: list[str], titles: Iterable[tuple[int, str]], *, most: int) -> list[int]:
    """The ids of those `titles` that are about the same thing as `telling` words, most words shared first.

    Two shared words make it, or all that the other title has. Where no title shares so many, one does that is rare
    among them and is half of what was written, or names something (« VPN », « PC-0412 »).
    """
    shared = []
    for key, title in titles:
        words = plain_words(title)
        own = [word for word in telling if any(alike(word, each) for each in words)]
        whole = bool(own) and len(own) == len(telling_words(title))
        shared.append((len(own) + whole, key, title, own))
    times = Counter(word for *_, own in shared for word in own)
    many = max((score for score, *_ in shared), default=0) > 1

    def enough(score: int, title: str, own: list[str]) -> bool:
        if many or not own:
            return score > 1
        names = any(alike(own[0], folded(each)) for each in _WORD.findall(title) if _names(each))
        return times[own[0]] <= 3 and (names or (times[own[0]] < 3 and len(telling) < 3))

    found = [(score, key) for score, key, title, own in shared if enough(score, title, own)]
    return [key for _, key in sorted(found, key=lambda pair: -pair[0])[:most]]
