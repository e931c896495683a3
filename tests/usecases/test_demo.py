"""The demonstration: made through the services, the same every time, and true to life."""

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data import db
from data.vocabulary import OPEN_STATUSES, EscalationMode, Fact, HoldReason, Light, ResolutionCode, Role, Status
from services import audit, board, chain, demo, incidents, organisation, people, sessions
from services import clock as service_clock
from services.clock import MovedClock
from services.demo import company
from services.demo.schedule import OPENS, SHUTS, ZONE, office_hours, steps_before
from services.demo.stories import all_stories, duration
from services.errors import Refused
from services.figures import report
from services.views import EntryView, IncidentView
from services.work import SYSTEM, Actor
from tests.dump import counts, dump
from tests.personas import MONDAY, PARIS, PASSWORD, SECRET, Cast, an_incident

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
NIGHT = datetime(2026, 8, 2, 3, 12, 40, tzinfo=UTC)  # of a Sunday
STATES = dict(zip(Status, (9, 10, 15, 11, 12, 93), strict=True))
TEXTS = frozenset({"title", "description", "body", "text", "reason", "summary"})
# Typewriter's signs, a name not put in, and an ordinary space where a line must not break, or none.
BADLY_SET = re.compile(
    r"'|\.\.\.|[{}]| [:;!?»%€]|\w[;!?»]|«(?!\u00a0)|\d (?:h|min|s|m|kg|Go|Mo|To)\b|\bM\. |\bMme |\bh \d"
)
AFTER_EASTER = datetime(2026, 4, 7, 6, 0, tzinfo=UTC)  # a spring change of the clocks within the ninety days


@pytest.fixture(scope="module")
def _demonstration(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, demo.Loaded]:
    file = tmp_path_factory.mktemp("demo") / "vigie.db"
    shutil.copy(_sqlite_template, file)
    chain.use_secret(SECRET)
    db.bind(f"sqlite:///{file}")
    loaded = demo.load(now=MONDAY)
    db.dispose()
    return file, loaded


@pytest.fixture
def loaded(_demonstration: tuple[Path, demo.Loaded], tmp_path: Path, clock: MovedClock) -> Iterator[demo.Loaded]:
    """The demonstration as it is on Monday morning, on a SQLite database of the test's own."""
    file, loaded = _demonstration
    shutil.copy(file, tmp_path / "vigie.db")
    db.bind(f"sqlite:///{tmp_path}/vigie.db")
    yield loaded
    db.dispose()


def test_a_hundred_and_fifty_incidents_in_every_state_are_there_soon_even_at_night(desk: str) -> None:
    chain.use_secret(SECRET)
    spent = process_time()
    loaded = demo.load(now=NIGHT)
    assert process_time() - spent < 30  # seconds of our own; what the machine's others take is not counted
    with service_clock.running_on(MovedClock(NIGHT)):
        everything = _all_incidents()
        assert loaded.incidents == len(everything) == 150
        assert Counter(incident.status for incident in everything) == STATES
        assert audit.verify_chain().broken_at is None
        assert list(audit.verify_sla()) == []


def test_twelve_people_sign_in_with_the_documented_password(loaded: demo.Loaded) -> None:
    assert len(loaded.accounts) == len(people.accounts(SYSTEM)) == 12
    assert {account.role for account in loaded.accounts} == set(Role)
    for login in ("alice", "bruno", "chloe", "diane", "emile"):
        assert sessions.sign_in(login, company.PASSWORD).secret
    assert all(account.email.endswith(".example") for account in loaded.accounts)


def test_the_teams_climb_from_first_to_third_level_and_one_is_a_supplier(loaded: demo.Loaded) -> None:
    teams = {team.name: team for team in people.all_teams(SYSTEM)}
    assert teams["Support N1"].parent_id == teams["Support N2"].id
    assert teams["Support N2"].parent_id == teams["Support N3"].id
    assert {"Infrastructure", "Développement"} <= set(teams)
    assert [team.name for team in teams.values() if team.external] == [company.SUPPLIER]


