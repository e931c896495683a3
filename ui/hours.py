"""Opening hours for the browser: what the kit counts with, fetched once and kept.

The address names its content, so it never changes, and knowing it is knowing what it says.
"""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from services import sla_policies
from ui import calls
from ui.theme import YEAR

router = APIRouter()


@router.get("/sla/hours/{key}", include_in_schema=False)
async def opening_hours(key: str) -> Response:
    """The sheet of the calendar, or 404."""
    sheet = await calls.read(sla_policies.hours_sheet, key)
    if sheet is None:
        return Response(status_code=404)
    return JSONResponse(sheet, headers={"Cache-Control": f"public, max-age={YEAR}, immutable"})
