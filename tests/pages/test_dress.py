"""Language, theme and title are right in the very first byte, for each visitor."""

import json
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ui.shell import bare
from ui.viewer import Theme

PARIS = ZoneInfo("Europe/Paris")


def a_page(title: str = "Incidents", *, locale: str = "fr", theme: Theme = "light") -> Callable[[], None]:
    def build() -> None:
        with bare(title, locale=locale, theme=theme, zone=PARIS):
            pass

    return build


@pytest.mark.parametrize(
    ("locale", "theme", "expected"),
    [
        ("fr", "light", ['<html lang="fr"', 'dataset.theme = "light"', "const dark = False"]),
        ("en", "dark", ['<html lang="en-GB"', 'dataset.theme = "dark"', "const dark = True"]),
        ("en", "auto", ['<html lang="en-GB"', "prefers-color-scheme: dark", "const dark = None"]),
    ],
)
def test_the_first_byte_has_the_visitors_language_and_theme(
    answer_to: Callable[..., Any], locale: str, theme: Theme, expected: list[str]
) -> None:
    html = answer_to(a_page(locale=locale, theme=theme)).text
    assert [part for part in expected if part not in html] == []


def test_one_visitors_choice_is_not_the_next_ones(answer_to: Callable[..., Any]) -> None:
    choices = iter([("en", "dark"), ("fr", "light")])

    def build() -> None:
        locale, theme = next(choices)
        a_page(locale=locale, theme=theme)()  # type: ignore[arg-type]

    first, second = answer_to(build).text, answer_to(build).text
    assert '<html lang="en-GB"' in first
    assert '<html lang="fr"' in second
    assert 'dataset.theme = "light"' in second


def test_the_title_names_the_page_and_the_product(answer_to: Callable[..., Any]) -> None:
    assert "<title>Incidents · Vigie</title>" in answer_to(a_page()).text


def test_a_title_cannot_become_code(answer_to: Callable[..., Any]) -> None:
    assert "<script>alert" not in answer_to(a_page("</title><script>alert(1)</script>")).text


def test_there_is_one_main_landmark(answer_to: Callable[..., Any]) -> None:
    html = answer_to(a_page()).text
    assert '"tag":"q-page"' not in html
    assert html.count('"tag":"main"') == 1


def test_the_browser_knows_the_servers_clock_and_the_viewers_zone(answer_to: Callable[..., Any]) -> None:
    found = re.search(r'<script type="application/json" id="vg-page">(.*?)</script>', answer_to(a_page()).text)
    assert found
    facts = json.loads(found[1])
    assert facts["zone"] == "Europe/Paris"
    assert facts["now"] > 0


def test_the_texts_come_from_an_address_of_their_own_that_names_its_content(answer_to: Callable[..., Any]) -> None:
    """A page carries what is its own; what is the same on every page is kept by the browser."""
    found = {}
    for locale in ("fr", "en"):
        html = answer_to(a_page(locale=locale)).text
        address = re.search(r'<script defer src="(/static/facts/page/\w+/all\.js\?v=[0-9a-f]{12})">', html)
        assert address
        assert "En attente" not in html
        found[locale] = address[1]
    assert found["fr"] != found["en"]


def test_nothing_is_fetched_from_elsewhere(answer_to: Callable[..., Any]) -> None:
    html = answer_to(a_page()).text
    assert re.findall(r'(?:src|href)="(?:https?:)?//', html) == []
