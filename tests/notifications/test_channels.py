"""Channels: Apprise and signed webhooks to real receivers, and where they may not reach."""

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import db
from data.queries import outbox
from data.vocabulary import Medium
from services import audit_log, chain, incidents, lifecycle
from services.clock import MovedClock
from services.errors import DeskError, Forbidden, Invalid, NotFound
from services.notifications import channels, delivery, reach
from services.notifications.channels import ChannelView
from services.work import Actor
from tests.dump import dump
from tests.notifications.conftest import send_all
from tests.notifications.peers import Receiver, web_server
from tests.personas import N1, N2, PARIS, SECRET, Cast, an_incident

CANARY = "canari-91c2"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on loopback, which is allowed until the test ends."""
    reach.allow(["127.0.0.0/8"])
    with web_server() as running:
        yield running
    reach.allow([])


def webhook(cast: Cast, receiver: Receiver, **options: object) -> tuple[ChannelView, str]:
    given: dict[str, object] = {"name": "Supervision", "medium": "webhook"}
    return channels.create(
        cast.emile,
        **(given | {"address": f"http://127.0.0.1:{receiver.port}/hook"} | options),  # type: ignore[arg-type]
    )


def test_a_webhook_is_signed_and_says_what_happened(cast: Cast, receiver: Receiver) -> None:
    _, secret = webhook(cast, receiver, kinds=["assigned"])
    incident = an_incident(cast.diane)
    lifecycle.assign(cast.diane, incident.reference, team=N1)
    send_all(Medium.WEBHOOK)
    (call,) = receiver.calls
    stamp = call.headers["x-vigie-timestamp"]
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + call.body, hashlib.sha256).hexdigest()
    assert call.headers["x-vigie-signature"] == f"v1={expected}"
    assert abs(int(stamp) - time.time()) < 60
    told = json.loads(call.body)
    assert told["id"] == call.headers["idempotency-key"]
    assert (told["event"], told["incident"]["reference"]) == ("assigned", incident.reference)


def test_a_teams_channel_hears_of_its_team_alone_and_of_unclaimed_incidents(cast: Cast, receiver: Receiver) -> None:
    """S93: the channel gets exactly one."""
    webhook(cast, receiver, team=N1, kinds=["assigned"])
    lifecycle.assign(cast.diane, an_incident(cast.diane).reference, team=N2)
    lifecycle.assign(cast.diane, an_incident(cast.diane).reference, assignee="alice")
    lifecycle.assign(cast.diane, an_incident(cast.diane).reference, team=N1)
    send_all(Medium.WEBHOOK)
    send_all(Medium.WEBHOOK)
    assert len(receiver.calls) == 1


def test_the_same_id_is_sent_again_after_a_failure(cast: Cast, receiver: Receiver, clock: object) -> None:
    webhook(cast, receiver)
    receiver.status = 500
    an_incident(cast.chloe)
    send_all(Medium.WEBHOOK)
    (trouble,) = channels.troubles(cast.emile)
    assert "500" in trouble.error
    receiver.status = 204
    channels.retry(cast.emile, trouble.id)
    send_all(Medium.WEBHOOK)
    assert len(receiver.calls) == 2
    assert len({call.headers["idempotency-key"] for call in receiver.calls}) == 1


def test_a_redirect_is_not_followed(cast: Cast, receiver: Receiver) -> None:
    webhook(cast, receiver)
    receiver.status, receiver.headers = 302, {"Location": f"http://127.0.0.1:{receiver.port}/secret"}
    an_incident(cast.chloe)
    send_all(Medium.WEBHOOK)
    assert [call.path for call in receiver.calls] == ["/hook"]
    assert len(channels.troubles(cast.emile)) == 1


def test_of_a_huge_answer_little_is_read(cast: Cast, receiver: Receiver) -> None:
    """W2."""
    webhook(cast, receiver)
    receiver.size = 1_000 * 2**20
    an_incident(cast.chloe)
    begun = time.monotonic()
    send_all(Medium.WEBHOOK)
    assert time.monotonic() - begun < 10
    assert receiver.sent < 100 * 2**20
    assert channels.troubles(cast.emile) == ()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_receiver_that_hangs_is_given_up(cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """W2."""
    monkeypatch.setattr("services.notifications.webhook.TIMEOUT_S", 0.5)
    webhook(cast, receiver)
    receiver.delay_s = 3
    an_incident(cast.chloe)
    begun = time.monotonic()
    send_all(Medium.WEBHOOK)
    assert time.monotonic() - begun < 2.5
    assert "no answer" in channels.troubles(cast.emile)[0].error


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "localhost", "[::1]", "[::]"),
        *("[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]", "[ff02::1]"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255"),
        *("240.0.0.1", "192.0.2.1", "198.18.0.1", "no-such-host.invalid", "[::ffff:10.0.0.1]"),
        *("127.0.0.1.", "[::127.0.0.1]", "[64:ff9b:1::1]", "[2001:db8::1]", "[fe80::1%25lo]", "127.0.0.1%00.example"),
        *("[100::1]", "[2001::7f00:1]", "0", "localhost.", "１２７.0.0.1"),
    ],
)
def test_what_is_not_public_is_refused(host: str) -> None:
    """W1: no channel is a way into the machines behind Vigie."""
    with pytest.raises(reach.Unreachable):
        reach.address_of(host.strip("[]"), 80)


def test_a_name_is_looked_up_once(cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """W1: whoever answers for the name cannot give another address after the check."""
    answers = []

    def lookup(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        answers.append(host)
        address = "127.0.0.1" if len(answers) == 1 else "169.254.169.254"
        return [(2, 1, 6, "", (address, port))]

    webhook(cast, receiver, address=f"http://flip.example:{receiver.port}/hook")
    an_incident(cast.chloe)
    monkeypatch.setattr("services.notifications.reach.socket.getaddrinfo", lookup)
    send_all(Medium.WEBHOOK)
    assert answers == ["flip.example"]
    assert receiver.calls[0].headers["host"] == f"flip.example:{receiver.port}"


def test_apprise_reaches_a_real_receiver(cast: Cast, receiver: Receiver) -> None:
    channels.create(
        cast.emile, name="Salon", medium="apprise", address=f"json://127.0.0.1:{receiver.port}/salon", team=N1
    )
    incident = an_incident(cast.diane)
    lifecycle.assign(cast.diane, incident.reference, team=N1)
    send_all(Medium.APPRISE)
    (call,) = receiver.calls
    told = json.loads(call.body)
    assert incident.reference in told["title"]
    assert "Support N1" in told["message"]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_apprise_too_stays_away_from_what_is_not_public(cast: Cast) -> None:
    with web_server() as receiver:
        channels.create(cast.emile, name="Salon", medium="apprise", address=f"json://127.0.0.1:{receiver.port}/x")
        an_incident(cast.chloe)
        send_all(Medium.APPRISE)
        assert receiver.calls == []
    assert "VIGIE_WEBHOOK_ALLOW" in channels.troubles(cast.emile)[0].error


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_no_option_of_an_apprise_address_leads_to_another_machine_than_its_host(cast: Cast) -> None:
    """W1: the mail service connects to what `smtp` says, whatever the address's host is."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        port = listening.getsockname()[1]
        address = f"mailto://u:p@93.184.215.14:{port}?smtp=127.0.0.1&from=a@b.example&to=c@d.example&mode=insecure"
        channels.create(cast.emile, name="Courrier", medium="apprise", address=address)
        an_incident(cast.chloe)
        send_all(Medium.APPRISE)
        with pytest.raises(TimeoutError):
            listening.accept()
        assert channels.troubles(cast.emile)
        socket.create_connection(("127.0.0.1", port)).close()  # the rest of the process goes where it likes


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("medium", "address"),
    [
        *(("apprise", "syslog://"), ("apprise", "nonsense"), ("apprise", "file:///etc/passwd")),
        # What a template says is sent to them.
        ("apprise", f"tgram://123456789:{'A' * 35}/1/?template=/etc/passwd"),
        ("apprise", f"discord://{'1' * 10}/{'a' * 32}?template=http://127.0.0.1/"),
        *(("webhook", "ftp://example.org"), ("webhook", "/hook"), ("webhook", "http://"), ("email", "a@b.example")),
    ],
)
def test_an_address_that_means_nothing_is_refused(cast: Cast, medium: str, address: str) -> None:
    with pytest.raises(DeskError):
        channels.create(cast.emile, name="X", medium=medium, address=address)
    assert channels.every(cast.emile) == ()


