"""The full-text index of incidents: what it is asked, and how it is kept (Data 8).

One row for each incident: `shared`, what its requester may read, and the team's own beside it. SQLite has an FTS5 table
without content, PostgreSQL tsvectors. Items and people stand in it by id, so that renaming one rewrites no incident.
The index is derived: it can be thrown away and filled again, and is no part of what is guarded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, bindparam
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import Session, col, select

from data.models import Incident, Team, User
from data.queries.cmdb import TABLES
from data.vocabulary import OPEN_STATUSES, Impact, ItemKind, Priority, Severity
from data.words import MARK, Word, at_most, folded, reference_words, text_words, word_asked

VERSIONS = {"sqlite": 5, "postgresql": 4}  # of what stands in the index: another one fills it anew
BATCH = 500

OWN_LISTS = 4  # a beginning of so many characters has a list of its own in the index of SQLite
MOST_TERMS = 16

# What the order by priority goes by before anything of a clock, and the rank of what has none (S71).
RANKED = {"priority": Priority, "severity": Severity, "impact": Impact}
UNRANKED = 9
PLACE = "\ue001"  # begins the word of an incident that says where that order has it: of OWN_LISTS letters in all
LAST = chr(0x10FFFF)  # comes after every letter

_ID = "incident_id"
_POSTGRES = sa.table("incident_search", sa.column(_ID), sa.column("requester_id"))
_RANKS = {column: {code.value: rank for rank, code in enumerate(codes)} for column, codes in RANKED.items()}
_LETTERS = {ItemKind.ASSETS: "a", ItemKind.APPLICATIONS: "p", ItemKind.EMPLOYEES: "e", ItemKind.CLIENTS: "c"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in a database's own language, about what its asker may read."""

    match: str
    requester_id: int | None
    open_only: bool = False


def ask(session: Session, words: Sequence[str], *, requester_id: int | None, open_only: bool = False) -> Asked:
    """Every one of the folded `words`. With `requester_id`: in that person's own incidents and what is public there."""
    named = {} if requester_id else _named(session, words)
    found = [word_asked(word, named.get(word, ())) for word in words]
    if _is_postgres(session):
        return Asked(" & ".join(_tsquery(word) for word in found), requester_id, open_only)
    match = " AND ".join(_fts(session, word) for word in found)
    match = f"own : o{requester_id} AND {{shared}} : ({match})" if requester_id else f"{{shared team}} : ({match})"
    asked = Asked(match, requester_id)
    return of_open(session, asked) if open_only else asked


def matches(session: Session, asked: Asked) -> ColumnElement[bool]:
    """Whether an incident is among what is asked for: these are read one by one."""
    return col(Incident.id).in_(_ids(session, asked))


def matches_among(session: Session, asked: Asked, first: int, last: int) -> ColumnElement[bool]:
    """The same for incidents whose ids are from `first` to `last`: the others are not even looked at."""
    found = _ids(session, asked)
    return col(Incident.id).in_(found.where(found.selected_columns[0].between(first, last)))


def matches_in_order(
    session: Session, asked: Asked, first: int | None = None, last: int | None = None
) -> ColumnElement[bool]:
    """The same for a list in the order of an index, which is soon full: incidents are read in that order instead."""
    found = _ids(session, asked)
    if first is not None and last is not None:
        found = found.where(found.selected_columns[0].between(first, last))
    # SQLite would begin with the ids that match; a sum it cannot look up.
    key = col(Incident.id) if _is_postgres(session) else sa.type_coerce(col(Incident.id) + 0, sa.Integer)
    return key.in_(found)


def of_open(session: Session, asked: Asked) -> Asked:
    """The same question about open incidents."""
    if _is_postgres(session):
        return replace(asked, open_only=True)
    # What stands in few comes first: SQLite goes from one of it to the next.
    return replace(asked, match=f"own : open AND ({asked.match})", open_only=True)


def places(session: Session) -> list[str]:
    """Where in the order by priority, apart from clocks, there may be incidents, as the ranks of `RANKED`. PostgreSQL,
    whose index would read all incidents of a place for each question, has none."""
    if _is_postgres(session):
        return []
    asked = {"first": PLACE, "end": f"{PLACE}{LAST}", "most": 10 ** len(RANKED)}
    return [term.removeprefix(PLACE) for term in session.execute(_TERMS, asked).scalars()]


def of_place(asked: Asked, place: str) -> Asked:
    """The same question about incidents in this one of the `places`, or in all that begin so."""
    return replace(asked, match=f'own : "{PLACE}{place}" * AND ({asked.match})')


def newest(session: Session, asked: Asked, *, before: int | None = None, limit: int | None = None) -> list[int]:
    """Their ids, the latest declared first; with `before` those below it."""
    found = _ids(session, asked)
    key = found.selected_columns[0]
    if before is not None:
        found = found.where(key < before)
    return list(session.execute(found.order_by(key.desc()).limit(limit)).scalars())


