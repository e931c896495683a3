"""GET /metrics: who may read it, what it tells, and what it never does."""

import re
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from data import db
from data.queries import outbox
from data.vocabulary import Medium, NotificationKind
from services import clock
from services.work import SYSTEM, begin
from tests.intake.letters import received, written
from tests.rest.conftest import Api, problem
from ui.edge import Edge
from ui.metrics import Meter

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
HERE = ("127.0.0.1", 40_000)


def client(api: Api, peer: tuple[str, int] = HERE, trusted: tuple[str, ...] = ()) -> TestClient:
    """Who asks over a socket from `peer`, through all that a request goes through in the server."""
    edge: ASGIApp = Edge(Meter(api.app), trusted=trusted)
    whole: Any = ProxyHeadersMiddleware(edge, list(trusted)) if trusted else edge
    return TestClient(whole, client=peer)


def figures(text: str) -> dict[str, float]:
    """Series → value."""
    lines = [line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#")]
    return {series: float(value) for series, _, value in lines}


# Peer of the socket, trusted proxies, headers → status without a token.
PEERS: list[tuple[str, tuple[str, ...], dict[str, str], int]] = [
    ("127.0.0.1", (), {}, 200),
    ("127.8.9.1", (), {}, 200),
    ("::1", (), {}, 200),
    ("::ffff:127.0.0.1", (), {}, 200),
    ("192.0.2.7", (), {}, 401),
    ("", (), {}, 401),
    # A header opens nothing, and whatever speaks for others is nobody of this machine.
    ("192.0.2.7", (), {"X-Forwarded-For": "127.0.0.1"}, 401),
    ("192.0.2.7", (), {"Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1", "Host": "localhost"}, 401),
    ("127.0.0.1", (), {"X-Forwarded-For": "192.0.2.7"}, 401),
    ("127.0.0.1", (), {"Via": "1.1 proxy"}, 401),
    ("127.0.0.1", ("127.0.0.1",), {}, 401),
    ("127.0.0.1", ("127.0.0.1",), {"X-Forwarded-For": "192.0.2.7"}, 401),
    ("127.0.0.1", ("127.0.0.1",), {"X-Forwarded-For": "127.0.0.1"}, 401),
    ("10.0.0.5", ("10.0.0.5",), {"X-Forwarded-For": "127.0.0.1"}, 401),
    ("127.0.0.1", ("10.0.0.5",), {}, 200),
]


@SQLITE
def test_without_a_token_only_the_machine_itself_reads_them(api: Api) -> None:
    for peer, trusted, headers, status in PEERS:
        asking = client(api, (peer, 40_000), trusted)
        answer = asking.get("/metrics", headers=headers)
        assert answer.status_code == status, f"{peer}, trusted {trusted}, {headers}"
        if status == 401:
            problem(answer, 401, "bad_token")
            token = {"Authorization": f"Bearer {api.desk.tokens['alice']}"}
            answer = asking.get("/metrics", headers=headers | token)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        assert answer.headers["Cache-Control"] == "no-store"


def test_they_count_incidents_and_messages_and_name_nobody(api: Api) -> None:
    canary = "canari-51ce"
    for priority in ("critical", "critical", "low"):
        api.alice.create(title=f"Panne {canary}", description=canary, priority=priority)
    reference = api.chloe.create(title=canary, priority="low")["reference"]
    api.alice.act(reference, "take")
    now = clock.now()
    of_all = {"seq": 1, "kind": NotificationKind.TEST, "created_at": now, "due_at": now, "error": canary}
    rows = [
        of_all | {"recipient": "mail:0", "medium": Medium.EMAIL, "address": f"{canary}@example.org", "failed_at": None},
        of_all | {"recipient": "mail:1", "medium": Medium.EMAIL, "address": "", "failed_at": None},
        of_all | {"recipient": "mail:2", "medium": Medium.WEBHOOK, "address": "", "failed_at": now},
    ]
    with begin(SYSTEM) as work:
        outbox.add(work.session, rows)
    received(written(f"{canary}@example.org", canary, canary))
    api.clock.forward(seconds=90)
    text = client(api).get("/metrics").text
    told = figures(text)
    assert told['vigie_incidents{priority="critical",status="new"}'] == 2
    assert told['vigie_incidents{priority="low",status="new"}'] == 1
    assert told['vigie_incidents{priority="low",status="assigned"}'] == 1
    assert sum(value for series, value in told.items() if series.startswith("vigie_incidents{")) == 4
    assert told["vigie_letters_waiting"] == 1
    assert told['vigie_outbox_messages_waiting{medium="email"}'] == 2
    assert told['vigie_outbox_messages_failed{medium="email"}'] == 0
    assert told['vigie_outbox_messages_failed{medium="webhook"}'] == 1
    assert told['vigie_outbox_overdue_seconds{medium="email"}'] == 90
    assert told["vigie_database_up"] == 1
    assert {
        "process_resident_memory_bytes",
        "vigie_event_loop_lag_seconds_count",
        "vigie_connected_boards",
    } <= told.keys()
    people = ("alice", "chloe", "Alice", "Chloé", "Support N1", "Acme", canary, reference, "@")
    assert [word for word in people if word in text] == []


@SQLITE
def test_addresses_are_told_as_their_templates(api: Api) -> None:
    """However many addresses somebody invents, the number of series is the number of routes."""
    reference = api.alice.create()["reference"]
    asking, token = client(api), {"Authorization": f"Bearer {api.desk.tokens['alice']}"}
    route = 'method="GET",route="/api/v1/incidents/{reference}"'
    before = figures(asking.get("/metrics").text).get(f'vigie_http_requests_total{{{route},status="200"}}', 0)
    for _ in range(3):
        assert asking.get(f"/api/v1/incidents/{reference}", headers=token).status_code == 200
    for n in range(20):
        asking.get(f"/{n}/secret-{n}")
        asking.get(f"/api/v1/secret-{n}", headers=token)
        asking.request(f"SECRET{n}", "/healthz")
    text = asking.get("/metrics").text
    told = figures(text)
    assert told[f'vigie_http_requests_total{{{route},status="200"}}'] == before + 3
    assert told[f"vigie_http_request_duration_seconds_count{{{route}}}"] >= 3
    assert not re.search(f"secret|SECRET|{reference}", text)


def test_however_many_ask_the_database_is_asked_once(api: Api) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    asking = client(api)
    event.listen(db.bound().reader, "before_cursor_execute", note)
    assert {asking.get("/metrics").status_code for _ in range(20)} == {200}
    event.remove(db.bound().reader, "before_cursor_execute", note)
    assert len([each for each in asked if "count" in each]) == 3


@SQLITE
def test_a_database_that_does_not_answer_is_told_as_well(api: Api) -> None:
    with db.bound().writer.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE notification RENAME TO elsewhere")
    told = figures(client(api).get("/metrics").text)
    assert told["vigie_database_up"] == 0
    assert "process_resident_memory_bytes" in told
    assert not any(series.startswith("vigie_incidents") for series in told)
