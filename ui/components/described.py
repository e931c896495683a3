"""ARIA attributes for an element inside of another component, which gives no way to set them there."""

from nicegui.element import Element


class Described(Element, component="described.js"):
    """The element whose id is `target` has what `tell` was last told; itself it shows nothing."""

    def __init__(self, target: str) -> None:
        super().__init__()
        self._aria: dict[str, str] = {}
        self._props.update({"target": target, "aria": self._aria})

    def tell(self, **attributes: str | bool | None) -> None:
        """These attributes (`aria_invalid` for aria-invalid) are set; None removes one."""
        named = {name.replace("_", "-"): value for name, value in attributes.items()}
        told = {name: str(value).lower() if value is True else str(value) for name, value in named.items() if value}
        self._aria = {name: value for name, value in self._aria.items() if name not in named} | told
        self._props["aria"] = self._aria
        self.update()
