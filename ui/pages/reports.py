"""`/reports`: the figures of a period for the team; period and filters are in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from nicegui import app

from data.vocabulary import Category, ItemKind, Priority
from services import board
from services.clock import now
from services.errors import DeskError, Invalid
from services.figures import choices, period, report
from services.figures.period import Period
from services.permissions import TEAM_ROLES
from ui import calls, session
from ui.components.report import CSV, DATA, ReportView
from ui.declare import desk_page
from ui.elements import button, el
from ui.report_text import Words, csv_text, report_json
from ui.shell import frame, page_header
from ui.viewer import Viewer

NO_STORE = {"Cache-Control": "no-store"}
CODES = {"priority": Priority, "category": Category}
NAMED = {"client": ItemKind.CLIENTS, "application": ItemKind.APPLICATIONS}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; `preset` is empty for dates."""

    preset: str
    period: Period
    query: board.Query


@desk_page("/reports", roles=TEAM_ROLES)
def reports_page(viewer: Viewer) -> None:
    """The component asks for the figures, so that the page is there at once."""
    title = viewer.t("report.title")
    with frame(viewer, title, current="/reports"):
        with page_header(title):
            el("span", "vg-grow")
            button(viewer.t("report.print"), icon="print").on("click", js_handler="() => window.print()")
        with el("div", "vg-pad"):
            ReportView(viewer)


@app.get(DATA, include_in_schema=False)
async def data(request: Request) -> Response:
    """The report that the address asks for."""
    try:
        viewer = await _viewer(request)
        asked = _asked(request.query_params, viewer)
        found = await calls.read(report.build, viewer.actor, asked.period, asked.query)
        offered = await calls.read(choices.offered, viewer.actor)
    except DeskError as refusal:
        return JSONResponse({"code": refusal.code}, refusal.status, NO_STORE)
    made = report_json(found, viewer, lambda name: f"{CSV}/{name}?{urlencode(dict(request.query_params))}")
    options = {
        "team": [(str(team.id), team.name) for team in offered.teams],
        **{name: [(name_, name_) for name_ in offered.items[kind]] for name, kind in NAMED.items()},
        **{name: [(code.value, viewer.t(f"{name}.{code}")) for code in codes] for name, codes in CODES.items()},
    }
    return JSONResponse(made | {"preset": asked.preset, "choices": options}, 200, NO_STORE)


@app.get(f"{CSV}/{{name}}", include_in_schema=False)
async def table_file(request: Request, name: str) -> Response:
    """One table of the report that the address asks for."""
    try:
        viewer = await _viewer(request)
        found = await calls.read(
            report.build, viewer.actor, (asked := _asked(request.query_params, viewer)).period, asked.query
        )
    except DeskError as refusal:
        return JSONResponse({"code": refusal.code}, refusal.status, NO_STORE)
    if name not in found.tables:
        return JSONResponse({"code": "not_found"}, 404, NO_STORE)
    text = csv_text(found.tables[name], Words(viewer))
    file = f"{name}-{found.period.first}-{found.period.last}.csv"
    headers = NO_STORE | {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


async def _viewer(request: Request) -> Viewer:
    actor, account = await session.who(request)
    return session.viewer_of(request, actor, account)


def _asked(given: Mapping[str, str], viewer: Viewer) -> Asked:
    """Raises `Invalid` for a date that is none; a preset that does not exist is the usual one."""
    asked: dict[str, Any] = {name: tuple(filter(None, given.get(name, "").split(","))) for name in CODES}
    asked |= {name: given.get(name) or None for name in ("team", *NAMED)}
    query = board.Query(**asked)
    if given.get("from") or given.get("to"):
        days = {name: _day(name, given.get(name, "")) for name in ("from", "to")}
        return Asked("", Period(days["from"], days["to"], viewer.zone), query)
    wish = given.get("period", period.DEFAULT)
    preset = wish if wish in period.PRESETS else period.DEFAULT
    found = period.preset(preset, now(), viewer.zone)
    assert found is not None
    return Asked(preset, found, query)


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(**{name: "wrong_type"}) from None
