"""An incident's PDF: all that the caller may see, in order, nothing fetched, checkable afterwards (S140 to S143)."""

import functools
import http.server
import io
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from data.vocabulary import Fact, ItemKind, Scope
from services import audit, cmdb, incidents, lifecycle
from services.clock import MovedClock
from services.errors import Forbidden, Invalid, NotFound, PdfTooLarge, PdfUnavailable
from services.reports import document, history, render
from services.reports.verify import verify_pdf
from services.work import Actor
from tests.dump import value
from tests.house.tree import ROOT
from tests.personas import PARIS, Cast, an_incident, closed, in_progress

FONTS = ROOT / "ui" / "static" / "fonts"
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
CANARY = "canari-7c1f"
EVENTS = 500


def export(actor: Actor, reference: str, locale: str = "fr", scope: str | None = None) -> bytes:
    """The PDF, put on record."""
    report = history.collect(actor, reference, scope)
    pdf = render.print_pdf(document.html(report, locale, PARIS), history.attached(report), FONTS)
    history.record(actor, report, pdf)
    return pdf


def words(pdf: bytes) -> str:
    """The text of all pages, white space as single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def attachment(pdf: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(PdfReader(io.BytesIO(pdf)).attachments["history.json"][0])
    return told


def with_attachment(pdf: bytes, told: dict[str, Any]) -> bytes:
    """The same pages with another history attached."""
    writer, out = PdfWriter(), io.BytesIO()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        writer.add_page(page)
    writer.add_attachment("history.json", json.dumps(told).encode())
    writer.write(out)
    return out.getvalue()


def a_story(cast: Cast, clock: MovedClock) -> str:
    """An incident of Chloé's with a hold, both kinds of comments, an escalation and a resolution."""
    incident = an_incident(cast.chloe, title="Été à Noël : œuvre, ÇA gêne", description="Où est passé l’accès ?")
    steps: list[tuple[Callable[..., object], Actor, dict[str, Any]]] = [
        (lifecycle.take_and_start, cast.alice, {}),
        (incidents.comment, cast.alice, {"body": "Nous vérifions l’hébergeur.", "visibility": "public"}),
        (incidents.comment, cast.alice, {"body": f"Mot de passe éventé {CANARY}"}),
        (lifecycle.hold, cast.alice, {"reason": "supplier", "text": f"Devis {CANARY}"}),
        (lifecycle.resume, cast.alice, {}),
        (incidents.edit, cast.alice, {"changes": {"priority": "low"}, "reason": f"Baisse {CANARY}"}),
        (lifecycle.escalate, cast.alice, {"mode": "hierarchical", "reason": f"Raison {CANARY}"}),
        (lifecycle.take_and_start, cast.bruno, {}),
        (lifecycle.resolve, cast.bruno, {"code": "fixed", "summary": f"Résumé {CANARY}"}),
    ]
    for step, by, given in steps:
        clock.forward(seconds=40)
        step(by, incident.reference, **given)
    return incident.reference


def test_every_event_stands_in_it_once_and_in_order(cast: Cast, clock: MovedClock) -> None:
    """S100, S132, S140, S141: accents correct; summary, timeline, SLA and resolution."""
    reference = a_story(cast, clock)
    entries = incidents.history(cast.alice, reference).entries
    text = words(export(cast.alice, reference))
    timeline = text[text.index("Historique et commentaires") :]
    instants = [f"{entry.at.astimezone(PARIS):%d/%m/%Y %H:%M:%S}" for entry in entries]
    assert [word for word in instants if word not in timeline] == []
    verbs = [
        *("Chloé Dubois a créé l’incident", "s’est assigné l’incident", "a démarré le travail"),
        *("Nous vérifions l’hébergeur.", f"Mot de passe éventé {CANARY}", f"Devis {CANARY}", "a repris le travail"),
        *("a changé la priorité Haute → Basse", "Résolution : lundi 15 juin 2026 à 18:00 → jeudi 18 juin 2026 à 10:00"),
        *(f"Baisse {CANARY}", "a escaladé", f"Raison {CANARY}"),
        *("Bruno Keller s’est assigné l’incident Support N2 → Bruno Keller", "a résolu l’incident", f"Résumé {CANARY}"),
    ]
    places = [timeline.index(verb) for verb in verbs]
    assert places == sorted(places)
    assert timeline.count("a créé l’incident") == timeline.count("a escaladé") == 1
    for said in ("Été à Noël : œuvre, ÇA gêne", "Où est passé l’accès ?", "Pourquoi cette échéance ?", "Corrigé"):
        assert said.replace("\u00a0", " ") in text


