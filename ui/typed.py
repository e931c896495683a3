"""Text that people type, in fields whose value the server can set as well without taking from what is typed next.

NiceGUI 3.18 says a value that the server sets twice: with the element's update, then in a message of its own, for where
people have typed since the last one. Letters that fall between both are wiped out (`Effacer`, then the next title at
once). Here the second word travels with the first. `update_method` is an internal, pinned in pyproject.toml; a browser
test holds later messages back and fails when there are two again.
"""

from typing import TYPE_CHECKING, Any

from nicegui.elements.input import Input
from nicegui.elements.mixins.value_element import ValueElement
from nicegui.elements.textarea import Textarea

# NiceGUI gives each subclass of an element a component of its own, here none: at run time this is no element.
if TYPE_CHECKING:
    _Element = ValueElement[Any]
else:
    _Element = object


class SetAtOnce(_Element):
    """Of a value element whose component has `updateValue()`: it runs with the update that brings the new value."""

    _anew = False

    def _handle_value_change(self, value: Any) -> None:
        super()._handle_value_change(value)
        self._anew = self._send_update_on_value_change

    def _to_dict(self) -> dict[str, Any]:
        said: dict[str, Any] = super()._to_dict()
        if self._anew:
            said["update_method"] = "updateValue"
            self._anew = False
        return said


class _OneMessage(Input):
    """NiceGUI's input, but for the second message."""

    def _handle_value_change(self, value: Any) -> None:
        super(Input, self)._handle_value_change(value)


class TextInput(SetAtOnce, _OneMessage):
    """One line; options as for `ui.input`."""


class TextArea(SetAtOnce, _OneMessage, Textarea):
    """Several lines; options as for `ui.textarea`."""
