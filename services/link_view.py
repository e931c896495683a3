"""What incidents touch, as it is shown (S3, S76, S78)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from data.models import ApplicationChange
from data.queries import cmdb
from data.vocabulary import ItemKind
from services.views import ChangeView, LinkView
from services.work import Reading

RECENT = timedelta(days=30)
MOST_CHANGES = 5

Links = Mapping[ItemKind, tuple[LinkView, ...]]


def of_incidents(reading: Reading, incident_ids: Sequence[int]) -> dict[int, Links]:
    """What each incident touches, by kind; assets with their incidents in the last 30 days (S76, S78)."""
    rows = cmdb.all_linked(reading.session, incident_ids)
    assets = [item_id for _, kind, item_id, *_ in rows if kind is ItemKind.ASSETS]
    counts = cmdb.incident_counts(reading.session, ItemKind.ASSETS, assets, reading.now - RECENT) if assets else {}
    found: dict[int, dict[ItemKind, tuple[LinkView, ...]]] = {each: {} for each in incident_ids}
    for incident_id, kind, item_id, name, type_, note, is_primary in rows:
        count = counts.get(item_id) if kind is ItemKind.ASSETS else None
        link = LinkView(item_id, kind, name, is_primary, note, count, type_)
        found[incident_id][kind] = (*found[incident_id].get(kind, ()), link)
    return dict(found)


def change_view(row: ApplicationChange, application: str) -> ChangeView:
    """A line of the change log of the application with this name."""
    assert row.id is not None
    return ChangeView(row.id, application, row.day, row.summary, row.author)


def recent_changes(reading: Reading, links: Links) -> tuple[ChangeView, ...]:
    """What was changed in the last 30 days on the applications that an incident touches, newest first (S80)."""
    ids = [link.id for link in links.get(ItemKind.APPLICATIONS, ())]
    since = (reading.now - RECENT).date()
    return tuple(change_view(*row) for row in cmdb.changes(reading.session, ids, since=since, limit=MOST_CHANGES))
