"""Declaring and answering by e-mail: what becomes of a letter, once (S17, M1 to M6)."""

from base64 import b64encode
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from data import db
from data.vocabulary import ItemKind, LetterReason, LetterState, Relation, Source, Status
from services import audit, cmdb, incidents, lifecycle, relations
from services.clock import MovedClock
from services.errors import Forbidden, NotFound
from services.intake.mail import fetching, parked
from services.intake.mail import receive as module
from services.intake.mail.letter import read
from services.intake.mail.receive import PER_UNKNOWN, receive
from services.intake.mail.worker import LIMIT
from services.notifications import outbox
from services.views import CommentView, IncidentView
from tests.intake.imap import ImapMailbox
from tests.intake.letters import PNG, raw, received, written
from tests.notifications.conftest import ADDRESSES, send_all
from tests.notifications.peers import Mailbox
from tests.personas import Cast, an_incident

CHLOE, ALICE, STRANGER = ADDRESSES["chloe"], ADDRESSES["alice"], "nobody@elsewhere.example"
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
OUTSIDE = ("Subject", "From", "To", "Message-ID", "References", "Auto-Submitted")


def declared(cast: Cast) -> list[IncidentView]:
    """All incidents, in the order of declaration."""
    with db.bound().reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT reference FROM incident ORDER BY id").all()
    return [incidents.get(cast.emile, reference) for (reference,) in rows]


def said(cast: Cast, reference: str) -> list[CommentView]:
    return list(incidents.history(cast.emile, reference).comments.values())


def told(cast: Cast, box: Mailbox, reference: str) -> str:
    """The Message-ID of the letter by which Chloé reads an answer to her incident."""
    incidents.comment(cast.alice, reference, body="Avez-vous redémarré ?", visibility="public")
    send_all()
    return str(box.to(CHLOE)[-1]["Message-ID"])


def waiting(cast: Cast) -> list[tuple[str, LetterReason]]:
    """Sender and reason of what is parked, the newest first."""
    return [(each.sender, each.reason) for each in parked.quarantine(cast.diane).letters]


def test_a_letter_of_an_account_becomes_an_incident_and_its_answer_a_comment(
    reachable: Cast, mailbox: Mailbox, inbox: ImapMailbox
) -> None:
    """S17: from the mailbox to the incident and back; the source says so by itself, files and refusals included."""
    inbox.put(
        written(f"Chloé <{CHLOE}>", "Re: TR : Écran noir", "Depuis ce matin.\n-- \nChloé", files=[("a.png", PNG)])
    )
    inbox.put(written(CHLOE, "Deux", files=[("virus.exe", b"MZ"), ("vide.txt", b"")]))
    assert fetching.fetch() is False
    assert inbox.seen == {1, 2}
    one, two = declared(reachable)
    assert (one.title, one.description, one.source, one.requester.login) == (
        *("Écran noir", "Depuis ce matin.", Source.EMAIL, "chloe"),
    )
    assert (one.priority, one.category, one.status) == ("medium", "other", "new")
    assert [file.name for file in incidents.history(reachable.chloe, one.reference).files.values()] == ["a.png"]
    assert "virus.exe" in two.description
    assert "vide.txt" in two.description
    send_all()
    receipts = mailbox.to(CHLOE)
    assert [str(letter["Auto-Submitted"]) for letter in receipts] == ["auto-generated"] * 2
    assert not any("Écran" in letter.as_string() or "matin" in letter.as_string() for letter in receipts)  # M2

    inbox.put(written(CHLOE, "Re: x", "Oui.\n\nOn Monday, 1, Vigie wrote:\n> ?", in_reply_to=receipts[0]["Message-ID"]))
    fetching.fetch()
    assert [(each.author.login, each.body, each.visibility) for each in said(reachable, one.reference)] == [
        ("chloe", "Oui.", "public")
    ]
    assert len(declared(reachable)) == 2
    assert audit.verify_chain().broken_at is None


