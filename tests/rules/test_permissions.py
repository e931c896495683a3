"""Who may do what: the whole matrix of roles, actions, statuses and places, written out (D1, S38 to S43, S94)."""

from itertools import product

import pytest

from data.vocabulary import Action, Impact, Role, Status
from services.permissions import RIGHTS, TEAM_ROLES, Facts, Right, Who, allowed_actions, may, refusal, sees

ME, SOMEBODY, DECLARER = 1, 2, 3
N1 = 10

# Where somebody stands → status → what is open to them; the incident is of team N1 and somebody else's, unless said.
MEMBER = {
    Status.NEW: "assign take take_and_start start_and_resolve",
    Status.ASSIGNED: "assign take start take_and_start start_and_resolve",
    Status.IN_PROGRESS: "assign take hold escalate resolve",
    Status.ON_HOLD: "assign take resume resolve",
    Status.RESOLVED: "close reopen",
    Status.CLOSED: "",
}
ASSIGNEE = {
    Status.ASSIGNED: "assign start take_and_start start_and_resolve",
    Status.IN_PROGRESS: "assign hold escalate resolve",
    Status.ON_HOLD: "assign resume resolve",
    Status.RESOLVED: "close reopen",
    Status.CLOSED: "",
}
STRANGER = {
    Status.NEW: "assign",
    Status.ASSIGNED: "assign",
    Status.IN_PROGRESS: "assign hold escalate resolve",
    Status.ON_HOLD: "assign resume resolve",
    Status.RESOLVED: "close reopen",
    Status.CLOSED: "",
}
# No team holds it, or it is a dispatcher's or administrator's to give: it can be taken, but not started in passing.
TAKER = MEMBER | {Status.ASSIGNED: "assign take take_and_start start_and_resolve"}
REQUESTER = dict.fromkeys(Status, "") | {Status.RESOLVED: "close reopen"}

MATRIX = {
    (Role.TECHNICIAN, "member"): MEMBER,
    (Role.TECHNICIAN, "assignee"): ASSIGNEE,
    (Role.TECHNICIAN, "stranger"): STRANGER,
    (Role.TECHNICIAN, "of nobody's team"): TAKER,
    (Role.DISPATCHER, "member"): MEMBER,
    (Role.DISPATCHER, "assignee"): ASSIGNEE,
    (Role.DISPATCHER, "stranger"): TAKER,
    (Role.DISPATCHER, "of nobody's team"): TAKER,
    (Role.ADMIN, "member"): MEMBER,
    (Role.ADMIN, "assignee"): ASSIGNEE,
    (Role.ADMIN, "stranger"): TAKER,
    (Role.ADMIN, "of nobody's team"): TAKER,
    (Role.REQUESTER, "declarer"): REQUESTER,
}
WITH_ENTERPRISE = (Status.NEW, Status.ASSIGNED, Status.ON_HOLD)  # escalation is open there too


def place(role: Role, where: str, status: Status, impact: Impact | None) -> tuple[Who, Facts]:
    who = Who(ME, role, frozenset({N1}) if where == "member" else frozenset())
    nobody = status is Status.NEW
    assignee = None if nobody else ME if where == "assignee" else SOMEBODY
    team = None if where == "of nobody's team" else N1
    return who, Facts(status, impact, ME if where == "declarer" else DECLARER, assignee, team)


@pytest.mark.parametrize("impact", [None, Impact.SINGLE_USER, Impact.ENTERPRISE])
@pytest.mark.parametrize(("role", "where"), list(MATRIX))
def test_everybody_may_do_exactly_what_the_matrix_says(role: Role, where: str, impact: Impact | None) -> None:
    for status, expected in MATRIX[role, where].items():
        wanted = set(expected.split())
        if impact is Impact.ENTERPRISE and role in TEAM_ROLES and status in WITH_ENTERPRISE:
            wanted.add("escalate")
        who, facts = place(role, where, status, impact)
        assert set(allowed_actions(who, facts)) == wanted, status
        assert {action.value for action in Action if refusal(who, action, facts) is None} == wanted, status


