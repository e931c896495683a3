"""Lists, search and figures (S10, S11, S71, S76, S125; contract, "REST API")."""

from datetime import timedelta
from typing import Any

import pytest

from data.vocabulary import OPEN_STATUSES, Light, Priority, Status
from services import board, deadlines, incidents, lifecycle
from services.board import Query
from services.clock import MovedClock
from services.errors import Forbidden, Invalid
from services.figures import report
from services.text import most_alike, telling_words
from services.views import IncidentView
from tests.personas import INFRASTRUCTURE, N1, N2, PARIS, Cast, an_incident, closed, in_progress, on_hold, resolved


def found(cast: Cast, **query: Any) -> set[str]:
    return {incident.reference for incident in board.page(cast.alice, Query(**query)).items}


@pytest.fixture
def library(cast: Cast) -> dict[str, str]:
    """Name → reference of incidents with titles that are hard to search."""
    titles = {
        "accent": "L’imprimante de l'étage est bloquée",
        "percent": "Disque à 100% sur SRV-WEB-01",
        "underscore": "La tâche job_42 échoue",
        "plus": "Visual C++ ne compile plus",
        "address": "10.0.0.1 ne répond plus",
        "plain": "Messagerie lente",
        "quote": 'Message « "Accès refusé" » au démarrage',
        "upper": "ÇA NE MARCHE PAS, ÉCRAN NOIR",
    }
    return {name: an_incident(cast.alice, title=title, description="…").reference for name, title in titles.items()}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("imprimante", {"accent"}),
        ("IMPRIMANTE ETAGE", {"accent"}),
        ("étage bloquee", {"accent"}),
        ("l'imprimante", {"accent"}),
        ("l’imprimante", {"accent"}),
        ("100%", {"percent"}),
        ("%", {"percent"}),
        ("_", {"underscore"}),
        ("job_42", {"underscore"}),
        ("jobX42", set()),
        ("srv-web-01", {"percent"}),
        ("c++", {"plus"}),
        ("10.0.0.1", {"address"}),
        ('"acces refuse"', {"quote"}),
        ("ca ne marche", {"upper"}),
        ("ecran", {"upper"}),
        ("ne plus", {"plus", "address"}),
        ("plus ne plus NE", {"plus", "address"}),
        ("\\", set()),
        ("/", set()),
        ("' OR 1=1 --", set()),
        ("*", set()),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_search_finds_what_people_would_expect(
    cast: Cast, library: dict[str, str], words: str, names: set[str]
) -> None:
    """Q1, ASVS 1.2.9."""
    assert found(cast, q=words) == {library[name] for name in names}


def test_a_search_finds_the_same_on_both_databases(cast: Cast, library: dict[str, str]) -> None:
    for words, names in {"%": {"percent"}, "_": {"underscore"}, "ÉTAGE": {"accent"}, "ecran": {"upper"}}.items():
        assert found(cast, q=words) == {library[name] for name in names}


def test_a_search_finds_a_reference_and_a_description(cast: Cast) -> None:
    incident = an_incident(cast.alice, description="Erreur ORA-01017 à l'ouverture")
    an_incident(cast.alice)
    assert found(cast, q=incident.reference.lower()) == {incident.reference}
    assert found(cast, q="ora-01017") == {incident.reference}


def test_a_search_follows_what_is_edited(cast: Cast) -> None:
    incident = an_incident(cast.alice, title="Imprimante")
    incidents.edit(cast.alice, incident.reference, {"title": "Scanner"})
    assert (found(cast, q="imprimante"), found(cast, q="scanner")) == (set(), {incident.reference})


def test_nothing_asked_for_is_everything(cast: Cast) -> None:
    references = {an_incident(cast.alice).reference, closed(cast.alice).reference}
    assert found(cast) == found(cast, q="  ") == found(cast, team="") == references


@pytest.fixture
def shelf(cast: Cast) -> dict[str, IncidentView]:
    return {
        "new": an_incident(cast.chloe, category="network", severity="major", impact="enterprise", priority="low"),
        "assigned": an_incident(cast.alice, team=N1, priority="medium"),
        "in_progress": in_progress(cast.alice, priority="high"),
        "on_hold": on_hold(cast.bruno, team=N2, priority="critical"),
        "resolved": resolved(cast.alice),
        "closed": closed(cast.alice),
    }


