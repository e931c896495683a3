"""A thousand calls that nobody planned: never a bug, and the same answer from both databases."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.vocabulary import Action, Category, Priority
from services import audit
from tests.rest.conftest import Desk, serving
from tests.storage.cluster import Cluster

CALLS = 500  # on each database

NASTY = [
    *(
        "",
        " ",
        "x",
        "é",
        "\x00",
        "a\x00b",
        "\ud800",
        "\udfff\ud800",
        "\u202e",
        "\ufffe",
        "\U0001f525" * 50,
        "x" * 201,
        "x" * 20_001,
    ),
    *("' OR 1=1 --", '"; DROP TABLE incident', "%", "_", "\\", "*", "../..", "{{7*7}}", "<script>", "=1+1", "\r\nX: y"),
    *(
        "alice",
        "bruno",
        "chloe",
        "me",
        "none",
        "Support N1",
        "support n2",
        "1",
        "-1",
        "0",
        str(2**63),
        "9" * 30,
        "1e3",
        "١",
    ),
    *(
        "open",
        "new",
        "closed",
        "critical",
        "low",
        "network",
        "urgency",
        "-created",
        "due",
        "green",
        "api",
        "fixed",
        "user",
    ),
    *("2026-10-05T08:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2026-10-05", "now", "W10"),
    *("INC-20261005-000001", "INC-20261005-000002", "INC-20261005-999999"),
]
texts = st.sampled_from(NASTY) | st.text(max_size=12)
numbers = st.sampled_from([0, 1, -1, 2, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 10**30]) | st.floats()
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)

FIELDS = [
    *("title", "description", "category", "priority", "source", "severity", "impact", "assignee", "team", "reason"),
    *("assets", "applications", "employees", "clients", "text", "resume_at", "mode", "code", "summary", "master"),
    *("body", "visibility", "id", "version", "status", "self"),
]
PARAMETERS = [
    *("status", "priority", "category", "severity", "impact", "light", "team", "assignee", "q", "sort", "limit"),
    *("cursor", "created_from", "created_to", "asset", "days", "self", "colour"),
]
sound = st.fixed_dictionaries(
    {
        "title": st.just("Le VPN tombe"),
        "description": st.just("x"),
        "category": st.sampled_from([*Category]),
        "priority": st.sampled_from([*Priority]),
    }
)
fitting = st.fixed_dictionaries(
    {},
    optional={
        "assignee": st.sampled_from(["alice", "bruno", "chloe"]),
        "team": st.sampled_from(["Support N1", "Support N2", 3]),
        "reason": st.sampled_from(["user", "supplier", "parce que"]),
        "mode": st.sampled_from(["hierarchical", "functional"]),
        "code": st.sampled_from(["fixed", "duplicate"]),
        "summary": st.just("Fait."),
        "master": st.sampled_from(["INC-20261005-000001", "INC-20261005-000002"]),
    },
)
junk = st.dictionaries(st.sampled_from(FIELDS) | texts, values, max_size=3)


def _body(base: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[bytes]:
    """Mostly `base`, with or without junk in it."""
    spoilt = st.builds(lambda right, wrong: right | wrong, base, junk)
    return (base | base | spoilt | values).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=30)


latin = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=12)
headers = st.fixed_dictionaries(
    {},
    optional={
        "If-Match": st.sampled_from(['"1"', '"2"', "*", '"x"', 'W/"1"', '"1", "2"', "1"]) | latin,
        "Idempotency-Key": st.sampled_from(["a", "b", "x" * 201]) | latin,
        "Accept-Language": st.sampled_from(["en", "fr;q=0.1,en", "*"]) | latin,
        "Content-Type": st.just("application/json") | latin,
    },
)
known = st.integers(1, 4).map(lambda n: f"INC-20261005-{n:06d}")
references = known | known | known | texts
parts = st.sampled_from(["", "/history", "/comments", "/sla"])
others = st.sampled_from(["/me", "/stats", "/teams", "/users", "/openapi.json", "/docs", "/", "/actions/explode"])
queries = st.lists(st.tuples(st.sampled_from(PARAMETERS) | texts, texts), max_size=3)
no_query: st.SearchStrategy[list[tuple[str, str]]] = st.just([])
none = st.just(b"")


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _call(
    method: str, path: str, query: list[tuple[str, str]], sent: Mapping[str, str], content: bytes
) -> tuple[str, str, dict[str, bytes], bytes]:
    address = path + ("?" + "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in query) if query else "")
    raw = {
        name: value.strip().encode("latin-1") for name, value in {"Content-Type": "application/json", **sent}.items()
    }
    return method, address, raw, content


def _of(reference: str, part: str) -> str:
    return f"/incidents/{_quoted(reference)}{part}"


actions = st.sampled_from([*Action]).map(lambda action: f"/actions/{action}")
remark = st.fixed_dictionaries({"body": texts}, optional={"visibility": st.sampled_from(["public", "internal"])})
usual: list[tuple[str, Any, Any, Any]] = [
    ("POST", st.just("/incidents"), no_query, _body(sound)),
    ("GET", st.just("/incidents"), queries, none),
    ("GET", st.builds(_of, references, parts), no_query, none),
    ("PATCH", st.builds(_of, references, st.just("")), no_query, _body(st.one_of(sound, fitting))),
    ("POST", st.builds(_of, references, actions), no_query, _body(fitting)),
    ("POST", st.builds(_of, known, actions), no_query, none | _body(fitting)),
    ("POST", st.builds(_of, references, st.just("/comments")), no_query, _body(remark)),
    ("GET", others, no_query | queries, none),
]
calls = st.one_of(
    *(
        st.builds(_call, st.just(method), path, query, st.just({}) | headers, content)
        for method, path, query, content in usual
    ),
    st.builds(
        _call,
        st.sampled_from(["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]),
        others | st.builds(_of, references, parts | actions),
        queries,
        headers,
        _body(junk),
    ),
)
who = st.sampled_from(["alice", "bruno", "chloe", "diane"])


def planned() -> list[tuple[str, Any]]:
    """The same calls on every run, and who makes them."""
    found: list[tuple[str, Any]] = []

    @settings(
        max_examples=CALLS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(who, calls)
    def collect(login: str, call: Any) -> None:
        found.append((login, call))

    collect()
    return found


def answered(url: str, desk: Desk, plan: list[tuple[str, Any]]) -> list[tuple[int, str]]:
    """(status, code of the problem) of each call; the history is whole afterwards."""
    answers = []
    with serving(url, desk, rate=0) as api:
        for n, (login, (method, address, raw, content)) in enumerate(plan):
            caller = getattr(api, login)
            answer = caller(method, address, headers=raw, content=None if method == "GET" else content)
            assert answer.status_code < 500, (n, login, method, address, raw, content, answer.text)
            problem = answer.status_code >= 400
            assert problem == (answer.headers["Content-Type"] == "application/problem+json"), (n, address, answer.text)
            answers.append((answer.status_code, answer.json()["code"] if problem else ""))
            api.clock.forward(seconds=7)
        assert audit.verify_chain().broken_at is None
        assert list(audit.verify_sla()) == []
    return answers


def test_no_call_is_a_bug_and_both_databases_agree(
    peopled_sqlite: tuple[Path, Desk],
    peopled_postgresql: tuple[str, Desk],
    cluster: Cluster,
    tmp_path: Path,
) -> None:
    plan = planned()
    template, desk = peopled_sqlite
    shutil.copy(template, tmp_path / "vigie.db")
    here = answered(f"sqlite:///{tmp_path}/vigie.db", desk, plan)
    template, desk = peopled_postgresql
    there = answered(cluster.url(cluster.new_database(template)), desk, plan)
    differing = [(call, a, b) for call, a, b in zip(plan, here, there, strict=True) if a != b]
    assert differing == []
    statuses = {status for status, _ in here}
    assert statuses >= {200, 201, 403, 404, 405, 409, 422}, "the calls reach too little"
