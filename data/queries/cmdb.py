"""Questions about configuration items, their relations and the incidents that touch them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    tuple_,
    union_all,
)
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from data.models import (
    Application,
    ApplicationChange,
    ApplicationClient,
    ApplicationEmployee,
    Asset,
    Client,
    Employee,
    Hosting,
    Incident,
    IncidentApplication,
    IncidentAsset,
    IncidentClient,
    IncidentEmployee,
    SlaCycle,
)
from data.queries.these import given, these
from data.vocabulary import ItemKind, Severity

Item = Asset | Application | Employee | Client


@dataclass(frozen=True, slots=True)
class Relation:
    """A table of pairs: `mine` and `theirs` are its two columns as seen from one side."""

    table: type[Any]
    mine: str
    theirs: str


TABLES: Mapping[ItemKind, type[Any]] = {
    ItemKind.ASSETS: Asset,
    ItemKind.APPLICATIONS: Application,
    ItemKind.EMPLOYEES: Employee,
    ItemKind.CLIENTS: Client,
}

# (kind, other kind) → the pairs between them.
RELATIONS: Mapping[tuple[ItemKind, ItemKind], Relation] = {
    (ItemKind.ASSETS, ItemKind.APPLICATIONS): Relation(Hosting, "asset_id", "application_id"),
    (ItemKind.APPLICATIONS, ItemKind.ASSETS): Relation(Hosting, "application_id", "asset_id"),
    (ItemKind.APPLICATIONS, ItemKind.EMPLOYEES): Relation(ApplicationEmployee, "application_id", "employee_id"),
    (ItemKind.EMPLOYEES, ItemKind.APPLICATIONS): Relation(ApplicationEmployee, "employee_id", "application_id"),
    (ItemKind.APPLICATIONS, ItemKind.CLIENTS): Relation(ApplicationClient, "application_id", "client_id"),
    (ItemKind.CLIENTS, ItemKind.APPLICATIONS): Relation(ApplicationClient, "client_id", "application_id"),
}

# Which items an incident touches.
LINKS: Mapping[ItemKind, Relation] = {
    ItemKind.ASSETS: Relation(IncidentAsset, "incident_id", "asset_id"),
    ItemKind.APPLICATIONS: Relation(IncidentApplication, "incident_id", "application_id"),
    ItemKind.EMPLOYEES: Relation(IncidentEmployee, "incident_id", "employee_id"),
    ItemKind.CLIENTS: Relation(IncidentClient, "incident_id", "client_id"),
}


def item(session: Session, kind: ItemKind, item_id: int) -> Any:
    """The item, or None."""
    return session.get(TABLES[kind], item_id)


def items(session: Session, kind: ItemKind, ids: Sequence[int]) -> dict[int, Any]:
    """Those of `ids` that exist, by id."""
    table = TABLES[kind]
    return {found.id: found for found in session.exec(select(table).where(col(table.id).in_(ids))).all()}


def by_name(session: Session, kind: ItemKind, name: str) -> Any:
    """The first with this name, whatever its case, or None; an employee also by e-mail address."""
    if "\0" in name:
        return None  # PostgreSQL takes no question with it
    table, wanted = TABLES[kind], name.lower()
    named = func.lower(table.name) == wanted
    if kind is ItemKind.EMPLOYEES:
        named = named | (func.lower(table.email) == wanted)
    return session.exec(select(table).where(named).order_by(col(table.id))).first()


def named(session: Session, kind: ItemKind, names: Iterable[str], *, limit: int) -> list[int]:
    """The ids of those that have one of `names`, whatever its case."""
    table = TABLES[kind]
    wanted = {name.lower() for name in names}
    query = select(table.id).where(func.lower(table.name).in_(wanted)).order_by(table.id).limit(limit)
    return list(session.exec(query).all())


def page(
    session: Session,
    kind: ItemKind,
    words: Sequence[str],
    *,
    after: tuple[str, int] | None = None,
    offset: int = 0,
    limit: int,
) -> tuple[Sequence[Any], int]:
    """(items by name and id, how many there are in all); every word is somewhere in an item.

    `after`: those that come behind this name and id, whether or not it is still there. `offset`: how many are left out.
    """
    table = TABLES[kind]
    order = (func.lower(table.name), col(table.id))
    found = select(table).where(*(col(table.search_text).contains(word, autoescape=True) for word in words))
    total = session.exec(select(func.count()).select_from(found.subquery())).one()
    if after is not None:
        found = found.where(tuple_(*order) > tuple_(func.lower(after[0]), after[1]))
    return session.exec(found.order_by(*order).offset(offset).limit(limit)).all(), total


def names(session: Session, kind: ItemKind, words: Sequence[str], *, types: Sequence[str], limit: int) -> list[Any]:
    """Items by name, in which every word is somewhere; of assets only those of `types`."""
    table = TABLES[kind]
    query = select(table).where(*(col(table.search_text).contains(word, autoescape=True) for word in words))
    if kind is ItemKind.ASSETS:
        query = query.where(col(table.type).in_(types))
    return [*session.exec(query.order_by(func.lower(table.name), col(table.id)).limit(limit)).all()]


def related(session: Session, kind: ItemKind, ids: Sequence[int], other: ItemKind) -> list[tuple[int, Any]]:
    """(id of mine, item of theirs) of each relation between them, by name."""
    relation, table = RELATIONS[kind, other], TABLES[other]
    mine, theirs = getattr(relation.table, relation.mine), getattr(relation.table, relation.theirs)
    query = select(mine, table).join(table, col(table.id) == theirs).where(mine.in_(ids)).order_by(table.name)
    return [(row[0], row[1]) for row in session.execute(query).all()]


def relate(session: Session, kind: ItemKind, item_id: int, other: ItemKind, ids: Sequence[int]) -> None:
    """The item is related to exactly `ids` of the other kind."""
    relation = RELATIONS[kind, other]
    session.execute(delete(relation.table).where(getattr(relation.table, relation.mine) == item_id))
    if ids:
        pairs = [{relation.mine: item_id, relation.theirs: each} for each in dict.fromkeys(ids)]
        session.execute(insert(relation.table), pairs)


def linked(session: Session, kind: ItemKind, incident_ids: Sequence[int]) -> list[tuple[int, Any, bool]]:
    """(incident, item, whether the primary client) of each link, the primary first, then by name."""
    link, table = LINKS[kind], TABLES[kind]
    theirs = getattr(link.table, link.theirs)
    primary = col(IncidentClient.is_primary) if kind is ItemKind.CLIENTS else func.coalesce(None, False)
    query = (
        select(getattr(link.table, link.mine), table, primary)
        .join(table, col(table.id) == theirs)
        .where(getattr(link.table, link.mine).in_(incident_ids))
    )
    rows = [(row[0], row[1], bool(row[2])) for row in session.execute(query).all()]
    return sorted(rows, key=lambda row: (not row[2], row[1].name.casefold()))


def all_linked(
    session: Session, incident_ids: Sequence[int]
) -> list[tuple[int, ItemKind, int, str, str | None, str | None, bool]]:
    """(incident, kind, id, name, type, location or department, whether the primary client) of each, in one query."""
    found = session.execute(_every_link(), {"incidents": list(incident_ids)})
    rows = [(row[0], ItemKind(row[1]), row[2], row[3], row[4] or None, row[5] or None, bool(row[6])) for row in found]
    return sorted(rows, key=lambda row: (not row[6], row[3].casefold()))


@cache  # put together once: this is asked for each incident that anybody reads
def _every_link() -> CompoundSelect[Any]:
    wanted: BindParameter[Any] = bindparam("incidents", expanding=True)
    parts = [_linked_of_kind(kind).where(col(LINKS[kind].table.incident_id).in_(wanted)) for kind in ItemKind]
    return union_all(*parts)


def _linked_of_kind(kind: ItemKind) -> Select[Any]:
    relation, table = LINKS[kind], TABLES[kind]
    note = {ItemKind.ASSETS: Asset.location, ItemKind.EMPLOYEES: Employee.department}.get(kind, literal(""))
    primary = IncidentClient.is_primary if kind is ItemKind.CLIENTS else literal(False)
    type_ = cast(table.type, Text) if hasattr(table, "type") else literal("")
    columns: list[Any] = [relation.table.incident_id, literal(kind.value), table.id, table.name, type_, note, primary]
    query: Select[Any] = select(*columns).select_from(relation.table)
    return query.join(table, col(table.id) == getattr(relation.table, relation.theirs))


def first_linked(session: Session, incident_ids: Sequence[int] | None) -> dict[int, tuple[ItemKind, str]]:
    """Incident → its first application by name, else its first asset; of these incidents, or with None of the open."""
    found: dict[int, tuple[ItemKind, str]] = {}
    for kind in (ItemKind.ASSETS, ItemKind.APPLICATIONS):  # what comes later wins
        rows = session.connection().execute(_first_of_kind(kind, incident_ids is not None), given(incident_ids))
        found |= {row[0]: (kind, row[1]) for row in rows}
    return found


@cache
def _first_of_kind(kind: ItemKind, some: bool) -> Any:
    relation, table = LINKS[kind], TABLES[kind]
    mine = getattr(relation.table, relation.mine)
    query = sa_select(mine, func.min(table.name)).select_from(relation.table).group_by(mine)
    query = query.join(table, col(table.id) == getattr(relation.table, relation.theirs))
    return these(query.join(Incident, col(Incident.id) == mine), some)


def link(session: Session, kind: ItemKind, incident_id: int, ids: Sequence[int]) -> None:
    """The incident touches `ids` too."""
    if ids:
        relation = LINKS[kind]
        session.execute(
            insert(relation.table), [{relation.mine: incident_id, relation.theirs: item_id} for item_id in ids]
        )


def unlink(session: Session, kind: ItemKind, incident_id: int, ids: Sequence[int]) -> None:
    """The incident does not touch `ids`."""
    relation = LINKS[kind]
    mine, theirs = getattr(relation.table, relation.mine), getattr(relation.table, relation.theirs)
    session.execute(delete(relation.table).where(mine == incident_id, theirs.in_(ids)))


def set_primary_client(session: Session, incident_id: int, client_id: int | None) -> None:
    """Of the incident's clients only this one is the primary."""
    for row in session.exec(select(IncidentClient).where(IncidentClient.incident_id == incident_id)).all():
        if row.client_id != client_id:
            row.is_primary = False
    session.flush()
    primary = session.get(IncidentClient, (incident_id, client_id)) if client_id is not None else None
    if primary is not None:
        primary.is_primary = True
    session.flush()


