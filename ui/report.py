"""An incident's PDF as an answer, for the browser and for the API: read, print with no session held, put on record."""

from zoneinfo import ZoneInfo

from fastapi import Response

from data.vocabulary import ReportScope
from services.reports import document, history, render
from services.work import Actor
from ui import calls, theme


class PdfResponse(Response):
    """A PDF."""

    media_type = "application/pdf"


async def pdf_of(actor: Actor, reference: str, locale: str, zone: ZoneInfo, scope: str | None = None) -> PdfResponse:
    """The report, to be saved under the incident's reference; what the team saves for a requester says `public` there.

    Raises `NotFound`, `Invalid`, `PdfTooLarge`, `PdfUnavailable`.
    """
    report = await calls.read(history.collect, actor, reference, scope)
    pdf = await calls.print_out(_printed, report, locale, zone)
    await calls.write(history.record, actor, report, pdf)
    name = f"{report.incident.reference}{'-public' if scope == ReportScope.REQUESTER else ''}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return PdfResponse(pdf, headers=headers)


def _printed(report: history.HistoryReport, locale: str, zone: ZoneInfo) -> bytes:
    html, limit = document.html(report, locale, zone), render.time_limit_of(len(report.timeline.entries))
    return render.print_pdf(html, history.attached(report), theme.STATIC / "fonts", time_limit_s=limit)
