"""The password of a plain HTML form: the browser sends it, and no websocket ever carries it."""

from nicegui.element import Element

from services.i18n import t
from ui.elements import set_attributes


class PasswordInput(Element, component="password_input.js"):
    """A native input with a button that shows what is typed; attributes as for `el`."""

    def __init__(self, *, locale: str, **attributes: object) -> None:
        super().__init__()
        self._props.update({"show": t("action.show_password", locale), "hide": t("action.hide_password", locale)})
        set_attributes(self, **attributes)
