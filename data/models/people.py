"""People, their teams, and what lets them in."""

from datetime import datetime

from sqlalchemy import Text, false, true
from sqlmodel import Field, SQLModel

from data.models.columns import code, key
from data.vocabulary import Role, Scope


class Organisation(SQLModel, table=True):
    """The one organisation of this desk; its row exists once set-up is done.

    `catalogue_address` is where service requests are sent (S8), None: nowhere. `close_after_days` is how long after its
    resolution an incident is closed by itself, None: never. `second_factor_admins`: administrators have to have one.
    """

    id: int = Field(primary_key=True, default=1)
    name: str = Field(max_length=120)
    created_at: datetime
    catalogue_address: str | None = Field(default=None, max_length=2000)
    catalogue_label: str | None = Field(default=None, max_length=80)
    close_after_days: int | None = None
    second_factor_admins: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Team(SQLModel, table=True):
    """A support team; its parent is where a hierarchical escalation goes (S103), `skills` are why one goes to it."""

    id: int | None = key(default=None, primary_key=True)
    name: str = Field(max_length=80, unique=True)
    code: str = Field(max_length=4)
    parent_id: int | None = key("team.id", default=None)
    external: bool = False
    email: str | None = Field(default=None, max_length=254)
    skills: str | None = Field(default=None, max_length=120)


class User(SQLModel, table=True):
    """A person with an account.

    `auth_version` grows with every change of role, password or activity; a session or page that remembers an older
    one is over.
    """

    id: int | None = key(default=None, primary_key=True)
    login: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=120)
    email: str | None = Field(default=None, max_length=254)
    role: Role = code(Role)
    password_hash: str = Field(max_length=255)
    password_temporary: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    active: bool = True
    auth_version: int = 1
    locale: str | None = Field(default=None, max_length=2)
    theme: str | None = Field(default=None, max_length=5)
    single_keys: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    created_at: datetime


class Membership(SQLModel, table=True):
    """A person's place in a team; one of them is the main team."""

    user_id: int = key("user.id", primary_key=True)
    team_id: int = key("team.id", primary_key=True, index=True)
    main: bool = False


class LoginSession(SQLModel, table=True):
    """A browser that is signed in. The cookie holds a random secret, the table its SHA-256 only.

    `confined`: it lets nobody further than his own account, where a second factor is to be added first.
    """

    __tablename__ = "login_session"

    digest: str = Field(primary_key=True, max_length=64)
    user_id: int = key("user.id", index=True)
    auth_version: int
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str = Field(default="", max_length=200)
    confined: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class SecondFactor(SQLModel, table=True):
    """What makes the codes by which the account signs in besides its password (RFC 6238), sealed.

    `last_step` is the half minute of the last code that was taken, since 1970: none of it or of before is taken again.
    """

    __tablename__ = "second_factor"

    user_id: int = key("user.id", primary_key=True)
    secret: str = Field(sa_type=Text)
    last_step: int
    since: datetime


class RecoveryCode(SQLModel, table=True):
    """Stands in for one code of a telephone that was lost. Shown once; the table keeps its argon2id only."""

    __tablename__ = "recovery_code"

    id: int | None = key(default=None, primary_key=True)
    user_id: int = key("user.id", index=True)
    hash: str = Field(max_length=255)
    used_at: datetime | None = None


class ApiToken(SQLModel, table=True):
    """A machine's or script's way in. Shown once; the table keeps its SHA-256 only."""

    __tablename__ = "api_token"

    id: int | None = key(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    user_id: int = key("user.id", index=True)
    name: str = Field(max_length=80)
    scope: Scope = code(Scope)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class Draft(SQLModel, table=True):
    """What a person is typing, kept on the server so that no cut or restart loses it."""

    user_id: int = key("user.id", primary_key=True)
    place: str = Field(primary_key=True, max_length=80)
    text: str = Field(sa_type=Text)
    updated_at: datetime