def test_each_filter_narrows_and_several_values_widen(cast: Cast, shelf: dict[str, IncidentView]) -> None:
    """S10."""
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"status": ["open"]}, {"new", "assigned", "in_progress", "on_hold"}),
        ({"status": ["resolved", "closed"]}, {"resolved", "closed"}),
        ({"status": ["open", "resolved"], "assignee": "alice"}, {"in_progress", "resolved"}),
        ({"priority": ["low", "medium"]}, {"new", "assigned"}),
        ({"category": ["network"]}, {"new"}),
        ({"severity": ["major"]}, {"new"}),
        ({"impact": ["enterprise"]}, {"new"}),
        ({"team": N1}, {"assigned"}),
        ({"team": N2.upper()}, {"on_hold"}),
        ({"assignee": "none"}, {"new", "assigned"}),
        ({"assignee": "me"}, {"in_progress", "resolved", "closed"}),
        ({"assignee": "BRUNO"}, {"on_hold"}),
        ({"assignee": "alice", "priority": ["low"]}, set()),
        ({"assignees": ["bruno", "Alice", "nobody", "\0"]}, {"in_progress", "on_hold", "resolved", "closed"}),
        ({"assignees": ["bruno"], "assignee": "me"}, set()),
        ({"assignees": ["nobody"]}, set()),
    ]
    for query, names in cases:
        assert found(cast, **query) == {shelf[name].reference for name in names}, query


def test_created_between_two_instants_means_from_the_first_and_before_the_second(cast: Cast, clock: MovedClock) -> None:
    first = an_incident(cast.alice)
    clock.forward(hours=1)
    second = an_incident(cast.alice)
    start = first.created_at
    assert found(cast, created_from=start, created_to=second.created_at) == {first.reference}
    assert found(cast, created_from=start + timedelta(seconds=1)) == {second.reference}


def test_a_light_filter_agrees_with_the_light_that_is_shown(cast: Cast, clock: MovedClock) -> None:
    """S56 to S58: one sum in two places, the database and the rules."""
    an_incident(cast.alice)
    in_progress(cast.alice, priority="high")
    on_hold(cast.alice, priority="medium")
    clock.forward(minutes=30)
    an_incident(cast.alice, priority="low")
    resolved(cast.alice)
    for minutes in (17, 1, 1, 11, 1, 300, 60, 60, 24 * 60):
        clock.forward(minutes=minutes)
        by_light = {light: found(cast, light=[light], status=["open", "resolved"]) for light in Light}
        shown: dict[Light, set[str]] = {light: set() for light in Light}
        for incident in board.page(cast.alice, Query()).items:
            cycle = incident.cycle
            counting = cycle.response if cycle.response.met_at is None else cycle.resolution
            shown[counting.light].add(incident.reference)
        assert by_light == shown
        figures = report.statistics(cast.alice, PARIS)["by_light"]
        assert figures == {light: len(found(cast, light=[light], status=["open"])) for light in Light}


def test_a_requester_s_list_has_own_incidents_only(cast: Cast, shelf: dict[str, IncidentView]) -> None:
    """B4."""
    page = board.page(cast.chloe, Query(q="messagerie"))
    assert ([i.reference for i in page.items], page.total) == ([shelf["new"].reference], 1)
    with pytest.raises(Invalid):
        board.page(cast.chloe, Query(assignee="alice"))
    with pytest.raises(Forbidden):
        report.statistics(cast.chloe, PARIS)


def test_the_board_has_exactly_the_open_incidents(cast: Cast, shelf: dict[str, IncidentView]) -> None:
    """S98, S125: who works on it is there, the archive leaves it."""
    incidents.comment(cast.alice, shelf["new"].reference, body="Vu.")
    rows = {row["ref"]: row for row in board.open_rows()}
    assert set(rows) == {shelf[status.value].reference for status in OPEN_STATUSES}
    new, held = rows[shelf["new"].reference], rows[shelf["on_hold"].reference]
    assert (new["comments"], new["assignee"], new["sla"]["kind"], new["v"]) == (1, None, "response", 1)
    assert (held["assignee"]["login"], held["team"]["name"], held["sla"]["kind"]) == ("bruno", N2, "resolution")
    assert held["sla"]["due"] == int(shelf["on_hold"].cycle.resolution.due_at.timestamp())


