"""Language, theme and title of one visitor's page, right at the first paint.

NiceGUI fixes them for each route; here each client gets a copy of its route's page. `client.page` is an internal of
NiceGUI 3.18: it is touched here only, and a test fails when it moves.
"""

import copy
import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui
from nicegui.language import Language

from services.i18n import labels, t
from ui import facts
from ui import theme as sheets
from ui.faults import tell
from ui.viewer import Theme

LANGUAGES: dict[str, Language] = {"fr": "fr", "en": "en-GB"}
DARK: dict[Theme, bool | None] = {"light": False, "dark": True, "auto": None}
# What the kit's badges and times say; a component's own texts come with its props.
TEXTS = (
    *("status.", "priority.", "sla.", "duration.", "unit."),
    *("time.months", "time.day_month", "time.first", "field.level_long", "board.live", "state.offline"),
)

SCRIPTS = ("order.js", "resume.js", "shell.js")

_FIRST_PAINT: dict[Theme, str] = {
    "light": '<script>document.documentElement.dataset.theme = "light"</script>',
    "dark": '<script>document.documentElement.dataset.theme = "dark"</script>',
    "auto": (
        "<script>document.documentElement.dataset.theme ="
        ' matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"</script>'
    ),
}
_BROKEN_CLOUD = (
    '<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
    '<path d="M9.2 5.6A6 6 0 0 1 17.7 10 4 4 0 0 1 20 16.9M16.5 18H7a4.5 4.5 0 0 1-.8-8.93M3.5 3.5l17 17"/></svg>'
)


def dress(title: str, *, locale: str, theme: Theme, zone: ZoneInfo, keys: bool = True) -> None:
    """The current client's page has this title (« … · Vigie »), language and theme from its first byte on; single
    `keys` act on it or not.

    Every page calls it once, through `shell.frame` or `shell.bare`, while it is built.
    """
    client = ui.context.client
    page = copy.copy(client.page)
    page.title = f"{title} · {t('app.name', locale)}" if title else t("app.name", locale)
    page.language = LANGUAGES[locale]
    page.dark = DARK[theme]
    client.page = page
    quasar_page = client.content.parent_slot
    assert quasar_page is not None
    quasar_page.parent.tag = "div"  # Quasar's is a <main> around everything; the page has one of its own
    client.on_exception(lambda exception: tell(exception, locale))
    ui.add_head_html(_FIRST_PAINT[theme])
    ui.add_head_html(sheets.head_html())
    ui.add_head_html(_facts(locale, theme, zone, keys))
    ui.add_body_html(_outside_of_vue(locale))


@facts.shared("page", roles=(facts.EVERYBODY,))
def _texts(locale: str, _: str) -> Mapping[str, Any]:
    return {"texts": labels(locale, *TEXTS)}


def _facts(locale: str, theme: Theme, zone: ZoneInfo, keys: bool) -> str:
    """What the kit and the shell's script read; JSON without a "<", so nothing in it can end the element."""
    found = {"locale": locale, "theme": theme, "zone": zone.key, "keys": keys, "now": time.time()}
    encoded = json.dumps(found, ensure_ascii=False).replace("<", "\\u003c")
    return f'{facts.link("page", locale)}<script type="application/json" id="vg-page">{encoded}</script>'


@cache
def _outside_of_vue(locale: str) -> str:
    """The live region, the lost-connection banner and the shell's scripts: there even when NiceGUI is not."""
    banner = (
        f'<div class="vg-lost" id="vg-lost" role="alert" data-title="{t("state.lost", locale)}"'
        f' data-text="{t("state.lost_sub", locale, t="{t}")}" data-back="{t("state.back", locale)}"'
        f' data-never="{t("state.never", locale)}" data-closed="{t("state.dialog_closed", locale, title="{title}")}">'
        f"{_BROKEN_CLOUD}<div><b></b><span></span></div></div>"
    )
    region = '<div class="vg-sr" id="vg-live" role="status" aria-live="polite"></div>'
    scripts = (f'<script defer src="{sheets.asset(name)}"></script>' for name in SCRIPTS)
    return f"{region}{banner}{''.join(scripts)}"


def other_theme(theme: Theme) -> Theme:
    """What the theme switch leads to: dark from light, light from dark, dark from the device's choice."""
    return "light" if theme == "dark" else "dark"
