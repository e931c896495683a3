"""One stylesheet for all pages, made from the tokens and the files of `static/css`, and served with the other assets.

Every address carries a hash of what it names, so a browser keeps it for a year and never an old one.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import Response
from nicegui import app

from ui.tokens import DARK, KIOSK, LIGHT

STATIC: Final = Path(__file__).parent / "static"
# In this order: what is general first, what a state or a device changes last.
SHEETS: Final = (
    "base",
    "badges",
    "shell",
    "controls",
    "board",
    "kanban",
    "peek",
    "incident",
    "actions",
    "comments",
    "forms",
    "cmdb",
    "notifications",
    "search",
    "portal",
    "comms",
    "sla",
    "reports",
    "phone",
    "states",
    "admin",
)
WALL_SHEETS: Final = ("base", "badges", "wall")
YEAR: Final = 365 * 24 * 3600
_FONTS = ("atkinson-hyperlegible-next-latin-wght-normal.woff2",)


def serve_static() -> None:
    """Serves `/static/…` and the stylesheet from now on; calling it again changes nothing."""
    app.remove_route("/static/vigie.css")

    @app.get("/static/vigie.css", include_in_schema=False)
    def stylesheet_route() -> Response:
        headers = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
        return Response(stylesheet(), media_type="text/css", headers=headers)

    app.add_static_files("/static", STATIC, max_cache_age=YEAR)


def asset(path: str) -> str:
    """The address of a file of `static/`, good for as long as the file is the same."""
    return f"/static/{path}?v={version()}"


def head_html() -> str:
    """The stylesheet and the fonts that the first paint needs, for the page's head."""
    fonts = "".join(
        f'<link rel="preload" href="{asset(f"fonts/{font}")}" as="font" type="font/woff2" crossorigin>'
        for font in _FONTS
    )
    return f'{fonts}<link rel="stylesheet" href="{asset("vigie.css")}">'


@cache
def stylesheet() -> str:
    """The tokens of both themes, then every sheet."""
    sheets = [(STATIC / "css" / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS]
    return "\n".join([tokens_css(), *sheets]).replace(".woff2)", f".woff2?v={version()})")


@cache
def wall_stylesheet() -> str:
    """The tokens of the wall, then what it needs of the sheets; served from another folder than `stylesheet`."""
    sheets = [(STATIC / "css" / f"{name}.css").read_text(encoding="utf-8") for name in WALL_SHEETS]
    text = "\n".join([_block(":root,html[data-theme=dark]", KIOSK), *sheets])
    return text.replace("url(fonts/", "url(/static/fonts/").replace(".woff2)", f".woff2?v={version()})")


@cache
def version() -> str:
    """Changes with any byte of the assets or the tokens."""
    digest = hashlib.sha256(tokens_css().encode())
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def tokens_css() -> str:
    """Every token as a CSS custom property; `<html data-theme>` chooses the theme, the device where it is missing."""
    by_device = f"@media (prefers-color-scheme: dark){{{_block('html:not([data-theme])', DARK)}}}"
    return "\n".join([_block(":root", LIGHT), _block("html[data-theme=dark]", DARK), by_device])


def contrast(foreground: str, background: str) -> float:
    """The WCAG 2 contrast ratio of two `#RRGGBB` colours, 1 to 21."""
    lighter, darker = sorted((_luminance(foreground), _luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _block(selector: str, tokens: Mapping[str, str]) -> str:
    return selector + "{" + "".join(f"--{name}:{value};" for name, value in tokens.items()) + "}"


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
