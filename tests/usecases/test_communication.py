"""Writing to those whom an incident touches: who gets what, once, delivered, on record (S79, S82, S87)."""

import json

import pytest

from data.vocabulary import Audience, Fact, ItemKind
from services import cmdb, communication, incidents, lifecycle
from services.clock import MovedClock
from services.communication import Message
from services.errors import ClosedIncident, Forbidden, Invalid, NotFound, Refused
from services.letters import merged, unknown
from services.notifications.delivery import FIRST_PAUSE
from services.reports import document, history
from services.sheet import sheet
from services.views import IncidentView
from tests.dump import dump
from tests.notifications.conftest import mailbox, send_all  # noqa: F401  the fixture
from tests.notifications.peers import Mailbox
from tests.personas import PARIS, Cast, an_incident, in_progress, resolved

EVERYBODY = tuple(Audience)
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def touched(cast: Cast) -> IncidentView:
    """An incident of an application with two users (one of them linked as affected, too) and two clients."""

    def item(kind: ItemKind, **values: object) -> int:
        return cmdb.create(cast.alice, kind, values).id

    zoe = item(ItemKind.EMPLOYEES, name="Zoé Morel", email="zoe@acme.example")
    yann = item(ItemKind.EMPLOYEES, name="Yann Petit", email="Yann@acme.example")
    silent = item(ItemKind.EMPLOYEES, name="Sam Sourd")
    sales = item(
        ItemKind.CLIENTS,
        name="Ventes",
        type="internal",
        email="ventes@acme.example",
        template_subject="{client} : {title}",
        template="Chère équipe {client},\n{message}\n— {reference}",
    )
    plain = item(ItemKind.CLIENTS, name="Durand SA", type="external", email="info@durand.example")
    mute = item(ItemKind.CLIENTS, name="Muette SARL", type="external")
    crm = item(ItemKind.APPLICATIONS, name="CRM", employees=[zoe, yann, silent])
    links = {"applications": [crm], "employees": [zoe], "clients": [sales, plain, mute]}
    return in_progress(cast.alice, title="Le CRM est lent", links=links)


def message(*audience: str, text: str = "Nous y travaillons : {title}.", **more: object) -> Message:
    given = {"audience": audience or EVERYBODY, "subject": "[{reference}] {title}", "text": text}
    return Message(**(given | more))  # type: ignore[arg-type]


def errors(invalid: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {field: code for field, (code, _) in invalid.value.errors.items()}


def test_each_address_gets_one_letter_and_clients_their_own_text(cast: Cast, mailbox: Mailbox) -> None:  # noqa: F811
    """S79, S82, S87: three roads, each person once, the client's template with its fields filled in."""
    incident = touched(cast)
    seen = communication.preview(cast.alice, incident.reference, message())
    told = {letter.text: [(to.address, to.audience.value, to.via) for to in letter.to] for letter in seen.letters}
    shared = "Nous y travaillons : Le CRM est lent."
    assert told == {
        shared: [
            ("zoe@acme.example", "employees", ""),
            ("Yann@acme.example", "users", "CRM"),
            ("info@durand.example", "clients", ""),
        ],
        f"Chère équipe Ventes,\n{shared}\n— {incident.reference}": [("ventes@acme.example", "clients", "")],
    }
    assert [person.name for person in seen.unreachable] == ["Sam Sourd", "Muette SARL"]
    assert communication.send(cast.alice, incident.reference, message(), seen=seen.digest) == seen
    send_all()
    send_all()
    assert sorted(letter["To"] for letter in mailbox.letters) == [
        "Yann@acme.example",
        "info@durand.example",
        "ventes@acme.example",
        "zoe@acme.example",
    ]
    (own,) = mailbox.to("ventes@acme.example")
    assert own["Subject"] == "Ventes : Le CRM est lent"
    assert own.get_content().replace("\r", "").strip() == f"Chère équipe Ventes,\n{shared}\n— {incident.reference}"


def test_only_the_chosen_audience_hears(cast: Cast) -> None:
    """S82: « affected employees only »."""
    reference = touched(cast).reference
    only = communication.preview(cast.alice, reference, message("employees"))
    assert [to.name for letter in only.letters for to in letter.to] == ["Zoé Morel"]
    users = communication.preview(cast.alice, reference, message("users"))
    assert [to.name for letter in users.letters for to in letter.to] == ["Yann Petit", "Zoé Morel"]
    same = communication.preview(cast.alice, reference, message("clients", own_templates=False))
    assert [letter.client for letter in same.letters] == [None]
    named = communication.preview(cast.alice, reference, message("clients", text="À {client}", own_templates=False))
    assert [letter.text for letter in named.letters] == ["À Ventes", "À Durand SA"]
    counts = communication.reach(cast.alice, reference)
    assert {each.value: (r.people, r.unreachable, r.templates) for each, r in counts.items()} == {
        "employees": (1, 0, False),
        "users": (3, 1, False),
        "clients": (3, 1, True),
    }


def test_the_history_has_who_to_whom_and_what_and_the_requester_nothing(cast: Cast, mailbox: Mailbox) -> None:  # noqa: F811
    """S79 « logged », S129; rules, visibility: neither text nor recipients reach the requester."""
    reference = incidents_of_chloe(cast)
    communication.send(cast.bruno, reference, message("employees", text="canari-5e1"))
    line = incidents.history(cast.alice, reference).entries[-1]
    assert (line.fact, line.actor and line.actor.login, line.public) == (Fact.MESSAGED, "bruno", False)
    (letter,) = line.details["letters"]
    assert (letter["text"], letter["to"][0]["address"]) == ("canari-5e1", "zoe@acme.example")
    assert len(letter["sha256"]) == 64
    assert "canari-5e1" not in repr(incidents.history(cast.chloe, reference))
    assert sheet(cast.chloe, reference).messages == ()
    whole, own = (history.collect(actor, reference) for actor in (cast.alice, cast.chloe))
    assert "zoe@acme.example" in document.html(whole, "fr", PARIS)
    assert "canari-5e1" not in document.html(own, "fr", PARIS) + history.attached(own)
    with pytest.raises(Forbidden):
        communication.sent(cast.chloe, reference)


def incidents_of_chloe(cast: Cast) -> str:
    reference = an_incident(cast.chloe).reference
    zoe = cmdb.create(cast.alice, ItemKind.EMPLOYEES, {"name": "Zoé Morel", "email": "zoe@acme.example"})
    incidents.edit(cast.alice, reference, {"employees": [zoe.id]})
    return reference


def test_what_cannot_be_delivered_is_tried_again_and_shows(
    cast: Cast,
    mailbox: Mailbox,  # noqa: F811
    clock: MovedClock,
) -> None:
    """Failures are visible on the incident; a letter goes out once, however often it was tried."""
    reference = touched(cast).reference
    communication.send(cast.alice, reference, message("employees"))
    mailbox.failing = True
    send_all()
    ((sent,),) = [each.deliveries for each in sheet(cast.alice, reference).messages]
    assert (sent.sent_at, sent.given_up) == (None, False)
    assert "451" in sent.problem
    mailbox.failing = False
    clock.forward(seconds=int(FIRST_PAUSE.total_seconds()))
    send_all()
    send_all()
    ((sent,),) = [each.deliveries for each in communication.sent(cast.alice, reference)]
    assert (sent.sent_at, sent.problem) == (clock.at, "")
    assert len(mailbox.to("zoe@acme.example")) == 1


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"audience": ()}, {"audience": "required"}),
        ({"audience": ("everybody",)}, {"audience": "required"}),
        ({"subject": " "}, {"subject": "required"}),
        ({"text": ""}, {"text": "required"}),
        ({"text": "{password}"}, {"text": "unknown_placeholder"}),
        ({"text": "{message}"}, {"text": "unknown_placeholder"}),
        ({"subject": "{requester.email}", "text": "{0}"}, {"text": "unknown_placeholder"}),
        ({"text": "Cher {client}"}, {"text": "only_for_clients"}),
        ({"text": "x" * 5_001}, {"text": "too_long"}),
    ],
)
@SQLITE
def test_what_could_not_be_sent_names_the_field_and_changes_nothing(
    cast: Cast,
    mailbox: Mailbox,  # noqa: F811
    given: dict[str, object],
    wrong: dict[str, str],
) -> None:
    reference = touched(cast).reference
    before = dump()
    for call in (communication.preview, communication.send):
        with pytest.raises(Invalid) as invalid:
            call(cast.alice, reference, message(**given))  # type: ignore[arg-type]
        assert errors(invalid) == wrong
    assert dump() == before
    assert mailbox.letters == []