@ON_SQLITE
def test_five_hundred_events_stand_in_it_once_and_in_order(cast: Cast) -> None:
    """P3 of the security matrix."""
    reference = an_incident(cast.alice).reference
    said = [f"événement-{number:03d}" for number in range(EVENTS - 1)]
    for each in said:
        incidents.comment(cast.alice, reference, body=each)
    assert len(incidents.history(cast.alice, reference).entries) == EVENTS
    pdf = export(cast.alice, reference)
    text = words(pdf)
    assert re.findall(r"événement-\d{3}", text) == said
    assert attachment(pdf)["head"]["hash"] in text.replace(" ", "")


def test_it_says_who_exported_it_when_and_the_integrity_value(cast: Cast, clock: MovedClock) -> None:
    """S143; also on record, of a closed incident, and by a token that may only read."""
    reference = closed(cast.alice).reference
    pdf = export(replace(cast.diane, scope=Scope.READ), reference, "en")
    told = attachment(pdf)
    text = words(pdf)
    assert "Exported by Diane Leroy, Monday" in text
    assert told["head"]["hash"] in text.replace(" ", "")
    assert (told["exported_by"], told["exported_at"]) == ("diane", "2026-06-15T08:00:00+00:00")
    last = incidents.history(cast.alice, reference).entries[-1]
    assert (last.fact, last.actor and last.actor.login, last.public) == (Fact.REPORT_EXPORTED, "diane", False)
    assert audit.verify_chain().broken_at is None


def test_it_is_archivable_tagged_and_in_its_language(cast: Cast) -> None:
    reader = PdfReader(io.BytesIO(export(cast.alice, an_incident(cast.alice).reference)))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "pdfaid" in metadata
    assert ('part="3"' in metadata, 'conformance="A"' in metadata) == (True, True)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "fr"


def test_a_requester_gets_what_is_public(cast: Cast, clock: MovedClock) -> None:
    """S139: no internal word in the pages nor in the attached history, and nobody else's incident at all."""
    reference = a_story(cast, clock)
    pdf = export(cast.chloe, reference)
    assert CANARY not in words(pdf)
    assert CANARY not in json.dumps(attachment(pdf))
    assert "Nous vérifions l’hébergeur." in words(pdf)
    assert verify_pdf(pdf).finding == "intact"
    assert CANARY in words(export(cast.alice, reference))
    public = {"previous": attachment(pdf), "pages": words(pdf)}
    copy = export(cast.alice, reference, scope="requester")
    assert verify_pdf(copy).finding == "intact"
    assert [each for each in (words(copy), json.dumps(attachment(copy))) if CANARY in each or "Martin" in each] == []
    for part in ("scope", "lines", "comments", "files"):
        assert attachment(copy)[part] == public["previous"][part], part
    body = [text.partition("Attestation")[0] for text in (words(copy), public["pages"])]
    assert body[0] == body[1]
    assert "Sans les notes internes" in body[0]
    assert "Exporté par Alice, Équipe IT, lundi" in words(copy)
    recorded = [line.details.get("scope") for line in incidents.history(cast.alice, reference).entries[-3:]]
    assert recorded == ["requester", "team", "requester"]
    for actor, scope in ((cast.chloe, "team"), (cast.alice, "everybody")):
        with pytest.raises(Invalid):
            history.collect(actor, reference, scope)
    with pytest.raises(NotFound):
        history.collect(cast.chloe, an_incident(cast.alice).reference)