def test_only_administrators_see_channels_and_nobody_their_secrets(cast: Cast, receiver: Receiver) -> None:
    token = "JHMHI8qBe7bk2ZwO5U711o3dV_js"
    channels.create(cast.emile, name="Discord", medium="apprise", address=f"discord://4174216298/{token}")
    assert token not in repr(channels.every(cast.emile))
    for other in (cast.alice, cast.diane, cast.chloe):
        with pytest.raises(Forbidden):
            channels.every(other)
        with pytest.raises(Forbidden):
            channels.troubles(other)


def test_what_a_channel_is_reached_by_is_in_the_database_under_a_key_that_is_not(
    cast: Cast, receiver: Receiver, tmp_path: Path
) -> None:
    """ASVS 13.3.1. With another key the channel says what to do, and works again once it has been done."""
    token = "JHMHI8qBe7bk2ZwO5U711o3dV_js"
    channel, secret = webhook(cast, receiver, kinds=["created"])
    channels.create(cast.emile, name="Discord", medium="apprise", address=f"discord://4174216298/{token}")
    address = f":{receiver.port}/hook"
    stored = repr(dump()) + "".join(file.read_bytes().decode("latin-1") for file in tmp_path.glob("vigie.db*"))
    assert [each for each in (token, "4174216298", secret, address) if each in stored] == []
    chain.use_secret(b"another secret of the tests")
    try:
        assert [(each.shown, each.locked) for each in channels.every(cast.emile)] == [("", True)] * 2
        an_incident(cast.chloe)
        send_all(Medium.WEBHOOK)
        (trouble,) = channels.troubles(cast.emile)
        assert (receiver.calls, "enter the channel's address again" in trouble.error) == ([], True)
        with pytest.raises(Forbidden):
            channels.edit(cast.diane, channel.id, {"address": f"http://127.0.0.1{address}"})
        with pytest.raises(DeskError):
            channels.edit(cast.emile, channel.id, {"address": "ftp://x"})
        _, renewed = channels.edit(cast.emile, channel.id, {"address": f"http://127.0.0.1{address}"})
        assert renewed != secret
        channels.retry(cast.emile, trouble.id)
        send_all(Medium.WEBHOOK)
        (call,) = receiver.calls
        stamp = call.headers["x-vigie-timestamp"]
        expected = hmac.new(renewed.encode(), f"{stamp}.".encode() + call.body, hashlib.sha256).hexdigest()
        assert call.headers["x-vigie-signature"] == f"v1={expected}"
        assert renewed not in repr(dump())
    finally:
        chain.use_secret(SECRET)


