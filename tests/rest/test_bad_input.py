"""Bad input: every wrong field is named, nothing is written, and nothing is a bug."""

import json
from dataclasses import replace
from typing import Any

from starlette.testclient import TestClient

from services.i18n import t
from tests.aside import run_aside
from tests.rest.conftest import Api, field_codes, lines, new, problem
from ui.api.gate import MAX_BODY
from ui.edge import MAX_BODY as EDGE
from ui.edge import Edge

DECLARATIONS = [
    ({"title": None}, {"title": "required"}),
    ({"title": "", "description": "  \n"}, {"title": "required", "description": "required"}),
    ({"title": "x" * 201}, {"title": "too_long"}),
    ({"description": "x" * 20_001}, {"description": "too_long"}),
    ({"title": 7, "priority": True}, {"title": "wrong_type", "priority": "wrong_type"}),
    ({"title": {"a": 1}, "description": ["x"]}, {"title": "wrong_type", "description": "wrong_type"}),
    ({"title": "a\x00b"}, {"title": "control_characters"}),
    ({"description": "\x1b[2J"}, {"description": "control_characters"}),
    ({"title": "\u202eevil"}, {"title": "control_characters"}),
    ({"category": "nope", "priority": "URGENT"}, {"category": "unknown_value", "priority": "unknown_value"}),
    (
        {"severity": "nope", "impact": "", "source": ""},
        {"severity": "unknown_value", "impact": "unknown_value", "source": "required"},
    ),
    ({"assignee": "nobody"}, {"assignee": "unknown"}),
    ({"assignee": "chloe"}, {"assignee": "not_a_technician"}),
    ({"assignee": 1}, {"assignee": "wrong_type"}),
    ({"team": 2**63}, {"team": "unknown"}),
    ({"team": 10**30}, {"team": "unknown"}),
    ({"team": -1, "assignee": "x\x00"}, {"team": "unknown", "assignee": "control_characters"}),
    ({"team": 1.0}, {"team": "wrong_type"}),
    ({"team": True}, {"team": "wrong_type"}),
    ({"assets": [2**63, 1]}, {"assets": "unknown"}),
    ({"assets": ["1"]}, {"assets.0": "wrong_type"}),
    ({"assets": 1}, {"assets": "wrong_type"}),
    ({"assets": [1] * 201}, {"assets": "too_many"}),
    ({"clients": [{"id": 1, "is_primary": True}]}, {"clients": "unknown"}),
    ({"clients": [{"id": 1, "colour": "red"}]}, {"clients.0.colour": "extra"}),
    ({"clients": [{}]}, {"clients.0.id": "required"}),
    ({"colour": "red", "status": "closed"}, {"colour": "extra", "status": "extra"}),
    ({"self": 1, "errors": 2}, {"self": "extra", "errors": "extra"}),
]


def test_every_wrong_field_of_a_declaration_is_named(api: Api) -> None:
    for fields, expected in DECLARATIONS:
        before = lines()
        answer = api.alice.post("/incidents", json=new(**fields))
        assert field_codes(answer) == expected
        problem(answer, 422, "invalid")
        assert lines() == before
        assert api.alice.get("/incidents").json()["total"] == 0


BODIES = [
    (
        b'{"title": "\\ud800", "description": "x", "category": "other", "priority": "low"}',
        {"title": "control_characters"},
    ),
    (b'{"title": "x", "description": "x", "category": "other", "priority": "low", "\\udfff": 1}', None),
    (
        b'{"title": "x", "description": "x", "category": "other", "priority": "low", "team": ' + b"9" * 5000 + b"}",
        {"body": "malformed"},
    ),
    (b"{", {"body": "malformed"}),
    (b"", {"body": "required"}),
    (b"null", {"body": "required"}),
    (b"[]", {"body": "wrong_type"}),
    (b'"text"', {"body": "wrong_type"}),
    (b"[" * 100_000, {"body": "malformed"}),
    (b'{"title":' * 50_000, {"body": "malformed"}),
    (b'{"title": "\xff\xfe"}', {"body": "malformed"}),
    (b'{"title": NaN}', None),
    (b'{"title": 1e999}', None),
]


def test_a_body_that_is_not_right_is_no_bug(api: Api) -> None:
    for body, expected in BODIES:
        answer = api.alice.post("/incidents", content=body, headers={"Content-Type": "application/json"})
        assert expected in (None, field_codes(answer))
        problem(answer, 422, "invalid")


