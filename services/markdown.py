"""What people write, as HTML: the one way by which their text becomes any (D5, X1). Pure.

Markdown as people know it, with what a desk needs changed: a single line end stays one, and what
Markdown would swallow is left as it was typed: `\\\\server\\share`, `&lt;`, `[a]: b`. Raw HTML is text. What comes out
has passed an allow-list: no image, style, class of theirs, form or script; links of http, https and mailto only.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from html import escape
from threading import Lock
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# In the order of the text; what stands before the sign must not make it an address.
_MENTION = re.compile(r"(?<![\w@./+-])@([a-z0-9][a-z0-9._@-]{0,63})", re.IGNORECASE)
_RULE = re.compile(r"[\s>|:-]+")
_WEB = re.compile(r"https?://|mailto:", re.IGNORECASE)
_HEADING = "vg-md__title"
_NAME = "vg-mention"
_TABLE = "vg-md__wide"
KEPT_BYTES = 8 * 2**20
NESTING = 20
CELLS = 5_000

_CLEANER = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span", "div"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    tag_attribute_values={"div": {"tabindex": {"0"}}, "pre": {"tabindex": {"0"}}},
    allowed_classes={"p": {_HEADING}, "span": {_NAME}, "div": {_TABLE}},
    set_tag_attribute_values={"a": {"target": "_blank", "class": "vg-link"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)


def to_html(text: str, mentions: Mapping[str, str] | None = None) -> str:
    """`text` as clean HTML; each login of `mentions` after an @ is shown as its name. Kept by its digest."""
    names = mentions or {}
    key = hashlib.sha256(repr((text, sorted(names.items()))).encode("utf-8", "replace")).digest()
    found = _kept.get(key)
    if found is None:
        found = _CLEANER.clean(_rendered(text, names))
        _kept.put(key, found)
    return found


def words(text: str) -> str:
    """`text` on one line without its marks, for where there is room for no more."""
    if _is_excessive(text):
        return " ".join(text.split())
    tokens = [each for token in _MARKDOWN.parse(text, {"names": {}}) for each in token.children or [token]]
    return " ".join(" ".join(each.content or " " for each in tokens if each.type in _OF_WORDS).split())


def mentioned(text: str, logins: Mapping[str, str]) -> tuple[str, ...]:
    """Which of `logins` stand after an @ in `text`, each once, as they come; code mentions nobody."""
    found: dict[str, None] = {}
    if "@" in text and not _is_excessive(text):
        _MARKDOWN.parse(text, {"names": logins, "found": found})
    return tuple(found)


def _rendered(text: str, names: Mapping[str, str]) -> str:
    if not _is_excessive(text):
        environment = {"names": names}
        tokens = _MARKDOWN.parse(text, environment)
        # What is nested deeper than the parser goes would be missing.
        if all(token.level < NESTING - 1 for token in tokens):
            return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, environment))
    return f"<p>{_escaped(text)}</p>".replace("\n", "<br>")


def _is_excessive(text: str) -> bool:
    """Whether a few characters could become a table of a million cells."""
    lines = text.split("\n")
    columns = max((line.count("|") + 1 for line in lines if _RULE.fullmatch(line)), default=0)
    return columns * len(lines) > CELLS


# Parts of a line that are words, or stand between them.
_OF_WORDS = frozenset({"text", "code_inline", "fence", "code_block", "softbreak", "hardbreak"})


class _Kept:
    """The HTML of the texts that were shown last, in bounded memory."""

    def __init__(self) -> None:
        self._html: OrderedDict[bytes, str] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: bytes) -> str | None:
        with self._lock:
            found = self._html.get(key)
            if found is not None:
                self._html.move_to_end(key)
            return found

    def put(self, key: bytes, html: str) -> None:
        with self._lock:
            if key in self._html:
                return
            self._html[key] = html
            self._bytes += len(html)
            while self._bytes > KEPT_BYTES:
                self._bytes -= len(self._html.popitem(last=False)[1])


def _parser() -> MarkdownIt:
    options = {"html": False, "linkify": True, "breaks": True, "typographer": False, "maxNesting": NESTING}
    made = MarkdownIt("js-default", options)
    made.disable(["escape", "entity", "reference", "lheading", "html_block", "html_inline", "autolink"])
    made.validateLink = _is_web  # type: ignore[method-assign]
    assert made.linkify is not None
    # « main.py » and « srv.it » are no addresses.
    made.linkify.set({"fuzzy_link": False})
    made.core.ruler.push("mentions", _name_people)
    made.add_render_rule("heading_open", lambda *_: f'<p class="{_HEADING}">')
    made.add_render_rule("heading_close", lambda *_: "</p>\n")
    # What may be wider than the page scrolls by itself, also by keyboard.
    made.add_render_rule("table_open", lambda *_: f'<div class="{_TABLE}" tabindex="0"><table>')
    made.add_render_rule("table_close", lambda *_: "</table></div>\n")
    made.add_render_rule("image", _link_to_picture)
    made.add_render_rule("fence", _code)
    made.add_render_rule("code_block", _code)
    return made


def _is_web(url: str) -> bool:
    return bool(_WEB.match(url))


def _code(_: Any, tokens: list[Token], index: int, *__: Any) -> str:
    return f'<pre tabindex="0"><code>{_escaped(tokens[index].content)}</code></pre>\n'


def _link_to_picture(_: Any, tokens: list[Token], index: int, *__: Any) -> str:
    """Nothing is fetched from elsewhere: who wants to see the picture follows the link."""
    address = str(tokens[index].attrs["src"])
    return f'<a href="{_escaped(address)}">{_escaped(tokens[index].content or address)}</a>'


def _escaped(text: str) -> str:
    return escape(text, quote=True)


def _name_people(state: StateCore) -> None:
    """A core rule: texts outside code and links are split where they name somebody."""
    names: Mapping[str, str] = state.env.get("names", {})
    if not names:
        return
    for block in state.tokens:
        if block.type != "inline" or not block.children or "@" not in block.content:
            continue
        children: list[Token] = []
        depth = 0
        for token in block.children:
            depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            children += _split(token, names, state.env) if token.type == "text" and not depth else [token]
        block.children = children


def _split(token: Token, names: Mapping[str, str], env: Any) -> Iterator[Token]:
    position = 0
    for match in _MENTION.finditer(token.content):
        login = match.group(1).lower().rstrip("._@-")  # « @alice. » is Alice
        if login not in names:
            continue
        yield _text(token.content[position : match.start()], token.level)
        yield Token("mention_open", "span", 1, attrs={"class": _NAME})
        yield _text(names[login], token.level)
        yield Token("mention_close", "span", -1)
        env.setdefault("found", {})[login] = None
        position = match.end() - len(match.group(1)) + len(login)
    yield _text(token.content[position:], token.level)


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)


_MARKDOWN = _parser()
_kept = _Kept()
