"""The append-only record of who did what, when."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from data.models.columns import code, key
from data.vocabulary import Fact


class History(SQLModel, table=True):
    """One line of the chain: a fact about an incident, an account or a setting.

    `seq` is the order (never the time: two lines may share a second) and has no gap. `hash` is an HMAC over this line
    and the hash before it. `public` lines are those that a requester sees of an own incident. Triggers refuse every
    UPDATE, DELETE and TRUNCATE.
    """

    __table_args__ = (
        Index("ix_history_incident", "incident_id", "seq"),  # queries.history.of_incident
        # queries.audit.page: one for each combination of filters, in the order of the list
        Index("ix_history_actor", "actor_id", "seq"),
        Index("ix_history_fact", "fact", "seq"),
        Index("ix_history_actor_fact", "actor_id", "fact", "seq"),
    )

    seq: int = key(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    actor_id: int | None = key("user.id", default=None)
    incident_id: int | None = key("incident.id", default=None)
    fact: Fact = code(Fact, closed=False)
    public: bool
    details: str = Field(sa_type=Text)
    hash: str = Field(max_length=64)


class HistoryDay(SQLModel, table=True):
    """Between which places the lines of a day (UTC, `2026-03-29`) are. A trigger writes it with each line.

    Derived: what a period is looked up by, exact also where a clock was set back.
    """

    __tablename__ = "history_day"

    day: str = Field(primary_key=True, max_length=10)
    first_seq: int = key()
    last_seq: int = key()
