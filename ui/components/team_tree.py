"""The teams of a new organisation as a tree that can be edited: hierarchical escalation climbs along it (ux 8.8)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from nicegui import ui
from nicegui.element import Element

from services.i18n import t
from services.organisation import FirstTeam
from services.teams import short_code
from services.views import TeamView
from ui.components.badge import avatar
from ui.elements import button, el, focus, icon, set_attributes, set_text
from ui.fields import Field, text_field

NAME_MAX = 80
# The line is what is seen to move, not its handle; Firefox drags nothing that carries no data.
_LIFT = """(event) => {
  const line = event.target.closest("li");
  event.dataTransfer.setDragImage(line, 24, line.offsetHeight / 2);
  event.dataTransfer.setData("text/plain", "");
  emit();
}"""
_OVER = """(event) => {
  const place = event.currentTarget;
  if (!place.closest(".vg-tree").classList.contains("vg-is-moving") || place.classList.contains("vg-is-barred")) return;
  event.preventDefault();
  place.classList.add("vg-is-over");
}"""
_LEAVE = """(event) => {
  if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.classList.remove("vg-is-over");
}"""
_DROP = """(event) => {
  event.preventDefault();
  event.currentTarget.classList.remove("vg-is-over");
  emit();
}"""


@dataclass(eq=False)
class _Row:
    name: str
    parent: "_Row | None"
    external: bool = False
    email: str = ""
    line: Element | None = None
    handle: Element | None = None
    field: Field | None = None
    address: Field | None = None


class TeamTree:
    """`teams` is what stands in it now, each team after its parent.

    A line is moved below another by dragging its handle, or by the menu that the handle opens.
    """

    def __init__(self, teams: Sequence[FirstTeam], *, locale: str) -> None:
        self._locale = locale
        self._rows: list[_Row] = []
        self._lifted: _Row | None = None
        for team in teams:
            parent = next((row for row in self._rows if row.name == team.parent), None)
            self._rows.append(_Row(team.name, parent, team.external, team.email or ""))
        with el("div", "vg-tree") as self._root:
            self._list = el("ul", "vg-tree__list")
            with el("div", "vg-tree__top") as top:
                icon("vertical_align_top")
                el("span", "", t("setup.to_top", locale))
            self._catch(top, None)
            self._said = el("p", "vg-sr", "", role="status")
        self._draw()

    @property
    def teams(self) -> tuple[FirstTeam, ...]:
        return tuple(
            FirstTeam(row.name, row.parent.name if row.parent else None, row.external, row.email or None)
            for row, _ in self._ordered()
        )

    def refuse(self, sentences: Mapping[str, str]) -> None:
        """Each team says what is wrong with it (`teams.0`, `teams.1.email`…); the first of them has the cursor."""
        wrong = []
        for position, (row, _) in enumerate(self._ordered()):
            for field, place in ((row.field, f"teams.{position}"), (row.address, f"teams.{position}.email")):
                if field is not None:
                    field.wrong(sentences.get(place, ""))
                    wrong += [field] if place in sentences else []
        if wrong:
            wrong[0].focus()

    def add(self, *, external: bool = False) -> None:
        """An empty team, or supplier, stands at the top of the hierarchy, and has the cursor."""
        self._add(None, external)

    def _add(self, parent: _Row | None, external: bool = False) -> None:
        row = _Row("", parent, external)
        self._rows.append(row)
        self._draw()
        assert row.field is not None
        row.field.focus()

    def _remove(self, gone: _Row) -> None:
        for row in self._rows:
            if row.parent is gone:
                row.parent = gone.parent
        self._rows.remove(gone)
        self._draw()

    def _ordered(self, parent: _Row | None = None, depth: int = 0) -> Iterator[tuple[_Row, int]]:
        for row in self._rows:
            if row.parent is parent:
                yield row, depth
                yield from self._ordered(row, depth + 1)

    def _may_be_below(self, row: _Row) -> list[_Row]:
        """Whom `row` can hang on: nobody below itself, and not where it is."""
        own = {row, *(below for below, _ in self._ordered(row))}
        return [other for other, _ in self._ordered() if other not in own and other is not row.parent]

    def _move(self, row: _Row, parent: _Row | None) -> None:
        """The last below `parent` is `row`, with all that hangs on it."""
        row.parent = parent
        self._rows.remove(row)
        self._rows.append(row)
        self._draw()
        assert row.handle is not None
        focus(row.handle)
        below = t("setup.moved", self._locale, team=row.name, other=parent.name) if parent else None
        set_text(self._said, below or t("setup.moved_to_top", self._locale, team=row.name))

    def _lift(self, row: _Row) -> None:
        self._lifted = row
        allowed = self._may_be_below(row)
        for other in self._rows:
            assert other.line is not None
            other.line.classes(**{"remove" if other in allowed else "add": "vg-is-barred"})
        self._root.classes(add="vg-is-moving")

    def _let_go(self) -> None:
        self._lifted = None
        self._root.classes(remove="vg-is-moving")
        for row in self._rows:
            if row.line is not None:
                row.line.classes(remove="vg-is-barred")

    def _drop(self, parent: _Row | None) -> None:
        row = self._lifted
        self._let_go()
        if row is not None and (parent in self._may_be_below(row) if parent else row.parent):
            self._move(row, parent)

    def _catch(self, place: Element, parent: _Row | None) -> None:
        """What is dropped on `place` hangs on `parent`."""
        place.on("dragover", js_handler=_OVER)
        place.on("dragleave", js_handler=_LEAVE)
        place.on("drop", partial(self._drop, parent), args=[], js_handler=_DROP)

    def _draw(self) -> None:
        self._list.clear()
        with self._list:
            last: dict[int, int] = {}  # depth → position of the line that the next one at this depth hangs on
            for position, (row, depth) in enumerate(self._ordered()):
                self._draw_row(row, depth, span=position - max(last.get(depth, -1), last.get(depth - 1, -1)) - 1)
                last[depth] = position

    def _draw_row(self, row: _Row, depth: int, *, span: int) -> None:
        with el("li") as row.line:
            if depth:  # the stylesheet indents it, and draws the branch across the `span` lines in between
                row.line._style.update({"--depth": str(depth), "--span": str(span)})
            self._catch(row.line, row)
            self._draw_handle(row)
            sign = avatar(_as_view(row.name), size=32)

            def rename() -> None:
                assert row.field is not None
                row.name = row.field.value or ""
                row.field.wrong("")
                sign._props["team"] = {"code": short_code(row.name)}

            row.field = text_field(
                t("field.team", self._locale),
                locale=self._locale,
                value=row.name,
                placeholder=t("setup.supplier_name" if row.external else "setup.team_name", self._locale),
                max_length=NAME_MAX,
                classes="vg-grow",
                on_change=rename,
            )
            if row.external:
                self._draw_supplier(row)
            else:
                button(
                    icon="subdirectory_arrow_right",
                    kind="quiet",
                    small=True,
                    name=t("setup.add_below", self._locale),
                    on_click=lambda: self._add(row),
                )
            if len(self._rows) > 1:
                button(
                    icon="delete",
                    kind="quiet",
                    small=True,
                    name=t("setup.remove_team", self._locale),
                    on_click=lambda: self._remove(row),
                )

    def _draw_supplier(self, row: _Row) -> None:
        def readdress() -> None:
            assert row.address is not None
            row.email = row.address.value or ""
            row.address.wrong("")

        row.address = text_field(
            t("setup.supplier_email", self._locale),
            locale=self._locale,
            value=row.email,
            placeholder=t("setup.supplier_email", self._locale),
            classes="vg-grow vg-tree__mail",
            on_change=readdress,
        )
        el("span", "vg-tag", t("assign.external", self._locale))

    def _draw_handle(self, row: _Row) -> None:
        """A button for the menu too; a real one could not be dragged in Firefox."""
        name = t("setup.move_team", self._locale)
        with el(
            "div", "vg-tree__handle", role="button", tabindex=0, draggable="true", aria_haspopup="menu", aria_label=name
        ) as row.handle:
            icon("drag_indicator")
            with ui.menu().props("no-parent-event auto-close") as menu:
                set_attributes(menu, role="menu", aria_label=name)

        def offer() -> None:
            menu.clear()
            with menu:
                if row.parent:
                    self._draw_place(row, None, t("setup.to_top", self._locale))
                for other in self._may_be_below(row):
                    self._draw_place(row, other, t("setup.to_below", self._locale, team=other.name))
            menu.open()

        for pressed in ("click", "keydown.enter.prevent", "keydown.space.prevent"):
            row.handle.on(pressed, offer, args=[])
        row.handle.on("dragstart", partial(self._lift, row), args=[], js_handler=_LIFT)
        row.handle.on("dragend", self._let_go, args=[])

    def _draw_place(self, row: _Row, parent: _Row | None, text: str) -> None:
        with ui.item(on_click=partial(self._move, row, parent)) as item:
            set_attributes(item, role="menuitem")
            el("span", "", text)


def _as_view(name: str) -> TeamView:
    return TeamView(0, name, short_code(name))
