"""A choice of configuration items: a search with its answers below, and what is chosen as tokens."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from data.vocabulary import ItemKind
from services import cmdb
from services.errors import DeskError
from services.views import ItemView
from ui import calls
from ui.components.redrawn import Redrawn
from ui.elements import el, focus, icon, set_attributes
from ui.fields import text_field
from ui.later import Later
from ui.viewer import Viewer

LOOK_S = 0.25
# The cursor has gone elsewhere: the answers are in the way now.
LEFT = "(event) => event.currentTarget.contains(event.relatedTarget) || emit()"
MOST = 6
ICONS: Mapping[ItemKind, str] = {
    ItemKind.ASSETS: "dns",
    ItemKind.APPLICATIONS: "deployed_code",
    ItemKind.EMPLOYEES: "badge",
    ItemKind.CLIENTS: "domain",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item that is chosen; of an incident's clients one is the primary."""

    id: int
    name: str
    is_primary: bool = False


class ItemField:
    """`chosen` in order. `single` keeps the last one only; with `primary` exactly one of several is marked (S86).

    When the marked one is removed and several stay, it asks which of them is it now; until then it is not `settled`.
    """

    def __init__(
        self,
        viewer: Viewer,
        kind: ItemKind,
        chosen: Sequence[Chosen] = (),
        *,
        label: str = "",
        single: bool = False,
        primary: bool = False,
        on_change: Callable[[], Any] = lambda: None,
    ) -> None:
        self._viewer, self.kind, self._on_change = viewer, kind, on_change
        self._single, self._primary = single, primary
        self._later = Later(LOOK_S, self._look)
        label = label or viewer.t(f"cmdb.{kind}")
        with el("div", "vg-items") as self.root:
            self._field = text_field(
                label, locale=viewer.locale, placeholder=viewer.t("cmdb.search"), on_change=lambda _: self._later.ask()
            )
            set_attributes(self._field.control, autocomplete="off")
            self._field.control.on("focus", self._look, args=[])
            self._field.control.on("keydown.enter.prevent", self._choose_first, args=[])
            self._found = Redrawn(self._draw_found, classes="vg-people vg-items__found", role="group", aria_label=label)
            self._tokens = Redrawn(self._draw_tokens, "ul", "vg-items__tokens", aria_label=label, tabindex=-1)
            asking = viewer.t("cmdb.which_primary")
            self._question = Redrawn(self._draw_question, classes="vg-items__ask", role="group", aria_label=asking)
        self.root.on("focusout", lambda: self._offer(()), args=[], js_handler=LEFT)
        self._offered: tuple[ItemView, ...] = ()
        self.chosen: tuple[Chosen, ...] = ()
        self.put(chosen)

    def put(self, chosen: Sequence[Chosen]) -> None:
        """`chosen` is what is chosen; nobody is told."""
        self.chosen = tuple(chosen[-1:] if self._single else chosen)
        if self._primary and len(self.chosen) == 1:
            self.chosen = (replace(self.chosen[0], is_primary=True),)
        self._tokens.show(self.chosen)
        self._tokens.root.visible = bool(self.chosen)
        self._question.show(() if self.settled else self.chosen)
        self._question.root.visible = not self.settled

    @property
    def settled(self) -> bool:
        """Whether it is known which one is the primary, where there is to be one."""
        return not self._primary or not self.chosen or any(each.is_primary for each in self.chosen)

    def add(self, item: Chosen) -> None:
        """The item is chosen too."""
        if item.id not in {each.id for each in self.chosen}:
            self._change((*self.chosen, item))

    def wrong(self, sentence: str) -> None:
        """The field says what is wrong with it."""
        self._field.wrong(sentence)

    def focus(self) -> None:
        """The cursor is in the search, or on the first answer to what is asked."""
        if self.settled:
            self._field.focus()
        else:
            focus(self._first)

    def _change(self, chosen: Sequence[Chosen]) -> None:
        self.put(chosen)
        self._on_change()

    async def _look(self) -> None:
        found: tuple[ItemView, ...] = ()
        with suppress(DeskError):
            words = (self._field.value or "").strip()[:200]
            read = await calls.read(cmdb.find, self._viewer.actor, self.kind, q=words, limit=MOST + len(self.chosen))
            found = read.items
        if not self.root.is_deleted:
            self._offer(found)

    def _offer(self, found: Sequence[ItemView]) -> None:
        known = {each.id for each in self.chosen}
        self._offered = tuple(each for each in found if each.id not in known)[:MOST]
        self._found.show(self._offered, bool(self._field.value) and not self._offered)

    def _choose_first(self) -> None:
        if self._offered:
            self._choose(self._offered[0])

    def _choose(self, item: ItemView) -> None:
        self._later.forget()
        self._field.value = ""
        self._later.forget()
        self._offer(())
        self.add(Chosen(item.id, item.name))
        self._field.focus()

    def _draw_found(self, found: Sequence[ItemView], nothing: bool) -> None:
        for item in found:
            with el("button", "vg-person", type="button") as made:
                icon(ICONS[self.kind])
                with el("span", "vg-person__text"):
                    el("b", "", item.name)
                    el("small", "", telling(self._viewer, item))
            made.on("click", lambda _, item=item: self._choose(item), args=[])
        if nothing:
            el("p", "vg-muted", self._viewer.t("cmdb.no_match"), role="status")

    def _draw_tokens(self, chosen: Sequence[Chosen]) -> None:
        t = self._viewer.t
        for item in chosen:
            with el("li", "vg-token"):
                icon(ICONS[self.kind])
                el("span", "", item.name)
                if self._primary and item.is_primary:
                    el("span", "vg-tag vg-tag--accent", t("cmdb.primary"))
                elif self._primary:
                    mark = el("button", "", type="button", aria_label=t("cmdb.make_primary", name=item.name))
                    with mark:
                        icon("star")
                    mark.on("click", lambda _, item=item: self._mark(item), args=[])
                with el("button", "", type="button", aria_label=t("cmdb.remove", name=item.name)) as remove:
                    icon("close")
                remove.on("click", lambda _, item=item: self._remove(item), args=[])

    def _draw_question(self, chosen: Sequence[Chosen]) -> None:
        if chosen:
            el("b", "", self._viewer.t("cmdb.which_primary"))
        with el("div", "vg-picks"):
            for position, item in enumerate(chosen):
                name = self._viewer.t("cmdb.make_primary", name=item.name)
                with el("button", "vg-pick", type="button", aria_label=name) as made:
                    icon("star")
                    el("span", "", item.name)
                made.on("click", lambda _, item=item: self._mark(item), args=[])
                if position == 0:
                    self._first = made

    def _mark(self, item: Chosen) -> None:
        self._change([replace(each, is_primary=each.id == item.id) for each in self.chosen])
        focus(self._tokens.root)  # what was pressed is gone

    def _remove(self, item: Chosen) -> None:
        self._change([each for each in self.chosen if each.id != item.id])
        if self.chosen and self.settled:
            focus(self._tokens.root)
        else:
            self.focus()


def telling(viewer: Viewer, item: ItemView) -> str:
    """What tells an item from others of a like name: its type, place, department, address."""
    type_ = item.fields.get("type")
    kind = "asset_type" if item.kind is ItemKind.ASSETS else "client_type"
    words = [viewer.t(f"{kind}.{type_}")] if type_ else []
    words += [
        str(item.fields[name]) for name in ("location", "department", "email", "description") if item.fields.get(name)
    ]
    return " · ".join(words[:2])