OTHER_TYPES = [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "é;;=", "a/b/c"]


def test_only_json_is_read_as_json(api: Api) -> None:
    for kind in OTHER_TYPES:
        headers = {} if kind is None else {"Content-Type": kind.encode("latin-1")}
        answer = api.alice.post("/incidents", content=json.dumps(new()).encode(), headers=headers)  # type: ignore[arg-type]
        assert list(field_codes(answer)) == ["body"]


def test_a_body_may_be_as_large_as_a_description_needs_and_no_larger(api: Api) -> None:
    assert api.alice.create(description="é" * 20_000)["description"] == "é" * 20_000

    def in_pieces() -> Any:
        for _ in range(17):
            yield b" " * (MAX_BODY // 16)

    for content in (b" " * (MAX_BODY + 1), in_pieces()):
        problem(api.alice.post("/incidents", content=content), 413, "too_large")
    problem(api.alice.post("/incidents", headers={"Content-Length": "9" * 19}), 413, "too_large")
    outermost = replace(api, client=TestClient(Edge(api.app)))
    wish = {"Accept-Language": "de, en;q=0.8"}
    refused = outermost.alice.post("/incidents", headers=wish | {"Content-Length": str(EDGE + 1)})
    problem(refused, 413, "too_large")
    assert (refused.json()["detail"], refused.headers["cache-control"]) == (t("error.too_large", "en"), "no-store")
    assert list(field_codes(api.alice.post("/incidents", content=b" " * MAX_BODY))) == ["body"]


def test_a_line_of_a_megabyte_is_refused_by_every_call_that_takes_text(api: Api) -> None:
    """X5: 413 or 422, and nothing is stored."""
    reference, line = api.alice.create()["reference"], "x" * 2**20
    texts = {
        "/incidents": new(description=line),
        f"/incidents/{reference}/comments": {"body": line},
        f"/incidents/{reference}/actions/start_and_resolve": {"code": "fixed", "summary": line},
        "/assets": {"name": line, "type": "server"},
    }
    before = lines()
    for path, body in texts.items():
        problem(api.alice.post(path, json=body), 413, "too_large")
        short = {name: value[: 2**19] if value == line else value for name, value in body.items()}
        assert set(field_codes(api.alice.post(path, json=short)).values()) == {"too_long"}
    assert lines() == before


def test_a_call_whose_body_is_cut_short_does_nothing(api: Api) -> None:
    reference = api.alice.create()["reference"]
    before = lines()
    path = f"/api/v1/incidents/{reference}/actions/take"
    token = api.desk.tokens["alice"]
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"content-length", b"20")],
    }
    told: list[Any] = []

    async def cut() -> None:
        pieces = iter([{"type": "http.request", "body": b"", "more_body": True}, {"type": "http.disconnect"}])

        async def receive() -> Any:
            return next(pieces)

        async def send(message: Any) -> None:
            told.append(message)

        await api.app(scope, receive, send)

    run_aside(cut())
    assert told == []
    assert lines() == before


ACTION_FIELDS = [
    ("assign", {}, {"assignee": "required"}),
    ("assign", {"assignee": "nobody", "team": "nowhere"}, {"assignee": "unknown", "team": "unknown"}),
    ("hold", {}, {"reason": "required"}),
    ("hold", {"reason": "weather"}, {"reason": "unknown_value"}),
    ("hold", {"reason": "user", "resume_at": "2020-01-01T00:00:00Z"}, {"resume_at": "in_the_past"}),
    ("hold", {"reason": "user", "resume_at": "2026-12-01T00:00:00"}, {"resume_at": "wrong_type"}),
    ("hold", {"reason": "user", "resume_at": 1_900_000_000}, {"resume_at": "wrong_type"}),
    ("hold", {"reason": "user", "resume_at": "0001-01-01T00:00:00+14:00"}, {"resume_at": "wrong_type"}),
    ("hold", {"reason": "user", "resume_at": "9999-12-31T23:59:59Z"}, {"resume_at": "out_of_range"}),
    ("hold", {"reason": "user", "text": "x" * 2_001}, {"text": "too_long"}),
    ("escalate", {}, {"mode": "required", "reason": "required"}),
    ("escalate", {"mode": "functional", "reason": "x"}, {"team": "required"}),
    ("escalate", {"mode": "functional", "reason": "x", "team": "Support N1"}, {"team": "same_team"}),
    ("escalate", {"mode": "hierarchical", "reason": "x", "team": "Support N3"}, {"team": "not_chosen"}),
    ("resolve", {}, {"code": "required", "summary": "required"}),
    ("resolve", {"code": "duplicate", "summary": "x"}, {"master": "required"}),
    ("resolve", {"code": "duplicate", "summary": "x", "master": "INC-20200101-000001"}, {"master": "unknown"}),
    ("resolve", {"code": "duplicate", "summary": "x", "master": "a\x00b"}, {"master": "control_characters"}),
    ("resolve", {"code": "fixed", "summary": "x", "master": "INC-20200101-000001"}, {"master": "only_for_duplicates"}),
    ("take", {"assignee": "bruno"}, {"assignee": "extra"}),
    ("resume", {"reason": "x"}, {"reason": "extra"}),
]