def test_changed_rows_come_and_closed_ones_go(cast: Cast, shelf: dict[str, IncidentView]) -> None:
    ids = [incident.id for incident in shelf.values()]
    upsert, gone = board.rows([*ids, 999])
    assert {row["id"] for row in upsert} == {shelf[status.value].id for status in OPEN_STATUSES}
    assert set(gone) == {shelf["resolved"].id, shelf["closed"].id, 999}


def test_similar_ones_share_the_telling_words_of_the_title(cast: Cast) -> None:
    """S7: no second declaration of the same."""
    printer = an_incident(cast.alice, title="Imprimante du 3e bloquée")
    an_incident(cast.alice, title="Imprimante")
    closed(cast.alice, title="Imprimante bloquée")
    an_incident(cast.bruno, title="VPN coupé")
    close = board.similar(cast.alice, "L'imprimante est bloquée !")
    assert close[0].reference == printer.reference
    assert len(close) == 2
    assert board.similar(cast.alice, "de la les pour") == ()
    for odd in ("", "\0", "\ud800", "%", "x" * 1_000_000, "imprimante " * 10_000):
        board.similar(cast.alice, odd)
    assert board.similar(cast.chloe, "imprimante") == ()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Imprimante du 2e étage : bourrage papier", []),
        ("Coupure de courant à l’atelier", []),
        ("Le VPN ne marche plus depuis ce matin", ["VPN : déconnexion toutes les dix minutes"]),
        ("Messagerie bloquée", ["Messagerie : envois bloqués vers l’extérieur"]),
        ("Lenteurs réseau ce matin", ["Lenteurs sur le lecteur réseau P: depuis ce matin"]),
        ("Cadence : erreur 503", ["ERP Cadence : erreur 503 à la connexion"]),
    ],
)
def test_what_is_like_a_title_is_about_the_same_thing(written: str, expected: list[str]) -> None:
    """S7: a word in common is not the same trouble, unless it names something or is rare and half of what is said."""
    titles = (
        *("Imprimante d’étiquettes du poste 12 : tête rayée", "Traceur du bureau d’études : bourrage à répétition"),
        *("Copieur du 1er étage : pièces jointes vides", "Fibre de Lyon : coupures", "Affichage de l’atelier figé"),
        *("VPN : déconnexion toutes les dix minutes", "Messagerie : envois bloqués vers l’extérieur"),
        *("Quai 9 : préparation des commandes bloquée", "Site de Cholet : plus aucun accès au réseau"),
        *("Lenteurs sur le lecteur réseau P: depuis ce matin", "ERP Cadence : erreur 503 à la connexion"),
        *("Service paie : bulletins en erreur", "Compte sans messagerie", "ERP Relia : page blanche"),
    )
    found = most_alike(telling_words(written), enumerate(titles), most=3)
    assert [titles[each] for each in found] == expected


def test_the_figures_count_what_is_there(cast: Cast, clock: MovedClock, shelf: dict[str, IncidentView]) -> None:
    """S11."""
    clock.forward(hours=1)
    lifecycle.escalate(cast.alice, shelf["in_progress"].reference, mode="functional", team=INFRASTRUCTURE, reason="…")
    figures = report.statistics(cast.alice, PARIS)
    assert figures["by_status"] == {
        Status.NEW: 1,
        Status.ASSIGNED: 2,
        Status.IN_PROGRESS: 0,
        Status.ON_HOLD: 1,
        Status.RESOLVED: 1,
        Status.CLOSED: 1,
    }
    assert figures["by_priority"] == {Priority.CRITICAL: 1, Priority.HIGH: 1, Priority.MEDIUM: 1, Priority.LOW: 1}
    assert (figures["created"], figures["resolved"], figures["days"]) == (6, 2, 30)
    assert (figures["response_respected"], figures["resolution_respected"]) == (1.0, 1.0)
    assert figures["mean_resolution_s"] == 0
    assert figures["previous_mean_resolution_s"] is None


def test_a_late_verdict_lowers_the_share(cast: Cast, clock: MovedClock) -> None:
    resolved(cast.alice)
    late = in_progress(cast.alice)
    clock.forward(hours=5)
    lifecycle.resolve(cast.alice, late.reference, code="fixed", summary="…")
    figures = report.statistics(cast.alice, PARIS)
    assert figures["resolution_respected"] == 0.5
    assert figures["mean_resolution_s"] == 2.5 * 3_600
    assert len(deadlines.cycles(cast.alice, late.reference)) == 1
