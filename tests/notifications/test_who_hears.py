"""Who hears of what, by the bell and by letters, on both databases."""

from datetime import timedelta

import pytest

from data import db
from data.queries import outbox, people
from data.vocabulary import NotificationKind
from services import incidents, lifecycle, watcher
from services import people as accounts
from services.accounts import change_account
from services.clock import MovedClock
from services.errors import DeskError
from services.notifications import inbox
from services.work import Actor
from tests.notifications.conftest import ADDRESSES, BASE_URL, send_all
from tests.notifications.peers import Mailbox
from tests.personas import N1, N2, SUPPLIER, Cast, an_incident, in_progress, on_hold, resolved

CANARY = "canari-7f3a"


def kinds(actor: Actor) -> list[str]:
    """What the bell of the person shows, oldest first."""
    return [told.kind.value for told in reversed(inbox.latest(actor, "fr"))]


def test_every_member_of_the_team_hears_of_an_assignment_once(reachable: Cast, mailbox: Mailbox) -> None:
    """S93."""
    incident = an_incident(reachable.diane)
    lifecycle.assign(reachable.diane, incident.reference, team=N1)
    send_all()
    send_all()
    assert kinds(reachable.alice) == ["assigned"]
    assert kinds(reachable.bruno) == []
    (letter,) = mailbox.letters
    assert letter["To"] == ADDRESSES["alice"]
    assert incident.reference in letter["Subject"]
    assert f"{BASE_URL}/incidents/{incident.reference}" in letter.get_content()


def test_of_what_nobody_has_the_dispatchers_hear(reachable: Cast, mailbox: Mailbox, clock: MovedClock) -> None:
    """S20: « l'équipe est prévenue » is true of an incident without team, of its answers and of its clocks."""
    incident = an_incident(reachable.chloe, priority="medium")
    incidents.comment(reachable.chloe, incident.reference, body="Toujours rien ?")
    clock.forward(hours=30)
    while watcher.tell_crossings():
        pass
    assert [*dict.fromkeys(kinds(reachable.diane))] == ["created", "answered", "sla_orange", "sla_red"]
    assert (kinds(reachable.alice), kinds(reachable.emile)) == ([], [])
    send_all()
    (letter,) = mailbox.to(ADDRESSES["chloe"])
    assert "Incident enregistré" in letter["Subject"]
    assert "Incident enregistré" not in "".join(letter["Subject"] for letter in mailbox.to(ADDRESSES["diane"]))
    lifecycle.assign(reachable.alice, incident.reference, team=SUPPLIER)
    assert kinds(reachable.diane)[-1] == "assigned"  # it has no accounts: somebody of ours hears of it


def test_what_is_handed_out_at_once_is_its_owner_s(reachable: Cast) -> None:
    an_incident(reachable.alice, team=N1)
    an_incident(reachable.alice, assignee="bruno")
    an_incident(reachable.diane)
    assert (kinds(reachable.diane), kinds(reachable.bruno)) == ([], ["assigned"])


def test_without_a_dispatcher_the_administrators_hear(reachable: Cast) -> None:
    accounts.set_active(reachable.emile, "diane", active=False)
    an_incident(reachable.alice)
    assert kinds(reachable.emile) == ["created"]


def test_of_an_assigned_technician_the_team_does_not_hear(reachable: Cast) -> None:
    lifecycle.assign(reachable.diane, an_incident(reachable.diane).reference, assignee="bruno")
    assert kinds(reachable.bruno) == ["assigned"]
    assert kinds(reachable.alice) == []


def test_nobody_is_told_of_what_they_did_themselves(reachable: Cast) -> None:
    lifecycle.take(reachable.alice, an_incident(reachable.alice).reference)
    lifecycle.assign(reachable.alice, an_incident(reachable.alice).reference, team=N1)
    assert kinds(reachable.alice) == []


def test_an_escalation_reaches_the_target_team(reachable: Cast, mailbox: Mailbox) -> None:
    """S115."""
    incident = in_progress(reachable.alice, team=N1)
    lifecycle.escalate(reachable.alice, incident.reference, mode="hierarchical", reason="Trop profond")
    send_all()
    assert kinds(reachable.bruno) == ["escalated"]
    assert len(mailbox.to(ADDRESSES["bruno"])) == 1


