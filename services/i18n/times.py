"""How durations and instants are written. Durations are whole seconds, instants aware datetimes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from itertools import groupby

from services.i18n.catalog import NO_BREAK, t

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MINUS = "\u2212"


def duration(seconds: float, locale: str, *, with_seconds: bool = True) -> str:
    """At most two units: "8 s", "9 min 12 s" (seconds only under 10 min), "45 min", "3 h 42", "2 j 4 h" from 48 h on.

    A negative duration (overdue) begins with a true minus sign. The browser's `fmtDur` writes the same.
    """
    total = abs(round(seconds))
    hours, minutes, rest = total // HOUR, total % HOUR // MINUTE, total % MINUTE
    if total >= 2 * DAY:
        text = t("duration.days", locale, d=total // DAY, h=total % DAY // HOUR)
    elif total >= HOUR:
        text = t("duration.hours", locale, h=hours, m=f"{minutes:02d}")
    elif total >= 10 * MINUTE or not with_seconds:
        text = t("duration.minutes", locale, m=minutes)
    elif total >= MINUTE:
        text = t("duration.seconds", locale, m=minutes, s=f"{rest:02d}")
    else:
        text = t("duration.only_seconds", locale, s=rest)
    return MINUS + text if seconds < 0 else text


def target(seconds: int, locale: str) -> str:
    """A target as people say it: "4 h", "72 h", "45 min", "1 h 30"."""
    if seconds % HOUR == 0 and seconds:
        return t("duration.whole_hours", locale, h=seconds // HOUR)
    if seconds < HOUR:
        return t("duration.minutes", locale, m=seconds // MINUTE)
    return t("duration.hours", locale, h=seconds // HOUR, m=f"{seconds % HOUR // MINUTE:02d}")


def span(seconds: float, locale: str) -> str:
    """A duration inside a sentence: "2 s", "5 min", "1 h 30"."""
    if seconds < MINUTE:
        return t("duration.only_seconds", locale, s=max(1, round(seconds)))
    return duration(seconds, locale, with_seconds=False)


def age(seconds: float, locale: str) -> str:
    """One unit, rounded down: "< 1 min", "14 min", "3 h", "1 j". The browser's `fmtAge` writes the same."""
    if seconds < MINUTE:
        return t("duration.under_a_minute", locale)
    if seconds < HOUR:
        return t("duration.minutes", locale, m=int(seconds // MINUTE))
    if seconds < DAY:
        return t("duration.whole_hours", locale, h=int(seconds // HOUR))
    return t("duration.whole_days", locale, d=int(seconds // DAY))


def ago(at: datetime, locale: str, now: datetime) -> str:
    """« il y a 14 min », « à l’instant » within the last minute."""
    seconds = (now - at).total_seconds()
    return t("time.now", locale) if seconds < MINUTE else t("time.ago", locale, t=age(seconds, locale))


def clock_time(at: datetime, zone: tzinfo) -> str:
    """ "14:32" in `zone`."""
    return _local(at, zone).strftime("%H:%M")


def instant(at: datetime, locale: str, zone: tzinfo, now: datetime) -> str:
    """ "14:32" today, "22 nov. 14:32" this year, "22 nov. 2025 14:32" else; all as seen in `zone`."""
    local, today = _local(at, zone), _local(now, zone)
    time = local.strftime("%H:%M")
    if local.date() == today.date():
        return time
    month = t("time.months", locale).split()[local.month - 1]
    if local.year == today.year:
        text = t("time.day_month", locale, day=day_of_month(local, locale), month=month, time=time)
    else:
        day = day_of_month(local, locale)
        text = t("time.day_month_year", locale, day=day, month=month, year=local.year, time=time)
    return text.replace(" ", NO_BREAK)


def day_of_month(day: date, locale: str) -> str:
    """« 1er », « 2 »; "1" in English."""
    return t("time.first", locale) if day.day == 1 else str(day.day)


def full_date(at: datetime, locale: str, zone: tzinfo, *, to_the_second: bool = False) -> str:
    """« lundi 1er décembre 2026 à 14:32 », for tooltips and documents; 14:32:07 `to_the_second`."""
    local = _local(at, zone)
    return t(
        "time.full",
        locale,
        weekday=t("time.days", locale).split()[local.weekday()],
        day=day_of_month(local, locale),
        month=t("time.months_long", locale).split()[local.month - 1],
        year=local.year,
        time=local.strftime("%H:%M:%S" if to_the_second else "%H:%M"),
    )


def stamp(at: datetime, locale: str, zone: tzinfo) -> str:
    """« 01/12/2026 14:32:07 », 2026-12-01 14:32:07 in English: for tables, where a month's name is too long."""
    local = _local(at, zone)
    day, month = f"{local.day:02d}", f"{local.month:02d}"
    return t("time.stamp", locale, day=day, month=month, year=local.year, time=local.strftime("%H:%M:%S"))


def day_date(day: date, locale: str) -> str:
    """« vendredi 25 décembre 2026 »."""
    return t(
        "time.day",
        locale,
        weekday=t("time.days", locale).split()[day.weekday()],
        day=day_of_month(day, locale),
        month=t("time.months_long", locale).split()[day.month - 1],
        year=day.year,
    )


def minutes_of_day(minutes: int) -> str:
    """ "08:00"; "24:00" at the end of the day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def opening_hours(week: Sequence[Sequence[tuple[int, int]]], locale: str) -> str:
    """« lundi–vendredi 08:00–12:00, 13:30–18:00 ; samedi 09:00–12:00 »: days with the same ranges together."""
    names = t("time.days", locale).split()
    parts = []
    for ranges, group in groupby(enumerate(week), lambda day: day[1]):
        days = [names[number] for number, _ in group]
        if ranges:
            open_ = ", ".join(f"{minutes_of_day(start)}–{minutes_of_day(end)}" for start, end in ranges)
            parts.append(f"{'–'.join(dict.fromkeys((days[0], days[-1])))} {open_}")
    return t("time.also", locale).join(parts)


def _local(at: datetime, zone: tzinfo) -> datetime:
    assert at.tzinfo is not None, "an instant without a time zone"
    return at.astimezone(UTC).astimezone(zone)
