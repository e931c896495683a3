"""What people write becomes HTML in which nothing runs, is fetched or covers the page, and nothing of it is lost."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inputs import BODY
from services.markdown import mentioned, to_html, words
from tests.hostile import PAYLOADS

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span", "div"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"href", "rel", "target", "class", "start", "tabindex"}
NAMES = {"alice": "Alice <b>Martin</b>", "bob.r": "Bob"}


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[object] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong += [tag] if tag not in TAGS else []
        for name, value in attrs:
            if name not in ATTRIBUTES or (
                name == "href" and not (value or "").lower().startswith(("http://", "https://", "mailto:"))
            ):
                self.wrong.append((tag, name, value))
            if name == "class" and not (value or "").startswith("vg-"):
                self.wrong.append((tag, name, value))
        if tag == "a":
            assert {("target", "_blank"), ("rel", "noopener noreferrer nofollow")} <= set(attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def seen(html: str) -> _Seen:
    parser = _Seen()
    parser.feed(html)
    return parser


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 60


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    "within", ["{}", "> - {}", "| a | b |\n|---|---|\n| {} | x |", "**{}**", "[{}](https://a.example)"]
)
def test_no_payload_survives(payload: str, within: str) -> None:
    """X1, S138: in each of the places that Markdown has."""
    assert seen(to_html(within.replace("{}", payload), NAMES)).wrong == []


@given(st.text(alphabet="<>&\"'`*_~#|[]()!:/\\-=@ \nabhijprst", max_size=120))
def test_no_text_whatsoever_leaves_the_allow_list(text: str) -> None:
    """X1."""
    assert seen(to_html(text, NAMES)).wrong == []


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("une ligne\nune autre", "<p>une ligne<br>\nune autre</p>\n"),
        (r"\\SRV-01\partage\_temp", "<p>\\\\SRV-01\\partage\\_temp</p>\n"),
        ("&lt;x&gt; <b>", "<p>&amp;lt;x&amp;gt; &lt;b&gt;</p>\n"),
        ("[0x80040115]: échec", "<p>[0x80040115]: échec</p>\n"),
        ("`__init__ *x* <y> \\n`", "<p><code>__init__ *x* &lt;y&gt; \\n</code></p>\n"),
        ("Titre\n---", "<p>Titre</p>\n<hr>\n"),
        ("voir main.py et srv.it", "<p>voir main.py et srv.it</p>\n"),
        ("# Titre", '<p class="vg-md__title">Titre</p>\n'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("~~non~~ **oui** *peut-être*", "<p><s>non</s> <strong>oui</strong> <em>peut-être</em></p>\n"),
    ],
)
def test_it_reads_as_it_was_meant(written: str, shown: str) -> None:
    assert to_html(written) == shown


def test_a_picture_from_elsewhere_is_a_link_and_nothing_is_fetched() -> None:
    """D5."""
    html = to_html("![compteur](https://pisteur.example/p.png)")
    assert "<img" not in html
    assert ">compteur</a>" in html
    assert 'href="https://pisteur.example/p.png"' in html


@pytest.mark.parametrize("text", [">" * BODY, "\n".join(" " * i + "- a" for i in range(190)), "> - " * 30 + "fin"])
def test_what_is_nested_too_deep_is_shown_as_it_was_typed(text: str) -> None:
    """Nothing that was written is missing."""
    text = text.strip()[:BODY]
    assert "".join(seen(to_html(text)).words).split() == text.split()


@pytest.mark.parametrize(
    "text",
    [
        "|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|\n" * 4000,
        *(
            "[" * BODY,
            "*a" * BODY,
            "`a" * BODY,
            "![](" * BODY,
            "http://" * BODY,
            "@a." * BODY,
            "<" * BODY,
            "[a](" * BODY,
        ),
    ],
    ids=lambda text: text[:6],
)
def test_no_text_costs_much(text: str) -> None:
    """X5: of the greatest length that a comment may have."""
    before = time.process_time()
    html = to_html(text[:BODY], NAMES)
    assert time.process_time() - before < 2
    assert len(html) < 50 * BODY


def test_who_is_mentioned_shows_by_name_and_code_mentions_nobody() -> None:
    text = "@alice. @Bob.r, `@alice` moi@alice.fr @inconnu\n\n    @bob.r\n"
    assert to_html(text, NAMES).startswith(
        '<p><span class="vg-mention">Alice &lt;b&gt;Martin&lt;/b&gt;</span>. <span class="vg-mention">Bob</span>, '
        "<code>@alice</code>"
    )
    assert mentioned(text, NAMES) == ("alice", "bob.r")
    assert mentioned("`@alice`", NAMES) == ()
    assert "vg-mention" not in to_html(text)


def test_the_same_text_is_made_once() -> None:
    long = "**mot** `code` https://a.example/x\n" * 200
    first = to_html(long)
    before = time.process_time()
    assert all(to_html(long) is first for _ in range(300))
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("**Bonjour** {name},\n\nvotre *poste* est prêt.", "Bonjour {name}, votre poste est prêt."),
        ("- un\n- `deux`\n\n> trois", "un deux trois"),
        ("[le portail](https://portail.example) et https://vigie.example", "le portail et https://vigie.example"),
        ("```\nipconfig /all\n```", "ipconfig /all"),
        ("2 * 3 * 4 <b>gras</b>", "2 * 3 * 4 <b>gras</b>"),
    ],
)
def test_a_text_on_one_line_keeps_its_words_and_not_its_marks(text: str, line: str) -> None:
    assert words(text) == line
