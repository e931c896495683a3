"""What calls may say. Unknown fields and wrong types are refused here, whether the content is right by the services.

Codes and lengths stand in the OpenAPI document; the services check them, so that a move which the workflow refuses is
refused as such before its fields are looked at.
"""

from contextlib import suppress
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from data.vocabulary import (
    Category,
    EscalationMode,
    HoldReason,
    Impact,
    ItemKind,
    Light,
    Priority,
    ReportScope,
    ResolutionCode,
    Severity,
    Source,
    Status,
    Unnamed,
    Verdict,
    Visibility,
)
from services.board import LIMIT, MOST
from services.figures.period import DAY, midnight
from services.incidents import NewIncident
from services.inputs import BODY, REASON, TITLE

LINKS = {kind.value for kind in ItemKind}


def _instant(value: object) -> datetime:
    """ISO 8601 with its offset from UTC; whole seconds."""
    try:
        if isinstance(value, str) and (at := datetime.fromisoformat(value)).tzinfo:
            return at.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError("wrong_type", "not an instant with its offset")


def _day(value: object) -> date:
    try:
        if isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("wrong_type", "not a date")


def _moment(value: object) -> datetime | date:
    """An instant, or a day that begins and ends at one in every time zone."""
    with suppress(PydanticCustomError):
        return _instant(value)
    day = _day(value)
    if date.min.year < day.year < date.max.year:
        return day
    raise PydanticCustomError("wrong_type", "neither an instant nor a day")


def _team(value: object) -> str | int:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("wrong_type", "neither a name nor an id")


def _codes(codes: type[StrEnum], *more: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [*codes, *more]})


