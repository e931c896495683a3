"""The teams of a new organisation as a tree whose names can be edited: hierarchical escalation climbs along it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.i18n import t
from services.organisation import FirstTeam
from services.teams import short_code
from services.views import TeamView
from ui.components.badge import avatar
from ui.elements import button, el
from ui.fields import Field, text_field

NAME_MAX = 80


@dataclass(eq=False)
class _Row:
    name: str
    parent: "_Row | None"
    field: Field | None = None


class TeamTree:
    """`teams` is what stands in it now, each team after its parent."""

    def __init__(self, teams: Sequence[FirstTeam], *, locale: str) -> None:
        self._locale = locale
        self._rows: list[_Row] = []
        for team in teams:
            parent = next((row for row in self._rows if row.name == team.parent), None)
            self._rows.append(_Row(team.name, parent))
        self._list = el("ul", "vg-tree")
        self._draw()

    @property
    def teams(self) -> tuple[FirstTeam, ...]:
        return tuple(FirstTeam(row.name, row.parent.name if row.parent else None) for row, _ in self._ordered())

    def refuse(self, sentences: Mapping[str, str]) -> None:
        """Each team says what is wrong with it (`teams.0`, `teams.1`…); the first of them has the cursor."""
        wrong = []
        for position, (row, _) in enumerate(self._ordered()):
            assert row.field is not None
            row.field.wrong(sentences.get(f"teams.{position}", ""))
            if f"teams.{position}" in sentences:
                wrong.append(row.field)
        if wrong:
            wrong[0].focus()

    def add(self) -> None:
        """An empty team stands at the top of the hierarchy, and has the cursor."""
        self._add(None)

    def _add(self, parent: _Row | None) -> None:
        row = _Row("", parent)
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

    def _draw(self) -> None:
        self._list.clear()
        with self._list:
            last: dict[int, int] = {}  # depth → position of the line that the next one at this depth hangs on
            for position, (row, depth) in enumerate(self._ordered()):
                self._draw_row(row, depth, span=position - max(last.get(depth, -1), last.get(depth - 1, -1)) - 1)
                last[depth] = position

    def _draw_row(self, row: _Row, depth: int, *, span: int) -> None:
        with el("li") as line:
            if depth:  # the stylesheet indents it, and draws the branch across the `span` lines in between
                line._style.update({"--depth": str(depth), "--span": str(span)})
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
                placeholder=t("setup.team_name", self._locale),
                max_length=NAME_MAX,
                classes="vg-grow",
                on_change=rename,
            )
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


def _as_view(name: str) -> TeamView:
    return TeamView(0, name, short_code(name))
