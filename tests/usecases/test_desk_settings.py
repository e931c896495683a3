"""What holds for the whole desk, and where service requests go (S7, S8)."""

import pytest

from data.vocabulary import Fact
from services import audit, desk_settings, organisation
from services.desk_settings import ServiceCatalogue, service_catalogue
from services.errors import Forbidden, Invalid
from tests.dump import dump, value
from tests.personas import Cast


def test_service_requests_go_nowhere_until_an_administrator_says_where(cast: Cast) -> None:
    """S8."""
    assert service_catalogue() is None
    address = "https://services.example.org/demandes?de=vigie#tout"
    desk_settings.save(cast.emile, {"name": "Acme", "catalogue_address": f"  {address} ", "catalogue_label": "Kiosque"})
    assert service_catalogue() == ServiceCatalogue(address, "Kiosque")
    desk_settings.save(cast.emile, {"name": "Acme", "catalogue_address": "http://intranet:8080", "catalogue_label": ""})
    assert service_catalogue() == ServiceCatalogue("http://intranet:8080", None)
    desk_settings.save(cast.emile, {"catalogue_address": ""})
    assert service_catalogue() is None
    assert desk_settings.get(cast.emile).name == "Acme"


def test_each_change_of_the_settings_is_a_line_and_what_stays_leaves_none(cast: Cast) -> None:
    before = value("SELECT MAX(seq) FROM history")
    desk_settings.save(cast.emile, {"name": "Acme SA", "catalogue_address": "https://s.example"})
    desk_settings.save(cast.emile, {"name": "Acme SA", "catalogue_address": "https://s.example"})
    assert value("SELECT MAX(seq) FROM history") == before + 2
    details = value("SELECT details FROM history WHERE seq = :seq", seq=before + 1)
    assert details == '{"field":"name","from":"Acme","to":"Acme SA"}'
    assert value("SELECT fact FROM history WHERE seq = :seq", seq=before + 2) == Fact.ORGANISATION_CHANGED
    assert organisation.name() == "Acme SA"
    assert audit.verify_chain().broken_at is None


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//services.example",
        "services.example",
        "https://",
        "ftp://services.example",
        "https://admin:secret@services.example",
        "https://services.example\\@other.example",
        "https://services.example/a b",
        "https://services.example:99999",
        "https://[::1",
        'https://services.example/"onclick=',
    ],
)
def test_an_address_that_is_no_safe_link_is_refused(cast: Cast, address: str) -> None:
    before = dump()
    with pytest.raises(Invalid) as refusal:
        desk_settings.save(cast.emile, {"name": "", "catalogue_address": address})
    assert {field: code for field, (code, _) in refusal.value.errors.items()} == {
        "name": "required",
        "catalogue_address": "bad_web_address",
    }
    assert dump() == before


def test_only_an_administrator_reads_or_changes_the_settings(cast: Cast) -> None:
    for actor in (cast.alice, cast.chloe, cast.diane):
        with pytest.raises(Forbidden):
            desk_settings.get(actor)
        with pytest.raises(Forbidden):
            desk_settings.save(actor, {"name": "Autre"})
    assert organisation.name() == "Acme"
