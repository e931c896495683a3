"""The API describes itself truly, and the probes say how the process is."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from data import db
from data.vocabulary import Action, Priority, Status
from tests.rest.conftest import Api, new

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def document(api: Api) -> dict[str, Any]:
    """The OpenAPI document, as somebody without a token gets it."""
    answer = api.of(None).get("/openapi.json")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    found: dict[str, Any] = answer.json()
    return found


def properties(shapes: dict[str, Any], name: str) -> set[str]:
    return set(shapes[name]["properties"])


@SQLITE
def test_the_document_describes_what_is_asked_and_answered(api: Api) -> None:
    shapes = document(api)["components"]["schemas"]
    answer = api.alice.create()
    assert properties(shapes, "Incident") == answer.keys()
    assert properties(shapes, "Sla") == answer["sla"].keys()
    assert properties(shapes, "Clock") == answer["sla"]["response"].keys()
    assert set(shapes["Declaration"]["required"]) == new().keys()
    assert shapes["Declaration"]["properties"]["priority"]["enum"] == [*Priority]
    assert shapes["Declaration"]["additionalProperties"] is False
    assert shapes["Status"]["enum"] == [*Status]
    assert shapes["Action"]["enum"] == [*Action]
    problem = api.alice.get("/nowhere").json()
    assert problem.keys() <= properties(shapes, "Problem")


@SQLITE
def test_each_call_that_takes_if_match_says_that_it_may_answer_412(api: Api) -> None:
    for address, methods in document(api)["paths"].items():
        for method, call in methods.items():
            conditional = any(each["name"] == "If-Match" for each in call.get("parameters", ()))
            assert ("412" in call["responses"]) is conditional, f"{method} {address}"


@SQLITE
def test_every_reference_in_the_document_leads_somewhere(api: Api) -> None:
    described = document(api)
    wanted = set(re.findall(r"'#/components/schemas/(\w+)'", str(described)))
    assert wanted == described["components"]["schemas"].keys()


@SQLITE
def test_every_call_says_how_it_may_be_refused(api: Api) -> None:
    described = document(api)
    assert described["security"] == [{"token": []}]
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            refusals = {status: answer for status, answer in call["responses"].items() if status >= "4"}
            assert refusals.keys() >= {"401", "403", "422", "429"}
            assert ("404" in refusals) == ("{" in path)
            # An item, team or channel has no version: of two changes the later one counts.
            plain = method == "patch" and path.endswith(("{item_id}", "{team_id}", "{channel_id}"))
            assert ("409" in refusals) == (method != "get" and not plain)
            assert all(list(answer["content"]) == ["application/problem+json"] for answer in refusals.values())


@SQLITE
def test_the_page_for_people_is_whole_and_needs_nothing_from_elsewhere(api: Api) -> None:
    assert api.client.get("/api/v1", follow_redirects=False).headers["Location"] == "/api/v1/docs"
    assert api.client.post("/api/v1").json()["code"] == "method_not_allowed"
    for language, heading in (("fr", "API REST de Vigie"), ("en", "REST API of Vigie")):
        answer = api.of(None).get("/docs", headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/html")
        page = answer.text
        assert f'<html lang="{language}">' in page
        assert f"<h1>{heading}</h1>" in page
        assert not re.search(r"<script|<link|<img|src=|url\(|https?:|\bon\w+=", page)
        assert {*re.findall(r'href="([^"#]*)"', page)} == {"/api/v1/openapi.json"}
        assert set(re.findall(r'href="#([^"]*)"', page)) <= set(re.findall(r'id="([^"]*)"', page))
        for path, methods in document(api)["paths"].items():
            for method in methods:
                assert f"<h3>{method.upper()} {path}</h3>" in page


def test_the_probes_answer_without_a_token(api: Api) -> None:
    healthy, ready = (api.client.get(path) for path in ("/healthz", "/readyz"))
    assert (healthy.status_code, ready.status_code) == (200, 200)
    assert healthy.headers["Cache-Control"] == ready.headers["Cache-Control"] == "no-store"
    with db.bound().writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert api.client.get("/readyz").status_code == 503
    assert api.client.get("/healthz").status_code == 200
