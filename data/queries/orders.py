"""A page of a list in one of its orders, read in stretches.

Sorting by what is computed costs as much as there is to sort: each stretch has what comes before all of the next one,
and the first ones fill the page of most lists.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, tuple_
from sqlmodel import Session, col, select
from sqlmodel.sql.sqltypes import UTCDateTime

from data.models import Incident, SlaCycle
from data.queries import search
from data.queries.lists import Filters, count, next_due, next_light, running, the_cycle
from data.vocabulary import OPEN_STATUSES, Light, Priority

COMMON = 2_000  # incidents that match: fewer are sorted at once
NEAR = (400, 4_000)  # incidents that are looked at first, and then, in the order of their declaration
SOON = 1_000  # clocks that are looked at first in the order of their end
SORTS = ("urgency", "created", "-created", "due", "priority")
EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

RANKS = {
    column: case(
        {code.value: rank for rank, code in enumerate(codes)}, value=getattr(Incident, column), else_=search.UNRANKED
    )
    for column, codes in search.RANKED.items()
}


def page(
    session: Session, filters: Filters, sort: str, *, after: Sequence[Any] | None, limit: int
) -> tuple[list[int], list[Any] | None, int]:
    """(ids in order, the sort values of the last one if more follow, how many there are in all)."""
    keys, descending = _sort_keys(sort)
    total = count(session, filters)
    if not total:
        return [], None, 0
    query = select(*keys).select_from(Incident).join(SlaCycle, the_cycle())
    if after is not None:
        mark = tuple_(*keys)
        query = query.where(mark < tuple(after) if descending else mark > tuple(after))
    query = query.order_by(*(key.desc() if descending else key for key in keys))
    rows: list[Any] = []
    for conditions in _stretches(session, filters, sort, after, total):
        rows += session.execute(query.where(*conditions).limit(limit + 1 - len(rows)), {"now": filters.now}).all()
        if len(rows) > limit or (after is None and len(rows) == total):
            break
    last = list(rows[limit - 1]) if len(rows) > limit else None
    return [row[-1] for row in rows[:limit]], last, total


def _stretches(
    session: Session, filters: Filters, sort: str, after: Sequence[Any] | None, total: int
) -> Iterator[list[ColumnElement[bool]]]:
    """The conditions of each stretch of the list in turn, from where `after` is on: together they are all of it."""
    if sort.removeprefix("-") == "created" and filters.asked is not None and total > COMMON:
        yield from _near_and_far(session, filters, filters.asked, sort.startswith("-"), after)
        return
    if sort == "priority":
        yield from _by_priority(session, filters, after, total)
        return
    if sort not in ("urgency", "due"):
        yield filters.conditions
        return
    done = after is not None and after[0] == (4 if sort == "urgency" else 1)
    is_open = col(Incident.status).in_(OPEN_STATUSES)
    if not done:  # of most lists the open incidents fill the page
        asked = filters.asked
        words = [search.matches_in_order(session, search.of_open(session, asked))] if asked is not None else []
        yield [*filters.others, *words, is_open, running()]
    if sort == "due":
        yield [*filters.conditions, ~is_open]
        return
    for rank, priority in enumerate(Priority):
        if not done or after is None or rank >= after[1]:
            yield [*filters.conditions, ~is_open, col(Incident.priority) == priority]


def _by_priority(
    session: Session, filters: Filters, after: Sequence[Any] | None, total: int
) -> Iterator[list[ColumnElement[bool]]]:
    places = search.places(session) if filters.asked is not None and total > COMMON else []
    if filters.asked is None or not places:
        for rank, priority in enumerate(Priority):
            if after is None or rank >= after[0]:
                yield [*filters.conditions, col(Incident.priority) == priority]
        return
    last = "".join(map(str, after[:3])) if after is not None else ""
    for asked, place in _in_parts(session, filters.asked, [place for place in places if place >= last]):
        here = [*filters.others, search.matches(session, asked)]
        if place is None:
            yield here
            continue
        # All alike but for what is due: it is looked for among the next few instants, and after them if need be.
        since = after[3] if after is not None and place == last else EVER
        until = _soon(session, since)
        within = _due_within(since, until)
        ends = select(func.min(SlaCycle.incident_id), func.max(SlaCycle.incident_id)).where(within)
        yield [*filters.others, search.matches_in_order(session, asked, *session.exec(ends).one()), within]
        if until < NEVER:
            yield [*here, next_due() > until]


def _in_parts(
    session: Session, asked: search.Asked, places: Sequence[str], ranks: int = 1
) -> Iterator[tuple[search.Asked, str | None]]:
    """What is asked for in parts that follow one another: few incidents, or many of one place, which then is named."""
    for begun, alike in groupby(places, lambda place: place[:ranks]):
        part = [*alike]
        only = part[0] if len(part) == 1 else None
        found = search.of_place(asked, only or begun)
        number = search.count(session, found, most=COMMON + 1)
        if number > COMMON and only is None:
            yield from _in_parts(session, asked, part, ranks + 1)
        elif number:
            yield found, only if number > COMMON else None


def _near_and_far(
    session: Session, filters: Filters, asked: search.Asked, descending: bool, after: Sequence[Any] | None
) -> Iterator[list[ColumnElement[bool]]]:
    """What is common fills the page from the nearest few: only there is it looked for, and elsewhere if it does not."""
    keys = (col(Incident.created_at), col(Incident.id))
    following: list[ColumnElement[bool]] = []
    if after is not None:
        following = [tuple_(*keys) < tuple(after) if descending else tuple_(*keys) > tuple(after)]
    ordered = select(*keys).order_by(*(key.desc() if descending else key for key in keys))
    for near in NEAR:
        at, key = ordered.where(*following).limit(near).subquery().c
        edge = func.min(at) if descending else func.max(at)
        found, end, first, last = session.execute(select(func.count(), edge, func.min(key), func.max(key))).one()
        if found < near:
            break
        before_end = keys[0] > end if descending else keys[0] < end
        yield [*filters.others, *following, before_end, search.matches_among(session, asked, first, last)]
        following = [~before_end]
    yield [*filters.others, *following, search.matches_in_order(session, asked)]


def _soon(session: Session, since: datetime) -> datetime:
    """Until when few enough clocks end to look at each."""
    due = col(SlaCycle.resolution_due_at)
    return session.exec(select(due).where(due >= since).order_by(due).offset(SOON).limit(1)).first() or NEVER


def _due_within(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Whether `next_due` is from `since` to `until`, in words for which there is an index of each clock."""
    responding = col(SlaCycle.response_met_at).is_(None)
    return or_(
        and_(responding, col(SlaCycle.response_due_at).between(since, until)),
        and_(~responding, col(SlaCycle.resolution_due_at).between(since, until)),
    )