def test_an_answer_does_what_it_does_on_the_portal(reachable: Cast, mailbox: Mailbox, file_folder: Path) -> None:
    """S17, S41: the wait for the user is over; after the resolution it is to be reviewed. The letter says so."""
    outbox.configure(replace(outbox.terms(), answers=True))
    one = an_incident(reachable.chloe, team=None).reference
    lifecycle.take_and_start(reachable.alice, one)
    ours = told(reachable, mailbox, one)
    lifecycle.hold(reachable.alice, one, reason="user")
    assert "répondre à cet e-mail" in mailbox.to(CHLOE)[-1].get_content()
    assert not any("répondre à cet e-mail" in each.get_content() for each in mailbox.letters if each["To"] != CHLOE)
    answer = written(CHLOE, text="Fait.", references=f"<a@b.example> {ours}", files=[("b.png", PNG), ("c.exe", b"MZ")])
    assert received(answer) is LetterState.ANSWERED
    assert incidents.get(reachable.alice, one).status is Status.IN_PROGRESS
    last = said(reachable, one)[-1]
    assert [file.name for file in last.files] == ["b.png"]
    assert last.body.startswith("Fait.")
    assert "c.exe" in last.body
    late = {"in_reply_to": "<late@acme.example>", "references": f"{ours} <late@acme.example>"}
    assert received(written(CHLOE, text="Deux", **late)) is LetterState.ANSWERED  # M5: before the one that it answers
    assert received(written(CHLOE, text="Un", in_reply_to=ours, message_id="<late@acme.example>"))
    assert [each.body for each in said(reachable, one)[-2:]] == ["Deux", "Un"]
    lifecycle.resolve(reachable.alice, one, code="fixed", summary="Fait.")
    assert received(written(CHLOE, text="Non.", in_reply_to=ours)) is LetterState.ANSWERED
    assert incidents.get(reachable.alice, one).to_review
    lifecycle.close(reachable.alice, one)
    assert received(written(CHLOE, text="Encore.", in_reply_to=ours)) is LetterState.PARKED
    assert waiting(reachable) == [(CHLOE, LetterReason.CLOSED)]
    again = parked.make_incident(reachable.diane, parked.quarantine(reachable.diane).letters[0].id, "fr")
    assert one in again.description
    assert (again.source, again.requester.login) == (Source.EMAIL, "diane")


def test_what_follows_ones_own_letter_is_related_to_what_that_became(reachable: Cast, file_folder: Path) -> None:
    """By the sender's own Message-ID, which proves nothing: nobody speaks in the earlier incident."""
    first = {"message_id": "<first@acme.example>"}
    received(written(CHLOE, **first))
    again = {"in_reply_to": "<first@acme.example>"}
    assert received(written(CHLOE, "Re: Imprimante", **again)) is LetterState.DECLARED
    assert received(written(ALICE, "Re: Imprimante", **again)) is LetterState.DECLARED
    one, two, of_alice = declared(reachable)
    assert [each.reference for each in relations.related(reachable.alice, two.reference)] == [one.reference]
    assert relations.related(reachable.alice, of_alice.reference) == ()
    lifecycle.start_and_resolve(reachable.alice, one.reference, code="fixed", summary="Fait.")
    lifecycle.close(reachable.alice, one.reference)
    received(written(CHLOE, "Re: Imprimante", **again))
    (related,) = relations.related(reachable.alice, declared(reachable)[-1].reference)
    assert (related.reference, related.kind) == (one.reference, Relation.RECURRENCE)


@SQLITE
def test_no_letter_speaks_for_the_team_and_none_without_the_seal_speaks_at_all(
    reachable: Cast, mailbox: Mailbox
) -> None:
    """M3: a hundred forgeries; a guessed reference, a guessed Message-ID, a real one in another's name."""
    one = an_incident(reachable.chloe, team=None).reference
    ours = told(reachable, mailbox, one)
    incidents.comment(reachable.chloe, one, body="Oui.")
    key, _, seal = ours.strip("<>").partition("@")[0].partition(".")
    seq, _, rest = key.partition("-")
    forged = [
        *("", f"<{one}@acme.example>", f"<{key}@acme.example>", f"<{key}.{'a' * 32}@acme.example>"),
        *(f"<{int(seq) + 1}-{rest}.{seal}@acme.example>", f"<{seq}-user-1-email.{seal}@acme.example>"),
        *(f"<{key}.{seal[:-1]}@acme.example>", f"<{key}.{seal.upper()}@acme.example>", f"<{key}..{seal}@acme.example>"),
    ]
    before, count = len(said(reachable, one)), len(mailbox.letters)
    tries = list(product(("alice", "bruno", "diane", "emile", ""), [*forged, ours], ("In-Reply-To", "References")))
    assert len(tries) == 100
    for who, proof, header in tries:
        sender = ADDRESSES.get(who, STRANGER)
        state = received(raw(f"From: {sender}", f"Subject: Re: [{one}] x", f"{header}: {proof}", f"X: {sender}"))
        expected = LetterState.DECLARED if who and proof != ours else LetterState.PARKED
        assert state is expected, (who, proof, header)
    for proof in forged:
        assert received(written(CHLOE, in_reply_to=proof or "x")) is LetterState.DECLARED
    assert len(said(reachable, one)) == before
    assert {each.author.login for each in declared_comments(reachable)} == {"alice", "chloe"}
    send_all()
    assert not [letter for letter in mailbox.letters[count:] if letter["To"] == STRANGER]
    assert received(written(CHLOE, in_reply_to=ours)) is LetterState.ANSWERED


