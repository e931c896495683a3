"""Alerts of monitoring systems: each has one incident, however often, in whatever words and by whomever it is told."""

import json
from typing import Any

import httpx
import pytest

from data.vocabulary import ItemKind, Scope
from services import cmdb, tokens
from tests.rest.conftest import Api, field_codes, lines, problem, unprinted
from tests.rest.test_simultaneous import Call, at_once

PROMETHEUS = {
    "version": "4",
    "status": "firing",
    "groupKey": "{}:{}",
    "truncatedAlerts": 0,
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "DiskFull", "instance": "srv-db-02.acme.fr:9100", "severity": "critical"},
            "annotations": {"summary": "Disque plein à 95 %", "description": "/var sur srv-db-02"},
            "startsAt": "2026-10-05T07:58:00Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus/graph?g0",
            "fingerprint": "6f1f0a",
        },
        {"status": "firing", "labels": {"alertname": "HostDown", "instance": "srv-9"}, "annotations": {}},
    ],
}
GRAFANA = {
    "state": "alerting",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "Latence", "severity": "warning", "service": "CRM Ventes", "category": "software"},
            "annotations": {"summary": "CRM : 4 s par page"},
            "valueString": "[ var='A' value=4.1 ]",
            "values": None,
            "panelURL": "https://grafana/d/1?viewPanel=2",
            "fingerprint": "aa01",
        }
    ],
}
ZABBIX = {
    "event_value": "1",
    "trigger_id": 1742,
    "host": "SRV-DB-02",
    "name": "Charge trop élevée",
    "severity": "High",
    "message": "Moyenne sur 5 min : 12",
}
KUMA = {
    "heartbeat": {"monitorID": 7, "status": 0, "msg": "connect ECONNREFUSED", "important": True},
    "monitor": {"id": 7, "name": "Intranet", "url": "https://intranet.acme.fr", "hostname": None},
    "msg": "[Intranet] [🔴 Down] connect ECONNREFUSED",
}
GENERIC = {"key": "backup/nas", "title": "Sauvegarde en échec", "priority": "low", "host": "srv-db-02"}


def told(api: Api, kind: str, sent: Any, token: str | None = None) -> httpx.Response:
    with unprinted():
        return api.of(None).post(f"/hooks/{kind}/{token or api.desk.tokens['alice']}", json=sent)


