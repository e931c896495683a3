"""The board's hub on a real database: what it sends, when, and what a browser can ask of it."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data import db
from services import bus, lifecycle
from services.clock import MovedClock
from tests.aside import run_aside
from tests.personas import N1, Cast, an_incident
from ui import calls, hub
from ui.hub import WINDOW_S, Hub, Message

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
QUIET_S = 2 * WINDOW_S

Story = Callable[[Hub, list[Message]], Awaitable[None]]


@pytest.fixture
def told(cast: Cast) -> Iterator[Callable[[Story], None]]:
    """`told(story)` runs a story with a hub that has been loaded and hears of everything, and what it has sent."""

    def run(story: Story) -> None:
        async def on_the_loop() -> None:
            sent: list[Message] = []

            async def send(message: Message) -> None:
                sent.append(message)

            made, loop = Hub(send), asyncio.get_running_loop()

            def on_news(news: bus.News) -> None:
                if isinstance(news, bus.Changed | bus.Missed):
                    loop.call_soon_threadsafe(made.hear, news)

            unlisten = bus.listen(on_news)
            try:
                made.hear(bus.Missed())
                await made.loaded()
                await story(made, sent)
            finally:
                unlisten()

        calls.start(one_writer=True)
        run_aside(on_the_loop())

    yield run
    calls.stop()


async def until(true: Callable[[], object]) -> None:
    for _ in range(200):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


def rows_after(start: Message, deltas: list[Message]) -> dict[int, Any]:
    """What a browser has that began with `start` and heard of `deltas`."""
    rows = {row["id"]: row for row in start["rows"]}
    version = start["v"]
    for delta in deltas:
        assert delta["prev"] == version
        version = delta["v"]
        rows |= {row["id"]: row for row in delta["up"]}
        for key in delta["del"]:
            rows.pop(key)
    return rows


def test_a_change_is_sent_with_who_did_it_and_to_which_fields(cast: Cast, told: Callable[[Story], None]) -> None:
    incident = an_incident(cast.alice, team=N1)

    async def story(hub: Hub, sent: list[Message]) -> None:
        await calls.write(lifecycle.take, cast.alice, incident.reference)
        await until(lambda: sent)
        (delta,) = sent
        assert [row["ref"] for row in delta["up"]] == [incident.reference]
        assert delta["notes"] == {str(incident.id): {"by": "Alice Martin", "fields": ["assignee"]}}
        assert (delta["prev"], delta["v"], delta["del"]) == (0, 1, [])

    told(story)


def test_a_new_incident_is_new_and_one_that_was_reopened_is_not(
    cast: Cast, clock: MovedClock, told: Callable[[Story], None]
) -> None:
    done = lifecycle.start_and_resolve(cast.alice, an_incident(cast.alice).reference, code="fixed", summary="…")

    async def story(hub: Hub, sent: list[Message]) -> None:
        assert done.id not in hub.rows
        declared = await calls.write(an_incident, cast.bruno)
        await until(lambda: sent)
        assert sent[0]["notes"][str(declared.id)] == {"by": "Bruno Keller", "fields": ["new"]}
        clock.forward(minutes=5)
        await calls.write(lifecycle.reopen, cast.bruno, done.reference, reason="Encore")
        await until(lambda: len(sent) == 2)
        assert sent[1]["notes"][str(done.id)]["fields"] == ["status"]

    told(story)


def test_the_first_change_waits_for_no_other_and_a_burst_goes_out_in_few_messages(
    cast: Cast, told: Callable[[Story], None]
) -> None:
    async def story(hub: Hub, sent: list[Message]) -> None:
        start = json.loads(hub.snapshot()[0])
        await asyncio.sleep(QUIET_S)
        begun = asyncio.get_running_loop().time()
        await calls.write(an_incident, cast.alice)
        await until(lambda: sent)
        assert len(sent) == 1
        for _ in range(20):
            await calls.write(an_incident, cast.alice)
        lasted = asyncio.get_running_loop().time() - begun
        await until(lambda: len(hub.rows) == 21)
        await asyncio.sleep(QUIET_S)
        assert len(sent) <= 2 + lasted / WINDOW_S
        assert rows_after(start, sent) == hub.rows

    told(story)


def test_what_is_resolved_leaves(cast: Cast, told: Callable[[Story], None]) -> None:
    incident = an_incident(cast.alice)

    async def story(hub: Hub, sent: list[Message]) -> None:
        await calls.write(lifecycle.start_and_resolve, cast.alice, incident.reference, code="fixed", summary="…")
        await until(lambda: sent)
        assert (sent[0]["up"], sent[0]["del"]) == ([], [incident.id])
        assert hub.rows == {}

    told(story)


def test_a_browser_that_missed_some_gets_them_as_one_or_everything(
    cast: Cast, told: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "DELTAS_KEPT", 3)
    leaving = an_incident(cast.alice)

    async def story(hub: Hub, sent: list[Message]) -> None:
        start = json.loads(hub.snapshot()[0])
        for number in range(1, 4):
            await calls.write(an_incident, cast.alice)
            await until(lambda number=number: len(sent) == number)
        await calls.write(lifecycle.start_and_resolve, cast.alice, leaving.reference, code="fixed", summary="…")
        await until(lambda: len(sent) == 4)
        merged = hub.since(hub.epoch, 1)
        assert merged is not None
        assert (merged["prev"], merged["v"], merged["del"]) == (1, 4, [leaving.id])
        assert rows_after(start, [sent[0], merged]) == hub.rows
        assert hub.since(hub.epoch, 4) == merged | {"prev": 4, "up": [], "del": [], "notes": {}}
        assert hub.since(hub.epoch, 0) is None  # forgotten
        assert hub.since("another", 3) is None  # another start of the server

    told(story)


def test_what_may_have_been_missed_is_read_anew_and_only_the_difference_is_sent(
    cast: Cast, told: Callable[[Story], None]
) -> None:
    kept, leaving = an_incident(cast.alice), an_incident(cast.alice)

    async def story(hub: Hub, sent: list[Message]) -> None:
        unheard = bus._listeners[:]
        bus._listeners.clear()
        await calls.write(lifecycle.start_and_resolve, cast.alice, leaving.reference, code="fixed", summary="…")
        new = await calls.write(an_incident, cast.alice)
        bus._listeners.extend(unheard)
        hub.hear(bus.Missed())
        await until(lambda: sent)
        assert ([row["id"] for row in sent[0]["up"]], sent[0]["del"]) == ([new.id], [leaving.id])
        assert set(hub.rows) == {kept.id, new.id}
        hub.hear(bus.Missed())
        await asyncio.sleep(QUIET_S)
        assert len(sent) == 1

    told(story)


def test_a_database_that_is_away_for_a_while_is_asked_again(
    cast: Cast, told: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "RETRY_S", 0.05)

    async def story(hub: Hub, sent: list[Message]) -> None:
        away = db._bound[:]
        db._bound.clear()
        hub.hear(bus.Missed())
        await asyncio.sleep(0.4)
        db._bound.extend(away)
        new = await calls.write(an_incident, cast.alice)
        await until(lambda: new.id in hub.rows)

    told(story)


def test_the_snapshot_is_packed_once_for_each_version(cast: Cast, told: Callable[[Story], None]) -> None:
    an_incident(cast.alice)

    async def story(hub: Hub, sent: list[Message]) -> None:
        plain, packed = hub.snapshot()
        assert gzip.decompress(packed) == plain
        assert hub.snapshot()[1] is packed
        await hub.count()
        assert hub.snapshot()[1] is not packed
        assert {team["name"] for team in json.loads(hub.snapshot()[0])["figures"]["teams"]} >= {N1}
        assert ("alice", True) in {(one["login"], one["on"]) for one in sent[-1]["figures"]["people"]}
        assert sent[-1]["figures"]["mean_s"] is None
        await hub.count()
        assert len(sent) == 1

    told(story)


def test_what_happens_to_the_resolved_is_told_too_and_read_once_for_all(
    cast: Cast, told: Callable[[Story], None]
) -> None:
    """S43: the last columns of the kanban."""
    done = lifecycle.start_and_resolve(cast.alice, an_incident(cast.alice).reference, code="fixed", summary="…")

    async def story(hub: Hub, sent: list[Message]) -> None:
        before = await hub.finished(ZoneInfo("Europe/Paris"))
        assert [row["ref"] for row in json.loads(before)["rows"]] == [done.reference]
        assert json.loads(before)["closed"] == 0
        assert await hub.finished(ZoneInfo("Europe/Paris")) is before
        await calls.write(lifecycle.close, cast.alice, done.reference)
        await until(lambda: sent)
        assert (sent[0]["up"], sent[0]["del"], sent[0]["done"] > json.loads(before)["done"]) == ([], [], True)
        after = json.loads(await hub.finished(ZoneInfo("Europe/Paris")))
        assert (after["rows"], after["total"], after["closed"], after["done"]) == ([], 0, 1, sent[0]["done"])

    told(story)
