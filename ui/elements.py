"""The small vocabulary of which pages are made: elements with our classes, buttons, cards, notes, empty states.

Fields are in `ui.fields`, dialogs in `ui.dialog`, toasts in `ui.components.toasts`, badges in `ui.components.badge`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from typing import Any, Literal

from nicegui import ui
from nicegui.element import Element

from ui.components.link_button import LinkButton

Click = Callable[[], Awaitable[Any] | None]
Kind = Literal["plain", "primary", "quiet", "danger"]

_KIND = {"plain": "", "primary": "vg-btn--primary", "quiet": "vg-btn--quiet", "danger": "vg-btn--danger"}

PICTURES = {
    "lighthouse": (
        '<svg class="vg-art" viewBox="0 0 132 100" aria-hidden="true" focusable="false">'
        '<ellipse class="vg-art__ground" cx="66" cy="90" rx="52" ry="6"/>'
        '<path class="vg-art__tower" d="M56 40h20l6 48H50z"/><path class="vg-art__bands" d="M54 58h24M52 72h28"/>'
        '<rect x="53" y="28" width="26" height="12" rx="3"/><path class="vg-art__roof" d="M66 12l14 14H52z"/>'
        '<path class="vg-art__beam" d="M81 32l38-12v28L81 37zM51 32 13 20v28l38-11z"/></svg>'
    ),
}


def el(tag: str = "div", classes: str = "", text: str | None = None, **attributes: Any) -> Element:
    """An element with `classes`, `text` and HTML attributes (`aria_label` for aria-label, `for_` for for).

    An attribute that is None is left out; a true or false ARIA state is written in words, as ARIA wants it.
    """
    element = ui.element(tag).classes(classes)
    if text is not None:
        element._text = text
    set_attributes(element, **attributes)
    return element


def set_attributes(element: Element, **attributes: Any) -> None:
    """The element has these attributes from now on; None removes one."""
    for name, value in attributes.items():
        key = name.rstrip("_").replace("_", "-")
        if value is None:
            element._props.pop(key, None)
        elif isinstance(value, bool) and key.startswith("aria-"):
            element._props[key] = str(value).lower()
        else:
            element._props[key] = value


def focus(element: Element) -> None:
    """The element has the cursor: what `el` made by the browser's own method, a field or component of ours by its own.

    Quasar's buttons and checkboxes have none: what is to get the cursor is an `el`.
    """
    assert not isinstance(element, ui.button | ui.checkbox)
    element.run_method("focus")


def set_text(element: Element, text: str) -> None:
    """The element made by `el` says `text` from now on."""
    if element._text != text:
        element._text = text
        element.update()


def icon(name: str, classes: str = "") -> Element:
    """A Material Symbol; decoration, so hidden from screen readers."""
    return el("i", f"material-symbols-rounded notranslate vg-icon {classes}", name, aria_hidden=True)


def constant_svg(name: str) -> Element:
    """One of our own pictures, drawn in the theme's colours."""
    return ui.html(PICTURES[name], sanitize=False, tag="span")


def button(
    label: str = "",
    *,
    icon: str | None = None,
    kind: Kind = "plain",
    on_click: Click | None = None,
    small: bool = False,
    classes: str = "",
    name: str | None = None,
    key: str | None = None,
    submit: bool = False,
) -> ui.button:
    """A button that works once at a time and goes busy after a second.

    `name` is what screen readers and the tooltip say of a button without a label. `key` is the single key that
    presses it (drawn as a cap); `submit` makes it the one that Ctrl+Enter presses in its dialog or form.
    """
    made = ui.button(label, icon=f"sym_r_{icon}" if icon else None, color=None)
    made.props("unelevated no-caps :ripple=false").classes("vg-btn").classes(_KIND[kind]).classes(classes)
    if small:
        made.classes("vg-btn--small")
    if name and not label:
        made.classes("vg-btn--icon")
    if name:
        set_attributes(made, aria_label=name)
        with made:
            ui.tooltip(name)
    if key:
        set_attributes(made, data_key=key.lower(), aria_keyshortcuts=key)
        with made:
            el("kbd", "", key, aria_hidden=True)
    if submit:
        set_attributes(made, data_submit="", aria_keyshortcuts="Control+Enter")
    if on_click:
        made.on_click(once(made, on_click))
    return made


def link_button(
    label: str, href: str, *, icon: str | None = None, kind: Kind = "plain", key: str | None = None, classes: str = ""
) -> Element:
    """A link that looks like a button, for what only leads somewhere."""
    return LinkButton(label, href, sign=icon, cap=key).classes(f"{_KIND[kind]} {classes}")


def card(title: str | None = None, *, icon: str | None = None, classes: str = "", tag: str = "section") -> "Card":
    """A panel with an optional head. `with card(...)` fills its body; `.head` takes what stands beside the title."""
    return Card(title, icon, classes, tag)


class Card:
    """See `card`."""

    def __init__(self, title: str | None, icon_name: str | None, classes: str, tag: str) -> None:
        self.root = el(tag, f"vg-card {classes}")
        self.head: Element | None = None
        with self.root:
            if title is not None:
                with el("div", "vg-card__head") as self.head:
                    if icon_name:
                        icon(icon_name)
                    self.title = el("h2", "vg-grow", title)
                set_attributes(self.root, aria_labelledby=self.title.html_id)
            self.body = el("div", "vg-card__body")

    def __enter__(self) -> Element:
        return self.body.__enter__()

    def __exit__(self, *exception: object) -> None:
        self.body.__exit__(*exception)


def note(
    text: str, *, icon: str = "info", kind: Literal["plain", "error", "success"] = "plain", role: str | None = None
) -> Element:
    """A sentence that explains, warns or refuses. `role="alert"` for one that appears after an action."""
    variant = "" if kind == "plain" else f"vg-note--{kind}"
    with el("div", f"vg-note {variant}", role=role) as made:
        _icon(icon)
        el("span", "", text)
    return made


@contextmanager
def empty_state(title: str, sub: str, *, heading: str = "h2", classes: str = "") -> Any:
    """The lighthouse, a title and a sentence; inside the block comes the one action."""
    with el("div", f"vg-empty {classes}") as made:
        constant_svg("lighthouse")
        el(heading, "", title)
        el("p", "", sub)
        yield made


_icon = icon


def once(made: ui.button, on_click: Click) -> Callable[[], Awaitable[None]]:
    """A handler that runs `on_click` unless it still runs, and makes the button busy after a second of it.

    It runs in the handler's own task: NiceGUI knows by the task which page a toast belongs to.
    """
    running = False

    def busy() -> None:
        if running and not made.is_deleted:
            made.classes(add="vg-is-busy")

    async def press() -> None:
        nonlocal running
        if running:
            return
        running = True
        timer = asyncio.get_running_loop().call_later(1, busy)
        try:
            result = on_click()
            if result is not None:
                await result
        finally:
            running = False
            timer.cancel()
            if "vg-is-busy" in made._classes and not made.is_deleted:
                made.classes(remove="vg-is-busy")

    return press
