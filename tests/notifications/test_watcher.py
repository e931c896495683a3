"""Thresholds are told once each, also after the server was away (rules, "SLA", G13, G15)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from data import db
from data.queries import incidents as stored
from data.vocabulary import Fact
from services import audit, incidents, lifecycle, watcher
from services.clock import MovedClock
from services.notifications import inbox
from services.work import Actor
from tests.personas import N1, Cast, an_incident, in_progress


def watch() -> int:
    """How many crossings are told now."""
    told = 0
    while now := watcher.tell_crossings():
        told += now
    return told


def crossings(actor: Actor, reference: str) -> list[tuple[str, str, bool]]:
    entries = incidents.history(actor, reference).entries
    lines = [entry.details for entry in entries if entry.fact is Fact.SLA_CROSSED]
    return [(line["clock"], line["light"], line["late"]) for line in lines]


def test_each_threshold_is_told_at_its_second_and_once(cast: Cast, clock: MovedClock) -> None:
    incident = in_progress(cast.alice)
    clock.forward(hours=3, minutes=12)
    assert watch() == 0
    clock.forward(seconds=1)
    assert watch() == 1
    assert watch() == 0
    clock.forward(minutes=47, seconds=59)
    assert watch() == 0
    clock.forward(seconds=1)
    assert watch() == 1
    clock.forward(days=1)
    assert watch() == 0
    assert crossings(cast.alice, incident.reference) == [("resolution", "orange", False), ("resolution", "red", False)]
    assert [told.kind for told in inbox.latest(cast.alice, "fr")] == ["sla_red", "sla_orange"]
    assert audit.verify_chain().broken_at is None


def test_after_downtime_each_missed_threshold_is_told_once_and_late(cast: Cast, clock: MovedClock) -> None:
    """G15."""
    incident = in_progress(cast.alice)
    clock.forward(hours=3)
    assert watch() == 0
    clock.forward(hours=2)
    assert watch() == 2
    assert watch() == 0
    assert crossings(cast.alice, incident.reference) == [("resolution", "orange", True), ("resolution", "red", True)]
    sentences = [told.sentence for told in inbox.latest(cast.alice, "fr")]
    assert len(sentences) == 2
    assert all("en retard" in sentence for sentence in sentences)


def test_what_a_raised_priority_brings_is_not_late(cast: Cast, clock: MovedClock) -> None:
    """G6: both thresholds lie behind the change that brings them; nobody was down."""
    incident = in_progress(cast.alice, priority="medium")
    clock.forward(hours=6)
    assert watch() == 0
    incidents.edit(cast.alice, incident.reference, {"priority": "critical"}, reason="Tout le site")
    clock.forward(seconds=30)
    assert watch() == 2
    assert crossings(cast.alice, incident.reference) == [("resolution", "orange", False), ("resolution", "red", False)]


def test_many_are_told_in_batches_each_once(cast: Cast, clock: MovedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """G15, after a long stop."""
    monkeypatch.setattr(watcher, "BATCH", 2)
    references = [in_progress(cast.alice).reference for _ in range(5)]
    clock.forward(hours=5)
    assert watcher.tell_crossings() == 2
    assert watch() == 2 * len(references) - 2
    for reference in references:
        assert crossings(cast.alice, reference) == [("resolution", "orange", True), ("resolution", "red", True)]
    assert audit.verify_chain().broken_at is None


def test_many_ask_the_database_whom_to_tell_as_often_as_one(cast: Cast, clock: MovedClock) -> None:
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.extend(table for table in ("notification_choice", "FROM channel", "membership") if table in statement)

    counts = []
    for how_many in (1, 10):
        for _ in range(how_many):
            in_progress(cast.alice)
        clock.forward(hours=3, minutes=13)
        asked.clear()
        event.listen(db.bound().writer, "before_cursor_execute", note)
        assert watcher.tell_crossings() == how_many
        event.remove(db.bound().writer, "before_cursor_execute", note)
        counts.append(sorted(asked))
        clock.forward(days=1)
        watch()
    assert counts[0]
    assert counts[0] == counts[1]


def test_an_incident_that_somebody_is_changing_holds_up_no_other(
    cast: Cast, clock: MovedClock, engine_name: str
) -> None:
    first, second = in_progress(cast.alice), in_progress(cast.alice)
    clock.forward(hours=3, minutes=12, seconds=1)
    if engine_name == "postgresql":  # SQLite's one writer is waited for anyhow
        with db.write_session() as writing:
            assert stored.locked(writing, first.reference)
            assert watch() == 1
            assert crossings(cast.alice, first.reference) == []
            assert crossings(cast.alice, second.reference) != []
    watch()
    for incident in (first, second):
        assert crossings(cast.alice, incident.reference) == [("resolution", "orange", False)]


def test_the_team_hears_of_what_nobody_has_taken(cast: Cast, clock: MovedClock) -> None:
    lifecycle.assign(cast.diane, an_incident(cast.diane).reference, team=N1)
    clock.forward(minutes=48, seconds=1)
    assert watch() == 1
    assert [told.kind for told in inbox.latest(cast.alice, "fr")] == ["sla_orange", "assigned"]


def test_a_clock_that_is_met_is_not_told(cast: Cast, clock: MovedClock) -> None:
    incident = in_progress(cast.alice)
    lifecycle.resolve(cast.alice, incident.reference, code="fixed", summary="Relancé.")
    clock.forward(days=2)
    assert watch() == 0


def test_a_new_cycle_has_thresholds_of_its_own(cast: Cast, clock: MovedClock) -> None:
    incident = in_progress(cast.alice)
    clock.forward(hours=5)
    assert watch() == 2
    lifecycle.resolve(cast.alice, incident.reference, code="fixed", summary="Relancé.")
    lifecycle.reopen(cast.alice, incident.reference, reason="Toujours en panne")
    assert watch() == 0
    clock.forward(hours=5)
    assert watch() == 2


def test_watchers_of_many_processes_tell_once(cast: Cast, clock: MovedClock) -> None:
    incident = in_progress(cast.alice)
    clock.forward(hours=3, minutes=13)
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda _: watch(), range(8)):
            pass
    assert len(crossings(cast.alice, incident.reference)) == 1
