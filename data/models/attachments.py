"""Files on incidents: what was attached for good, and what somebody is about to attach."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from data.models.columns import code, key
from data.vocabulary import Visibility


class Attachment(SQLModel, table=True):
    """A file of an incident, with a comment or alone. `stored` is its name in the folder, `name` the sender's.

    `sha256` is of the content as it was sent; `preview`: there is a small picture of it beside the file.
    """

    id: int | None = key(default=None, primary_key=True)
    incident_id: int = key("incident.id", index=True)
    comment_id: int | None = key("comment.id", default=None)
    author_id: int = key("user.id")
    at: datetime
    visibility: Visibility = code(Visibility)
    stored: str = Field(max_length=32, unique=True)
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=80)
    size: int
    sha256: str = Field(max_length=64)
    preview: bool = False


class Upload(SQLModel, table=True):
    """A file that was sent and belongs to nothing yet: its sender's alone, until it is attached, removed or too old."""

    stored: str = Field(primary_key=True, max_length=32)
    incident_id: int = key("incident.id")
    user_id: int = key("user.id", index=True)
    at: datetime
    visibility: Visibility = code(Visibility)
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=80)
    size: int
    sha256: str = Field(max_length=64)
    preview: bool = False
