"""`/incidents/{reference}`: an incident, what happened to it, and what may be done with it now.

Whatever changes it, here or elsewhere, comes back as one reading of the incident; each part then shows what is new in
place. Nothing is rebuilt around what somebody is typing.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from nicegui import ui

from data.vocabulary import OPEN_STATUSES, Action, Role, Visibility
from services import attachments, i18n, incidents
from services.attachments import UploadView
from services.desk_settings import service_catalogue
from services.errors import DeskError, NotFound
from services.inputs import BODY
from services.notifications import inbox
from services.sheet import sheet
from services.views import EntryView, IncidentView, Proposal, Sheet
from ui import calls, drafts, live
from ui.components.action_bar import ICONS, ActionBar
from ui.components.affected_card import AffectedCard
from ui.components.composer import Composer, place
from ui.components.held_card import HeldCard
from ui.components.in_place import InPlaceText
from ui.components.incident_crumb import IncidentCrumb
from ui.components.incident_head import IncidentHead
from ui.components.items_card import ItemsCard
from ui.components.messages_card import MessagesCard
from ui.components.notices import Notices
from ui.components.properties import Properties
from ui.components.redrawn import light
from ui.components.relations_card import RelationsCard
from ui.components.satisfaction import SatisfactionPart
from ui.components.sla_card import SlaCard
from ui.components.stepper import Stepper, times_of
from ui.components.timeline import TimelinePanel
from ui.components.toasts import toast
from ui.declare import EVERYBODY, desk_page
from ui.dialogs.asking import Ask, Asking
from ui.dialogs.at_once import AT_ONCE, undo_of
from ui.dialogs.by_action import ASKING
from ui.dialogs.escalate import ask_escalation
from ui.dialogs.links import ask_links
from ui.dialogs.message import ask_message
from ui.dialogs.priority import ask_priority
from ui.dialogs.redirect import ask_redirection
from ui.dialogs.relation import ask_relation, unrelate
from ui.dialogs.why import show_working
from ui.elements import card, el, set_attributes, set_text
from ui.pages.errors import unknown_incident
from ui.presence import Presence, Seen
from ui.session import HOME
from ui.shell import frame
from ui.viewer import Viewer


@desk_page("/incidents/{reference}", roles=EVERYBODY)
async def incident_page(viewer: Viewer, reference: str, do: str = "") -> None:
    """`do` opens the dialog of that action, if it is allowed: the board's keys lead here."""
    try:
        found = await calls.read(sheet, viewer.actor, reference)
    except NotFound:
        unknown_incident(viewer, reference)
        return
    catalogue = viewer.role is not Role.REQUESTER and await calls.read(service_catalogue) is not None
    page = IncidentPage(viewer, found, redirects=catalogue)
    kept = {each: await drafts.kept(viewer, place(reference, each)) for each in page.readers}
    files = {each: await calls.read(attachments.pending, viewer.actor, reference, each) for each in page.readers}
    with frame(viewer, f"{reference} {found.incident.title}", current=HOME):
        page.draw(kept, files)
    client = ui.context.client
    live.watch(client, found.incident.id, page.refresh)
    page.presence = Presence(client, viewer, found.incident.id, page.show_others)
    client.on_connect(page.refresh)  # what happened between the reading and now
    client.on_connect(page.mark_read)
    client.on_disconnect(page.keep_drafts)
    if do in found.incident.allowed_actions and Action(do) in ASKING:
        ui.navigate.history.replace(f"/incidents/{found.incident.reference}")
        await page.run(Action(do), found.incident.version)


