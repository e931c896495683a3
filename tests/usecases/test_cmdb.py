"""Configuration items: what they are made of, what stays in the history, what incidents say of them (rules, "CMDB")."""

from datetime import date, timedelta
from typing import Any

import pytest

from data.vocabulary import AssetType, ClientType, ItemKind
from services import audit, cmdb, impact, lifecycle
from services.clock import MovedClock
from services.errors import Forbidden, Invalid, NotFound, Refused
from services.views import ItemView
from services.work import Actor
from tests.personas import Cast, an_incident

ASSETS, APPLICATIONS, EMPLOYEES, CLIENTS = ItemKind


def an_asset(by: Actor, name: str = "SRV-CRM-01", **fields: Any) -> ItemView:
    return cmdb.create(by, ASSETS, {"name": name, "type": "server", **fields})


def an_application(by: Actor, name: str = "CRM Ventes", **fields: Any) -> ItemView:
    return cmdb.create(by, APPLICATIONS, {"name": name, **fields})


@pytest.mark.parametrize("type_", AssetType)
def test_servers_workstations_and_network_devices_are_assets(cast: Cast, type_: AssetType) -> None:
    """S75."""
    assert an_asset(cast.alice, type=type_.value).fields["type"] == type_


@pytest.mark.parametrize("type_", ClientType)
def test_a_client_is_internal_or_external(cast: Cast, type_: ClientType) -> None:
    """S85."""
    client = cmdb.create(cast.alice, CLIENTS, {"name": "Client B", "type": type_.value})
    assert client.fields["type"] == type_


def test_a_name_is_found_whatever_its_case_and_accents(cast: Cast) -> None:
    employee = cmdb.create(cast.alice, EMPLOYEES, {"name": "Élodie ÇELIK", "email": "elodie@acme.example"})
    assert an_asset(cast.alice, owner="élodie çelik").references["owner"] == (employee.id, "Élodie ÇELIK")
    assert an_application(cast.alice, owner="ELODIE@acme.example").references["owner"] == (employee.id, "Élodie ÇELIK")
    assert [each.id for each in cmdb.find(cast.alice, EMPLOYEES, q="elodie celik").items] == [employee.id]


@pytest.mark.parametrize("name", ["SRV-CRM-01", "srv-crm-01"])
def test_two_assets_never_share_a_name(cast: Cast, name: str) -> None:
    an_asset(cast.alice)
    with pytest.raises(Invalid) as refused:
        an_asset(cast.bruno, name)
    assert refused.value.errors == {"name": ("taken", {})}


def test_each_change_of_an_item_is_a_line_with_both_values(cast: Cast) -> None:
    asset = an_asset(cast.alice, location="Lyon")
    application = an_application(cast.alice)
    before = audit.verify_chain().lines
    cmdb.change(cast.alice, ASSETS, asset.id, {"location": "Nantes", "applications": [application.id]})
    assert audit.verify_chain().lines == before + 2
    cmdb.change(cast.alice, ASSETS, asset.id, {"location": "Nantes", "applications": [application.id]})
    assert audit.verify_chain().lines == before + 2


def test_what_an_incident_or_item_names_is_not_removed(cast: Cast) -> None:
    owner = cmdb.create(cast.alice, EMPLOYEES, {"name": "Hélène"})
    asset = an_asset(cast.alice, owner=owner.id)
    an_incident(cast.alice, links={"assets": [asset.id]})
    for kind, item_id in ((ASSETS, asset.id), (EMPLOYEES, owner.id)):
        with pytest.raises(Refused) as refused:
            cmdb.remove(cast.alice, kind, item_id)
        assert refused.value.code == "in_use"
        assert cmdb.get(cast.alice, kind, item_id)


def test_a_requester_sees_nothing_of_it(cast: Cast) -> None:
    asset = an_asset(cast.alice)
    for look in (
        lambda: cmdb.get(cast.chloe, ASSETS, asset.id),
        lambda: cmdb.find(cast.chloe, ASSETS),
        lambda: impact.story(cast.chloe, ASSETS, asset.id),
        lambda: impact.recurrent(cast.chloe),
    ):
        with pytest.raises(Forbidden):
            look()


