"""Text made comparable: without accents and case."""

import re
import unicodedata

_WORD = re.compile(r"\w+(?:[.-]\w+)*")
_APOSTROPHES = str.maketrans("\u2018\u2019", "''")
# Words too common in titles to say what an incident is about.
_COMMON = frozenset(
    (
        *("avec", "aux", "chez", "dans", "depuis", "des", "les", "mais", "nous", "par", "pas", "plus", "pour", "que"),
        *("qui", "sans", "ses", "son", "sur", "tous", "tout", "toute", "une", "vers", "vous"),
        *("and", "are", "for", "from", "has", "have", "not", "the", "this", "with"),
    )
)


def folded(text: str) -> str:
    """`text` in lower case without accents, on one line; signs stay, so that « C++ » and « 100 % » can be found."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.translate(_APOSTROPHES).split())


def words(text: str, *, most: int = 12) -> list[str]:
    """The folded words of a search, each once."""
    return list(dict.fromkeys(folded(text).split()))[:most]


def plain_words(text: str) -> list[str]:
    """The folded words, each once, without the signs around them."""
    return list(dict.fromkeys(_WORD.findall(folded(text))))


def telling_words(title: str, *, most: int = 12) -> list[str]:
    """The words of a title that could be shared by another about the same thing."""
    return [word for word in plain_words(title) if len(word) > 2 and word not in _COMMON][:most]