def in_use(session: Session, kind: ItemKind, item_id: int) -> bool:
    """Whether an incident touches the item, or another item names it as owner or client, or has changes noted on it."""
    link = LINKS[kind]
    uses = [getattr(link.table, link.theirs) == item_id]
    if kind is ItemKind.EMPLOYEES:
        uses += [col(Asset.owner_id) == item_id, col(Application.owner_id) == item_id]
    elif kind is ItemKind.CLIENTS:
        uses.append(col(Asset.client_id) == item_id)
    elif kind is ItemKind.APPLICATIONS:
        uses.append(col(ApplicationChange.application_id) == item_id)
    return any(session.execute(select(func.count()).where(use)).scalar_one() for use in uses)


def incidents_of(session: Session, kind: ItemKind, item_id: int, *, limit: int) -> Sequence[Incident]:
    """The incidents that touch the item, newest first (S77)."""
    relation = LINKS[kind]
    query = (
        select(Incident)
        .join(relation.table, getattr(relation.table, relation.mine) == col(Incident.id))
        .where(getattr(relation.table, relation.theirs) == item_id)
    )
    return session.exec(query.order_by(col(Incident.id).desc()).limit(limit)).all()


def incident_counts(session: Session, kind: ItemKind, ids: Sequence[int], since: datetime) -> dict[int, int]:
    """How many incidents since touched each item."""
    relation = LINKS[kind]
    theirs = getattr(relation.table, relation.theirs)
    query = (
        select(theirs, func.count())
        .join(Incident, col(Incident.id) == getattr(relation.table, relation.mine))
        .where(theirs.in_(ids), col(Incident.created_at) >= since)
        .group_by(theirs)
    )
    return {row[0]: row[1] for row in session.execute(query).all()}


