"""The calls about one incident, as the contract has them."""

from datetime import timedelta

from tests.rest.conftest import Api, field_codes, new, resolved

KEYS = [
    *("reference", "title", "description", "status", "priority", "severity", "impact", "category", "source"),
    *("requester", "assignee", "team", "escalation_level", "created_at", "updated_at", "closed_at", "version"),
    *("reopen_count", "allowed_actions", "sla", "resolution", "hold", "assets", "applications", "employees", "clients"),
]


def test_a_declared_incident_is_answered_whole_with_its_address_and_version(api: Api) -> None:
    answer = api.alice.post("/incidents", json=new(severity="major", impact="multi_client", team="Support N1"))
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/incidents/INC-20261005-000001"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert list(answer.json()) == KEYS
    clock = {"met_at": None, "respected": None, "light": "green"}
    assert answer.json() == {
        "reference": "INC-20261005-000001",
        "title": "Le VPN tombe",
        "description": "Depuis 9 h.",
        "status": "assigned",
        "priority": "high",
        "severity": "major",
        "impact": "multi_client",
        "category": "network",
        "source": "api",
        "requester": "alice",
        "assignee": None,
        "team": "Support N1",
        "escalation_level": 0,
        "created_at": "2026-10-05T08:00:00Z",
        "updated_at": "2026-10-05T08:00:00Z",
        "closed_at": None,
        "version": 1,
        "reopen_count": 0,
        "allowed_actions": ["take", "start", "assign", "take_and_start", "start_and_resolve"],
        "sla": {
            "cycle": 1,
            "response": {
                "due_at": "2026-10-05T12:00:00Z",
                "original_due_at": "2026-10-05T12:00:00Z",
                **clock,
                "remaining_s": 4 * 3600,
            },
            "resolution": {
                "due_at": "2026-10-05T16:00:00Z",
                "original_due_at": "2026-10-05T16:00:00Z",
                **clock,
                "remaining_s": 8 * 3600,
            },
        },
        "resolution": None,
        "hold": None,
        "assets": [],
        "applications": [],
        "employees": [],
        "clients": [],
    }
    assert api.bruno.get(answer.headers["Location"].removeprefix("/api/v1")).json()["title"] == "Le VPN tombe"


def test_an_incident_is_read_with_its_version_as_etag(api: Api) -> None:
    reference = api.alice.create()["reference"]
    api.alice.act(reference, "take_and_start")
    answer = api.alice.get(f"/incidents/{reference}")
    assert answer.status_code == 200
    assert list(answer.json()) == KEYS
    assert answer.headers["ETag"] == f'"{answer.json()["version"]}"' == '"2"'


def test_a_whole_life_through_the_api(api: Api) -> None:
    chloe, alice, bruno = api.chloe, api.alice, api.bruno
    reference = chloe.create(priority="high")["reference"]
    api.diane.patch(f"/incidents/{reference}", json={"priority": "critical"})
    assert api.diane.act(reference, "assign", team="Support N1")["status"] == "assigned"
    api.clock.forward(minutes=10)
    started = alice.act(reference, "take_and_start")
    assert (started["status"], started["assignee"]) == ("in_progress", "alice")
    assert started["sla"]["response"] == {
        "due_at": "2026-10-05T09:00:00Z",
        "original_due_at": "2026-10-05T09:00:00Z",
        "met_at": "2026-10-05T08:10:00Z",
        "respected": True,
        "light": "green",
        "remaining_s": 50 * 60,
    }
    held = alice.act(
        reference, "hold", reason="supplier", text="Pièce commandée", resume_at="2026-10-05T11:30:00+02:00"
    )
    assert held["hold"] == {
        "reason": "supplier",
        "text": "Pièce commandée",
        "since": "2026-10-05T08:10:00Z",
        "resume_at": "2026-10-05T09:30:00Z",
    }
    assert alice.act(reference, "resume")["hold"] is None
    escalated = alice.act(reference, "escalate", mode="hierarchical", reason="Le pare-feu est à N2")
    assert (escalated["team"], escalated["assignee"], escalated["escalation_level"]) == ("Support N2", None, 1)
    api.clock.forward(hours=4)
    done = bruno.act(reference, "start_and_resolve", code="workaround", summary="Contourné par le relais.")
    assert done["resolution"] == {
        "code": "workaround",
        "summary": "Contourné par le relais.",
        "at": "2026-10-05T12:10:00Z",
    }
    assert (done["sla"]["resolution"]["respected"], done["sla"]["resolution"]["light"]) == (False, "red")
    assert done["sla"]["resolution"]["remaining_s"] == -600
    again = chloe.act(reference, "reopen", reason="Cela recommence.")
    assert (again["status"], again["reopen_count"], again["sla"]["cycle"]) == ("in_progress", 1, 2)
    bruno.act(reference, "resolve", code="fixed", summary="Câble changé.")
    closed = chloe.act(reference, "close")
    assert (closed["status"], closed["closed_at"], closed["allowed_actions"]) == ("closed", "2026-10-05T12:10:00Z", [])