@pytest.mark.parametrize(
    ("role", "where", "status", "action", "reason"),
    [
        (Role.TECHNICIAN, "stranger", Status.NEW, Action.TAKE, "not_a_member"),
        (Role.TECHNICIAN, "stranger", Status.ASSIGNED, Action.TAKE_AND_START, "not_a_member"),
        (Role.TECHNICIAN, "stranger", Status.ASSIGNED, Action.START, "not_assignee"),
        (Role.DISPATCHER, "stranger", Status.ASSIGNED, Action.START, "not_assignee"),
        (Role.TECHNICIAN, "assignee", Status.ASSIGNED, Action.TAKE, "already_yours"),
        (Role.TECHNICIAN, "member", Status.NEW, Action.RESOLVE, "no_such_move"),
        (Role.TECHNICIAN, "member", Status.CLOSED, Action.REOPEN, "no_such_move"),
        (Role.REQUESTER, "declarer", Status.IN_PROGRESS, Action.RESOLVE, "not_allowed"),
        (Role.REQUESTER, "declarer", Status.NEW, Action.CLOSE, "no_such_move"),
    ],
)
def test_a_refusal_has_its_reason(role: Role, where: str, status: Status, action: Action, reason: str) -> None:
    who, facts = place(role, where, status, None)
    assert refusal(who, action, facts) == reason


@pytest.mark.parametrize(
    ("status", "first"),
    [
        (Status.NEW, Action.TAKE),
        (Status.ASSIGNED, Action.TAKE),
        (Status.IN_PROGRESS, Action.TAKE),
        (Status.ON_HOLD, Action.TAKE),
        (Status.RESOLVED, Action.CLOSE),
    ],
)
def test_the_next_step_is_offered_first_to_a_member(status: Status, first: Action) -> None:
    assert allowed_actions(*place(Role.TECHNICIAN, "member", status, None))[0] is first


@pytest.mark.parametrize(
    ("status", "first"),
    [
        (Status.ASSIGNED, Action.START),
        (Status.IN_PROGRESS, Action.RESOLVE),
        (Status.ON_HOLD, Action.RESUME),
        (Status.RESOLVED, Action.CLOSE),
    ],
)
def test_the_next_step_is_offered_first_to_the_assignee(status: Status, first: Action) -> None:
    assert allowed_actions(*place(Role.TECHNICIAN, "assignee", status, None))[0] is first


def test_a_requester_sees_own_incidents_only() -> None:
    """B4."""
    for status in Status:
        who, own = place(Role.REQUESTER, "declarer", status, None)
        assert sees(who, own)
        assert not sees(who, Facts(status, None, SOMEBODY, None, None))


def test_the_team_sees_every_incident() -> None:
    for role, status in product(TEAM_ROLES, Status):
        assert sees(Who(ME, role, frozenset()), Facts(status, None, DECLARER, None, None))


def test_every_right_and_action_has_its_roles() -> None:
    assert set(RIGHTS) == {*Right, *Action}
    everybody, team, admin = set(Role), set(Role) - {Role.REQUESTER}, {Role.ADMIN}
    assert {right: set(roles) for right, roles in RIGHTS.items() if roles != TEAM_ROLES} == {
        Right.CREATE: everybody,
        Right.SHARE_VIEWS: {Role.DISPATCHER, Role.ADMIN},
        Right.COMMENT: everybody,
        Right.RATE: everybody,
        Action.CLOSE: everybody,
        Action.REOPEN: everybody,
        Right.MANAGE_PEOPLE: admin,
        Right.MANAGE_ORGANISATION: admin,
        Right.MANAGE_SLA: admin,
        Right.MANAGE_CHANNELS: admin,
        Right.MANAGE_DISPLAYS: admin,
        Right.MANAGE_TEMPLATES: {Role.DISPATCHER, Role.ADMIN},
        Right.SORT_LETTERS: {Role.DISPATCHER, Role.ADMIN},
        Right.SEE_AUDIT: admin,
    }
    assert set(TEAM_ROLES) == team


def test_the_system_itself_has_every_right_but_is_nobody_s_assignee() -> None:
    system = Who(None, Role.ADMIN, frozenset())
    assert all(may(system, right) for right in RIGHTS)
    unassigned = Facts(Status.ASSIGNED, None, DECLARER, None, N1)
    assert refusal(system, Action.START, unassigned) == "not_assignee"
