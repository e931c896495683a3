"""Who hears what: one table. Pure.

A line of history is told by the first row that fits it, and to those whom a comment mentions. `people` are groups of
people, `channels` whether the channels of the team (and of the desk) hear it as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from data.vocabulary import Action, Fact, Light, Medium, NotificationKind, Role, Visibility

Kind = NotificationKind


class Group(StrEnum):
    """Who is meant, for an incident as it stands after the change."""

    REQUESTER = "requester"
    ASSIGNEE = "assignee"
    OWNER = "owner"  # the assignee, or where nobody is named the members of the team; where it has none, the desk
    TEAM = "team"  # the members of the team; of an external one the mailbox (S106)
    DESK = (
        "desk"  # of what is nobody's yet: who hands it out, the dispatchers, or where there are none the administrators
    )
    AFFECTED = "affected"  # who has joined it: they read its public title, and no word of what was said
    MENTIONED = "mentioned"  # those whom the comment names


@dataclass(frozen=True, slots=True)
class Line:
    """What the rules look at: `by_requester` says that the incident's own requester did it."""

    fact: Fact
    details: Mapping[str, Any]
    by_requester: bool = False
    requester_role: Role = Role.REQUESTER

    def is_action(self, action: Action) -> bool:
        return self.details.get("action") == action

    @property
    def public(self) -> bool:
        return self.details.get("visibility") == Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class Rule:
    """`tells_author`: also the requester who did it, as an acknowledgement."""

    kind: Kind
    groups: tuple[Group, ...]
    channels: bool = False
    tells_author: bool = False


def rules_of(line: Line) -> tuple[Rule, ...]:
    """What tells of this line: to whom it names, as one who is named, and to others by the row of the table."""
    named = (MENTION,) if line.details.get("mentions") else ()
    return (*named, *[rule for fits, rule in TABLE if fits(line)][:1])


def _created(line: Line) -> bool:
    return line.fact is Fact.CREATED and line.requester_role is Role.REQUESTER


def _crossed(light: Light) -> Any:
    return lambda line: line.fact is Fact.SLA_CROSSED and line.details["light"] == light


# What opens an account, or shows that it was opened: its owner hears of it whatever he has chosen (ASVS 6.3.7).
_FACTS_OF_ACCOUNTS = frozenset(
    {
        *(Fact.SECOND_FACTOR_ADDED, Fact.SECOND_FACTOR_REMOVED, Fact.SECOND_FACTOR_RESET),
        *(Fact.RECOVERY_CODE_USED, Fact.RECOVERY_CODES_RENEWED),
    }
)
_FIELDS_OF_ACCOUNTS = frozenset({"password", "email"})


def account_news(fact: Fact, details: Mapping[str, Any]) -> str | None:
    """What has happened to what lets somebody in, None for a line of anything else."""
    if fact in _FACTS_OF_ACCOUNTS:
        return fact.value
    field = details.get("field") if fact is Fact.USER_CHANGED else None
    return field if field in _FIELDS_OF_ACCOUNTS else None


MENTION = Rule(Kind.MENTIONED, (Group.MENTIONED,))
TABLE: tuple[tuple[Any, Rule], ...] = (
    (_created, Rule(Kind.CREATED, (Group.REQUESTER, Group.DESK), channels=True, tells_author=True)),
    (lambda line: line.fact is Fact.CREATED, Rule(Kind.CREATED, (Group.DESK,), channels=True)),
    (lambda line: line.is_action(Action.ASSIGN), Rule(Kind.ASSIGNED, (Group.OWNER,), channels=True)),
    (lambda line: line.is_action(Action.ESCALATE), Rule(Kind.ESCALATED, (Group.TEAM,), channels=True)),
    (
        lambda line: line.is_action(Action.RESOLVE),
        Rule(Kind.RESOLVED, (Group.REQUESTER, Group.AFFECTED), channels=True),
    ),
    (
        lambda line: line.is_action(Action.REOPEN),
        Rule(Kind.REOPENED, (Group.REQUESTER, Group.AFFECTED, Group.OWNER), channels=True),
    ),
    (lambda line: line.fact is Fact.COMMENTED and line.by_requester, Rule(Kind.ANSWERED, (Group.OWNER,))),
    (
        lambda line: line.fact is Fact.COMMENTED and line.public,
        Rule(Kind.REPLIED, (Group.REQUESTER,)),
    ),
    (lambda line: line.fact is Fact.COMMENTED, Rule(Kind.NOTED, (Group.ASSIGNEE,))),
    (_crossed(Light.ORANGE), Rule(Kind.SLA_ORANGE, (Group.OWNER,), channels=True)),
    (_crossed(Light.RED), Rule(Kind.SLA_RED, (Group.OWNER,), channels=True)),
    (lambda line: line.fact is Fact.HOLD_OVER, Rule(Kind.HOLD_OVER, (Group.OWNER,))),
)

# What a person hears by which medium who has not chosen otherwise.
DEFAULTS: Mapping[Kind, frozenset[Medium]] = {
    Kind.CREATED: frozenset({Medium.EMAIL}),
    Kind.NOTED: frozenset({Medium.APP}),
} | {
    kind: frozenset({Medium.APP, Medium.EMAIL})
    for kind in (
        *(Kind.MENTIONED, Kind.ASSIGNED, Kind.ESCALATED, Kind.ANSWERED, Kind.REPLIED, Kind.RESOLVED, Kind.REOPENED),
        *(Kind.SLA_ORANGE, Kind.SLA_RED, Kind.HOLD_OVER),
    )
}
OF_REQUESTERS = (Kind.CREATED, Kind.REPLIED, Kind.RESOLVED, Kind.REOPENED)
OF_TECHNICIANS = tuple(kind for kind in DEFAULTS if kind is not Kind.CREATED)
# Of what a person of each role hears, and may choose the way.
OFFERED: Mapping[Role, tuple[Kind, ...]] = {
    Role.REQUESTER: OF_REQUESTERS,
    Role.TECHNICIAN: OF_TECHNICIANS,
    Role.DISPATCHER: tuple(DEFAULTS),
    Role.ADMIN: tuple(DEFAULTS),
}


def unasked(kind: Kind, role: Role) -> frozenset[Medium]:
    """By what somebody of the role hears of it who has not chosen: who declares by a letter, the desk by its bell."""
    return frozenset({Medium.APP}) if kind is Kind.CREATED and role is not Role.REQUESTER else DEFAULTS[kind]


OF_CHANNELS = (
    *(Kind.CREATED, Kind.ASSIGNED, Kind.ESCALATED, Kind.RESOLVED, Kind.REOPENED),
    *(Kind.SLA_ORANGE, Kind.SLA_RED),
)
# An incident that somebody has is their affair: the team's channels hear of what waits for the team.
ONLY_UNCLAIMED = frozenset({Kind.ASSIGNED})