def count(session: Session, asked: Asked, *, most: int | None = None) -> int:
    """How many there are; counting ends at `most`."""
    found = _ids(session, asked)
    if most is not None:
        found = found.limit(most)
    counted = sa.select(sa.func.count()).select_from(found.subquery())
    if most is not None or not _is_postgres(session):
        return int(session.execute(counted).scalar_one())
    # For a common word it would read all words of all incidents, for it takes them to be as quickly read as numbers.
    session.execute(_BY_INDEX)
    number = int(session.execute(counted).scalar_one())
    session.execute(_AS_EVER)
    return number


def index(session: Session, incidents: Iterable[Incident]) -> None:
    """The search finds these incidents, which are flushed, by what they say now."""
    if found := list(incidents):
        _index(session.connection(), found)


def fill_if_outdated(connection: Connection) -> None:
    """The index has all incidents, by the rule of this version."""
    version = VERSIONS[connection.dialect.name]
    if connection.execute(_STORED).scalar() == version:
        return
    connection.execute(sa.text("DELETE FROM incident_search"))
    last = 0
    while ids := connection.execute(_NEXT, {"last": last, "batch": BATCH}).scalars().all():
        _index(connection, connection.execute(_INCIDENTS, {"ids": list(ids)}).all())
        last = ids[-1]
    connection.execute(sa.text("DELETE FROM search_state"))
    connection.execute(sa.text("INSERT INTO search_state (version) VALUES (:version)"), {"version": version})


_BY_INDEX = sa.text("SET LOCAL enable_seqscan = off")
_AS_EVER = sa.text("SET LOCAL enable_seqscan = on")
_STORED = sa.text("SELECT version FROM search_state")
_NEXT = sa.text("SELECT id FROM incident WHERE id > :last ORDER BY id LIMIT :batch")
# Plain SQL: the models of a later version may have columns that the table being filled does not have yet.
_INCIDENTS = sa.text(
    "SELECT id, reference, title, description, resolution_summary, requester_id, assignee_id, team_id, status,"
    " priority, severity, impact FROM incident WHERE id IN :ids"
).bindparams(bindparam("ids", expanding=True))
# Comments by their visibility, then what the incident touches by its letter; a comment's key keeps them in order.
_BESIDE = sa.text(
    "SELECT incident_id, visibility, id, body FROM comment WHERE incident_id IN :ids"
    " UNION ALL SELECT incident_id, 'a', asset_id, '' FROM incident_asset WHERE incident_id IN :ids"
    " UNION ALL SELECT incident_id, 'p', application_id, '' FROM incident_application WHERE incident_id IN :ids"
    " UNION ALL SELECT incident_id, 'e', employee_id, '' FROM incident_employee WHERE incident_id IN :ids"
    " UNION ALL SELECT incident_id, 'c', client_id, '' FROM incident_client WHERE incident_id IN :ids"
).bindparams(bindparam("ids", expanding=True))
# From word to word, without a look at where each stands.
_TERMS = sa.text(
    "WITH RECURSIVE found (term) AS ("
    " SELECT (SELECT term FROM incident_search_term WHERE term >= :first AND term < :end ORDER BY term LIMIT 1)"
    " UNION ALL SELECT (SELECT s.term FROM incident_search_term AS s"
    " WHERE s.term >= found.term || char(1) AND s.term < :end ORDER BY s.term LIMIT 1)"
    " FROM found WHERE found.term IS NOT NULL)"
    " SELECT term FROM found WHERE term IS NOT NULL LIMIT :most"
)
_TO_SQLITE = sa.text(
    "INSERT OR REPLACE INTO incident_search (rowid, shared, team, own) VALUES (:id, :shared, :team, :own)"
)
_TO_POSTGRES = sa.text(
    "INSERT INTO incident_search (incident_id, requester_id, shared, whole)"
    " VALUES (:id, :requester, array_to_tsvector(:shared), array_to_tsvector(:whole))"
    " ON CONFLICT (incident_id) DO UPDATE SET shared = EXCLUDED.shared, whole = EXCLUDED.whole"
)