def test_the_board_has_something_of_everything(loaded: demo.Loaded) -> None:
    assert Counter(incident.status for incident in _all_incidents()) == STATES
    opened = [incident for incident in _all_incidents() if incident.status in OPEN_STATUSES]
    lights = Counter(_next_light(incident) for incident in opened)
    assert lights[Light.RED] >= 3
    assert lights[Light.ORANGE] >= 5
    assert lights[Light.GREEN] >= 20
    assert [incident for incident in opened if incident.priority == "critical" and not incident.assignee]
    holds = [incident.hold for incident in opened if incident.hold]
    assert {hold.reason for hold in holds} == set(HoldReason)
    assert all(hold.text and hold.resume_at and hold.resume_at > MONDAY for hold in holds)
    assert [incident for incident in opened if incident.reopen_count]
    assert [incident for incident in _all_incidents() if incident.to_review]


def test_the_histories_have_every_kind_of_turn(loaded: demo.Loaded) -> None:
    entries = [entry for incident in _all_incidents() for entry in _history(incident)]
    turns = {entry.details.get("action") for entry in entries if entry.fact is Fact.STATUS_CHANGED}
    assert {"assign", "take", "start", "hold", "resume", "escalate", "resolve", "close", "reopen"} <= turns
    assert {entry.details["mode"] for entry in entries if entry.details.get("action") == "escalate"} == set(
        EscalationMode
    )
    assert {entry.details["code"] for entry in entries if entry.details.get("to") == "resolved"} == set(ResolutionCode)
    assert [entry for entry in entries if entry.fact is Fact.PRIORITY_CHANGED and entry.details.get("reason")]
    assert {entry.details["validated_by"] for entry in entries if entry.details.get("to") == "closed"} == {
        "requester",
        "team",
    }
    said = Counter(entry.details["visibility"] for entry in entries if entry.fact is Fact.COMMENTED)
    assert min(said["public"], said["internal"]) > 50


def test_most_promises_are_kept_and_some_are_not(loaded: demo.Loaded) -> None:
    quarter = report.statistics(SYSTEM, PARIS, days=90)
    assert 0.8 <= quarter["resolution_respected"] <= 0.9
    assert 0.9 <= quarter["response_respected"] < 1
    assert 3 <= quarter["mean_resolution_s"] / 3600 <= 15


