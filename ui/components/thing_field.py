"""What somebody has trouble with: an application or a piece of equipment, by what is typed of its name."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from services import portal
from services.errors import DeskError
from services.portal import Thing
from ui import calls
from ui.components.item_field import ICONS, LEFT
from ui.components.redrawn import Redrawn
from ui.elements import el, icon, set_attributes
from ui.fields import text_field
from ui.later import Later
from ui.viewer import Viewer

LOOK_S = 0.25


class ThingField:
    """A field with its answers below, the chosen one as a token; `value` is the `Thing`, or None."""

    def __init__(self, viewer: Viewer, label: str, value: Thing | None, *, on_change: Callable[[], Any]) -> None:
        self._viewer, self._on_change = viewer, on_change
        self._value: Thing | None = None
        self._offered: tuple[Thing, ...] = ()
        self._later = Later(LOOK_S, self._look)
        with el("div", "vg-items") as self.root:
            self._field = text_field(
                label,
                locale=viewer.locale,
                placeholder=viewer.t("portal.thing_ph"),
                required=False,
                max_length=120,
                autocomplete="off",
                on_change=lambda _: self._later.ask(),
            )
            self._field.control.on("keydown.enter.prevent", self._choose_first, args=[])
            self._found = Redrawn(self._draw_found, classes="vg-people vg-items__found", role="group", aria_label=label)
            self._token = Redrawn(self._draw_token, "ul", "vg-items__tokens", aria_label=label)
        self.root.on("focusout", lambda: self._offer(()), args=[], js_handler=LEFT)
        self.value = value

    @property
    def value(self) -> Thing | None:
        """What is chosen."""
        return self._value

    @value.setter
    def value(self, value: Thing | None) -> None:
        self._value = value
        self._token.show(value)
        self._token.root.visible = value is not None

    def clear(self) -> None:
        """Nothing is chosen or typed, and nothing is offered."""
        self._field.value = ""
        self._later.forget()
        self._offer(())
        self.value = None

    def wrong(self, sentence: str) -> None:
        """The field says what is wrong with it."""
        self._field.wrong(sentence)

    def focus(self) -> None:
        """The cursor is in the field."""
        self._field.focus()

    async def _look(self) -> None:
        found: tuple[Thing, ...] = ()
        with suppress(DeskError):
            found = await calls.read(portal.things, self._viewer.actor, self._field.value or "")
        if not self.root.is_deleted:
            self._offer(found)

    def _offer(self, found: tuple[Thing, ...]) -> None:
        self._offered = tuple(each for each in found if each != self._value)
        self._found.show(self._offered, bool(self._field.value) and not found)

    def _choose_first(self) -> None:
        if self._offered:
            self._choose(self._offered[0])

    def _choose(self, thing: Thing | None) -> None:
        self._field.value = ""
        self._later.forget()
        self._offer(())
        self.value = thing
        self._on_change()
        self._field.focus()

    def _draw_found(self, found: tuple[Thing, ...], nothing: bool) -> None:
        for thing in found:
            with el("button", "vg-person", type="button") as made:
                icon(ICONS[thing.kind])
                with el("span", "vg-person__text"):
                    el("b", "", thing.name)
                    el("small", "", self._viewer.t(f"cmdb.one.{thing.kind}"))
            made.on("click", lambda _, thing=thing: self._choose(thing), args=[])
        if nothing:
            el("p", "vg-muted", self._viewer.t("portal.thing_unknown"), role="status")

    def _draw_token(self, thing: Thing | None) -> None:
        if thing is None:
            return
        with el("li", "vg-token"):
            icon(ICONS[thing.kind])
            el("span", "", thing.name)
            remove = el("button", "", type="button")
            set_attributes(remove, aria_label=self._viewer.t("cmdb.remove", name=thing.name))
            with remove:
                icon("close")
            remove.on("click", lambda: self._choose(None), args=[])