def test_related_incidents_and_recurrences_are_listed(cast: Cast) -> None:
    """S142."""
    server = cmdb.create(cast.emile, ItemKind.ASSETS, {"name": "SRV-01", "type": "server"})
    earlier = an_incident(cast.alice, title="Panne d’hier", links={"assets": [server.id]})
    now = an_incident(cast.alice, links={"assets": [server.id]})
    double = an_incident(cast.alice, title="La même chose")
    lifecycle.start_and_resolve(
        cast.alice, double.reference, code="duplicate", summary="Le même.", master=now.reference
    )
    text = words(export(cast.alice, now.reference))
    for said in ("SRV-01", earlier.reference, "Panne d’hier", double.reference, "La même chose", "2 en 30 jours"):
        assert said in text


def test_a_true_export_is_recognised_and_a_forged_one_is_not(cast: Cast, clock: MovedClock) -> None:
    """S143: each forgery is located."""
    pdf = export(cast.alice, a_story(cast, clock))
    assert verify_pdf(pdf).finding == "intact"
    assert verify_pdf(pdf + b"\n").finding == "file"
    told = attachment(pdf)
    seq = told["lines"][2]["seq"]

    def forged(change: Callable[[dict[str, Any]], object]) -> tuple[str, Any]:
        copy = json.loads(json.dumps(told))
        change(copy)
        report = verify_pdf(with_attachment(pdf, copy))
        return report.finding, next(iter(report.params.values()), None)

    assert forged(lambda each: None)[0] == "file"
    assert forged(lambda each: each["lines"].pop(2)) == ("line", seq)
    assert forged(lambda each: each["lines"][2].update(actor="bruno")) == ("line", seq)
    assert forged(lambda each: each["lines"][2]["details"].update(to="closed")) == ("line", seq)
    assert forged(lambda each: each["lines"][2].update(at="2026-06-15T08:00:00+00:00")) == ("line", seq)
    assert forged(lambda each: each["head"].update(hash="0" * 64))[0] == "line"
    comment = told["comments"][0]["id"]
    assert forged(lambda each: each["comments"][0].update(body="Rien.")) == ("comment", comment)
    assert forged(lambda each: each["comments"].pop(0)) == ("comment", comment)
    assert forged(lambda each: each.update(reference="INC-20260101-000001"))[0] == "unknown"
    for junk in (b"", b"%PDF-1.7", b"hello", with_attachment(pdf, {"format": "other"})):
        assert verify_pdf(junk).finding == "unreadable"
    assert forged(lambda each: each.pop("lines"))[0] == "unreadable"


