"""The board: what is open, live; and the archive behind its filters."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated

from fastapi import Query as Parameter
from fastapi import Request, Response
from fastapi.responses import JSONResponse
from nicegui import app, ui
from nicegui.events import GenericEventArguments

from data.vocabulary import Action, Status
from services import board, lifecycle
from services.board import Row
from services.errors import DeskError
from services.views import IncidentView
from ui import calls, live, session
from ui.api.bodies import Narrowing
from ui.components.board import ARCHIVE, Board
from ui.components.toasts import toast
from ui.elements import link_button
from ui.shell import frame, live_dot, page_header
from ui.viewer import Viewer

# One step from the list; whatever needs a dialog opens the incident's page.
STEPS: Mapping[str, tuple[Callable[..., IncidentView], str]] = {
    Action.TAKE: (lifecycle.take, "toast.taken"),
    Action.START: (lifecycle.start, "toast.started"),
    Action.RESUME: (lifecycle.resume, "toast.resumed"),
}
ASSIGNEES = {"mine": "me", "unassigned": "none"}


class Archived(Narrowing):
    """As the API's, with the board's quick filters; what a report asks for comes from the address of the page."""

    who: Sequence[str] = ()
    sort: str = "-created"

    def query(self, own_team: str | None) -> board.Query:
        """What it asks the services for."""
        given = self.model_dump(exclude={"who"})
        who = next((asked for name, asked in ASSIGNEES.items() if name in self.who), None)
        given |= {"assignee": who} if who else {}
        return board.Query(**given | ({"team": own_team} if "team" in self.who else {}))


# Taking from one of these leaves the status alone, so that giving it back restores what was.
RETURNABLE = (Status.ASSIGNED, Status.ON_HOLD)


@session.desk_page("/incidents")
def incidents_page(viewer: Viewer) -> None:
    """Filters, search and order are in the address, which the component reads and writes itself."""
    ui.add_head_html('<link rel="preload" as="fetch" crossorigin href="/board/snapshot">')
    live.join(ui.context.client, viewer)
    with frame(viewer, viewer.t("nav.incidents"), current="/incidents", open_count=len(live.hub.rows)):
        with page_header(viewer.t("nav.incidents")):
            live_dot(viewer.locale)
            ui.element("span").classes("vg-grow")
            link_button(viewer.t("action.new_incident"), "/incidents/new", icon="add", kind="primary", key="C")
        with ui.element("div").classes("vg-pad"):
            list_of_all = Board(viewer, lambda event: _act(viewer, list_of_all, event))


async def _act(viewer: Viewer, shown: Board, event: GenericEventArguments) -> None:
    match event.args:
        case {"id": int(key), "v": int(version), "action": str(action)} if key in live.hub.rows and action in STEPS:
            row, (step, said) = live.hub.rows[key], STEPS[action]
        case _:  # gone meanwhile, or not from our component
            return
    done = await calls.perform(viewer, step, viewer.actor, row["ref"], version=version)
    shown.settled(row["id"])
    if done is not None:
        undo = _giving_back(viewer, row, done) if step is lifecycle.take else None
        toast(viewer.t(said, ref=done.reference), undo=undo, undo_label=viewer.t("action.undo"))


def _giving_back(viewer: Viewer, before: Row, taken: IncidentView) -> Callable[[], Awaitable[None]] | None:
    """A way to undo the taking, where one leads back to exactly what was before."""
    person, team = before["assignee"], before["team"]
    as_shown = (before["v"] + 1, before["status"]) == (taken.version, taken.status)
    if not as_shown or not (person or team) or taken.status not in RETURNABLE:
        return None

    async def give_back() -> None:
        owner = {"assignee": person["login"] if person else None, "team": team["id"] if team else None}
        done = await calls.perform(
            viewer, lifecycle.assign, viewer.actor, taken.reference, version=taken.version, **owner
        )
        if done is not None:
            toast(viewer.t("toast.released", ref=taken.reference), icon="undo")

    return give_back


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
