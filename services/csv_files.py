"""CSV files as spreadsheets write and read them. Pure.

Reading: UTF-8 with or without its mark, or Windows-1252; commas, semicolons or tabs. Writing: UTF-8 with its mark and
commas; what a spreadsheet would take for a formula gets an apostrophe before it, which reading takes off again.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.errors import BadRows
from services.text import folded

# What a spreadsheet computes, or what an escaped cell of ours begins with: the way back is exact. Also after what
# another program takes for the end of a cell: one that splits at semicolons finds cells where we wrote none.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_INSIDE = re.compile(r"([;\t\r\n])(?='*[=+\-@＝＋－＠])")
_ESCAPED_INSIDE = re.compile(r"([;\t\r\n])'(?='*[=+\-@＝＋－＠])")
MOST_LINES = 100_000

Wrong = tuple[int, str, str, Mapping[str, Any]]  # line, column, code below `invalid.`, parameters


def written(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """The text of a file with these columns and rows."""
    return heading(header) + lines(rows)


def heading(columns: Iterable[str]) -> str:
    """How a file with these columns, which are our own words, begins."""
    return "\ufeff" + _text([columns])


def lines(rows: Iterable[Iterable[object]]) -> str:
    """These rows as a piece of a file; None is an empty cell."""
    return _text([escaped("" if cell is None else str(cell)) for cell in row] for row in rows)


def _text(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def escaped(cell: str) -> str:
    """`cell`, which no spreadsheet computes."""
    inside = _INSIDE.sub(r"\1'", cell)
    return f"'{inside}" if _FORMULA.match(cell) else inside


def unescaped(cell: str) -> str:
    """What `escaped` was given."""
    own = cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
    return _ESCAPED_INSIDE.sub(r"\1", own)


def decoded(content: bytes) -> str:
    """The text of a file, whichever of the two usual encodings it has."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def rows(text: str, names: Mapping[str, str], wrong: list[Wrong]) -> Iterator[tuple[int, dict[str, str]]]:
    """(number of its first line, our name of the column → cell) of each row that says anything.

    `names`: heading, folded → our name of the column; columns of other headings are left aside. A row with more cells
    than the heading is added to `wrong`. Raises `BadRows` where the file has no heading that is known, or cannot be
    read any further. Of several columns that mean the same, the last that says something counts.
    """
    reader = csv.reader(io.StringIO(text, newline=""), _dialect(text), strict=True)
    line, header = 1, [folded(cell) for cell in _next(reader, 1) or []]
    columns = {place: names[name] for place, name in enumerate(header) if name in names}
    if not columns:
        raise BadRows([(1, "", "bad_header", {"known": ", ".join(sorted(names))})])
    while True:
        line = reader.line_num + 1
        cells = _next(reader, line)
        if cells is None:
            return
        if line > MOST_LINES:
            raise BadRows([(line, "", "too_many", {"max": MOST_LINES})])
        if len(cells) > len(header):
            wrong.append((line, "", "too_many", {"max": len(header)}))
            continue
        given: dict[str, str] = {}
        for place, name in columns.items():
            cell = unescaped(cells[place]).strip() if place < len(cells) else ""
            given[name] = cell or given.get(name, "")
        if any(given.values()):
            yield line, given


def typed_headings(text: str, names: Mapping[str, str]) -> dict[str, str]:
    """Our name of a column → its heading as it stands in the file."""
    return {names[folded(cell)]: cell.strip() for cell in _heading(text) if folded(cell) in names}


def _next(reader: Iterator[list[str]], line: int) -> list[str] | None:
    """The next row, None at the end. Raises `BadRows` for what is no CSV."""
    try:
        return next(reader, None)
    except csv.Error:
        raise BadRows([(line, "", "malformed", {})]) from None


def unused(text: str, names: Mapping[str, str]) -> list[str]:
    """The headings that `rows` leaves aside."""
    return [cell for cell in _heading(text) if folded(cell) not in names]


def _heading(text: str) -> list[str]:
    """The cells of the first line; none where it is no line of a CSV."""
    try:
        return next(csv.reader(io.StringIO(text, newline=""), _dialect(text)), [])
    except csv.Error:
        return []


def _dialect(text: str) -> type[csv.Dialect]:
    heading = text.partition("\n")[0]
    most = max(",;\t", key=heading.count)

    class Found(csv.excel):
        delimiter = most

    return Found
