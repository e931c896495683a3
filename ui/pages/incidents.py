"""The board: what is open, live; and the archive behind its filters."""

from collections.abc import Sequence
from functools import cache
from typing import Annotated

from fastapi import Query as Parameter
from fastapi import Request, Response
from fastapi.responses import JSONResponse
from nicegui import app, ui

from services import board, saved_views, search
from services.errors import DeskError
from ui import calls, live, session, theme
from ui.api.bodies import Narrowing
from ui.board_desk import Desk
from ui.board_views import Kept
from ui.components.board import ARCHIVE, MATCHES, Board
from ui.declare import desk_page
from ui.shell import frame
from ui.viewer import Viewer

ASSIGNEES = {"mine": "me", "unassigned": "none"}


class Archived(Narrowing):
    """As the API's, with the board's quick filters; what a report asks for comes from the address of the page."""

    who: Sequence[str] = ()
    assignees: Sequence[str] = ()
    sort: str = "-created"

    def query(self, own_team: str | None) -> board.Query:
        """What it asks the services for."""
        given = self.asked(session.zone())
        del given["who"]
        who = next((asked for name, asked in ASSIGNEES.items() if name in self.who), None)
        given |= {"assignee": who} if who else {}
        return board.Query(**given | ({"team": own_team} if "team" in self.who else {}))


@desk_page("/incidents", reads=saved_views.seen)
def incidents_page(viewer: Viewer, views: saved_views.Views) -> None:
    """Filters, search, order and view are in the address, which the component reads and writes itself."""
    client = ui.context.client
    if session.comes_by_front(client.request):
        ui.add_head_html(_by_width())
    ui.add_head_html('<link rel="preload" as="fetch" crossorigin href="/board/snapshot">')
    live.join(client, viewer)
    desk, kept = Desk(viewer), Kept(viewer, views)
    with frame(viewer, viewer.t("nav.incidents"), current="/incidents") as main:
        acts = {"on_act": desk.act, "on_bulk": desk.bulk, "on_keep": kept.keep}
        list_ = Board(viewer, views=kept.views, **acts)
        desk.draw(main, list_)
        kept.draw(list_)


@cache
def _by_width() -> str:
    """What leads a narrow window on to the phone's page before anything is drawn."""
    return f'<script src="{theme.asset("front.js")}"></script>'


@app.get(ARCHIVE, include_in_schema=False)
async def archive(request: Request, asked: Annotated[Archived, Parameter()]) -> Response:
    """A page of what matches, resolved and closed included, as rows of the board: `{rows, next, total}`."""
    headers = {"Cache-Control": "no-store"}
    try:
        actor, account = await session.who(request)
        own = str(account.teams[0].id) if account.teams else None
        query = asked.query(own)
        rows, following, total = await calls.read(board.archive, actor, query)
    except DeskError as refusal:
        return JSONResponse({"code": refusal.code}, refusal.status, headers)
    return JSONResponse({"rows": rows, "next": following, "total": total}, 200, headers)


@app.get(MATCHES, include_in_schema=False)
async def matches(request: Request, q: str | None = None) -> Response:
    """Which open incidents have the words somewhere that the board's rows do not carry: `{ids}`."""
    headers = {"Cache-Control": "no-store"}
    try:
        actor, _ = await session.who(request)
        ids = await calls.read(search.open_ids, actor, q)
    except DeskError as refusal:
        return JSONResponse({"code": refusal.code}, refusal.status, headers)
    return JSONResponse({"ids": ids}, 200, headers)
