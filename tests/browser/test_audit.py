"""The audit as an administrator uses it."""

import csv
import json
from pathlib import Path

from playwright.sync_api import expect
from pypdf import PdfReader

from services import incidents, lifecycle
from services.incidents import edit
from services.reports.verify import verify_pdf
from tests.browser.conftest import PageAs, Vigie


def test_an_administrator_reads_filters_exports_and_verifies_the_audit(vigie: Vigie, page_as: PageAs) -> None:
    """S144, S145, S146."""
    first = vigie.create("Imprimante bloquée")
    vigie.create("Téléphone muet", by="bruno")
    edit(vigie.actors["alice"], first.reference, {"title": "=Imprimante en panne"}, version=first.version)
    lifecycle.take(vigie.actors["bruno"], first.reference)

    alice = page_as("alice")
    alice.goto("/incidents")
    expect(alice.get_by_role("link", name="Audit", exact=True)).to_have_count(0)
    alice.goto("/admin/audit")
    expect(alice.get_by_role("heading", name="Audit")).to_have_count(0)
    assert alice.request.get("/admin/audit/export").status == 403

    emile = page_as("emile")
    emile.goto("/incidents")
    emile.get_by_role("link", name="Audit", exact=True).click()
    lines = emile.get_by_role("list", name="Lignes de l’historique").get_by_role("listitem")
    expect(lines.first).to_contain_text("Émile")
    emile.get_by_role("searchbox", name="Incident", exact=True).fill(first.reference)
    emile.get_by_role("combobox", name="Qui").fill("alice")
    emile.get_by_role("button", name="Filtrer").click()
    emile.wait_for_url(lambda url: f"incident={first.reference}" in url and "person=alice" in url)
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("AvantImprimante bloquéeAprès=Imprimante en panne")
    expect(lines.first.get_by_role("link", name=first.reference)).to_have_attribute(
        "href", f"/incidents/{first.reference}"
    )

    for form, name in (("csv", "Exporter en CSV"), ("json", "Exporter en JSON")):
        with emile.expect_download() as download:
            emile.get_by_role("link", name=name).click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(text.splitlines())) if form == "csv" else json.loads(text)
        assert [(row["actor"], row["fact"], row["incident"]) for row in rows] == [
            ("alice", "field_changed", first.reference),
            ("alice", "created", first.reference),
        ]

    emile.get_by_role("link", name="Tout l’historique").click()
    expect(lines.first).to_contain_text("a exporté l’audit")
    emile.get_by_role("button", name="Vérifier maintenant").click()
    expect(emile.get_by_text("Chaîne intacte")).to_be_visible()
    emile.reload()
    expect(lines.first).to_contain_text("a vérifié la chaîne")


def test_an_exported_pdf_is_read_back_and_proves_itself(vigie: Vigie, page_as: PageAs, tmp_path: Path) -> None:
    """S140, S143."""
    incident = vigie.create("Serveur de fichiers injoignable")
    lifecycle.start_and_resolve(vigie.actors["alice"], incident.reference, code="fixed", summary="Redémarré.")
    alice = page_as("alice")
    alice.goto(f"/incidents/{incident.reference}")
    with alice.expect_download() as saving:
        alice.get_by_role("link", name="Exporter en PDF").click()
    saved = tmp_path / saving.value.suggested_filename
    saving.value.save_as(saved)
    assert saved.name.startswith(incident.reference)
    pdf = PdfReader(saved)
    read = " ".join("".join(page.extract_text() for page in pdf.pages).split())
    assert "Serveur de fichiers injoignable" in read
    assert "Redémarré." in read
    told = json.loads(pdf.attachments["history.json"][0])["lines"]
    kept = [line.seq for line in incidents.history(vigie.actors["alice"], incident.reference).entries]
    assert kept[: len(told)] == [line["seq"] for line in told]  # since then the export itself is a line
    assert verify_pdf(saved.read_bytes()).intact
    lifecycle.reopen(vigie.actors["alice"], incident.reference, reason="Encore injoignable.")
    assert verify_pdf(saved.read_bytes()).intact
    assert not verify_pdf(saved.read_bytes() + b" ").intact
