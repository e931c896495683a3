"""Configuration items: what incidents happen to, and whom they hurt."""

from datetime import date, datetime

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from data.models.columns import code, key
from data.vocabulary import AssetType, ClientType


class Employee(SQLModel, table=True):
    """A person of the organisation, with or without an account."""

    id: int | None = key(default=None, primary_key=True)
    name: str = Field(max_length=120)
    email: str | None = Field(default=None, max_length=254)
    department: str | None = Field(default=None, max_length=120, index=True)
    team: str | None = Field(default=None, max_length=120)
    search_text: str = Field(sa_type=Text)


class Client(SQLModel, table=True):
    """Whom a service is for: a department (internal) or a customer (external) (S85)."""

    id: int | None = key(default=None, primary_key=True)
    name: str = Field(max_length=120, unique=True)
    type: ClientType = code(ClientType)
    code: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=254)
    template: str | None = Field(default=None, sa_type=Text)
    template_subject: str | None = Field(default=None, max_length=200)
    search_text: str = Field(sa_type=Text)


class Asset(SQLModel, table=True):
    """A server, a workstation, a device (S75, S76)."""

    id: int | None = key(default=None, primary_key=True)
    name: str = Field(max_length=120, unique=True)
    type: AssetType = code(AssetType, closed=False)
    model: str | None = Field(default=None, max_length=120)
    serial: str | None = Field(default=None, max_length=120)
    state: str | None = Field(default=None, max_length=40)
    location: str | None = Field(default=None, max_length=120)
    address: str | None = Field(default=None, max_length=80)
    owner_id: int | None = key("employee.id", default=None)
    client_id: int | None = key("client.id", default=None)
    search_text: str = Field(sa_type=Text)


class Application(SQLModel, table=True):
    """A service that people use; hosted by assets."""

    id: int | None = key(default=None, primary_key=True)
    name: str = Field(max_length=120, unique=True)
    description: str | None = Field(default=None, max_length=500)
    owner_id: int | None = key("employee.id", default=None)
    search_text: str = Field(sa_type=Text)


class Hosting(SQLModel, table=True):
    """The asset hosts the application."""

    asset_id: int = key("asset.id", primary_key=True)
    application_id: int = key("application.id", primary_key=True, index=True)


class ApplicationEmployee(SQLModel, table=True):
    """The employee uses the application."""

    __tablename__ = "application_employee"

    application_id: int = key("application.id", primary_key=True)
    employee_id: int = key("employee.id", primary_key=True, index=True)


class ApplicationClient(SQLModel, table=True):
    """The client uses the application."""

    __tablename__ = "application_client"

    application_id: int = key("application.id", primary_key=True)
    client_id: int = key("client.id", primary_key=True, index=True)


class ApplicationChange(SQLModel, table=True):
    """What was changed on an application lately: the first thing to ask after an incident (S80)."""

    __tablename__ = "application_change"
    __table_args__ = (
        Index("ix_application_change", "application_id", "day"),  # queries.cmdb.changes
    )

    id: int | None = key(default=None, primary_key=True)
    application_id: int = key("application.id")
    day: date
    summary: str = Field(sa_type=Text)
    author: str = Field(max_length=120)
    noted_at: datetime


class IncidentAsset(SQLModel, table=True):
    """The incident touches the asset."""

    __tablename__ = "incident_asset"

    incident_id: int = key("incident.id", primary_key=True)
    asset_id: int = key("asset.id", primary_key=True, index=True)


class IncidentApplication(SQLModel, table=True):
    """The incident touches the application."""

    __tablename__ = "incident_application"

    incident_id: int = key("incident.id", primary_key=True)
    application_id: int = key("application.id", primary_key=True, index=True)


class IncidentEmployee(SQLModel, table=True):
    """The incident affects the employee."""

    __tablename__ = "incident_employee"

    incident_id: int = key("incident.id", primary_key=True)
    employee_id: int = key("employee.id", primary_key=True, index=True)


class IncidentClient(SQLModel, table=True):
    """The incident affects the client; of an incident's clients exactly one is the primary (S86)."""

    __tablename__ = "incident_client"
    __table_args__ = (
        Index(
            "ux_incident_client_primary",
            "incident_id",
            unique=True,
            sqlite_where=text("is_primary"),
            postgresql_where=text("is_primary"),
        ),
    )

    incident_id: int = key("incident.id", primary_key=True)
    client_id: int = key("client.id", primary_key=True, index=True)
    is_primary: bool = False
