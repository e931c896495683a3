"""Several calls at the same moment: the same declaration again, and a race for one incident."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx

from services import audit
from tests.aside import run_aside
from tests.rest.conftest import Api, field_codes, new

Call = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]


def at_once(api: Api, calls: list[Call]) -> list[httpx.Response]:
    """The answers to calls that are all under way together."""

    async def run() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=api.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://vigie/api/v1") as client:
            return list(await asyncio.gather(*(call(client) for call in calls)))

    return run_aside(run())


def declaring(api: Api, login: str, key: str, **fields: str) -> Call:
    headers = {"Authorization": f"Bearer {api.desk.tokens[login]}", "Idempotency-Key": key}
    return lambda client: client.post("/incidents", json=new(**fields), headers=headers)


def test_copies_of_one_declaration_are_one_incident(api: Api) -> None:
    alerts = [f"alert {n}" for n in range(10)]
    calls = [declaring(api, "alice", key, title=key) for key in alerts for _ in range(20)]
    answers = at_once(api, calls)
    assert Counter(answer.status_code for answer in answers) == {201: 200}
    by_title = {(answer.json()["title"], answer.json()["reference"]) for answer in answers}
    assert len(by_title) == len(alerts)
    assert api.alice.get("/incidents").json()["total"] == len(alerts)
    assert len({answer.headers["Location"] for answer in answers}) == len(alerts)
    assert audit.verify_chain().broken_at is None


def test_the_same_key_again_gets_the_same_incident_as_it_is_now(api: Api) -> None:
    keyed = {"Idempotency-Key": "k1"}
    first = api.alice.post("/incidents", json=new(), headers=keyed)
    reference = first.json()["reference"]
    api.bruno.act(reference, "take")
    again = api.alice.post("/incidents", json=new(), headers=keyed)
    assert (again.status_code, again.headers["Location"]) == (201, first.headers["Location"])
    assert again.json() == api.alice.get(f"/incidents/{reference}").json()
    assert api.alice.create()["reference"] == "INC-20261005-000002"


def test_the_same_key_for_something_else_is_refused(api: Api) -> None:
    keyed = {"Idempotency-Key": "k1"}
    api.alice.post("/incidents", json=new(), headers=keyed)
    other = api.alice.post("/incidents", json=new(title="Autre"), headers=keyed)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert api.bruno.post("/incidents", json=new(title="Autre"), headers=keyed).status_code == 201
    assert api.alice.get("/incidents").json()["total"] == 2


def test_a_key_that_is_none_is_named(api: Api) -> None:
    for key, code in (("", "required"), ("x" * 201, "too_long"), ("a\x85b", "control_characters")):
        answer = api.alice.post("/incidents", json=new(), headers={"Idempotency-Key": key.encode("latin-1")})  # type: ignore[dict-item]
        assert field_codes(answer) == {"Idempotency-Key": code}
    assert api.alice.get("/incidents").json()["total"] == 0


def test_a_refused_declaration_does_not_use_up_its_key(api: Api) -> None:
    keyed = {"Idempotency-Key": "k1"}
    assert api.alice.post("/incidents", json=new(title=""), headers=keyed).status_code == 422
    assert api.alice.post("/incidents", json=new(), headers=keyed).status_code == 201


def test_of_several_takers_one_wins_and_the_others_read_who(api: Api) -> None:
    takers = ("alice", "bruno", "diane", "emile")
    names = {"alice": "Alice Martin", "bruno": "Bruno Keller", "diane": "Diane Leroy", "emile": "Émile Roux"}

    def taking(login: str, reference: str) -> Call:
        headers = {"Authorization": f"Bearer {api.desk.tokens[login]}"}
        return lambda client: client.post(f"/incidents/{reference}/actions/take", headers=headers)

    for _ in range(10):
        reference = api.alice.create()["reference"]
        answers = at_once(api, [taking(login, reference) for login in takers])
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
        winner = next(answer.json()["assignee"] for answer in answers if answer.status_code == 200)
        lost = [answer.json() for answer in answers if answer.status_code == 409]
        assert {(each["code"], each["by"]) for each in lost} == {("already_taken", names[winner])}
        assert len(api.alice.get(f"/incidents/{reference}/history").json()) == 2


def test_of_two_changes_of_one_version_one_is_made(api: Api) -> None:
    def titled(login: str, reference: str) -> Call:
        headers = {"Authorization": f"Bearer {api.desk.tokens[login]}", "If-Match": '"1"'}
        return lambda client: client.patch(f"/incidents/{reference}", json={"title": login}, headers=headers)

    for _ in range(10):
        reference = api.alice.create()["reference"]
        answers = at_once(api, [titled("alice", reference), titled("bruno", reference)])
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        made, refused = sorted(answers, key=lambda answer: answer.status_code)
        assert refused.json()["current"]["title"] == made.json()["title"]
