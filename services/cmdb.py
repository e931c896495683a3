"""Configuration items: what they are made of is one table, `KINDS`; the rest is the same for all four (rules, "CMDB").

Common refusals: `NotFound`, `Forbidden`, `Invalid` (a field), `Refused` (code `in_use`: still linked).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from data.queries import cmdb
from data.queries.cmdb import TABLES
from data.vocabulary import AssetType, ClientType, Fact, ItemKind
from services.errors import NotFound, Refused
from services.inputs import NAME, TITLE, Form
from services.letters import FIELDS, unknown
from services.permissions import Right
from services.text import folded, words
from services.views import ItemPage, ItemView
from services.work import Actor, Reading, Work, begin, look
from services.work import change as old_and_new

ASSETS, APPLICATIONS, EMPLOYEES, CLIENTS = ItemKind

LIMIT, MOST = 50, 200
TEMPLATE = 5_000

Reader = Callable[[Form, str, Any], Any]


def line(length: int = NAME, *, required: bool = False) -> Reader:
    """One line of text; nothing is None."""
    return lambda form, name, value: form.line(name, value, max_length=length, required=required) or None


def template(length: int, *, lines: bool) -> Reader:
    """A text whose fields in braces are known; nothing is None (S87)."""

    def read(form: Form, name: str, value: Any) -> str | None:
        text = (form.text if lines else form.line)(name, value, max_length=length, required=False)
        if field := unknown(text):
            form.wrong(name, "unknown_placeholder", name=field, known=", ".join(FIELDS))
        return text or None

    return read


def email(form: Form, name: str, value: Any) -> str | None:
    """An e-mail address, or nothing."""
    return form.email(name, value)


@dataclass(frozen=True, slots=True)
class Kind:
    """What an item of this kind has: plain fields, references to one other item, relations to many."""

    fields: Mapping[str, Reader]
    references: Mapping[str, ItemKind] = field(default_factory=dict)
    relations: tuple[ItemKind, ...] = ()


KINDS: Mapping[ItemKind, Kind] = {
    ASSETS: Kind(
        fields={
            "name": line(required=True),
            "type": lambda form, name, value: form.code(name, value, AssetType),
            "model": line(),
            "serial": line(),
            "state": line(40),
            "location": line(),
            "address": line(80),
        },
        references={"owner": EMPLOYEES, "client": CLIENTS},
        relations=(APPLICATIONS,),
    ),
    APPLICATIONS: Kind(
        fields={"name": line(required=True), "description": line(500)},
        references={"owner": EMPLOYEES},
        relations=(ASSETS, EMPLOYEES, CLIENTS),
    ),
    EMPLOYEES: Kind(
        fields={"name": line(required=True), "email": email, "department": line(), "team": line()},
        relations=(APPLICATIONS,),
    ),
    CLIENTS: Kind(
        fields={
            "name": line(required=True),
            "type": lambda form, name, value: form.code(name, value, ClientType),
            "code": line(40),
            "email": email,
            "template_subject": template(TITLE, lines=False),
            "template": template(TEMPLATE, lines=True),
        },
        relations=(APPLICATIONS,),
    ),
}


def create(actor: Actor, kind: ItemKind, values: Mapping[str, Any]) -> ItemView:
    """The item exists, with what `values` says of its fields, references and relations."""
    with begin(actor) as work:
        work.require(Right.EDIT_CMDB)
        return view(work, kind, add(work, kind, values))


def add(work: Work, kind: ItemKind, values: Mapping[str, Any]) -> int:
    """The id of the new item; for callers that have settled who may."""
    work.alone()
    form = Form()
    columns, relations = _read(work, form, kind, values, complete=True)
    _check_name(work, form, kind, columns, None)
    form.check()
    item = TABLES[kind](search_text=_search_text(columns), **columns)
    work.session.add(item)
    work.session.flush()
    for other, ids in relations.items():
        cmdb.relate(work.session, kind, item.id, other, ids)
    work.note(Fact.ITEM_CREATED, kind=kind.value, item=item.id, name=item.name)
    return int(item.id)


def change(actor: Actor, kind: ItemKind, item_id: int, values: Mapping[str, Any]) -> ItemView:
    """The item has the new values of the fields that are named; each with its line of history."""
    with begin(actor) as work:
        work.require(Right.EDIT_CMDB)
        alter(work, kind, item_id, values)
        return view(work, kind, item_id)


def alter(work: Work, kind: ItemKind, item_id: int, values: Mapping[str, Any]) -> bool:
    """The same, for callers that have settled who may; whether anything changed."""
    work.alone()
    item = known(work, kind, item_id)
    lines = len(work.notes)
    form = Form()
    columns, relations = _read(work, form, kind, values, complete=False)
    _check_name(work, form, kind, columns, item_id)
    form.check()
    for name, value in columns.items():
        before = getattr(item, name)
        if before != value:
            setattr(item, name, value)
            changed = old_and_new(_plain(before), _plain(value))
            work.note(Fact.ITEM_CHANGED, kind=kind.value, item=item_id, name=item.name, field=name, **changed)
    item.search_text = _search_text({name: getattr(item, name) for name in KINDS[kind].fields})
    work.session.flush()
    for other, ids in relations.items():
        before = sorted(each.id for _, each in cmdb.related(work.session, kind, [item_id], other))
        if before != sorted(set(ids)):
            cmdb.relate(work.session, kind, item_id, other, ids)
            changed = old_and_new(before, sorted(set(ids)))
            work.note(Fact.ITEM_CHANGED, kind=kind.value, item=item_id, name=item.name, field=other.value, **changed)
    return len(work.notes) > lines


def remove(actor: Actor, kind: ItemKind, item_id: int) -> None:
    """The item is gone. One that an incident or another item still names stays: its story needs it."""
    with begin(actor) as work:
        work.require(Right.EDIT_CMDB)
        item = known(work, kind, item_id)
        if cmdb.in_use(work.session, kind, item_id):
            raise Refused("in_use", name=item.name)
        for other in KINDS[kind].relations:
            cmdb.relate(work.session, kind, item_id, other, ())
        work.session.delete(item)
        work.note(Fact.ITEM_REMOVED, kind=kind.value, item=item_id, name=item.name)


def get(actor: Actor, kind: ItemKind, item_id: int) -> ItemView:
    """The item with its references and relations."""
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
        known(reading, kind, item_id)
        return view(reading, kind, item_id)


def find(
    actor: Actor,
    kind: ItemKind,
    *,
    q: str | None = None,
    after: tuple[str, int] | None = None,
    offset: int = 0,
    limit: int = LIMIT,
) -> ItemPage:
    """Items by name, those that have every word of `q` somewhere; behind the one of the name and id `after`."""
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
        form = Form()
        text = form.line("q", q, max_length=200, required=False)
        if not 1 <= limit <= MOST:
            form.wrong("limit", "out_of_range", min=1, max=MOST)
        if after is not None and not (form.line("cursor", after[0], max_length=NAME) and 0 < after[1] < 2**63):
            form.wrong("cursor", "bad_cursor")
        form.check()
        found, total = cmdb.page(reading.session, kind, words(text), after=after, offset=offset, limit=limit + 1)
        return ItemPage(_views(reading, kind, found[:limit]), total, len(found) > limit)


def view(reading: Reading, kind: ItemKind, item_id: int) -> ItemView:
    """The item as it is now, for callers that have settled that it exists."""
    return _views(reading, kind, [cmdb.item(reading.session, kind, item_id)])[0]


def _views(reading: Reading, kind: ItemKind, found: Sequence[Any]) -> tuple[ItemView, ...]:
    shape, ids = KINDS[kind], [item.id for item in found]
    named: dict[str, dict[int, Any]] = {
        name: cmdb.items(reading.session, other, [getattr(item, f"{name}_id") for item in found])
        for name, other in shape.references.items()
    }
    relations: dict[int, dict[ItemKind, list[tuple[int, str]]]] = {}
    for other in shape.relations:
        for item_id, each in cmdb.related(reading.session, kind, ids, other):
            relations.setdefault(item_id, {}).setdefault(other, []).append((each.id, each.name))
    return tuple(
        ItemView(
            id=item.id,
            kind=kind,
            name=item.name,
            fields={name: _plain(getattr(item, name)) for name in shape.fields},
            references={
                name: (each.id, each.name) if (each := named[name].get(getattr(item, f"{name}_id"))) else None
                for name in shape.references
            },
            relations={other: tuple(relations.get(item.id, {}).get(other, ())) for other in shape.relations},
        )
        for item in found
    )


def _read(
    reading: Reading, form: Form, kind: ItemKind, values: Mapping[str, Any], *, complete: bool
) -> tuple[dict[str, Any], dict[ItemKind, list[int]]]:
    """(columns, relations) that `values` gives; with `complete` also what it leaves out."""
    shape = KINDS[kind]
    known = {*shape.fields, *shape.references, *(other.value for other in shape.relations)}
    for name in set(values) - known:
        form.wrong(name, "extra")
    columns = {
        name: read(form, name, values.get(name)) for name, read in shape.fields.items() if complete or name in values
    }
    for name, other in shape.references.items():
        if complete or name in values:
            found = find_item(reading, form, name, other, values.get(name))
            columns[f"{name}_id"] = found.id if found else None
    relations = {
        other: [item.id for item in find_items(reading, form, other.value, other, values[other.value])]
        for other in shape.relations
        if other.value in values
    }
    return columns, relations


def find_item(reading: Reading, form: Form, name: str, kind: ItemKind, value: Any) -> Any:
    """The item with this id or name, or `{id, …}`; nothing is None, anything else an error of the field."""
    if isinstance(value, Mapping):
        value = value.get("id")
    if value in (None, ""):
        return None
    found = None
    if isinstance(value, int) and not isinstance(value, bool):
        found = cmdb.item(reading.session, kind, value) if 0 < value < 2**63 else None
    elif isinstance(value, str):
        text = form.line(name, value, max_length=NAME)
        found = cmdb.by_name(reading.session, kind, text) if name not in form.errors else None
    else:
        form.wrong(name, "wrong_type")
    if found is None:
        form.wrong(name, "unknown", id=str(value)[:80])
    return found


def find_items(reading: Reading, form: Form, name: str, kind: ItemKind, values: Any) -> list[Any]:
    """The items with these ids or names, each once."""
    if not isinstance(values, Sequence) or isinstance(values, str | bytes):
        form.wrong(name, "wrong_type")
        return []
    if len(values) > MOST:
        form.wrong(name, "too_many", max=MOST)
        return []
    found = [item for value in values if (item := find_item(reading, form, name, kind, value))]
    return list({item.id: item for item in found}.values())


def _check_name(reading: Reading, form: Form, kind: ItemKind, columns: Mapping[str, Any], own_id: int | None) -> None:
    name = columns.get("name")
    if kind is EMPLOYEES or not name or form.errors:
        return
    same = cmdb.by_name(reading.session, kind, name)
    if same is not None and same.id != own_id:
        form.wrong("name", "taken")


def known(reading: Reading, kind: ItemKind, item_id: int) -> Any:
    """The item. Raises `NotFound`."""
    found = cmdb.item(reading.session, kind, item_id) if 0 < item_id < 2**63 else None
    if found is None:
        raise NotFound()
    return found


def _search_text(columns: Mapping[str, Any]) -> str:
    return folded(" ".join(str(value) for name, value in columns.items() if value and not name.endswith("_id")))


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, AssetType | ClientType) else value
