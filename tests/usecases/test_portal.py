"""What a requester declares, finds and is asked (rules, "People, roles, visibility"; ux 8.7)."""

from contextlib import closing
from pathlib import Path

import pytest

from data.vocabulary import Category, Impact, ItemKind, Priority, Source, Status, Visibility
from services import attachments, bus, cmdb, files, incidents, lifecycle, portal
from services.clock import MovedClock
from services.errors import Invalid
from services.portal import Question, Thing, Trouble
from tests.dump import dump
from tests.personas import N1, Cast, an_incident, in_progress

TROUBLE = {"what": "Je ne peux plus ouvrir le CRM", "hindrance": "blocked", "affected": "me"}


def trouble(**answers: object) -> Trouble:
    return Trouble(**(TROUBLE | answers))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hindrance", "priority"),
    [("blocked", Priority.HIGH), ("partly", Priority.MEDIUM), ("annoying", Priority.LOW)],
)
@pytest.mark.parametrize(
    ("affected", "impact"),
    [("me", Impact.SINGLE_USER), ("team", Impact.SINGLE_CLIENT), ("everybody", Impact.ENTERPRISE)],
)
def test_answers_in_plain_words_become_priority_and_impact(
    cast: Cast, hindrance: str, priority: Priority, affected: str, impact: Impact
) -> None:
    """S17, S18, S22."""
    made = portal.declare(cast.chloe, trouble(hindrance=hindrance, affected=affected))
    assert (made.priority, made.impact, made.source) == (priority, impact, Source.PORTAL)
    assert (made.title, made.description, made.category) == (TROUBLE["what"], TROUBLE["what"], Category.OTHER)
    assert made.requester.login == "chloe"


def test_critical_is_no_requesters_choice_by_whatever_door(cast: Cast) -> None:
    """B4: the form does not offer it, and what stands behind the API refuses it."""
    before = dump()
    with pytest.raises(Invalid) as refused:
        an_incident(cast.chloe, priority="critical")
    assert refused.value.errors["priority"][0] == "not_yours_to_choose"
    with pytest.raises(Invalid):
        portal.declare(cast.chloe, trouble(hindrance="critical"))
    assert dump() == before


def test_everything_that_is_missing_is_said_at_once(cast: Cast) -> None:
    before = dump()
    with pytest.raises(Invalid) as refused:
        portal.declare(cast.chloe, Trouble(what=" ", affected="all", thing=("servers", 1)))
    assert set(refused.value.errors) == {"what", "hindrance", "affected", "thing"}
    assert dump() == before


def test_a_form_that_is_sent_twice_declares_once(cast: Cast) -> None:
    made = [portal.declare(cast.chloe, trouble(), key="one form").reference for _ in range(2)]
    assert made[0] == made[1]


def test_a_requester_finds_applications_and_own_equipment_by_name_and_by_nothing_else(cast: Cast) -> None:
    """Servers and the network are not shown, and neither an address nor a serial number finds anything."""
    crm = cmdb.create(cast.alice, ItemKind.APPLICATIONS, {"name": "CRM Ventes", "description": "chez Héberge"})
    printer = cmdb.create(
        cast.alice,
        ItemKind.ASSETS,
        {"name": "Imprimante CRM", "type": "printer", "serial": "SN-4711", "address": "10.1.2.3"},
    )
    hidden = [
        cmdb.create(cast.alice, ItemKind.ASSETS, {"name": f"SRV-CRM-{type_}", "type": type_})
        for type_ in ("server", "network")
    ]
    found = portal.things(cast.chloe, "crm")
    assert found == (
        Thing(ItemKind.APPLICATIONS, crm.id, "CRM Ventes"),
        Thing(ItemKind.ASSETS, printer.id, "Imprimante CRM"),
    )
    for probe in ("SN-4711", "10.1.2.3", "héberge", "srv", "", "  ", "%"):
        assert portal.things(cast.chloe, probe) == (), probe
    for item in hidden:
        with pytest.raises(Invalid):
            portal.declare(cast.chloe, trouble(thing=("assets", item.id)))


def test_what_it_is_about_is_linked_and_sets_the_category(cast: Cast) -> None:
    """S16, S24, S25."""
    crm = cmdb.create(cast.alice, ItemKind.APPLICATIONS, {"name": "CRM"})
    desk = cmdb.create(cast.alice, ItemKind.ASSETS, {"name": "PC-12", "type": "workstation"})
    for item, category in ((crm, Category.SOFTWARE), (desk, Category.HARDWARE)):
        made = portal.declare(cast.chloe, trouble(thing=(item.kind.value, item.id)))
        seen = incidents.get(cast.alice, made.reference)
        assert (seen.category, [link.id for link in seen.links[item.kind]]) == (category, [item.id])
        assert made.links == {}


