"""What makes Vigie an application that a phone can install: manifest, icons, service worker, the page for a cut.

The service worker keeps files that never change and that one page; a page of Vigie is somebody's and is never kept.
"""

from html import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from services.i18n import t
from ui import theme
from ui.session import PHONE, visitor_of
from ui.tokens import DARK, LIGHT

router = APIRouter(include_in_schema=False)
ICONS = (
    ("icon-192", 192, "any"),
    ("icon-512", 512, "any"),
    ("maskable-192", 192, "maskable"),
    ("maskable-512", 512, "maskable"),
)
_FRESH = {"Cache-Control": "no-cache"}


def head_html() -> str:
    """For the head of the page that can be installed."""
    return (
        '<link rel="manifest" href="/manifest.webmanifest">'
        f'<link rel="apple-touch-icon" href="{theme.asset("icons/apple-touch-icon.png")}">'
        f'<meta name="theme-color" content="{LIGHT["canvas"]}" media="(prefers-color-scheme: light)">'
        f'<meta name="theme-color" content="{DARK["canvas"]}" media="(prefers-color-scheme: dark)">'
        '<meta name="apple-mobile-web-app-title" content="Vigie">'
        '<meta name="mobile-web-app-capable" content="yes">'
    )


@router.get("/manifest.webmanifest")
def manifest(request: Request) -> Response:
    """The same for everybody but for its language."""
    locale = visitor_of(request).locale
    icons = [
        {"src": theme.asset(f"icons/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in ICONS
    ]
    new = {"name": t("action.new_incident", locale), "url": "/incidents/new"}
    mine = {"name": t("phone.mine", locale), "url": f"{PHONE}?list=mine"}
    return JSONResponse(
        {
            "id": PHONE,
            "name": t("app.name", locale),
            "short_name": t("app.name", locale),
            "description": t("phone.about", locale),
            "lang": locale,
            "start_url": PHONE,
            "scope": "/",
            "display": "standalone",
            "background_color": LIGHT["canvas"],
            "theme_color": LIGHT["canvas"],
            "icons": icons,
            "shortcuts": [mine, new],
        },
        headers=_FRESH,
        media_type="application/manifest+json",
    )


@router.get("/sw.js")
def service_worker() -> Response:
    """At the root, for a worker governs what lies below its address."""
    script = (theme.STATIC / "sw.js").read_text(encoding="utf-8").replace("__VERSION__", theme.version())
    return Response(script, media_type="text/javascript", headers=_FRESH)


@router.get("/offline")
def offline(request: Request) -> Response:
    """Holds nothing of anybody: the browser keeps it."""
    locale = visitor_of(request).locale

    def word(key: str) -> str:
        return escape(t(key, locale))

    one, other = (escape(t(f"phone.kept.{number}", locale, n="{n}")) for number in ("one", "other"))
    return HTMLResponse(
        f'<!doctype html><html lang="{locale}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{word('phone.offline')} · {word('app.name')}</title>"
        f'<script src="{theme.asset("offline.js")}"></script>'
        f'<link rel="stylesheet" href="{theme.asset("vigie.css")}"></head>'
        f'<body><main class="vg-offline"><img src="{theme.asset("icons/icon-192.png")}" alt="">'
        f"<h1>{word('phone.offline')}</h1><p>{word('phone.offline_sub')}</p>"
        f'<p class="vg-mkept" id="vg-kept" role="status" data-one="{one}" data-other="{other}" hidden><span></span></p>'
        f'<button type="button" class="vg-mstep" id="vg-again">{word("action.retry")}</button>'
        "</main></body></html>"
    )
