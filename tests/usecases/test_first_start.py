"""The first start: an organisation, its teams and its first administrator, from the command line or behind a code."""

import re
from collections.abc import Iterator

import pytest

from services import audit, board, chain, organisation, people, policies, sessions
from services.errors import BadCredentials, Invalid, Refused, TooManyAttempts
from services.organisation import FIRST_TARGETS, FirstTeam, NewOrganisation
from services.work import SYSTEM
from tests.dump import dump
from tests.personas import PASSWORD, SECRET

pytestmark = pytest.mark.usefixtures("desk")


@pytest.fixture(autouse=True)
def _before_set_up() -> Iterator[None]:
    """A process that has just started."""
    chain.use_secret(SECRET)
    organisation._code.clear()
    organisation._failures.forget("")
    yield
    organisation._failures.forget("")


def new(**fields: object) -> NewOrganisation:
    typed = {"organisation": "Acme", "login": "emile", "admin_name": "Émile Petit", "password": PASSWORD}
    return NewOrganisation(**(typed | fields))  # type: ignore[arg-type]


def test_the_code_opens_set_up_once() -> None:
    code = organisation.setup_code()
    assert re.fullmatch(r"\d{4}-\d{4}-\d{4}", code)
    assert organisation.setup_code() == code
    organisation.set_up_with_code(f" {code}\n", new())
    assert organisation.setup_code() != code
    assert organisation.name() == "Acme"
    actor = sessions.sign_in("emile", PASSWORD).actor
    assert people.me(actor).role == "admin"
    assert [team.name for team in people.all_teams(actor)] == ["Support N3", "Support N2", "Support N1"]
    assert audit.verify_chain().broken_at is None


@pytest.mark.parametrize("code", ["", "0000-0000-0000", "\ud800", "x" * 10_000, "\0"])
def test_a_wrong_code_opens_nothing(code: str) -> None:
    before = dump()
    for act in (organisation.set_up_with_code, organisation.rehearse):
        with pytest.raises(BadCredentials):
            act(code, new())
    assert dump() == before


def test_after_five_wrong_codes_the_right_one_has_to_wait() -> None:
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(BadCredentials) as refused:
            organisation.check_code("0000-0000-0000")
        assert refused.value.params == {"left": left}
    with pytest.raises(TooManyAttempts):
        organisation.check_code(organisation.setup_code())
    organisation.check_code(organisation.setup_code(), "192.0.2.7")  # elsewhere it does not


def test_the_code_is_twelve_digits_however_they_are_parted() -> None:
    first, second, third = organisation.setup_code().split("-")
    for parted in (first + second + third, f" {first} {second}\u202f{third}\n", f"{first}\u2011{second}\u2013{third}"):
        organisation.check_code(parted)


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_written() -> None:
    before = dump()
    wrong = new(
        organisation=" ",
        login="no spaces allowed",
        admin_name="x" * 500,
        password="short",
        teams=(
            FirstTeam("Desk"),
            FirstTeam(""),
            FirstTeam("desk"),
            FirstTeam("Lost", "Nobody"),
            FirstTeam("Ouestelis", external=True),
        ),
        targets=FIRST_TARGETS | {"high": {"response_s": 0, "resolution_s": None}},
    )
    for act in (organisation.rehearse, organisation.set_up_with_code):
        with pytest.raises(Invalid) as invalid:
            act(organisation.setup_code(), wrong)
        assert {field: code for field, (code, _) in invalid.value.errors.items()} == {
            "organisation": "required",
            "login": "bad_login",
            "name": "too_long",
            "password": "weak_password",
            "teams.1": "required",
            "teams.2": "taken",
            "teams.3": "unknown",
            "teams.4.email": "required",
            "targets.high.response": "bad_target",
            "targets.high.resolution": "required",
        }
    assert dump() == before


def test_a_rehearsal_changes_nothing_and_leaves_the_code_good() -> None:
    before, code = dump(), organisation.setup_code()
    organisation.rehearse(code, new())
    assert dump() == before
    assert not organisation.is_set_up()
    organisation.set_up_with_code(code, new())


def test_the_chosen_teams_exist_below_each_other() -> None:
    tree = (FirstTeam("Experts"), FirstTeam("Accueil", "Experts"), FirstTeam("Réseau", "Experts"), FirstTeam("Atelier"))
    organisation.set_up_with_code(organisation.setup_code(), new(teams=tree))
    teams = people.all_teams(SYSTEM)
    names = {team.id: team.name for team in teams}
    assert [(team.name, names.get(team.parent_id or 0)) for team in teams] == [
        ("Experts", None),
        ("Accueil", "Experts"),
        ("Réseau", "Experts"),
        ("Atelier", None),
    ]


def test_there_is_one_first_start() -> None:
    organisation.set_up(organisation="Acme", login="emile", admin_name="Émile", email=None, password=PASSWORD)
    before = dump()
    for act in (organisation.rehearse, organisation.set_up_with_code):
        with pytest.raises(Refused) as refused:
            act(organisation.setup_code(), new(login="mallory", organisation="Mallory"))
        assert refused.value.code == "already_set_up"
    assert dump() == before


def test_the_targets_that_a_new_incident_gets_can_be_asked_for() -> None:
    """S20, S61."""
    actor = organisation.set_up_with_code(organisation.setup_code(), new())
    targets = policies.in_force(actor).targets
    hours = {
        priority.value: (t.response.total_seconds() / 3600, t.resolution.total_seconds() / 3600)
        for priority, t in targets.items()
    }
    assert hours == {"critical": (1, 4), "high": (4, 8), "medium": (8, 24), "low": (24, 72)}
    assert board.page(actor, board.Query()).total == 0
