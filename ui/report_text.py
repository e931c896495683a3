"""The figures of a report as a browser and a spreadsheet get them: in words, each with the address of its list."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from services import csv_files
from services.figures.measures import Cell, Kpi, Table, Where
from services.figures.report import Report
from services.i18n.catalog import NO_BREAK
from services.i18n.times import day_of_month, duration, target
from ui.viewer import Viewer

LIST = "/incidents"
NOTHING = "–"
NUMBERS = frozenset({"count", "share", "time", "score"})
MINUS = "\u2212"

# How a table is drawn before somebody asks for its data; the others are tables from the start.
CHARTS: Mapping[str, Mapping[str, Any]] = {
    "compliance": {"kind": "lines", "values": (6, 3), "names": ("resolution_share", "answer_share")},
    "satisfaction": {"kind": "scores", "value": 2, "names": ("mean_score",)},
    "flow": {"kind": "columns", "values": (1, 2), "names": ("created", "resolved_any")},
    "resolution_times": {"kind": "target", "value": 6, "of": 7},
    "by_category": {"kind": "bars", "value": 1},
    "by_priority": {"kind": "bars", "value": 1},
    "by_severity": {"kind": "bars", "value": 1},
    "by_impact": {"kind": "bars", "value": 1},
    "held": {"kind": "bars", "value": 2},
    "opinions": {"kind": "bars", "value": 1},
    **{
        name: {
            "kind": "stack",
            "values": (2, 3),
            "names": ("respected", "missed"),
            "colours": ("vg-c-kept", "vg-c-missed"),
        }
        for name in ("by_team", "by_client", "by_department", "by_employee_team", "by_application")
    },
}


def address(where: Where) -> str:
    """Where the incidents are listed that `where`, the fields of a `board.Query`, asks for."""
    asked = {}
    for name, value in where.items():
        if isinstance(value, datetime):
            asked[name] = f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        elif isinstance(value, list | tuple):
            asked[name] = ",".join(map(str, value))
        else:
            asked[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{LIST}?{urlencode(asked, safe=',:')}"


def rounded_down(share: float | None, locale: str) -> str:
    """« 98,76 % »: what was not always there is never called 100 %, and 58 % is no less for being a binary fraction."""
    if share is None:
        return NOTHING
    text = "100" if share == 1 else f"{int(round(share * 10_000, 6)) / 100:.2f}"
    return f"{text.replace('.', ',')}{NO_BREAK}%" if locale == "fr" else f"{text}%"


class Words:
    """What each kind of cell says to `viewer`."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer, self.t, self.locale = viewer, viewer.t, viewer.locale
        self._months = self.t("time.months").split()

    def day(self, day: date, *, year: bool = False) -> str:
        """« 22 nov. », with its year where it is asked for."""
        text = f"{day_of_month(day, self.locale)} {self._months[day.month - 1]}"
        return (f"{text} {day.year}" if year else text).replace(" ", NO_BREAK)

    def percent(self, share: float | None) -> str:
        """« 94,2 % »; one that is not quite all is never written as all."""
        if share is None:
            return NOTHING
        exact = share * 100
        text = f"{min(99.99, exact):.2f}" if 99 <= exact < 100 else f"{exact:.1f}".removesuffix(".0")
        return f"{text.replace('.', ',')}{NO_BREAK}%" if self.locale == "fr" else f"{text}%"

    def score(self, mean: float) -> str:
        """« 4,3 / 5 »."""
        text = f"{mean:.1f}"
        text = text.replace(".", ",") if self.locale == "fr" else text
        return f"{text}{NO_BREAK}/{NO_BREAK}5"

    def cell(self, cell: Cell) -> str:
        """Its text on the screen."""
        value = cell.value
        if value is None:
            return NOTHING
        said: Mapping[str, Callable[[Any], str]] = {
            "code": self.t,
            "day": self.day,
            "share": self.percent,
            "score": self.score,
            "time": lambda seconds: duration(seconds, self.locale, with_seconds=False),
            "at": lambda epoch: self.viewer.instant(datetime.fromtimestamp(epoch, UTC)),
        }
        return said.get(cell.kind, str)(value)

    def plain(self, cell: Cell) -> str:
        """Its text in a spreadsheet: numbers as numbers, times in seconds, days and instants as ISO 8601."""
        value = cell.value
        if value is None:
            return ""
        if cell.kind == "at":
            return datetime.fromtimestamp(value, UTC).isoformat()
        return self.t(value) if cell.kind == "code" else str(value)

    def column(self, key: str) -> str:
        """The heading of a column."""
        return self.t(key if "." in key else f"report.column.{key}")


