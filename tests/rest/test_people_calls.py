"""Accounts, tokens and teams by the API."""

from itertools import count
from typing import Any

import pytest

from services import accounts, people, sessions, teams, tokens
from tests.rest.calls_table import CALLERS, cells
from tests.rest.conftest import Api, field_codes
from tests.rest.people_calls import PEOPLE_CALLS
from tests.rest.test_access import callers

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
NEW = {"login": "hugo", "name": "Hugo Weber", "role": "technician", "teams": ["Support N2", "Support N1"]}


@SQLITE
def test_each_call_about_people_is_open_to_whom_the_table_says(api: Api) -> None:
    everybody, emile, number = callers(api), api.desk.actors["emile"], count()
    for call, statuses in PEOPLE_CALLS.items():
        method, path = call.split()
        for caller, status in zip(CALLERS, cells(call, statuses), strict=True):
            login, name = f"spare{next(number)}", f"Équipe {next(number)}"
            people.create_user(emile, login=login, name="Spare", role="technician", password="correct horse battery")
            tokens.issue(emile, login, name="spare")
            token_id = accounts.get(emile, login).tokens[0].id
            team_id = teams.create_team(emile, name=name).id
            bodies: dict[str, dict[str, Any]] = {
                "POST /users": {"login": f"{login}b", "name": "Autre", "role": "requester"},
                "PATCH /users/{login}": {"role": "dispatcher"},
                "POST /users/{login}/tokens": {"name": "script"},
                "POST /teams": {"name": f"{name} bis"},
                "PATCH /teams/{team_id}": {"code": "ZZ"},
            }
            address = path.format(login=login, token_id=token_id, team_id=team_id)
            answer = everybody[caller](method, address, json=bodies.get(call))
            assert answer.status_code == status, f"{caller}: {call}: {answer.text}"


@SQLITE
def test_an_account_is_made_changed_and_deactivated(api: Api) -> None:
    made = api.emile.post("/users", json=NEW)
    assert made.headers["Location"] == "/api/v1/users/hugo"
    body = made.json()
    assert body["teams"] == NEW["teams"]
    assert people.me(sessions.sign_in("hugo", body["temporary_password"]).actor).temporary
    assert "temporary_password" not in api.emile.get("/users/hugo").json()
    changed = api.emile.patch("/users/hugo", json={"email": "hugo@example.org", "teams": ["Support N1"]}).json()
    assert (changed["email"], changed["teams"], changed["name"]) == ("hugo@example.org", ["Support N1"], "Hugo Weber")
    token = api.emile.post("/users/hugo/tokens", json={"name": "script", "scope": "read", "expires": 30}).json()[
        "token"
    ]
    assert api.of(token).get("/me").json()["login"] == "hugo"
    assert api.emile("DELETE", "/users/hugo").status_code == 204
    assert api.of(token).get("/me").status_code == 401
    assert [each["login"] for each in api.emile.get("/users?active=false").json()] == ["hugo"]
    assert [each["login"] for each in api.emile.get("/users?q=WEBER").json()] == ["hugo"]


@SQLITE
def test_what_would_leave_nobody_or_a_hole_is_refused(api: Api) -> None:
    for answer in (api.emile.patch("/users/emile", json={"role": "requester"}), api.emile("DELETE", "/users/emile")):
        assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
        assert "Émile" in answer.json()["detail"]
    own = {team["name"]: team["id"] for team in api.emile.get("/teams").json()}
    refused = api.emile("DELETE", f"/teams/{own['Support N1']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "team_in_use")
    cycle = api.emile.patch(f"/teams/{own['Support N3']}", json={"parent": "Support N1"})
    assert field_codes(cycle) == {"parent": "cycle"}
    made = api.emile.post("/teams", json={"name": "Télécom", "external": True})
    assert field_codes(made) == {"email": "required"}
    assert field_codes(api.emile.post("/users", json=NEW | {"role": "king", "teams": ["Nowhere"]})) == {
        "role": "unknown_value",
        "teams": "unknown",
    }
