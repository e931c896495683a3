"""A link that looks like a button."""

from nicegui.element import Element


class LinkButton(Element, component="link_button.js"):
    """Draws its sign, its words and the cap of the key that follows it; made by `ui.elements.link_button`."""

    def __init__(self, text: str, href: str, *, sign: str | None = None, cap: str | None = None) -> None:
        super().__init__()
        given = {"text": text, "href": href, "sign": sign, "cap": cap}
        self._props.update({name: value for name, value in given.items() if value is not None})
