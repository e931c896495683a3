"""Questions about the history. Nothing here changes or removes a line."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam, case, func, insert, type_coerce
from sqlalchemy import select as sa_select
from sqlmodel import Session, SQLModel, col, select

from data.models import History, HistoryDay, Incident, User
from data.vocabulary import OPEN_STATUSES, Fact

# Put together once: every change asks them.
_APPEND = insert(SQLModel.metadata.tables["history"])  # of the table, for the cost of mapped rows
_HEAD = select(History.seq, History.hash).order_by(col(History.seq).desc()).limit(1)
_FACTS_OF_INCIDENT = (
    select(History, User.name)
    .outerjoin(User, col(User.id) == col(History.actor_id))
    .where(History.incident_id == bindparam("incident_id"), col(History.fact).in_(bindparam("facts", expanding=True)))
    .order_by(col(History.seq))
)


def head(session: Session) -> tuple[int, str] | None:
    """Place and hash of the last line."""
    return session.exec(_HEAD).first()


def hashes(session: Session, seqs: Sequence[int]) -> dict[int, str]:
    """The hash of each of these lines that there is."""
    wanted = sorted(set(seqs))
    found: dict[int, str] = {}
    for start in range(0, len(wanted), 500):
        query = select(History.seq, History.hash).where(col(History.seq).in_(wanted[start : start + 500]))
        found.update(session.exec(query).all())
    return found


def last_instant(session: Session) -> datetime | None:
    """When the last line was written."""
    return session.exec(select(History.at).order_by(col(History.seq).desc()).limit(1)).first()


def last_of_days(session: Session) -> int:
    """The last line that there has been, as the days of the history know it: cutting lines off leaves it as it was."""
    return session.exec(select(func.max(HistoryDay.last_seq))).one() or 0


def append(session: Session, lines: Sequence[dict[str, Any]]) -> None:
    session.connection().execute(_APPEND, lines)


def of_incident(session: Session, incident_id: int, *, public_only: bool = False) -> Sequence[History]:
    """Its lines, oldest first."""
    query = select(History).where(History.incident_id == incident_id).order_by(col(History.seq))
    return session.exec(query.where(col(History.public)) if public_only else query).all()


def public_comments(session: Session, incident_ids: Sequence[int], with_: str) -> Sequence[History]:
    """The lines of public comments on these incidents whose details have the key `with_`."""
    query = select(History).where(History.fact == Fact.COMMENTED, col(History.incident_id).in_(incident_ids))
    return session.exec(query.where(col(History.public), col(History.details).contains(f'"{with_}"'))).all()


def facts_of_incident(
    session: Session, incident_id: int, facts: Sequence[Fact]
) -> Sequence[tuple[History, str | None]]:
    """Its lines of these kinds with the actors' names (None: the system), oldest first."""
    return session.exec(_FACTS_OF_INCIDENT, params={"incident_id": incident_id, "facts": list(facts)}).all()


def facts_of_incidents(
    session: Session, incident_ids: Sequence[int], facts: Sequence[Fact]
) -> Sequence[tuple[History, str | None]]:
    """The same of several incidents, one incident after the other."""
    query = select(History, User.name).outerjoin(User, col(User.id) == col(History.actor_id))
    query = query.where(col(History.incident_id).in_(incident_ids), col(History.fact).in_(facts))
    return session.exec(query.order_by(col(History.incident_id), col(History.seq))).all()


def facts_of_open(session: Session, facts: Sequence[Fact]) -> Sequence[tuple[History, str | None]]:
    """The same of every open incident."""
    query = select(History, User.name).outerjoin(User, col(User.id) == col(History.actor_id))
    query = query.join(Incident, col(Incident.id) == History.incident_id)
    query = query.where(col(Incident.status).in_(OPEN_STATUSES), col(History.fact).in_(facts))
    return session.exec(query.order_by(col(History.seq))).all()


def of_fact(session: Session, fact: Fact) -> Sequence[tuple[History, str | None]]:
    """All lines of a kind that is no incident's, with the actors' names (None: the system), oldest first."""
    query = select(History, User.name).outerjoin(User, col(User.id) == col(History.actor_id))
    query = query.where(History.fact == fact, col(History.incident_id).is_(None))
    return session.exec(query.order_by(col(History.seq))).all()


def count_of_incident(session: Session, incident_id: int) -> int:
    return session.exec(select(func.count()).where(History.incident_id == incident_id)).one()


def last_change_of_incident(session: Session, incident_id: int) -> History | None:
    """Its last line that is neither a comment, nor an export, nor the watcher's."""
    said = (Fact.COMMENTED, Fact.MESSAGED, Fact.REPORT_EXPORTED, Fact.SLA_CROSSED, Fact.HOLD_OVER)
    query = select(History).where(History.incident_id == incident_id, col(History.fact).not_in(said))
    return session.exec(query.order_by(col(History.seq).desc()).limit(1)).first()


def after(session: Session, seq: int, *, limit: int) -> Sequence[History]:
    """The lines that follow `seq`."""
    return session.exec(select(History).where(History.seq > seq).order_by(col(History.seq)).limit(limit)).all()


class Line(NamedTuple):
    """What a row of `batches` has, without the cost of a mapped one.

    Somebody may have forged it: `at` is an instant in UTC as ISO 8601 only where one is stored, `fact` any text.
    """

    seq: int
    at: str
    actor_id: int | None
    incident_id: int | None
    fact: str
    public: bool
    details: str
    hash: str


_TABLE = SQLModel.metadata.tables["history"]
# As `datetime.isoformat` writes it, which leaves out microseconds of 0. SQLite keeps text in UTC without saying so;
# PostgreSQL writes an instant faster than a driver can read it.
_STORED = type_coerce(_TABLE.c.at, String())
_WRITTEN = func.to_char(func.timezone("UTC", _TABLE.c.at), "YYYY-MM-DD HH24:MI:SS.US")


@cache
def _lines(sqlite: bool) -> Any:
    text = _STORED if sqlite else _WRITTEN
    whole = case((text.like("%.000000"), func.substr(text, 1, 19)), else_=text)
    # Unread by SQLAlchemy's types, which raise at what they do not know.
    as_stored = {
        "at": func.coalesce(func.replace(whole, " ", "T") + "+00:00", "").label("at"),  # forged: infinity
        "fact": type_coerce(_TABLE.c.fact, String()).label("fact"),
    }
    return sa_select(*(as_stored.get(name, _TABLE.c[name]) for name in Line._fields)).order_by(_TABLE.c.seq)


def batches(session: Session, *, size: int = 1_000) -> Iterator[Sequence[Line]]:
    """All lines, oldest first, so many in memory at a time. No line is left out, whatever its number."""
    query = _lines(session.get_bind().dialect.name == "sqlite").limit(size)
    rows: Sequence[Any] = session.connection().execute(query).all()
    while rows:
        yield rows
        rows = session.connection().execute(query.where(_TABLE.c.seq > rows[-1][0])).all()


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(History)).one()
