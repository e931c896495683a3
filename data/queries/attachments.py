"""Files on incidents."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import col, func, select

from data.db import Session
from data.models import Attachment, Upload, User
from data.vocabulary import Visibility

NAMED = re.compile(r"[0-9a-f]{32}")  # what cannot be a stored name, one with a NUL for example, meets no database


def of_incident(session: Session, incident_id: int, *, public_only: bool) -> Sequence[tuple[Attachment, User]]:
    """Oldest first, each with who attached it."""
    query = select(Attachment, User).join(User, col(User.id) == Attachment.author_id)
    query = query.where(Attachment.incident_id == incident_id).order_by(col(Attachment.id))
    if public_only:
        query = query.where(Attachment.visibility == Visibility.PUBLIC)
    return session.exec(query).all()


def of_comments(session: Session, comment_ids: Collection[int]) -> Sequence[tuple[Attachment, User]]:
    """Those that stand with these comments, oldest first, each with who attached it."""
    query = select(Attachment, User).join(User, col(User.id) == Attachment.author_id)
    return session.exec(query.where(col(Attachment.comment_id).in_(comment_ids)).order_by(col(Attachment.id))).all()


def attachment(session: Session, incident_id: int, attachment_id: int, *, public_only: bool) -> Attachment | None:
    """The file of that incident, where it is not one that is hidden."""
    if not 0 < attachment_id < 2**63:
        return None
    found = session.get(Attachment, attachment_id)
    if found is None or found.incident_id != incident_id:
        return None
    return None if public_only and found.visibility is not Visibility.PUBLIC else found


def count(session: Session, incident_id: int) -> int:
    return session.exec(select(func.count()).where(Attachment.incident_id == incident_id)).one()


def uploads(
    session: Session, user_id: int, incident_id: int, visibility: Visibility, stored: Collection[str] | None = None
) -> Sequence[Upload]:
    """What this person is about to attach to this incident for these readers, in the order in which it was sent."""
    query = select(Upload).where(
        Upload.user_id == user_id, Upload.incident_id == incident_id, Upload.visibility == visibility
    )
    if stored is not None:
        query = query.where(col(Upload.stored).in_(filter(NAMED.fullmatch, stored)))
    return session.exec(query.order_by(col(Upload.at), col(Upload.stored))).all()


def uploads_of(session: Session, user_id: int) -> int:
    """How many files somebody has sent that belong to nothing yet."""
    return session.exec(select(func.count()).where(Upload.user_id == user_id)).one()


def upload(session: Session, stored: str) -> Upload | None:
    return session.get(Upload, stored) if NAMED.fullmatch(stored) else None


def stale_upload(session: Session, before: datetime) -> Upload | None:
    """One that was sent before then."""
    return session.exec(select(Upload).where(Upload.at < before).limit(1)).first()


def known(session: Session, stored: Collection[str]) -> set[str]:
    """Which of these names of stored files belong to something."""
    found: set[str] = set()
    for column in (Attachment.stored, Upload.stored):
        found.update(session.exec(select(column).where(col(column).in_(stored))).all())
    return found
