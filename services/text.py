"""Text made comparable: without accents, case and punctuation."""

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^\w.\-]+")
# Words too common in titles to say what an incident is about.
_COMMON = frozenset(
    [
        "avec",
        "aux",
        "chez",
        "dans",
        "depuis",
        "des",
        "les",
        "mais",
        "nous",
        "par",
        "pas",
        "plus",
        "pour",
        "que",
        "qui",
        "sans",
        "ses",
        "son",
        "sur",
        "tous",
        "tout",
        "toute",
        "une",
        "vers",
        "vous",
        "and",
        "are",
        "for",
        "from",
        "has",
        "have",
        "not",
        "the",
        "this",
        "with",
    ]
)


def folded(text: str) -> str:
    """`text` in lower case without accents; words apart by single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", plain).strip()


def words(text: str, *, most: int = 12) -> list[str]:
    """The folded words of a search, each once."""
    return list(dict.fromkeys(folded(text).split()))[:most]


def telling_words(title: str) -> list[str]:
    """The words of a title that could be shared by another about the same thing."""
    return [word for word in words(title) if len(word) > 2 and word not in _COMMON]