class IncidentPage:
    """The parts of the page, and what its buttons do."""

    def __init__(self, viewer: Viewer, found: Sheet, *, redirects: bool) -> None:
        self.viewer, self.incident, self._sheet = viewer, found.incident, found
        self._may_redirect = redirects  # there is a catalogue to send service requests to
        self.dialog: Asking | None = None
        self.presence: Presence | None = None

    @property
    def readers(self) -> tuple[Visibility, ...]:
        """Who can be written to: a requester writes to the team, in public."""
        team = (Visibility.INTERNAL,) if self.viewer.role is not Role.REQUESTER else ()
        return (*team, Visibility.PUBLIC)

    def draw(self, kept: Mapping[Visibility, str], files: Mapping[Visibility, Sequence[UploadView]]) -> None:
        """The page stands; `kept` are the drafts of its comments, `files` what was sent to go with them."""
        viewer, t, incident = self.viewer, self.viewer.t, self.incident
        with el("div", "vg-incident") as self._root:
            redirect = partial(self.ask, ask_redirection)
            self._crumb = IncidentCrumb(viewer, incident.reference, redirect, lambda: self.incident.status)
            self._heard = el("p", "vg-sr", "", role="status")
            self._head = IncidentHead(viewer, self.edit)
            self._stepper = Stepper(viewer)
            self._actions = ActionBar(viewer, self.run)
            self._timeline = TimelinePanel(viewer, incident.reference)
            with el("div", "vg-icols"):
                with el("div", "vg-stack"):
                    self._notices = Notices(viewer, self._propose_escalation)
                    self._satisfaction = SatisfactionPart(viewer, incident.reference, self.refresh)
                    with card(t("field.description")):
                        self._description = InPlaceText(
                            viewer, "description", tag="div", classes="vg-text", max_length=BODY, save=self.edit
                        )
                    with el("section"):
                        self._timeline.head()
                        reader = incident.requester.name
                        self._composer = Composer(
                            viewer, incident.reference, reader, kept, files, self.refresh, self.typed
                        )
                        self._timeline.body()
                with el("aside", "", aria_label=t("detail.properties")):
                    whole = viewer.role is not Role.REQUESTER
                    self._sla = SlaCard(viewer, incident.cycle, self._explain) if whole else None
                    self._properties = Properties(
                        viewer,
                        choose=self._choose,
                        change_priority=self._change_priority,
                        change_owner=partial(self.run, Action.ASSIGN),
                    )
                    edit, inform, relate = (partial(self.ask, ask) for ask in (ask_links, ask_message, ask_relation))
                    self._items = ItemsCard(viewer, edit=edit, accept=self._accept, inform=inform) if whole else None
                    self._affected = AffectedCard(self) if whole else None
                    self._related = RelationsCard(viewer, relate, partial(unrelate, self)) if whole else None
                    self._messages = MessagesCard(viewer) if whole else None
                    self._held = HeldCard(viewer) if whole else None
        self._show(self._sheet)

    async def refresh(self) -> None:
        """What changed is on the page. Others' changes are lit for a moment."""
        with suppress(DeskError):  # no longer theirs to see: the page is about to leave
            found = await calls.read(sheet, self.viewer.actor, self.incident.reference)
            if len(found.timeline.entries) >= len(self._sheet.timeline.entries):  # readings may overtake each other
                self._show(found)

    async def mark_read(self) -> None:
        """The bell does not count any more what this page shows."""
        with suppress(DeskError):
            await calls.write(inbox.mark_read, self.viewer.actor, incident_id=self.incident.id)

    def show_others(self, others: tuple[Seen, ...]) -> None:
        """Who else of the team has the incident open."""
        self._crumb.others.show(others)

    def typed(self, visibility: Visibility, text: str) -> None:
        """The others see who is writing."""
        if self.presence is not None:
            self.presence.typed(visibility, text)

    async def keep_drafts(self) -> None:
        """What is typed is kept; the browser may be gone for good."""
        await self._composer.keep()

    async def run(self, action: Action, version: int | None) -> None:
        """What a button or a key asks for: done at once, or the dialog that asks for what it needs."""
        if self.dialog is not None and self.dialog.is_open:
            return
        validates = action is Action.CLOSE and self.viewer.role is Role.REQUESTER
        if action in ASKING and not validates:
            await self.ask(ASKING[action])
            return
        before, (function, text) = self.incident, AT_ONCE[action]
        done = await calls.perform(self.viewer, function, self.viewer.actor, self.incident.reference, version=version)
        if done is not None:
            undo = undo_of(self, action, before, done)
            label = self.viewer.t("action.undo")
            toast(self.viewer.t(text, ref=done.reference), icon=ICONS[action], undo=undo, undo_label=label)
        await self.refresh()

    async def edit(self, changes: Mapping[str, Any], version: int | None) -> None:
        """The fields have their new values; a toast offers the old ones back. Raises `DeskError`."""
        before = self.incident
        try:
            after = await calls.write(incidents.edit, self.viewer.actor, before.reference, changes, version=version)
        finally:
            await self.refresh()
        self._saved(after, {name: getattr(before, name) for name in changes})

    def _saved(self, after: IncidentView, back: Mapping[str, Any]) -> None:
        """Says so, and offers `back`: unless somebody has changed the incident since."""

        async def undo() -> None:
            actor, version = self.viewer.actor, after.version
            done = await calls.perform(self.viewer, incidents.edit, actor, after.reference, back, version=version)
            if done is not None:
                toast(self.viewer.t("toast.undone"), icon="undo")
            await self.refresh()

        toast(self.viewer.t("toast.saved"), undo=undo, undo_label=self.viewer.t("action.undo"))

    async def done(self, incident: IncidentView, text: str, icon: str) -> None:
        """Says what a dialog has led to, and shows it."""
        toast(text, icon=icon)
        await self.refresh()

    async def _choose(self, field: str, code: str | None, version: int | None) -> None:
        try:
            await self.edit({field: code}, version)
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, self.viewer.locale), error=True)

    async def _change_priority(self, _: int | None) -> None:
        await self.ask(ask_priority)

    async def _accept(self, proposal: Proposal) -> None:
        """What was proposed is linked beside what is."""
        linked = [link.id for link in self.incident.links.get(proposal.kind, ())]
        with_it = {proposal.kind.value: [*linked, proposal.id]}
        version = self.incident.version
        done = await calls.perform(
            self.viewer, incidents.edit, self.viewer.actor, self.incident.reference, with_it, version=version
        )
        if done is not None:
            self._saved(done, {proposal.kind.value: linked})
        await self.refresh()

    async def _propose_escalation(self) -> None:
        await self.ask(partial(ask_escalation, reason=self.viewer.t("escalate.enterprise_reason")))

    async def _explain(self) -> None:
        with self._root:
            await show_working(self.viewer, self.incident.reference)

    async def ask(self, ask: Ask) -> None:
        """The dialog is open, or a toast says why not."""
        try:
            with self._root:
                self.dialog = await ask(self)
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, self.viewer.locale), error=True)

    def _show(self, found: Sheet) -> None:
        incident = found.incident
        self._sheet, self.incident = found, incident
        set_attributes(self._root, data_version=incident.version)
        new = self._timeline.show(found.timeline)
        theirs = [entry for entry in new if entry.actor is None or entry.actor.id != self.viewer.user_id]
        changed = self._head.show(incident, found.touched.count if found.touched else 0)
        changed += self._description.show(incident.description, incident.version, editable=incident.may_edit)
        last = [entry.at for entry in found.timeline.entries[-1:]]
        changed += self._properties.show(incident, max([incident.updated_at, *last]))
        if self._items is not None:
            changed += self._items.show(found)
        self._stepper.show(incident.status, times_of(found.timeline.entries))
        self._actions.show(incident)
        self._crumb.redirects.visible = self._may_redirect and incident.status in OPEN_STATUSES
        self._notices.show(incident)
        self._satisfaction.show(incident)
        self._composer.show(writable=incident.may_comment)
        if self._sla is not None:
            self._sla.show(incident.cycle, found.earlier)
        if self._held is not None:
            self._held.show(found.held)
        if self._messages is not None:
            self._messages.show(found.messages)
        if self._affected is not None and found.touched is not None:
            changed += self._affected.show(incident, found.touched)
        if self._related is not None:
            self._related.show(found)
        names = [*dict.fromkeys(self._name_of(entry) for entry in theirs or new)]
        by = names[-1] if names else ""
        if theirs:
            light(changed)
            for text in (self._head.title, self._description):
                text.warn(by)
            set_text(self._heard, self.viewer.t("detail.changed_by", name=by))
        if self.dialog is not None and self.dialog.is_open:
            self.dialog.changed(incident, *names)

    def _name_of(self, entry: EntryView) -> str:
        return self.viewer.called(entry.actor) if entry.actor else self.viewer.t("event.system")