def test_a_change_names_its_fields_and_the_others_stay(api: Api) -> None:
    before = api.alice.create(severity="minor", impact="single_user")
    reference = before["reference"]
    answer = api.alice.patch(f"/incidents/{reference}", json={"title": "Tout le VPN tombe", "severity": None})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    assert answer.json() == before | {"title": "Tout le VPN tombe", "severity": None, "version": 2}
    assert api.alice.patch(f"/incidents/{reference}", json={}).json()["version"] == 2


def test_a_lower_priority_needs_its_reason(api: Api) -> None:
    reference = api.alice.create(priority="critical")["reference"]
    refused = api.alice.patch(f"/incidents/{reference}", json={"priority": "low"})
    assert field_codes(refused) == {"reason": "reason_required"}
    lowered = api.alice.patch(f"/incidents/{reference}", json={"priority": "low", "reason": "Un seul poste."}).json()
    assert (lowered["priority"], lowered["sla"]["resolution"]["due_at"]) == ("low", "2026-10-08T08:00:00Z")


def test_the_history_is_in_order_and_says_who_what_and_when(api: Api) -> None:
    reference = api.alice.create()["reference"]
    api.clock.forward(minutes=5)
    api.bruno.act(reference, "take_and_start")
    answer = api.diane.get(f"/incidents/{reference}/history")
    assert answer.status_code == 200
    assert [list(entry) for entry in answer.json()] == [["seq", "at", "actor", "fact", "details", "hash"]] * 3
    created, taken, started = answer.json()
    assert created["seq"] < taken["seq"] < started["seq"]
    assert (created["fact"], created["actor"], created["at"]) == ("created", "alice", "2026-10-05T08:00:00Z")
    assert taken["details"].items() >= {"from": "new", "to": "assigned", "action": "take"}.items()
    assert started["fact"] == "status_changed"
    assert started["details"] == {"from": "assigned", "to": "in_progress", "action": "start"}
    assert (started["actor"], started["at"]) == ("bruno", "2026-10-05T08:05:00Z")
    assert all(len(entry["hash"]) == 64 for entry in answer.json())


def test_a_comment_of_the_team_is_internal_unless_it_says_otherwise(api: Api) -> None:
    reference = api.chloe.create()["reference"]
    path = f"/incidents/{reference}/comments"
    said = api.alice.post(path, json={"body": "Le relais est mort."})
    assert said.status_code == 201
    assert said.json() == {
        "id": said.json()["id"],
        "at": "2026-10-05T08:00:00Z",
        "author": "alice",
        "visibility": "internal",
        "body": "Le relais est mort.",
    }
    published = api.alice.post(path, json={"body": "Nous y travaillons.", "visibility": "public"}).json()
    replied = api.chloe.post(path, json={"body": "Merci !"}).json()
    assert (published["visibility"], replied["visibility"]) == ("public", "public")
    assert api.alice.get(path).json() == [said.json(), published, replied]
    assert api.chloe.get(path).json() == [published, replied]
    assert api.chloe.post(path, json={"body": "Psst", "visibility": "internal"}).status_code == 403


def test_the_working_of_the_due_times_is_shown_with_its_sentences(api: Api) -> None:
    reference = api.alice.create(priority="critical")["reference"]
    api.clock.forward(minutes=61, seconds=1)
    api.alice.act(reference, "take_and_start")
    answer = api.alice.get(f"/incidents/{reference}/sla")
    assert answer.status_code == 200
    cycle = answer.json()["cycles"][0]
    sentences = cycle.pop("explanation")
    assert answer.json()["policy_version"] == 1
    assert list(cycle) == ["number", "started_at", "response", "resolution", "pauses"]
    assert cycle["response"] == {
        "target_s": 3600,
        "due_at": "2026-10-05T09:00:00Z",
        "original_due_at": "2026-10-05T09:00:00Z",
        "met_at": "2026-10-05T09:01:01Z",
        "respected": False,
    }
    assert (cycle["resolution"]["target_s"], cycle["resolution"]["respected"]) == (14_400, None)
    assert [sentence.replace("\u00a0", " ") for sentence in sentences] == [
        "Cycle 1 : départ le lundi 5 octobre 2026 à 10:00:00 (fuseau Europe/Paris), priorité Critique, "
        "politique SLA n° 1.",
        "Réponse : objectif 1 h, échéance le lundi 5 octobre 2026 à 11:00:00.",
        "Réponse : atteinte le lundi 5 octobre 2026 à 11:01:01, avec 1 min 01 s de retard.",
        "Résolution : objectif 4 h, échéance le lundi 5 octobre 2026 à 14:00:00.",
        "Résolution : pas encore atteinte, il reste 2 h 58.",
    ]
    english = api.alice.get(f"/incidents/{reference}/sla", headers={"Accept-Language": "en-GB,en;q=0.8,fr;q=0.5"})
    assert (
        english.json()["cycles"][0]["explanation"][1]
        == "Response: target 1h, due on Monday 5 October 2026 at 11:00:00."
    )


