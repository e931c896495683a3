"""What the team has prepared: incidents that come again and again, and what is answered again and again."""

from sqlalchemy import Column, Integer, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from data.models.columns import code, key
from data.vocabulary import Category, Impact, Priority, Readers, Severity, TemplateKind

_version = Column("version", Integer, nullable=False)


class Template(SQLModel, table=True):
    """A prepared incident, whose fields are as they will be proposed, or a prepared reply, whose `text` it is.

    `readers` is of replies only; title, team and the codes are of incidents only. `version` grows with each change.
    """

    __table_args__ = (UniqueConstraint("kind", "name"),)
    __mapper_args__ = {"version_id_col": _version}

    id: int | None = key(default=None, primary_key=True)
    version: int = Field(default=1, sa_column=_version)
    kind: TemplateKind = code(TemplateKind)
    name: str = Field(max_length=80)
    title: str = Field(default="", max_length=200)
    text: str = Field(sa_type=Text)
    category: Category | None = code(Category, default=None, nullable=True)
    priority: Priority | None = code(Priority, default=None, nullable=True)
    severity: Severity | None = code(Severity, default=None, nullable=True)
    impact: Impact | None = code(Impact, default=None, nullable=True)
    team_id: int | None = key("team.id", default=None)
    readers: Readers | None = code(Readers, default=None, nullable=True)
