"""Who may do what by the API: every call and every action, by everybody, written down here and compared cell by cell.

The incident is Chloé's, of Alice's team N1; Bruno is a technician of another team, Gina another requester.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from data import db
from data.vocabulary import Action, ItemKind, Scope, Status
from services import cmdb, lifecycle, people, sla_policies, tokens
from services.incidents import NewIncident, comment, create
from tests.rest.calls_table import CALLERS, CALLS, PROBES, cells
from tests.rest.conftest import Api, Caller, internal_file, new, unprinted
from tests.rest.desk_calls import DESK_CALLS
from tests.rest.item_calls import ITEM_CALLS
from tests.rest.people_calls import PEOPLE_CALLS
from tests.rest.template_calls import TEMPLATE_CALLS
from ui.api import PATH, gate
from ui.api.actions import ACTIONS

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
PERSONAS = {"A": "alice", "B": "bruno", "C": "chloe", "D": "diane", "E": "emile", "G": "gina"}

MESSAGE = {"audience": ["employees"], "subject": "Bonjour", "text": "{title}"}
BODIES: dict[str, dict[str, Any]] = {
    "preview": MESSAGE,
    "messages": MESSAGE,
    "relations": {"other": "INC-20200101-000001", "kind": "related"},
    "assign": {"team": "Support N2"},
    "hold": {"reason": "user"},
    "escalate": {"mode": "hierarchical", "reason": "Trop difficile pour nous."},
    "resolve": {"code": "fixed", "summary": "Redémarré."},
    "start_and_resolve": {"code": "fixed", "summary": "Redémarré."},
    "reopen": {"reason": "Cela recommence."},
    "comments": {"body": "Bonjour"},
    "rating": {"score": 4},
}

# Status → action → whose call is answered with 200.
ALLOWED = {
    "new": {"take": "ABDE", "take_and_start": "ABDE", "start_and_resolve": "ABDE", "assign": "ABDE"},
    "assigned": {"take": "ADE", "start": "AD", "take_and_start": "ADE", "start_and_resolve": "ADE", "assign": "ABDE"},
    "in_progress": {"take": "DE", "hold": "ABDE", "escalate": "ABDE", "resolve": "ABDE", "assign": "ABDE"},
    "on_hold": {"take": "DE", "resume": "ABDE", "resolve": "ABDE", "assign": "ABDE"},
    "resolved": {"close": "ABCDE", "reopen": "ABCDE"},
    "closed": {},
}
# Technicians whom a move that exists is not open to: 403, where a move that does not exist is 409.
OUTSIDERS = {
    ("assigned", "take"): "B",
    ("assigned", "start"): "BE",
    ("assigned", "take_and_start"): "B",
    ("assigned", "start_and_resolve"): "B",
    ("in_progress", "take"): "B",
    ("on_hold", "take"): "B",
}
REQUESTERS_MOVES = ("close", "reopen")


def expected(status: str, action: str, who: str) -> int:
    """The status code that the rules ask for."""
    if who in ALLOWED[status].get(action, ""):
        return 200
    if who == "G":
        return 404
    forbidden = action not in REQUESTERS_MOVES if who == "C" else who in OUTSIDERS.get((status, action), "")
    return 403 if forbidden else 409


def incident(api: Api, status: str) -> str:
    """The reference of a new incident of Chloé's that has come to `status` in Alice's team."""
    alice, chloe, diane = (api.desk.actors[login] for login in ("alice", "chloe", "diane"))
    declared = NewIncident(title="Le VPN tombe", description="x", category="network", priority="high")
    reference = create(chloe, declared).reference
    steps: list[Callable[[], Any]] = [
        lambda: lifecycle.assign(diane, reference, team="Support N1"),
        lambda: lifecycle.take_and_start(alice, reference),
        lambda: lifecycle.hold(alice, reference, reason="user"),
        lambda: lifecycle.resolve(alice, reference, code="fixed", summary="Redémarré."),
        lambda: lifecycle.close(alice, reference),
    ]
    for step in steps[: list(Status).index(Status(status))]:
        step()
    api.clock.forward(minutes=1)  # what follows is no race
    return reference


def act(caller: Caller, reference: str, action: str) -> httpx.Response:
    return caller.post(f"/incidents/{reference}/actions/{action}", json=BODIES.get(action, {}))


def stored(reference: str) -> list[Any]:
    """All that the database has of the incident."""
    with db.bound().reader.connect() as connection:
        rows = [connection.execute(text("SELECT * FROM incident WHERE reference = :r"), {"r": reference}).all()]
        for table in ("history", "comment", "sla_cycle"):
            of_incident = f"SELECT * FROM {table} WHERE incident_id = (SELECT id FROM incident WHERE reference = :r)"
            rows.append(connection.execute(text(of_incident), {"r": reference}).all())
        return rows


@SQLITE  # who may do what does not depend on where it is stored
@pytest.mark.parametrize("status", [status.value for status in Status])
def test_each_action_is_open_to_whom_the_rules_say_and_to_nobody_else(api: Api, status: str) -> None:
    """A5: six statuses, each action, before everybody, those who are nobody (any more) and who may only read too."""
    kept = incident(api, status)
    before = stored(kept)
    for who, login in PERSONAS.items():
        caller: Caller = getattr(api, login)
        for action in Action:
            wanted = expected(status, action, who)
            reference = incident(api, status) if wanted == 200 else kept
            answer = act(caller, reference, action)
            assert answer.status_code == wanted, f"{login}: {action} from {status}: {answer.text}"
            if wanted == 409:
                allowed = answer.json()["allowed_actions"]
                assert sorted(allowed) == sorted(each for each in Action if expected(status, each, who) == 200)
    for login, caller in list(callers(api).items())[-4:]:
        refused = 403 if login == "reader" else 401
        assert [act(caller, kept, action).status_code for action in Action] == [refused] * len(Action), login
    assert len(Status) * len(Action) * (len(PERSONAS) + 4) >= 480
    assert stored(kept) == before


@SQLITE
def test_what_somebody_is_shown_as_allowed_is_what_would_not_be_refused(api: Api) -> None:
    for status in Status:
        reference = incident(api, status)
        for who, login in PERSONAS.items():
            if who != "G":
                caller: Caller = getattr(api, login)
                shown = caller.get(f"/incidents/{reference}").json()["allowed_actions"]
                assert sorted(shown) == sorted(each for each in Action if expected(status, each, who) == 200)


@SQLITE
def test_each_probe_is_open_to_whom_the_table_says(api: Api) -> None:
    routes = {f"GET {path}" for route in api.app.routes if (path := getattr(route, "path", PATH)) != PATH}
    assert routes - PROBES.keys() <= {"GET /openapi.json", "GET /docs", "GET /docs/oauth2-redirect", "GET /redoc"}
    for login, caller in callers(api).items():
        for call, statuses in PROBES.items():
            answer = api.client.get(call.split()[1], headers=caller.headers)
            assert answer.status_code == cells(call, statuses)[CALLERS.index(login)], f"{login}: {call}: {answer.text}"
            assert answer.headers["Cache-Control"] == "no-store"


@SQLITE
def test_every_call_is_in_the_table(api: Api) -> None:
    document = api.of(None).get("/openapi.json").json()
    calls = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert calls == CALLS.keys() | DESK_CALLS.keys() | ITEM_CALLS.keys() | PEOPLE_CALLS.keys() | TEMPLATE_CALLS.keys()
    assert ACTIONS.keys() == set(Action)
    assert document["servers"] == [{"url": PATH}]


@pytest.fixture(autouse=True)
def _long_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate looks a token up once: that it is over is seen by each service that is called."""
    monkeypatch.setattr(gate, "REMEMBERED_S", 3600.0)


