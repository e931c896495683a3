"""What a body may not say: fields that are the desk's own (A6), and the keys of what is not the caller's (A2)."""

from collections.abc import Iterator
from typing import Any

import pytest

from data.vocabulary import Action, Audience
from services import people, sla_policies
from tests.dump import dump
from tests.rest.conftest import Api, Caller, field_codes, internal_file, new
from tests.rest.smuggled import SMUGGLED
from tests.rest.test_access import BODIES, incident

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
# Of the fields, those that such a call has a right to.
OWN = {"/users": {"role"}, "/templates": {"version"}, "/sla-policies": {"version"}}


def _json_calls(api: Api) -> set[tuple[str, str]]:
    document = api.of(None).get("/openapi.json").json()
    return {
        (method, path)
        for path, methods in document["paths"].items()
        for method, call in methods.items()
        if "application/json" in call.get("requestBody", {}).get("content", {})
    }


def _bodies(api: Api) -> dict[tuple[str, str], dict[str, Any]]:
    """(method, template of the address) → a body that would be taken, but for its state."""
    terms = dict(sla_policies.versions(api.desk.actors["emile"])[0].terms)
    of = "/incidents/{reference}"
    letter = {"audience": [*Audience][:1], "subject": "Bonjour", "text": "{title}"}
    given: dict[tuple[str, str], dict[str, Any]] = {
        ("post", "/incidents"): new(),
        ("patch", of): {"title": "Autre"},
        ("post", f"{of}/comments"): {"body": "Bonjour"},
        ("post", f"{of}/rating"): {"score": 4},
        ("post", f"{of}/service-request"): {"message": "Voyez le catalogue."},
        ("post", f"{of}/affected"): {"person": "gina"},
        ("put", f"{of}/known-problem"): {"title": "Le VPN tombe"},
        ("post", f"{of}/messages/preview"): letter,
        ("post", f"{of}/messages"): letter,
        ("post", f"{of}/relations"): {"other": "INC-20200101-000001", "kind": "related"},
        ("post", "/applications/{item_id}/changes"): {"day": "2026-10-01", "summary": "Mise à jour."},
        ("post", "/users"): {"login": "odd", "name": "Odd", "role": "technician"},
        ("patch", "/users/{login}"): {"name": "Odd"},
        ("post", "/users/{login}/tokens"): {"name": "script"},
        ("post", "/teams"): {"name": "Odd"},
        ("patch", "/teams/{team_id}"): {"name": "Odd"},
        ("post", "/sla-policies"): terms | {"pausing": ["user"]},
        ("post", "/templates"): {"kind": "reply", "name": "Odd", "text": "Bonjour", "readers": "both"},
        ("patch", "/templates/{template_id}"): {"name": "Odd"},
        ("post", "/channels"): {"name": "Odd", "medium": "webhook", "address": "https://example.org/hook"},
        ("patch", "/channels/{channel_id}"): {"name": "Odd", "active": False},
        ("post", "/channels/{channel_id}/tests"): {},
        ("patch", "/settings"): {"name": "Odd"},
    }
    types = {"assets": {"type": "server"}, "clients": {"type": "internal"}}
    for kind in ("assets", "applications", "employees", "clients"):
        given["post", f"/{kind}"] = {"name": "Odd", **types.get(kind, {})}
        given["patch", f"/{kind}/{{item_id}}"] = {"name": "Odd"}
    return given | {("post", f"{of}/actions/{action}"): BODIES.get(action, {}) for action in Action}


@SQLITE  # what a body may say is judged before anything is stored
def test_no_call_takes_a_field_of_the_desks_own(api: Api) -> None:
    """A6: each such field with each call that has a body, by who may do most: named in a 422, and nothing changed."""
    bodies = _bodies(api)
    others_words = {("post", "/hooks/{kind}/{token}")}  # a monitoring system's: what we do not read is passed over
    assert bodies.keys() == _json_calls(api) - others_words, "a call with a body that nobody has thought about"
    reference = incident(api, "in_progress")
    item = {kind: api.emile.post(f"/{kind}", json=bodies["post", f"/{kind}"]).json()["id"] for kind in _kinds()}
    reply = {"kind": "reply", "name": "Merci", "text": "Bonjour", "readers": "both"}
    template = api.emile.post("/templates", json=reply).json()["id"]
    channel = api.emile.post("/channels", json=bodies["post", "/channels"]).json()["id"]
    before, tried = dump(), 0
    for (method, path), body in bodies.items():
        address = path.format(
            reference=reference,
            item_id=item.get(path.split("/")[1]),
            login="bruno",
            team_id=1,
            template_id=template,
            channel_id=channel,
        )
        own = next((names for start, names in OWN.items() if path.startswith(start)), set())
        for name, value in SMUGGLED.items():
            if name in own or name in body:
                continue
            answer = api.emile(method.upper(), address, json={**body, name: value})
            said = {error["field"]: error["code"] for error in answer.json().get("errors", ())}
            assert (answer.status_code, said) == (422, {name: "extra"}), f"{method} {path}: {name}: {answer.text}"
            tried += 1
    for name in ("assignee", "team"):  # which a declaration may say, and a change may not
        changed = api.emile.patch(f"/incidents/{reference}", json={"title": "x", name: "alice"})
        assert field_codes(changed) == {name: "extra"}
    assert dump() == before
    assert tried >= 850, tried


