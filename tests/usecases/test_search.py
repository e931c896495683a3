"""The full-text search: what people find, where it is shown to match, what nobody may find (S10, S76, S125, S139)."""

import random
import re
from typing import Any

import pytest
from sqlalchemy import text

from data import db
from data.migrate import migrate
from data.vocabulary import ItemKind
from services import cmdb, incidents, lifecycle, people, search
from services.board import Query, page
from services.errors import Forbidden, Invalid
from services.snippets import snippet
from services.text import folded
from services.work import Actor
from tests.personas import N1, Cast, an_incident, closed, resolved

HOSTILE = (
    *("'", '"', "''", '"""', "\\", "\\'", "%", "_", "*", "^", "-", "--"),
    *("/*", "*/", ";", "(", ")", "((", "{", "}", "{shared", "+", "~", ":"),
    *(
        "&",
        "|",
        "!",
        "<->",
        ":*",
        "a:*",
        "'a':*",
        "@@",
        "$$",
        "$1",
        "?",
        "%s",
        "%(x)s",
        "{0}",
        "{{7*7}}",
        "${7*7}",
        "\u202e",
        "\u200b",
        "\ufffd",
        "🦊",
    ),
    *(
        "AND",
        "OR",
        "NOT",
        "NEAR",
        "NEAR(a b)",
        "a AND",
        "OR b",
        "NOT NOT",
        "shared:a",
        "own:o1",
        "rowid:1",
        "title : x",
        '"a" OR "b"',
        "a*b*",
    ),
    *(
        "' OR 1=1 --",
        "'; DROP TABLE incident; --",
        "1; SELECT pg_sleep(9)",
        "' UNION SELECT password FROM user --",
        "x' AND randomblob(1e9)",
    ),
    *(
        "srv-web-01",
        "10.0.0.1",
        "l'imprimante",
        "l’imprimante",
        "C++",
        "100 %",
        "100%",
        "jean@example.org",
        "INC-",
        "inc-2026-",
        "ß",
        "İ",
        "ﬁ",
        "½",
    ),
    *(
        "é" * 300,
        "a" * 200,
        "-" * 200,
        "\ue000u1",
        "\ue000r42",
        "日本語",
        "Ω",
        "İstanbul",
        "\u00ad",
        "e\u0301cran",
        "🦊🦊",
        "#",
        "a\u00a0b",
    ),
)
TITLES = (
    "L’imprimante de l'étage est bloquée",
    "Disque à 100% sur SRV-WEB-01",
    "Visual C++ ne compile plus {{7*7}}",
    "10.0.0.1 ne répond plus; 50 % de pertes",
    'Message « "Accès refusé" » pour jean.dupont@example.org',
    "日本語 et 🦊 dans un titre, ß et ﬁn",
    "Écran noir (AND OR NOT) * ^ ~ \\ | & ! ' OR 1=1 --",
    "a*b* <-> :* $1 %s ${7*7} -- /* shared:a */ ; _",
)


def found(actor: Actor, words: str) -> set[str]:
    """The references that the page and the API's list find: they agree on every question."""
    whole = search.find(actor, words, limit=200)
    references = {hit.incident.reference for hit in whole.hits}
    assert whole.total == len(references)
    if folded(words):
        assert {each.reference for each in page(actor, Query(q=words, limit=200)).items} == references
    return references