def test_two_loads_for_the_same_instant_are_equal(
    loaded: demo.Loaded, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    once = _without_password_hashes()
    shutil.copy(request.getfixturevalue("_sqlite_template"), tmp_path / "again.db")
    db.bind(f"sqlite:///{tmp_path}/again.db")
    assert demo.load(now=MONDAY) == loaded
    assert _without_password_hashes() == once


def test_a_database_that_is_in_use_is_left_as_it_is(cast: Cast) -> None:
    before = counts()
    for attempt in (demo.load, lambda: demo.add(cast.emile)):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "not_empty"
    assert counts() == before


@ON_SQLITE
def test_a_desk_that_has_just_been_set_up_keeps_its_name_and_its_administrator(desk: str) -> None:
    admin = _a_new_desk()
    before = {account.login for account in people.accounts(admin)}
    loaded = demo.add(admin, now=MONDAY)
    accounts = people.accounts(admin)
    assert organisation.name() == loaded.organisation == "Mairie de Ploubaz"
    assert before == {"nolwenn"}
    assert {account.login for account in accounts} == before | {account.login for account in loaded.accounts}
    assert [account.login for account in accounts if account.role is Role.ADMIN] == ["nolwenn"]
    names = [team.name for team in people.all_teams(admin)]
    assert len(names) == len(set(names)) == 6
    assert loaded.incidents == 150
    assert audit.verify_chain().broken_at is None


@ON_SQLITE
def test_a_desk_with_its_own_incident_or_people_gets_no_demonstration(desk: str) -> None:
    admin = _a_new_desk()
    an_incident(admin)
    with pytest.raises(Refused):
        demo.add(admin)


@ON_SQLITE
def test_a_desk_whose_support_teams_stand_otherwise_gets_no_demonstration(desk: str) -> None:
    admin = _a_new_desk(
        teams=(organisation.FirstTeam("Support N1"), organisation.FirstTeam("Support N2", "Support N1"))
    )
    before = counts()
    with pytest.raises(Refused) as refused:
        demo.add(admin)
    assert refused.value.code == "demo_teams"
    assert counts() == before


def test_loading_moves_the_clock_of_nobody_else() -> None:
    with ThreadPoolExecutor(1) as other, service_clock.running_on(MovedClock(MONDAY)):
        with service_clock.running_here_on(MovedClock(NIGHT)):
            assert service_clock.now() == NIGHT
            assert other.submit(service_clock.now).result() == MONDAY
        assert service_clock.now() == MONDAY


@pytest.mark.parametrize("now", [MONDAY, NIGHT, AFTER_EASTER])
def test_everything_has_happened_before_now_and_what_is_not_urgent_in_office_hours(now: datetime) -> None:
    steps = steps_before(now)
    assert now - timedelta(days=100) < steps[0].at
    assert all(step.at <= now for step in steps)
    told = all_stories()
    for step in steps:
        story = told[step.story]
        if story.age is None and story.new["priority"] in ("medium", "low") and step.beat.verb != "declare":
            local = step.at.astimezone(ZONE)
            assert local.weekday() < 5, step
            assert OPENS <= local.time() <= SHUTS, step


def test_office_hours_go_on_the_next_working_day() -> None:
    friday = datetime(2026, 3, 27, 17, 0, tzinfo=ZoneInfo("Europe/Paris"))  # the clocks change on Sunday
    assert office_hours(friday, timedelta(hours=1)) == friday + timedelta(hours=1)
    assert office_hours(friday, timedelta(hours=3)).astimezone(ZONE).isoformat() == "2026-03-30T09:30:00+02:00"


def test_a_time_of_a_story_is_read_in_full() -> None:
    assert duration("1d2h30m") == timedelta(days=1, hours=2, minutes=30)
    assert duration("1h05") == timedelta(hours=1, minutes=5)


@pytest.mark.parametrize("wrong", ["", "h", "1x", "90s", "1h2d"])
def test_a_time_of_a_story_that_means_nothing_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=f"^{wrong}$"):
        duration(wrong)


def test_every_title_is_one_of_a_kind() -> None:
    titles = Counter(story.new["title"] for story in all_stories())
    assert [title for title, times in titles.items() if times > 1] == []


def test_the_texts_are_set_as_french_is() -> None:
    given = [given for story in all_stories() for given in (story.new, *(beat.given for beat in story.beats))]
    texts = [text for each in given for name, text in each.items() if name in TEXTS]
    assert len(texts) > 500
    assert [text for text in texts if BADLY_SET.search(text)] == []


def _a_new_desk(teams: tuple[organisation.FirstTeam, ...] = organisation.FIRST_TEAMS) -> Actor:
    chain.use_secret(SECRET)
    new = organisation.NewOrganisation(
        organisation="Mairie de Ploubaz", login="nolwenn", admin_name="Nolwenn Riou", password=PASSWORD, teams=teams
    )
    return organisation.set_up_with_code(organisation.setup_code(), new)


def _all_incidents() -> tuple[IncidentView, ...]:
    page = board.page(SYSTEM, board.Query(limit=200))
    assert page.next_cursor is None
    return page.items


def _history(incident: IncidentView) -> tuple[EntryView, ...]:
    return incidents.history(SYSTEM, incident.reference).entries


def _next_light(incident: IncidentView) -> Light:
    cycle = incident.cycle
    return (cycle.resolution if cycle.response.met_at else cycle.response).light


def _without_password_hashes() -> dict[str, list[tuple[Any, ...]]]:
    tables = dump()
    return {
        name: [tuple(value for value in row if not str(value).startswith("$argon2")) for row in rows]
        for name, rows in tables.items()
    }
