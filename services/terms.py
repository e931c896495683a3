"""The terms of an SLA policy as an administrator sends them: read, compared, and looked at for what makes little sense.

Terms are plain JSON, for the page and the API alike:

    {targets: {critical: {response_s, resolution_s}, …}, pausing: [hold reason, …],
     calendars: [{name, zone, country, week: [[["08:00", "12:00"], …] × 7], closed: [{day, name}]}],
     calendar_of: {priority: name of a calendar}}

Pure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from data.vocabulary import HoldReason, Priority
from services import opening
from services.calendar import OpeningHours, Range
from services.i18n import minutes_of_day
from services.inputs import Form
from services.opening import Hours
from services.sla import Policy, Target

SHORTEST, LONGEST = 60, 366 * 86_400
NAME, DAYS, CALENDARS, RANGES = 60, 400, 12, 8
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")
_FROM_TO = re.compile(r"[-–—]|\sà\s|\sto\s")  # spaces around it go with each edge: a run of them took seconds here
_CLOCKS = ("response", "resolution")

Terms = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Warned:
    """What can be saved but makes little sense: `policy.warning.<code>` filled with `params`."""

    code: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Terms that make sense, before they are frozen into a version."""

    targets: Mapping[Priority, Target]
    pausing: frozenset[HoldReason]
    calendars: tuple[Hours, ...]
    calendar_of: Mapping[Priority, str]

    def policy(self, version: int, year: int, locale: str) -> Policy:
        """The terms as version `version`; holidays are those that are known now, named in `locale`."""
        made = {hours.name: opening.frozen(hours, year, locale) for hours in self.calendars}
        return Policy(
            version,
            self.targets,
            self.pausing,
            {priority: made[name] for priority, name in self.calendar_of.items()},
        )


def as_terms(policy: Policy) -> dict[str, Any]:
    """The terms that `policy` was made of."""
    calendars = {each.name: each for each in policy.calendars.values() if isinstance(each, OpeningHours)}
    return {
        "targets": {
            priority.value: {f"{clock}_s": int(getattr(target, clock).total_seconds()) for clock in _CLOCKS}
            for priority, target in policy.targets.items()
        },
        "pausing": sorted(policy.pausing),
        "calendars": [hours_terms(each) for each in calendars.values()],
        "calendar_of": {
            priority.value: each.name for priority, each in policy.calendars.items() if isinstance(each, OpeningHours)
        },
    }


def read(form: Form, terms: Terms) -> Asked | None:
    """The terms, or None with everything that is wrong noted in `form`, each by its place: `targets.high.response`."""
    targets = read_targets(form, terms.get("targets"))
    reasons = [form.code("pausing", each, HoldReason) for each in _many(form, "pausing", terms.get("pausing"), 9)]
    calendars = [
        read_calendar(form, f"calendars.{place}.", each)
        for place, each in enumerate(_many(form, "calendars", terms.get("calendars"), CALENDARS))
    ]
    names = [hours.name for hours in calendars if hours]
    for place, hours in enumerate(calendars):
        if hours and [name.casefold() for name in names].count(hours.name.casefold()) > 1:
            form.wrong(f"calendars.{place}.name", "taken")
    calendar_of: dict[Priority, str] = {}
    for code, name in _mapping(form, "calendar_of", terms.get("calendar_of")).items():
        priority = form.optional_code(f"calendar_of.{code}", code, Priority)
        if priority is None or name is None:
            continue
        if name in names:
            calendar_of[priority] = name
        else:
            form.wrong(f"calendar_of.{code}", "unknown", id=str(name)[:NAME])
    if form.errors:
        return None
    used = tuple(hours for hours in calendars if hours and hours.name in calendar_of.values())
    return Asked(targets, frozenset(reason for reason in reasons if reason), used, calendar_of)


def typed_ranges(text: str) -> list[list[str]]:
    """« 8h-12h, 13:30–18:00 » as ranges; what cannot be understood stays as it is, for `read` to refuse."""
    parts = (part.strip() for part in re.split(r"[,;]", text))
    return [[_typed_time(edge) for edge in _FROM_TO.split(part)] for part in parts if part]


