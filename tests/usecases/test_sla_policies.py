"""Changing the SLA policy through the services (S48 to S62; rules, "SLA"; G3 to G7, G12, G14)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from data.vocabulary import Light, Priority
from services import audit, deadlines, incidents, lifecycle, sla_policies
from services.clock import MovedClock
from services.errors import Forbidden, Invalid, Refused
from services.explanation import explain
from services.i18n.catalog import NO_BREAK
from services.incidents import NewIncident
from services.views import IncidentView
from services.work import Actor
from tests.personas import PARIS, Cast

OFFICE = [[["08:00", "12:00"], ["13:30", "18:00"]]] * 5 + [[], []]
BUREAU = {"name": "Bureau", "zone": "Europe/Paris", "country": "FR", "week": OFFICE, "closed": []}


def terms(actor: Actor, **changed: Any) -> dict[str, Any]:
    """The terms that hold now, with some of them changed."""
    return {**sla_policies.versions(actor)[0].terms, **changed}


def at_office(actor: Actor, *priorities: Priority, **more: Any) -> dict[str, Any]:
    """The terms with office hours for these priorities."""
    return terms(actor, calendars=[BUREAU | more], calendar_of={each.value: "Bureau" for each in priorities})


def declare(actor: Actor, priority: str = "critical") -> IncidentView:
    return incidents.create(actor, NewIncident(title="Panne", description="…", category="network", priority=priority))


def paris(at: datetime) -> str:
    return f"{at.astimezone(PARIS):%Y-%m-%d %H:%M:%S}"


def at(clock: MovedClock, moment: str) -> None:
    clock.at = datetime.fromisoformat(moment).replace(tzinfo=PARIS).astimezone(UTC)


def started(cast: Cast, clock: MovedClock, priority: str = "critical") -> str:
    """Declared at 10:00, started at 10:30."""
    reference = declare(cast.alice, priority).reference
    clock.forward(minutes=30)
    lifecycle.take_and_start(cast.alice, reference)
    return reference


def held(cast: Cast, clock: MovedClock, reference: str, reason: str, start: str, end: str) -> None:
    at(clock, f"2026-06-15T{start}")
    lifecycle.hold(cast.alice, reference, reason=reason)
    at(clock, f"2026-06-15T{end}")
    lifecycle.resume(cast.alice, reference)


def resolve(cast: Cast, reference: str) -> IncidentView:
    return lifecycle.resolve(cast.alice, reference, code="fixed", summary="Relancé.")


@pytest.fixture
def pausing(cast: Cast) -> Cast:
    """A desk on which waiting for the user or a supplier stops the clock."""
    sla_policies.save(cast.emile, terms(cast.emile, pausing=["user", "supplier"]))
    return cast


def test_g3_pauses_move_the_due_time_by_their_length(pausing: Cast, clock: MovedClock) -> None:
    """G3."""
    reference = started(pausing, clock)
    held(pausing, clock, reference, "user", "11:00", "12:00")
    held(pausing, clock, reference, "user", "12:30", "12:45")
    at(clock, "2026-06-15T15:15:00")
    resolution = resolve(pausing, reference).cycle.resolution
    assert (paris(resolution.due_at), resolution.respected) == ("2026-06-15 15:15:00", True)
    assert paris(resolution.original_due_at) == "2026-06-15 14:00:00"
    assert list(audit.verify_sla()) == []


def test_g4_another_reason_does_not(pausing: Cast, clock: MovedClock) -> None:
    """G4."""
    reference = started(pausing, clock)
    held(pausing, clock, reference, "other", "11:00", "12:00")
    assert paris(incidents.get(pausing.alice, reference).cycle.resolution.due_at) == "2026-06-15 14:00:00"


def test_g5_resolving_from_hold_ends_the_pause(pausing: Cast, clock: MovedClock) -> None:
    """G5."""
    reference = started(pausing, clock)
    at(clock, "2026-06-15T13:00:00")
    waiting = lifecycle.hold(pausing.alice, reference, reason="supplier").cycle.resolution
    assert (waiting.light, waiting.paused_remaining_s) == (Light.PAUSED, 3600)
    at(clock, "2026-06-15T13:30:00")
    resolution = resolve(pausing, reference).cycle.resolution
    assert (paris(resolution.due_at), resolution.respected) == ("2026-06-15 14:30:00", True)
    assert (resolution.remaining_s, resolution.paused_remaining_s) == (3600, None)
    assert [pause.end is None for pause in deadlines.cycles(pausing.alice, reference)[-1].pauses] == [False]


def test_g7_a_raised_priority_keeps_the_pauses_taken(pausing: Cast, clock: MovedClock) -> None:
    """G7."""
    reference = started(pausing, clock, "low")
    held(pausing, clock, reference, "user", "11:00", "12:30")
    at(clock, "2026-06-15T13:00:00")
    cycle = incidents.edit(pausing.alice, reference, {"priority": "critical"}).cycle
    assert paris(cycle.resolution.due_at) == "2026-06-15 15:30:00"
    assert cycle.response.respected is True


def test_g12_office_hours_hold_for_what_is_declared_from_now_on(cast: Cast, clock: MovedClock) -> None:
    """G12, S50, S61: and only for the priorities that follow the calendar."""
    sla_policies.save(cast.emile, at_office(cast.emile, Priority.MEDIUM))
    at(clock, "2026-06-19T16:00:00")
    medium, critical = declare(cast.alice, "medium"), declare(cast.alice)
    assert paris(medium.cycle.response.due_at) == "2026-06-22 15:30:00"
    assert paris(medium.cycle.resolution.due_at) == "2026-06-24 14:30:00"
    assert paris(critical.cycle.resolution.due_at) == "2026-06-19 20:00:00"
    at(clock, "2026-06-21T12:00:00")
    resting = incidents.get(cast.alice, medium.reference).cycle.response
    assert (resting.light, resting.remaining_s) == (Light.GREEN, 6 * 3600)
    assert resting.hours is not None
    assert sla_policies.hours_sheet(resting.hours) is not None
    assert sla_policies.hours_sheet("0" * 32) is None
    assert list(audit.verify_sla()) == []


def test_the_working_names_the_calendar_what_was_closed_and_the_holidays(cast: Cast, clock: MovedClock) -> None:
    """S55; rules, "Pourquoi cette échéance ?"."""
    bridge = {"day": "2026-07-13", "name": "Pont"}
    sla_policies.save(cast.emile, at_office(cast.emile, Priority.MEDIUM, closed=[bridge]))
    at(clock, "2026-07-10T16:00:00")
    cycle = deadlines.cycles(cast.alice, declare(cast.alice, "medium").reference)[-1]
    said = [sentence.replace(NO_BREAK, " ") for sentence in explain(cycle, "fr", PARIS)]
    assert said[1] == (
        "Calendrier « Bureau » : lundi–vendredi 08:00–12:00, 13:30–18:00 (fuseau Europe/Paris). Seules les heures "
        "d’ouverture comptent."
    )
    assert said[3:5] == [
        "Réponse : 4 j 15 h de fermeture ne comptent pas entre le départ et l’échéance.",
        "Réponse : jours fermés, lundi 13 juillet 2026 (Pont), mardi 14 juillet 2026 (Fête nationale).",
    ]


def test_a_pause_takes_only_what_was_open_of_it(cast: Cast, clock: MovedClock) -> None:
    """A hold over lunch stops the clock for the open part; both due times are told."""
    sla_policies.save(cast.emile, at_office(cast.emile, Priority.MEDIUM) | {"pausing": ["user"]})
    reference = started(cast, clock, "medium")
    held(cast, clock, reference, "user", "11:00", "14:00")
    cycle = deadlines.cycles(cast.alice, reference)[-1]
    assert cycle.pauses[0].stopped_s == 5400
    assert paris(cycle.resolution.original_due_at) == "2026-06-18 08:30:00"
    assert paris(cycle.resolution.due_at) == "2026-06-18 10:00:00"
    assert list(audit.verify_sla()) == []


def test_g14_a_change_moves_no_verdict_and_no_open_cycle(cast: Cast, clock: MovedClock) -> None:
    """G14 after G9, S61, S122: and the reopening after it follows the new terms."""
    done = started(cast, clock)
    at(clock, "2026-06-15T13:00:00")
    resolve(cast, done)
    at(clock, "2026-06-15T15:00:00")
    lifecycle.reopen(cast.alice, done, reason="Encore")
    open_one = declare(cast.alice, "high")
    at(clock, "2026-06-15T19:30:00")
    resolve(cast, done)
    before = deadlines.cycles(cast.alice, done), incidents.get(cast.alice, open_one.reference).cycle
    targets = {each.value: {"response_s": 60, "resolution_s": 120} for each in Priority}
    saved = sla_policies.save(cast.emile, at_office(cast.emile, Priority.HIGH) | {"targets": targets})
    assert (deadlines.cycles(cast.alice, done), incidents.get(cast.alice, open_one.reference).cycle) == before
    assert [(c.response.respected, c.resolution.respected) for c in before[0]] == [(True, True), (True, False)]
    raised = incidents.edit(cast.alice, open_one.reference, {"priority": "critical"}).cycle
    assert (raised.policy_version, paris(raised.resolution.due_at)) == (1, "2026-06-15 19:00:00")
    again = lifecycle.reopen(cast.alice, done, reason="Encore").cycle
    assert (again.policy_version, paris(again.resolution.due_at)) == (saved.version, "2026-06-15 19:32:00")
    assert list(audit.verify_sla()) == []


def test_a_version_says_who_made_it_when_and_what_changed(cast: Cast, clock: MovedClock) -> None:
    """S61, S143: the history has old and new, and a change of nothing is none."""
    clock.forward(minutes=5)
    changed = terms(cast.emile)["targets"] | {"low": {"response_s": 7200, "resolution_s": 259_200}}
    saved = sla_policies.save(cast.emile, terms(cast.emile, targets=changed, pausing=["user"]), version=1)
    assert sla_policies.save(cast.emile, saved.terms, version=2).version == 2
    newest, first = sla_policies.versions(cast.bruno)
    assert (newest.version, newest.by, newest.created_at, newest.outdated) == (2, "Émile Petit", clock.at, ())
    assert newest.changes == (
        {"field": "response", "of": "low", "from": 86_400, "to": 7200},
        {"field": "pausing", "of": "user", "from": False, "to": True},
    )
    assert (first.version, first.changes) == (1, ())
    assert audit.verify_chain().broken_at is None


def test_the_second_of_two_administrators_is_told(cast: Cast) -> None:
    seen = terms(cast.emile)
    sla_policies.save(cast.emile, seen | {"pausing": ["user"]}, version=1)
    with pytest.raises(Refused) as refused:
        sla_policies.save(cast.emile, seen | {"pausing": ["other"]}, version=1)
    assert (refused.value.code, refused.value.params) == ("policy_stale", {"version": 2, "by": "Émile Petit"})
    assert sla_policies.versions(cast.emile)[0].terms["pausing"] == ["user"]


def test_the_preview_says_what_would_be_and_changes_nothing(cast: Cast, clock: MovedClock) -> None:
    declare(cast.alice, "medium")
    declare(cast.alice)
    clock.forward(hours=5)
    wanted = at_office(cast.emile, Priority.MEDIUM)
    found = sla_policies.preview(cast.emile, wanted, zone=PARIS, locale="fr")
    assert (found.open, found.differ, found.late, found.in_time) == (2, 1, 0, 0)
    friday = next(sample for sample in found.samples if sample.name == "friday")
    medium = next(due for due in friday.dues if due.priority is Priority.MEDIUM)
    assert [paris(at) for at in medium.response] == ["2026-06-20 00:00:00", "2026-06-22 15:30:00"]
    assert [due.priority for due in friday.dues if due.moves] == [Priority.MEDIUM]
    assert {sample.name for sample in found.samples} == {"now", "friday", "saturday", "holiday_eve"}
    assert len(sla_policies.versions(cast.emile)) == 1


def test_what_makes_little_sense_is_warned_of(cast: Cast) -> None:
    targets = terms(cast.emile)["targets"]
    high, low = ({"response_s": a, "resolution_s": b} for a, b in ((36_000, 28_800), (60, 60)))
    odd = targets | {"high": high, "low": low}
    reasons = ["user", "supplier", "change", "other"]
    wanted = at_office(cast.emile, Priority.CRITICAL) | {"targets": odd, "pausing": reasons}
    codes = [each.code for each in sla_policies.preview(cast.emile, wanted, zone=PARIS, locale="fr").warnings]
    assert codes == [
        "response_after_resolution",
        "less_urgent_is_faster",
        "less_urgent_is_faster",
        "everything_pauses",
        "critical_sleeps",
    ]


Spoil = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("spoil", "place", "code"),
    [
        (lambda t: t["targets"].pop("low"), "targets.low.response", "required"),
        (lambda t: t["targets"]["low"].update(response_s=59), "targets.low.response", "bad_target"),
        (lambda t: t["targets"]["low"].update(response_s="1"), "targets.low.response", "wrong_type"),
        (lambda t: t["targets"].update(urgent={}), "targets.urgent", "extra"),
        (lambda t: t.update(targets=[]), "targets", "wrong_type"),
        (lambda t: t.update(pausing=["lunch"]), "pausing", "unknown_value"),
        (lambda t: t["calendars"][0].update(week=[[]] * 7), "calendars.0.week", "never_open"),
        (lambda t: t["calendars"][0].update(week=[[]] * 6), "calendars.0.week", "wrong_type"),
        (lambda t: t["calendars"][0].update(week=[[["8", "9"]]] * 7), "calendars.0.week.0", "bad_time"),
        (lambda t: t["calendars"][0].update(week=[[["09:00", "08:00"]]] * 7), "calendars.0.week.0", "ends_before"),
        (
            lambda t: t["calendars"][0].update(week=[[["08:00", "10:00"], ["09:00", "11:00"]]] * 7),
            "calendars.0.week.0",
            "overlaps",
        ),
        (lambda t: t["calendars"][0].update(zone="Mars/Base"), "calendars.0.zone", "unknown"),
        (lambda t: t["calendars"][0].update(country="ZZ"), "calendars.0.country", "unknown"),
        (lambda t: t["calendars"][0].update(closed=[{"day": "31/31/2026"}]), "calendars.0.closed.0", "bad_day"),
        (lambda t: t["calendars"][0].update(name=""), "calendars.0.name", "required"),
        (lambda t: t["calendars"].append(t["calendars"][0]), "calendars.0.name", "taken"),
        (lambda t: t["calendar_of"].update(low="Nuit"), "calendar_of.low", "unknown"),
        (lambda t: t["calendar_of"].update(urgent="Bureau"), "calendar_of.urgent", "unknown_value"),
    ],
)
def test_terms_that_cannot_be_are_refused_by_their_place(cast: Cast, spoil: Spoil, place: str, code: str) -> None:
    wanted = at_office(cast.emile, Priority.LOW)
    wanted["targets"] = {name: dict(each) for name, each in wanted["targets"].items()}
    spoil(wanted)
    with pytest.raises(Invalid) as invalid:
        sla_policies.save(cast.emile, wanted)
    assert invalid.value.errors[place][0] == code


def test_the_team_reads_an_administrator_changes(cast: Cast) -> None:
    wanted = terms(cast.emile, pausing=["user"])
    assert len(sla_policies.versions(cast.alice)) == 1
    for act in (
        lambda: sla_policies.versions(cast.chloe),
        lambda: sla_policies.save(cast.diane, wanted),
        lambda: sla_policies.preview(cast.alice, wanted, zone=PARIS, locale="fr"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_version_of_before_there_were_calendars_still_reads(cast: Cast) -> None:
    """The set-up's own terms have no word of calendars: all the time counts."""
    first = sla_policies.versions(cast.emile)[-1]
    assert (first.terms["calendars"], first.terms["calendar_of"]) == ([], {})
    assert first.policy.calendar(Priority.LOW).between(clock_start(), clock_start() + timedelta(days=7)).days == 7


def clock_start() -> datetime:
    return datetime(2026, 6, 15, tzinfo=UTC)
