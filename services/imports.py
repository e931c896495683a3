"""CSV files in and out: which columns each kind of thing has, in French and English (contract, "Commands").

All of a file is written, in one transaction, or nothing. Of an item that exists already (by its name, an employee by
the e-mail address) the columns that the file has are changed; a team stays as it is, and so does a line of the change
log of an application that is there; incidents are new ones, unless one with that reference and title is there.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from data.queries import cmdb as item_queries
from data.queries import incidents as incident_queries
from data.queries import people
from data.references import PATTERN
from data.vocabulary import AssetType, Category, ClientType, Impact, ItemKind, Priority, Role, Severity, Source
from services import cmdb, csv_files, i18n, impact, incidents, teams
from services.cmdb import KINDS
from services.errors import BadRows, Invalid, Refused
from services.inputs import REASON, Form
from services.permissions import Right
from services.text import folded
from services.views import ItemView
from services.work import SYSTEM, Actor, Work, begin, look

# Our name of a column → headings beside it that mean the same.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("nom",),
    "type": ("type", "rôle", "role", "groupe"),
    "model": ("modèle",),
    "serial": ("série", "numéro de série"),
    "state": ("état",),
    "location": ("emplacement", "site", "lieu"),
    "address": ("adresse", "ip", "adresse réseau"),
    "owner": ("responsable", "propriétaire"),
    "email": ("e-mail", "courriel", "adresse e-mail", "mail"),
    "department": ("service", "département"),
    "team": ("équipe",),
    "template": ("modèle de message",),
    "template_subject": ("objet du message",),
    "parent": ("équipe parente", "parente"),
    "external": ("externe", "fournisseur"),
    "skills": ("compétences", "spécialité", "spécialités"),
    "reference": ("référence",),
    "title": ("titre",),
    "category": ("catégorie",),
    "priority": ("priorité",),
    "severity": ("sévérité",),
    "assignee": ("assigné à", "assigné", "technicien"),
    "employees": ("employés", "utilisateurs"),
    "day": ("date", "jour"),
    "summary": ("changement", "texte", "résumé"),
    "author": ("auteur", "par"),
}
MANY = frozenset(kind.value for kind in ItemKind)
SEPARATOR = "|"  # between several names in one cell

# Words beside the codes and their labels in both languages.
WORDS: Mapping[str, str] = {
    **dict.fromkeys(("machine virtuelle", "application server", "vm", "serveur"), AssetType.SERVER.value),
    **dict.fromkeys(("router", "patch panel", "access switch", "tor switch", "core switch"), AssetType.NETWORK.value),
    **dict.fromkeys(("distribution switch", "switch", "firewall", "commutateur"), AssetType.NETWORK.value),
    **dict.fromkeys(("pdu", "equipement"), AssetType.OTHER.value),
    **dict.fromkeys(("customers", "customer"), ClientType.EXTERNAL.value),
}
YES, NO = frozenset({"oui", "yes", "true", "vrai", "1", "x"}), frozenset({"", "non", "no", "false", "faux", "0"})


# Takes a row in; the set has the names of the rows before it.
Take = Callable[[Work, dict[str, Any], set[str]], bool | None]


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did, or with `dry_run` would do; `unused`: headings that mean nothing here."""

    created: int
    changed: int
    unchanged: int
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sort:
    """A kind of thing that can be imported: its columns, those of codes, and how a row is taken in.

    `take` says whether it made something new (True), changed something (False), or neither (None).
    """

    columns: tuple[str, ...]
    codes: Mapping[str, tuple[str, type[Any]]]
    right: Right
    take: Take


