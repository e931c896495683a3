"""The demonstration company's configuration items, and which of them a story touches: those whose words it says."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from data.vocabulary import ItemKind
from services import cmdb, impact
from services.demo.stories import Story
from services.i18n import typeset
from services.text import folded
from services.work import Actor

ORDER = (ItemKind.CLIENTS, ItemKind.EMPLOYEES, ItemKind.ASSETS, ItemKind.APPLICATIONS)


@cache
def _tables() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "items.toml").read_text(encoding="utf-8"))


def _each(kind: ItemKind) -> list[dict[str, Any]]:
    """One table for each item; `names` of a table are several that differ in their place only."""
    found: list[dict[str, Any]] = []
    for table in _tables()[kind.value]:
        names = table.get("names")
        found += [{"name": name, "location": place, **table} for name, place in names.items()] if names else [table]
    return found


def furnish(actor: Actor) -> None:
    """The items are there, with who uses and owns them."""
    for kind in ORDER:
        known = {*cmdb.KINDS[kind].fields, *cmdb.KINDS[kind].references, *(other.value for other in ItemKind)}
        for table in _each(kind):
            given = {name: typeset(value) if isinstance(value, str) else value for name, value in table.items()}
            cmdb.create(actor, kind, {name: value for name, value in given.items() if name in known})


def change_applications(actor: Actor, now: datetime) -> None:
    """The applications' change logs tell what was done in the weeks before `now`."""
    ids = {item.name: item.id for item in cmdb.find(actor, ItemKind.APPLICATIONS).items}
    lines = [
        (days, table["name"], text) for table in _each(ItemKind.APPLICATIONS) for days, text in table.get("changes", ())
    ]
    for days, name, text in sorted(lines, reverse=True):
        day = (now - timedelta(days=days)).date()
        impact.note_change(actor, ids[name], day=day, summary=typeset(text))


@cache
def _spoken() -> list[tuple[ItemKind, str, tuple[str, ...]]]:
    """(kind, name, folded words) of every item."""
    return [
        (kind, table["name"], tuple(folded(word) for word in _words(kind, table)))
        for kind in ItemKind
        for table in _each(kind)
    ]


def touched_by(story: Story) -> dict[str, list[str]]:
    """Kind → names of the items that the story's words name."""
    text = folded(f"{story.new['title']} {story.new['description']}")
    found: dict[str, list[str]] = {}
    for kind, name, words in _spoken():
        if any(word in text for word in words):
            found.setdefault(kind.value, []).append(name)
    return found


def _words(kind: ItemKind, table: Mapping[str, Any]) -> list[str]:
    own = [table["name"], *_tables()["words"].get(table["name"], ())] if kind is ItemKind.ASSETS else []
    return [*own, *table.get("words", ())]
