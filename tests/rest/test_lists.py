"""The calls about several incidents, people, teams and the caller."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from services import lifecycle
from tests.rest.conftest import Api, Caller, field_codes, resolved

SORTS = ("urgency", "created", "-created", "due", "priority")


def titles(caller: Caller, query: str = "") -> list[str]:
    """The titles of the first page, in order."""
    answer = caller.get(f"/incidents{query}")
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


def walked(caller: Caller, query: str) -> list[str]:
    """The references of all pages, in order."""
    found: list[str] = []
    cursor = ""
    while True:
        answer = caller.get(f"/incidents?{query}{cursor}")
        assert answer.status_code == 200, answer.text
        found += [item["reference"] for item in answer.json()["items"]]
        if answer.json()["next_cursor"] is None:
            return found
        cursor = f"&cursor={answer.json()['next_cursor']}"


def test_a_list_has_items_as_they_are_read_one_by_one(api: Api) -> None:
    reference = api.alice.create()["reference"]
    answer = api.alice.get("/incidents")
    assert list(answer.json()) == ["items", "next_cursor", "total"]
    assert answer.json() == {
        "items": [api.alice.get(f"/incidents/{reference}").json()],
        "next_cursor": None,
        "total": 1,
    }


def test_each_filter_narrows(api: Api) -> None:
    alice = api.alice
    alice.create(title="A", priority="critical", category="network", severity="major", impact="enterprise")
    alice.create(title="B", priority="low", category="access", team="Support N1", description="Imprimante à l’accueil")
    api.clock.forward(hours=1)
    alice.create(title="C", priority="medium", category="other", assignee="bruno")
    resolved(api, title="D", category="other")
    api.chloe.create(title="E")
    ordered = {
        "": "ABCDE",
        "status=new": "AE",
        "status=new&status=resolved": "ADE",
        "status=open": "ABCE",
        "status=open&status=resolved": "ABCDE",
        "priority=critical&priority=low": "AB",
        "category=network": "AE",
        "severity=major": "A",
        "impact=enterprise&impact=single_user": "A",
        "team=Support%20N1": "B",
        "team=support%20n1": "B",
        "team=3": "B",
        "assignee=bruno": "C",
        "assignee=me": "D",
        "assignee=none": "ABE",
        "q=imprimante": "B",
        "q=ACCUEIL%20imprim": "B",
        "q=%25": "",
        "q=INC-20261005-000003": "C",
        "light=green": "BCDE",
        "light=red": "A",
        "light=orange&light=paused": "",
        "light=orange&light=red": "A",
        "created_from=2026-10-05T09:00:00Z": "CDE",
        "created_to=2026-10-05T09:00:00Z": "AB",
        "created_from=2026-10-05T11:00:00%2B02:00&created_to=2026-10-05T09:00:01Z&status=new": "E",
    }
    api.clock.forward(seconds=1)
    found = {query: "".join(sorted(titles(alice, f"?{query}"))) for query in ordered}
    assert found == ordered
    assert titles(api.chloe) == ["E"]
    assert titles(api.chloe, "?assignee=none&status=open") == ["E"]


def test_a_day_runs_from_midnight_to_midnight_of_the_organisation(api: Api) -> None:
    """Paris, where the clocks go back on 25 October: that day has 25 hours."""
    for title, day, hour in (("A", 24, 21), ("B", 24, 22), ("C", 25, 22), ("D", 25, 23)):
        api.clock.at = datetime(2026, 10, day, hour, 59, 59, tzinfo=UTC)
        if title in "BD":
            api.clock.at = api.clock.at.replace(minute=0, second=0)
        api.alice.create(title=title)
    asked = {
        "created_from=2026-10-25": "BCD",
        "created_to=2026-10-25": "ABC",
        "created_from=2026-10-25&created_to=2026-10-25": "BC",
        "created_from=2026-10-24T22:00:01Z&created_to=2026-10-25": "C",
        "open_from=2026-10-24&open_to=2026-10-24": "A",
        "created_from=2026-10-26&created_to=2026-10-25": "",
    }
    assert {query: "".join(sorted(titles(api.alice, f"?{query}"))) for query in asked} == asked


def test_urgency_puts_first_what_burns_most(api: Api) -> None:
    alice = api.alice
    alice.create(title="calm", priority="low")
    alice.create(title="late", priority="high")
    api.clock.forward(hours=3, minutes=30)
    alice.create(title="nobody's", priority="critical")
    alice.create(title="at risk", priority="critical", assignee="bruno")
    resolved(api, title="done", priority="critical")
    api.clock.forward(minutes=55)
    assert titles(alice) == ["late", "nobody's", "at risk", "calm", "done"]
    assert titles(alice, "?sort=created") == ["calm", "late", "nobody's", "at risk", "done"]
    assert titles(alice, "?sort=-created") == ["done", "at risk", "nobody's", "late", "calm"]
    assert titles(alice, "?sort=due") == ["late", "nobody's", "at risk", "calm", "done"]
    assert titles(alice, "?sort=priority") == ["nobody's", "at risk", "done", "late", "calm"]


def test_pages_have_each_incident_once_also_where_they_are_alike(api: Api) -> None:
    references = [api.alice.create(priority=("low", "high")[n % 2])["reference"] for n in range(12)]
    for sort in SORTS:
        whole = walked(api.alice, f"sort={sort}")
        assert sorted(whole) == sorted(references)
        for limit in (1, 5, 12):
            assert walked(api.alice, f"sort={sort}&limit={limit}") == whole
    assert api.alice.get("/incidents?limit=5").json()["total"] == 12


def test_a_later_page_is_read_as_of_the_first(api: Api) -> None:
    for _ in range(6):
        api.alice.create(priority="critical")
        api.clock.forward(minutes=10)
    first = api.alice.get("/incidents?limit=3").json()
    api.clock.forward(minutes=30)  # some of them are late now, which is another tier of urgency
    second = api.alice.get(f"/incidents?limit=3&cursor={first['next_cursor']}").json()
    references = [item["reference"] for item in first["items"] + second["items"]]
    assert len(set(references)) == 6
    assert second["next_cursor"] is None


def test_a_forged_cursor_is_a_wrong_field(api: Api) -> None:
    for _ in range(3):
        api.alice.create()
    honest = api.alice.get("/incidents?limit=1&sort=created").json()["next_cursor"]
    sort, at, (created, key) = json.loads(base64.urlsafe_b64decode(honest + "=" * (-len(honest) % 4)))

    def told(*forged: Any) -> dict[str, str]:
        cursor = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
        return field_codes(api.alice.get(f"/incidents?sort=created&cursor={cursor}"))

    bad = {"cursor": "bad_cursor"}
    early = {"at": "0001-01-01T00:00:00+14:00"}
    assert told("due", at, [created, key]) == bad
    assert told(sort, at, [key, created]) == bad
    assert told(sort, at, [created, 2**63]) == bad
    assert told(sort, at, [created, 10**40]) == bad
    assert told(sort, at, [created, -1]) == bad
    assert told(sort, at, [created, True]) == bad
    assert told(sort, at, [created, "1"]) == bad
    assert told(sort, at, [created, 1.5]) == bad
    assert told(sort, at, [early, key]) == bad
    assert told(sort, early["at"], [created, key]) == bad
    assert told(sort, "2026-10-05T08:00:00", [created, key]) == bad
    assert told(sort, at, [created, key, key]) == bad
    assert told(sort, at, [{"at": None}, key]) == bad
    assert told(sort, at, {"at": 1}) == bad
    assert told(sort, at) == bad
    assert told({}, at, [created, key]) == bad
    assert field_codes(api.alice.get(f"/incidents?sort=due&cursor={honest}")) == bad


def test_statistics_count_now_and_over_the_period(api: Api) -> None:
    resolved(api, priority="critical")
    api.clock.forward(days=40)
    late = api.alice.create(priority="critical")["reference"]
    api.alice.create(priority="low", assignee="bruno")
    api.clock.forward(hours=2)
    api.alice.act(late, "take_and_start")
    api.clock.forward(hours=3)
    api.alice.act(late, "resolve", code="fixed", summary="x")
    kept = api.alice.create(priority="medium")["reference"]
    api.alice.act(kept, "take_and_start")
    api.alice.act(kept, "hold", reason="user")
    found = api.alice.get("/stats").json()
    assert found == {
        "days": 30,
        "from": "2026-10-16",
        "to": "2026-11-14",
        "by_status": {"new": 0, "assigned": 1, "in_progress": 0, "on_hold": 1, "resolved": 2, "closed": 0},
        "by_priority": {"critical": 0, "high": 0, "medium": 1, "low": 1},
        "by_light": {"green": 2, "orange": 0, "red": 0, "paused": 0},
        "created": 3,
        "resolved": 1,
        "reopened": 0,
        "backlog": 2,
        "response_respected": 0.5,
        "resolution_respected": 0.0,
        "every_resolution_respected": 0.0,
        "mean_resolution_s": 5 * 3600,
        "previous_mean_resolution_s": 0,
        "response_time": {"count": 2, "mean_s": 3600, "p50_s": 0, "p90_s": 7200, "p95_s": 7200},
        "resolution_time": {"count": 1, "mean_s": 18000, "p50_s": 18000, "p90_s": 18000, "p95_s": 18000},
    }
    one_day = api.alice.get("/stats?from=2026-10-05&to=2026-10-05").json()
    assert (one_day["days"], one_day["created"], one_day["resolved"], one_day["backlog"]) == (1, 1, 1, 0)
    assert field_codes(api.alice.get("/stats?to=2026-06-15")) == {"from": "required"}
    assert field_codes(api.alice.get("/stats?from=2026-06-15&days=3")) == {"days": "extra"}
    assert field_codes(api.alice.get("/stats?from=2026-06-15&to=2026-06-14")) == {"to": "out_of_range"}
    assert field_codes(api.alice.get("/stats?from=15/06/2026")) == {"from": "wrong_type"}
    assert api.alice.get("/incidents?resolution=missed&created_from=2026-10-16T00:00:00Z").json()["total"] == 1
    assert api.chloe.get("/incidents?resolution=missed").status_code == 422
    whole = api.diane.get("/stats?days=366").json()
    assert (whole["created"], whole["response_respected"], whole["resolution_respected"]) == (4, 0.6667, 0.5)
    assert api.chloe.get("/stats").status_code == 403


def test_nothing_decided_is_no_share(api: Api) -> None:
    found = api.alice.get("/stats").json()
    assert found["response_respected"] is found["resolution_respected"] is found["mean_resolution_s"] is None


def test_teams_are_listed_with_their_parents(api: Api) -> None:
    assert [(team["name"], team["parent"], team["external"]) for team in api.alice.get("/teams").json()] == [
        ("Support N3", None, False),
        ("Support N2", "Support N3", False),
        ("Support N1", "Support N2", False),
    ]
    assert list(api.alice.get("/teams").json()[0]) == ["id", "name", "code", "parent", "external", "skills"]
    assert api.chloe.get("/teams").status_code == 403


def test_accounts_are_listed_without_what_concerns_nobody_else(api: Api) -> None:
    people = {person["login"]: person for person in api.alice.get("/users").json()}
    assert people.keys() == {"alice", "bruno", "chloe", "gina", "diane", "emile"}
    assert people["bruno"] == {
        "login": "bruno",
        "name": "Bruno Keller",
        "role": "technician",
        "email": None,
        "active": True,
        "teams": ["Support N2"],
    }
    assert api.chloe.get("/users").status_code == 403


def test_a_token_knows_whose_it_is(api: Api) -> None:
    assert api.diane.get("/me").json() == {
        "login": "diane",
        "name": "Diane Leroy",
        "email": None,
        "role": "dispatcher",
        "teams": ["Support N1"],
        "locale": None,
        "scope": "write",
    }


def test_a_change_by_another_way_is_in_the_next_list(api: Api) -> None:
    reference = api.alice.create()["reference"]
    lifecycle.take(api.desk.actors["bruno"], reference)
    api.clock.forward(seconds=timedelta(seconds=1).total_seconds())
    assert api.alice.get("/incidents?assignee=bruno").json()["items"][0]["reference"] == reference
