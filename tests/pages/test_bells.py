"""The bells of open pages on a real database."""

from typing import Any

import pytest
from nicegui import Client, ui

from data import db
from services import bus, lifecycle
from tests.aside import run_aside
from tests.pages.test_hub import until
from tests.personas import N2, Cast, an_incident
from ui import bells, calls

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_a_number_that_could_not_be_counted_is_asked_for_by_the_next_page_that_opens(cast: Cast) -> None:
    """It stays shown until then, and every page is told of the difference."""
    bruno = cast.bruno.user_id
    assert bruno is not None

    async def story() -> None:
        first: list[int] = []
        second: list[int] = []
        await calls.write(_news_for_n2, cast)
        page: Any = Client(ui.page("/probe"), request=None)
        assert bells.join(page, bruno, first.append) == 0
        await until(lambda: first == [1] and not bells._tasks)
        await calls.write(_news_for_n2, cast)
        away = db._bound[:]
        db._bound.clear()
        bells._hear(bus.BellChanged(bruno))
        await until(lambda: not bells._tasks)
        db._bound.extend(away)
        assert bells.join(page, bruno, second.append) == 1
        await until(lambda: second == [2])
        assert first == [1, 2]
        page.delete()
        await until(lambda: not bells._tasks)

    calls.start(one_writer=True)
    try:
        run_aside(story())
    finally:
        calls.stop()


def _news_for_n2(cast: Cast) -> None:
    lifecycle.assign(cast.diane, an_incident(cast.diane).reference, team=N2)
