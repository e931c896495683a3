"""CSV files in and out (contract, "Commands": import)."""

import csv
import io
from itertools import product

import pytest

from data.vocabulary import ItemKind
from services import audit, board, cmdb, exports, impact, imports, people
from services.csv_files import escaped, unescaped, written
from services.errors import BadRows, Forbidden
from services.work import SYSTEM
from tests.personas import Cast, an_incident, closed

ASSETS, APPLICATIONS, EMPLOYEES, CLIENTS = ItemKind

FRENCH = "nom;type;emplacement;responsable\nSRV-1;Serveur;Lyon;Hélène\nPC-2;poste de travail;Nantes;\n"
ENGLISH = "name,type,location,owner\nSRV-1,server,Lyon,hélène\nPC-2,Workstation,Nantes,\n"


def of_kind(cast: Cast, kind: ItemKind = ASSETS) -> dict[str, dict[str, object]]:
    return {item.name: dict(item.fields) for item in cmdb.find(cast.alice, kind).items}


@pytest.mark.parametrize("text", [FRENCH, ENGLISH, FRENCH.replace(";", "\t")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_headings_and_codes_are_read_in_both_languages(cast: Cast, text: str, encoding: str) -> None:
    cmdb.create(cast.alice, EMPLOYEES, {"name": "Hélène"})
    report = imports.run(cast.alice, "assets", text.encode(encoding))
    assert (report.created, report.changed, report.unchanged, report.unused) == (2, 0, 0, ())
    found = of_kind(cast)
    assert (found["SRV-1"]["type"], found["SRV-1"]["location"], found["PC-2"]["type"]) == (
        "server",
        "Lyon",
        "workstation",
    )


def test_every_bad_row_is_named_and_nothing_is_written(cast: Cast) -> None:
    before = audit.verify_chain().lines
    text = 'name,type,model\nSRV-1,server,\n,server,\nPC-2,toaster,"two\nlines"\nSRV-1,server,\nX,server,a,b\nY,z,\n'
    with pytest.raises(BadRows) as refused:
        imports.run(cast.alice, "assets", text.encode())
    assert [(line, column, code) for line, column, code, _ in refused.value.rows] == [
        (3, "name", "required"),
        (4, "type", "unknown_value"),
        (6, "name", "taken"),
        (7, "", "too_many"),
        (8, "type", "unknown_value"),
    ]
    assert of_kind(cast) == {}
    assert audit.verify_chain().lines == before


def test_a_bad_row_of_teams_or_incidents_is_named_by_the_headings_of_its_file(cast: Cast) -> None:
    """Contract: all or nothing; line, column and reason."""
    before = audit.verify_chain().lines
    files = {
        "teams": (
            "Nom,Équipe parente,Externe,E-mail\n"
            "Réseau,Nulle part,,\nOpérateur,,oui,\nA,B,,\nB,A,,\nRéseau,,peut-être,\n",
            [(2, "Équipe parente"), (3, "E-mail"), (4, "Équipe parente"), (5, "Équipe parente"), (6, "Externe")],
        ),
        "incidents": (
            "Titre;Description;Catégorie;Priorité;Technicien;assets\nPanne;x;Matériel;Haute;;\n;x;Magie;Haute;;\n"
            "Panne;x;Réseau;Basse;personne;\nPanne;x;Réseau;Basse;;SRV-404\n",
            [(3, "Catégorie"), (3, "Titre"), (4, "Technicien"), (5, "assets")],
        ),
    }
    for kind, (text, bad) in files.items():
        with pytest.raises(BadRows) as refused:
            imports.run(SYSTEM, kind, text.encode())
        assert [(line, column) for line, column, _, _ in refused.value.rows] == bad
    assert audit.verify_chain().lines == before
    assert board.page(cast.alice, board.Query()).total == 0


@pytest.mark.parametrize("text", ['"name,type\n', 'name,type\n"x', pytest.param("x" * 131_073, id="one long line")])
def test_what_is_no_csv_is_refused(cast: Cast, text: str) -> None:
    with pytest.raises(BadRows) as refused:
        imports.run(cast.alice, "assets", text.encode())
    assert [code for _, _, code, _ in refused.value.rows] == ["malformed"]


def test_a_file_that_is_wrong_throughout_is_not_read_to_its_end(cast: Cast) -> None:
    """The writer is everybody's: sixty thousand sentences would hold it for ten seconds, and nobody reads them."""
    most = 7
    rows = "".join(f"IMP-{number},soucoupe\n" for number in range(most + 100))
    with pytest.raises(BadRows) as refused:
        imports.run(cast.alice, "assets", f"nom,type\n{rows}".encode(), most_wrong=most)
    *read, last = refused.value.rows
    assert [(line, code) for line, _, code, _ in read] == [(line, "unknown_value") for line in range(2, most + 2)]
    assert last == (most + 2, "", "rest_unread", {})


def test_a_name_that_cannot_be_stored_is_named_by_its_row(cast: Cast) -> None:
    for kind, row, column in (("assets", "a\0b,server", "name"), ("employees", "x,a\0@b.fr", "email")):
        second = "type" if kind == "assets" else "email"
        with pytest.raises(BadRows) as refused:
            imports.run(cast.alice, kind, f"name,{second}\n{row}\n".encode())
        assert [each[:3] for each in refused.value.rows] == [(2, column, "control_characters")]


def test_a_file_without_known_headings_is_refused(cast: Cast) -> None:
    with pytest.raises(BadRows) as refused:
        imports.run(cast.alice, "assets", b"SRV-1,server\n")
    assert [(line, code) for line, _, code, _ in refused.value.rows] == [(1, "bad_header")]


def test_a_dry_run_writes_nothing(cast: Cast) -> None:
    before = audit.verify_chain().lines
    assert imports.run(cast.alice, "assets", b"name,type\nSRV-1,server\n", dry_run=True).created == 1
    assert of_kind(cast) == {}
    assert audit.verify_chain().lines == before


def test_the_second_time_changes_only_what_is_new(cast: Cast) -> None:
    imports.run(cast.alice, "assets", b"name,type,location\nSRV-1,server,Lyon\nSRV-2,server,Lyon\n")
    report = imports.run(cast.alice, "assets", b"name,location\nSRV-1,Nantes\nSRV-2,Lyon\n")
    assert (report.created, report.changed, report.unchanged) == (0, 1, 1)
    assert of_kind(cast)["SRV-1"]["type"] == "server"


def test_an_asset_that_is_there_twice_is_told_apart_by_its_place(cast: Cast) -> None:
    text = b"name,type,site\nPP,other,Lyon\nPP,other,Nantes\n"
    assert imports.run(cast.alice, "assets", text).created == 2
    assert set(of_kind(cast)) == {"PP", "PP (Nantes)"}
    assert imports.run(cast.alice, "assets", text).unchanged == 2


def test_no_cell_is_a_formula_and_none_loses_anything() -> None:
    """X6: whichever separator a program splits at, wherever in the cell it stands."""
    starts = ("=", "+", "-", "@", "\t", "\r", "\n", "'=", "''@", "'", "＝", "＋", "－", "＠", "x", "")
    before = ("", "a", "a;", "a\t", "a\n", "a\r\n", "a;'", ";;", '"', '";', "a,", "'\t", "\n\n")
    for cell in (f"{first}{start}1+1" for first, start in product(before, starts)):
        assert unescaped(escaped(cell)) == cell
        text = written(["a", "b", "c"], [["x", cell, "y"], [cell, "x", cell]])
        for separator in ",;\t":
            found = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator)
            cells = [each for row in found for each in row]
            assert [each for each in cells if each.lstrip("\t\r\n")[:1] in [*"=+-@＝＋－＠"]] == [], repr(cell)
            assert separator != "," or not any(each[:1] in ("\t", "\r", "\n") for each in cells)


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_what_was_exported_is_imported_without_loss(cast: Cast, locale: str) -> None:
    cmdb.create(cast.alice, CLIENTS, {"name": "=SUM(A1)", "type": "external", "template": "Bonjour,\n\n« {title} »"})
    cmdb.create(cast.alice, EMPLOYEES, {"name": "Hélène, la chef", "email": "h@acme.example"})
    cmdb.create(cast.alice, ASSETS, {"name": "SRV-1", "type": "server", "model": "-x"})
    cmdb.create(
        cast.alice,
        APPLICATIONS,
        {"name": "CRM", "assets": ["SRV-1"], "clients": ["=SUM(A1)"], "employees": ["h@acme.example"]},
    )
    for kind in (CLIENTS, EMPLOYEES, ASSETS, APPLICATIONS):
        text = imports.export(cast.alice, kind, locale)
        report = imports.run(cast.alice, kind.value, text.encode())
        assert (report.created, report.changed, report.unchanged, report.unused) == (0, 0, 1, ())
    assert "'=SUM(A1)" in imports.export(cast.alice, CLIENTS, locale)


def test_a_name_with_the_separator_comes_back_whole(cast: Cast) -> None:
    names = ["A|B", "C\\", "D\\|E"]
    for name in names:
        cmdb.create(cast.alice, APPLICATIONS, {"name": name})
    cmdb.create(cast.alice, ASSETS, {"name": "SRV-1", "type": "server", "applications": names})
    text = imports.export(cast.alice, ASSETS, "fr")
    assert imports.run(cast.alice, "assets", text.encode()).unchanged == 1
    assert imports.run(cast.alice, "assets", b"name,applications\nSRV-1,A\\|B\n").changed == 1
    text = "name,type,applications\nSRV-2,server,A|B\n"  # two names, of which there is none
    with pytest.raises(BadRows):
        imports.run(cast.alice, "assets", text.encode())


def test_two_of_one_address_are_told_apart_by_it(cast: Cast) -> None:
    text = "name,email\nJ D,jd@x.example\nJ D,jd2@x.example\nJ D,JD@x.example\n"
    with pytest.raises(BadRows) as refused:
        imports.run(cast.alice, "employees", text.encode())
    assert [each[:3] for each in refused.value.rows] == [(4, "email", "taken")]


def test_an_empty_cell_is_as_good_as_no_column(cast: Cast) -> None:
    text = "title,description,category,priority,source,severity\na,b,network,low,,\n"
    assert imports.run(cast.alice, "incidents", text.encode()).created == 1
    (made,) = board.page(cast.alice, board.Query()).items
    assert (made.source, made.severity) == ("manual", None)


def test_teams_come_with_their_parents(cast: Cast) -> None:
    text = (
        "nom,équipe parente,externe,e-mail,compétences\n"
        "Nuit,Réseau,,,\nRéseau,Support N3,non,,Pare-feu et Wi-Fi\nOpérateur,,oui,a@b.example,\n"
    )
    assert imports.run(SYSTEM, "teams", text.encode()).created == 3
    teams = {team.name: team for team in people.all_teams(cast.emile)}
    assert teams["Réseau"].parent_id == teams["Support N3"].id
    assert teams["Opérateur"].external
    assert (teams["Réseau"].skills, teams["Nuit"].skills) == ("Pare-feu et Wi-Fi", None)
    assert teams["Nuit"].parent_id == teams["Réseau"].id  # which the file has below it
    assert imports.run(SYSTEM, "teams", text.encode()).unchanged == 3


def test_the_change_log_of_applications_comes_from_a_file_too(cast: Cast) -> None:
    """S80; rules, "CMDB": « date, text, author, by form, CSV or API »."""
    crm = cmdb.create(cast.alice, ItemKind.APPLICATIONS, {"name": "CRM"})
    text = "application,date,changement,auteur\ncrm,2026-06-12,Version 4.2,Éditeur\nCRM,13/06/2026,Certificat,\n"
    assert imports.run(cast.alice, "changes", text.encode()).created == 2
    assert imports.run(cast.alice, "changes", text.encode()).unchanged == 2
    told = [(line.day.isoformat(), line.summary, line.author) for line in impact.changes(cast.alice, [crm.id])]
    assert told == [("2026-06-13", "Certificat", "Alice Martin"), ("2026-06-12", "Version 4.2", "Éditeur")]
    with pytest.raises(BadRows) as refused:
        imports.run(cast.alice, "changes", b"application,day,summary\nERP,2026-06-12,x\nCRM,12.6.,\n")
    assert [(line, column, code) for line, column, code, _ in refused.value.rows] == [
        (2, "application", "unknown"),
        (3, "day", "malformed"),
        (3, "summary", "required"),
    ]


def test_incidents_come_with_their_links(cast: Cast) -> None:
    cmdb.create(cast.alice, ASSETS, {"name": "SRV-1", "type": "server"})
    text = "titre,description,catégorie,priorité,sévérité,assets\nPanne,Rien ne va,Matériel,Haute,Majeure,SRV-1\n"
    assert imports.run(SYSTEM, "incidents", text.encode()).created == 1
    [incident] = board.page(cast.alice, board.Query()).items
    assert (incident.title, incident.priority, incident.severity) == ("Panne", "high", "major")
    assert [link.name for link in incident.links[ASSETS]] == ["SRV-1"]
    assert incident.requester.login == "emile"


def test_incidents_that_were_given_out_and_are_taken_in_again_change_nothing(cast: Cast) -> None:
    """By the reference they are known; one that means another incident is refused, one of another tool is nobody's."""
    closed(cast.alice)
    kept = an_incident(cast.alice)
    text = "".join(exports.incidents(SYSTEM, "csv"))
    before = audit.verify_chain().lines
    report = imports.run(SYSTEM, "incidents", text.encode())
    assert (report.created, report.changed, report.unchanged) == (0, 0, 2)
    assert audit.verify_chain().lines == before
    other = f"référence,titre,description,catégorie,priorité\n{kept.reference},Autre chose,x,Réseau,Basse\n"
    with pytest.raises(BadRows) as refused:
        imports.run(SYSTEM, "incidents", other.encode())
    assert [(line, column) for line, column, _, _ in refused.value.rows] == [(2, "référence")]
    foreign = other.replace(kept.reference, "SD-4711")
    assert imports.run(SYSTEM, "incidents", foreign.encode()).created == 1


@pytest.mark.parametrize("kind", ["assets", "teams"])
def test_a_requester_imports_nothing(cast: Cast, kind: str) -> None:
    with pytest.raises(Forbidden):
        imports.run(cast.chloe, kind, b"name,type\nX,server\n")
