"""The sheet of keys: a native dialog, opened by `?` in the browser, which works when the server does not.

It is HTML that is made once for each language, since a hundred elements on every page would cost each viewer more than
all the rest of the shell.
"""

from functools import cache
from html import escape

from services.i18n import t

# Group of keys → (caps, text); caps are written as on the keyboard, words among them come from the catalog.
KEYS: tuple[tuple[str, tuple[tuple[tuple[str, ...], str], ...]], ...] = (
    (
        "key.lists",
        (
            (("J", "K", "\u2193", "\u2191"), "key.move"),
            (("key.home", "key.end"), "key.edges"),
            (("key.enter", "O"), "key.open"),
            (("key.space",), "key.peek"),
            (("X",), "key.pick"),
            (("/",), "key.search"),
            (("V",), "key.view"),
            (("M",), "key.menu"),
        ),
    ),
    (
        "key.everywhere",
        (
            (("C",), "key.new"),
            (("key.ctrl", "key.enter"), "key.confirm"),
            (("key.escape",), "key.close"),
            (("?",), "key.help"),
        ),
    ),
    (
        "key.incident",
        (
            (("I",), "key.take"),
            (("A",), "key.assign"),
            (("S",), "key.start"),
            (("H",), "key.hold"),
            (("R",), "key.resolve"),
            (("E",), "key.escalate"),
            (("N",), "key.internal"),
            (("P",), "key.public"),
        ),
    ),
)


OF_EVERYBODY = frozenset({"key.search", "key.new", "key.confirm", "key.close", "key.help"})


@cache
def help_sheet(locale: str, team: bool) -> str:
    """The dialog, for the page's body: for the team all keys, for a requester those that do something there."""

    def text(key: str) -> str:
        return escape(t(key, locale))

    def line(caps: tuple[str, ...], what: str) -> str:
        drawn = "".join(f"<kbd>{text(cap) if cap.startswith('key.') else escape(cap)}</kbd>" for cap in caps)
        return f"<div><dt>{drawn}</dt><dd>{text(what)}</dd></div>"

    def group(title: str, keys: tuple[tuple[tuple[str, ...], str], ...]) -> str:
        lines = "".join(line(*each) for each in keys if team or each[1] in OF_EVERYBODY)
        return f"<section><h3>{text(title)}</h3><dl>{lines}</dl></section>" if lines else ""

    close = text("action.close_panel")
    return (
        '<dialog class="vg-help" id="vg-help" aria-labelledby="vg-help-title">'
        f'<div class="vg-dlg__head"><div><h2 id="vg-help-title">{text("nav.shortcuts")}</h2>'
        f'<p class="vg-help__on">{text("key.note")}</p><p class="vg-help__off">{text("key.note_off")}</p></div>'
        f'<button type="button" class="vg-btn vg-btn--quiet vg-btn--small vg-btn--icon" data-help-close'
        f' aria-label="{close}" title="{close}">'
        '<i class="material-symbols-rounded notranslate vg-icon" aria-hidden="true">close</i></button></div>'
        f'<div class="vg-dlg__body"><div class="vg-keys">{"".join(group(*each) for each in KEYS)}</div></div>'
        '<div class="vg-dlg__foot"></div></dialog>'
    )