def test_a_test_goes_through_the_outbox_and_tells_how_it_went(cast: Cast, receiver: Receiver) -> None:
    channel, _ = webhook(cast, receiver)
    number = channels.test(cast.emile, channel.id)
    assert not channels.outcome(cast.emile, channel.id, number).done
    send_all(Medium.WEBHOOK)
    assert channels.outcome(cast.emile, channel.id, number) == channels.Outcome(True, "")
    assert json.loads(receiver.calls[0].body)["event"] == "test"


def test_a_channel_is_changed_in_what_it_is_called_and_told_of_but_its_secret_stays_unread(
    cast: Cast, receiver: Receiver
) -> None:
    """S93: it is told what it is to be told of from now on; a line of history for each change, none of the address."""
    channel, secret = webhook(cast, receiver, kinds=["created"])
    channels.edit(cast.emile, webhook(cast, receiver, name="Astreinte")[0].id, {"active": False})
    before = dump()
    refused: tuple[tuple[Actor, dict[str, object], type[DeskError]], ...] = (
        (cast.diane, {"name": "Salon"}, Forbidden),
        (cast.emile, {"name": "astreinte"}, Invalid),
        (cast.emile, {"kinds": ["test"]}, Invalid),
        (cast.emile, {"team": "Nulle part"}, Invalid),
        (cast.emile, {"name": "Salon", "address": "ftp://x"}, Invalid),
    )
    for actor, changes, error in refused:
        with pytest.raises(error):
            channels.edit(actor, channel.id, changes)
    with pytest.raises(NotFound):
        channels.edit(cast.emile, 999, {"name": "Salon"})
    assert dump() == before

    wanted = {"name": "Salon N1", "team": N1, "kinds": ["sla_red", "assigned"]}
    changed, renewed = channels.edit(cast.emile, channel.id, wanted)
    assert (changed.name, changed.team, changed.kinds) == ("Salon N1", N1, ("assigned", "sla_red"))
    assert (renewed, changed.shown) == ("", channel.shown)
    channels.edit(cast.emile, channel.id, wanted)  # nothing is another: no line
    filters = audit_log.Filters(fact="channel_changed")
    noted = [line.entry.details for line in audit_log.page(cast.emile, filters, PARIS).lines]
    assert [(each["name"], each["field"], each["from"], each["to"]) for each in reversed(noted)][1:] == [
        ("Supervision", "name", "Supervision", "Salon N1"),
        ("Supervision", "team", None, N1),
        ("Supervision", "kinds", ["created"], ["assigned", "sla_red"]),
    ]
    incident = an_incident(cast.diane)
    lifecycle.assign(cast.diane, incident.reference, team=N1)
    send_all(Medium.WEBHOOK)
    (call,) = receiver.calls
    assert json.loads(call.body)["event"] == "assigned"
    signed = f"{call.headers['x-vigie-timestamp']}.".encode() + call.body
    assert call.headers["x-vigie-signature"] == f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def test_a_removed_channel_is_told_nothing_more(cast: Cast, receiver: Receiver) -> None:
    channel, _ = webhook(cast, receiver)
    an_incident(cast.chloe)
    channels.remove(cast.emile, channel.id)
    an_incident(cast.chloe)
    send_all(Medium.WEBHOOK)
    assert receiver.calls == []


