"""Screens on a wall: devices with one view each, and the codes by which they are paired."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from data.models.columns import key


class Display(SQLModel, table=True):
    """A paired screen (B2). Its browser holds a random secret, the table its SHA-256 only; it is no account.

    It shows the incidents of one team, of one site (the location of assets that they touch), or all where both are
    None. `diagonal` in inches and `distance` in centimetres say how many rows can be read. `revoked_at`: it shows
    nothing any more.
    """

    id: int | None = key(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=80)
    team_id: int | None = key("team.id", default=None)
    site: str | None = Field(default=None, max_length=120)
    locale: str = Field(max_length=2)
    diagonal: int
    distance: int
    sound: bool = True
    dimmed: bool = True
    paired_at: datetime
    seen_at: datetime | None = None
    revoked_at: datetime | None = None


class DisplayPairing(SQLModel, table=True):
    """A screen that shows a code and waits for an administrator to enter it."""

    __tablename__ = "display_pairing"

    digest: str = Field(primary_key=True, max_length=64)
    code: str = Field(max_length=6, unique=True)
    expires_at: datetime
