"""« Pourquoi cette échéance ? »: the working of a cycle's due times as sentences (rules, "SLA"). Pure.

Start, calendar, target, policy version, closed time, each pause with its reason and author, result: what the incident
page, the API and the PDF say alike.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from services.calendar import ALWAYS_OPEN, OpeningHours
from services.i18n import day_date, duration, full_date, opening_hours, t, target
from services.views import CycleView, IndicatorView, PauseView


def explain(cycle: CycleView, locale: str, zone: ZoneInfo) -> tuple[str, ...]:
    """The sentences, in the order of the working; instants to the second, as seen in `zone`."""
    return tuple(_Working(cycle, locale, zone).sentences())


class _Working:
    def __init__(self, cycle: CycleView, locale: str, zone: ZoneInfo) -> None:
        self.cycle, self.locale, self.zone = cycle, locale, zone

    def sentences(self) -> Iterator[str]:
        cycle = self.cycle
        yield self._say(
            "start",
            n=cycle.number,
            at=self._at(cycle.started_at),
            zone=self.zone.key,
            priority=t(f"priority.{cycle.priority}", self.locale),
            policy=cycle.policy_version,
        )
        if cycle.hours is not None:
            yield self._hours(cycle.hours)
        yield from self._clock("response", cycle.response, ())
        yield from self._clock("resolution", cycle.resolution, cycle.pauses)

    def _hours(self, hours: OpeningHours) -> str:
        week = opening_hours(hours.week, self.locale)
        return self._say("calendar", name=hours.name, week=week, zone=hours.zone)

    def _clock(self, name: str, clock: IndicatorView, pauses: tuple[PauseView, ...]) -> Iterator[str]:
        kind = t(f"sla.{name}", self.locale)
        calendar = self.cycle.hours or ALWAYS_OPEN
        moved = calendar.between(clock.original_due_at, clock.due_at).total_seconds()
        yield self._say(
            "target_moved" if moved else "target",
            kind=kind,
            target=target(clock.target_s, self.locale),
            original=self._at(clock.original_due_at),
            due=self._at(clock.due_at),
            t=duration(moved, self.locale),
        )
        if self.cycle.hours is not None:
            yield from self._closed(kind, self.cycle.hours, clock)
        for pause in pauses:
            yield self._pause(pause, clock)
        if clock.breached_before:
            yield self._say("hidden", kind=kind)
        if clock.paused_remaining_s is None:
            yield self._result(kind, clock)

    def _closed(self, kind: str, hours: OpeningHours, clock: IndicatorView) -> Iterator[str]:
        """What the calendar kept out between start and due time."""
        start, due = self.cycle.started_at, clock.due_at
        closed = (due - start - hours.between(start, due)).total_seconds()
        if closed:
            yield self._say("closed", kind=kind, t=duration(closed, self.locale))
        if off := hours.days_off(start, due):
            days = self._say("and").join(
                self._say("day_off", day=day_date(day, self.locale), name=name) for day, name in off.items()
            )
            yield self._say("days_off", kind=kind, days=days)

    def _pause(self, pause: PauseView, clock: IndicatorView) -> str:
        reason = t(f"hold_reason.{pause.reason}", self.locale)
        by = pause.by or t("error.somebody", self.locale)
        if pause.end is None:
            left = duration(clock.remaining_s, self.locale)
            return self._say("pause_open", start=self._at(pause.start), reason=reason, by=by, t=left)
        lasted = (pause.end - pause.start).total_seconds()
        return self._say(
            "pause" if pause.stopped_s == lasted else "pause_partly",
            start=self._at(pause.start),
            end=self._at(pause.end),
            reason=reason,
            by=by,
            t=duration(pause.stopped_s, self.locale),
        )

    def _result(self, kind: str, clock: IndicatorView) -> str:
        distance = duration(abs(clock.remaining_s), self.locale)
        if clock.met_at is None:
            return self._say("late" if clock.remaining_s < 0 else "pending", kind=kind, t=distance)
        return self._say("respected" if clock.respected else "missed", kind=kind, at=self._at(clock.met_at), t=distance)

    def _at(self, at: datetime) -> str:
        return full_date(at, self.locale, self.zone, to_the_second=True)

    def _say(self, sentence: str, **params: object) -> str:
        return t(f"explain.{sentence}", self.locale, **params)
