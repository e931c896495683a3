"""Saved views of the board."""

from collections.abc import Sequence

from sqlalchemy import delete, or_
from sqlmodel import Session, col, func, select

from data.models import SavedView, User, UsualView


def seen_by(session: Session, user_id: int) -> Sequence[tuple[SavedView, User]]:
    """A person's own views and the shared ones, with their owners, by name."""
    query = select(SavedView, User).join(User, col(User.id) == SavedView.owner_id)
    query = query.where(or_(col(SavedView.owner_id) == user_id, col(SavedView.shared)))
    return session.exec(query.order_by(col(SavedView.name), col(SavedView.id))).all()


def by_id(session: Session, view_id: int) -> SavedView | None:
    return session.get(SavedView, view_id)


def own_by_name(session: Session, user_id: int, name: str) -> SavedView | None:
    return session.exec(select(SavedView).where(SavedView.owner_id == user_id, SavedView.name == name)).first()


def how_many(session: Session, user_id: int) -> int:
    return session.exec(select(func.count()).where(col(SavedView.owner_id) == user_id)).one()


def usual(session: Session, user_id: int) -> int | None:
    """The view with which this person's board opens."""
    row = session.get(UsualView, user_id)
    return row.view_id if row else None


def make_usual(session: Session, user_id: int, view_id: int | None) -> None:
    session.execute(delete(UsualView).where(col(UsualView.user_id) == user_id))
    if view_id is not None:
        session.add(UsualView(user_id=user_id, view_id=view_id))


def forget_usual(session: Session, view_id: int, *, but_of: int | None = None) -> None:
    """Nobody's board opens with it any more, or only that of `but_of`."""
    mine = delete(UsualView).where(col(UsualView.view_id) == view_id)
    session.execute(mine if but_of is None else mine.where(col(UsualView.user_id) != but_of))