def _text(longest: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": longest})


Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Instant = Annotated[datetime, PlainValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Moment = Annotated[
    datetime | date,
    PlainValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": each} for each in ("date-time", "date")]}),
]
TeamKey = Annotated[
    str | int,
    PlainValidator(_team),
    WithJsonSchema({"type": ["string", "integer"], "description": "name or id"}),
]
Login = Annotated[str, WithJsonSchema({"type": "string", "description": "login"})]
Title = Annotated[str, _text(TITLE)]
Text = Annotated[str, _text(BODY)]
Reason = Annotated[str, _text(REASON)]
Score = Annotated[int, Field(json_schema_extra={"minimum": 1, "maximum": 5})]
Links = Annotated[list[int], Field(max_length=200)]

CategoryCode = Annotated[str, _codes(Category)]
EscalationModeCode = Annotated[str, _codes(EscalationMode)]
HoldReasonCode = Annotated[str, _codes(HoldReason)]
ImpactCode = Annotated[str, _codes(Impact)]
LightCode = Annotated[str, _codes(Light)]
PriorityCode = Annotated[str, _codes(Priority)]
ReportScopeCode = Annotated[str, _codes(ReportScope)]
ResolutionCodeCode = Annotated[str, _codes(ResolutionCode)]
SeverityCode = Annotated[str, _codes(Severity)]
SourceCode = Annotated[str, _codes(Source)]
StatusCode = Annotated[str, _codes(Status, "open")]
UnnamedCode = Annotated[str, _codes(Unnamed)]
VerdictCode = Annotated[str, _codes(Verdict)]
VisibilityCode = Annotated[str, _codes(Visibility)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    def given(self) -> dict[str, Any]:
        """The fields as the service takes them, absent ones as None."""
        return self.model_dump()


class ClientLink(Body):
    id: int
    is_primary: bool = False


class Declaration(Body):
    """A new incident."""

    title: Title
    description: Text
    category: CategoryCode
    priority: PriorityCode
    source: SourceCode | None = None
    severity: SeverityCode | None = None
    impact: ImpactCode | None = None
    assignee: Login | None = None
    team: TeamKey | None = None
    assets: Links = []
    applications: Links = []
    employees: Links = []
    clients: Annotated[list[ClientLink], Field(max_length=200)] = []

    def declared(self) -> NewIncident:
        """As the service takes it; what comes by the API and says no source has the source api."""
        fields = self.model_dump(exclude=LINKS)
        links = {name: items for name, items in self.model_dump(include=LINKS).items() if items}
        return NewIncident(**{**fields, "source": Source.API if self.source is None else self.source}, links=links)


class Change(Body):
    """New values of an incident's fields; what is absent stays. `reason` goes with a lowered priority."""

    title: Title | None = None
    description: Text | None = None
    category: CategoryCode | None = None
    source: SourceCode | None = None
    priority: PriorityCode | None = None
    severity: SeverityCode | None = None
    impact: ImpactCode | None = None
    assets: Links = []
    applications: Links = []
    employees: Links = []
    clients: Annotated[list[ClientLink], Field(max_length=200)] = []
    reason: Reason | None = None

    def changes(self) -> dict[str, Any]:
        """What was named, null included."""
        return self.model_dump(exclude_unset=True, exclude={"reason"})


class Remark(Body):
    """A comment; internal unless said otherwise, public always for a requester."""

    body: Text
    visibility: VisibilityCode | None = None


class Opinion(Body):
    """What the requester thinks of it."""

    score: Score
    comment: Reason | None = None


class Redirection(Body):
    """What the requester reads; without it the prepared message. The catalogue's address is always in it."""

    message: Text | None = None


class Nothing(Body):
    """An action that asks for nothing: an empty object, or no body at all."""


class Assignment(Body):
    """A technician, a team, or both."""

    assignee: Login | None = None
    team: TeamKey | None = None


class Wait(Body):
    """What the incident waits for, and when somebody means to look again."""

    reason: HoldReasonCode | None = None
    text: Reason | None = None
    resume_at: Instant | None = None


class Escalation(Body):
    """Hierarchical: to the parent team, which is not named. Functional: to `team`."""

    mode: EscalationModeCode | None = None
    team: TeamKey | None = None
    reason: Reason | None = None


class Outcome(Body):
    """How it was resolved; `master` is the reference that a duplicate repeats. With `publish` its requester reads the
    summary, as a public comment. With `duplicates` its open duplicates are resolved too, those that the caller may."""

    code: ResolutionCodeCode | None = None
    summary: Text | None = None
    master: str | None = None
    publish: bool = False
    duplicates: bool = False


class Reopening(Body):
    """What is still wrong."""

    reason: Reason | None = None


class Narrowing(BaseModel):
    """The filters, order and place of a list. Where a span has a day, it is that of the organisation's time zone: the
    span begins with it, or ends with its end."""

    model_config = ConfigDict(extra="forbid")

    status: list[StatusCode] = []
    priority: list[PriorityCode] = []
    category: list[CategoryCode] = []
    severity: list[SeverityCode] = []
    impact: list[ImpactCode] = []
    light: list[LightCode] = []
    team: Annotated[str | None, Field(description="name or id")] = None
    assignee: Annotated[str | None, Field(description="a login, `me` or `none`")] = None
    asset: Annotated[str | None, Field(description="id or name")] = None
    application: Annotated[str | None, Field(description="id or name")] = None
    client: Annotated[str | None, Field(description="id or name")] = None
    q: Annotated[str | None, Field(description="words in reference, title or description")] = None
    created_from: Annotated[
        Moment | None,
        Field(
            description="declared from then on; a day (2026-11-25): from its start in the time zone of the organisation"
        ),
    ] = None
    created_to: Annotated[Moment | None, Field(description="declared before then; a day: up to its end there")] = None
    answered_from: Annotated[Moment | None, Field(description="first response, from then on")] = None
    answered_to: Moment | None = None
    first_resolved_from: Annotated[Moment | None, Field(description="first resolution, from then on")] = None
    first_resolved_to: Moment | None = None
    resolved_from: Annotated[Moment | None, Field(description="any resolution, from then on")] = None
    resolved_to: Moment | None = None
    reopened_from: Moment | None = None
    reopened_to: Moment | None = None
    open_from: Annotated[Moment | None, Field(description="open at some time after it")] = None
    open_to: Annotated[Moment | None, Field(description="open at some time before it")] = None
    response: Annotated[VerdictCode | None, Field(description="verdict of the first response")] = None
    resolution: Annotated[VerdictCode | None, Field(description="verdict of the first resolution")] = None
    every_resolution: Annotated[
        VerdictCode | None, Field(description="verdict of all resolutions before `resolved_to`")
    ] = None
    handed_over: Annotated[bool, Field(description="whether it went to another person or team")] = False
    held_by: Annotated[str | None, Field(description="name of a team that had it")] = None
    without: Annotated[
        list[UnnamedCode],
        Field(description="has none; `holder`: before its first resolution no team had it for a time"),
    ] = []
    department: Annotated[str | None, Field(description="of an employee whom it affects")] = None
    employee_team: Annotated[str | None, Field(description="of an employee whom it affects")] = None
    rated_from: Annotated[Moment | None, Field(description="its requester's opinion, from then on")] = None
    rated_to: Moment | None = None
    rating: Annotated[list[str], Field(description="scores, 1 to 5, of which its requester gave one")] = []
    sort: Annotated[
        str, WithJsonSchema({"type": "string", "enum": ["urgency", "created", "-created", "due", "priority"]})
    ] = "urgency"
    limit: Annotated[int, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST})] = LIMIT
    cursor: Annotated[str | None, Field(description="`next_cursor` of the page before")] = None

    def asked(self, zone: ZoneInfo) -> dict[str, Any]:
        """As the service takes it; days are those of `zone`."""
        return {name: _edge(name, value, zone) for name, value in self.model_dump().items()}


def _edge(name: str, value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime) or not isinstance(value, date):
        return value
    return midnight(value + DAY if name.endswith("_to") else value, zone)


class Period(BaseModel):
    """Whole days in the organisation's time zone: from one to another, or the last so many."""

    model_config = ConfigDict(extra="forbid")

    days: Annotated[int | None, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 366, "default": 30})] = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Annotated[Day | None, Field(description="the last day; today")] = None
