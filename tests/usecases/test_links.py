"""What an incident touches, and what is proposed beside it (rules, "CMDB"; S3, S23 to S27, S74, S76, S80, S86, S89)."""

from datetime import date
from typing import Any

import pytest

from data.vocabulary import Fact, ItemKind
from services import board, cmdb, impact, incidents, lifecycle, links
from services.errors import ClosedIncident, Invalid
from services.sheet import sheet
from services.views import IncidentView, ItemView
from tests.personas import Cast, an_incident

ASSETS, APPLICATIONS, EMPLOYEES, CLIENTS = ItemKind


@pytest.fixture
def items(cast: Cast) -> dict[str, ItemView]:
    """SRV-CRM-01 hosts CRM Ventes, which Ventes uses and Hélène owns."""
    client = cmdb.create(cast.alice, CLIENTS, {"name": "Ventes", "type": "internal"})
    other = cmdb.create(cast.alice, CLIENTS, {"name": "Client B", "type": "external"})
    owner = cmdb.create(cast.alice, EMPLOYEES, {"name": "Hélène", "department": "Commerce"})
    asset = cmdb.create(cast.alice, ASSETS, {"name": "SRV-CRM-01", "type": "server", "location": "Lyon"})
    application = cmdb.create(
        cast.alice,
        APPLICATIONS,
        {"name": "CRM Ventes", "assets": [asset.id], "clients": [client.id], "owner": owner.id},
    )
    return {"asset": asset, "application": application, "client": client, "other": other, "owner": owner}


def names(incident: IncidentView, kind: ItemKind) -> list[str]:
    return [link.name for link in incident.links.get(kind, ())]


def edited(cast: Cast, incident: IncidentView, **changes: Any) -> IncidentView:
    return incidents.edit(cast.alice, incident.reference, changes)


def test_nothing_needs_to_be_linked(cast: Cast) -> None:
    """S23."""
    assert an_incident(cast.alice).links == {}


def test_what_is_linked_is_shown_with_type_place_and_count(cast: Cast, items: dict[str, ItemView]) -> None:
    """S3, S76."""
    incident = an_incident(cast.alice, links={"assets": ["srv-crm-01"], "applications": [items["application"].id]})
    [asset] = incident.links[ASSETS]
    assert (asset.name, asset.type, asset.note, asset.count) == ("SRV-CRM-01", "server", "Lyon", 1)
    assert names(incident, APPLICATIONS) == ["CRM Ventes"]


def test_the_asset_proposes_the_application_and_links_nothing_by_itself(cast: Cast, items: dict[str, ItemView]) -> None:
    """S89."""
    incident = an_incident(cast.alice, links={"assets": [items["asset"].id]})
    [proposal] = links.proposals_for(cast.alice, incident.reference)
    assert (proposal.name, proposal.via_kind, proposal.via_name) == ("CRM Ventes", ASSETS, "SRV-CRM-01")
    assert names(incidents.get(cast.alice, incident.reference), APPLICATIONS) == []


def test_an_application_proposes_its_clients_and_its_owner(cast: Cast, items: dict[str, ItemView]) -> None:
    chosen = {APPLICATIONS: [items["application"].id], ASSETS: [items["asset"].id]}
    found = links.proposals(cast.alice, chosen)
    assert {(each.kind, each.name) for each in found} == {(CLIENTS, "Ventes"), (EMPLOYEES, "Hélène")}
    chosen |= {CLIENTS: [items["client"].id], EMPLOYEES: [items["owner"].id]}
    assert links.proposals(cast.alice, chosen) == ()