def test_an_asset_tells_its_incidents_and_how_often(cast: Cast, clock: MovedClock) -> None:
    """S77, S78: the story newest first, the counter over 30 days, the list of recurrent ones."""
    asset, quiet = an_asset(cast.alice), an_asset(cast.alice, "SRV-CRM-02")
    references = []
    for _ in range(3):
        references.append(an_incident(cast.alice, links={"assets": [asset.id]}).reference)
        clock.forward(days=10)
    assert [each.reference for each in impact.story(cast.alice, ASSETS, asset.id)] == references[::-1]
    assert impact.recent_count(cast.alice, ASSETS, asset.id) == 3
    assert [(each.name, each.count) for each in impact.recurrent(cast.alice)] == [("SRV-CRM-01", 3)]
    clock.forward(seconds=1)
    assert impact.recent_count(cast.alice, ASSETS, asset.id) == 2
    assert impact.recurrent(cast.alice) == ()
    assert impact.story(cast.alice, ASSETS, quiet.id) == ()
    with pytest.raises(NotFound):
        impact.story(cast.alice, ASSETS, 999)


def test_the_impact_of_an_asset_goes_by_its_applications_to_clients_and_employees(cast: Cast) -> None:
    """S74."""
    client = cmdb.create(cast.alice, CLIENTS, {"name": "Ventes", "type": "internal"})
    employee = cmdb.create(cast.alice, EMPLOYEES, {"name": "Hélène"})
    application = an_application(cast.alice, clients=[client.id], employees=[employee.id])
    asset = an_asset(cast.alice, applications=[application.id])
    hurt = impact.impact(cast.alice, asset)
    assert hurt == impact.Impact(
        applications=((application.id, "CRM Ventes"),),
        clients=((client.id, "Ventes"),),
        employees=((employee.id, "Hélène"),),
    )


def test_two_outages_at_once_count_once(cast: Cast, clock: MovedClock) -> None:
    """S81: down from 10:00 to 12:30 by two incidents that overlap; one more is open still."""
    application = an_application(cast.alice)
    start = clock.at
    links = {"applications": [application.id]}
    first = an_incident(cast.alice, severity="critical", links=links)
    clock.forward(hours=1)
    second = an_incident(cast.alice, severity="critical", links=links)
    clock.forward(minutes=30)
    for each in (first, second):
        lifecycle.start_and_resolve(cast.alice, each.reference, code="fixed", summary="Fait.")
        clock.forward(hours=1)
    end = start + timedelta(hours=10)
    clock.forward(hours=5, minutes=30)
    an_incident(cast.alice, severity="critical", links=links)
    clock.forward(hours=1)
    found = impact.availability(cast.alice, application.id, start=start, end=end + timedelta(days=9))
    assert (found.end, found.down_s) == (end, 3.5 * 3600)
    assert found.share == pytest.approx(0.65)
    tomorrow = clock.at + timedelta(days=1)
    ahead = impact.availability(cast.alice, application.id, start=tomorrow, end=tomorrow + timedelta(days=1))
    assert ahead == impact.Availability(tomorrow, tomorrow, None, 0, ())  # the open one is of no day to come


def test_a_change_of_an_application_is_noted_with_its_author(cast: Cast) -> None:
    """S80."""
    application = an_application(cast.alice)
    impact.note_change(cast.alice, application.id, day=date(2026, 6, 14), summary="Version 4.2")
    impact.note_change(cast.bruno, application.id, day=date(2026, 6, 15), summary="Version 4.3")
    log = impact.changes(cast.diane, [application.id])
    assert [(each.summary, each.author) for each in log] == [
        ("Version 4.3", "Bruno Keller"),
        ("Version 4.2", "Alice Martin"),
    ]
    with pytest.raises(Invalid):
        impact.note_change(cast.alice, application.id, day=None, summary=" ")


def test_items_are_in_the_chain_of_the_history(cast: Cast) -> None:
    asset = an_asset(cast.alice)
    cmdb.change(cast.alice, ASSETS, asset.id, {"name": "SRV-CRM-02"})
    cmdb.remove(cast.alice, ASSETS, asset.id)
    assert audit.verify_chain().broken_at is None
    with pytest.raises(NotFound):
        cmdb.get(cast.alice, ASSETS, asset.id)
