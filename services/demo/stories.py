"""The stories that the demonstration tells, read from the tables in `stories/`, a category each.

    [[story]]
    title, description
    by       login of who declares it
    new      the other fields of the declaration
    steps    [time since the declaration, login, verb, what the verb takes]; the verbs are the workflow's actions,
             "public" and "internal" for comments, "edit", "publish" (a known problem) and "join" (« moi aussi »)
    age      how long before the loading it was declared: a story of now; without it, it is over
    each     what is over happened once for each entry, with `{name}` in its texts replaced
    key      by which others name it: as `master` of a duplicate, or in after = { story, by }, to begin `by` later

Times are written "1d2h30m". They are elapsed time in a story of now and in an urgent one, else office hours: "9h" from
a Tuesday noon is Wednesday morning. The texts have ordinary spaces; the no-break ones are set here.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from services.i18n import typeset

_TIME = re.compile(r"(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m?)?")
# A number and its unit, the two halves of "2 h 30", thousands, a title and its name: no line breaks between them.
_TIED = re.compile(
    r"(?<=\d) (?=(?:h|min|s|ms|m|cm|kg|ko|Mo|Go|To|V|Mbit|ppp|rpm|dBm|°C)\b|€|\d{3}\b)"
    r"|(?<=\d h) (?=\d)|(?<=\bM\.) |(?<=\bMme) "
)


@dataclass(frozen=True, slots=True)
class Beat:
    """Somebody does `verb`, `later` than the declaration."""

    later: timedelta
    login: str
    verb: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    declaration: Beat
    beats: tuple[Beat, ...]
    key: str | None = None
    age: timedelta | None = None
    after: str | None = None
    after_by: timedelta = field(default=timedelta())

    @property
    def new(self) -> Mapping[str, Any]:
        return self.declaration.given


@cache
def all_stories() -> tuple[Story, ...]:
    """All of them, in the order of the files."""
    files = sorted((Path(__file__).parent / "stories").glob("*.toml"))
    return tuple(story for file in files for story in _read(file))


def duration(text: str) -> timedelta:
    """What "1d2h30m" means. Raises ValueError."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _read(file: Path) -> Iterator[Story]:
    category = file.stem.partition("-")[0]
    for table in tomllib.loads(file.read_text(encoding="utf-8"))["story"]:
        for names in table.get("each", [{}]):
            yield _story(_filled(table, names), category)


def _story(table: Mapping[str, Any], category: str) -> Story:
    new = {"title": table["title"], "description": table["description"], "category": category, **table["new"]}
    after = table.get("after", {"story": None, "by": "0m"})
    return Story(
        Beat(timedelta(), table["by"], "declare", new),
        tuple(_beat(*step) for step in table["steps"]),
        table.get("key"),
        duration(table["age"]) if "age" in table else None,
        after["story"],
        duration(after["by"]),
    )


def _beat(later: str, login: str, verb: str, given: Any = None) -> Beat:
    return Beat(duration(later), login, verb, {"body": given} if isinstance(given, str) else given or {})


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    """`value` with the names put in and the spaces set, all the way down."""
    match value:
        case str():
            return _TIED.sub("\N{NO-BREAK SPACE}", typeset(value.format_map(names))).strip()
        case list():
            return [_filled(each, names) for each in value]
        case dict():
            return {key: _filled(each, names) for key, each in value.items() if key != "each"}
        case _:
            return value
