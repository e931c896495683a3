"""Bad input: each field is named, nothing is written, and both databases say the same ("Bad input", X5, §3.4)."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services import board, drafts, incidents, lifecycle, organisation, people, sessions, teams, tokens
from services.board import Query
from services.errors import BadCredentials, DeskError, Forbidden, Invalid, NotFound, Unauthenticated
from services.figures import report
from services.work import Actor
from tests.dump import dump
from tests.personas import PARIS, PASSWORD, Cast, an_incident, in_progress

NUL, SURROGATE, ESCAPE, BIDI, NOT_A_CHARACTER = "a\0b", "a\ud800b", "a\x1b[31mb", "a\u202eb", "a\ufffeb"
UNPRINTABLE = [NUL, SURROGATE, ESCAPE, BIDI, NOT_A_CHARACTER]
NOT_A_TEXT: list[Any] = [7, True, 1.5, ["x"], {"x": 1}, b"x"]
NOT_A_CODE: list[Any] = [
    "Critical",
    "",
    " critical",
    "x" * 10_000,
    NUL,
    SURROGATE,
    7,
    ["critical"],
    {"a": 1},
    float("nan"),
]
NOT_A_TEAM: list[Any] = [
    "Support N9",
    0,
    -1,
    2**31,
    2**63,
    2**64,
    "999999999999999999",
    "9" * 40,
    True,
    1.5,
    [1],
    NUL,
    SURROGATE,
    "x" * 81,
]


def errors_of(call: Callable[[], object]) -> dict[str, str]:
    """Field → code of what `call` refuses; it has changed nothing."""
    with pytest.raises(Invalid) as invalid:
        call()
    for _, params in invalid.value.errors.values():
        for shown in params.values():
            str(shown).encode()  # what is told can be sent
    return {field: code for field, (code, _) in invalid.value.errors.items()}


def texts(field: str, longest: int, *, required: bool = True) -> Iterator[tuple[dict[str, Any], str]]:
    """Bad values of a text field, each with the code that names what is wrong."""
    yield from (({field: value}, "control_characters") for value in UNPRINTABLE)
    yield from (({field: value}, "wrong_type") for value in NOT_A_TEXT)
    yield {field: "x" * (longest + 1)}, "too_long"
    if required:
        yield from (({field: value}, "required") for value in (None, "", " \t\r\n ", "\u00a0\u2003"))


def codes(field: str, *, required: bool = True) -> Iterator[tuple[dict[str, Any], str]]:
    for value in NOT_A_CODE:
        if value:
            yield {field: value}, "unknown_value"
        elif required:
            yield {field: value}, "required"


def owners() -> Iterator[tuple[dict[str, Any], str]]:
    yield from (({"team": value}, "unknown") for value in NOT_A_TEAM if value not in (NUL, SURROGATE, "x" * 81))
    yield from (({"team": value}, "control_characters") for value in (NUL, SURROGATE))
    yield {"team": "x" * 81}, "too_long"
    yield from (({"assignee": value}, "wrong_type") for value in NOT_A_TEXT)
    yield from (({"assignee": value}, "control_characters") for value in UNPRINTABLE)
    yield from (({"assignee": value}, "unknown") for value in ("nobody", "2", "' OR 1=1 --", "É"))


def test_every_bad_value_of_a_declaration_is_named(cast: Cast) -> None:
    bad = [
        *texts("title", 200),
        *texts("description", 20_000),
        *codes("category"),
        *codes("priority"),
        *codes("source"),
        *codes("severity", required=False),
        *codes("impact", required=False),
        *owners(),
    ]
    before = dump()
    for given, code in bad:
        assert errors_of(lambda given=given: an_incident(cast.alice, **given)) == {next(iter(given)): code}, repr(
            given
        )[:80]
    assert dump() == before


def test_every_bad_value_of_an_edit_is_named(cast: Cast) -> None:
    reference = an_incident(cast.alice).reference
    bad = [
        *texts("title", 200),
        *texts("description", 20_000),
        *codes("category"),
        *codes("priority"),
        *codes("source"),
        *codes("severity", required=False),
        *codes("impact", required=False),
    ]
    before = dump()
    for given, code in bad:
        assert errors_of(lambda given=given: incidents.edit(cast.alice, reference, given)) == {next(iter(given)): code}
    for reason, code in ((NUL, "control_characters"), ("x" * 2_001, "too_long"), (7, "wrong_type")):
        wrong = errors_of(
            lambda reason=reason: incidents.edit(cast.alice, reference, {"priority": "low"}, reason=reason)
        )
        assert wrong == {"reason": code}
    assert dump() == before


def test_every_bad_value_of_an_action_is_named(cast: Cast) -> None:
    reference = in_progress(cast.alice).reference
    resolution = {"code": "fixed", "summary": "…"}
    escalation = {"mode": "hierarchical", "reason": "…"}
    before = dump()
    for action, complete, bad in (
        (lifecycle.hold, {"reason": "user"}, [*codes("reason"), *texts("text", 2_000, required=False)]),
        (lifecycle.resolve, resolution, [*codes("code"), *texts("summary", 20_000)]),
        (lifecycle.escalate, escalation, [*codes("mode"), *texts("reason", 2_000)]),
        (lifecycle.assign, {}, owners()),
    ):
        for given, code in bad:
            call = lambda a=action, g=complete | given: a(cast.alice, reference, **g)  # noqa: E731
            assert errors_of(call) == {next(iter(given)): code}, (action.__name__, repr(given)[:80])
    assert dump() == before


def test_every_bad_filter_is_named(cast: Cast) -> None:
    an_incident(cast.alice)
    for query, field in (
        ({"status": ["opened"]}, "status"),
        ({"status": [NUL]}, "status"),
        ({"priority": ["urgent"]}, "priority"),
        ({"category": [SURROGATE]}, "category"),
        ({"severity": [""]}, "severity"),
        ({"impact": ["world"]}, "impact"),
        ({"light": ["blue"]}, "light"),
        ({"team": "Support N9"}, "team"),
        ({"team": 2**63}, "team"),
        ({"team": NUL}, "team"),
        ({"assignee": "nobody"}, "assignee"),
        ({"assignee": NUL}, "assignee"),
        ({"assignee": SURROGATE}, "assignee"),
        ({"q": NUL}, "q"),
        ({"q": SURROGATE}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"sort": "title"}, "sort"),
        ({"sort": "created; DROP TABLE incident"}, "sort"),
        ({"limit": 0}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": 2**63}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"cursor": SURROGATE}, "cursor"),
        ({"cursor": NUL}, "cursor"),
        ({"cursor": "x" * 100_000}, "cursor"),
    ):
        assert set(errors_of(lambda query=query: board.page(cast.alice, Query(**query)))) == {field}, query
    for days in (0, -1, 367, 2**63):
        assert errors_of(lambda days=days: report.statistics(cast.alice, PARIS, days=days)) == {"days": "out_of_range"}


def test_a_cursor_that_somebody_has_written_is_refused(cast: Cast) -> None:
    """§3.4: an integer of 2**63 or another type in its place must not reach the database."""
    an_incident(cast.alice)
    now = "2026-06-15T08:00:00+00:00"
    at = {"at": now}
    for sort, content in (
        ("created", ["created", now, [at]]),
        ("created", ["created", now, [at, 2**63]]),
        ("created", ["created", now, [at, -1]]),
        ("created", ["created", now, [1, at]]),
        ("created", ["created", now, [at, "1"]]),
        ("created", ["created", now, [at, True]]),
        ("created", ["created", now, [at, float("inf")]]),
        ("created", ["created", now, [{"at": "2026-06-15T08:00:00"}, 1]]),
        ("created", ["created", now, [{"at": "0001-01-01T00:00:00+23:00"}, 1]]),
        ("created", ["created", "yesterday", [at, 1]]),
        ("created", ["due", now, [at, 1]]),
        ("created", ["created", now, {"at": 1}]),
        ("created", []),
        ("created", 7),
        ("urgency", ["urgency", now, [1, 2, at, at]]),
    ):
        cursor = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
        query = Query(sort=sort, cursor=cursor)
        assert errors_of(lambda query=query: board.page(cast.alice, query)) == {"cursor": "bad_cursor"}, content


ACCOUNT: dict[str, Any] = {"login": "gita", "name": "Gita", "role": "technician", "password": PASSWORD}


def test_every_bad_value_of_an_account_is_named(cast: Cast) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        *texts("name", 120),
        *codes("role"),
        *(({"login": value}, "control_characters") for value in UNPRINTABLE),
        *(({"login": value}, "bad_login") for value in ("a b", "é", "-a", "a-", "a/b", "<b>", "a'b")),
        ({"login": "x" * 65}, "too_long"),
        ({"login": "alice"}, "taken"),
        ({"login": "ALICE"}, "taken"),
        *(({"email": value}, "bad_email") for value in ("gita", "a@b", "a@b.c, d@e.f", "<a@b.c>", "a b@c.d")),
        ({"email": "a@b.c\0"}, "control_characters"),
        *(({"password": value}, "weak_password") for value in ("", "short", "x" * 9, None, 7)),
        ({"password": "x" * 201}, "too_long"),
        ({"teams": ["Support N9"]}, "unknown"),
        ({"teams": [2**63]}, "unknown"),
    ]
    before = dump()
    for given, code in bad:
        call = lambda given=given: people.create_user(cast.emile, **(ACCOUNT | given))  # noqa: E731
        assert errors_of(call) == {next(iter(given)): code}, repr(given)[:80]
    assert dump() == before


def test_every_bad_value_of_a_team_is_named(cast: Cast) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        *texts("name", 80),
        ({"name": "support n1"}, "taken"),
        ({"name": "TÉLÉCOM OUEST"}, "taken"),
        ({"parent": "Support N9"}, "unknown"),
        ({"parent": 2**63}, "unknown"),
        ({"code": "ABCDE"}, "too_long"),
        ({"email": "a\nb"}, "bad_email"),
        ({"external": True}, "required"),
    ]
    before = dump()
    for given, code in bad:
        call = lambda given=given: teams.create_team(cast.emile, **({"name": "Réseau"} | given))  # noqa: E731
        field = "email" if "external" in given else next(iter(given))
        assert errors_of(call) == {field: code}, repr(given)[:80]
    assert dump() == before


def test_what_is_too_strange_for_a_login_is_just_unknown(cast: Cast) -> None:
    strange = [NUL, SURROGATE, "x" * 100_000, "' OR 1=1 --", ""]
    before = dump()
    for login in strange:
        calls: list[tuple[Callable[[], object], type[DeskError]]] = [
            (lambda login=login: people.change_role(cast.emile, login, "admin"), NotFound),
            (lambda login=login: people.set_active(cast.emile, login, False), NotFound),
            (lambda login=login: people.set_password(cast.emile, login, PASSWORD), NotFound),
            (lambda login=login: tokens.issue(cast.emile, login, name="x"), NotFound),
            (lambda login=login: sessions.sign_in(login, PASSWORD), BadCredentials),
            (lambda login=login: sessions.resume(login), Unauthenticated),
            (lambda login=login: tokens.holder(login), Unauthenticated),
        ]
        for call, error in calls:
            with pytest.raises(error):
                call()
    for password in (NUL, SURROGATE, "x" * 1_000_000, ""):
        with pytest.raises(BadCredentials):
            sessions.sign_in("diane", password)
    assert dump() == before


def test_a_password_is_any_text_of_some_length(cast: Cast) -> None:
    """ASVS 6.2: no rule of composition; spaces, accents and emojis count as what they are."""
    for password in ("ééééé ééééé", "😀" * 10, "  x  x  x  ", "x" * 200):
        people.set_password(cast.emile, "bruno", password)
        assert sessions.sign_in("bruno", password).actor.user_id == cast.bruno.user_id


def test_bad_values_of_tokens_drafts_and_preferences_are_named(cast: Cast) -> None:
    before = dump()
    calls: list[tuple[Callable[[], object], dict[str, str]]] = [
        (lambda: tokens.issue(cast.emile, "alice", name=""), {"name": "required"}),
        (lambda: tokens.issue(cast.emile, "alice", name="x", scope="root"), {"scope": "unknown_value"}),
        (lambda: tokens.issue(cast.emile, "alice", name="x", expires_days=0), {"expires": "out_of_range"}),
        (lambda: tokens.issue(cast.emile, "alice", name="x", expires_days=2**63), {"expires": "out_of_range"}),
        (lambda: drafts.keep(cast.alice, NUL, "x"), {"place": "control_characters"}),
        (lambda: drafts.keep(cast.alice, NUL, ""), {"place": "control_characters"}),
        (lambda: drafts.keep(cast.alice, "new", SURROGATE), {"text": "control_characters"}),
        (lambda: drafts.keep(cast.alice, "new", "x" * 80_001), {"text": "too_long"}),
        (lambda: drafts.kept(cast.alice, NUL), {"place": "control_characters"}),
        (lambda: people.prefer(cast.alice, locale="de"), {"locale": "unknown_value"}),
        (lambda: people.prefer(cast.alice, theme="pink"), {"theme": "unknown_value"}),
    ]
    for call, errors in calls:
        assert errors_of(call) == errors
    assert dump() == before


def test_people_and_teams_are_the_administrators_affair(cast: Cast) -> None:
    before = dump()
    for actor in (cast.alice, cast.bruno, cast.chloe, cast.diane):
        calls: list[Callable[[], object]] = [
            lambda actor=actor: people.create_user(actor, **ACCOUNT),
            lambda actor=actor: people.change_role(actor, "alice", "admin"),
            lambda actor=actor: people.set_active(actor, "emile", False),
            lambda actor=actor: people.set_password(actor, "emile", PASSWORD),
            lambda actor=actor: teams.create_team(actor, name="Réseau"),
            lambda actor=actor: tokens.issue(actor, "emile", name="x"),
        ]
        for call in calls:
            with pytest.raises(Forbidden):
                call()
    assert dump() == before


def test_a_key_for_a_call_is_a_line_of_text(cast: Cast) -> None:
    new = incidents.NewIncident(title="x", description="x", category="other", priority="low")
    before = dump()
    for key, code in (
        (NUL, "control_characters"),
        (SURROGATE, "control_characters"),
        ("x" * 201, "too_long"),
        ("", "required"),
    ):
        assert errors_of(lambda key=key: incidents.create(cast.alice, new, key=key)) == {"Idempotency-Key": code}
    assert dump() == before


@pytest.mark.usefixtures("cast")
def test_an_organisation_is_founded_once() -> None:
    before = dump()
    with pytest.raises(DeskError, match="already_set_up"):
        organisation.set_up(organisation="Autre", login="eve", admin_name="Ève", email=None, password=PASSWORD)
    assert dump() == before


def test_before_the_set_up_nobody_is_anybody(desk: str) -> None:
    assert desk
    assert organisation.is_set_up() is False
    with pytest.raises(Unauthenticated):
        an_incident(Actor(1))
    with pytest.raises(BadCredentials):
        sessions.sign_in("emile", PASSWORD)