def declared_comments(cast: Cast) -> list[CommentView]:
    return [each for incident in declared(cast) for each in said(cast, incident.reference)]


def test_a_letter_that_comes_fifty_times_at_once_is_one(reachable: Cast, file_folder: Path) -> None:
    """M5."""
    one = written(CHLOE, files=[("a.png", PNG)])
    letter = read(one)
    with ThreadPoolExecutor(10) as threads:
        states = Counter(threads.map(lambda _: receive(one, letter), range(50)))
    assert states == {LetterState.DECLARED: 1, None: 49}
    assert len(declared(reachable)) == 1
    same_id = written(CHLOE, "Autre", message_id=letter.message_id)
    assert received(same_id) is None
    assert received(written(STRANGER, message_id=letter.message_id)) is LetterState.PARKED  # it keeps no other's out
    nameless = raw(f"From: {CHLOE}", "Subject: Sans nom")
    assert [received(nameless) for _ in range(3)] == [LetterState.DECLARED, None, None]


def test_a_crash_between_the_commit_and_the_flag_leaves_one_incident(reachable: Cast, inbox: ImapMailbox) -> None:
    """M5; and of what waits, some at a time."""
    inbox.put(written(CHLOE))
    inbox.deaf = True
    assert fetching.fetch() is False
    assert (len(declared(reachable)), inbox.seen) == (1, set())
    inbox.deaf = False
    for _ in range(fetching.AT_ONCE):
        inbox.put(raw("From: x", "Auto-Submitted: auto-replied", f"Message-ID: <{_}@x>"))
    assert [fetching.fetch(), fetching.fetch()] == [True, False]
    assert (len(declared(reachable)), len(inbox.seen)) == (1, fetching.AT_ONCE + 1)


