"""The call for an incident on paper (S139 to S143)."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from ui.api.bodies import ReportScopeCode
from ui.api.request import Caller, Locale, Zone
from ui.report import PdfResponse, pdf_of

router = APIRouter()


class Paper(BaseModel):
    """For whom."""

    model_config = ConfigDict(extra="forbid")

    scope: Annotated[
        ReportScopeCode | None,
        Field(
            description="`requester`: as its requester would get it, without internal notes; else as the caller sees it"
        ),
    ] = None


@router.get("/incidents/{reference}/report.pdf", response_class=PdfResponse)
async def get_report(
    caller: Caller, reference: str, locale: Locale, zone: Zone, asked: Annotated[Paper, Query()]
) -> Response:
    """The complete history as PDF/A-3, with the same as JSON attached."""
    return await pdf_of(caller, reference, locale, zone, asked.scope)