def test_each_reopening_has_a_cycle_of_its_own(api: Api) -> None:
    reference = resolved(api, priority="low")
    api.clock.forward(days=1)
    api.alice.act(reference, "reopen", reason="Encore.")
    cycles = api.alice.get(f"/incidents/{reference}/sla").json()["cycles"]
    assert [cycle["number"] for cycle in cycles] == [1, 2]
    assert [cycle["resolution"]["respected"] for cycle in cycles] == [True, None]
    assert cycles[1]["started_at"] == cycles[1]["response"]["met_at"] == "2026-10-06T08:00:00Z"


def test_a_change_goes_on_when_the_version_is_the_one_that_was_read(api: Api) -> None:
    for version in ('"1"', '"7", "1"', "*", 'W/"1", "1"'):
        path = f"/incidents/{api.alice.create()['reference']}"
        changed = api.alice.patch(path, json={"title": "Autre"}, headers={"If-Match": version})
        assert (changed.status_code, changed.headers.get("ETag")) == (200, '"2"'), version


def test_a_change_of_another_version_is_refused_with_the_newer_incident(api: Api) -> None:
    reference = api.alice.create()["reference"]
    path = f"/incidents/{reference}"
    newer = api.bruno.patch(path, json={"title": "Celui de Bruno"}).json()
    for version in ('"1"', 'W/"2"', '"7", "8"', '""', '"02"', '"' + "9" * 5000 + '"'):
        condition = {"If-Match": version}
        for answer in (
            api.alice.patch(path, json={"title": "x"}, headers=condition),
            api.alice.post(f"{path}/actions/take", headers=condition),
            api.alice.post(f"{path}/actions/close", headers=condition),
        ):
            assert answer.status_code == 412, answer.text
            assert answer.json()["code"] == "precondition_failed"
            assert answer.json()["current"] == newer
    assert api.alice.get(path).json() == newer


def test_a_take_of_an_older_version_shows_who_has_it_now(api: Api) -> None:
    reference = api.alice.create()["reference"]
    api.bruno.act(reference, "take")
    answer = api.alice.post(f"/incidents/{reference}/actions/take", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["current"]["assignee"]) == (412, "bruno")


def test_a_condition_that_is_none_is_named(api: Api) -> None:
    reference = api.alice.create()["reference"]
    answer = api.alice.patch(f"/incidents/{reference}", json={"title": "x"}, headers={"If-Match": "1"})
    assert field_codes(answer) == {"If-Match": "malformed"}
    assert (
        api.gina.patch("/incidents/INC-20200101-000001", json={}, headers={"If-Match": '"1", "2"'}).status_code == 404
    )


def test_what_a_requester_declares_has_the_source_that_is_the_requesters(api: Api) -> None:
    assert api.chloe.create()["source"] == "api"
    assert api.chloe.create(source="monitoring")["source"] == "portal"
    assert api.alice.create(source="phone")["source"] == "phone"


def test_a_requester_reads_the_summary_of_a_resolution_that_is_published(api: Api) -> None:
    """S123, S138."""
    for publish in (False, True):
        reference = api.chloe.create()["reference"]
        said = {"code": "fixed", "summary": "Relais remplacé.", "publish": publish}
        api.alice.act(reference, "start_and_resolve", **said)
        comments = api.chloe.get(f"/incidents/{reference}/comments").json()
        assert [(each["author"], each["body"]) for each in comments] == [("alice", "Relais remplacé.")] * publish


def test_instants_are_whole_seconds_in_utc(api: Api) -> None:
    api.clock.forward(seconds=0.7)
    reference = api.alice.create()["reference"]
    api.alice.act(reference, "take_and_start")
    resume_at = (api.clock.at + timedelta(days=1)).isoformat()
    held = api.alice.act(reference, "hold", reason="other", resume_at=resume_at)
    assert held["created_at"] == "2026-10-05T08:00:00Z"
    assert held["hold"]["resume_at"] == "2026-10-06T08:00:00Z"
    api.alice.patch(f"/incidents/{reference}", json={"priority": "critical", "title": "2026-10-05T08:00:00+00:00"})
    history = api.alice.get(f"/incidents/{reference}/history").json()
    details = {line["fact"]: line["details"] for line in history}
    assert details["status_changed"]["resume_at"] == "2026-10-06T08:00:00Z"
    assert details["priority_changed"]["due"]["resolution"] == ["2026-10-05T16:00:00Z", "2026-10-05T12:00:00Z"]
    assert details["field_changed"]["to"] == "2026-10-05T08:00:00+00:00", "what people type stays"
