"""The orders of lists: total, and the same however they are read (S71; contract, "REST API")."""

import random
from typing import Any

import pytest

from data.queries import orders
from data.vocabulary import Category, Impact, Priority, Severity, Status
from services import board, incidents, lifecycle
from services.board import Query
from services.clock import MovedClock
from services.views import IncidentView
from services.work import Actor
from tests.personas import Cast, an_incident, in_progress, resolved


@pytest.mark.parametrize(("common", "near"), [(0, (2, 4)), (0, (400, 4_000)), (2_000, (400, 4_000))])
def test_every_order_is_total_and_pages_lose_nothing(
    cast: Cast, clock: MovedClock, monkeypatch: pytest.MonkeyPatch, common: int, near: tuple[int, ...]
) -> None:
    """Also where the words that are looked for stand in so many that the list is read in another way."""
    monkeypatch.setattr(orders, "COMMON", common)
    monkeypatch.setattr(orders, "NEAR", near)
    for number in range(11):
        an_incident(cast.alice, priority=list(Priority)[number % 4].value, category=list(Category)[number % 5].value)
        clock.forward(minutes=25 * (number % 3))
    lifecycle.take_and_start(cast.alice, "INC-20260615-000003")
    for number in (4, 7, 9):
        lifecycle.start_and_resolve(cast.alice, f"INC-20260615-{number:06d}", code="fixed", summary="…")
    lifecycle.close(cast.alice, "INC-20260615-000007")
    for sort in orders.SORTS:
        whole = [incident.reference for incident in board.page(cast.alice, Query(sort=sort)).items]
        for words in ({"q": "messagerie"}, {"q": "messagerie", "category": [*Category]}):
            narrowed = Query(sort=sort, **words)  # type: ignore[arg-type]
            assert [incident.reference for incident in board.page(cast.alice, narrowed).items] == whole
        paged: list[str] = []
        cursor = None
        while True:
            page = board.page(cast.alice, Query(sort=sort, limit=3, cursor=cursor, q="messagerie"))
            paged += [incident.reference for incident in page.items]
            assert page.total == 11
            clock.forward(minutes=7)  # the lights change while somebody turns the pages
            if (cursor := page.next_cursor) is None:
                break
        assert paged == whole, sort
        clock.forward(minutes=-7 * 4)


def test_priority_then_severity_then_impact_refine_the_order(cast: Cast) -> None:
    """S71."""
    wanted = [
        ("critical", "critical", "single_user"),
        ("critical", "minor", "enterprise"),
        ("critical", "minor", "single_user"),
        ("critical", None, None),
        ("low", "critical", "enterprise"),
    ]
    for priority, severity, impact in reversed(wanted):
        an_incident(cast.alice, priority=priority, severity=severity, impact=impact)
    page = board.page(cast.alice, Query(sort="priority"))
    assert [(i.priority, i.severity, i.impact) for i in page.items] == wanted


def _turned(actor: Actor, limit: int, **query: Any) -> list[str]:
    """The references of the whole list, page by page."""
    references, cursor = [], None
    while True:
        page = board.page(actor, Query(limit=limit, cursor=cursor, **query))
        references += [incident.reference for incident in page.items]
        if (cursor := page.next_cursor) is None:
            return references


def _by_priority(incident: IncidentView) -> tuple[Any, ...]:
    """The order in plain words: what has no severity or impact last, then the clock that counts, then the age."""
    cycle = incident.cycle
    due = (cycle.response if cycle.response.met_at is None else cycle.resolution).due_at
    severity = [*Severity, None].index(incident.severity)
    return [*Priority].index(incident.priority), severity, [*Impact, None].index(incident.impact), due, incident.id


def test_the_order_by_priority_is_the_plain_one_however_it_is_read(
    cast: Cast, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S71: in parts and by the next clocks, where the words that are looked for stand in many."""
    luck = random.Random(71)
    few = {"severity": ["critical", None], "impact": ["single_user", None]}  # so that many are alike
    made = []
    for number in range(30):
        ranks = {name: luck.choice(values) for name, values in few.items()}
        actor = cast.chloe if number % 5 == 0 else cast.alice
        priority = "medium" if actor is cast.chloe else luck.choice([*Priority, "low"])
        made.append(an_incident(actor, priority=priority, **({} if actor is cast.chloe else ranks)).reference)
        clock.forward(minutes=luck.choice((0, 0, 90)))
    for reference in made[12::3]:
        lifecycle.take_and_start(cast.alice, reference)
    lifecycle.hold(cast.alice, made[12], reason="user")
    for reference in made[1:12:2]:
        lifecycle.start_and_resolve(cast.alice, reference, code="fixed", summary="…")
    lifecycle.close(cast.alice, made[1])
    clock.forward(hours=30)
    lifecycle.reopen(cast.alice, made[3], reason="…")
    incidents.edit(cast.alice, made[5], {"priority": "critical", "severity": "minor", "impact": "enterprise"})
    incidents.edit(cast.alice, made[14], {"priority": "low"}, reason="…")
    incidents.edit(cast.alice, made[16], {"severity": None, "impact": None})
    every = board.page(cast.alice, Query(limit=200)).items
    expected = [incident.reference for incident in sorted(every, key=_by_priority)]
    own = [reference for reference in expected if reference in made[::5]]
    still_open = [each for each in expected if each not in made[1:12:2] or each == made[3]]
    assert (len(every), {each.priority for each in every}) == (30, {*Priority})
    assert {each.status for each in every} == {*Status} - {Status.ASSIGNED}
    assert _turned(cast.alice, 200, sort="priority") == expected
    for common, soon in ((2_000, 1_000), (0, 1_000), (0, 1), (3, 4)):
        monkeypatch.setattr(orders, "COMMON", common)
        monkeypatch.setattr(orders, "SOON", soon)
        for limit in (200, 4):
            assert _turned(cast.alice, limit, sort="priority", q="messagerie") == expected, (common, soon, limit)
        assert _turned(cast.chloe, 2, sort="priority", q="messagerie") == own
        assert _turned(cast.alice, 7, sort="priority", q="messagerie", status=["open"]) == still_open


def test_urgency_puts_the_breached_first_then_the_critical_of_nobody(cast: Cast, clock: MovedClock) -> None:
    breached = an_incident(cast.alice, priority="high")
    clock.forward(hours=4, seconds=1)
    at_risk = in_progress(cast.alice, priority="critical")
    clock.forward(hours=3, minutes=30)
    calm = an_incident(cast.alice, priority="low")
    alone = an_incident(cast.alice, priority="critical")
    over = resolved(cast.alice)
    expected = [breached, alone, at_risk, calm, over]
    page = board.page(cast.alice, Query(sort="urgency"))
    assert [i.reference for i in page.items] == [i.reference for i in expected]
