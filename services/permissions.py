"""Who may do what: a role × action table, and the few conditions that depend on the incident (rules, "Workflow",
"People, roles, visibility"). Pure; asked by the services on every call with the actor read afresh (D1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from data.vocabulary import Action, Impact, Role, Status
from services import workflow

REQUESTER, TECHNICIAN, DISPATCHER, ADMIN = Role
TEAM_ROLES = frozenset({TECHNICIAN, DISPATCHER, ADMIN})
EVERYBODY = frozenset(Role)


class Right(StrEnum):
    """What can be asked for besides the workflow's actions."""

    CREATE = "create"
    SEE_ALL = "see_all"
    EDIT = "edit"
    COMMENT = "comment"
    COMMENT_INTERNALLY = "comment_internally"
    RATE = "rate"
    SEE_STATISTICS = "see_statistics"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_ORGANISATION = "manage_organisation"
    SEE_SLA = "see_sla"
    MANAGE_SLA = "manage_sla"
    MANAGE_CHANNELS = "manage_channels"
    MANAGE_DISPLAYS = "manage_displays"
    SEE_AUDIT = "see_audit"
    SEE_CMDB = "see_cmdb"
    EDIT_CMDB = "edit_cmdb"
    COMMUNICATE = "communicate"
    SHARE_VIEWS = "share_views"
    USE_TEMPLATES = "use_templates"
    MANAGE_TEMPLATES = "manage_templates"
    SORT_LETTERS = "sort_letters"


RIGHTS: Mapping[Right | Action, frozenset[Role]] = {
    Right.CREATE: EVERYBODY,
    Right.SEE_ALL: TEAM_ROLES,
    Right.EDIT: TEAM_ROLES,
    Right.COMMENT: EVERYBODY,
    Right.COMMENT_INTERNALLY: TEAM_ROLES,
    Right.RATE: EVERYBODY,
    Right.SEE_STATISTICS: TEAM_ROLES,
    Right.MANAGE_PEOPLE: frozenset({ADMIN}),
    Right.MANAGE_ORGANISATION: frozenset({ADMIN}),
    Right.SEE_SLA: TEAM_ROLES,
    Right.MANAGE_SLA: frozenset({ADMIN}),
    Right.MANAGE_CHANNELS: frozenset({ADMIN}),
    Right.MANAGE_DISPLAYS: frozenset({ADMIN}),
    Right.SEE_AUDIT: frozenset({ADMIN}),
    Right.SEE_CMDB: TEAM_ROLES,
    Right.EDIT_CMDB: TEAM_ROLES,
    Right.COMMUNICATE: TEAM_ROLES,
    Right.SHARE_VIEWS: frozenset({DISPATCHER, ADMIN}),
    Right.USE_TEMPLATES: TEAM_ROLES,
    Right.MANAGE_TEMPLATES: frozenset({DISPATCHER, ADMIN}),
    Right.SORT_LETTERS: frozenset({DISPATCHER, ADMIN}),
    Action.ASSIGN: TEAM_ROLES,
    Action.TAKE: TEAM_ROLES,
    Action.START: TEAM_ROLES,
    Action.TAKE_AND_START: TEAM_ROLES,
    Action.HOLD: TEAM_ROLES,
    Action.RESUME: TEAM_ROLES,
    Action.ESCALATE: TEAM_ROLES,
    Action.RESOLVE: TEAM_ROLES,
    Action.START_AND_RESOLVE: TEAM_ROLES,
    Action.CLOSE: EVERYBODY,
    Action.REOPEN: EVERYBODY,
}


@dataclass(frozen=True, slots=True)
class Who:
    """What a decision needs to know of the actor."""

    user_id: int | None
    role: Role
    team_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision needs to know of the incident."""

    status: Status
    impact: Impact | None
    requester_id: int
    assignee_id: int | None
    team_id: int | None


def may(who: Who, right: Right | Action) -> bool:
    """Whether the role has the right at all."""
    return who.role in RIGHTS[right]


def sees(who: Who, facts: Facts) -> bool:
    """Whether the incident exists for this person: a requester sees own ones only."""
    return may(who, Right.SEE_ALL) or facts.requester_id == who.user_id


def refusal(who: Who, action: Action, facts: Facts) -> str | None:
    """Why `action` is refused, as a key below `refusal.` in the catalogs, or None when it may go on."""
    if workflow.find(action, facts.status, facts.impact) is None:
        return "no_such_move"
    if not may(who, action):
        return "not_allowed"
    steps = workflow.COMPOSITES.get(action, (action,))
    return next((reason for step in steps if (reason := _step(who, step, action, facts))), None)


@lru_cache(4096)  # a list asks the same of most of its incidents
def allowed_actions(who: Who, facts: Facts) -> tuple[Action, ...]:
    """What this person may do now, the next step first; exactly what would not be refused."""
    ordered = dict.fromkeys(move.action for move in workflow.moves(facts.status, facts.impact))
    return tuple(action for action in ordered if refusal(who, action, facts) is None)


def resolving(who: Who, facts: Facts) -> Action | None:
    """The action by which this person resolves the incident from where it is; None where that is refused."""
    return next((each for each in (Action.RESOLVE, Action.START_AND_RESOLVE) if not refusal(who, each, facts)), None)


def may_take(who: Who, facts: Facts) -> bool:
    """Whether the incident can be this person's: a team's incident that of a member, dispatcher or administrator."""
    return facts.team_id is None or facts.team_id in who.team_ids or who.role in (DISPATCHER, ADMIN)


def _step(who: Who, step: Action, action: Action, facts: Facts) -> str | None:
    match step:
        case Action.TAKE:
            return _refuse_take(who, action, facts)
        case Action.START if action is Action.START:
            return None if _owns(who, facts) else "not_assignee"
        case _:
            return None


def _refuse_take(who: Who, action: Action, facts: Facts) -> str | None:
    if _holds(who, facts):
        return "already_yours" if action is Action.TAKE else None
    return None if may_take(who, facts) else "not_a_member"


def _owns(who: Who, facts: Facts) -> bool:
    return _holds(who, facts) or (facts.team_id is not None and facts.team_id in who.team_ids)


def _holds(who: Who, facts: Facts) -> bool:
    return facts.assignee_id is not None and facts.assignee_id == who.user_id