def test_a_supplier_hears_by_mail(reachable: Cast, mailbox: Mailbox) -> None:
    """S106: and reads of no choices, which are made in an account."""
    incident = in_progress(reachable.alice)
    escalation = {"mode": "functional", "team": SUPPLIER, "reason": "Lien coupé chez vous"}
    lifecycle.escalate(reachable.alice, incident.reference, **escalation)
    send_all()
    (letter,) = mailbox.to("support@telecom.example")
    assert letter["Reply-To"] == ADDRESSES["alice"]
    assert "Lien coupé chez vous" in letter.get_content()
    assert "http" not in letter.get_content()  # nothing that only an account opens
    assert letter.get_content().splitlines()[-2:] == ["-- ", "Message envoyé par Vigie."]
    plain = an_incident(reachable.diane, description="La fibre est coupée.")
    lifecycle.assign(reachable.diane, plain.reference, team=SUPPLIER)
    send_all()
    last = mailbox.to("support@telecom.example")[-1]
    assert last["Reply-To"] == ADDRESSES["diane"]
    assert "> La fibre est coupée." in last.get_content().splitlines()
    change_account(reachable.emile, "diane", {"email": "d..l@acme.example"})  # which no header can carry
    lifecycle.assign(reachable.diane, an_incident(reachable.diane).reference, team=SUPPLIER)
    send_all()
    assert len(mailbox.to("support@telecom.example")) == 3
    lifecycle.assign(reachable.diane, an_incident(reachable.diane).reference, assignee="alice")
    send_all()
    assert "Vos choix" in mailbox.to(ADDRESSES["alice"])[-1].get_content()


def test_a_requester_hears_of_each_step_that_concerns_them(reachable: Cast, mailbox: Mailbox) -> None:
    incident = an_incident(reachable.chloe)
    lifecycle.take_and_start(reachable.alice, incident.reference)
    incidents.comment(reachable.alice, incident.reference, body="Nous regardons.", visibility="public")
    lifecycle.resolve(reachable.alice, incident.reference, code="fixed", summary="Relancé.", publish=True)
    lifecycle.reopen(reachable.alice, incident.reference, reason="Trop tôt")
    send_all()
    assert kinds(reachable.chloe) == ["replied", "resolved", "reopened"]
    subjects = [letter["Subject"] for letter in mailbox.to(ADDRESSES["chloe"])]
    assert len(subjects) == 4
    assert "Incident enregistré" in subjects[0]
    assert "Nous regardons." in mailbox.to(ADDRESSES["chloe"])[1].get_content()
    assert "Relancé." in mailbox.to(ADDRESSES["chloe"])[2].get_content()


def test_the_one_who_works_on_it_hears_the_requester(reachable: Cast) -> None:
    incident = an_incident(reachable.chloe)
    lifecycle.take(reachable.alice, incident.reference)
    incidents.comment(reachable.chloe, incident.reference, body="Toujours rien ?")
    incidents.comment(reachable.bruno, incident.reference, body="Vu de mon côté.")
    assert kinds(reachable.alice) == ["answered", "noted"]
    assert kinds(reachable.chloe) == []


def test_an_internal_comment_reaches_nobody_outside_of_the_team(reachable: Cast, mailbox: Mailbox) -> None:
    """S139: by letter or bell; not even its existence."""
    incident = an_incident(reachable.chloe)
    lifecycle.take_and_start(reachable.alice, incident.reference)
    before = len(inbox.latest(reachable.chloe, "fr"))
    incidents.comment(reachable.bruno, incident.reference, body=CANARY, visibility="internal")
    lifecycle.hold(reachable.alice, incident.reference, reason="supplier", text=CANARY)
    lifecycle.resolve(reachable.alice, incident.reference, code="fixed", summary=CANARY)
    send_all()
    assert [told.kind for told in inbox.latest(reachable.chloe, "fr")][: -before or None] == [NotificationKind.RESOLVED]
    assert all(CANARY not in letter.as_string() for letter in mailbox.letters)
    assert all(CANARY not in letter.get_content() for letter in mailbox.letters)
    assert CANARY not in repr(inbox.latest(reachable.chloe, "fr"))


