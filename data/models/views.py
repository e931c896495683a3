"""What people keep of the board."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.models.columns import key


class SavedView(SQLModel, table=True):
    """A list under a name: the query of the board's address. A `shared` one is everybody's of the team."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: int | None = key(default=None, primary_key=True)
    owner_id: int = key("user.id", index=True)
    name: str = Field(max_length=60)
    query: str = Field(sa_type=Text)
    shared: bool = False
    created_at: datetime


class UsualView(SQLModel, table=True):
    """The saved view with which a person's board opens."""

    __tablename__ = "usual_view"

    user_id: int = key("user.id", primary_key=True)
    view_id: int = key("saved_view.id", index=True)
