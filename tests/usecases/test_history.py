"""The history: complete, in order, and broken visibly (S4, S100, S129 to S139, S143, S146)."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from data import db
from data.vocabulary import Action, Fact
from services import audit, chain, incidents, lifecycle, people, sessions, tokens
from services.clock import MovedClock
from services.reports.wording import said
from services.views import EntryView, IncidentView
from tests.dump import drop_the_guards, execute, value
from tests.personas import INFRASTRUCTURE, N1, N2, PARIS, PASSWORD, SECRET, Cast, an_incident, in_progress

Given = dict[str, Any]
# Forgeries of one kind: the reading is the same on both.
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

# A whole life: what is done, and the lines that it leaves.
SCRIPT: list[tuple[Callable[..., object], Given, list[tuple[str, str | None]]]] = [
    (lifecycle.take, {}, [("status_changed", "take")]),
    (lifecycle.start, {}, [("status_changed", "start")]),
    (incidents.comment, {"body": "Je regarde."}, [("commented", None)]),
    (incidents.comment, {"body": "Nous nous en occupons.", "visibility": "public"}, [("commented", None)]),
    (incidents.edit, {"changes": {"priority": "high"}, "reason": "Contournement"}, [("priority_changed", None)]),
    (
        incidents.edit,
        {"changes": {"title": "Messagerie lente", "category": "network", "impact": "multi_client"}},
        [("field_changed", None)] * 3,
    ),
    (lifecycle.hold, {"reason": "supplier", "text": "Ticket 4711"}, [("status_changed", "hold")]),
    (lifecycle.assign, {"assignee": "alice", "team": N1}, [("assigned", "assign")]),
    (lifecycle.resume, {}, [("status_changed", "resume")]),
    (
        lifecycle.escalate,
        {"mode": "functional", "team": INFRASTRUCTURE, "reason": "Commutateur"},
        [("status_changed", "escalate")],
    ),
    (lifecycle.assign, {"team": N1}, [("assigned", "assign")]),
    (lifecycle.take_and_start, {}, [("assigned", "take"), ("status_changed", "start")]),
    (lifecycle.resolve, {"code": "fixed", "summary": "Remplacé"}, [("status_changed", "resolve")]),
    (lifecycle.reopen, {"reason": "Toujours lent"}, [("status_changed", "reopen")]),
    (lifecycle.resolve, {"code": "workaround", "summary": "Par l'autre"}, [("status_changed", "resolve")]),
    (lifecycle.close, {}, [("status_changed", "close")]),
]


def lines(cast: Cast, incident: IncidentView) -> tuple[EntryView, ...]:
    return incidents.history(cast.emile, incident.reference).entries


def told(line: EntryView) -> tuple[str, str, str]:
    """Who, what and about what, as on paper."""
    words = said(line, "fr", PARIS)
    return words.who, words.verb, words.about


def live(cast: Cast, clock: MovedClock) -> IncidentView:
    """An incident that has gone through the whole script."""
    created = an_incident(cast.alice)
    for action, given, _ in SCRIPT:
        clock.forward(seconds=20)
        action(cast.alice, created.reference, **given)
    return created


def test_every_action_of_a_whole_life_is_there_in_order_and_none_is_missing(cast: Cast, clock: MovedClock) -> None:
    """S4, S129, S131: count of events = count of actions."""
    found = [(line.fact.value, line.details.get("action")) for line in lines(cast, live(cast, clock))]
    assert found == [("created", None)] + [line for _, _, left in SCRIPT for line in left]


def test_every_line_has_its_actor_and_its_instant(cast: Cast, clock: MovedClock) -> None:
    """S130, S131, S146."""
    created = live(cast, clock)
    found = lines(cast, created)
    assert {line.actor.login for line in found if line.actor} == {"alice"}
    instants = [line.at for line in found]
    assert instants == sorted(instants)
    assert (instants[0] - created.created_at).total_seconds() == 0
    assert (instants[-1] - created.created_at).total_seconds() == 20 * len(SCRIPT)
    assert [line.seq for line in found] == list(range(found[0].seq, found[0].seq + len(found)))


def test_every_changed_field_has_its_old_and_its_new_value(cast: Cast) -> None:
    """S132; rules: old and new value for every field."""
    created = an_incident(cast.alice, severity="minor")
    changes = {
        "title": "Autre",
        "description": "Autre chose",
        "category": "access",
        "source": "phone",
        "severity": None,
        "impact": "enterprise",
    }
    before = {name: getattr(created, name) for name in changes}
    incidents.edit(cast.alice, created.reference, changes)
    noted = {line.details["field"]: line.details for line in lines(cast, created)[1:]}
    assert {name: (details["from"], details["to"]) for name, details in noted.items()} == {
        name: (before[name], value) for name, value in changes.items()
    }


def test_an_assignment_says_from_whom_to_whom_by_whom(cast: Cast) -> None:
    """S100, S133."""
    created = in_progress(cast.alice, team=N1)
    lifecycle.assign(cast.diane, created.reference, assignee="bruno")
    line = lines(cast, created)[-1]
    assert line.actor is not None
    assert line.actor.login == "diane"
    assert (line.details["previous_owner"]["name"], line.details["owner"]["name"]) == ("Alice Martin", "Bruno Keller")
    about = "Alice Martin → Bruno Keller · Support N2 · En cours → Assigné"
    assert told(line) == ("Diane Leroy", "a réassigné l’incident", about)


def test_whose_it_was_is_said_of_each_way_to_have_it(cast: Cast) -> None:
    """S100, S112, S114: from nobody, a queue, a person, by taking and by starting, with another team, and up."""
    created = an_incident(cast.diane)
    steps: list[tuple[Callable[..., object], Given, str]] = [
        (lifecycle.assign, {"team": N1}, "Support N1"),
        (lifecycle.assign, {"assignee": "alice", "team": N1}, "Support N1 → Alice Martin"),
        (lifecycle.assign, {"assignee": "alice", "team": N2}, "Alice Martin (Support N1) → Alice Martin · Support N2"),
        (lifecycle.take, {}, "Alice Martin → Diane Leroy · Support N2"),
        (lifecycle.assign, {"team": N2}, "Diane Leroy → Support N2"),
        (lifecycle.assign, {"team": N1}, "Support N2 → Support N1"),
    ]
    for act, given, about in steps:
        act(cast.diane, created.reference, **given)
        assert told(lines(cast, created)[-1])[2].removesuffix(" · Nouveau → Assigné") == about
    lifecycle.start(cast.alice, created.reference)
    about = told(lines(cast, created)[-1])[2]
    assert about == "et s’est assigné l’incident · Support N1 → Alice Martin · Assigné → En cours"
    lifecycle.escalate(cast.alice, created.reference, mode="hierarchical", reason="Hors de portée.")
    verb, about = told(lines(cast, created)[-1])[1:]
    assert (verb, about) == (
        "a escaladé",
        "Alice Martin (Support N1) → Support N2 · Hiérarchique · niveau 0 → 1 · En cours → Assigné",
    )


def test_a_name_in_an_old_line_is_the_name_of_then(cast: Cast) -> None:
    created = an_incident(cast.diane, assignee="alice")
    execute("UPDATE \"user\" SET name = 'Alice Durand' WHERE login = 'alice'")
    assert lines(cast, created)[-1].details["owner"]["name"] == "Alice Martin"


def test_accounts_settings_and_sessions_are_in_the_same_chain(cast: Cast) -> None:
    """Rules, "History": settings and accounts are in the same chain."""
    people.create_user(cast.emile, login="gita", name="Gita", role="technician", password=PASSWORD)
    people.change_role(cast.emile, "gita", "dispatcher")
    people.set_active(cast.emile, "gita", False)
    tokens.issue(cast.emile, "alice", name="script")
    sessions.sign_out(sessions.sign_in("bruno", PASSWORD).actor)
    with db.bound().reader.connect() as connection:
        facts = [row[0] for row in connection.exec_driver_sql("SELECT fact FROM history ORDER BY seq")]
    assert facts[:2] == ["organisation_created", "policy_created"]
    assert facts[-6:] == ["user_created", "user_changed", "user_changed", "token_created", "signed_in", "signed_out"]
    assert audit.verify_chain().broken_at is None


def test_an_untouched_history_is_intact_and_has_a_head(cast: Cast, clock: MovedClock) -> None:
    """S143."""
    live(cast, clock)
    report = audit.verify_chain()
    assert (report.broken_at, report.lines) == (None, value("SELECT COUNT(*) FROM history"))
    assert report.head == value("SELECT hash FROM history ORDER BY seq DESC LIMIT 1")
    assert list(audit.verify_sla()) == []


@ON_SQLITE
@pytest.mark.parametrize(
    "forgery",
    [
        "details = REPLACE(details, 'take', 'tike')",
        "at = (SELECT at FROM history WHERE seq = 1)",
        "actor_id = 1",
        "incident_id = NULL",
        "fact = 'assigned'",
        "fact = 'no such fact'",
        "at = 'no instant'",
        "public = NOT public",
        "hash = REPLACE(hash, SUBSTR(hash, 1, 1), 'x')",
    ],
)
def test_an_edited_line_is_found_in_its_place(cast: Cast, clock: MovedClock, forgery: str) -> None:
    """L2: an owner who drops the triggers and edits."""
    clock.forward(minutes=5)
    taken = lifecycle.take(cast.alice, an_incident(cast.alice).reference)
    in_progress(cast.bruno)
    seq = lines(cast, taken)[-1].seq
    drop_the_guards()
    execute(f"UPDATE history SET {forgery} WHERE seq = :seq", seq=seq)
    assert audit.verify_chain().broken_at == seq


def test_an_instant_that_is_none_is_found(cast: Cast) -> None:
    """L2: PostgreSQL has an infinite one, which it writes as nothing."""
    in_progress(cast.alice)
    drop_the_guards()
    execute("UPDATE history SET at = 'infinity' WHERE seq = 5")
    assert audit.verify_chain().broken_at == 5


@pytest.mark.parametrize("key", ["-1", "9223372036854775808", "1" + 30 * "0", "true", "1.5", '"1"', "null", "[1]"])
def test_a_comment_that_no_database_could_have_is_found(cast: Cast, key: str) -> None:
    """L2: what is read beside a line is read before the line is checked."""
    incident = an_incident(cast.alice)
    incidents.comment(cast.alice, incident.reference, body="Essai")
    seq = lines(cast, incident)[-1].seq
    drop_the_guards()
    execute("UPDATE history SET details = :details WHERE seq = :seq", details=f'{{"comment":{key}}}', seq=seq)
    assert audit.verify_chain().broken_at == seq


def test_a_removed_line_is_found(cast: Cast) -> None:
    """L2."""
    in_progress(cast.alice)
    drop_the_guards()
    execute("DELETE FROM history WHERE seq = 5")
    assert audit.verify_chain().broken_at == 5


def test_a_removed_line_is_found_although_the_others_move_up(cast: Cast) -> None:
    """L2."""
    in_progress(cast.alice)
    drop_the_guards()
    execute("DELETE FROM history WHERE seq = 5")
    for seq in range(6, value("SELECT MAX(seq) FROM history") + 1):
        execute("UPDATE history SET seq = seq - 1 WHERE seq = :seq", seq=seq)
    assert audit.verify_chain().broken_at == 5


def test_two_lines_that_change_places_are_found(cast: Cast) -> None:
    """L2."""
    in_progress(cast.alice)
    drop_the_guards()
    for before, after in ((5, -1), (6, 5), (-1, 6)):
        execute("UPDATE history SET seq = :after WHERE seq = :before", before=before, after=after)
    assert audit.verify_chain().broken_at == 5


def test_a_line_that_was_slipped_in_is_found(cast: Cast) -> None:
    """L2: its writer does not have the key."""
    in_progress(cast.alice)
    head = value("SELECT MAX(seq) FROM history")
    execute(
        "INSERT INTO history (seq, at, actor_id, incident_id, fact, public, details, hash) "
        "SELECT seq + 1, at, actor_id, incident_id, fact, public, details, hash FROM history WHERE seq = :head",
        head=head,
    )
    assert audit.verify_chain().broken_at == head + 1


def test_another_key_fits_no_line(cast: Cast) -> None:
    in_progress(cast.alice)
    chain.use_secret(b"another secret")
    try:
        assert audit.verify_chain().broken_at == 1
    finally:
        chain.use_secret(SECRET)


@ON_SQLITE
@pytest.mark.parametrize("forgery", ["body = 'Tout va bien.'", "visibility = 'public'", "author_id = 1", "id = id + 1"])
def test_a_comment_that_is_no_longer_what_was_said_is_found(cast: Cast, forgery: str) -> None:
    created = in_progress(cast.alice)
    incidents.comment(cast.alice, created.reference, body="Le serveur a été redémarré sans prévenir.")
    seq = lines(cast, created)[-1].seq
    drop_the_guards()
    execute(f"UPDATE comment SET {forgery}")
    assert audit.verify_chain().broken_at == seq


def test_a_comment_that_was_taken_away_is_found(cast: Cast) -> None:
    created = in_progress(cast.alice)
    incidents.comment(cast.alice, created.reference, body="Le serveur a été redémarré sans prévenir.")
    drop_the_guards()
    execute("DELETE FROM comment")
    assert audit.verify_chain().broken_at == lines(cast, created)[-1].seq


def test_a_requester_reads_the_public_lines_without_what_is_the_team_s(cast: Cast) -> None:
    """S138, S139."""
    created = an_incident(cast.chloe)
    reference = created.reference
    lifecycle.take_and_start(cast.alice, reference)
    incidents.comment(cast.alice, reference, body="CANARI interne")
    incidents.edit(cast.alice, reference, {"severity": "minor"})
    lifecycle.hold(cast.alice, reference, reason="user", text="CANARI attente")
    lifecycle.escalate(
        cast.alice,
        lifecycle.resume(cast.alice, reference).reference,
        mode="functional",
        team=INFRASTRUCTURE,
        reason="CANARI escalade",
    )
    lifecycle.take_and_start(cast.diane, reference)
    lifecycle.resolve(cast.diane, reference, code="fixed", summary="CANARI résumé")
    seen = incidents.history(cast.chloe, reference)
    assert "CANARI" not in repr(seen)
    assert "CANARI" not in repr(incidents.get(cast.chloe, reference))
    assert {entry.fact for entry in seen.entries} == {Fact.CREATED, Fact.STATUS_CHANGED}
    path = [(entry.details["from"], entry.details["to"]) for entry in seen.entries[1:]]
    assert path[0][0] == "new"
    assert all(before[1] == after[0] for before, after in pairwise(path))
    assert {entry.details["action"] for entry in seen.entries[1:]} <= set(Action)
