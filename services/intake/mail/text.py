"""Out of a letter's text what its writer has just said: no HTML, no history, no signature. Pure.

Cut is only what is certain: quoted lines that reach to the end, the marks that mail programs put above what is
answered, and what follows the line "-- ". Where nothing would be left, nothing is cut.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

HTML = 300_000
# C0 controls but tab and line ends, DEL, C1, lone surrogates, noncharacters, and what turns a line's direction round.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")
_ORIGINAL = frozenset(
    {"original message", "message d'origine", "message original", "original appointment", "ursprüngliche nachricht"}
)
_FROM, _SENT, _TO = ("from:", "de:"), ("sent:", "date:", "envoyé:"), ("to:", "à:")
_BLOCKS = frozenset(
    {
        *("p", "div", "br", "pre", "hr", "blockquote", "section", "article", "table", "tr", "ul", "ol", "li"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
    }
)
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})


def without_controls(text: str) -> str:
    """With \\n line ends, and a space for each sign that nothing of ours may have."""
    return _CONTROLS.sub(" ", _LINE_ENDS.sub("\n", text))


def spoken(text: str, *, forwarded: bool) -> str:
    """What the writer says; of what is `forwarded` all of it, since that is the matter."""
    lines = [line.rstrip(" \t") if line != "-- " else line for line in text.split("\n")]
    end = lines.index("-- ") if "-- " in lines else len(lines)
    if not forwarded:
        end = min(end, _history(lines))
    return "\n".join(lines[:end]).strip() or "\n".join(lines).strip()


def _history(lines: Sequence[str]) -> int:
    """Where the history begins that reaches to the end; their number where there is none."""
    for number, line in enumerate(lines):
        if line.startswith("--") and line.strip("- ").lower().replace("’", "'") in _ORIGINAL:
            return number
        if _begins(line, _FROM):
            below = lines[number + 1 : number + 6]
            if any(_begins(each, _SENT) for each in below) and any(_begins(each, _TO) for each in below):
                return number - 1 if number and set(lines[number - 1]) == {"_"} else number
    return _quoted(lines)


def _begins(line: str, names: Sequence[str]) -> bool:
    start = line[:20].strip("* ").lower().replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace("*", "")
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
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[str]] = [[]]
        self.unseen, self.quoted = 0, 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self._break()
        self.quoted += tag == "blockquote"
        if tag == "li":
            self.lines[-1].append("- ")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in _UNSEEN and self.unseen > 0
        if tag in _BLOCKS:
            self._break()
        self.quoted -= tag == "blockquote" and self.quoted > 0

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            mark = "> " if self.quoted and not self.lines[-1] else ""
            self.lines[-1].append(mark + " ".join(f"x{data}x".split())[1:-1])

    def _break(self) -> None:
        if any(each.strip() for each in self.lines[-1]):
            self.lines.append([])


def from_html(html: str) -> str:
    """The text that a reader of the HTML sees, a line for each block; quotations begin with « > »."""
    reader = _Reader()
    reader.feed(html[:HTML])
    reader.close()
    return "\n".join("".join(line).strip() for line in reader.lines)
