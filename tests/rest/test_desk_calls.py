"""What an administrator settles for the desk, by the API."""

import hashlib
import hmac
from collections.abc import Iterator
from itertools import count

import pytest

from data.vocabulary import Medium
from services import closing
from services.notifications import channels, reach
from tests.dump import dump
from tests.notifications.conftest import send_all
from tests.notifications.peers import Receiver, web_server
from tests.rest.calls_table import CALLERS
from tests.rest.conftest import Api, field_codes, lines, new, problem
from tests.rest.desk_calls import DESK_CALLS
from tests.rest.test_access import callers

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
TOKEN = "JHMHI8qBe7bk2ZwO5U711o3dV_js"
HOOK = {"name": "Supervision", "medium": "webhook", "address": "https://vigie:motdepasse@hooks.example.org/s3cr3t"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on loopback, which is allowed until the test ends."""
    reach.allow(["127.0.0.0/8"])
    with web_server() as running:
        yield running
    reach.allow([])


@SQLITE
def test_each_call_about_the_desk_is_open_to_whom_the_table_says(api: Api) -> None:
    everybody, emile, n = callers(api), api.desk.actors["emile"], count()
    for call, statuses in DESK_CALLS.items():
        method, path = call.split()
        for caller, status in zip(CALLERS, (*statuses, 403, 403), strict=True):
            made, _ = channels.create(emile, **{**HOOK, "name": f"canal {next(n)}"})
            number = channels.test(emile, made.id)
            bodies = {
                "POST /channels": {**HOOK, "name": f"canal {next(n)}"},
                "PATCH /channels/{channel_id}": {"team": 1},
                "PATCH /settings": {"close_after_days": next(n) + 1},
            }
            answer = everybody[caller](method, path.format(channel_id=made.id, number=number), json=bodies.get(call))
            assert answer.status_code == status, f"{caller}: {call}: {answer.text}"


@SQLITE
def test_what_a_channel_is_reached_by_is_written_and_never_read(api: Api) -> None:
    """S93. A webhook's secret is told with each new address, this once; a history line never has any of it."""
    emile = api.emile
    answer = emile.post("/channels", json=HOOK)
    made = answer.json()
    secret = made.pop("secret")
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1/channels/{made['id']}")
    assert len(secret) == 64
    path = f"/channels/{made['id']}"
    assert emile.get(path).json() == made
    assert (made["shown"], made["address_set"], made["secret_set"]) == ("hooks.example.org", True, True)
    push = emile.post("/channels", json={"name": "Discord", "medium": "apprise", "address": f"discord://417/{TOKEN}"})
    assert (push.json()["secret"], push.json()["secret_set"], push.json()["address_set"]) == (None, False, True)
    topic = emile.post("/channels", json={"name": "ntfy", "medium": "apprise", "address": "ntfys://ntfy.sh/s3cr3t"})
    assert topic.json()["shown"] == "ntfy · ntfy.sh"
    changes = {"name": "Salon", "team": "Support N1", "kinds": ["sla_red", "assigned"], "active": False}
    changed = emile.patch(path, json=changes).json()
    assert changed.pop("secret") is None
    assert changed == {**made, **changes, "kinds": ["assigned", "sla_red"]}
    renewed = emile.patch(path, json={"address": HOOK["address"], "team": None}).json()["secret"]
    assert renewed not in (None, secret)
    said = [push.text, topic.text, emile.get("/channels").text, emile.get(path).text, repr(dump())]
    hidden = (TOKEN, "s3cr3t", "motdepasse", secret, renewed)
    assert [each for each in hidden if any(each in text for text in said)] == []
    assert [each["name"] for each in emile.get("/channels").json()] == ["Discord", "Salon", "ntfy"]

    before = dump()
    for body, wrong in (
        ({"name": "discord"}, {"name": "taken"}),
        ({"kinds": ["assigned", "mentioned"]}, {"kinds": "unknown_value"}),
        ({"kinds": []}, {"kinds": "required"}),
        ({"kinds": None}, {"kinds": "required"}),
        ({"active": None}, {"active": "required"}),
        ({"active": "no"}, {"active": "wrong_type"}),
        ({"address": None}, {"address": "required"}),
        ({"address": "ftp://x"}, {"address": "bad_address"}),
        ({"active": True, "team": "Nulle part"}, {"team": "unknown"}),
        ({"medium": "apprise", "secret": "x"}, {"medium": "extra", "secret": "extra"}),
    ):
        assert field_codes(emile.patch(path, json=body)) == wrong, body
    assert field_codes(emile.post("/channels", json={"name": "X", "medium": "email", "address": "a@b.example"})) == {
        "medium": "unknown_value"
    }
    for missing in ("/channels/0", f"/channels/{2**63}", f"{path}/tests/{2**63}", f"{path}/tests/1"):
        assert emile.get(missing).status_code == 404
    assert dump() == before
    assert emile("DELETE", path).status_code == 204
    assert emile("DELETE", path).status_code == 404


def test_a_channel_made_by_the_api_is_tested_and_told(api: Api, receiver: Receiver) -> None:
    """S93: a test says how it went, a channel that is off is told nothing, and what is sent is signed by the secret."""
    address = f"http://127.0.0.1:{receiver.port}/hook"
    made = api.emile.post("/channels", json={**HOOK, "address": address, "kinds": ["created"]}).json()
    other = api.emile.post("/channels", json={**HOOK, "address": address, "name": "Astreinte"}).json()
    started = api.emile.post(f"/channels/{made['id']}/tests")
    assert (started.status_code, started.json()["done"]) == (202, False)
    where = started.headers["Location"].removeprefix("/api/v1")
    send_all(Medium.WEBHOOK)
    assert api.emile.get(where).json() == {"id": started.json()["id"], "done": True, "error": ""}
    assert api.emile.get(where.replace(f"/{made['id']}/", f"/{other['id']}/")).status_code == 404
    (call,) = receiver.calls
    signed = f"{call.headers['x-vigie-timestamp']}.".encode() + call.body
    expected = hmac.new(made["secret"].encode(), signed, hashlib.sha256).hexdigest()
    assert call.headers["x-vigie-signature"] == f"v1={expected}"
    receiver.status = 500
    failed = api.emile.post(f"/channels/{made['id']}/tests", json={}).headers["Location"].removeprefix("/api/v1")
    send_all(Medium.WEBHOOK)
    told = api.emile.get(failed).json()
    assert (told["done"], "500" in told["error"]) == (True, True)
    api.emile.patch(f"/channels/{made['id']}", json={"active": False})
    assert api.chloe.post("/incidents", json=new()).status_code == 201
    receiver.status = 204
    receiver.calls.clear()
    send_all(Medium.WEBHOOK)
    assert len(receiver.calls) == 1  # the other one's


@SQLITE
def test_the_settings_of_the_desk_are_changed_all_or_none(api: Api) -> None:
    """S7, S8, S123: what is named changes, with a line of history each; a part that is refused undoes the rest."""
    plain = {"catalogue_address": None, "catalogue_label": None, "close_after_days": None}
    before = api.emile.get("/settings").json()
    assert before == {"name": before["name"], **plain, "second_factor_admins": False}
    told = lines()
    wanted = {"catalogue_address": "https://services.example.org", "close_after_days": 5}
    assert api.emile.patch("/settings", json=wanted).json() == before | wanted
    assert api.emile.patch("/settings", json=wanted | {"name": before["name"]}).json() == before | wanted
    assert lines() == told + 2
    assert closing.days(api.desk.actors["alice"]) == 5
    problem(
        api.emile.patch("/settings", json={"name": "Autre", "second_factor_admins": True}), 409, "second_factor_first"
    )
    wrong = {"name": " ", "catalogue_address": "javascript:alert(1)", "close_after_days": 366}
    assert field_codes(api.emile.patch("/settings", json=wrong)) == {
        "name": "required",
        "catalogue_address": "bad_web_address",
        "close_after_days": "out_of_range",
    }
    assert field_codes(api.emile.patch("/settings", json={"second_factor_admins": None})) == {
        "second_factor_admins": "required"
    }
    assert api.emile.patch("/settings", json=plain).json() == before
    assert lines() == told + 4