def csv_text(table: Table, words: Words) -> str:
    """The table as a file; columns of times say so."""
    kinds = [cell.kind for cell in table.rows[0]] if table.rows else ["text"] * len(table.columns)
    header = [
        words.column(key) + (" (s)" if kind == "time" else "") for key, kind in zip(table.columns, kinds, strict=True)
    ]
    return csv_files.written(header, ([words.plain(cell) for cell in row] for row in table.rows))


def report_json(found: Report, viewer: Viewer, csv_of: Callable[[str], str]) -> dict[str, Any]:
    """Headlines and tables as `components/report` draws them."""
    words, t = Words(viewer), viewer.t
    period, before = found.period, found.period.before
    span = t("report.span", first=words.day(period.first, year=True), last=words.day(period.last, year=True))
    compared = {"first": words.day(before.first, year=True), "last": words.day(before.last, year=True)}
    return {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "span": f"{span}, {t('report.until_now')}" if found.until_now else span,
        "compared": t("report.compared", **compared),
        "kpis": [_kpi(kpi, words) for kpi in found.kpis],
        "tables": {name: _table(table, words, csv_of(name)) for name, table in found.tables.items()},
    }


def _table(table: Table, words: Words, csv: str) -> dict[str, Any]:
    chart = dict(CHARTS.get(table.name, {}))
    if table.name == "backlog":
        priorities = [key.partition(".")[2] for key in table.columns[2:]]
        chart = {
            "kind": "stack",
            "values": list(range(2, len(table.columns))),
            "total": 1,
            "names": table.columns[2:],
            "colours": [f"vg-c-{priority}" for priority in priorities],
        }
    if "names" in chart:
        chart["names"] = [words.column(key) for key in chart["names"]]
    notes = {
        "compliance": words.t("report.goal", n=90),
        "resolution_times": words.t("report.share_of_target"),
        "recurrent": words.t("report.recurrent_sub"),
        "availability": words.t("report.worst"),
    }
    made: dict[str, Any] = {
        "title": words.t(f"report.table.{table.name}"),
        "help": words.t(f"report.help_on.{table.name}"),
        "note": notes.get(table.name, ""),
        "columns": [words.column(key) for key in table.columns],
        "rows": _rows(table, words),
        "chart": chart or None,
        "csv": csv,
    }
    if table.name == "recurrent" and table.rows:
        made |= {"barred": 2, "most": max(row[2].value for row in table.rows)}
    return made


def _rows(table: Table, words: Words) -> Sequence[Sequence[Mapping[str, Any]]]:
    rows = [[_cell(cell, words) for cell in row] for row in table.rows]
    if table.name.endswith("_times"):  # a promise is written as people say it, and so is what is held against it
        for row, cells in zip(rows, table.rows, strict=True):
            for shown, cell in zip(row[-2:], cells[-2:], strict=True):
                shown["t"] = target(cell.value, words.locale) if cell.value else words.cell(cell)
    return rows


def _cell(cell: Cell, words: Words) -> dict[str, Any]:
    made: dict[str, Any] = {"t": words.cell(cell)}
    if cell.kind in NUMBERS:
        made |= {"v": cell.value, "n": True}
    if cell.kind == "code":
        made["c"] = cell.value
    if cell.where is not None and cell.value is not None:
        made["href"] = address(cell.where)
    return made


def _kpi(kpi: Kpi, words: Words) -> dict[str, Any]:
    return {
        "name": kpi.name,
        "title": words.t(f"report.kpi.{kpi.name}"),
        "help": words.t(f"report.about.{kpi.name}"),
        "text": words.cell(kpi.cell),
        "href": address(kpi.cell.where or {}),
        "trend": _trend(kpi, words),
    }


def _trend(kpi: Kpi, words: Words) -> dict[str, str]:
    now, before = kpi.cell.value, kpi.before
    if now is None or before is None or (kpi.cell.kind == "time" and not before):
        return {"tone": "none", "sign": "", "text": words.t("report.no_before")}
    if kpi.cell.kind == "share":
        change = round((now - before) * 100, 1)
        text = words.t("report.points", n=_signed(change, words.locale))
    elif kpi.cell.kind == "time":
        change = round((now - before) * 100 / before)
        text = _signed(change, words.locale) + (f"{NO_BREAK}%" if words.locale == "fr" else "%")
    else:
        change = round(now - before, 1)
        text = _signed(change, words.locale)
    if not change:
        return {"tone": "none", "sign": "", "text": words.t("report.same")}
    good = kpi.better != "none" and (change > 0) == (kpi.better == "up")
    tone = "none" if kpi.better == "none" else "good" if good else "bad"
    return {"tone": tone, "sign": "trending_up" if change > 0 else "trending_down", "text": text}


def _signed(number: float, locale: str) -> str:
    text = f"{abs(number):.1f}".removesuffix(".0") if isinstance(number, float) else str(abs(number))
    text = text.replace(".", ",") if locale == "fr" else text
    return f"{'+' if number > 0 else MINUS}{text}" if number else text
