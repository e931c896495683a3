"""`GET /incidents/{reference}/report.pdf` (S140, S143)."""

import hashlib
from pathlib import Path

import pytest

from services.reports import render
from services.reports.verify import verify_pdf
from tests.rest.conftest import Api, field_codes, problem

SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


def test_the_report_is_a_file_that_can_be_checked(api: Api) -> None:
    reference = api.chloe.create()["reference"]
    for login in ("alice", "chloe"):
        answer = getattr(api, login).get(f"/incidents/{reference}/report.pdf")
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{reference}.pdf"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert verify_pdf(answer.content).finding == "intact"
    last = api.alice.get(f"/incidents/{reference}/history").json()[-1]
    assert (last["fact"], last["actor"]) == ("report_exported", "chloe")
    assert last["details"]["sha256"] == hashlib.sha256(answer.content).hexdigest()
    for_her = api.alice.get(f"/incidents/{reference}/report.pdf?scope=requester")
    assert for_her.headers["Content-Disposition"] == f'attachment; filename="{reference}-public.pdf"'
    assert verify_pdf(for_her.content).finding == "intact"
    refused = api.alice.get(f"/incidents/{reference}/report.pdf?scope=all")
    assert field_codes(refused) == {"scope": "unknown_value"}


@SQLITE
def test_who_may_not_see_the_incident_gets_no_report(api: Api) -> None:
    reference = api.chloe.create()["reference"]
    problem(api.gina.get(f"/incidents/{reference}/report.pdf"), 404, "not_found")
    problem(api.of(None).get(f"/incidents/{reference}/report.pdf"), 401, "bad_token")
    assert field_codes(api.alice.get(f"/incidents/{reference}/report.pdf?x=1")) == {"x": "extra"}


@SQLITE
def test_a_server_that_cannot_print_says_what_it_lacks(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = api.alice.create()["reference"]
    (tmp_path / "libpango-1.0.so.0").write_bytes(b"not a library")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    answer = api.alice.get(f"/incidents/{reference}/report.pdf", headers={"Accept-Language": "en"})
    assert render.PACKAGES in problem(answer, 503, "pdf_unavailable")["detail"]
