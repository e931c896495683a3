"""Opening hours: sums that are exact to the second, across clock changes, holidays and years (rules, "SLA"; G12)."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from time import perf_counter
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.vocabulary import Priority
from services import opening
from services.calendar import OpeningHours
from services.i18n import opening_hours
from services.opening import Hours, frozen
from services.sla import DEFAULT_TARGETS, Event, Light, Policy
from tests.rules.stories import MEDIUM, RESOLVED, SECOND, STARTED, at, boundaries, created, last, paris

OFFICE = ((480, 720), (810, 1080))
WEEK = (OFFICE,) * 5 + ((),) * 2
NIGHT_AND_DAY = (((0, 1440),),) * 7
ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago", "UTC")


def calendar(week: opening.Hours | tuple = WEEK, zone: str = "Europe/Paris", **more: object) -> OpeningHours:  # type: ignore[type-arg]
    return frozen(Hours(name="Bureau", zone=zone, week=week, **more), 2026, "fr")  # type: ignore[arg-type]


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


OFFICE_HOURS = Policy(1, DEFAULT_TARGETS, calendars={Priority.MEDIUM: calendar()})


def test_g12_a_friday_afternoon_goes_on_monday() -> None:
    """G12, S50."""
    cycle = last(created(MEDIUM, "16:00:00", "2026-06-19"), policy=OFFICE_HOURS)
    assert paris(cycle.response.due_at) == "2026-06-22 15:30:00"
    assert paris(cycle.resolution.due_at) == "2026-06-24 14:30:00"


def test_g12_met_at_the_due_instant_is_respected_a_second_later_is_not() -> None:
    """G12, G2."""
    start = created(MEDIUM, "16:00:00", "2026-06-19")
    for instant, respected in (("15:30:00", True), ("15:30:01", False)):
        assert (
            last(start, Event(STARTED, at(instant, "2026-06-22")), policy=OFFICE_HOURS).response.respected is respected
        )
    for instant, respected in (("14:30:00", True), ("14:30:01", False)):
        events = (start, Event(STARTED, at("17:00:00", "2026-06-19")), Event(RESOLVED, at(instant, "2026-06-24")))
        assert last(*events, policy=OFFICE_HOURS).resolution.respected is respected


def test_green_lasts_through_closed_hours_while_a_fifth_is_left() -> None:
    """S56, S57: 8 h asked at 10:06 leave exactly a fifth (1 h 36) when the office closes at 18:00."""
    cycle = last(created(MEDIUM, "10:06:00", "2026-06-18"), policy=OFFICE_HOURS)
    assert paris(cycle.response.at_risk_at) == "2026-06-19 08:00:00"
    assert boundaries(cycle.response, at("08:00:00", "2026-06-19")) == [Light.GREEN, Light.GREEN, Light.ORANGE]
    assert cycle.response.light(at("23:00:00")) is Light.GREEN
    assert cycle.response.remaining(at("23:00:00", "2026-06-18"), calendar()) == timedelta(minutes=96)


def test_a_target_that_ends_with_the_day_is_due_then_and_not_the_next_morning() -> None:
    office = calendar()
    assert paris(office.add(at("17:00:00", "2026-06-19"), hours(1))) == "2026-06-19 18:00:00"
    assert paris(office.add_at_most(at("17:00:00", "2026-06-19"), hours(1))) == "2026-06-22 08:00:00"


def test_holidays_and_own_days_are_closed_and_named() -> None:
    office = calendar(country="FR", closed={date(2026, 12, 24): "Pont", date(2026, 12, 27): "Un dimanche"})
    start = at("17:00:00", "2026-12-23")
    assert paris(office.add(start, hours(2))) == "2026-12-28 09:00:00"
    assert office.days_off(start, at("09:00:00", "2026-12-28")) == {
        date(2026, 12, 24): "Pont",
        date(2026, 12, 25): "Noël",
    }


def test_a_night_on_which_the_clocks_change_has_its_true_length() -> None:
    """G11, for a calendar."""
    always, elapsed = calendar(NIGHT_AND_DAY), hours(4)
    assert paris(always.add(at("00:30:00", "2026-03-29"), elapsed)) == "2026-03-29 05:30:00"
    assert paris(always.add(at("00:30:00", "2026-10-25"), elapsed)) == "2026-10-25 03:30:00"
    night = calendar((((90, 210),),) * 7)  # 01:30 to 03:30: two hours, but one in March and three in October
    for day, length in (("2026-03-28", 2), ("2026-03-29", 1), ("2026-10-25", 3)):
        assert night.between(at("00:00:00", day), at("12:00:00", day)) == hours(length)


def test_an_opening_that_falls_into_the_skipped_hour_begins_or_ends_with_it() -> None:
    half_past_two = calendar((((0, 150), (150, 600)),) * 7)
    assert half_past_two.between(at("00:00:00", "2026-03-29"), at("10:00:00", "2026-03-29")) == hours(9)
    skipped = calendar((((135, 165),),) * 7)
    assert skipped.between(at("00:00:00", "2026-03-29"), at("23:00:00", "2026-03-29")) == hours(0)


def test_years_are_summed_at_once() -> None:
    office = calendar(country="FR")
    start = at("08:00:00", "2026-01-05")
    office.between(start, start + timedelta(days=3650))
    before = perf_counter()
    for day in range(200):
        office.add(start + timedelta(days=day), hours(20_000))
        office.between(start, start + timedelta(days=3650 + day))
    assert perf_counter() - before < 1


def test_what_is_never_open_is_refused_and_what_never_ends_too() -> None:
    with pytest.raises(ValueError, match="never open"):
        calendar(((),) * 7)
    with pytest.raises(OverflowError):
        calendar((((0, 1),), *((),) * 6)).add(at("00:00:00"), hours(10_000))


def test_a_stored_calendar_reads_back_the_same_and_keeps_its_holidays_whatever_the_library_says_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The meaning of a version is frozen: `sla verify` stays right after an upgrade of `holidays` or of the zones."""
    office = calendar(country="FR")
    stored = json.dumps(opening.to_json(office))
    assert opening.from_json(json.loads(stored)) == office
    assert not opening.drifted(office, 2026)
    opening._holidays.cache_clear()
    monkeypatch.setattr(holidays, "country_holidays", lambda *_, **__: {date(2026, 6, 22): "Nouveau"})
    try:
        assert opening.drifted(office, 2026)
        read = opening.from_json(json.loads(stored))
        assert paris(read.add(at("16:00:00", "2026-06-19"), hours(8))) == "2026-06-22 15:30:00"
    finally:
        opening._holidays.cache_clear()


