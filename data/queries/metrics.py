"""Questions of whoever watches over the desk: counts, and whether what is stored twice is still the same."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.models import Incident, Notification
from data.vocabulary import Medium, Priority, Status


def incidents(session: Session) -> dict[tuple[Status, Priority], int]:
    """How many incidents there are by status and priority, in one pass; none where there are none."""
    query = select(col(Incident.status), col(Incident.priority), func.count())
    counted = session.exec(query.group_by(col(Incident.status), col(Incident.priority)))
    return {(status, priority): count for status, priority, count in counted}


def unsent(session: Session) -> dict[tuple[Medium, bool], tuple[int, datetime]]:
    """(medium, failed for good) → how many notifications are not sent, and since when the oldest has been due."""
    failed = col(Notification.failed_at).is_not(None)
    query = select(col(Notification.medium), failed, func.count(), func.min(col(Notification.due_at)))
    counted = session.exec(query.where(col(Notification.sent_at).is_(None)).group_by(col(Notification.medium), failed))
    return {(medium, bool(gave_up)): (count, due) for medium, gave_up, count, due in counted}


def texts(session: Session) -> Iterator[tuple[str, str, str, str]]:
    """Reference, title and description of every incident, and what was made of the three when they were written."""
    query = select(Incident.reference, Incident.title, Incident.description, Incident.search_text)
    yield from session.exec(query.execution_options(yield_per=500))