def test_a_member_who_has_left_hears_nothing(reachable: Cast) -> None:
    accounts.set_active(reachable.emile, "alice", active=False)
    lifecycle.assign(reachable.diane, an_incident(reachable.diane).reference, team=N1)
    with db.read_session() as session:
        assert outbox.unread(session, [reachable.alice.user_id or 0]) == {}
        assert people.user_by_login(session, "alice") is not None


def test_reading_counts_down_and_stays_read(reachable: Cast) -> None:
    first, second = (an_incident(reachable.diane) for _ in range(2))
    for each in (first, second):
        lifecycle.assign(reachable.diane, each.reference, team=N2)
    assert inbox.unread(reachable.bruno) == 2
    inbox.mark_read(reachable.bruno, incident_id=first.id)
    assert inbox.unread(reachable.bruno) == 1
    inbox.mark_read(reachable.bruno)
    assert inbox.unread(reachable.bruno) == 0
    assert [told.read for told in inbox.latest(reachable.bruno, "fr")] == [True, True]


def test_a_refused_call_tells_nobody(reachable: Cast) -> None:
    incident = resolved(reachable.alice)
    with pytest.raises(DeskError):
        lifecycle.assign(reachable.diane, incident.reference, team=N2)
    assert kinds(reachable.bruno) == []


def test_each_hears_in_the_own_language(reachable: Cast, mailbox: Mailbox) -> None:
    accounts.prefer(reachable.alice, locale="en")
    lifecycle.assign(reachable.diane, an_incident(reachable.diane).reference, team=N1)
    send_all()
    (letter,) = mailbox.letters
    assert "has assigned the incident" in letter.get_content()


def test_a_hold_that_ends_reminds_once(reachable: Cast, clock: MovedClock) -> None:
    incident = on_hold(reachable.alice)
    lifecycle.resume(reachable.alice, incident.reference)
    until = clock.at + timedelta(hours=2)
    lifecycle.hold(reachable.alice, incident.reference, reason="change", resume_at=until)
    assert not watcher.tell_holds_over()
    clock.forward(hours=2)
    assert watcher.tell_holds_over()
    assert not watcher.tell_holds_over()
    assert kinds(reachable.alice) == ["hold_over"]


def test_who_is_mentioned_hears_of_it_and_of_nothing_twice(reachable: Cast, mailbox: Mailbox) -> None:
    """S139: also the assignee, who would have heard of the note; a mention in code is none."""
    incident = in_progress(reachable.alice)
    incidents.comment(reachable.diane, incident.reference, body="@alice et @Bruno. : voir `@emile` moi@diane.fr")
    assert kinds(reachable.alice)[-1:] == ["mentioned"]
    assert kinds(reachable.bruno) == ["mentioned"]
    assert kinds(reachable.emile) == []
    assert "mentioned" not in kinds(reachable.diane)
    (said,) = incidents.history(reachable.bruno, incident.reference).comments.values()
    assert dict(said.mentions) == {"alice": "Alice Martin", "bruno": "Bruno Keller"}


def test_a_requester_is_never_mentioned_and_mentions_nobody(reachable: Cast, mailbox: Mailbox) -> None:
    """S139, A3: neither is called into what they may not read, nor learns who stands behind a login."""
    incident = lifecycle.take_and_start(reachable.alice, an_incident(reachable.chloe).reference)
    before = kinds(reachable.chloe), kinds(reachable.bruno)
    incidents.comment(reachable.alice, incident.reference, body=f"@chloe {CANARY}")
    incidents.comment(reachable.chloe, incident.reference, body="@bruno @alice au secours")
    assert (kinds(reachable.chloe), kinds(reachable.bruno)) == before
    assert kinds(reachable.alice)[-1:] == ["answered"]
    said = incidents.history(reachable.chloe, incident.reference).comments.values()
    assert [dict(each.mentions) for each in said] == [{}]
    send_all()
    assert CANARY not in "".join(str(letter) for letter in mailbox.letters)
