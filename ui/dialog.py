"""The frame of a dialog: title, what it is about, body, and a foot where cancel stands left of confirm."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from services.i18n import t
from ui.elements import button, el, set_attributes


def confirmation(title: str, text: str, *, confirm: str, locale: str, act: Callable[[], Awaitable[object]]) -> "Dialog":
    """A dialog, open, that asks before what cannot be taken back; `act` is awaited once it is confirmed."""

    async def go_on() -> None:
        await act()
        dialog.close()

    dialog = Dialog(title, text, locale=locale)
    with dialog.foot:
        button(t("action.cancel", locale), kind="quiet", on_click=dialog.close)
        button(confirm, kind="danger", submit=True, on_click=go_on)
    dialog.open()
    return dialog


class Dialog:
    """`with Dialog(...) as dialog:` fills the body, `with dialog.foot:` the foot. Esc, × and the backdrop cancel.

    Focus goes to the element with `autofocus`, stays inside, and returns to where it was. A dialog is made when it is
    asked for and is gone once closed.
    """

    def __init__(self, title: str, sub: str = "", *, locale: str, width: int = 560) -> None:
        self.frame = ui.dialog().props("transition-show=fade transition-hide=fade transition-duration=160")
        self.frame.on("hide", self._hidden)
        self._then: Callable[[], None] | None = None
        with self.frame, ui.card().classes("vg-dlg").tight() as self.panel:
            self.panel._style["width"] = f"{width}px"
            with el("div", "vg-dlg__head"):
                with el("div"):
                    heading = el("h2", "", title)
                    self.sub = el("p", "", sub)
                button(
                    icon="close", kind="quiet", small=True, name=t("action.close_panel", locale), on_click=self.close
                )
            self.sub.visible = bool(sub)
            self.body: Element = el("div", "vg-dlg__body")
            self.foot: Element = el("div", "vg-dlg__foot")
        set_attributes(self.frame, aria_labelledby=heading.html_id)

    def __enter__(self) -> "Dialog":
        self.body.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self.body.__exit__(*exception)

    def open(self) -> None:
        """The dialog is in front of the page."""
        self.frame.open()

    def then(self, follow: Callable[[], None]) -> None:
        """`follow` is called once the dialog is closed, however it is."""
        self._then = follow

    def _hidden(self) -> None:
        # One listener for both: the event would find no element for a second one.
        if self._then is not None:
            self._then()
        self.frame.delete()

    def close(self) -> None:
        """The dialog is closed; nothing of it is kept."""
        self.frame.close()