class _Listener(http.server.BaseHTTPRequestHandler):
    def __init__(self, asked: list[str], *arguments: Any) -> None:
        self.asked = asked
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address on loopback, and the paths that were asked of it."""
    asked: list[str] = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Listener, asked)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def _payloads(site: str, file: str) -> list[str]:
    return [
        f'<img src="{site}/img">',
        f'<link rel="stylesheet" href="{site}/css">',
        f'<link rel="attachment" href="{site}/attachment"><link rel="attachment" href="{file}">',
        f'<style>@import url({site}/import); body {{ background: url("{site}/background") }}</style>',
        f"<style>@font-face {{ font-family: x; src: url({site}/font) }} p {{ font-family: x }}</style>",
        f'<a rel="attachment" href="{file}">x</a><a rel="attachment" href="{site}/a">x</a>',
        f'<object data="{site}/object"></object><embed src="{site}/embed"><iframe src="{file}"></iframe>',
        f'<svg><image href="{site}/svg"/><use href="{site}/use#x"/><image href="{file}"/></svg>',
        f'<base href="{site}/"><img src="relative"><input type="image" src="input">',
        f'<ul style="list-style: url({site}/list)"><li style="content: url({site}/content)">x</ul>',
        f'<img src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22><image href=%22{site}/%22/></svg>">',
        f'<video src="{site}/video" poster="{site}/poster"></video><audio src="{site}/audio"></audio>',
        f'<table background="{site}/table"><tr><td style="border-image: url({site}/border)">x</table>',
        f'<style>@page {{ background: url("{site}/page"); @top-left {{ content: url({file}) }} }}</style>',
        f'<p style="cursor: url({site}/cursor); mask: url({site}/mask)">x</p><img srcset="{site}/set 2x">',
        "</p></style></script>{{ 7 * 7 }}{% raw %}",
    ]


@ON_SQLITE
def test_what_people_type_stays_text(cast: Cast, listener: tuple[str, list[str]], tmp_path: Path) -> None:
    """P1: nothing is asked of the network, no file is read; every payload stands on the page as it was typed."""
    (site, asked), secret = listener, tmp_path / "secret.txt"
    secret.write_text("un-secret-du-serveur")
    incident = in_progress(
        cast.alice, title='<img src="x"> & co', description="\n".join(_payloads(site, secret.as_uri()))
    )
    for payload in _payloads(site, secret.as_uri()):
        incidents.comment(cast.alice, incident.reference, body=payload)
    pdf = export(cast.alice, incident.reference)
    assert asked == []
    assert '<img src="x"> & co' in words(pdf)
    assert "{{ 7 * 7 }}" in words(pdf)
    assert list(PdfReader(io.BytesIO(pdf)).attachments) == ["history.json"]
    assert b"un-secret-du-serveur" not in b"".join(_streams(pdf))


def test_even_markup_that_got_through_would_fetch_nothing(listener: tuple[str, list[str]], tmp_path: Path) -> None:
    """P1: the second lock, tried alone."""
    (site, asked), secret = listener, tmp_path / "secret.txt"
    secret.write_text("un-secret-du-serveur")
    pdf = render.print_pdf("".join(_payloads(site, secret.as_uri())), "{}", FONTS)
    assert asked == []
    assert b"un-secret-du-serveur" not in b"".join(_streams(pdf))


def _streams(pdf: bytes) -> Iterator[bytes]:
    """Everything in the file, unpacked."""
    reader = PdfReader(io.BytesIO(pdf))
    for number in range(1, len(reader.xref[0]) + len(reader.xref_objStm) + 1):
        found = reader.get_object(number)
        if found is not None and hasattr(found, "get_data"):
            yield found.get_data()
    yield pdf


@pytest.mark.parametrize("bomb", ['<table><td colspan="100000">x' * 3, "<p>" + "x" * 1_000_000])
def test_what_would_take_too_long_ends_with_a_sentence(bomb: str) -> None:
    """P2."""
    with pytest.raises(PdfTooLarge):
        render.print_pdf(bomb, "{}", FONTS, time_limit_s=2)


def test_what_would_take_too_much_memory_ends_with_a_sentence() -> None:
    """P2: more than 1 GiB is refused by the system."""
    with pytest.raises(PdfTooLarge):
        render.print_pdf("<div>" * 5_000, "{}", FONTS)


@ON_SQLITE
def test_too_many_events_are_refused_before_any_work(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_EVENTS", 3)
    reference = in_progress(cast.alice).reference
    assert len(history.collect(cast.alice, reference).timeline.entries) == history.MOST_EVENTS
    incidents.comment(cast.alice, reference, body="Encore.")
    with pytest.raises(PdfTooLarge) as refusal:
        history.collect(cast.alice, reference)
    assert refusal.value.params == {"max": 3}


def test_without_pango_vigie_works_and_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libgobject-2.0.so.0"):
        (tmp_path / library).write_bytes(b"not a library")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    with pytest.raises(PdfUnavailable) as refusal:
        render.print_pdf("<p>x", "{}", FONTS)
    assert refusal.value.params == {"packages": "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"}
    program = "import sys, main, ui.server; from services.reports import verify; print('weasyprint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@ON_SQLITE
def test_an_actor_without_rights_leaves_no_record(cast: Cast) -> None:
    incident = an_incident(cast.alice)
    report = history.collect(cast.alice, incident.reference)
    before = value("SELECT count(*) FROM history")
    with pytest.raises((Forbidden, NotFound)):
        history.record(cast.chloe, report, b"")
    assert value("SELECT count(*) FROM history") == before
