"""What monitoring systems have told."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from data.models.columns import code, key
from data.vocabulary import Monitor


class Alert(SQLModel, table=True):
    """An alert that a monitoring system knows by a key (`digest` is its SHA-256), and the incident that it led to last.

    `ended_at`: since when it is over, as far as was told.
    """

    monitor: Monitor = code(Monitor, primary_key=True, closed=False)
    digest: str = Field(primary_key=True, max_length=64)
    incident_id: int = key("incident.id")
    ended_at: datetime | None = None
