"""What the incident page works out before it draws."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from data.vocabulary import Action, Fact, Impact, Status
from services import workflow
from services.views import EntryView, IncidentView
from tests.personas import PARIS
from ui.components.action_bar import arranged
from ui.components.links import parts
from ui.components.shown import in_turn
from ui.components.stepper import times_of
from ui.components.workflow_diagram import HEIGHT, WIDTH, arrows
from ui.dialogs.hold import local_instant

NINE = datetime(2026, 6, 15, 9, tzinfo=UTC)
RESOLUTION = {"action": "resolve", "from": "in_progress", "to": "resolved"}
NEW, ASSIGNED, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED = Status


def lines(*steps: tuple[Action, Status, Status]) -> list[EntryView]:
    """The creation at nine, then one step each hour."""
    story: list[tuple[Fact, dict[str, Any]]] = [(Fact.CREATED, {"status": "new"})]
    story += [(Fact.STATUS_CHANGED, {"action": a, "from": old, "to": new}) for a, old, new in steps]
    return [
        EntryView(seq, NINE + timedelta(hours=seq), None, fact, True, details, "")
        for seq, (fact, details) in enumerate(story)
    ]


def an_open_one(allowed: set[Action] | tuple[Action, ...], *, owned: bool) -> IncidentView:
    """As much of an incident as the bar looks at."""
    assignee = SimpleNamespace(name="Alice") if owned else None
    return cast(IncidentView, SimpleNamespace(assignee=assignee, allowed_actions=tuple(allowed)))


def hours(times: dict[Status, datetime]) -> dict[Status, int]:
    return {status: at.hour for status, at in times.items()}


def test_a_step_has_the_time_at_which_it_was_first_reached_the_present_one_the_last() -> None:
    story = lines(
        (Action.TAKE, NEW, ASSIGNED),
        (Action.START, ASSIGNED, IN_PROGRESS),
        (Action.HOLD, IN_PROGRESS, ON_HOLD),
        (Action.RESUME, ON_HOLD, IN_PROGRESS),
    )
    assert hours(times_of(story)) == {NEW: 9, ASSIGNED: 10, IN_PROGRESS: 13, ON_HOLD: 12}
    resolved = [*story, EntryView(9, NINE + timedelta(hours=5), None, Fact.STATUS_CHANGED, True, RESOLUTION, "")]
    assert hours(times_of(resolved))[IN_PROGRESS] == 11


def test_a_reopening_begins_the_work_anew() -> None:
    story = lines(
        (Action.TAKE, NEW, ASSIGNED),
        (Action.START, ASSIGNED, IN_PROGRESS),
        (Action.RESOLVE, IN_PROGRESS, RESOLVED),
        (Action.REOPEN, RESOLVED, IN_PROGRESS),
    )
    assert hours(times_of(story)) == {NEW: 9, ASSIGNED: 10, IN_PROGRESS: 13}


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("voir https://intra.example/a?b=c.", ["https://intra.example/a?b=c"]),
        ("(http://intra.example/x_(y))", ["http://intra.example/x_(y)"]),
        ("https://a.example, https://b.example!", ["https://a.example", "https://b.example"]),
        ("javascript:alert(1) ftp://x data:text/html,x https:// http://", []),
        ("JAVASCRIPT:https://a.example", ["https://a.example"]),
        ('https://a.example/"onmouseover="alert(1)', ["https://a.example/"]),
        ("https://[::1", []),
        ("", []),
    ],
)
def test_only_addresses_of_the_web_become_links_and_no_word_is_lost(text: str, links: list[str]) -> None:
    found = list(parts(text))
    assert [part for part, is_address in found if is_address] == links
    assert "".join(part for part, _ in found) == text


def test_the_diagram_has_every_change_of_status_and_no_other() -> None:
    drawn = {(arrow.source, arrow.target, action) for arrow in arrows() for action in arrow.actions}
    assert drawn == set(workflow.edges())
    assert all(0 < arrow.course.x < WIDTH and 0 < arrow.course.y < HEIGHT for arrow in arrows())


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("owned", [False, True])
def test_every_allowed_action_has_its_button_or_its_place_in_the_menu(status: Status, owned: bool) -> None:
    allowed = {move.action for move in workflow.moves(status, Impact.ENTERPRISE)}
    shown, more = arranged(an_open_one(allowed, owned=owned))
    assert set(shown) | set(more) == allowed
    assert len(shown) <= 6


def test_what_is_nobodys_is_first_taken_and_what_is_somebodys_goes_on() -> None:
    allowed = (Action.TAKE, Action.START, Action.ASSIGN, Action.TAKE_AND_START)
    assert arranged(an_open_one(allowed, owned=False))[0][0] is Action.TAKE
    assert arranged(an_open_one(allowed, owned=True))[0][0] is Action.START


def test_a_date_is_read_in_the_viewers_zone() -> None:
    assert local_instant("2026-07-01T09:30", PARIS) == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    assert local_instant("", PARIS) is None
    assert local_instant("demain", PARIS) is None


def test_a_step_that_is_pressed_twice_runs_once_and_the_next_one_waits_its_turn() -> None:
    """D12: the next step may stand in the same place while the one before is still being told."""

    async def story() -> list[int | None]:
        acted, told = list[int | None](), asyncio.Event()

        async def act(version: int | None) -> None:
            acted.append(version)
            await told.wait()

        press = in_turn(act)
        presses = [asyncio.create_task(press(version)) for version in (1, 1, 2, 2)]
        await asyncio.sleep(0)
        assert acted == [1]
        told.set()
        await asyncio.gather(*presses)
        await press(2)
        return acted

    assert asyncio.run(story()) == [1, 2, 2]
