"""The browser's SLA colours and times are the server's, to the second (G1, G2, G13), in both languages."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from services import i18n
from tests.browser.conftest import PageAs, Vigie

ZONE = ZoneInfo("Europe/Paris")  # the settings'
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
G13 = {"kind": "resolution", "start": 0, "risk": 11_520, "due": 14_400, "target_s": 14_400}

Kit = Callable[..., Any]


@pytest.fixture(scope="module", params=["fr", "en"])
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def kit(empty_vigie: Vigie, page_of: PageAs, locale: str) -> Iterator[Kit]:
    """`kit("fmtDur", 90)`: what the module's function answers in a page in this language."""
    page: Page = page_of(empty_vigie)
    page.goto(f"/setup?lang={locale}")

    def call(name: str, *arguments: Any) -> Any:
        return page.evaluate("async ([name, given]) => (await import('vigie-kit'))[name](...given)", [name, arguments])

    return call


def sla(**changed: Any) -> dict[str, Any]:
    return {**G13, "met": None, "respected": None, "paused_remaining_s": None, "hours": None, **changed}


@pytest.mark.parametrize(
    ("at", "state"),
    [(0, "ok"), (11_520, "ok"), (11_521, "risk"), (14_400, "risk"), (14_401, "breached")],
    ids=["start", "13:12:00", "13:12:01", "14:00:00", "14:00:01"],
)
def test_the_colour_changes_at_the_second_that_the_rules_say(kit: Kit, at: int, state: str) -> None:
    assert kit("slaState", sla(), at) == state


def test_a_verdict_never_changes_and_a_pause_freezes(kit: Kit) -> None:
    assert kit("slaState", sla(met=14_400, respected=True), 99_999) == "met"
    assert kit("slaState", sla(met=14_401, respected=False), 99_999) == "missed"
    assert kit("slaState", sla(paused_remaining_s=60), 99_999) == "paused"
    assert kit("slaLeft", sla(paused_remaining_s=60), 99_999) == 60


def test_durations_are_written_as_the_server_writes_them(kit: Kit, locale: str) -> None:
    seconds = [0, 59, 60, 552, 599, 600, 3599, 3600, 13_320, 172_799, 172_800, 187_200, -1500]
    assert [kit("fmtDur", s) for s in seconds] == [i18n.duration(s, locale) for s in seconds]
    assert [kit("fmtAge", s) for s in seconds[:-1]] == [i18n.age(s, locale) for s in seconds[:-1]]
    targets = [3600, 14_400, 259_200, 2700, 5400]
    assert [kit("fmtTarget", s) for s in targets] == [i18n.target(s, locale) for s in targets]


@pytest.mark.parametrize(
    "at",
    [
        START,
        datetime(2026, 11, 22, 13, 32, tzinfo=UTC),
        datetime(2025, 12, 31, 23, 30, tzinfo=UTC),
        datetime(2025, 9, 1, 11, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    ],
)
def test_instants_are_written_as_the_server_writes_them(kit: Kit, locale: str, at: datetime) -> None:
    written = kit("fmtInstant", at.timestamp(), START.timestamp())
    assert written == i18n.instant(at, locale, ZONE, START)


def test_a_short_reference_names_day_and_number(kit: Kit) -> None:
    """Numbers begin anew each day: the last six alone would name several."""
    assert kit("shortRef", "INC-20261126-000005") == "1126-05"
    assert kit("shortRef", "INC-20261126-001042") == "1126-1042"


def test_initials_are_those_of_first_and_last_name(kit: Kit) -> None:
    assert kit("initials", "Inès Roussel-Martin") == "IM"
