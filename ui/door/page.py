"""Plain HTML, made once for each request from constant templates: whatever strangers ask for stays no page of NiceGUI,
which would keep its elements for a minute.

Every text is escaped, and the policy lets run and load nothing but files of ours. All of it works without a script;
`static/door.js` adds what needs one.
"""

from functools import cache
from pathlib import Path
from typing import Final

import nicegui
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.i18n import t
from ui import theme
from ui.dress import LANGUAGES
from ui.elements import PICTURES
from ui.viewer import Theme

HERE: Final = Path(__file__).parent
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# Files of the toolkit, as all pages load them: the icons' font, and what the first page after signing in begins with,
# so that the browser has it by the time that a password is typed.
_TOOLKIT: Final = f"/_nicegui/{nicegui.__version__}/static"
_SOON: Final = (
    "vue.esm-browser.prod.js",
    "quasar.umd.prod.js",
    "quasar.unimportant.prod.css",
    "nicegui.js",
    "socket.io.min.js",
)


def draw(template: str, title: str, *, locale: str, look: Theme, status: int = 200, **facts: object) -> HTMLResponse:
    """The page `template` with this title (« … · Vigie »), in this language and theme."""

    def text(key: str, **params: object) -> str:
        return t(key, locale, **params)

    content = (
        _templates()
        .get_template(f"{template}.html")
        .render(t=text, title=title, locale=locale, language=LANGUAGES[locale], look=look, pictures=PICTURES, **facts)
    )
    return HTMLResponse(content, status, {"Content-Security-Policy": POLICY})


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.update(
        asset=theme.asset,
        head=theme.head_html(),
        icons=f"{_TOOLKIT}/fonts.css",
        soon=[f"{_TOOLKIT}/{name}" for name in _SOON],
    )
    return made