@SQLITE
def test_it_is_refused_where_it_would_surprise(cast: Cast, mailbox: Mailbox) -> None:  # noqa: F811
    """Another list than the one previewed, nobody to reach, a closed incident (S126), a requester's call."""
    incident = touched(cast)
    seen = communication.preview(cast.alice, incident.reference, message("employees"))
    late = cmdb.create(cast.alice, ItemKind.EMPLOYEES, {"name": "Lou Tard", "email": "lou@acme.example"})
    incidents.edit(cast.alice, incident.reference, {"employees": [late.id]})
    for refused, code in (
        (lambda: communication.send(cast.alice, incident.reference, message("employees"), seen=seen.digest), None),
        (lambda: communication.send(cast.alice, an_incident(cast.alice).reference, message()), "no_recipient"),
    ):
        with pytest.raises(Refused) as refusal:
            refused()
        assert refusal.value.code == (code or "recipients_changed")
    with pytest.raises((Forbidden, NotFound)):
        communication.send(cast.chloe, incident.reference, message())
    archived = lifecycle.close(cast.alice, resolved(cast.alice).reference)
    with pytest.raises(ClosedIncident):
        communication.send(cast.alice, archived.reference, message())
    assert mailbox.letters == []


@SQLITE
def test_without_a_mail_server_nothing_is_promised(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        communication.send(cast.alice, touched(cast).reference, message())
    assert refusal.value.code == "no_mail_server"


@SQLITE
def test_a_template_with_an_unknown_field_is_refused_where_it_is_written(cast: Cast) -> None:
    """S87."""
    with pytest.raises(Invalid) as invalid:
        cmdb.create(cast.alice, ItemKind.CLIENTS, {"name": "X", "type": "internal", "template": "{title} {secret}"})
    assert errors(invalid) == {"template": "unknown_placeholder"}
    assert cmdb.create(
        cast.alice, ItemKind.CLIENTS, {"name": "X", "type": "internal", "template": json.dumps({"a": 1})}
    ).fields["template"]


def test_what_a_field_is_filled_with_is_never_read_again() -> None:
    values = {"title": "{reference} {0.__class__} %s", "reference": "INC-1"}
    assert merged("{title} / {reference}", values) == "{reference} {0.__class__} %s / INC-1"
    assert merged("{ reference } {reference!r} {{reference}}", values) == "{ reference } {reference!r} {INC-1}"
    assert unknown("if (x) { return {}; }") is None
    assert unknown("{réf}") == "réf"