def test_what_needs_an_answer_comes_first_and_others_incidents_never(cast: Cast, clock: MovedClock) -> None:
    """B4, S123."""
    an_incident(cast.alice)
    made = [portal.declare(cast.chloe, trouble(what=f"{number}")).reference for number in range(5)]
    for reference in made[:4]:
        lifecycle.take_and_start(cast.alice, reference)
    lifecycle.hold(cast.alice, made[0], reason="user")
    lifecycle.resolve(cast.alice, made[1], code="fixed", summary="Fait.")
    lifecycle.hold(cast.alice, made[2], reason="supplier")
    lifecycle.close(cast.alice, lifecycle.resolve(cast.alice, made[3], code="fixed", summary="Fait.").reference)
    own = portal.current(cast.chloe)
    assert [each.incident.reference for each in own] == [made[3], made[1], made[0], made[4], made[2]]
    assert [each.question for each in own] == [Question.OPINION, Question.SOLVED, Question.INFORMATION, None, None]


def test_the_last_public_message_stands_on_the_card_and_no_note(cast: Cast) -> None:
    """S138, S139."""
    reference = portal.declare(cast.chloe, trouble()).reference
    assert portal.current(cast.chloe)[0].last is None
    incidents.comment(cast.alice, reference, body="Bonjour.", visibility="public")
    incidents.comment(cast.alice, reference, body="Note pour nous.")
    (own,) = portal.current(cast.chloe)
    assert own.last is not None
    assert (own.last.body, own.last.visibility, own.last.author.name) == ("Bonjour.", Visibility.PUBLIC, "Alice")


def test_a_requester_knows_the_team_by_first_names_and_nothing_of_its_order(cast: Cast) -> None:
    """Ux 8.7: no team, no level; the team itself reads whole names."""
    reference = portal.declare(cast.chloe, trouble()).reference
    lifecycle.assign(cast.diane, reference, assignee="alice", team=N1)
    lifecycle.start(cast.alice, reference)
    lifecycle.escalate(cast.alice, reference, mode="hierarchical", reason="Trop difficile.")
    lifecycle.take_and_start(cast.bruno, reference)
    hers, theirs = incidents.get(cast.chloe, reference), incidents.get(cast.alice, reference)
    assert (hers.team, hers.escalation_level, hers.assignee and hers.assignee.name) == (None, 0, "Bruno")
    assert (theirs.escalation_level, theirs.assignee and theirs.assignee.name) == (1, "Bruno Keller")
    assert hers.requester.name == "Chloé Dubois"
    said = repr(incidents.history(cast.chloe, reference))
    assert [word for word in ("Martin", "Keller", "Leroy", N1) if word in said] == []


def test_news_say_whose_incident_it_is(cast: Cast) -> None:
    """What lets a page hear of its viewer's own incidents only."""
    heard: list[bus.News] = []
    stop = bus.listen(heard.append)
    reference = portal.declare(cast.chloe, trouble()).reference
    lifecycle.take(cast.alice, reference)
    in_progress(cast.alice)
    stop()
    whose = [news.requester_id for news in heard if isinstance(news, bus.Changed)]
    assert whose == [cast.chloe.user_id] * 2 + [cast.alice.user_id] * 2


def test_nobody_sees_more_than_a_hundred_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal, "MOST", 2)
    for number in range(3):
        portal.declare(cast.chloe, trouble(what=f"{number}"))
    assert [each.incident.title for each in portal.current(cast.chloe)] == ["2", "1"]
    assert all(each.incident.status is Status.NEW for each in portal.current(cast.chloe))


def test_a_card_has_the_files_of_the_last_reply_and_names_whom_it_mentions(cast: Cast, file_folder: Path) -> None:
    """S138, S139: public ones alone, and of a colleague the first name."""
    reference = an_incident(cast.chloe).reference
    for visibility, name in ((Visibility.PUBLIC, "procedure.txt"), (Visibility.INTERNAL, "note.txt")):
        with closing(files.Writing()) as writing:
            writing.add(b"une ligne")
            sent = attachments.send(cast.alice, reference, writing, name, visibility)
        said = f"Voyez avec @bruno ({name})"
        incidents.comment(cast.alice, reference, body=said, visibility=visibility, files=[sent.id])
    (own,) = portal.current(cast.chloe)
    assert own.last is not None
    assert [file.name for file in own.last.files] == ["procedure.txt"]
    assert own.last.mentions == {"bruno": "Bruno"}