def recurrent_assets(
    session: Session, since: datetime, *, at_least: int, limit: int
) -> list[tuple[Asset, int, datetime]]:
    """(asset, incidents since, the last of them) of those with `at_least` as many, most first (S78)."""
    count = func.count()
    query = (
        select(Asset, count, func.max(Incident.created_at))
        .join(IncidentAsset, col(IncidentAsset.asset_id) == col(Asset.id))
        .join(Incident, col(Incident.id) == col(IncidentAsset.incident_id))
        .where(col(Incident.created_at) >= since)
        .group_by(*Asset.__table__.columns)  # type: ignore[attr-defined]
        .having(count >= at_least)
        .order_by(count.desc(), Asset.name)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query).all()]


def outages(
    session: Session, application_id: int, start: datetime, end: datetime
) -> Sequence[tuple[str, datetime, datetime | None]]:
    """(reference, start, end or None) of each time that a critical incident was open on the application and overlaps
    the period (S81). Between a resolution and a reopening it was not."""
    query = (
        select(Incident.reference, SlaCycle.started_at, SlaCycle.resolution_met_at)
        .join(IncidentApplication, col(IncidentApplication.incident_id) == col(Incident.id))
        .join(SlaCycle, col(SlaCycle.incident_id) == col(Incident.id))
        .where(
            IncidentApplication.application_id == application_id,
            Incident.severity == Severity.CRITICAL,
            col(SlaCycle.started_at) < end,
            (col(SlaCycle.resolution_met_at).is_(None)) | (col(SlaCycle.resolution_met_at) > start),
        )
        .order_by(col(SlaCycle.started_at))
    )
    return session.exec(query).all()


def has_change(session: Session, application_id: int, day: date, summary: str) -> bool:
    """Whether the application's change log has just that line."""
    query = select(ApplicationChange.id).where(ApplicationChange.application_id == application_id)
    return (
        session.exec(query.where(ApplicationChange.day == day, ApplicationChange.summary == summary)).first()
        is not None
    )


def changes(
    session: Session, application_ids: Sequence[int], *, since: date | None = None, limit: int
) -> Sequence[tuple[ApplicationChange, str]]:
    """(change, name of its application), newest first (S80)."""
    query = (
        select(ApplicationChange, Application.name)
        .join(Application, col(Application.id) == ApplicationChange.application_id)
        .where(col(ApplicationChange.application_id).in_(application_ids))
    )
    if since is not None:
        query = query.where(col(ApplicationChange.day) >= since)
    query = query.order_by(col(ApplicationChange.day).desc(), col(ApplicationChange.id).desc())
    return session.exec(query.limit(limit)).all()


def departments(session: Session) -> Sequence[str]:
    """Every department that somebody belongs to."""
    query = select(Employee.department).where(col(Employee.department).is_not(None)).distinct()
    return [name for name in session.exec(query.order_by(Employee.department)).all() if name]
