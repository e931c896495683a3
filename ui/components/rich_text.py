"""What people wrote, drawn: the one place in the pages where their text is HTML, made by `services.markdown` (X1)."""

from collections.abc import Mapping
from functools import partial

from nicegui import ui

from services import markdown


def rich_text(classes: str, text: str, mentions: Mapping[str, str] | None = None) -> ui.html:
    """`text` as the Markdown that it is; each login of `mentions` shows as its name. `.set_content` takes text, too."""
    made = ui.html(text, sanitize=partial(markdown.to_html, mentions=mentions))
    return made.classes("vg-md").classes(classes)


def clean_html(text: str, mentions: Mapping[str, str] | None = None) -> str:
    """The same for a component of ours, which draws it anew of elements that it knows (`board/rich.js`)."""
    return markdown.to_html(text, mentions)
