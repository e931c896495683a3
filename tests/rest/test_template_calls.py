"""Prepared incidents and replies by the API."""

from itertools import count

import pytest

from services import templates
from tests.rest.calls_table import CALLERS, cells
from tests.rest.conftest import Api, field_codes
from tests.rest.template_calls import TEMPLATE_CALLS
from tests.rest.test_access import callers

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


@SQLITE
def test_each_call_about_templates_is_open_to_whom_the_table_says(api: Api) -> None:
    everybody, number = callers(api), count()
    for call, statuses in TEMPLATE_CALLS.items():
        method, path = call.split()
        for caller, status in zip(CALLERS, cells(call, statuses), strict=True):
            reply = {"name": f"réponse {next(number)}", "text": "Bonjour {requester}"}
            made = templates.create(api.desk.actors["emile"], "reply", {**reply, "name": f"{reply['name']} bis"})
            body = {"POST": {"kind": "reply", **reply}, "PATCH": {"text": "Bonsoir"}}.get(method)
            answer = everybody[caller](method, path.format(template_id=made.id), json=body)
            assert answer.status_code == status, f"{caller}: {call}: {answer.text}"


@SQLITE
def test_a_template_is_made_changed_and_removed(api: Api) -> None:
    given = {"kind": "incident", "name": "Imprimante", "title": "Panne", "priority": "low", "team": "Support N1"}
    answer = api.diane.post("/templates", json=given)
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/templates/{made['id']}"
    assert {name: made[name] for name in given} == given
    path = f"/templates/{made['id']}"
    assert api.diane.patch(path, json={"team": None, "version": 1}).json()["team"] is None
    late = api.diane.patch(path, json={"title": "Autre", "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "stale_template")
    assert field_codes(api.diane.patch(path, json={"readers": "both"})) == {"readers": "extra"}
    assert field_codes(api.diane.post("/templates", json={**given, "id": 9})) == {"id": "extra"}
    assert [each["name"] for each in api.alice.get("/templates?kind=incident").json()] == ["Imprimante"]
    assert api.alice.get("/templates?kind=reply").json() == []
    assert api.diane("DELETE", path).status_code == 204
    assert api.diane.get(path).status_code == 404