def test_a_comment_a_resolution_and_a_closed_incident_are_found_without_accents(cast: Cast) -> None:
    """S125."""
    said = an_incident(cast.alice)
    incidents.comment(cast.bruno, said.reference, body="Le câble était débranché")
    done = an_incident(cast.alice)
    lifecycle.start_and_resolve(cast.alice, done.reference, code="fixed", summary="Commutateur redémarré")
    lifecycle.close(cast.alice, done.reference)
    assert found(cast.alice, "CABLE debranche") == {said.reference}
    assert found(cast.alice, "commutateur") == {done.reference}
    assert found(cast.alice, "cable commutateur") == set()
    twice = {
        an_incident(cast.alice, title="Manœuvre du pont").reference,
        an_incident(cast.alice, title="MANOEUVRE").reference,
    }
    assert found(cast.alice, "manoeuvre") == found(cast.alice, "manœuvre") == twice


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        *(("imprim", True), ("primante", False), ("l'imprimante", True), ("imprimante etage", True), ("web-01", True)),
        *(("01", True), ("rv-web", False), ("jean.dupont@example.org", True), ("example.org", True), ("C++", True)),
        *(("100 %", True), ("100%", True), ("10.0.0", True), ("0.0.1", True), ("imprimante absente", False)),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_the_beginning_of_each_part_of_a_word_finds_it(cast: Cast, words: str, is_found: bool) -> None:
    description = "srv-web-01 à 10.0.0.1, jean.dupont@example.org : C++ à 100% !"
    reference = an_incident(cast.alice, title="L’imprimante de l’étage", description=description).reference
    assert found(cast.alice, words) == ({reference} if is_found else set())


def test_a_reference_is_found_whole_by_its_number_or_in_part(cast: Cast) -> None:
    first, second = (an_incident(cast.alice, title=title, description="…") for title in "AB")
    day, number = first.reference[8:12], first.reference[-6:]
    short = (f"{day}-0{int(number)}", f"{day}-{int(number)}")  # as lists and walls show it, with and without its zero
    for words in (first.reference, first.reference.lower(), number, number.lstrip("0"), first.reference[4:], *short):
        assert found(cast.alice, words) == {first.reference}, words
    for words in (first.reference[:8], first.reference[:12], first.reference[4:12], f"{day}-", f"{day}-0"):
        assert found(cast.alice, words) == {first.reference, second.reference}, words


def test_a_requester_finds_nothing_by_what_is_the_teams(cast: Cast) -> None:
    """S139: neither results nor their number are touched by an internal comment, an item or a colleague's name."""
    asset = cmdb.create(cast.emile, ItemKind.ASSETS, {"name": "SRV-SECRET", "type": "server"})
    mine = an_incident(cast.chloe, title="Panne de messagerie")
    incidents.comment(cast.alice, mine.reference, body="Suspicion de zibeline", visibility="internal")
    incidents.comment(cast.alice, mine.reference, body="Nous regardons ornithorynque", visibility="public")
    incidents.edit(cast.alice, mine.reference, {"assets": [asset.id]})
    lifecycle.start_and_resolve(cast.bruno, mine.reference, code="fixed", summary="Rotation quokka")
    an_incident(cast.alice, title="Panne chez quelqu’un d’autre")
    for words in ("zibeline", "secret", "srv-secret", "bruno", "quokka", "panne zibeline", "messagerie bruno"):
        assert search.find(cast.chloe, words) == search.NOTHING, words
        assert page(cast.chloe, Query(q=words)).total == 0
        assert found(cast.alice, words) == {mine.reference}, words
    assert found(cast.chloe, "ornithorynque") == found(cast.chloe, "panne") == {mine.reference}
    (hit,) = search.find(cast.chloe, "panne zib or").hits or search.find(cast.chloe, "panne").hits
    assert "zibeline" not in repr(hit)
    with pytest.raises(Forbidden):
        search.open_ids(cast.chloe, "panne")


def test_items_and_people_are_found_by_the_names_that_they_have_now(cast: Cast) -> None:
    """S76: nothing is written to an incident, closed or not, when what it touches is renamed."""
    asset = cmdb.create(cast.emile, ItemKind.ASSETS, {"name": "SRV-WEB-01", "type": "server", "location": "Baie 7"})
    one = closed(cast.alice, links={"assets": [asset.id]})
    other = an_incident(cast.alice, assignee="bruno", team=N1)
    assert found(cast.alice, "srv-web") == found(cast.alice, "baie messagerie") == {one.reference}
    cmdb.change(cast.emile, ItemKind.ASSETS, asset.id, {"name": "PHARE"})
    assert (found(cast.alice, "srv-web"), found(cast.alice, "phare")) == (set(), {one.reference})
    assert found(cast.diane, "keller") == {other.reference} == found(cast.diane, "support n1")
    lifecycle.assign(cast.diane, other.reference, assignee="alice")
    assert found(cast.diane, "keller") == set()


