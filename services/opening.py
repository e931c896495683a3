"""Opening hours as an administrator words them, and what they mean once written down (rules, "SLA": calendars).

Whatever a library knows and may know otherwise tomorrow, holidays and clock changes, is worked out once, when a policy
is saved, and stored with it. `drifted` tells when a newer library says something else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from services.calendar import OpeningHours, Range

YEARS = 25  # so far ahead are holidays and clock changes written down


@dataclass(frozen=True, kw_only=True)
class Hours:
    """A calendar as it is asked for; `closed` has the name of each day of one's own."""

    name: str
    zone: str
    week: tuple[tuple[Range, ...], ...]
    country: str | None = None
    closed: Mapping[date, str] = field(default_factory=dict)


def frozen(hours: Hours, year: int, locale: str) -> OpeningHours:
    """`hours` with the holidays and clock changes of `year`, the one before it and the next 25."""
    years = range(year - 1, year + YEARS + 1)
    return OpeningHours(
        hours.name,
        hours.zone,
        hours.week,
        _offsets(hours.zone, years[0], years[-1]),
        hours.country,
        _holidays(hours.country, years[0], years[-1], locale) if hours.country else {},
        dict(hours.closed),
    )


def asked(calendar: OpeningHours) -> Hours:
    """The wording behind a stored calendar."""
    return Hours(
        name=calendar.name,
        zone=calendar.zone,
        week=calendar.week,
        country=calendar.country,
        closed=dict(calendar.closed),
    )


def drifted(calendar: OpeningHours, year: int) -> bool:
    """Whether the libraries of now give other holidays or clock changes from `year` on than were written down."""
    until = max((day.year for day in calendar.holidays), default=year + 1)
    now = frozen(asked(calendar), year, "fr")
    start = int(datetime(year, 1, 2, tzinfo=UTC).timestamp())
    stored_until = calendar.offsets[-1][0]

    def days(known: OpeningHours) -> set[date]:
        return {day for day in known.holidays if year <= day.year <= until}

    def changes(known: OpeningHours) -> set[tuple[int, int]]:
        return {each for each in known.offsets if start <= each[0] <= stored_until}

    return days(now) != days(calendar) or changes(now) != changes(calendar)


def to_json(calendar: OpeningHours) -> dict[str, Any]:
    """A calendar as it is stored; days by the name of what they are."""
    return {
        "name": calendar.name,
        "zone": calendar.zone,
        "week": calendar.week,
        "country": calendar.country,
        "closed": _by_name(calendar.closed),
        "holidays": _by_name(calendar.holidays),
        "offsets": calendar.offsets,
    }


def from_json(stored: Mapping[str, Any]) -> OpeningHours:
    """The calendar that `to_json` made."""
    return OpeningHours(
        stored["name"],
        stored["zone"],
        tuple(tuple((start, end) for start, end in ranges) for ranges in stored["week"]),
        tuple((since, offset) for since, offset in stored["offsets"]),
        stored["country"],
        _by_day(stored["holidays"]),
        _by_day(stored["closed"]),
    )


@cache
def countries() -> Sequence[str]:
    """The ISO codes of the countries whose holidays are known."""
    import holidays  # every start and command would load all calendars of the world

    return tuple(sorted(holidays.list_supported_countries(include_aliases=False)))


@cache
def zones() -> Sequence[str]:
    """The time zones that somebody may choose, UTC first."""
    return ("UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def known_zone(name: str) -> bool:
    """Whether `name` is a time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _by_name(days: Mapping[date, str]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for day in sorted(days):
        named.setdefault(days[day], []).append(day.isoformat())
    return named


def _by_day(named: Mapping[str, Sequence[str]]) -> dict[date, str]:
    return {date.fromisoformat(day): name for name, days in named.items() for day in days}


@cache
def _holidays(country: str, first: int, last: int, locale: str) -> Mapping[date, str]:
    import holidays

    known = holidays.country_holidays(country)
    languages = getattr(known, "supported_languages", ())
    language = next((each for each in languages if each.split("_")[0] == locale), None)
    found = holidays.country_holidays(country, years=range(first, last + 1), language=language)
    return dict(sorted(found.items()))


@cache
def _offsets(zone: str, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """(epoch second, seconds ahead of UTC from then on), found by halving the days on which the offset changes."""
    place = ZoneInfo(zone)

    def offset(at: int) -> int:
        ahead = datetime.fromtimestamp(at, place).utcoffset()
        assert ahead is not None
        return int(ahead / timedelta(seconds=1))

    at, end = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (first, last + 1))
    found = [(at, offset(at))]
    for day in range(at, end, 86_400):
        low, high = day, day + 86_400
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        found.append((high, offset(high)))
    return tuple(found)
