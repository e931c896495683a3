"""Whom an incident touches as well, and what requesters may read of one that many meet."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from data.models.columns import key


class AffectedPerson(SQLModel, table=True):
    """Somebody who is hindered by an incident that another declared."""

    __tablename__ = "affected_person"

    incident_id: int = key("incident.id", primary_key=True)
    user_id: int = key("user.id", primary_key=True, index=True)
    at: datetime


class KnownProblem(SQLModel, table=True):
    """What requesters read of an incident that is not theirs; `listed`: the portal shows it to all of them.

    The row stays when it is not listed any more: whoever has joined goes on reading its title.
    """

    __tablename__ = "known_problem"

    incident_id: int = key("incident.id", primary_key=True)
    title: str = Field(max_length=200)
    advice: str = Field(sa_type=Text)
    listed: bool = Field(index=True)
    at: datetime