def test_hours_are_written_with_equal_days_together() -> None:
    week = (OFFICE,) * 5 + (((540, 720),), ())
    said = "lundi–vendredi 08:00–12:00, 13:30–18:00\u00a0; samedi 09:00–12:00"
    assert opening_hours(week, "fr") == said
    assert opening_hours(NIGHT_AND_DAY, "en") == "Monday–Sunday 00:00–24:00"


# ---------------------------------------------------------------------------------------------- what holds for all


def _ranges(edges: list[int]) -> tuple[tuple[int, int], ...]:
    """Every other stretch between the edges is open."""
    return tuple((start, end) for start, end in list(pairwise(sorted(set(edges))))[::2])


weeks = st.lists(st.lists(st.integers(0, 1440), max_size=6).map(_ranges), min_size=7, max_size=7).map(tuple)
calendars = st.builds(calendar, weeks.filter(any), st.sampled_from(ZONES), country=st.sampled_from([None, "FR", "US"]))
instants = st.integers(1_767_225_600, 1_830_297_600).map(lambda epoch: datetime.fromtimestamp(epoch, UTC))
durations = st.integers(0, 300 * 3600).map(lambda seconds: timedelta(seconds=seconds))


@given(calendars, instants, durations)
def test_between_undoes_add(office: OpeningHours, start: datetime, duration: timedelta) -> None:
    """S52, S53."""
    first, latest = office.add(start, duration), office.add_at_most(start, duration)
    assert start <= first <= latest
    assert office.between(start, first) == office.between(start, latest) == duration
    assert office.between(first, start) == -duration
    assert office.between(start, latest + SECOND) == duration + SECOND
    if duration:
        assert office.between(start, first - SECOND) == duration - SECOND


@given(calendars, instants, instants, instants)
def test_stretches_of_time_add_up_and_no_time_is_longer_open_than_it_is(
    office: OpeningHours, one: datetime, two: datetime, three: datetime
) -> None:
    assert office.between(one, two) + office.between(two, three) == office.between(one, three)
    first, second = sorted((one, two))
    assert timedelta(0) <= office.between(first, second) <= second - first


@given(calendars, instants, durations, durations)
def test_later_stays_later(office: OpeningHours, start: datetime, one: timedelta, two: timedelta) -> None:
    assert office.add(office.add(start, one), two) == office.add(start, one + two) or not two
    assert (office.add(start, one) <= office.add(start, two)) or one > two
    assert office.add(start, one) <= office.add(start + two, one)


@given(calendars, instants)
def test_a_moment_is_open_exactly_when_local_time_is_within_a_range_of_an_open_day(
    office: OpeningHours, moment: datetime
) -> None:
    """Against the plain wording, away from the nights on which an hour is skipped or comes twice."""
    local = moment.astimezone(ZoneInfo(office.zone))
    days = [local + timedelta(days=off) for off in (-1, 1)]
    if len({day.utcoffset() for day in days}) > 1:
        return
    minute = local.hour * 60 + local.minute
    ranges = () if local.date() in office.holidays else office.week[local.weekday()]
    assert office.is_open(moment) is any(start <= minute < end for start, end in ranges)
