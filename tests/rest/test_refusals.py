"""Every refusal is problem+json, changes nothing, and says what a person and a script need."""

from urllib.parse import quote

import pytest
from sqlalchemy import text

from data import db
from data.vocabulary import Scope
from services import lifecycle, people, tokens
from services.i18n import t
from services.work import Actor
from tests.rest.conftest import Api, Caller, lines, new, problem, resolved
from ui.api import gate
from ui.api.gate import wished_locale

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
    assert refused["allowed_actions"] == api.alice.get(f"/incidents/{reference}").json()["allowed_actions"] != []


def test_a_closed_incident_changes_no_more(api: Api) -> None:
    reference = resolved(api)
    api.alice.act(reference, "close")
    before = lines()
    edited = problem(api.alice.patch(f"/incidents/{reference}", json={"title": "x"}), 409, "closed")
    assert edited["allowed_actions"] == []
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
    assert answer.headers["Allow"] == "HEAD, GET, PATCH"
    assert api.alice("PUT", "/incidents").headers["Allow"] == "HEAD, GET, POST"
    assert api.alice("GET", f"/incidents/{reference}/actions/take").headers["Allow"] == "POST"


def test_head_is_get_without_its_content(api: Api) -> None:
    """RFC 9110, 9.3.2: with the same headers and refusals."""
    reference = api.alice.create()["reference"]
    for path in ("/me", f"/incidents/{reference}", "/openapi.json", f"/incidents/{reference}0", "/nowhere"):
        asked, got = api.alice("HEAD", path), api.alice.get(path)
        assert (asked.status_code, asked.content) == (got.status_code, b"")
        assert [asked.headers.get(name) for name in ("ETag", "Content-Length", "Content-Type")] == [
            got.headers.get(name) for name in ("ETag", "Content-Length", "Content-Type")
        ]
    assert api.of(None)("HEAD", "/me").status_code == 401
    assert api.client.head("/healthz").status_code == 200


def test_an_id_has_one_address(api: Api) -> None:
    """« 01 », « +1 » and « 1.0 » are no second names of what 1 is, for whoever filters by address."""
    made = api.emile.post("/assets", json={"name": "SRV-01", "type": "server"}).json()["id"]
    assert api.alice.get(f"/assets/{made}").status_code == 200
    for odd in (f"0{made}", f"+{made}", f"{made}.0", f" {made}", f"{made}_0", "\u0661", "-0", "1" * 40, "true"):
        for call in (api.alice.get, api.alice.patch):
            more = {"json": {"location": "Paris"}} if call == api.alice.patch else {}
            assert call(f"/assets/{quote(odd)}", **more).status_code in (404, 422), odd


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


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_of_many_tokens_the_one_that_was_longest_not_used_is_looked_up_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the one that was first seen: a script that calls all day stays known among many that call once."""
    looked_up: list[str] = []
    real = tokens.holder

    def holder(token: str) -> Actor:
        looked_up.append(token)
        return real(token)

    monkeypatch.setattr(tokens, "holder", holder)
    monkeypatch.setattr(gate, "REMEMBERED", 2)
    for login in ("alice", "bruno", "alice", "diane", "alice", "bruno"):
        assert getattr(api, login).get("/nowhere").status_code == 404
    assert looked_up == [api.desk.tokens[login] for login in ("alice", "bruno", "diane", "bruno")]
