"""Administering accounts, tokens and teams: every change with old and new, and always somebody who administers."""

import json
from typing import Any

import pytest

from data import db
from services import accounts, audit, lifecycle, people, sessions, teams, tokens, workload
from services.errors import BadCredentials, Forbidden, Invalid, NotFound, Refused, Unauthenticated
from tests.dump import dump
from tests.personas import INFRASTRUCTURE, N1, N2, N3, PASSWORD, SUPPLIER, Cast, an_incident, in_progress


def told(fact: str) -> list[dict[str, Any]]:
    """The details of the lines of this kind, in order."""
    with db.bound().reader.connect() as connection:
        rows = connection.exec_driver_sql(f"SELECT details FROM history WHERE fact = '{fact}' ORDER BY seq")
        return [json.loads(row[0]) for row in rows]


def codes(refusal: Any) -> dict[str, str]:
    return {field: code for field, (code, _) in refusal.value.errors.items()}


def test_each_changed_field_of_an_account_is_told_with_old_and_new(cast: Cast) -> None:
    """S132, S146."""
    changes = {"name": "Alice Durand", "email": "alice@example.org", "role": "dispatcher", "teams": [N2, N1]}
    changed = accounts.change_account(cast.emile, "alice", changes)
    assert (changed.name, changed.email, changed.role) == ("Alice Durand", "alice@example.org", "dispatcher")
    assert [team.name for team in changed.teams] == [N2, N1]
    lines = {line["field"]: (line["from"], line["to"]) for line in told("user_changed")}
    assert lines == {
        "name": ("Alice Martin", "Alice Durand"),
        "email": (None, "alice@example.org"),
        "role": ("technician", "dispatcher"),
        "teams": ([N1], [N2, N1]),
    }
    before = dump()
    accounts.change_account(cast.emile, "alice", changes)
    assert dump() == before
    assert audit.verify_chain().broken_at is None


def test_a_new_role_and_deactivation_end_the_person_s_sessions(cast: Cast) -> None:
    for changes in ({"role": "dispatcher"}, {"active": False}):
        open_session = sessions.sign_in("alice", PASSWORD).actor
        accounts.change_account(cast.emile, "alice", changes)
        assert not sessions.alive(open_session)
    with pytest.raises(BadCredentials):
        sessions.sign_in("alice", PASSWORD)
    accounts.change_account(cast.emile, "alice", {"active": True})
    assert sessions.alive(sessions.sign_in("alice", PASSWORD).actor)


@pytest.mark.parametrize("changes", [{"role": "technician"}, {"active": False}])
def test_the_last_active_administrator_stays_one(cast: Cast, changes: dict[str, Any]) -> None:
    before = dump()
    with pytest.raises(Refused) as refusal:
        accounts.change_account(cast.emile, "emile", changes)
    assert (refusal.value.code, refusal.value.status) == ("last_admin", 409)
    for other_way in (
        lambda: people.change_role(cast.emile, "emile", "requester"),
        lambda: people.set_active(cast.emile, "emile", False),
    ):
        with pytest.raises(Refused):
            other_way()
    assert dump() == before
    accounts.change_account(cast.emile, "diane", {"role": "admin"})
    accounts.change_account(cast.diane, "emile", changes)
    accounts.change_account(cast.diane, "alice", {"role": "admin"})
    accounts.change_account(cast.diane, "alice", {"active": False})
    with pytest.raises(Refused):  # an administrator who is deactivated does not count
        accounts.change_account(cast.diane, "diane", changes)


def test_a_deactivated_person_keeps_the_incidents_which_wait_in_sight(cast: Cast) -> None:
    waiting = in_progress(cast.alice, team=N1)
    accounts.change_account(cast.emile, "alice", {"active": False})
    detail = accounts.get(cast.emile, "alice")
    assert detail.open == 1
    assert [each.reference for each in detail.waiting] == [waiting.reference]
    assert {row.account.login: row.open for row in accounts.find(cast.emile, active=False).rows} == {"alice": 1}
    assert "alice" not in [each.person.login for each in workload.candidates(cast.diane)]
    with pytest.raises(Invalid):
        lifecycle.assign(cast.diane, an_incident(cast.diane).reference, assignee="alice")
    lifecycle.assign(cast.diane, waiting.reference, assignee="bruno")
    assert accounts.get(cast.emile, "alice").open == 0


def test_a_temporary_password_lets_in_until_the_person_chooses_another(cast: Cast) -> None:
    password = accounts.reset_password(cast.emile, "alice")
    assert len(password) == 19
    with pytest.raises(BadCredentials):
        sessions.sign_in("alice", PASSWORD)
    sessions.failures.forget("alice")
    actor = sessions.sign_in("alice", password).actor
    assert people.me(actor).temporary
    sessions.change_password(actor, current=password, password=PASSWORD)
    assert not people.me(actor).temporary
    assert accounts.reset_password(cast.emile, "alice") != password
    assert password not in repr(dump())
    with pytest.raises(Forbidden):
        accounts.reset_password(cast.emile, "emile")


def test_bad_values_of_an_account_are_named_all_at_once_and_change_nothing(cast: Cast) -> None:
    before = dump()
    bad = {"name": " ", "email": "alice", "role": "king", "active": "no", "teams": ["Nowhere"], "password": 1, "x": 1}
    with pytest.raises(Invalid) as refusal:
        accounts.change_account(cast.emile, "alice", bad)
    assert codes(refusal) == {
        "name": "required",
        "email": "bad_email",
        "role": "unknown_value",
        "active": "wrong_type",
        "teams": "unknown",
        "password": "wrong_type",
        "x": "extra",
    }
    with pytest.raises(Invalid) as refusal:
        accounts.change_account(cast.emile, "alice", {"teams": [N1] * 51})
    assert codes(refusal) == {"teams": "too_many"}
    assert dump() == before