def _index(connection: Connection, incidents: Sequence[Any]) -> None:
    """Of incidents, or of their rows; what stands beside them is read."""
    ids = [each.id for each in incidents]
    shared: dict[int, list[str]] = {each: [] for each in ids}
    own: dict[int, list[str]] = {each: [] for each in ids}
    marks: dict[int, list[str]] = {each: [] for each in ids}
    for incident_id, what, key, body in sorted(connection.execute(_BESIDE, {"ids": ids}), key=itemgetter(2)):
        if what == "public":
            shared[incident_id].append(body)
        elif what == "internal":
            own[incident_id].append(body)
        else:
            marks[incident_id].append(f"{MARK}{what}{key}")
    rows: list[dict[str, Any]] = []
    for each in incidents:
        people = [("u", each.requester_id), ("u", each.assignee_id), ("t", each.team_id)]
        marks[each.id] += [f"{MARK}{letter}{key}" for letter, key in people if key is not None]
        public = at_most(
            [*reference_words(each.reference), *text_words(each.title, each.description, *shared[each.id])]
        )
        team = at_most([*marks[each.id], *text_words(each.resolution_summary, *own[each.id])])
        rows.append(
            {
                "id": each.id,
                "requester": each.requester_id,
                "public": public,
                "team": team,
                "open": "open" if each.status in OPEN_STATUSES else "",
                "place": _place(each),
            }
        )
    if connection.dialect.name == "postgresql":
        written = [
            {"id": row["id"], "requester": row["requester"], "shared": row["public"], "whole": at_most(whole)}
            for row in rows
            for whole in [dict.fromkeys([*row["public"], *row["team"]])]
        ]
        connection.execute(_TO_POSTGRES, written)
    else:
        texts = [
            {
                "id": row["id"],
                "shared": " ".join(row["public"]),
                "team": " ".join(row["team"]),
                "own": f"o{row['requester']} {row['open']} {row['place']}",
            }
            for row in rows
        ]
        connection.execute(_TO_SQLITE, texts)


def _place(incident: Any) -> str:
    """Where the order by priority has it, apart from its clocks."""
    ranks = (_RANKS[column].get(getattr(incident, column), UNRANKED) for column in RANKED)
    return PLACE + "".join(map(str, ranks))


def _ids(session: Session, asked: Asked) -> sa.Select[tuple[int]]:
    if not _is_postgres(session):
        table = sa.table("incident_search", sa.column("rowid", sa.Integer))
        return sa.select(table.c.rowid).where(sa.literal_column("incident_search").op("MATCH")(asked.match))
    column: ColumnElement[Any] = sa.literal_column("whole" if asked.requester_id is None else "shared")
    found = sa.select(_POSTGRES.c.incident_id).where(column.op("@@")(sa.cast(asked.match, TSQUERY)))
    if asked.requester_id is not None:
        found = found.where(_POSTGRES.c.requester_id == asked.requester_id)
    if asked.open_only:
        found = found.join(Incident, col(Incident.id) == _POSTGRES.c.incident_id)
        found = found.where(col(Incident.status).in_(OPEN_STATUSES))
    return found


def _named(session: Session, words: Sequence[str]) -> dict[str, list[str]]:
    """For each word the marks of the items and people whose name has it in it; of one letter nearly all would have."""
    telling = [word for word in words if len(word) > 1]
    if not telling:
        return {}
    items = [
        select(sa.literal(letter), col(table.id), col(table.search_text)).where(
            sa.or_(*(col(table.search_text).contains(word, autoescape=True) for word in telling))
        )
        for letter, table in ((letter, TABLES[kind]) for kind, letter in _LETTERS.items())
    ]
    names = [(f"{MARK}{letter}{key}", text) for letter, key, text in session.execute(sa.union_all(*items))]
    named_so = [("u", row) for row in session.execute(sa.select(User.id, User.name, User.login))]  # type: ignore[call-overload]
    named_so += [("t", row) for row in session.execute(sa.select(Team.id, Team.name, Team.code))]  # type: ignore[call-overload]
    names += [(f"{MARK}{letter}{key}", folded(" ".join(texts))) for letter, (key, *texts) in named_so]
    return {word: [mark for mark, text in names if word in text] for word in telling}


def _fts(session: Session, word: Word) -> str:
    parts = " AND ".join(_begins(session, part) for part in word.starts)
    return "(" + " OR ".join([f"({parts})", *(f'"{each}"' for each in word.exactly)]) + ")"


def _begins(session: Session, part: str) -> str:
    """What begins so, by the few words of the index that do: for a longer beginning the list of all incidents that have
    one of them would be made first, in each query and however few of them it needs."""
    if len(part) > OWN_LISTS:
        asked = {"first": part, "end": f"{part}{LAST}", "most": MOST_TERMS + 1}
        terms = session.execute(_TERMS, asked).scalars().all()
        if 0 < len(terms) <= MOST_TERMS:
            return "(" + " OR ".join(f'"{term}"' for term in terms) + ")"
    return f'"{part}" *'


def _tsquery(word: Word) -> str:
    parts = " & ".join(f"'{part}':*" for part in word.starts)
    return "(" + " | ".join([f"({parts})", *(f"'{each}'" for each in word.exactly)]) + ")"


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