def test_every_wrong_field_of_an_action_is_named(api: Api) -> None:
    reference = api.alice.create(team="Support N1")["reference"]
    api.alice.act(reference, "take_and_start")
    before = lines()
    for action, body, expected in ACTION_FIELDS:
        answer = api.alice.post(f"/incidents/{reference}/actions/{action}", json=body)
        assert field_codes(answer) == expected, (action, body)
    assert lines() == before


def test_an_incident_is_no_duplicate_of_itself(api: Api) -> None:
    reference = api.alice.create()["reference"]
    body = {"code": "duplicate", "summary": "x", "master": reference}
    answer = api.alice.post(f"/incidents/{reference}/actions/start_and_resolve", json=body)
    assert field_codes(answer) == {"master": "itself"}


QUERIES = [
    ("limit=0", {"limit": "out_of_range"}),
    ("limit=-1", {"limit": "out_of_range"}),
    ("limit=201", {"limit": "out_of_range"}),
    (f"limit={2**63}", {"limit": "out_of_range"}),
    ("limit=" + "9" * 5000, {"limit": "wrong_type"}),
    ("limit=x", {"limit": "wrong_type"}),
    ("limit=", {"limit": "wrong_type"}),
    ("sort=colour", {"sort": "unknown_value"}),
    ("sort=-due", {"sort": "unknown_value"}),
    ("status=nope&status=new", {"status": "unknown_value"}),
    ("priority=%00&light=blue", {"priority": "unknown_value", "light": "unknown_value"}),
    ("team=nowhere&assignee=nobody", {"team": "unknown", "assignee": "unknown"}),
    (f"team={2**63}", {"team": "unknown"}),
    ("assignee=%00", {"assignee": "control_characters"}),
    ("q=%00", {"q": "control_characters"}),
    ("q=" + "x" * 201, {"q": "too_long"}),
    ("created_from=yesterday", {"created_from": "wrong_type"}),
    ("created_to=2026-10-05T08:00:00", {"created_to": "wrong_type"}),
    ("created_to=9999-12-31T23:59:59-14:00", {"created_to": "wrong_type"}),
    ("created_from=0001-01-01&created_to=9999-12-31", {"created_from": "wrong_type", "created_to": "wrong_type"}),
    ("created_from=2026-02-29&resolved_to=2026-10-5", {"created_from": "wrong_type", "resolved_to": "wrong_type"}),
    ("asset=1&application=2&client=x", {"asset": "unknown", "application": "unknown", "client": "unknown"}),
    ("colour=red&offset=-1", {"colour": "extra", "offset": "extra"}),
    ("self=1", {"self": "extra"}),
    ("cursor=x", {"cursor": "bad_cursor"}),
    ("cursor=%C3%A9", {"cursor": "bad_cursor"}),
]


def test_every_wrong_parameter_of_a_list_is_named(api: Api) -> None:
    for query, expected in QUERIES:
        assert field_codes(api.alice.get(f"/incidents?{query}")) == expected


def test_an_address_that_takes_no_parameter_names_those_it_got(api: Api) -> None:
    reference = api.alice.create()["reference"]
    for path in ("/me", "/teams", "/users", f"/incidents/{reference}", f"/incidents/{reference}/history"):
        assert field_codes(api.alice.get(f"{path}?colour=red&self=1")) == {"colour": "extra", "self": "extra"}
    assert field_codes(api.alice.get("/stats?days=0")) == {"days": "out_of_range"}
    assert field_codes(api.alice.get("/stats?hours=1")) == {"hours": "extra"}
    assert field_codes(api.alice.post(f"/incidents/{reference}/actions/take?dry=1")) == {"dry": "extra"}
