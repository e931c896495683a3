"""Letters that have come in by e-mail."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from data.models.columns import code, key
from data.vocabulary import LetterReason, LetterState


class Letter(SQLModel, table=True):
    """A letter and what became of it, once: `digest` is the SHA-256 of sender and Message-ID, or of its bytes.

    `incident_id`: what it led to, answers, or would have answered. Text and the names of files (JSON) are there as long
    as it is parked, waiting for somebody of the desk.
    """

    __table_args__ = (
        Index("ix_letter_sender", "sender", "received_at"),  # queries.letters.sent_by
        Index("ix_letter_state", "state", "id"),  # queries.letters.parked
    )

    id: int | None = key(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    received_at: datetime
    sender: str = Field(max_length=254)
    subject: str = Field(max_length=200)
    state: LetterState = code(LetterState, closed=False)
    reason: LetterReason | None = code(LetterReason, closed=False, default=None, nullable=True)
    incident_id: int | None = key("incident.id", default=None)
    text: str = Field(default="", sa_type=Text)
    files: str = Field(default="", sa_type=Text)
