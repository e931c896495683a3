"""Screens on a wall: paired by a code, read-only, one view, revocable, on record (B2)."""

import re

import pytest

from data import db
from data.queries import displays as queries
from data.vocabulary import Fact, ItemKind
from services import audit, board, cmdb, displays, lifecycle, teams, wall
from services import clock as service_clock
from services.attempts import ATTEMPTS
from services.displays import Wish
from services.errors import Forbidden, Invalid, NotFound, TooManyAttempts, Unauthenticated
from tests.conftest import MovedClock
from tests.dump import dump, value
from tests.personas import INFRASTRUCTURE, N1, PARIS, Cast, an_incident, in_progress


def wrong(refusal: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {field: code for field, (code, _) in refusal.value.errors.items()}


@pytest.fixture(autouse=True)
def _nobody_has_mistyped(cast: Cast) -> None:
    displays._attempts.forget(f"display {cast.emile.user_id}")


def test_a_screen_is_paired_by_the_code_that_it_shows(cast: Cast) -> None:
    """B2: until an administrator has entered the code, the screen's secret opens nothing."""
    secret, waiting = displays.offer(None)
    assert re.fullmatch(r"[0-9]{6}", waiting.code)
    assert displays.offer(secret) == (secret, waiting)
    with pytest.raises(Unauthenticated):
        displays.display_of(secret)
    made = displays.pair(
        cast.emile, f" {waiting.code[:3]} {waiting.code[3:]} ", Wish(name="Hall", team=N1, locale="en")
    )
    found = displays.display_of(secret)
    assert (found.id, found.name, found.team, found.site, found.locale) == (made.id, "Hall", N1, None, "en")
    assert displays.waiting(secret) is None
    assert value("SELECT fact FROM history WHERE seq = (SELECT MAX(seq) FROM history)") == Fact.DISPLAY_PAIRED
    assert audit.verify_chain().broken_at is None


def test_the_database_never_holds_what_opens_the_feed(cast: Cast) -> None:
    secret, waiting = displays.offer(None)
    displays.pair(cast.emile, waiting.code, Wish(name="Hall"))
    assert secret not in str(dump())


def test_a_code_is_over_after_ten_minutes_and_once_used(cast: Cast, clock: MovedClock) -> None:
    secret, waiting = displays.offer(None)
    clock.forward(minutes=10)
    with pytest.raises(Invalid) as refusal:
        displays.pair(cast.emile, waiting.code, Wish(name="Hall"))
    assert wrong(refusal) == {"code": "unknown_code"}
    again, new = displays.offer(secret)
    assert again != secret
    displays.pair(cast.emile, new.code, Wish(name="Hall"))
    with pytest.raises(Invalid):
        displays.pair(cast.emile, new.code, Wish(name="Autre"))


def test_codes_cannot_be_tried_out(cast: Cast) -> None:
    _, waiting = displays.offer(None)
    other = "000000" if waiting.code != "000000" else "111111"
    for _ in range(ATTEMPTS):
        with pytest.raises(Invalid):
            displays.pair(cast.emile, other, Wish(name="Hall"))
    with pytest.raises(TooManyAttempts):
        displays.pair(cast.emile, waiting.code, Wish(name="Hall"))


def test_no_more_screens_wait_than_can_be_told_apart(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(displays, "MOST_WAITING", 2)
    shown = {displays.offer(None)[1].code for _ in range(2)}
    assert len(shown) == 2
    with pytest.raises(TooManyAttempts):
        displays.offer(None)


def test_everything_that_is_wrong_is_named_at_once_and_nothing_happens(cast: Cast) -> None:
    _, waiting = displays.offer(None)
    before = dump()
    with pytest.raises(Invalid) as refusal:
        displays.pair(cast.emile, waiting.code, Wish(name="", team=999, locale="de", diagonal=5, distance="3"))
    assert wrong(refusal) == {
        "name": "required",
        "team": "unknown",
        "locale": "unknown_value",
        "diagonal": "out_of_range",
        "distance": "out_of_range",
    }
    assert dump() == before


def test_a_revoked_display_is_nobody_and_holds_no_team(cast: Cast) -> None:
    """B2: revocable at once."""
    secret, waiting = displays.offer(None)
    made = displays.pair(cast.emile, waiting.code, Wish(name="Hall", team=INFRASTRUCTURE))
    assert made.team_id is not None
    displays.revoke(cast.emile, made.id)
    with pytest.raises(Unauthenticated):
        displays.display_of(secret)
    assert displays.every(cast.emile) == ()
    with pytest.raises(NotFound):
        displays.revoke(cast.emile, made.id)
    teams.remove_team(cast.emile, made.team_id)


def test_each_change_of_a_display_is_a_line_and_what_stays_leaves_none(cast: Cast) -> None:
    _, waiting = displays.offer(None)
    made = displays.pair(cast.emile, waiting.code, Wish(name="Hall"))
    before = value("SELECT MAX(seq) FROM history")
    changed = displays.change_display(cast.emile, made.id, Wish(name="Accueil", team=N1))
    assert (changed.name, changed.team) == ("Accueil", N1)
    displays.change_display(cast.emile, made.id, Wish(name="Accueil", team=N1))
    assert value("SELECT MAX(seq) FROM history") == before + 2
    assert value("SELECT fact FROM history WHERE seq = :seq", seq=before + 1) == Fact.DISPLAY_CHANGED


def test_only_an_administrator_manages_displays(cast: Cast) -> None:
    _, waiting = displays.offer(None)
    made = displays.pair(cast.emile, waiting.code, Wish(name="Hall"))
    _, other = displays.offer(None)
    for actor in (cast.alice, cast.chloe, cast.diane):
        with pytest.raises(Forbidden):
            displays.pair(actor, other.code, Wish(name="Autre"))
        with pytest.raises(Forbidden):
            displays.change_display(actor, made.id, Wish(name="Autre"))
        with pytest.raises(Forbidden):
            displays.revoke(actor, made.id)
        with pytest.raises(Forbidden):
            displays.every(actor)
        with pytest.raises(Forbidden):
            displays.sites(actor)
    assert [each.name for each in displays.every(cast.emile)] == ["Hall"]


def test_that_a_display_was_seen_is_kept_to_the_minute(cast: Cast, clock: MovedClock) -> None:
    secret, waiting = displays.offer(None)
    displays.pair(cast.emile, waiting.code, Wish(name="Hall"))
    displays.display_of(secret)
    first = service_clock.now()
    clock.forward(seconds=59)
    displays.display_of(secret)
    assert displays.every(cast.emile)[0].seen_at == first
    clock.forward(seconds=1)
    displays.display_of(secret)
    assert displays.every(cast.emile)[0].seen_at == service_clock.now()


def test_a_row_names_the_sites_of_the_assets_that_it_touches(cast: Cast) -> None:
    lyon = cmdb.create(cast.emile, ItemKind.ASSETS, {"name": "FW-LYON-01", "type": "network", "location": "Lyon"})
    incident = an_incident(cast.alice, links={"assets": [lyon.id]})
    without = an_incident(cast.alice)
    rows = {row["id"]: row["sites"] for row in board.open_rows()}
    assert rows == {incident.id: ["Lyon"], without.id: []}
    assert displays.sites(cast.emile) == ("Lyon",)
    with db.read_session() as session:
        assert queries.sites_of(session, [without.id]) == {}
    assert wall.today(PARIS, site="Lyon")["created"] == 1


def test_the_figures_of_today_are_those_of_the_view(cast: Cast, clock: MovedClock) -> None:
    """Midnight is the organisation's; shares and means are of first resolutions, as in the reports."""
    assert wall.today(PARIS) == {"created": 0, "resolved": 0, "share": None, "mean_s": None}
    begun = in_progress(cast.alice, team=N1)
    clock.forward(hours=1)
    lifecycle.resolve(cast.alice, begun.reference, code="fixed", summary="Relancé.")
    an_incident(cast.alice)
    assert wall.today(PARIS) == {"created": 2, "resolved": 1, "share": 1.0, "mean_s": 3600}
    with db.read_session() as session:
        assert queries.displays(session) == []
    clock.forward(days=1)
    assert wall.today(PARIS) == {"created": 0, "resolved": 0, "share": 1.0, "mean_s": 3600}
    clock.forward(days=31)
    assert wall.today(PARIS)["share"] is None