def run(actor: Actor, kind: str, content: bytes, *, dry_run: bool = False, most_wrong: int | None = None) -> Report:
    """The file's rows are there.

    Raises `BadRows`, naming everything that is wrong by the file's own headings, or `Forbidden`. After `most_wrong`
    faults the rest is not read: on a page nobody reads so many, and everybody waits for the writer meanwhile.
    """
    sort, text = SORTS[kind], csv_files.decoded(content)
    names = headings(sort.columns)
    done: list[bool | None] = []
    seen: set[str] = set()
    wrong: list[csv_files.Wrong] = []
    with begin(_somebody() if sort.take is _incident and actor is SYSTEM else actor) as work:
        work.require(sort.right)
        try:
            rows = csv_files.rows(text, names, wrong)
            for line, cells in _parents_first(rows) if sort.take is _team else rows:
                try:
                    done.append(sort.take(work, _values(sort, cells), seen))
                    work.session.flush()
                except Invalid as refusal:
                    wrong += [(line, column, code, params) for column, (code, params) in refusal.errors.items()]
                if most_wrong is not None and len(wrong) >= most_wrong:
                    wrong.append((line + 1, "", "rest_unread", {}))
                    break
        except BadRows as unreadable:
            wrong += unreadable.rows
        if wrong:
            typed = csv_files.typed_headings(text, names)
            named = [(line, typed.get(column, column), code, params) for line, column, code, params in wrong]
            raise BadRows(sorted(named, key=lambda each: each[:2]))
        if dry_run:
            work.session.rollback()
            work.notes.clear()
    return Report(done.count(True), done.count(False), done.count(None), tuple(csv_files.unused(text, names)))


def _parents_first(rows: Iterable[tuple[int, dict[str, str]]]) -> Iterator[tuple[int, dict[str, str]]]:
    """A team after the one above it, wherever the file has that; of a circle all come last, and are refused."""
    waiting = list(rows)
    while waiting:
        below = {folded(cells.get("name", "")) for _, cells in waiting}
        ready = [row for row in waiting if folded(row[1].get("parent", "")) not in below]
        yield from ready or waiting
        waiting = [row for row in waiting if row not in ready] if ready else []


def _somebody() -> Actor:
    """The first administrator: an incident is declared by a person."""
    with look(SYSTEM) as reading:
        admins = people.users(reading.session, roles=[Role.ADMIN], active=True)
    if not admins:
        raise Refused("not_set_up")
    return Actor(min(admin.id or 0 for admin in admins))


def export(actor: Actor, kind: ItemKind, locale: str) -> str:
    """A file of all items of the kind, which `run` reads without loss.

    It refuses the second of two employees who have one name and no e-mail address, for it cannot tell them apart.
    """
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
    columns = SORTS[kind.value].columns
    rows, last = [], None
    while found := cmdb.find(actor, kind, after=last, limit=cmdb.MOST).items:
        rows += [[_cell(item, column) for column in columns] for item in found]
        last = (found[-1].name, found[-1].id)
    return csv_files.written(columns if locale == "en" else [_french(column) for column in columns], rows)


def headings(columns: tuple[str, ...]) -> dict[str, str]:
    """Heading, folded → column."""
    return {folded(each): column for column in columns for each in (column, *HEADINGS.get(column, ()))}


def _french(column: str) -> str:
    return HEADINGS.get(column, (column,))[0]


def _cell(item: ItemView, column: str) -> str:
    if column in MANY:
        return joined(name for _, name in item.relations[ItemKind(column)])
    if column in item.references:
        named = item.references[column]
        return named[1] if named else ""
    return str(item.fields[column] or "")


def joined(names: Iterable[str]) -> str:
    """Several names in one cell; a `|` or `\\` of a name stands behind a `\\`."""
    return SEPARATOR.join(re.sub(r"([\\|])", r"\\\1", name) for name in names)


def _parted(cell: str) -> list[str]:
    parts = (re.sub(r"\\([\\|])", r"\1", part).strip() for part in re.findall(r"(?:\\[\\|]|[^|])+", cell))
    return [part for part in parts if part]