def test_an_internal_comment_reaches_no_channel(cast: Cast, receiver: Receiver) -> None:
    """S139: neither webhook nor push."""
    webhook(cast, receiver)
    channels.create(cast.emile, name="Salon", medium="apprise", address=f"json://127.0.0.1:{receiver.port}/salon")
    incident = an_incident(cast.chloe)
    lifecycle.take_and_start(cast.alice, incident.reference)
    incidents.comment(cast.alice, incident.reference, body=CANARY, visibility="internal")
    lifecycle.resolve(cast.alice, incident.reference, code="fixed", summary=CANARY)
    lifecycle.reopen(cast.alice, incident.reference, reason=CANARY)
    send_all(Medium.WEBHOOK, Medium.APPRISE)
    assert len(receiver.calls) == 6
    assert all(CANARY.encode() not in call.body for call in receiver.calls)


def test_a_receiver_that_hangs_holds_up_its_own_alone(cast: Cast, receiver: Receiver, clock: MovedClock) -> None:
    """W2: it has one call at a time, and what a dead worker held does not keep the rest of it waiting."""
    hanging, _ = webhook(cast, receiver, name="Hangs", kinds=["created"])
    for _ in range(3):
        an_incident(cast.diane)
    with db.write_session() as session:
        at_work = outbox.claim(session, Medium.WEBHOOK, clock.at, clock.at + delivery.LEASE)
        session.commit()
    assert at_work is not None
    assert at_work.channel_id == hanging.id
    other, _ = webhook(cast, receiver, name="Good", kinds=["created"])
    last = an_incident(cast.diane).reference
    send_all(Medium.WEBHOOK)
    assert [json.loads(call.body)["incident"]["reference"] for call in receiver.calls] == [last]
    clock.forward(seconds=15)
    send_all(Medium.WEBHOOK)
    assert len(receiver.calls) == 1 + 3
    assert other.id != hanging.id
