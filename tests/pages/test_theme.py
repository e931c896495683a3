"""Both themes are readable, and no colour is written outside the tokens."""

import re

import pytest

from ui import theme
from ui.tokens import DARK, KIOSK, LIGHT, PAIRS

SHEETS = sorted((theme.STATIC / "css").glob("*.css"))


@pytest.mark.parametrize(("foreground", "background", "least", "use"), PAIRS)
@pytest.mark.parametrize("tokens", [LIGHT, DARK, KIOSK], ids=["light", "dark", "wall"])
def test_what_is_written_can_be_read(
    tokens: dict[str, str], foreground: str, background: str, least: float, use: str
) -> None:
    assert theme.contrast(tokens[foreground], tokens[background]) >= least, use


def test_contrast_is_the_one_of_wcag() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_every_theme_has_the_same_tokens() -> None:
    assert LIGHT.keys() == DARK.keys() == KIOSK.keys()


def test_no_sheet_writes_a_colour_of_its_own() -> None:
    colours = [
        (sheet.name, found) for sheet in SHEETS for found in re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text())
    ]
    assert colours == []


def test_every_property_that_a_sheet_uses_is_defined() -> None:
    text = theme.stylesheet() + theme.wall_stylesheet()
    own = {"--hue", "--depth", "--span", "--grid", "--n"}  # set by the element itself
    defined = set(re.findall(r"(--[a-z0-9-]+)\s*:", text)) | own
    assert set(re.findall(r"var\((--[a-z0-9-]+)\s*[,)]", text)) - defined == set()


def test_every_class_of_ours_has_our_prefix() -> None:
    foreign = re.compile(r"^(vg-|q-|nicegui-|material-symbols-|on-left|body--|woff2$|block$|disabled$)")
    text = theme.stylesheet() + theme.wall_stylesheet()
    selectors = " ".join(re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/|url\([^)]*\)", "", text, flags=re.DOTALL)))
    classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", selectors))
    assert {name for name in classes if not foreign.match(name)} == set()


def test_each_sheet_is_served_and_none_is_too_long() -> None:
    assert {sheet.stem for sheet in SHEETS} == {*theme.SHEETS, *theme.WALL_SHEETS}
    assert [sheet.name for sheet in SHEETS if len(sheet.read_text().splitlines()) > 350] == []
