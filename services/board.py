"""The read side of lists: the rows of the live board, pages of the archive, counts, similar incidents."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from data.queries import incidents, lists, orders, people, reports
from data.queries.lists import Filters
from data.queries.orders import SORTS
from data.vocabulary import OPEN_STATUSES, Category, Impact, ItemKind, Light, Priority, Severity, Status
from services import search
from services.board_rows import Row, rows_of
from services.cmdb import find_item
from services.incident_view import views
from services.inputs import TITLE, Code, Form
from services.past import Past, narrow
from services.people import find_team, with_logins
from services.permissions import Right, may
from services.text import most_alike, telling_words
from services.views import Page
from services.work import SYSTEM, Actor, Reading, look

LIMIT = 50
RESOLVED = 100
COMPARED = 300  # titles, by their words
MOST = 200


def open_rows() -> list[Row]:
    """The rows of all open incidents, for the shared snapshot of the team; whoever serves it authorises."""
    with look(SYSTEM) as reading:
        return rows_of(reading, incidents.open_with_people(reading.session), None)


def rows(incident_ids: Sequence[int]) -> tuple[list[Row], list[int]]:
    """(rows of those that are open, ids of those that are not), read now."""
    with look(SYSTEM) as reading:
        found = rows_of(reading, incidents.with_people(reading.session, incident_ids), incident_ids)
    upsert = [row for row in found if row["status"] in OPEN_STATUSES]
    kept = {row["id"] for row in upsert}
    return upsert, [each for each in incident_ids if each not in kept]


@dataclass(frozen=True, kw_only=True)
class Query(Past):
    """A list as it was asked for: codes as strings, several values of a filter narrow to any of them."""

    status: Sequence[str] = ()
    priority: Sequence[str] = ()
    category: Sequence[str] = ()
    severity: Sequence[str] = ()
    impact: Sequence[str] = ()
    light: Sequence[str] = ()
    team: str | int | None = None
    assignee: str | None = None
    assignees: Sequence[str] = ()  # logins; what nobody has narrows to nothing, and is no error
    asset: str | None = None
    application: str | None = None
    client: str | None = None
    q: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    sort: str = "urgency"
    limit: int = LIMIT
    cursor: str | None = None
    own: bool = False  # what the actor has declared, and nothing else


def page(actor: Actor, query: Query) -> Page:
    """What matches and the actor may see, `limit` at most, in a total order that stays the same from page to page.

    Raises `Invalid` for a filter, sort, limit or cursor that does not exist.
    """
    with look(actor) as reading:
        ids, cursor, total = _found(reading, query)
        return Page(views(reading, ids), cursor, total)


def archive(actor: Actor, query: Query) -> tuple[list[Row], str | None, int]:
    """As `page`, as rows of the board, of resolved and closed incidents too (S125); for the team."""
    with look(actor) as reading:
        reading.require(Right.SEE_ALL)
        ids, cursor, total = _found(reading, query)
        by_id = {row["id"]: row for row in rows_of(reading, incidents.with_people(reading.session, ids), ids)}
        return [by_id[each] for each in ids], cursor, total


def finished(actor: Actor, zone: ZoneInfo) -> dict[str, Any]:
    """What left the open ones: `rows` of the newest resolved, `total` of them, `closed` in this month of `zone`."""
    with look(actor) as reading:
        ids, _, total = _found(reading, Query(status=[Status.RESOLVED], sort="-created", limit=RESOLVED))
        month = reading.now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        closed = lists.closed_since(reading.session, month.astimezone(UTC))
        rows = rows_of(reading, incidents.with_people(reading.session, ids), ids)
        return {"rows": rows, "total": total, "closed": closed}


def similar(actor: Actor, title: str, *, limit: int = 3, own: bool = False) -> tuple[Any, ...]:
    """Open incidents that the actor sees (`own`: has declared) and whose titles are about the same thing as `title`,
    most alike first."""
    telling = telling_words(title[:TITLE])
    if not telling:
        return ()
    with look(actor) as reading:
        requester = reading.user_id if own or not may(reading.who, Right.SEE_ALL) else None
        titles = lists.sharing(reading.session, telling, limit=COMPARED, requester_id=requester)
        return views(reading, most_alike(telling, titles, most=limit))


def resolution_times(actor: Actor, *, days: int) -> dict[str, Any]:
    """Mean seconds to the first resolution, as in the reports and on displays, in the last `days`, in as many before,
    and on each of the last; None: nothing was."""
    with look(actor) as reading:
        reading.require(Right.SEE_STATISTICS)
        day = timedelta(days=1)
        ends = [reading.now + timedelta(seconds=1) - day * ago for ago in range(days + 1)]

        def mean(start: datetime, end: datetime) -> int | None:
            return reports.mean_solution(reading.session, start, end)

        return {
            "mean_s": mean(ends[days], ends[0]),
            "before_s": mean(ends[days] - day * days, ends[days]),
            "by_day": [mean(start, end) for end, start in reversed(list(pairwise(ends)))],
        }


def _found(reading: Reading, query: Query) -> tuple[list[int], str | None, int]:
    """(ids in order, where the next page starts, how many there are in all)."""
    form = Form()
    after, now = _position(form, query, reading.now)
    filters = filters_of(reading, form, query, now)
    if query.sort not in SORTS:
        form.wrong("sort", "unknown_value", known=", ".join(SORTS))
    if not 1 <= query.limit <= MOST:
        form.wrong("limit", "out_of_range", min=1, max=MOST)
    form.check()
    ids, last, total = orders.page(reading.session, filters, query.sort, after=after, limit=query.limit)
    return ids, _cursor(query.sort, now, last) if last else None, total


def filters_of(reading: Reading, form: Form, query: Query, now: datetime) -> Filters:
    """What the query asks for, of what the actor may see; what is wrong with it is noted in `form`."""
    filters = Filters(now)
    if query.own or not may(reading.who, Right.SEE_ALL):
        filters.requester(reading.user_id)
    statuses = [status for each in query.status for status in (OPEN_STATUSES if each == "open" else (each,))]
    _narrow(form, "status", statuses, Status, filters.status)
    _narrow(form, "priority", query.priority, Priority, filters.priority)
    _narrow(form, "category", query.category, Category, filters.category)
    _narrow(form, "severity", query.severity, Severity, filters.severity)
    _narrow(form, "impact", query.impact, Impact, filters.impact)
    _narrow(form, "light", query.light, Light, filters.light)
    if query.team is not None:
        _narrow_team(reading, form, filters, query.team)
    if query.assignee is not None:
        _narrow_assignee(reading, form, filters, query.assignee)
    if query.assignees:
        _narrow_assignees(reading, form, filters, query.assignees)
    _narrow_items(reading, form, filters, query)
    text = form.line("q", query.q, max_length=200, required=False)
    if "q" not in form.errors:
        search.narrow(reading, filters, text)
    filters.created(query.created_from, query.created_to)
    narrow(reading, form, filters, query)
    return filters


def _narrow(form: Form, field: str, values: Sequence[str], codes: type[Code], narrow: Any) -> None:
    known = [code for value in values if (code := form.code(field, value, codes))]
    if known:
        narrow(known)


def _narrow_team(reading: Reading, form: Form, filters: Filters, wanted: str | int) -> None:
    if not may(reading.who, Right.SEE_ALL):  # alike for teams that exist and others
        form.wrong("team", "not_yours_to_choose")
    elif wanted == "":
        form.wrong("team", "required")
    elif team := find_team(reading, form, "team", wanted):
        assert team.id is not None
        filters.team(team.id)


def _narrow_assignee(reading: Reading, form: Form, filters: Filters, assignee: str) -> None:
    if assignee == "none":
        filters.assignee(None)
    elif assignee == "me":
        filters.assignee(reading.user_id)
    elif not may(reading.who, Right.SEE_ALL):  # alike for logins that exist and others
        form.wrong("assignee", "not_yours_to_choose")
    else:
        login = form.line("assignee", assignee, max_length=64)
        user = people.user_by_login(reading.session, login.lower()) if "assignee" not in form.errors else None
        if user is None or user.id is None:
            form.wrong("assignee", "unknown", id=login)
        else:
            filters.assignee(user.id)


def _narrow_assignees(reading: Reading, form: Form, filters: Filters, logins: Sequence[str]) -> None:
    if not may(reading.who, Right.SEE_ALL):  # alike for logins that exist and others
        form.wrong("assignees", "not_yours_to_choose")
    else:
        filters.assignees([user.id for user in with_logins(reading, logins)])


def _narrow_items(reading: Reading, form: Form, filters: Filters, query: Query) -> None:
    """Those that touch an asset, an application or a client, each by its id or name."""
    for kind, value in (
        (ItemKind.ASSETS, query.asset),
        (ItemKind.APPLICATIONS, query.application),
        (ItemKind.CLIENTS, query.client),
    ):
        field = kind.value.removesuffix("s")
        if value is None:
            continue
        if not may(reading.who, Right.SEE_CMDB):
            form.wrong(field, "not_yours_to_choose")
        elif item := find_item(reading, form, field, kind, _id_or_name(value)):
            filters.touches(kind, item.id)
        else:
            form.wrong(field, "unknown", id=value[:80])


def _id_or_name(value: str) -> str | int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else value


def _cursor(sort: str, now: datetime, last: Sequence[Any]) -> str:
    plain = [{"at": each.isoformat()} if isinstance(each, datetime) else each for each in last]
    return base64.urlsafe_b64encode(json.dumps([sort, now.isoformat(), plain]).encode()).decode().rstrip("=")


def _position(form: Form, query: Query, now: datetime) -> tuple[list[Any] | None, datetime]:
    """Where the page starts, and the instant at which the first one was read."""
    if not query.cursor:
        return None, now
    try:
        sort, at, plain = json.loads(base64.urlsafe_b64decode(query.cursor + "=" * (-len(query.cursor) % 4)))
        values = [_instant(each["at"]) if isinstance(each, Mapping) else each for each in plain]
        read_at = _instant(at)
        whole = all(isinstance(each, datetime) or 0 <= each < 2**63 for each in values)
        if sort != query.sort or not whole or [type(each) for each in values] != orders.sort_types(sort):
            raise ValueError(sort)
    except (ValueError, TypeError, KeyError, OverflowError, binascii.Error, RecursionError):
        form.wrong("cursor", "bad_cursor")
        return None, now
    return values, read_at


def _instant(text: str) -> datetime:
    """Raises ValueError for one that is naive, OverflowError for one that UTC does not have."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at.astimezone(UTC)
