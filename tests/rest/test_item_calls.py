"""Configuration items and an incident's links over the API (contract; S24 to S27, S77, S80, S81, S86)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.rest.conftest import START, Api, Caller, field_codes, new

ITEMS = {
    "assets": {"name": "SRV-CRM-01", "type": "server"},
    "applications": {"name": "CRM Ventes"},
    "employees": {"name": "Émile Zéphir", "email": "emile.zephir@acme.example"},
    "clients": {"name": "Direction commerciale", "type": "internal"},
}


def made(caller: Caller, kind: str, **fields: Any) -> dict[str, Any]:
    answer = caller.post(f"/{kind}", json=ITEMS[kind] | fields)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/{kind}/{answer.json()['id']}"
    return dict(answer.json())


@pytest.mark.parametrize("kind", ITEMS)
def test_an_item_is_made_read_found_changed_and_removed(api: Api, kind: str) -> None:
    item = made(api.alice, kind)
    address = f"/{kind}/{item['id']}"
    assert api.bruno.get(address).json() == item
    assert api.bruno.get(f"/{kind}", params={"q": item["name"].lower()[:5]}).json() == {
        "items": [item],
        "next_cursor": None,
        "total": 1,
    }
    changed = api.alice.patch(address, json={"name": "Autre nom"}).json()
    assert changed == item | {"name": "Autre nom"}
    assert api.alice("DELETE", address).status_code == 204
    assert api.alice.get(address).status_code == 404


def test_a_list_goes_on_from_page_to_page(api: Api) -> None:
    for number in range(5):
        made(api.alice, "assets", name=f"PC-{number}")
    seen, cursor = [], ""
    while cursor is not None:
        page = api.alice.get("/assets", params={"limit": 2, "cursor": cursor}).json()
        assert page["total"] == 5
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"PC-{number}" for number in range(5)]


def test_a_list_shows_nothing_twice_and_leaves_nothing_out_while_items_come_and_go(api: Api) -> None:
    """Also of one name, and where the one that the page before ended with is gone."""
    kept = [made(api.alice, "employees", name=name) for name in ("Écran", "pc", "pc", "PC", "zone")]
    seen, cursor, number = [], "", 0
    while cursor is not None:
        page = api.alice.get("/employees", params={"limit": 2, "cursor": cursor}).json()
        seen += [item["id"] for item in page["items"]]
        cursor, number = page["next_cursor"], number + 1
        made(api.alice, "employees", name=f"A{number}")
        if number == 1:
            assert api.alice("DELETE", f"/employees/{seen[-1]}").status_code == 204
    assert sorted(seen) == [item["id"] for item in kept]
    for odd in (
        "0",
        "2",
        "é",
        "W10=",
        "WyJhIiwxXQ",
        "WyJcdTAwMDAiLDFd",
        "WyJcdWQ4MDAiLDFd",
        "WyJhIiwtMV0=",
        "bnVsbA==",
    ):
        assert set(field_codes(api.alice.get("/employees", params={"cursor": odd}))) == {"cursor"}, odd


def test_relations_are_named_by_id_or_name_whatever_its_case(api: Api) -> None:
    asset, owner = made(api.alice, "assets"), made(api.alice, "employees")
    application = made(api.alice, "applications", assets=[asset["id"]], owner="émile zéphir")
    assert application["assets"] == [{"id": asset["id"], "name": "SRV-CRM-01"}]
    assert application["owner"] == {"id": owner["id"], "name": "Émile Zéphir"}
    assert api.alice.get(f"/assets/{asset['id']}").json()["applications"] == [
        {"id": application["id"], "name": "CRM Ventes"}
    ]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({}, {"name": "required"}),
        ({"name": "", "type": "server"}, {"name": "required"}),
        ({"name": "X"}, {"type": "required"}),
        ({"name": "X", "type": "toaster"}, {"type": "unknown_value"}),
        ({"name": "X", "type": "server", "owner": 999}, {"owner": "unknown"}),
        ({"name": "X", "type": "server", "owner": True}, {"owner": "wrong_type"}),
        ({"name": "X", "type": "server", "colour": "red"}, {"colour": "extra"}),
        ({"name": "srv-crm-01", "type": "server"}, {"name": "taken"}),
    ],
)
def test_each_wrong_field_of_an_item_is_named(api: Api, body: dict[str, Any], codes: dict[str, str]) -> None:
    made(api.alice, "assets")
    assert field_codes(api.alice.post("/assets", json=body)) == codes
    assert api.alice.get("/assets").json()["total"] == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/assets"), ("POST", "/assets"), ("GET", "/assets/1"), ("PATCH", "/assets/1"), ("DELETE", "/assets/1")],
)
def test_a_requester_neither_reads_nor_writes_items(api: Api, method: str, path: str) -> None:
    made(api.alice, "assets")
    body = {"json": {"name": "X", "type": "server"}} if method in ("POST", "PATCH") else {}
    assert api.chloe(method, path, **body).status_code == 403
    assert api.alice.get("/assets").json()["total"] == 1


def test_an_incident_is_declared_with_what_it_touches(api: Api) -> None:
    """S24 to S27: several of each kind; S86: exactly one primary client."""
    links = {kind: [made(api.alice, kind)["id"], made(api.alice, kind, name="Deux")["id"]] for kind in list(ITEMS)[:3]}
    first, second = made(api.alice, "clients"), made(api.alice, "clients", name="Client B")
    clients = [{"id": first["id"]}, {"id": second["id"], "is_primary": True}]
    incident = api.alice.create(**links, clients=clients)
    for kind, ids in links.items():
        assert {each["id"] for each in incident[kind]} == set(ids)
    assert {each["name"]: each["is_primary"] for each in incident["clients"]} == {
        "Client B": True,
        "Direction commerciale": False,
    }


def test_links_are_changed_by_the_list_that_is_sent(api: Api) -> None:
    one, two = made(api.alice, "assets"), made(api.alice, "assets", name="SRV-CRM-02")
    reference = api.alice.create(assets=[one["id"]])["reference"]
    changed = api.alice.patch(f"/incidents/{reference}", json={"assets": [two["id"]]}).json()
    assert [each["name"] for each in changed["assets"]] == ["SRV-CRM-02"]
    facts = [line["fact"] for line in api.alice.get(f"/incidents/{reference}/history").json()]
    assert facts[-2:] == ["linked", "unlinked"]
    same = api.alice.patch(f"/incidents/{reference}", json={"title": "Autre titre"}).json()
    assert same["assets"] == changed["assets"]


def test_a_requester_links_nothing_and_sees_no_link(api: Api) -> None:
    asset = made(api.alice, "assets")
    refused = api.chloe.post("/incidents", json=new(assets=[asset["id"]]))
    assert field_codes(refused) == {"assets": "not_yours_to_choose"}
    reference = api.chloe.create()["reference"]
    api.alice.patch(f"/incidents/{reference}", json={"assets": [asset["id"]]})
    assert api.chloe.get(f"/incidents/{reference}").json()["assets"] == []
    assert api.chloe.get("/incidents", params={"q": "SRV-CRM-01"}).json()["total"] == 0


@pytest.mark.parametrize("kind", ["assets", "applications", "clients"])
def test_incidents_are_filtered_by_what_they_touch(api: Api, kind: str) -> None:
    item = made(api.alice, kind)
    linked = [{"id": item["id"]}] if kind == "clients" else [item["id"]]
    reference = api.alice.create(**{kind: linked})["reference"]
    api.alice.create()
    for value in (str(item["id"]), item["name"].upper()):
        found = api.alice.get("/incidents", params={kind.removesuffix("s"): value}).json()
        assert [each["reference"] for each in found["items"]] == [reference]


def test_an_incident_is_found_by_the_name_of_its_asset(api: Api) -> None:
    """S76."""
    reference = api.alice.create(assets=[made(api.alice, "assets")["id"]])["reference"]
    api.alice.create()
    found = api.alice.get("/incidents", params={"q": "srv-crm vpn"}).json()["items"]
    assert [each["reference"] for each in found] == [reference]


def test_an_item_in_the_story_of_an_incident_stays(api: Api) -> None:
    asset = made(api.alice, "assets")
    reference = api.alice.create(assets=[asset["id"]])["reference"]
    refused = api.alice("DELETE", f"/assets/{asset['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    story = api.alice.get(f"/assets/{asset['id']}/incidents").json()
    assert [each["reference"] for each in story] == [reference]


def test_an_applications_change_log_grows(api: Api) -> None:
    """S80."""
    address = f"/applications/{made(api.alice, 'applications')['id']}/changes"
    noted = api.alice.post(address, json={"day": "2026-10-04", "summary": "Version 4.2"})
    assert noted.status_code == 201
    assert api.bruno.get(address).json() == [noted.json()]
    assert noted.json() == {
        "id": noted.json()["id"],
        "day": "2026-10-04",
        "summary": "Version 4.2",
        "author": "Alice Martin",
    }
    assert field_codes(api.alice.post(address, json={"day": "hier", "summary": ""})) == {"day": "wrong_type"}


def test_availability_counts_the_time_that_a_critical_incident_was_open(api: Api) -> None:
    """S81: an hour down, an hour up again, half an hour down after the reopening, of ten hours."""
    application = made(api.alice, "applications")
    reference = api.alice.create(severity="critical", applications=[application["id"]])["reference"]
    api.alice.create(severity="major", applications=[application["id"]])
    api.clock.forward(hours=1)
    api.alice.act(reference, "start_and_resolve", code="fixed", summary="Redémarré.")
    api.clock.forward(hours=1)
    api.alice.act(reference, "reopen", reason="Encore en panne.")
    api.clock.forward(minutes=30)
    api.alice.act(reference, "resolve", code="fixed", summary="Remplacé.")
    api.clock.forward(hours=20)
    span = {"from": START.isoformat(), "to": (START + timedelta(hours=10)).isoformat()}
    address = f"/applications/{application['id']}/availability"
    turned = {"from": span["to"], "to": span["from"]}
    assert field_codes(api.alice.get(address, params=turned)) == {"to": "period_ends_before"}
    found = api.alice.get(address, params=span).json()
    assert found["down_s"] == 5400
    assert found["share"] == pytest.approx(0.85)
    assert found["incidents"] == [reference]