def test_a_hit_says_where_it_matched(cast: Cast) -> None:
    incident = an_incident(cast.alice, title="Écran noir", description="Au démarrage, <b>rien</b> ne s’affiche")
    incidents.comment(cast.bruno, incident.reference, body="Le câble était débranché depuis hier")
    (hit,) = search.find(cast.alice, "ecran cable").hits
    assert hit.title == (("Écran", True), (" noir", False))
    assert (hit.where, hit.author) == ("comment", "Bruno Keller")
    assert ("câble", True) in hit.text
    (hit,) = search.find(cast.alice, "rien").hits
    assert (hit.where, "".join(piece for piece, _ in hit.text)) == ("description", incident.description)
    (hit,) = search.find(cast.alice, "martin").hits
    assert (hit.where, hit.text) == ("requester", (("Alice ", False), ("Martin", True)))
    asset = cmdb.create(cast.emile, ItemKind.ASSETS, {"name": "PHARE", "type": "server", "location": "Salle serveurs"})
    an_incident(cast.alice, links={"assets": [asset.id]})
    (hit,) = search.find(cast.alice, "serveurs").hits
    assert (hit.where, "".join(piece for piece, _ in hit.text)) == ("assets", "PHARE, Salle serveurs")


def test_a_snippet_of_a_long_text_is_what_stands_around_the_match() -> None:
    long = "avant " * 100 + "l’ÉTAGE bloqué " + "après " * 100
    pieces = snippet(long, ["etage"])
    assert [piece for piece, matched in pieces if matched] == ["ÉTAGE"]
    assert (pieces[0][0], pieces[-1][0]) == ("… ", " …")
    assert sum(len(piece) for piece, _ in pieces) < 250
    assert snippet(long, ["tage"]) == ()
    assert snippet("ﬁn ½ İ", ["fin", "1⁄2"])[0] == ("ﬁn", True)


def test_pages_of_results_are_newest_first_and_complete(cast: Cast) -> None:
    made = [an_incident(cast.alice, title=f"Panne {n}").reference for n in range(5)]
    before, seen = None, []
    while True:
        slice_ = search.find(cast.alice, "panne", before=before, limit=2)
        assert slice_.total == 5
        seen += [hit.incident.reference for hit in slice_.hits]
        before = slice_.following
        if before is None:
            break
    assert seen == made[::-1]


def test_the_board_is_told_the_open_ones(cast: Cast) -> None:
    one = an_incident(cast.alice, title="Panne")
    resolved(cast.alice, title="Panne")
    incidents.comment(cast.alice, one.reference, body="zibeline")
    assert search.open_ids(cast.bruno, "zibeline panne") == [one.id]
    assert search.open_ids(cast.bruno, " ") == []


def test_no_string_is_an_error_and_both_databases_find_the_same(cast: Cast) -> None:
    """Q1: 500 hostile strings against a plain reading of the rule."""
    texts = {an_incident(cast.alice, title=title, description="…").reference: title for title in TITLES}
    luck = random.Random(7)
    questions = list(HOSTILE)
    while len(questions) < 500:
        pool = [*HOSTILE, *" ".join(TITLES).split()]
        questions.append("".join(luck.choice((" ", "")) + luck.choice(pool) for _ in range(luck.randint(1, 3)))[:200])
    for question in questions:
        try:
            answer = {hit.incident.reference for hit in search.find(cast.alice, question, limit=50).hits}
        except Invalid:
            assert len(question.strip()) > search.QUESTION or "\u202e" in question, question
            continue
        assert answer == {ref for ref, title in texts.items() if _reads(question, ref, title)}, question


