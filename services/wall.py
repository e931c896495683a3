"""What a display shows besides the open incidents: the figures of today (B2)."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.queries import displays, reports
from data.queries.lists import Filters
from services.figures.measures import Times, share
from services.work import SYSTEM, look

DAYS_OF_COMPLIANCE = 30
DAYS_OF_TIMES = 7


def today(zone: ZoneInfo, *, team_id: int | None = None, site: str | None = None) -> Mapping[str, Any]:
    """Of the incidents of the team, of the site, or all: how many were `created` and `resolved` since midnight in
    `zone`, the `share` of resolutions of 30 days that were in time (0 to 1), and the mean seconds to resolve of 7
    days (`mean_s`); None where there is nothing to measure. First resolutions, as in the reports."""
    with look(SYSTEM) as reading:
        filters = Filters(reading.now)
        if team_id is not None:
            filters.team(team_id)
        if site is not None:
            filters.where(displays.at_site(site))
        midnight = reading.now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        end = reading.now + timedelta(seconds=1)
        start = min(midnight.astimezone(UTC), end - timedelta(days=DAYS_OF_COMPLIANCE))
        found = reports.facts(reading.session, filters.conditions, start, end)
        first, week = midnight.timestamp(), (end - timedelta(days=DAYS_OF_TIMES)).timestamp()
        month = (end - timedelta(days=DAYS_OF_COMPLIANCE)).timestamp()
        resolved = [fact for fact in found if fact.resolved is not None and fact.resolved >= month]
        return {
            "created": sum(fact.created >= first for fact in found),
            "resolved": sum(fact.resolved is not None and fact.resolved >= first for fact in resolved),
            "share": share(sum(not fact.resolution_missed for fact in resolved), len(resolved)),
            "mean_s": Times.of(
                fact.resolved - fact.created for fact in resolved if fact.resolved is not None and fact.resolved >= week
            ).mean,
        }