def references(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 202, answer.text
    found: list[str] = answer.json()["references"]
    return found


@pytest.mark.parametrize(
    ("kind", "sent", "wanted"),
    [
        ("alertmanager", PROMETHEUS, ("Disque plein à 95 %", "critical", "other", ["srv-db-02"], [])),
        ("grafana", GRAFANA, ("CRM : 4 s par page", "medium", "software", [], ["CRM Ventes"])),
        ("zabbix", ZABBIX, ("SRV-DB-02 : Charge trop élevée", "high", "other", ["srv-db-02"], [])),
        ("uptime_kuma", KUMA, ("Intranet : connect ECONNREFUSED", "high", "other", [], [])),
        ("generic", GENERIC, ("Sauvegarde en échec", "low", "other", ["srv-db-02"], [])),
        ("generic", {"alerts": [GENERIC]}, ("Sauvegarde en échec", "low", "other", ["srv-db-02"], [])),
    ],
)
def test_each_system_is_understood(api: Api, kind: str, sent: Any, wanted: tuple[Any, ...]) -> None:
    """S17: title, priority, category, and what of the CMDB is named; the source is set by itself."""
    emile = api.desk.actors["emile"]
    cmdb.create(emile, ItemKind.ASSETS, {"name": "srv-db-02", "type": "server"})
    cmdb.create(emile, ItemKind.APPLICATIONS, {"name": "CRM Ventes"})
    first, *more = references(told(api, kind, sent))
    made = api.alice.get(f"/incidents/{first}").json()
    names = [[link["name"] for link in made[kind]] for kind in ("assets", "applications")]
    assert (made["title"], made["priority"], made["category"], *names) == wanted
    assert (made["status"], made["source"], made["requester"]) == ("new", "monitoring", "alice")
    assert len(more) == (1 if kind == "alertmanager" else 0)
    before = lines()
    assert references(told(api, kind, sent)) == [first, *more]
    assert lines() == before


def test_over_back_and_again(api: Api) -> None:
    """An open incident hears of the end once; a resolved one goes on; a closed one has a recurrence."""
    over, alice = GENERIC | {"status": "Resolved"}, api.alice

    def said() -> list[str]:
        return [comment["body"] for comment in alice.get(f"/incidents/{reference}/comments").json()]

    assert references(told(api, "generic", over)) == []
    [reference] = references(told(api, "generic", GENERIC))
    for sent in (over, over, GENERIC, GENERIC):
        assert references(told(api, "generic", sent)) == [reference]
    assert [word for text in said() for word in ("a pris fin", "est revenue") if word in text] == [
        "a pris fin",
        "est revenue",
    ]
    alice.act(reference, "start_and_resolve", code="fixed", summary="Bande changée.")
    assert references(told(api, "generic", over)) == [reference]
    assert alice.get(f"/incidents/{reference}").json()["status"] == "resolved"
    assert references(told(api, "generic", GENERIC)) == [reference]
    opened = alice.get(f"/incidents/{reference}").json()
    assert (opened["status"], opened["reopen_count"]) == ("in_progress", 1)
    alice.act(reference, "resolve", code="fixed", summary="Bande changée.")
    alice.act(reference, "close")
    assert references(told(api, "generic", GENERIC)) == [reference]  # it was never over
    assert references(told(api, "generic", over)) == [reference]
    [other] = references(told(api, "generic", GENERIC))
    assert other != reference
    [related] = alice.get(f"/incidents/{other}/relations").json()
    assert related["reference"] == reference


def test_who_may_tell(api: Api) -> None:
    emile = api.desk.actors["emile"]
    reader = tokens.issue(emile, "alice", name="reader", scope=Scope.READ)
    before = lines()
    problem(told(api, "generic", GENERIC, "vigie_nobody"), 401, "bad_token")
    problem(told(api, "generic", GENERIC, reader), 403, "forbidden")
    problem(told(api, "generic", GENERIC, api.desk.tokens["chloe"]), 403, "forbidden")
    problem(told(api, "nagios", GENERIC), 404, "not_found")
    problem(api.alice.post("/hooks/generic/vigie_nobody", json=GENERIC), 401, "bad_token")
    assert lines() == before


@pytest.mark.parametrize(
    ("kind", "sent", "wrong"),
    [
        ("generic", {"key": "", "title": 3}, {"key": "required"}),
        ("generic", {"title": "x", "status": "perhaps"}, {"key": "required", "status": "wrong_type"}),
        ("generic", {"alerts": [GENERIC] * 101}, {"alerts": "too_many"}),
        ("alertmanager", {"alerts": [{"labels": {}}]}, {"alerts.0.status": "required"}),
        ("alertmanager", GENERIC, {"alerts": "required"}),
        ("zabbix", {"host": []}, {"event_value": "required", "name": "required", "host": "wrong_type"}),
        (
            "uptime_kuma",
            {"heartbeat": {"status": "?"}, "monitor": 3},
            {"heartbeat.status": "wrong_type", "monitor": "wrong_type"},
        ),
    ],
)
def test_what_is_not_understood_is_named_and_nothing_happens(api: Api, kind: str, sent: Any, wrong: Any) -> None:
    before = lines()
    assert field_codes(told(api, kind, sent)) == wrong
    assert lines() == before
    assert references(told(api, "uptime_kuma", {"heartbeat": None, "monitor": None, "msg": "Test"})) == []


def test_what_no_text_of_ours_may_have_is_left_out(api: Api) -> None:
    sent = GENERIC | {"title": "Disque\x00 \u202eplein\n" + "x" * 300, "description": "a\x1bb\n\tc"}
    [reference] = references(told(api, "generic", sent))
    made = api.alice.get(f"/incidents/{reference}").json()
    assert made["title"] == ("Disque plein " + "x" * 300)[:200]
    assert made["description"] == "a b\n\tc"


def test_copies_at_the_same_moment_are_one_incident(api: Api) -> None:
    """D11."""
    address = f"/hooks/generic/{api.desk.tokens['alice']}"

    def telling(key: str) -> Call:
        return lambda client: client.post(address, json=GENERIC | {"key": key})

    answers = at_once(api, [telling(f"alert {n}") for n in range(5) for _ in range(20)])
    assert {answer.status_code for answer in answers} == {202}
    assert len({tuple(answer.json()["references"]) for answer in answers}) == 5
    assert api.alice.get("/incidents").json()["total"] == 5


def test_signs_that_cannot_be_stored_keep_no_alert_out(api: Api) -> None:
    """X5, D11: neither the alert that has them nor those after it in the message are lost, on either database."""
    sent = {
        "alerts": [
            GENERIC | {"key": "1", "host": "srv\x00db"},
            {"key": "2", "title": "\x00"},
            {"key": "3", "title": "\u202e", "description": "\x1b"},
        ]
    }
    assert len(references(told(api, "generic", sent))) == 3
    labels = {"alertname": "HostDown", "instance": "x\udfff"}
    # Written as ASCII: a lone surrogate has no other form on its way.
    raw = json.dumps({"alerts": [{"status": "firing", "labels": labels}]})
    with unprinted():
        token = api.desk.tokens["alice"]
        answer = api.client.post(
            f"/api/v1/hooks/alertmanager/{token}", content=raw, headers={"Content-Type": "application/json"}
        )
    assert answer.status_code < 500, answer.text