def _reads(question: str, reference: str, title: str) -> bool:
    """Whether each word of the question begins at a beginning in the title, or is one of what is found besides."""
    words = re.sub("[\u00ad\u200b\u202e\ue000-\uf8ff]", "", folded(question)).split()[:12]
    chunks = re.sub("[\u00ad]", "", f"{folded(title)} …").split()
    return bool(words) and all(
        any(_begins(chunk, word) for chunk in chunks)
        or (len(word) > 1 and word in "alice martin alice")
        or _is_of(reference.lower(), word)
        for word in words
    )


def _begins(chunk: str, word: str) -> bool:
    def kind(letter: str) -> str:
        return "digit" if letter.isdecimal() else "letter" if letter.isalnum() else "sign"

    return any(
        chunk.startswith(word, at)
        for at in range(len(chunk))
        if at == 0 or kind(chunk[at]) == "sign" or kind(chunk[at]) != kind(chunk[at - 1])
    )


def _is_of(reference: str, word: str) -> bool:
    _, day, number = reference.split("-")
    begun = (len(word) >= 3 and reference.startswith(word)) or (len(word) >= 4 and f"{day}-{number}".startswith(word))
    return begun or word in (number, number.lstrip("0"))


def test_an_index_of_another_version_is_filled_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was stored before the search was there, or by another rule, is found after the next start."""
    reference = closed(cast.alice, title="Panne").reference
    with db.bound().writer.begin() as connection:
        connection.execute(text("DELETE FROM incident_search"))
        connection.execute(text("DELETE FROM search_state"))
    assert found(cast.alice, "panne") == set()
    migrate()
    assert found(cast.alice, "panne") == {reference}


def test_a_text_of_nothing_but_signs_and_a_very_long_one_can_be_stored_and_found(cast: Cast) -> None:
    luck = random.Random(3)
    noise = "".join(chr(luck.choice((*range(33, 127), *range(0x4E00, 0x9FFF)))) for _ in range(19_000))
    reference = an_incident(cast.alice, title="Bruit", description=f"zibeline {noise}").reference
    for _ in range(3):
        incidents.comment(cast.alice, reference, body="".join(luck.sample(noise, 19_000)))
    assert found(cast.alice, "bruit zibeline") == {reference}


def test_a_renamed_colleague_is_found_by_the_new_name(cast: Cast) -> None:
    made: Any = people.create_user(
        cast.emile, login="zoe", name="Zoé Quokka", role="technician", password="correct horse battery", teams=[N1]
    )
    reference = an_incident(cast.alice, assignee=made.login).reference
    assert found(cast.alice, "quokka") == {reference} == found(cast.alice, "zoe")


def test_a_beginning_is_found_by_few_words_and_by_many(cast: Cast) -> None:
    """S10: SQLite is asked the words of the index that begin so, or, where they are many, the beginning."""
    many = [f"serveur{chr(ord('a') + number)}" for number in range(20)]
    all_of_them = an_incident(cast.alice, title="Panne", description=" ".join(many)).reference
    one = an_incident(cast.alice, title="Panne", description="serveurc+ équipement 100%serveurd").reference

    def found(words: str) -> list[str]:
        return [hit.incident.reference for hit in search.find(cast.alice, words).hits]

    assert found("serveur") == [one, all_of_them]
    assert found("serveurc") == found("serveurd") == [one, all_of_them]
    assert (found("serveurc+"), found("équipe"), found("serveurt"), found("serveurz")) == (
        [one],
        [one],
        [all_of_them],
        [],
    )
    incidents.edit(cast.alice, one, {"description": "Rien."})
    assert (found("équipe"), found("serveurc")) == ([], [all_of_them])