def typed_days(text: str) -> list[dict[str, str]]:
    """A line for each closed day: « 2026-12-24 Pont » or « 24/12/2026 Pont »."""
    days = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        day, _, name = line.partition(" ")
        european = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", day)
        iso = f"{european[3]}-{int(european[2]):02d}-{int(european[1]):02d}" if european else day
        days.append({"day": iso, "name": name.strip() or "–"})
    return days


def typed_hours(text: str) -> int | None:
    """« 4 », « 1,5 » or « 0.5 » hours in whole seconds; None where it is not a number."""
    try:
        return round(float(text.strip().replace(",", ".")) * 3600)
    except (ValueError, OverflowError):
        return None


def _typed_time(text: str) -> str:
    found = re.fullmatch(r"(\d{1,2})\s*(?:[h:]\s*(\d{2})?)?", text.strip().lower())
    return f"{int(found[1]):02d}:{found[2] or '00'}" if found else text.strip()


def warnings(asked: Asked, terms: Terms) -> tuple[Warned, ...]:
    """What an administrator should look at again before saving."""
    return tuple(_warnings(asked, terms))


def changes(old: Policy, new: Policy) -> list[dict[str, Any]]:
    """What is another in `new`: {field, of, from, to}; `of` is the priority, reason or calendar that it is about."""
    found: list[dict[str, Any]] = []

    def compare(field: str, of: str, before: object, after: object) -> None:
        if before != after:
            found.append({"field": field, "of": of, "from": before, "to": after})

    was, now = as_terms(old), as_terms(new)
    for priority in Priority:
        for clock in _CLOCKS:
            key = f"{clock}_s"
            compare(clock, priority.value, was["targets"][priority][key], now["targets"][priority][key])
        compare("calendar", priority.value, was["calendar_of"].get(priority), now["calendar_of"].get(priority))
    for reason in HoldReason:
        compare("pausing", reason.value, reason in old.pausing, reason in new.pausing)
    before, after = ({each["name"]: each for each in terms["calendars"]} for terms in (was, now))
    for name in before.keys() & after.keys():
        compare("hours", name, before[name], after[name])
    return found


def _warnings(asked: Asked, terms: Terms) -> Iterator[Warned]:
    for priority, target in asked.targets.items():
        if target.response > target.resolution:
            yield Warned("response_after_resolution", {"priority": priority})
    for urgent, less in pairwise(Priority):
        if asked.calendar_of.get(urgent) != asked.calendar_of.get(less):
            continue
        one, other = asked.targets[urgent], asked.targets[less]
        if one.response > other.response or one.resolution > other.resolution:
            yield Warned("less_urgent_is_faster", {"priority": less, "other": urgent})
    if asked.pausing == frozenset(HoldReason):
        yield Warned("everything_pauses", {})
    if Priority.CRITICAL in asked.calendar_of:
        yield Warned("critical_sleeps", {"priority": Priority.CRITICAL, "name": asked.calendar_of[Priority.CRITICAL]})
    for each in terms.get("calendars") or ():
        if each["name"] not in asked.calendar_of.values():
            yield Warned("unused_calendar", {"name": each["name"]})


def hours_terms(calendar: OpeningHours | Hours) -> dict[str, Any]:
    """A calendar as terms have it."""
    return {
        "name": calendar.name,
        "zone": calendar.zone,
        "country": calendar.country,
        "week": [[[minutes_of_day(at) for at in range_] for range_ in ranges] for ranges in calendar.week],
        "closed": [{"day": day.isoformat(), "name": name} for day, name in sorted(calendar.closed.items())],
    }


