"""What the services hand out: frozen, complete, without a table row or a session behind it.

Instants are aware UTC, durations whole seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from data.vocabulary import (
    Action,
    Category,
    Fact,
    HoldReason,
    Impact,
    ItemKind,
    Light,
    Priority,
    Relation,
    ResolutionCode,
    Role,
    Severity,
    Source,
    Status,
    Visibility,
)
from services.calendar import OpeningHours
from services.holding import TeamTime
from services.letters import Letter, Recipient
from services.touched import Touched


@dataclass(frozen=True, slots=True)
class TeamView:
    id: int
    name: str
    code: str
    parent_id: int | None = None
    external: bool = False
    skills: str | None = None


@dataclass(frozen=True, slots=True)
class PersonView:
    id: int
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """Somebody's account as they, or an administrator, see it; the main team first."""

    id: int
    login: str
    name: str
    email: str | None
    role: Role
    active: bool
    locale: str | None
    theme: str | None
    teams: tuple[TeamView, ...]
    single_keys: bool = True
    temporary: bool = False  # the password has to be changed before anything else
    confined: bool = False  # in this session; a second factor has to be added before anything else


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """One SLA clock as it was read (S55 to S60). `remaining_s` is opening time where it follows a calendar, `hours`."""

    started_at: datetime
    target_s: int
    due_at: datetime
    original_due_at: datetime
    met_at: datetime | None
    respected: bool | None
    breached_before: bool
    light: Light
    remaining_s: int
    paused_remaining_s: int | None
    at_risk_at: datetime
    hours: str | None = None


@dataclass(frozen=True, slots=True)
class PauseView:
    """`stopped_s` is the time that it took from the clock: of it, what was open."""

    reason: HoldReason
    start: datetime
    end: datetime | None
    by: str
    stopped_s: int = 0


@dataclass(frozen=True, slots=True)
class CycleView:
    """`hours` is the calendar that its clocks follow; None: they run at all times."""

    number: int
    policy_version: int
    priority: Priority
    started_at: datetime
    response: IndicatorView
    resolution: IndicatorView
    pauses: tuple[PauseView, ...] = ()
    hours: OpeningHours | None = None


@dataclass(frozen=True, slots=True)
class HoldView:
    reason: HoldReason
    text: str | None
    since: datetime
    resume_at: datetime | None


@dataclass(frozen=True, slots=True)
class ResolutionView:
    """`summary` is None for those whom it was not published to."""

    code: ResolutionCode
    summary: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LinkView:
    """An item that an incident touches: of an asset or client its `type`, where it is (or whose, of an employee) as
    `note`, and of an asset its incidents in 30 days as `count` (S76, S78)."""

    id: int
    kind: ItemKind
    name: str
    is_primary: bool = False
    note: str | None = None
    count: int | None = None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class RatingView:
    """What the requester thought of it, from 1 to 5; `comment` is empty where nothing was said."""

    score: int
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident as one person sees it now, with what that person may do next."""

    id: int
    reference: str
    version: int
    title: str
    description: str
    status: Status
    priority: Priority
    severity: Severity | None
    impact: Impact | None
    category: Category
    source: Source
    requester: PersonView
    assignee: PersonView | None
    team: TeamView | None
    escalation_level: int
    created_at: datetime
    updated_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    to_review: bool
    master_reference: str | None
    cycle: CycleView
    hold: HoldView | None
    resolution: ResolutionView | None
    links: Mapping[ItemKind, tuple[LinkView, ...]]
    allowed_actions: tuple[Action, ...]
    may_edit: bool
    may_comment: bool
    may_comment_internally: bool
    rating: RatingView | None
    may_rate: bool


@dataclass(frozen=True, slots=True)
class EntryView:
    """A line of the history; `actor` is None for the system."""

    seq: int
    at: datetime
    actor: PersonView | None
    fact: Fact
    public: bool
    details: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file of an incident; `comment` is None where it came alone, `preview`: there is a small picture of it."""

    id: int
    comment: int | None
    at: datetime
    author: PersonView
    name: str
    media_type: str
    size: int
    sha256: str
    visibility: Visibility
    preview: bool


@dataclass(frozen=True, slots=True)
class CommentView:
    """`mentions`: the logins after an @ in its text, with their names. `of_team`: its author works here."""

    id: int
    at: datetime
    author: PersonView
    by_requester: bool
    of_team: bool
    visibility: Visibility
    body: str
    mentions: Mapping[str, str] = field(default_factory=dict)
    files: tuple[AttachmentView, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that happened, oldest first; the line of a comment or file carries its id in the details."""

    entries: tuple[EntryView, ...]
    comments: Mapping[int, CommentView]
    files: Mapping[int, AttachmentView] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list: `next_cursor` asks for what follows, None at the end; `total` counts all."""

    items: tuple[IncidentView, ...]
    next_cursor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class ItemView:
    """A configuration item: plain fields by name, references and relations as (id, name)."""

    id: int
    kind: ItemKind
    name: str
    fields: Mapping[str, Any]
    references: Mapping[str, tuple[int, str] | None]
    relations: Mapping[ItemKind, tuple[tuple[int, str], ...]]


@dataclass(frozen=True, slots=True)
class ItemPage:
    """A slice of a list of items; `total` counts all, `more` says whether any come behind it."""

    items: tuple[ItemView, ...]
    total: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """An item that could be linked as well, with the item that speaks for it (« hébergée sur SRV-01 »)."""

    id: int
    kind: ItemKind
    name: str
    via_kind: ItemKind
    via_name: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A line of an application's change log."""

    id: int
    application: str
    day: date
    summary: str
    author: str


@dataclass(frozen=True, slots=True)
class RelatedView:
    """Another incident, and what this one is to it; `reverse`: what it is to this one; `resolved`: by a resolution."""

    reference: str
    title: str
    status: Status
    priority: Priority
    kind: Relation
    reverse: bool
    resolved: bool = False

    @property
    def said(self) -> str:
        """The words for it, as a key below `relation.`."""
        return f"{self.kind}_of_this" if self.reverse and self.kind is not Relation.RELATED else self.kind


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one letter: `sent_at`, or a `problem` (`given_up`: for good); with neither it waits."""

    recipient: Recipient
    sent_at: datetime | None
    problem: str
    given_up: bool


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of the history; `seq` is its line."""

    seq: int
    at: datetime
    by: PersonView | None
    letters: tuple[Letter, ...]
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that one person may see of an incident at one instant; `earlier`: former cycles, `proposals`: what could be
    linked as well, `changes`: those of late on the linked applications, `held`: for how long by each team, `messages`:
    what was written to whom it touches, `touched`: the people whom it hinders (None: not to be read)."""

    incident: IncidentView
    timeline: Timeline
    earlier: tuple[CycleView, ...]
    proposals: tuple[Proposal, ...] = ()
    changes: tuple[ChangeView, ...] = ()
    held: tuple[TeamTime, ...] = ()
    messages: tuple[SentMessage, ...] = ()
    related: tuple[RelatedView, ...] = ()
    touched: Touched | None = None
