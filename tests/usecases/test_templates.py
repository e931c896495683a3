"""Prepared incidents and replies: who makes them, what is refused, what is filled in."""

from typing import Any

import pytest

from data.vocabulary import Fact, Readers, TemplateKind
from services import audit, templates
from services.errors import Forbidden, Invalid, NotFound, Refused
from services.teams import remove_team
from services.work import Actor
from tests.dump import dump, value
from tests.personas import INFRASTRUCTURE, Cast, an_incident

REPLY = {"name": "Précisions", "text": "Bonjour {requester}", "readers": "public"}


def codes(refusal: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {field: code for field, (code, _) in refusal.value.errors.items()}


def test_a_dispatcher_prepares_an_incident_and_the_history_says_what_changed(cast: Cast) -> None:
    given = {"name": "Imprimante", "title": "Panne d’imprimante", "priority": "low", "team": INFRASTRUCTURE}
    made = templates.create(cast.diane, "incident", given)
    assert (made.kind, made.title, made.priority, made.team, made.readers) == (
        *(TemplateKind.INCIDENT, "Panne d’imprimante", "low"),
        *(INFRASTRUCTURE, None),
    )
    before = value("SELECT MAX(seq) FROM history")
    changed = templates.alter(cast.emile, made.id, {"team": None, "title": made.title}, version=made.version)
    assert (changed.team, changed.version) == (None, made.version + 1)
    assert value("SELECT MAX(seq) FROM history") == before + 1
    details = value("SELECT details FROM history WHERE seq = :seq", seq=before + 1)
    assert f'"field":"team","from":"{INFRASTRUCTURE}"' in details
    templates.remove(cast.diane, made.id)
    assert value("SELECT fact FROM history ORDER BY seq DESC LIMIT 1") == Fact.TEMPLATE_REMOVED
    assert templates.every(cast.alice) == ()
    assert audit.verify_chain().broken_at is None


@pytest.mark.parametrize(
    ("kind", "values", "wrong"),
    [
        ("reply", {"text": "x"}, {"name": "required"}),
        ("reply", {"name": "x"}, {"text": "required"}),
        ("reply", {"name": "précisions", "text": "x"}, {"name": "taken"}),
        ("reply", {"name": "x", "text": "{password}"}, {"text": "unknown_placeholder"}),
        ("reply", {"name": "x", "text": "x", "readers": "all"}, {"readers": "unknown_value"}),
        ("reply", {"name": "x", "text": "x", "title": "x"}, {"title": "extra"}),
        ("incident", {"name": "x", "readers": "both"}, {"readers": "extra"}),
        ("incident", {"name": "x" * 81, "team": "nowhere"}, {"name": "too_long", "team": "unknown"}),
        ("incident", {"name": "x", "priority": "urgent"}, {"priority": "unknown_value"}),
        ("page", {"name": "x"}, {"kind": "unknown_value"}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    cast: Cast, kind: str, values: dict[str, Any], wrong: dict[str, str]
) -> None:
    templates.create(cast.diane, "reply", REPLY)
    before = dump()
    with pytest.raises(Invalid) as refusal:
        templates.create(cast.diane, kind, values)
    assert codes(refusal) == wrong
    assert dump() == before


def test_a_prepared_incident_may_have_the_name_of_a_reply_and_braces_of_its_own(cast: Cast) -> None:
    templates.create(cast.diane, "reply", REPLY)
    made = templates.create(cast.diane, "incident", {"name": REPLY["name"], "text": "Code {machine}"})
    assert made.text == "Code {machine}"


def test_who_is_late_is_refused_and_told_so(cast: Cast) -> None:
    made = templates.create(cast.diane, "reply", REPLY)
    templates.alter(cast.diane, made.id, {"text": "Bonsoir"}, version=made.version)
    for late in (
        lambda: templates.alter(cast.emile, made.id, {"text": "Salut"}, version=made.version),
        lambda: templates.remove(cast.emile, made.id, version=made.version),
    ):
        with pytest.raises(Refused) as refusal:
            late()
        assert refusal.value.code == "stale_template"
    assert templates.one(cast.alice, made.id).text == "Bonsoir"


def test_requesters_read_none_and_technicians_change_none(cast: Cast) -> None:
    made = templates.create(cast.diane, "reply", REPLY)
    reference = an_incident(cast.chloe).reference
    before = dump()
    for refused in (
        lambda: templates.every(cast.chloe),
        lambda: templates.one(cast.chloe, made.id),
        lambda: templates.replies(cast.chloe, reference),
        lambda: templates.create(cast.alice, "reply", {**REPLY, "name": "Autre"}),
        lambda: templates.alter(cast.alice, made.id, {"text": "x"}),
        lambda: templates.remove(cast.alice, made.id),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(NotFound):
        templates.one(cast.alice, made.id + 1)
    assert dump() == before


def test_a_reply_reads_as_of_the_incident_and_its_writer_and_fills_in_nothing_twice(cast: Cast) -> None:
    text = "{requester}, {technician} : {reference} « {title} »"
    templates.create(cast.diane, "reply", {"name": "Tout", "text": text, "readers": "both"})
    templates.create(cast.diane, "reply", {"name": "À faire", "text": "Reste", "readers": "internal"})

    def used(by: Actor, reference: str) -> list[tuple[str, str, Readers]]:
        return [(each.name, each.text, each.readers) for each in templates.replies(by, reference)]

    incident = an_incident(cast.chloe, title="Champ {technician} vide")
    assert used(cast.bruno, incident.reference) == [
        ("À faire", "Reste", Readers.INTERNAL),
        ("Tout", f"Chloé Dubois, Bruno : {incident.reference} « Champ {{technician}} vide »", Readers.BOTH),
    ]
    with pytest.raises(NotFound):
        templates.replies(cast.bruno, "INC-20200101-000001")


def test_a_team_that_a_template_names_stays(cast: Cast) -> None:
    made = templates.create(cast.diane, "incident", {"name": "Réseau", "team": INFRASTRUCTURE})
    assert made.team_id is not None
    with pytest.raises(Refused) as refusal:
        remove_team(cast.emile, made.team_id)
    assert (refusal.value.code, refusal.value.params["others"]) == ("team_in_use", 1)
