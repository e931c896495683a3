"""The real API on both databases, with the personas and a token for each.

    def test_something(api):
        answer = api.alice.post("/incidents", json=new())

Whoever asks gets a database of its own, copied from one that was set up once.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from data import db
from data.queries import history
from services import attachments, chain, clock, files, organisation, people, tokens
from services.clock import MovedClock
from services.work import Actor
from tests.storage.cluster import Cluster
from ui import api as rest
from ui import calls, report

PASSWORD = "correct horse battery"
# login → (name, role, teams, the main one first); émile is made by the set-up. N1's parent is N2.
PERSONAS = {
    "alice": ("Alice Martin", "technician", ["Support N1"]),
    "bruno": ("Bruno Keller", "technician", ["Support N2"]),
    "chloe": ("Chloé Dubois", "requester", []),
    "gina": ("Gina Roche", "requester", []),
    "diane": ("Diane Leroy", "dispatcher", ["Support N1"]),
}
START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)


SECRET = b"a secret for the tests of the API"


@dataclass(frozen=True)
class Desk:
    """By login: who they are, and a token that may write."""

    actors: dict[str, Actor]
    tokens: dict[str, str]


@dataclass(frozen=True)
class Api:
    """`api.alice.get("/me")` calls as Alice; `api.of(token)` as whoever has the token."""

    app: FastAPI
    client: TestClient
    clock: MovedClock
    desk: "Desk"

    def __getattr__(self, login: str) -> "Caller":
        if login not in self.desk.tokens:
            raise AttributeError(login)
        return self.of(self.desk.tokens[login])

    def of(self, token: str | None, **headers: str) -> "Caller":
        return Caller(self.client, ({"Authorization": f"Bearer {token}"} if token else {}) | headers)


@dataclass(frozen=True)
class Caller:
    """Somebody with a token; paths begin after /api/v1."""

    client: TestClient
    headers: dict[str, str]

    def __call__(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        return self.client.request(method, f"/api/v1{path}", headers=self.headers | (headers or {}), **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self("POST", path, **more)

    def patch(self, path: str, **more: Any) -> httpx.Response:
        return self("PATCH", path, **more)

    def create(self, **fields: Any) -> dict[str, Any]:
        """A new incident."""
        answer = self.post("/incidents", json=new(**fields))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def act(self, reference: str, action: str, **body: Any) -> dict[str, Any]:
        """The incident after the action."""
        answer = self.post(f"/incidents/{reference}/actions/{action}", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def new(**fields: Any) -> dict[str, Any]:
    """The body of a declaration."""
    return {"title": "Le VPN tombe", "description": "Depuis 9 h.", "category": "network", "priority": "high"} | fields


def field_codes(answer: httpx.Response) -> dict[str, str]:
    """Field → code of a 422, which names each wrong field once."""
    problem = answer.json()
    assert answer.status_code == 422, answer.text
    assert problem["code"] == "invalid"
    assert all(error.keys() == {"field", "code", "detail"} and error["detail"] for error in problem["errors"])
    return {error["field"]: error["code"] for error in problem["errors"]}


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


def resolved(api: Api, by: str = "alice", **fields: Any) -> str:
    """The reference of an incident that was declared and resolved."""
    caller = getattr(api, by)
    reference = str(caller.create(**fields)["reference"])
    caller.act(reference, "start_and_resolve", code="fixed", summary="Redémarré.")
    return reference


@pytest.fixture
def api(peopled: tuple[str, Desk]) -> Iterator[Api]:
    """The API without a limit of rate, on a clock that stands still."""
    with serving(*peopled, rate=0) as running:
        yield running


@pytest.fixture
def hurried_api(peopled: tuple[str, Desk]) -> Iterator[Api]:
    """The same, five calls a minute."""
    with serving(*peopled, rate=5) as running:
        yield running


@pytest.fixture
def peopled(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Desk]]:
    """A database of the test's own that is set up, and who is in it."""
    template, desk = request.getfixturevalue(f"peopled_{engine_name}")
    if engine_name == "sqlite":
        shutil.copy(template, tmp_path / "vigie.db")
        yield f"sqlite:///{tmp_path}/vigie.db", desk
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        with cluster.lent(template) as name:
            yield cluster.url(name), desk


@pytest.fixture(scope="session")
def peopled_sqlite(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> tuple[Path, Desk]:
    file = tmp_path_factory.mktemp("peopled") / "vigie.db"
    shutil.copy(_sqlite_template, file)
    return file, _set_up(f"sqlite:///{file}")


@pytest.fixture(scope="session")
def peopled_postgresql(cluster: Cluster, _postgresql_template: str) -> tuple[str, Desk]:
    name = cluster.new_database(_postgresql_template)
    return name, _set_up(cluster.url(name))


def _set_up(url: str) -> Desk:
    db.bind(url)
    chain.use_secret(SECRET)
    with clock.running_on(MovedClock(START)):
        emile = organisation.set_up(
            organisation="Acme", login="emile", admin_name="Émile Roux", email=None, password=PASSWORD
        )
        desk = Desk({"emile": emile}, {})
        for login, (name, role, own_teams) in PERSONAS.items():
            account = people.create_user(emile, login=login, name=name, role=role, password=PASSWORD, teams=own_teams)
            desk.actors[login] = Actor(account.id)
        desk.tokens.update({login: tokens.issue(emile, login, name="test") for login in desk.actors})
    db.dispose()
    return desk


@contextmanager
def serving(url: str, desk: Desk, *, rate: int) -> Iterator[Api]:
    moved = MovedClock(START)
    app = FastAPI()
    rest.mount(app, rate=rate)
    db.bind(url)
    chain.use_secret(SECRET)
    calls.start(one_writer=db.bound().is_sqlite)
    with clock.running_on(moved), TestClient(app) as client:
        yield Api(app, client, moved, desk)
    calls.stop()
    db.dispose()


def internal_file(api: Api, reference: str) -> int:
    """The id of a file of Alice's on the incident, for the team."""
    made = files.Writing()
    made.add(b"x")
    return attachments.add(api.desk.actors["alice"], reference, made, "x.txt").id


@contextmanager
def unprinted() -> Iterator[None]:
    """A report is collected and recorded for whoever may have it, and laid out for nobody: that takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "_printed", lambda *_: b"%PDF-")
        yield
