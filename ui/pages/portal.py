"""`/portal`: declaring, what one has declared, those that wait for an answer first, what others have, what is closed
(ux 8.7). For the team as well, who have troubles of their own."""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import quote

from nicegui import ui

from data.vocabulary import Visibility
from services import affected, attachments, board, portal
from services.desk_settings import service_catalogue
from services.errors import DeskError
from services.intake.mail import fetching
from services.permissions import EVERYBODY
from services.portal import OwnIncident
from ui import calls, drafts, live
from ui.components.composer import place
from ui.components.incident_or_request import incident_or_request
from ui.components.known_problems import KnownProblems
from ui.components.own_incident import Kept, OwnIncidentCard
from ui.components.past_incidents import PastIncidents, question
from ui.components.redrawn import Redrawn, light
from ui.components.trouble_form import PLACE, TroubleForm
from ui.declare import desk_page
from ui.elements import el, empty_state, icon
from ui.shell import frame
from ui.viewer import Viewer

WAITING = (portal.Question.SOLVED, portal.Question.INFORMATION)


@desk_page("/portal", roles=EVERYBODY)
async def portal_page(viewer: Viewer) -> None:
    own = await calls.read(portal.current, viewer.actor)
    catalogue = await calls.read(service_catalogue)
    draft = await drafts.kept(viewer, PLACE)
    replies = await _replies(viewer, own)
    first = await calls.read(board.page, viewer.actor, question(""))
    problems = await calls.read(affected.known_problems, viewer.actor)

    async def declared() -> None:
        await mine.refresh()

    async def joined() -> None:
        await known.refresh()

    with frame(viewer, viewer.t("portal.title"), current="/portal"), el("div", "vg-portal"):
        waiting = Redrawn(lambda count: _draw_waiting(viewer, count), classes="vg-portal__jump")
        with el("section", "vg-portal__declare", aria_labelledby="declare"):
            el("h1", "vg-portal__title", viewer.t("portal.title"), id="declare")
            el("p", "vg-portal__lead", viewer.t("portal.lead"))
            _draw_address(viewer)
            form = TroubleForm(viewer, draft, declared, joined)
            incident_or_request(viewer, catalogue, words="portal")
        with el("div", "vg-portal__others"):
            known = KnownProblems(viewer, problems)
            with el("section", "vg-portal__mine", id="mine", aria_labelledby="mine-title", tabindex=-1):
                el("h2", "vg-portal__subtitle", viewer.t("portal.mine"), id="mine-title")
                mine = OwnIncidents(viewer, own, replies, waiting)
            if any(each.question in WAITING for each in own):
                known.root.move(target_index=1)  # below what waits for an answer
            past = PastIncidents(viewer, first)
    client = ui.context.client

    async def refresh() -> None:
        await mine.refresh()
        await past.refresh()

    live.watch_own(client, viewer.user_id, refresh)
    client.on_connect(known.refresh)
    client.on_connect(refresh)  # what happened between the reading and now
    client.on_disconnect(form.keep_draft)
    client.on_disconnect(mine.keep_drafts)


async def _replies(viewer: Viewer, own: Sequence[OwnIncident]) -> dict[int, Kept]:
    """What was being written where an answer is asked for."""
    return {
        each.incident.id: Kept(
            await drafts.kept(viewer, place(each.incident.reference, Visibility.PUBLIC)),
            await calls.read(attachments.pending, viewer.actor, each.incident.reference, Visibility.PUBLIC),
        )
        for each in own
        if each.question is portal.Question.INFORMATION
    }


def _draw_address(viewer: Viewer) -> None:
    """Where one can write instead, if that is so."""
    if address := fetching.address():
        with el("p", "vg-muted vg-portal__mail"):
            icon("mail")
            el("span", "", viewer.t("portal.by_mail"))
            el("a", "", address, href=f"mailto:{quote(address, safe='@')}")


def _draw_waiting(viewer: Viewer, count: int) -> None:
    if count:
        with el("a", "vg-report__question", href="#mine"):
            icon("contact_support")
            el("span", "vg-grow", viewer.t("portal.waiting", n=count))
            icon("arrow_downward")


class OwnIncidents:
    """The cards in order; a change moves and redraws only what is another than it was."""

    def __init__(self, viewer: Viewer, own: Sequence[OwnIncident], replies: dict[int, Kept], waiting: Redrawn) -> None:
        self._viewer, self._waiting = viewer, waiting
        self._cards: dict[int, OwnIncidentCard] = {}
        self._list = el("ul", "vg-reports", aria_labelledby="mine-title")
        with el("div") as self._nothing, empty_state(viewer.t("portal.empty"), viewer.t("portal.empty_sub")):
            pass
        self._show(own, replies)

    async def refresh(self) -> None:
        """Whatever happened to one's own incidents is on the page; what others did is lit for a moment."""
        own = await calls.read(portal.current, self._viewer.actor)
        answering = {key for key, card in self._cards.items() if card.answers}
        replies = await _replies(self._viewer, [each for each in own if each.incident.id not in answering])
        light([card.root for card in self._show(own, replies)])
        for card in [*self._cards.values()]:
            with suppress(DeskError):
                await card.warn()

    async def keep_drafts(self) -> None:
        """What is being typed is kept."""
        for card in [*self._cards.values()]:
            await card.keep_draft()

    def _show(self, own: Sequence[OwnIncident], replies: dict[int, Kept]) -> list[OwnIncidentCard]:
        """The cards that changed."""
        changed = []
        for key in self._cards.keys() - {each.incident.id for each in own}:
            self._cards.pop(key).root.delete()
        for position, each in enumerate(own):
            key = each.incident.id
            if key not in self._cards:
                with self._list:
                    self._cards[key] = OwnIncidentCard(self._viewer, each, replies.get(key, Kept()), self.refresh)
                changed.append(self._cards[key])
            elif self._cards[key].show(each, replies.get(key, Kept())):
                changed.append(self._cards[key])
            root = self._cards[key].root
            if self._list.default_slot.children.index(root) != position:
                root.move(target_index=position)
        self._nothing.visible = not own
        self._waiting.show(sum(each.question in WAITING for each in own))
        return changed