def test_accounts_are_found_by_any_word_without_accents(cast: Cast) -> None:
    def found(**query: Any) -> list[str]:
        return [row.account.login for row in accounts.find(cast.emile, **query).rows]

    assert found(q="chloe") == ["chloe"]
    assert found(q="support n1") == ["alice"]
    assert found(q="keller BRUNO") == ["bruno"]
    assert found(role="requester") == ["chloe"]
    assert accounts.find(cast.emile, offset=1, limit=2).total == 5
    with pytest.raises(Invalid):
        found(role="king")


def test_a_revoked_token_lets_nobody_in(cast: Cast) -> None:
    token = tokens.issue(cast.emile, "alice", name="script")
    script = tokens.holder(token)
    assert people.me(script).login == "alice"
    row = accounts.get(cast.emile, "alice").tokens[0]
    with pytest.raises(NotFound):
        tokens.revoke(cast.emile, "bruno", row.id)
    tokens.revoke(cast.emile, "alice", row.id)
    tokens.revoke(cast.emile, "alice", row.id)
    for refused in (
        lambda: tokens.holder(token),
        lambda: people.me(script),
        lambda: people.prefer(script, theme="dark"),
    ):
        with pytest.raises(Unauthenticated):
            refused()
    assert accounts.get(cast.emile, "alice").tokens[0].over
    assert told("token_revoked") == [{"login": "alice", "name": "script"}]


def team_id(cast: Cast, name: str) -> int:
    return next(each.team.id for each in teams.tree(cast.emile) if each.team.name == name)


def test_the_tree_has_each_team_below_its_parent(cast: Cast) -> None:
    shown = [(each.team.name, each.depth, [person.login for person in each.members]) for each in teams.tree(cast.emile)]
    assert shown == [
        (INFRASTRUCTURE, 0, []),
        (N3, 0, []),
        (N2, 1, ["bruno"]),
        (N1, 2, ["alice"]),
        (SUPPLIER, 0, []),
    ]


def test_each_changed_field_of_a_team_is_told_with_old_and_new(cast: Cast) -> None:
    changes = {"name": "Accueil", "code": "AC", "parent": INFRASTRUCTURE, "external": True, "email": "a@example.org"}
    teams.change_team(cast.emile, team_id(cast, N1), changes)
    assert {line["field"]: (line["from"], line["to"]) for line in told("team_changed")} == {
        "name": (N1, "Accueil"),
        "code": ("N1", "AC"),
        "parent": (N2, INFRASTRUCTURE),
        "external": (False, True),
        "email": (None, "a@example.org"),
    }


def test_a_team_is_never_above_itself(cast: Cast) -> None:
    """S103."""
    before = dump()
    for team, above in ((N3, N1), (N3, N2), (N2, N1), (N1, N1)):
        with pytest.raises(Invalid) as refusal:
            teams.change_team(cast.emile, team_id(cast, team), {"parent": above})
        assert codes(refusal) == {"parent": "cycle"}
    assert dump() == before


def test_bad_values_of_a_team_are_named_all_at_once(cast: Cast) -> None:
    bad = {"name": N2.upper(), "code": "12345", "parent": "Nowhere", "external": 1, "email": "x", "y": 1}
    with pytest.raises(Invalid) as refusal:
        teams.change_team(cast.emile, team_id(cast, N1), bad)
    assert codes(refusal) == {
        "name": "taken",
        "code": "too_long",
        "parent": "unknown",
        "external": "wrong_type",
        "email": "bad_email",
        "y": "extra",
    }
    with pytest.raises(Invalid) as refusal:
        teams.change_team(cast.emile, team_id(cast, N1), {"external": True})
    assert codes(refusal) == {"email": "required"}


def test_only_a_team_that_nothing_hangs_on_can_be_removed(cast: Cast) -> None:
    an_incident(cast.diane, team=INFRASTRUCTURE)
    for name, uses in ((N1, (1, 0, 0)), (N3, (0, 1, 0)), (INFRASTRUCTURE, (0, 0, 1))):
        with pytest.raises(Refused) as refusal:
            teams.remove_team(cast.emile, team_id(cast, name))
        params = refusal.value.params
        assert refusal.value.code == "team_in_use"
        assert (params["members"], params["teams"], params["incidents"]) == uses
    teams.remove_team(cast.emile, team_id(cast, SUPPLIER))
    assert told("team_removed") == [{"name": SUPPLIER}]
    with pytest.raises(NotFound):
        teams.remove_team(cast.emile, 2**63)


def test_only_administrators_administer(cast: Cast) -> None:
    before = dump()
    for actor in (cast.alice, cast.chloe, cast.diane):
        for call in (
            lambda actor=actor: accounts.find(actor),
            lambda actor=actor: accounts.get(actor, "alice"),
            lambda actor=actor: accounts.change_account(actor, "alice", {"role": "admin"}),
            lambda actor=actor: accounts.reset_password(actor, "emile"),
            lambda actor=actor: tokens.revoke(actor, "alice", 1),
            lambda actor=actor: teams.tree(actor),
            lambda actor=actor: teams.change_team(actor, 1, {"name": "x"}),
            lambda actor=actor: teams.remove_team(actor, 1),
        ):
            with pytest.raises(Forbidden):
                call()
    assert dump() == before
