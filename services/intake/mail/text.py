"""Out of a letter's text what its writer has just said: no HTML, no history, no signature. Pure.

Cut is only what is certain: in an answer quoted lines that reach to the end, and what follows the marks that mail
programs put above what is answered; in what is not forwarded, what follows the line "-- ". A letter that answers
nothing has no history: what looks like one is its matter, a suspicious e-mail say. Where nothing would be left, nothing
is cut.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser

HTML = 300_000
STYLE = 500  # characters of one that are looked at
# C0 controls but tab and line ends, DEL, C1, lone surrogates, noncharacters, and what turns a line's direction round.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")
_ORIGINAL = frozenset(
    {"original message", "message d'origine", "message original", "original appointment", "ursprüngliche nachricht"}
)
_FROM, _SENT, _TO = ("from:", "de:"), ("sent:", "date:", "envoyé:"), ("to:", "à:")
_WROTE = re.compile(r"(?:le|on)\s[^@]{4,200}@[^@]{4,120}\s(?:a écrit|wrote)\s?:", re.IGNORECASE)
_BLOCKS = frozenset(
    {
        *("p", "div", "br", "pre", "hr", "blockquote", "section", "article", "table", "tr", "ul", "ol", "li"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
    }
)
_CELLS = frozenset({"td", "th"})
_CLOSING = frozenset({"p", "li", "td", "th", "tr"})  # of which each ends the one before
_EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})


def without_controls(text: str) -> str:
    """With \\n line ends, and a space for each sign that nothing of ours may have."""
    return _CONTROLS.sub(" ", _LINE_ENDS.sub("\n", text))


def spoken(text: str, *, answers: bool, forwarded: bool = False) -> str:
    """What the writer says; of what is `forwarded` all of it, since that is the matter. Unless it `answers` another
    letter, nothing in it is history."""
    lines = [line.rstrip(" \t") if line != "-- " else line for line in text.split("\n")]
    said = lines
    if answers and not forwarded:
        end = _history(lines)
        if end == len(lines):  # a signature may stand below what is quoted
            end = _history(lines[: _signature(lines)])
            end = end if end < _signature(lines) else len(lines)
        said = lines[:end]
    if not forwarded:
        said = said[: _signature(said)]
    return "\n".join(said).strip() or "\n".join(lines).strip()


def _signature(lines: Sequence[str]) -> int:
    return lines.index("-- ") if "-- " in lines else len(lines)


def _history(lines: Sequence[str]) -> int:
    """Where the history begins that reaches to the end; their number where there is none."""
    for number, line in enumerate(lines):
        if line.startswith("--") and line.strip("- ").lower().replace("’", "'") in _ORIGINAL:
            return number
        if _begins(line, _FROM):
            below = lines[number + 1 : number + 6]
            if any(_begins(each, _SENT) for each in below) and any(_begins(each, _TO) for each in below):
                return number - 1 if number and set(lines[number - 1]) == {"_"} else number
    return min(_quoted(lines), _unmarked(lines))


def _unmarked(lines: Sequence[str]) -> int:
    """Where a history begins of which no line is marked, as Yahoo and some telephones write it: with « … wrote: »."""
    for number in range(len(lines)):
        for below in (number + 1, number + 2):  # such a line is often broken in two
            if _WROTE.fullmatch(" ".join(lines[number:below]).strip()[:400]):
                marked = any(line.lstrip().startswith((">", "|")) for line in lines[below:])
                return len(lines) if marked else number
    return len(lines)


def _begins(line: str, names: Sequence[str]) -> bool:
    start = (
        unicodedata.normalize("NFC", line[:24])
        .strip("* ")
        .lower()
        .replace("\u202f", "")
        .replace("\xa0", "")
        .replace(" ", "")
        .replace("*", "")
    )
    return start.startswith(tuple(names))


def _quoted(lines: Sequence[str]) -> int:
    """Where quoted lines begin after which nothing else is said, with the words « … wrote: » above them."""
    at = len(lines)
    while at and (not lines[at - 1].strip() or lines[at - 1].startswith(">")):
        at -= 1
    if not any(line.startswith(">") for line in lines[at:]):
        return len(lines)
    for above in range(1, 4):  # such a line is often broken in two
        said = " ".join(lines[max(at - above, 0) : at]).strip()
        if above <= at and said.endswith(":") and ("@" in said or any(sign.isdigit() for sign in said)):
            begins = lines[at - above].lower().startswith(("le ", "on ", "am ", "el ", "il "))
            if begins or "@" in lines[at - above]:
                return at - above
    return at


class _Reader(HTMLParser):
    """Knows which elements are open, and of those how many a reader does not see. Ends are missing as in browsers."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]
        self._open: list[tuple[str, bool]] = []
        self._counts: Counter[str] = Counter()
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if (tag == "body" or tag in _BLOCKS) and self._counts["head"]:  # which need not be ended
            self.handle_endtag("head")
        if tag in _CLOSING and self._open and self._open[-1][0] == tag:
            self._close()
        if tag in _BLOCKS:
            self._break()
        if tag in _CELLS and any(each.strip() for each in self.lines[-1]):
            self.lines[-1].append(" ")
        if tag == "li":
            self.lines[-1].append("- ")
        if tag not in _EMPTY:
            unseen = tag in _UNSEEN or _is_hidden(attrs)
            self._open.append((tag, unseen))
            self._counts[tag] += 1
            self._unseen += unseen

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._break()
        if self._counts[tag]:
            while self._close() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        first, *others = data.split("\n") if self._counts["pre"] else [data]
        self._say(first)
        for line in others:
            self._break()
            self._say(line)

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """What is between `<![` and `>` says nothing, whatever it is, as in browsers."""
        return self.parse_bogus_comment(i, bool(report))

    def _say(self, text: str) -> None:
        mark = "> " if self._counts["blockquote"] and not self.lines[-1] else ""
        if not self._counts["pre"]:
            text = " ".join(f"x{text}x".split())[1:-1]
            text = text if any(each.strip("> ") for each in self.lines[-1]) else text.lstrip()
            if not text:  # or the line would begin with nothing, and no mark
                return
        self.lines[-1].append(mark + text)

    def _close(self) -> str:
        tag, unseen = self._open.pop()
        self._counts[tag] -= 1
        self._unseen -= unseen
        return tag

    def _break(self) -> None:
        if any(each.strip() for each in self.lines[-1]):
            self.lines.append([])


def _is_hidden(attrs: Sequence[tuple[str, str | None]]) -> bool:
    given = dict(attrs)
    style = "".join((given.get("style") or "")[:STYLE].lower().split())
    return "hidden" in given or "display:none" in style or "visibility:hidden" in style


def from_html(html: str) -> str:
    """The text that a reader of the HTML sees, a line for each block; quotations begin with « > »."""
    reader = _Reader()
    reader.feed(html[:HTML])
    reader.close()
    return "\n".join("".join(line).rstrip() for line in reader.lines)