def read_targets(form: Form, given: object) -> dict[Priority, Target]:
    """The targets of terms; what is wrong is noted by its place, `targets.high.response`."""
    named = _mapping(form, "targets", given)
    for code in named.keys() - set(Priority):
        form.wrong(f"targets.{code}", "extra")
    found: dict[Priority, Target] = {}
    for priority in Priority:
        pair = _mapping(form, f"targets.{priority}", named.get(priority))
        durations = []
        for clock in _CLOCKS:
            seconds, place = pair.get(f"{clock}_s"), f"targets.{priority}.{clock}"
            if seconds is None:
                form.wrong(place, "required")
            elif not isinstance(seconds, int) or isinstance(seconds, bool):
                form.wrong(place, "wrong_type")
            elif not SHORTEST <= seconds <= LONGEST:
                form.wrong(place, "bad_target")
            else:
                durations.append(timedelta(seconds=seconds))
        if len(durations) == len(_CLOCKS):
            found[priority] = Target(*durations)
    return found


def read_calendar(form: Form, place: str, given: object) -> Hours | None:
    """One calendar of terms; what is wrong is noted by its place, which begins with `place`."""
    asked = _mapping(form, place.rstrip("."), given)
    known = len(form.errors)
    name = form.line(f"{place}name", asked.get("name"), max_length=NAME)
    zone = form.line(f"{place}zone", asked.get("zone"), max_length=60)
    if zone and zone not in opening.zones():
        form.wrong(f"{place}zone", "unknown", id=zone)
    country = form.line(f"{place}country", asked.get("country"), max_length=2, required=False) or None
    if country and country not in opening.countries():
        form.wrong(f"{place}country", "unknown", id=country)
    week = _week(form, f"{place}week", asked.get("week"))
    closed: dict[date, str] = {}
    for number, each in enumerate(_many(form, f"{place}closed", asked.get("closed"), DAYS)):
        day = _day(form, f"{place}closed.{number}", _mapping(form, f"{place}closed.{number}", each).get("day"))
        label = form.line(f"{place}closed.{number}", (each or {}).get("name"), max_length=NAME) if day else ""
        if day:
            closed[day] = label
    if len(form.errors) > known:
        return None
    return Hours(name=name, zone=zone, week=week, country=country, closed=closed)


def _week(form: Form, place: str, given: object) -> tuple[tuple[Range, ...], ...]:
    days = _many(form, place, given, 7)
    if len(days) != 7:
        form.wrong(place, "wrong_type")
        return ()
    week = tuple(_ranges(form, f"{place}.{number}", day) for number, day in enumerate(days))
    if (
        not any(name.startswith(place) for name in form.errors)
        and sum(end - start for ranges in week for start, end in ranges) < 60
    ):
        form.wrong(place, "never_open")
    return week


def _ranges(form: Form, place: str, given: object) -> tuple[Range, ...]:
    """The ranges of a day in order; what overlaps or ends before it begins is refused."""
    ranges: list[Range] = []
    for each in _many(form, place, given, RANGES):
        edges = [_minutes(at) for at in each] if isinstance(each, Sequence) and not isinstance(each, str) else []
        if len(edges) != 2 or None in edges:
            form.wrong(place, "bad_time")
            return ()
        start, end = (edge or 0 for edge in edges)
        if end <= start:
            form.wrong(place, "ends_before")
        ranges.append((start, end))
    ranges.sort()
    if any(second[0] < first[1] for first, second in pairwise(ranges)):
        form.wrong(place, "overlaps")
    return tuple(ranges)


def _minutes(at: object) -> int | None:
    found = _TIME.fullmatch(at) if isinstance(at, str) else None
    minutes = int(found[1]) * 60 + int(found[2]) if found else None
    return minutes if minutes is not None and minutes <= 1440 else None


def _day(form: Form, place: str, given: object) -> date | None:
    try:
        if isinstance(given, str) and 1970 <= (day := date.fromisoformat(given)).year < 2200:
            return day
    except ValueError:
        pass
    form.wrong(place, "bad_day")
    return None


def _many(form: Form, place: str, given: object, most: int) -> Sequence[Any]:
    if given is None:
        return ()
    if not isinstance(given, list | tuple):
        form.wrong(place, "wrong_type")
        return ()
    if len(given) > most:
        form.wrong(place, "too_many", max=most)
        return ()
    return given


def _mapping(form: Form, place: str, given: object) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        form.wrong(place, "wrong_type")
        return {}
    return given
