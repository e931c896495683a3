"""Fields that a screen reader can use: a label that belongs to its input, a hint and an error that describe it."""

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.value_element import ValueElement

from services.i18n import t
from ui.components.described import Described
from ui.elements import el, focus, set_attributes, set_text
from ui.typed import TextArea, TextInput

Changed = Callable[..., Any]


class Field:
    """A labelled input. `control` is NiceGUI's element; `wrong("…")` shows an error, `wrong("")` removes it."""

    def __init__(
        self,
        label: str,
        make: Callable[[], ValueElement[Any]],
        *,
        hint: str,
        locale: str,
        required: bool | None,
        classes: str,
    ) -> None:
        with el("div", f"vg-field {classes}") as self.root:
            with el("label", "vg-field__label") as self._label:
                el("span", "", label)
                if required is not None:
                    el("em", "", t("field.required" if required else "field.optional", locale))
            self.control = make()
            hints = [el("div", "vg-field__hint", hint)] if hint else []
            self._error = el("div", "vg-field__error", "")
        # Quasar puts a plain select's own id on a box around the input that `for` names: one id would be there twice.
        # It puts a plain select's attributes there too, where no screen reader looks for them.
        boxed = isinstance(self.control, ui.select) and "use-input" not in self.control.props
        named = f"{self.control.html_id}-input" if boxed else self.control.html_id
        set_attributes(self._label, for_=named)
        set_attributes(self.control, for_=named)
        with self.root:
            self._described = Described(named) if boxed else None
        described_by = " ".join(element.html_id for element in [*hints, self._error])
        self._tell(aria_describedby=described_by, aria_required=True if required else None)

    @property
    def value(self) -> Any:
        """What has been entered."""
        return self.control.value

    @value.setter
    def value(self, value: Any) -> None:
        self.control.value = value

    def wrong(self, sentence: str) -> None:
        """The field says what is wrong with it, to eyes and to screen readers."""
        set_text(self._error, sentence)
        self._tell(aria_invalid=True if sentence else None)
        self.root.classes(**{"add" if sentence else "remove": "vg-field--wrong"})

    def focus(self) -> None:
        """The cursor is in the field, and the field in sight: Quasar's own focus leaves the page where it is."""
        focus(self.control)
        self.root.run_method("scrollIntoView", {"block": "nearest"})

    def _tell(self, **aria: Any) -> None:
        if self._described:
            self._described.tell(**aria)
        else:
            set_attributes(self.control, **aria)


def text_field(
    label: str,
    *,
    locale: str,
    value: str = "",
    hint: str = "",
    placeholder: str | None = None,
    required: bool | None = None,
    max_length: int | None = None,
    autocomplete: str | None = None,
    classes: str = "",
    on_change: Changed | None = None,
    autofocus: bool = False,
) -> Field:
    """One line. `required` writes « obligatoire » (True) or « facultatif » (False) beside the label."""

    def make() -> ValueElement[Any]:
        control = TextInput(value=value, placeholder=placeholder, on_change=on_change).props("outlined dense")
        set_attributes(control, maxlength=max_length, autocomplete=autocomplete, autofocus=autofocus or None)
        return control

    return Field(label, make, hint=hint, locale=locale, required=required, classes=classes)


def text_area(
    label: str,
    *,
    locale: str,
    value: str = "",
    hint: str = "",
    placeholder: str | None = None,
    required: bool | None = None,
    max_length: int | None = None,
    classes: str = "",
    on_change: Changed | None = None,
    autofocus: bool = False,
) -> Field:
    """Several lines; grows with its text."""

    def make() -> ValueElement[Any]:
        control = TextArea(value=value, placeholder=placeholder, on_change=on_change).props("outlined dense autogrow")
        set_attributes(control, maxlength=max_length, autofocus=autofocus or None)
        return control

    return Field(label, make, hint=hint, locale=locale, required=required, classes=classes)


def password_field(
    label: str,
    *,
    locale: str,
    hint: str = "",
    autocomplete: str = "current-password",
    required: bool | None = None,
    classes: str = "",
) -> Field:
    """Hidden characters, and a button that shows them; password managers know it by `autocomplete`."""

    def make() -> ValueElement[Any]:
        control = TextInput(password=True).props("outlined dense")
        set_attributes(control, autocomplete=autocomplete)
        with control.add_slot("append"):
            _peek(control, locale)
        return control

    return Field(label, make, hint=hint, locale=locale, required=required, classes=classes)


def select_field(
    label: str,
    options: Mapping[Any, str],
    *,
    locale: str,
    value: Any = None,
    hint: str = "",
    required: bool | None = None,
    searchable: bool = False,
    clearable: bool = False,
    classes: str = "",
    on_change: Changed | None = None,
) -> Field:
    """One of `options` (value → text); `searchable` lets people type a part of it."""

    def make() -> ValueElement[Any]:
        control = ui.select(dict(options), value=value, with_input=searchable, clearable=clearable, on_change=on_change)
        return control.props("outlined dense options-dense")

    return Field(label, make, hint=hint, locale=locale, required=required, classes=classes)


def checkbox(label: str, *, value: bool = False, on_change: Changed | None = None) -> ui.checkbox:
    """A box with its label, in line with the fields."""
    return ui.checkbox(label, value=value, on_change=on_change).props("dense")


def show_errors(fields: Mapping[str, Field], sentences: Mapping[str, str]) -> dict[str, str]:
    """Each field shows its sentence, or none; the first wrong one has the cursor. Returns what has no field here."""
    wrong = [name for name in fields if name in sentences]
    for name, field in fields.items():
        field.wrong(sentences.get(name, ""))
    if wrong:
        fields[wrong[0]].focus()
    return {name: sentence for name, sentence in sentences.items() if name not in fields}


def _peek(control: TextInput, locale: str) -> None:
    shown = False

    def toggle() -> None:
        nonlocal shown
        shown = not shown
        set_attributes(control, type="text" if shown else "password")
        set_text(sign, "visibility" if shown else "visibility_off")
        set_attributes(peek, aria_label=t("action.hide_password" if shown else "action.show_password", locale))

    with el("button", "vg-field__peek", type="button", aria_label=t("action.show_password", locale)) as peek:
        sign = el("i", "material-symbols-rounded notranslate vg-icon", "visibility_off", aria_hidden=True)
    peek.on("click", toggle)