def callers(api: Api) -> dict[str, Caller]:
    """All of `CALLERS`, two days after their tokens were made and used."""
    emile = api.desk.actors["emile"]
    people.create_user(emile, login="former", name="Former", role="technician", password="correct horse battery")
    made: dict[str, Caller] = {login: getattr(api, login) for login in CALLERS[4:]}
    made |= {
        "nobody": api.of(None),
        "expired": api.of(tokens.issue(emile, "alice", name="expired", expires_days=1)),
        "disabled": api.of(tokens.issue(emile, "former", name="disabled")),
        "reader": api.of(tokens.issue(emile, "alice", name="reader", scope=Scope.READ)),
    }
    assert [made[login].get("/me").status_code for login in ("expired", "disabled")] == [200, 200]
    people.set_active(emile, "former", False)
    api.clock.forward(days=2)
    return made


@SQLITE
def test_each_call_is_open_to_whom_the_table_says(api: Api, file_folder: Path) -> None:
    everybody = callers(api)
    terms = dict(sla_policies.versions(api.desk.actors["emile"])[0].terms)
    bodies = {"POST /incidents": new(), "POST /sla-policies": terms | {"pausing": ["user"]}}
    bodies |= {"POST /hooks/{kind}/{token}": {"key": "k", "title": "Disque plein"}}
    bodies |= {"PATCH /incidents/{reference}": {"title": "Autre"}}
    bodies |= {"PUT /incidents/{reference}/known-problem": {"title": "Le VPN tombe"}}
    kept = incident(api, "new")
    file = internal_file(api, kept)
    for call, statuses in CALLS.items():
        method, path = call.split()
        action = path.rpartition("/")[2]
        body = bodies.get(call, BODIES.get(action, {}))
        for login, status in zip(CALLERS, cells(call, statuses), strict=True):
            moved = status == 200 and "/actions/" in path
            address = path.format(
                reference=incident(api, "new") if moved else kept,
                attachment_id=file,
                other=kept,
                login="me",
                kind="generic",
                token=everybody[login].headers.get("Authorization", "Bearer nobody").removeprefix("Bearer "),
            )
            sent: dict[str, Any] = {"files": {"file": ("x.txt", b"x")}} if action == "attachments" else {"json": body}
            with unprinted():
                answer = everybody[login](method, address, **({} if method == "GET" else sent))
            assert answer.status_code == status, f"{login}: {call}: {answer.text}"


