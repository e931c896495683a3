"""A button that puts a text of the page onto the clipboard, also where the page came over plain HTTP."""

from collections.abc import Callable

from nicegui import ui

from ui.elements import button, set_attributes

# Browsers have no clipboard API on an intranet without HTTPS; there the old way still works.
_COPY = """(event) => {
  const text = event.currentTarget.dataset.copy;
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => emit());
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  if (document.execCommand("copy")) emit();
  field.remove();
  event.currentTarget.focus();
}"""


def copy_button(name: str, text: str, copied: Callable[[], None]) -> ui.button:
    """`copied` is called once `text` is on the clipboard."""
    made = button(icon="content_copy", kind="quiet", small=True, name=name)
    set_attributes(made, data_copy=text)
    made.on("click", copied, args=[], js_handler=_COPY)
    return made