def test_the_first_client_is_the_primary_one_until_another_is_said(cast: Cast, items: dict[str, ItemView]) -> None:
    """S86: exactly one."""
    first, second = items["other"].id, items["client"].id

    def primary(incident: IncidentView) -> list[str]:
        return [link.name for link in incident.links[CLIENTS] if link.is_primary]

    incident = an_incident(cast.alice, links={"clients": [first]})
    assert primary(incident) == ["Client B"]
    incident = edited(cast, incident, clients=[{"id": second}, {"id": first}])
    assert primary(incident) == ["Client B"]
    incident = edited(cast, incident, clients=[{"id": second, "is_primary": True}, {"id": first}])
    assert primary(incident) == ["Ventes"]
    incident = edited(cast, incident, clients=[first])
    assert primary(incident) == ["Client B"]
    with pytest.raises(Invalid) as refused:
        edited(cast, incident, clients=[{"id": first, "is_primary": True}, {"id": second, "is_primary": True}])
    assert refused.value.errors == {"clients": ("one_primary", {})}


def test_each_link_and_its_end_is_a_line_of_history(cast: Cast, items: dict[str, ItemView]) -> None:
    incident = an_incident(cast.alice)
    incident = edited(cast, incident, assets=[items["asset"].id])
    edited(cast, incident, assets=[])
    lines = incidents.history(cast.alice, incident.reference).entries[-2:]
    assert [(line.fact, line.details["name"]) for line in lines] == [
        (Fact.LINKED, "SRV-CRM-01"),
        (Fact.UNLINKED, "SRV-CRM-01"),
    ]


def test_linking_what_is_linked_changes_nothing(cast: Cast, items: dict[str, ItemView]) -> None:
    incident = an_incident(cast.alice, links={"assets": [items["asset"].id]})
    assert edited(cast, incident, assets=[items["asset"].id]).version == incident.version


def test_an_unknown_item_is_named_and_nothing_is_declared(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        an_incident(cast.alice, links={"assets": [999], "employees": ["Personne"]})
    assert {field: code for field, (code, _) in refused.value.errors.items()} == {
        "assets": "unknown",
        "employees": "unknown",
    }
    assert board.page(cast.alice, board.Query()).total == 0


def test_a_requester_neither_links_nor_sees_links(cast: Cast, items: dict[str, ItemView]) -> None:
    with pytest.raises(Invalid):
        an_incident(cast.chloe, links={"assets": [items["asset"].id]})
    own = an_incident(cast.chloe)
    edited(cast, own, assets=[items["asset"].id])
    seen = sheet(cast.chloe, own.reference)
    assert (seen.incident.links, seen.proposals, seen.changes) == ({}, (), ())


def test_the_links_of_a_closed_incident_stay(cast: Cast, items: dict[str, ItemView]) -> None:
    """S126."""
    incident = an_incident(cast.alice, links={"assets": [items["asset"].id]})
    lifecycle.start_and_resolve(cast.alice, incident.reference, code="fixed", summary="Fait.")
    lifecycle.close(cast.alice, incident.reference)
    with pytest.raises(ClosedIncident):
        edited(cast, incident, assets=[])
    assert names(incidents.get(cast.alice, incident.reference), ASSETS) == ["SRV-CRM-01"]


def test_recent_changes_stand_beside_the_incident(cast: Cast, items: dict[str, ItemView]) -> None:
    """S80: of the last 30 days, of linked applications only."""
    application = items["application"].id
    impact.note_change(cast.alice, application, day=date(2026, 6, 14), summary="Version 4.2")
    impact.note_change(cast.alice, application, day=date(2026, 5, 1), summary="Version 4.1")
    incident = an_incident(cast.alice, links={"applications": [application]})
    assert [each.summary for each in sheet(cast.bruno, incident.reference).changes] == ["Version 4.2"]
    assert sheet(cast.bruno, an_incident(cast.alice).reference).changes == ()


def test_the_boards_row_names_the_application_before_the_asset(cast: Cast, items: dict[str, ItemView]) -> None:
    plain = an_incident(cast.alice)
    asset = an_incident(cast.alice, links={"assets": [items["asset"].id]})
    both = an_incident(cast.alice, links={"assets": [items["asset"].id], "applications": [items["application"].id]})
    named = {row["id"]: row["item"] for row in board.open_rows()}
    assert named == {
        plain.id: None,
        asset.id: {"kind": "assets", "name": "SRV-CRM-01"},
        both.id: {"kind": "applications", "name": "CRM Ventes"},
    }
    assert board.rows([asset.id])[0][0]["item"] == named[asset.id]
