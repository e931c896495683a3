"""What is fetched of a mailbox that does not do all that it is asked, and of one that is flooded (M2, M4, M5)."""

import pytest

from data.vocabulary import LetterState
from services.intake.mail import fetching, parked
from services.intake.mail import receive as module
from services.intake.mail.mailbox import Server, Trouble
from tests.intake.imap import ImapMailbox
from tests.intake.letters import received, written
from tests.intake.test_receiving import CHLOE, SQLITE, declared, told
from tests.notifications.peers import Mailbox
from tests.personas import Cast, an_incident


@SQLITE
@pytest.mark.parametrize("how", ["held", "hollow", "stuck"])
def test_a_letter_that_the_server_holds_back_holds_no_other_up_and_is_not_lost(
    reachable: Cast, mailbox: Mailbox, inbox: ImapMailbox, how: str
) -> None:
    """A damaged letter, which Exchange refuses to hand out, is asked for first each time: the others are received."""
    for title in ("Un", "Deux", "Trois"):
        inbox.put(written(CHLOE, title))
    getattr(inbox, how).add(1)
    received_at_once = ["Un", "Deux", "Trois"] if how == "stuck" else ["Deux", "Trois"]
    assert [fetching.fetch(), fetching.fetch()] == [False, False]
    assert [each.title for each in declared(reachable)] == received_at_once
    state = fetching.state()
    assert state is not None
    assert (inbox.seen, state.held, state.trouble) == ({2, 3}, 1, None)
    getattr(inbox, how).clear()
    fetching.fetch()
    assert sorted(each.title for each in declared(reachable)) == ["Deux", "Trois", "Un"]
    state = fetching.state()
    assert state is not None
    assert (inbox.seen, state.held) == ({1, 2, 3}, 0)


@SQLITE
def test_however_many_are_held_back_the_others_are_received(
    reachable: Cast, mailbox: Mailbox, inbox: ImapMailbox
) -> None:
    """Those that were asked for in vain come last the next time."""
    damaged = range(1, 2 * fetching.IN_VAIN + 1)
    for number in (*damaged, "Le bon"):
        inbox.put(written(CHLOE, str(number)))
    inbox.held.update(damaged)
    for _ in range(3):
        fetching.fetch()
    assert [each.title for each in declared(reachable)] == ["Le bon"]
    state = fetching.state()
    assert state is not None
    assert state.held == len(damaged)


@SQLITE
def test_since_when_a_mailbox_is_away_is_known_until_it_is_back(
    reachable: Cast, mailbox: Mailbox, inbox: ImapMailbox
) -> None:
    assert fetching.state() is None
    good, wrong = inbox.url(), inbox.url().replace("pass%22word", "guess")
    fetching.use(Server.of(wrong))
    for _ in range(2):
        assert fetching.fetch() is False
    first = fetching.state()
    fetching.fetch()
    again = fetching.state()
    assert first is not None
    assert again is not None
    assert (again.trouble, again.since, again.host) == (Trouble.LOGIN, first.since, "127.0.0.1")
    assert parked.quarantine(reachable.diane).mailbox == again
    fetching.use(Server.of(good))
    fetching.fetch()
    back = fetching.state()
    assert back is not None
    assert (back.trouble, back.since) == (None, None)


@SQLITE
def test_forged_letters_do_not_use_up_what_their_victim_may_answer(
    reachable: Cast, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M2, M3: a `From` is enough to declare and easily made up; an answer carries a seal, and is counted by itself."""
    monkeypatch.setattr(module, "PER_ACCOUNT", 3)
    one = an_incident(reachable.chloe, team=None).reference
    ours = told(reachable, mailbox, one)
    flood = [received(written(CHLOE, f"n {n}")) for n in range(5)]
    assert flood == [LetterState.DECLARED] * 3 + [LetterState.PARKED] * 2
    answers = [received(written(CHLOE, text=f"Oui {n}", in_reply_to=ours)) for n in range(4)]
    assert answers == [LetterState.ANSWERED] * 3 + [LetterState.PARKED]
