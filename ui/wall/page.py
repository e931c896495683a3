"""The shell of the wall: constant files under an address that names their content, and a page that only has facts.

No NiceGUI, no websocket, no state on the server: what runs for weeks is the files below. Its policy lets run what we
serve and the import map, whose digest it names, and nothing else.
"""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import nicegui
from fastapi.responses import HTMLResponse

from data.vocabulary import Category, Impact, Priority, Severity, Status
from services.displays import DisplayView
from services.i18n import labels, t
from ui import theme
from ui.dress import TEXTS

_HERE: Final = Path(__file__).parent
_COMPONENTS: Final = _HERE.parent / "components"
_VUE: Final = Path(nicegui.__file__).parent / "static" / "vue.esm-browser.prod.js"
_FILES: Final = {
    "vue.js": _VUE,
    "kit/index.js": _COMPONENTS / "kit" / "index.js",
    "kit/hours.js": _COMPONENTS / "kit" / "hours.js",
    "model.js": _COMPONENTS / "board" / "model.js",
    **{file.name: file for file in sorted((_HERE / "js").glob("*.js"))},
}
_CODES: Final = {
    each.__name__.lower(): [*each] for each in (Priority, Status, Severity, Impact, Category)
}  # in the order that sorting follows
_TEXTS: Final = (*TEXTS, "wall.", "stat.", "field.unassigned", "action.escalate_short")


@cache
def files() -> Mapping[str, tuple[bytes, str]]:
    """Name → content and media type of all that the page loads, but fonts."""
    found = {name: (path.read_bytes(), "text/javascript") for name, path in _FILES.items()}
    return found | {"wall.css": (theme.wall_stylesheet().encode(), "text/css")}


@cache
def build() -> str:
    """Changes with any byte of what the page loads: a screen that runs an older one loads itself anew."""
    digest = hashlib.sha256()
    for content, _ in files().values():
        digest.update(content)
    return digest.hexdigest()[:12]


@cache
def _imports() -> str:
    here = f"/wall/assets/{build()}"
    return json.dumps({"imports": {"vue": f"{here}/vue.js", "vigie-kit": f"{here}/kit/index.js"}})


@cache
def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_imports().encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    )


def conf(display: DisplayView) -> str:
    """Changes with any setting of the display: a screen that shows older ones loads itself anew."""
    kept = repr((display.name, display.team, display.site, display.locale, display.rows, display.sound, display.dimmed))
    return hashlib.sha256(kept.encode()).hexdigest()[:12]


def shell(display: DisplayView | None, *, locale: str, zone: ZoneInfo, organisation: str, address: str) -> HTMLResponse:
    """The page: of a display its settings, of a screen that is none yet only what pairing needs."""
    facts: dict[str, Any] = {
        "locale": locale,
        "zone": zone.key,
        "now": time.time(),
        "texts": labels(locale, *_TEXTS),
        "build": build(),
        "codes": _CODES,
        "organisation": organisation,
        "address": address,
        "display": None,
    }
    if display is not None:
        facts["display"] = {
            "name": display.name,
            "view": display.team or display.site,
            "narrowed": display.team_id is not None,
            "rows": display.rows,
            "sound": display.sound,
            "dimmed": display.dimmed,
            "conf": conf(display),
        }
    encoded = json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")
    here, title = f"/wall/assets/{build()}", escape(f"{t('wall.title', locale)} · {t('app.name', locale)}")
    content = (
        f'<!doctype html><html lang="{locale}" data-theme="dark"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<link rel="icon" href="{theme.asset("logo.svg")}"><link rel="stylesheet" href="{here}/wall.css">'
        f'<script type="application/json" id="vg-page">{encoded}</script>'
        f'<script type="importmap">{_imports()}</script></head>'
        f'<body class="vg-wall-body"><div id="wall"></div>'
        f"<noscript>{escape(t('wall.no_script', locale))}</noscript>"
        f'<script type="module" src="{here}/wall.js"></script></body></html>'
    )
    return HTMLResponse(content, headers={"Content-Security-Policy": _policy(), "Referrer-Policy": "no-referrer"})