def _values(sort: _Sort, cells: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = dict(cells)
    for column in values:
        if column in MANY:
            values[column] = _parted(cells[column])
        elif column in sort.codes and cells[column]:
            area, codes = sort.codes[column]
            values[column] = _code(cells[column], area, codes)
    return values


def _code(word: str, area: str, codes: type[Any]) -> str:
    """The code that a cell means: itself, a label of either language, or a word of ours."""
    labels = {folded(i18n.t(f"{area}.{code}", locale)): code.value for code in codes for locale in i18n.LOCALES}
    known = {code.value: code.value for code in codes}
    plain = folded(word)
    return known.get(plain) or labels.get(plain) or (WORDS.get(plain) if WORDS.get(plain) in known else None) or word


def _item(kind: ItemKind) -> Take:
    def take(work: Work, values: dict[str, Any], seen: set[str]) -> bool | None:
        _tell_apart(kind, values, seen)
        by = values.get("email") if kind is ItemKind.EMPLOYEES else None
        known = item_queries.by_name(work.session, kind, by or values.get("name") or "")
        if known is None:
            cmdb.add(work, kind, values)
            return True
        return False if cmdb.alter(work, kind, known.id, values) else None

    return take


def _tell_apart(kind: ItemKind, values: dict[str, Any], seen: set[str]) -> None:
    """No row replaces an earlier one of its file: « PP-1 » that is there twice is « PP-1 (Lyon) » the second time."""
    name, place = str(values.get("name") or ""), values.get("location")
    if folded(name) in seen and place and kind is ItemKind.ASSETS:
        name = values["name"] = f"{name} ({place})"
    key = folded(str(values.get("email") or name)) if kind is ItemKind.EMPLOYEES else folded(name)
    if key and key in seen:
        raise Invalid(**{"email" if kind is ItemKind.EMPLOYEES and values.get("email") else "name": "taken"})
    seen.add(key)


def _team(work: Work, values: dict[str, Any], seen: set[str]) -> bool | None:
    external = folded(values.pop("external", ""))
    if external not in YES | NO:
        raise Invalid(external="wrong_type")
    key = folded(values.get("name") or "")
    if key and key in seen:
        raise Invalid(name="taken")
    seen.add(key)
    if people.team_by_name(work.session, values.get("name") or ""):
        return None
    given = {name: value or None for name, value in values.items() if name != "name"}
    teams.add_team(work, name=values.get("name") or "", external=external in YES, **given)
    return True


def _incident(work: Work, values: dict[str, Any], seen: set[str]) -> bool | None:
    links = {name: values.pop(name) for name in MANY & values.keys()}
    reference = str(values.pop("reference", None) or "")
    known = incident_queries.by_reference(work.session, reference) if PATTERN.fullmatch(reference) else None
    if known is not None and known.title == values.get("title"):
        return None
    if known is not None:
        raise Invalid(reference="taken")
    given = {name: value for name, value in values.items() if value}  # an empty cell is as good as no column
    incidents.declare(work, incidents.NewIncident(**given, links=links))
    return True


def _change(work: Work, values: dict[str, Any], seen: set[str]) -> bool | None:
    form = Form()
    named = form.line("application", values.get("application"), max_length=120)
    summary = form.text("summary", values.get("summary"), max_length=REASON)
    author = form.line("author", values.get("author"), max_length=120, required=False)
    day = _day(form, form.line("day", values.get("day"), max_length=10))
    application = item_queries.by_name(work.session, ItemKind.APPLICATIONS, named)
    if application is None and "application" not in form.errors:
        form.wrong("application", "unknown", id=named)
    form.check()
    assert day is not None
    if item_queries.has_change(work.session, application.id, day, summary):
        return None
    author = author or (work.person.name if work.person else "")
    impact.add_change(work, application, day=day, summary=summary, author=author)
    return True


def _day(form: Form, typed: str) -> date | None:
    """2026-11-26, or as one writes it in France: 26/11/2026."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        with suppress(ValueError):
            return datetime.strptime(typed, pattern).replace(tzinfo=UTC).date()
    if "day" not in form.errors:
        form.wrong("day", "malformed")
    return None


def _sort_of_items(kind: ItemKind) -> _Sort:
    shape = KINDS[kind]
    columns = (*shape.fields, *shape.references, *(other.value for other in shape.relations))
    codes: Mapping[str, tuple[str, type[Any]]] = {}
    if kind is ItemKind.ASSETS:
        codes = {"type": ("asset_type", AssetType)}
    elif kind is ItemKind.CLIENTS:
        codes = {"type": ("client_type", ClientType)}
    return _Sort(columns, codes, Right.EDIT_CMDB, _item(kind))


SORTS: Mapping[str, _Sort] = {
    **{kind.value: _sort_of_items(kind) for kind in ItemKind},
    "changes": _Sort(("application", "day", "summary", "author"), {}, Right.EDIT_CMDB, _change),
    "teams": _Sort(("name", "code", "parent", "external", "email", "skills"), {}, Right.MANAGE_PEOPLE, _team),
    "incidents": _Sort(
        (
            "reference",  # by which what is here already is known again; a new incident gets its own
            *("title", "description", "category", "priority", "source", "severity", "impact", "assignee", "team"),
            *sorted(MANY),
        ),
        {
            each.__name__.lower(): (each.__name__.lower(), each)
            for each in (Category, Priority, Source, Severity, Impact)
        },
        Right.CREATE,
        _incident,
    ),
}