@SQLITE
def test_strangers_are_parked_so_many_an_hour_and_told_nothing(
    reachable: Cast, mailbox: Mailbox, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M2, M3: nobody is answered; accounts are bounded too, since a sender is easily made up."""
    monkeypatch.setattr(module, "WAITING", 40)
    monkeypatch.setattr(module, "PER_ACCOUNT", 5)
    states = Counter(received(written(STRANGER, f"n {n}")) for n in range(30))
    assert states == {LetterState.PARKED: PER_UNKNOWN, LetterState.DROPPED: 30 - PER_UNKNOWN}
    assert received(written("other@elsewhere.example")) is LetterState.PARKED
    clock.forward(hours=1)
    assert received(written(STRANGER)) is LetterState.PARKED
    assert parked.quarantine(reachable.diane).passed_over == {LetterReason.UNKNOWN_SENDER: 10}
    states = Counter(received(written(CHLOE, f"n {n}")) for n in range(6))
    assert states == {LetterState.DECLARED: 5, LetterState.PARKED: 1}
    states = Counter(received(written(f"forged{n}@elsewhere.example")) for n in range(30))
    assert states == {LetterState.PARKED: 17, LetterState.DROPPED: 13}
    assert len(waiting(reachable)) == 40
    send_all()
    assert {str(letter["To"]) for letter in mailbox.letters} <= set(ADDRESSES.values())
    clock.forward(days=31)
    assert fetching.forget() is False
    assert parked.quarantine(reachable.diane).passed_over == {}


def test_what_no_person_wrote_and_our_own_letters_make_nothing(
    reachable: Cast, mailbox: Mailbox, inbox: ImapMailbox
) -> None:
    """M1: answers by machines, bounces, bulk, our own address, and each letter that Vigie sends."""
    an_incident(reachable.chloe)
    send_all()
    ours = [letter.as_bytes() for letter in mailbox.letters]
    machines = [
        raw(f"From: {CHLOE}", header, f"Message-ID: <{n}@x.example>")
        for n, header in enumerate(("Auto-Submitted: auto-replied", "Precedence: bulk", "Return-Path: <>"))
    ]
    own = [written("Vigie <vigie@acme.example>"), written("VIGIE@acme.example")]
    assert {received(each) for each in (*ours, *machines, *own)} == {LetterState.IGNORED}
    assert (len(declared(reachable)), waiting(reachable)) == (1, [])


PAYLOADS = ("a\r\nBcc: evil@x.example", "a\nX-Evil: 1", "a\rb", "a\x00b", "a\u2028Bcc: x", "a\x0b\x85b")


@SQLITE
def test_no_header_of_a_letter_becomes_one_of_ours(reachable: Cast, mailbox: Mailbox) -> None:
    """M6: each payload in each header that is read, as it is and encoded; nothing is injected, nothing raises."""
    for number, (header, payload) in enumerate(product(("Subject", "From", "Message-ID", "In-Reply-To"), PAYLOADS)):
        value = f"=?utf-8?b?{b64encode(payload.encode()).decode()}?= {payload}"
        lines = [f"From: {value} <{CHLOE}>"] if header == "From" else [f"From: {CHLOE}", f"{header}: {value}"]
        received(raw(f"X-Number: {number}", *lines))
    found = declared(reachable)
    assert len(found) >= 18  # a `From` that is in doubt is parked
    for each in found:
        incidents.comment(reachable.alice, each.reference, body="Vu.", visibility="public")
    send_all()
    sent = mailbox.to(CHLOE)
    assert len(sent) == 2 * len(found)
    for letter in mailbox.letters:
        assert not {"Bcc", "X-Evil"} & set(letter.keys())
        assert all(str(letter[name]).isprintable() for name in OUTSIDE if letter[name])


@SQLITE
def test_what_is_parked_is_dealt_with_once_and_by_whom_it_may(reachable: Cast, mailbox: Mailbox) -> None:
    """S17: the dispatcher's incident names the sender and links the employee; an answer becomes an internal note."""
    employee = cmdb.create(reachable.emile, ItemKind.EMPLOYEES, {"name": "Paul Roy", "email": "Paul@Elsewhere.example"})
    one = an_incident(reachable.chloe, team=None).reference
    told(reachable, mailbox, one)
    incidents.comment(reachable.chloe, one, body="Bonjour")
    received(written("paul@elsewhere.example", "Porte", "Bloquée.", files=[("p.png", PNG)]))
    ours = str(mailbox.to(CHLOE)[-1]["Message-ID"])
    received(written(ALICE, text="Je passe demain.", in_reply_to=ours))
    received(written(STRANGER, "Publicité"))
    ad, of_alice, of_paul = parked.quarantine(reachable.emile).letters
    assert (of_alice.reason, of_alice.reference, of_alice.open) == (LetterReason.OF_THE_TEAM, one, True)
    for call in (parked.quarantine, lambda who: parked.discard(who, ad.id)):
        for who in (reachable.alice, reachable.chloe):
            with pytest.raises(Forbidden):
                call(who)
    made = parked.make_incident(reachable.diane, of_paul.id, "fr")
    assert (made.title, made.source, made.requester.login) == ("Porte", Source.EMAIL, "diane")
    assert "paul@elsewhere.example" in made.description
    assert "p.png" in made.description
    assert [link.id for link in made.links[ItemKind.EMPLOYEES]] == [employee.id]
    assert parked.add_to_incident(reachable.diane, of_alice.id, "fr") == one
    last = said(reachable, one)[-1]
    assert (last.author.login, last.visibility) == ("diane", "internal")
    parked.discard(reachable.diane, ad.id)
    assert waiting(reachable) == []
    for each in (ad, of_alice, of_paul):
        with pytest.raises(NotFound):
            parked.discard(reachable.diane, each.id)
    with db.bound().reader.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM letter WHERE text <> '' OR files <> ''").scalar() == 0


@SQLITE
def test_letters_that_are_too_large_or_cannot_be_read_are_listed_and_hold_nothing_up(
    reachable: Cast, inbox: ImapMailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M4: of one that is too large the head alone is fetched; a bug of ours is no reason to stop."""
    inbox.put(raw(f"From: {STRANGER}", "Subject: Gros", text="x" * LIMIT))
    inbox.put(b"Content-Type: message/rfc822\r\n\r\n" * 2_000)
    inbox.put(written(CHLOE))
    fetching.fetch()
    assert waiting(reachable) == [("", LetterReason.UNREADABLE), (STRANGER, LetterReason.TOO_LARGE)]
    assert len(declared(reachable)) == 1
    bug = iter([ValueError("a bug")])

    def declare(*given: object, **named: object) -> int:
        raise next(bug)

    monkeypatch.setattr(incidents, "declare", declare)
    inbox.put(written(CHLOE))
    fetching.fetch()
    assert waiting(reachable)[0] == (CHLOE, LetterReason.UNREADABLE)
    assert parked.quarantine(reachable.diane).letters[0].text == "Elle clignote."
    assert inbox.seen == {1, 2, 3, 4}