def sort_types(sort: str) -> list[type]:
    """The types of the values that name a place in this order."""
    return [datetime if isinstance(key.type, UTCDateTime) else int for key in _sort_keys(sort)[0]]


@cache  # put together once, for any instant
def _sort_keys(sort: str) -> tuple[list[Any], bool]:
    """The keys of a total order, ending in the id, and whether it runs downwards."""
    keys: list[Any]
    match sort.removeprefix("-"):
        case "urgency":
            keys = [_tier(bindparam("now", type_=UTCDateTime())), RANKS["priority"], next_due()]
        case "due":
            keys = [_is_done(), next_due()]
        case "priority":
            keys = [*RANKS.values(), next_due()]
        case _:
            keys = [col(Incident.created_at)]
    return [*keys, col(Incident.id)], sort.startswith("-")


def _is_done() -> ColumnElement[Any]:
    return case((col(Incident.status).in_(OPEN_STATUSES), 0), else_=1)


def _tier(now: ColumnElement[datetime]) -> ColumnElement[Any]:
    """0 breached, 1 critical with nobody, 2 at risk, 3 the rest, 4 not open any more (ux: one clock rules)."""
    return case(
        (~col(Incident.status).in_(OPEN_STATUSES), 4),
        (next_light(Light.RED, now), 0),
        (and_(col(Incident.priority) == Priority.CRITICAL, col(Incident.assignee_id).is_(None)), 1),
        (next_light(Light.ORANGE, now), 2),
        else_=3,
    )