@SQLITE
def test_each_call_about_items_is_open_to_whom_the_table_says(api: Api) -> None:
    everybody, emile, number = callers(api), api.desk.actors["emile"], count()
    types = {ItemKind.ASSETS: {"type": "server"}, ItemKind.CLIENTS: {"type": "internal"}}
    for call, statuses in ITEM_CALLS.items():
        method, path = call.split()
        kind = ItemKind(path.split("/")[1])
        for login, status in zip(CALLERS, cells(call, statuses), strict=True):
            values = {"name": f"item {next(number)}", **types.get(kind, {})}
            item = cmdb.create(emile, kind, {**values, "name": f"item {next(number)}"})
            body = {"day": "2026-11-20", "summary": "Mise à jour."} if path.endswith("/changes") else values
            period = "?from=2026-11-01T00:00:00Z&to=2026-11-20T00:00:00Z" if path.endswith("/availability") else ""
            address = path.format(item_id=item.id) + period
            answer = everybody[login](method, address, json=None if method in ("GET", "DELETE") else body)
            assert answer.status_code == status, f"{login}: {call}: {answer.text}"


def test_what_the_team_says_among_itself_never_reaches_a_requester(api: Api) -> None:
    """A3, A4: by no call, and by no search."""
    canary = "canari-7c1f"
    alice = api.desk.actors["alice"]
    reference = incident(api, "in_progress")
    comment(alice, reference, body=f"Le serveur {canary} a été compromis.")
    lifecycle.hold(alice, reference, reason="supplier", text=f"Devis {canary}")
    lifecycle.resume(alice, reference)
    lifecycle.escalate(alice, reference, mode="hierarchical", reason=f"Raison {canary}")
    lifecycle.start_and_resolve(api.desk.actors["bruno"], reference, code="fixed", summary=f"Résumé {canary}")
    paths = [f"/incidents/{reference}{part}" for part in ("", "/history", "/comments", "/sla")]
    paths += ["/incidents", f"/incidents?q={canary}", "/incidents?q=compromis&status=resolved", "/me"]
    assert [path for path in paths if canary in api.chloe.get(path).text] == []
    assert api.chloe.get(f"/incidents?q={canary}").json()["total"] == 0
    assert any(canary in api.alice.get(path).text for path in paths)
    reopened = api.chloe.act(reference, "reopen", reason="Encore.")
    answered = api.chloe.post(f"/incidents/{reference}/comments", json={"body": "Toujours en panne."})
    assert canary not in str(reopened) + answered.text
