"""Every refusal is problem+json, changes nothing, and says what a person and a script need."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from data import db
from data.queries import history
from data.vocabulary import Scope
from services import lifecycle, people, tokens
from services.i18n import t
from tests.rest.conftest import Api, Caller, field_codes, new, resolved
from ui.api.gate import MAX_BODY, wished_locale


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, which has the contract's shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:vigie:problem:{code}")
    assert body["title"]
    assert body["detail"]
    return body


def lines() -> int:
    """How many lines the history has."""
    with db.read_session() as session:
        return history.count(session)


NO_TOKENS = [None, "", "Bearer", "Bearer ", "Bearer vigie_wrong", "Basic YWxpY2U6eA==", "é"]


def test_without_a_token_nobody_enters(api: Api) -> None:
    for authorization in NO_TOKENS:
        nobody = api.of(None)
        headers = {} if authorization is None else {"Authorization": authorization}
        for path in ("/me", "/incidents", "/incidents/INC-20261005-000001", "/nowhere"):
            raw = {name: value.encode("latin-1") for name, value in headers.items()}
            answer = nobody.get(path, headers=raw)  # type: ignore[arg-type]
            problem(answer, 401, "bad_token")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        problem(nobody.post("/incidents", content=b"{not json"), 401, "bad_token")


def test_the_scheme_of_the_token_may_be_written_in_any_case(api: Api) -> None:
    token = api.desk.tokens["alice"]
    assert api.of(None).get("/me", headers={"Authorization": f"bearer {token}"}).status_code == 200


def test_a_cookie_opens_nothing(api: Api) -> None:
    token = api.desk.tokens["alice"]
    problem(api.of(None).get("/me", headers={"Cookie": f"vigie_session={token}; token={token}"}), 401, "bad_token")


def test_a_token_ends_with_its_day_and_with_its_account(api: Api) -> None:
    emile = api.desk.actors["emile"]
    short = api.of(tokens.issue(emile, "bruno", name="short", expires_days=1))
    assert short.get("/me").status_code == 200
    api.clock.forward(days=1)
    problem(short.get("/me"), 401, "bad_token")
    people.set_active(emile, "alice", False)
    problem(api.alice.get("/me"), 401, "bad_token")


def test_a_token_that_may_only_read_changes_nothing(api: Api) -> None:
    reference = api.alice.create()["reference"]
    reader = api.of(tokens.issue(api.desk.actors["emile"], "alice", name="reader", scope=Scope.READ))
    before = lines()
    assert reader.get(f"/incidents/{reference}").status_code == 200
    for answer in (
        reader.post("/incidents", json=new()),
        reader.patch(f"/incidents/{reference}", json={"title": "x"}),
        reader.post(f"/incidents/{reference}/actions/take"),
        reader.post(f"/incidents/{reference}/comments", json={"body": "x"}),
    ):
        refused = problem(answer, 403, "forbidden")
        assert refused["detail"] == "Ce jeton d’API ne permet que la lecture."
    assert lines() == before


def test_a_refused_move_names_the_ones_that_are_open(api: Api) -> None:
    reference = api.alice.create()["reference"]
    before = lines()
    refused = problem(api.alice.post(f"/incidents/{reference}/actions/close"), 409, "transition_refused")
    assert refused["allowed_actions"] == ["take", "assign", "take_and_start", "start_and_resolve"]
    assert (refused["action"], refused["current"], refused["reason"]) == ("close", "new", "no_such_move")
    assert refused["detail"].replace("\u00a0", " ") == (
        "« Clôturer » n’est pas possible : un incident « Nouveau » ne le permet pas."
    )
    assert lines() == before


def test_a_refused_move_is_refused_before_its_fields_are_looked_at(api: Api) -> None:
    reference = api.alice.create()["reference"]
    for action, body in (("resolve", {}), ("hold", {"reason": "nope"}), ("reopen", {"reason": ""})):
        problem(api.alice.post(f"/incidents/{reference}/actions/{action}", json=body), 409, "transition_refused")


def test_somebody_who_was_faster_is_named(api: Api) -> None:
    reference = api.alice.create()["reference"]
    lifecycle.take(api.desk.actors["bruno"], reference)
    api.clock.forward(seconds=2)
    refused = problem(api.alice.post(f"/incidents/{reference}/actions/take"), 409, "already_taken")
    assert (refused["by"], refused["seconds"], refused["reference"]) == ("Bruno Keller", 2, reference)


def test_a_closed_incident_changes_no_more(api: Api) -> None:
    reference = resolved(api)
    api.alice.act(reference, "close")
    before = lines()
    problem(api.alice.patch(f"/incidents/{reference}", json={"title": "x"}), 409, "closed")
    problem(api.alice.post(f"/incidents/{reference}/comments", json={"body": "x"}), 409, "closed")
    refused = problem(
        api.alice.post(f"/incidents/{reference}/actions/reopen", json={"reason": "x"}), 409, "transition_refused"
    )
    assert refused["allowed_actions"] == []
    assert lines() == before


UNKNOWN = [
    "INC-20261005-999999",
    "INC-20261005-1",
    "inc-20261005-000001",
    "INC-20261005-000001 ",
    "INC-20261005-000001%00",
    "INC-%D9%A2%D9%A0%D9%A2%D9%A6%D9%A1%D9%A0%D9%A0%D9%A5-000001",
    "%00",
    "%ff%fe",
    "..%2f..%2fetc%2fpasswd",
    "1%20OR%201=1",
    "'",
    "9" * 3000,
    str(2**63),
]


def test_what_is_unknown_is_not_found(api: Api) -> None:
    api.alice.create()
    for reference in UNKNOWN:
        problem(api.alice.get(f"/incidents/{reference}"), 404, "not_found")
        problem(api.alice.get(f"/incidents/{reference}/sla"), 404, "not_found")
        problem(api.alice.patch(f"/incidents/{reference}", json={"title": "x"}), 404, "not_found")
        problem(api.alice.post(f"/incidents/{reference}/actions/take"), 404, "not_found")


def test_an_unknown_address_or_method_is_a_problem_too(api: Api) -> None:
    reference = api.alice.create()["reference"]
    for path in ("/", "/nowhere", "/incidents/", f"/incidents/{reference}/actions/explode", "/openapi.json/x"):
        problem(api.alice.get(path), 404, "not_found")
    answer = api.alice("DELETE", f"/incidents/{reference}")
    problem(answer, 405, "method_not_allowed")
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) <= {"GET", "PATCH"}


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
    ({"severity": "nope", "impact": "", "source": ""}, {"severity": "unknown_value", "source": "required"}),
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
    assert list(field_codes(api.alice.post("/incidents", content=b" " * MAX_BODY))) == ["body"]


ACTION_FIELDS = [
    ("assign", {}, {"assignee": "required"}),
    ("assign", {"assignee": "nobody", "team": "nowhere"}, {"assignee": "unknown", "team": "unknown"}),
    ("hold", {}, {"reason": "required"}),
    ("hold", {"reason": "weather"}, {"reason": "unknown_value"}),
    ("hold", {"reason": "user", "resume_at": "2020-01-01T00:00:00Z"}, {"resume_at": "in_the_past"}),
    ("hold", {"reason": "user", "resume_at": "2026-12-01T00:00:00"}, {"resume_at": "wrong_type"}),
    ("hold", {"reason": "user", "resume_at": 1_900_000_000}, {"resume_at": "wrong_type"}),
    ("hold", {"reason": "user", "resume_at": "0001-01-01T00:00:00+14:00"}, {"resume_at": "wrong_type"}),
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


def test_a_token_that_calls_too_often_is_told_when_to_come_back(hurried_api: Api) -> None:
    api = hurried_api
    assert [api.alice.get("/me").status_code for _ in range(5)] == [200] * 5
    for _ in range(2):
        answer = api.alice.get("/me")
        refused = problem(answer, 429, "too_many_attempts")
        assert 1 <= int(answer.headers["Retry-After"]) == refused["retry_after"] <= 60
    assert api.bruno.get("/me").status_code == 200
    problem(api.of("vigie_wrong").get("/me"), 401, "bad_token")


def test_a_bug_shows_its_number_and_nothing_else(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    reference = api.alice.create()["reference"]
    with db.bound().writer.begin() as connection:
        connection.execute(text("ALTER TABLE comment RENAME TO secret_place"))
    broken = problem(api.alice.get(f"/incidents/{reference}/history"), 500, "internal")
    assert broken["reference"] in broken["detail"]
    assert broken.keys() == {"type", "title", "status", "detail", "code", "reference"}
    assert any(broken["reference"] in record.getMessage() for record in caplog.records)
    assert api.alice.get("/me").status_code == 200


def test_sentences_are_in_the_language_that_is_wished(api: Api) -> None:
    def detail(wish: str | None) -> str:
        headers = {} if wish is None else {"Accept-Language": wish}
        return str(problem(api.alice.get("/nowhere", headers=headers), 404, "not_found")["detail"])

    assert detail(None) == t("error.not_found", "fr")
    assert detail("en-US,en;q=0.9") == t("error.not_found", "en")
    wrong = api.alice.post("/incidents", json=new(title=""), headers={"Accept-Language": "en"})
    assert wrong.json()["errors"] == [{"field": "title", "code": "required", "detail": "This field is required."}]


@pytest.mark.parametrize(
    ("wish", "language"),
    [
        ("", "fr"),
        ("de", "fr"),
        ("EN", "en"),
        ("fr;q=0.5, en;q=0.9", "en"),
        ("en;q=0, fr;q=0.1", "fr"),
        ("de, en-GB;q=0.7, fr;q=0.3", "en"),
        ("en;q=nonsense", "fr"),
        ("*;;;,,,=", "fr"),
    ],
)
def test_the_language_that_is_liked_best_is_chosen(wish: str, language: str) -> None:
    assert wished_locale(wish, "fr") == language


def test_the_sentence_of_a_forbidden_move_says_why(api: Api) -> None:
    reference = api.alice.create(team="Support N1")["reference"]
    outsider: Caller = api.bruno
    refused = problem(outsider.post(f"/incidents/{reference}/actions/take"), 403, "forbidden")
    assert refused["reason"] == "not_a_member"
    assert refused["detail"] == "Vous n’êtes pas membre de l’équipe de cet incident."
