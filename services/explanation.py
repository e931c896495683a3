"""« Pourquoi cette échéance ? »: the working of a cycle's due times as sentences (rules, "SLA"). Pure.

Start, target, policy version, each pause with its reason and author, result: what the incident page, the API and the
PDF say alike.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from services.i18n import duration, full_date, t, target
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
        yield from self._clock("response", cycle.response, ())
        yield from self._clock("resolution", cycle.resolution, cycle.pauses)

    def _clock(self, name: str, clock: IndicatorView, pauses: tuple[PauseView, ...]) -> Iterator[str]:
        kind = t(f"sla.{name}", self.locale)
        moved = (clock.due_at - clock.original_due_at).total_seconds()
        yield self._say(
            "target_moved" if moved else "target",
            kind=kind,
            target=target(clock.target_s, self.locale),
            original=self._at(clock.original_due_at),
            due=self._at(clock.due_at),
            t=duration(moved, self.locale),
        )
        for pause in pauses:
            yield self._pause(pause, clock)
        if clock.breached_before:
            yield self._say("hidden", kind=kind)
        if clock.paused_remaining_s is None:
            yield self._result(kind, clock)

    def _pause(self, pause: PauseView, clock: IndicatorView) -> str:
        reason = t(f"hold_reason.{pause.reason}", self.locale)
        by = pause.by or t("error.somebody", self.locale)
        if pause.end is None:
            left = duration(clock.remaining_s, self.locale)
            return self._say("pause_open", start=self._at(pause.start), reason=reason, by=by, t=left)
        lasted = duration((pause.end - pause.start).total_seconds(), self.locale)
        return self._say("pause", start=self._at(pause.start), end=self._at(pause.end), reason=reason, by=by, t=lasted)

    def _result(self, kind: str, clock: IndicatorView) -> str:
        distance = duration(abs(clock.remaining_s), self.locale)
        if clock.met_at is None:
            return self._say("late" if clock.remaining_s < 0 else "pending", kind=kind, t=distance)
        return self._say("respected" if clock.respected else "missed", kind=kind, at=self._at(clock.met_at), t=distance)

    def _at(self, at: datetime) -> str:
        return full_date(at, self.locale, self.zone, to_the_second=True)

    def _say(self, sentence: str, **params: object) -> str:
        return t(f"explain.{sentence}", self.locale, **params)