def _kinds() -> tuple[str, ...]:
    return ("assets", "applications", "employees", "clients")


PEOPLE = ("chloe", "gina", "diane", "nobody", "1", "me", "none", "système", "' OR 1=1 --", "x" * 65, "é")
TEAMS: tuple[Any, ...] = ("nowhere", 0, -1, 99, 2**31, 2**63, 10**30, "0", "99", "1e3", "١", "9" * 30)
ITEMS: tuple[Any, ...] = (0, -1, 99, 2**31, 2**63, 10**30)
REFERENCES = ("INC-20200101-000001", "1", "' OR 1=1 --", "INC-20261005-００００01", "me")


def _tries(api: Api, mine: str, theirs: str, file: int) -> Iterator[tuple[Caller, str, str, dict[str, Any]]]:
    """(who, method, address, body): in each body one key is of what the caller cannot see, name, or give to."""
    alice, gina, emile, of = api.alice, api.gina, api.emile, f"/incidents/{mine}"
    for login in PEOPLE:
        yield alice, "POST", "/incidents", new(assignee=login)
        yield alice, "POST", f"{of}/actions/assign", {"assignee": login}
        if login not in ("chloe", "gina"):
            yield alice, "POST", f"{of}/affected", {"person": login}
    for team in TEAMS:
        yield alice, "POST", "/incidents", new(team=team)
        yield alice, "POST", f"{of}/actions/assign", {"team": team}
        yield alice, "POST", f"{of}/actions/escalate", {"mode": "functional", "reason": "x", "team": team}
        yield emile, "POST", "/teams", {"name": "Odd", "parent": team}
        yield emile, "PATCH", "/teams/1", {"parent": team}
        yield emile, "PATCH", "/users/bruno", {"teams": [team]}
        yield emile, "POST", "/users", {"login": "odd", "name": "Odd", "role": "technician", "teams": [team]}
        yield emile, "POST", "/templates", {"kind": "incident", "name": "Odd", "title": "x", "text": "x", "team": team}
        hook = {"name": "Odd", "medium": "webhook", "address": "https://example.org/hook"}
        yield emile, "POST", "/channels", {**hook, "team": team}
    for item in ITEMS:
        for name in ("assets", "applications", "employees"):
            yield alice, "POST", "/incidents", new(**{name: [item]})
            yield alice, "PATCH", of, {name: [item]}
        yield alice, "POST", "/incidents", new(clients=[{"id": item}])
        yield alice, "PATCH", of, {"clients": [{"id": item}]}
        yield alice, "POST", "/applications", {"name": "Odd", "assets": [item]}
        yield alice, "POST", "/applications", {"name": "Odd", "clients": [item]}
        yield alice, "POST", "/applications", {"name": "Odd", "owner": item}
        yield alice, "POST", f"/applications/{item}/changes", {"day": "2026-10-01", "summary": "x"}
    for reference in REFERENCES:
        duplicate = {"code": "duplicate", "summary": "x", "master": reference}
        yield alice, "POST", f"{of}/actions/resolve", duplicate
        yield alice, "POST", f"{of}/relations", {"other": reference, "kind": "related"}
    # What exists, and is somebody else's: a requester names team, people and things, and others' incidents.
    for name, value in (("assignee", "alice"), ("team", "Support N1"), ("team", 1)):
        yield gina, "POST", "/incidents", new(**{name: value})
    yield gina, "POST", f"/incidents/{theirs}/relations", {"other": mine, "kind": "related"}
    for part, body in (("comments", {"body": "x"}), ("rating", {"score": 1}), ("affected", {"person": "gina"})):
        yield gina, "POST", f"{of}/{part}", body
    for action in Action:
        yield gina, "POST", f"{of}/actions/{action}", BODIES.get(action, {})
    for reader in (gina, api.chloe):
        for place in (mine, theirs):
            yield reader, "GET", f"/incidents/{place}/attachments/{file}", {}


def test_no_call_takes_the_key_of_what_is_out_of_the_callers_reach(api: Api, file_folder: object) -> None:
    """A2: people, teams, incidents, items, files; each replaced by one that is not there or not the caller's."""
    mine, theirs = incident(api, "in_progress"), api.gina.create()["reference"]
    file = internal_file(api, mine)
    people.set_active(api.desk.actors["emile"], "diane", False)
    before = dump()
    answers = [
        (caller(method, path, **({} if method == "GET" else {"json": body})), f"{method} {path} {body}")
        for caller, method, path, body in _tries(api, mine, theirs, file)
    ]
    assert [said for answer, said in answers if answer.status_code not in (403, 404, 422)] == []
    assert len(answers) >= 200, len(answers)
    assert dump() == before
