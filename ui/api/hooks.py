"""Alerts of monitoring systems, which carry their token in the address: few of them can send a header of ours."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path

from data.vocabulary import Monitor
from services.errors import NotFound
from services.intake import alerts, senders
from ui import calls
from ui.api.request import Caller, Locale, no_query
from ui.api.shapes import Received

router = APIRouter(dependencies=[Depends(no_query)])


@router.post("/hooks/{kind}/{token}", status_code=202)
async def receive_alerts(
    caller: Caller,
    kind: Annotated[str, Path(json_schema_extra={"enum": [*Monitor]})],
    token: str,
    sent: Annotated[dict[str, Any], Body()],
    locale: Locale,
) -> Received:
    """Each alert has its incident."""
    monitor = next((each for each in Monitor if each == kind), None)
    if monitor is None:
        raise NotFound()
    told = senders.read(monitor, sent)
    # A transaction each, so that a hundred of them hold nobody up.
    found = [await calls.write(alerts.receive, caller, monitor, alert, locale) for alert in told]
    return Received(references=list(dict.fromkeys(filter(None, found))))
