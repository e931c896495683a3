"""`/incidents/new`: declaring an incident, in the order in which people think of it (S6, S7, S13 to S33)."""

import json
import secrets
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from nicegui import ui
from nicegui.element import Element

from data.vocabulary import TemplateKind
from services import board, i18n, incidents, people, policies, templates
from services.desk_settings import ServiceCatalogue, service_catalogue
from services.errors import DeskError, Invalid
from services.incidents import NewIncident
from services.sla import Policy
from services.templates import TemplateView
from services.views import IncidentView
from ui import calls, drafts
from ui.components.badge import priority_glyph, status_pill
from ui.components.due_preview import DuePreview
from ui.components.incident_or_request import incident_or_request
from ui.components.template_menu import fields_of, template_menu
from ui.components.toasts import toast
from ui.declare import desk_page
from ui.dialogs.affected import add_somebody
from ui.elements import button, card, el, icon, note, set_attributes, set_text
from ui.later import Later
from ui.pages.new_incident_fields import Fields, Owners
from ui.shell import crumb, frame
from ui.viewer import Viewer

PLACE = "new"  # of the draft
LOOK_S = 0.3
SIMILAR = 2
REQUIRED = ("title", "priority", "description", "category")


@desk_page("/incidents/new")
async def new_incident_page(viewer: Viewer, after: str = "", template: int = 0) -> None:
    """`after`: the reference of the incident that has come back; the new one is its recurrence.

    `template`: the id of the prepared incident whose fields the form has at first.
    """
    policy = await calls.read(policies.in_force, viewer.actor)
    draft = await drafts.kept(viewer, PLACE)
    before = await _earlier(viewer, after)
    if before is not None:
        same = ("title", "priority", "category", "severity", "impact")
        draft = json.dumps({name: value for name in same if (value := getattr(before, name))})
    prepared = await calls.read(templates.every, viewer.actor, TemplateKind.INCIDENT)
    chosen = next((each for each in prepared if each.id == template), None) if before is None else None
    if chosen is not None:
        draft = json.dumps(fields_of(chosen))
    technicians = await calls.read(people.technicians, viewer.actor)
    owners = Owners(technicians, await calls.read(people.all_teams, viewer.actor))
    catalogue = await calls.read(service_catalogue)
    title = viewer.t("action.new_incident")
    with frame(viewer, title, current="/incidents/new"):
        with crumb(viewer, title):
            el("span", "vg-grow")
            choice = el("div")
        with el("div", "vg-new", data_submit_area="page") as area:
            form = Form(viewer, Fields(viewer, policy.targets, owners, draft), draft, before, chosen)
            ui.context.client.on_disconnect(form.keep_draft)
            with el("aside", "", aria_label=viewer.t("new.checklist")):
                form.add_preview(policy)
                form.add_side(catalogue)
        with choice:
            template_menu(viewer, prepared, form.fields)
        set_attributes(area, role="form", aria_label=title)


async def _earlier(viewer: Viewer, reference: str) -> IncidentView | None:
    """The incident that has come back, if there is such a one."""
    if reference:
        with suppress(DeskError):
            return await calls.read(incidents.get, viewer.actor, reference)
    return None


class Form:
    """What happens as the fields are filled in and saved."""

    def __init__(
        self,
        viewer: Viewer,
        fields: Fields,
        draft: str,
        before: IncidentView | None = None,
        chosen: TemplateView | None = None,
    ) -> None:
        self._before = before
        self.viewer, self.fields = viewer, fields
        self._key = secrets.token_hex(16)  # one form declares one incident, however often it is sent
        self._declared = False
        self._draft = drafts.Draft(viewer, PLACE, draft, lambda: None)
        self._look = Later(LOOK_S, self._show_similar)
        self._shown: list[str] = []
        self._checks: dict[str, tuple[Element, Element, Element]] = {}
        self._preview: DuePreview | None = None
        fields.on_change = self._changed
        with fields.notice:
            if before is not None:
                note(viewer.t("new.recurrence_of", ref=before.reference, title=before.title), icon="hub")
            if chosen is not None:
                note(viewer.t("templates.from", name=chosen.name), icon="description")
            self._restored = self._draft_notice()
        self._restored.set_visibility(fields.restored and before is None and chosen is None)
        if fields.restored:
            self._look.ask()

    def add_preview(self, policy: Policy) -> None:
        """The card with both due times of the priority that is chosen (S20)."""
        with card(self.viewer.t("sla.preview"), icon="timer"):
            self._preview = DuePreview(policy, self.fields["priority"].value)

    def add_side(self, catalogue: ServiceCatalogue | None) -> None:
        """What is still missing and the ways to save; what an incident is and what not (S6, S7)."""
        t = self.viewer.t
        with card(classes="vg-savecard"):
            with el("ul", "", aria_label=t("new.checklist")):
                for name in REQUIRED:
                    with el("li", "vg-check") as line:
                        sign = icon("radio_button_unchecked")
                        el("span", "", t(f"field.{name}"))
                        state = el("span", "vg-sr", "")
                    self._checks[name] = line, sign, state
            save = button(t("action.save"), icon="check", kind="primary", on_click=self._save, submit=True)
            with save.classes("vg-btn--wide"):
                el("kbd", "", f"{t('key.ctrl')} ↵", aria_hidden=True)
            button(t("action.save_another"), kind="quiet", classes="vg-btn--wide", on_click=self._save_another)
        incident_or_request(self.viewer, catalogue)
        self._check()

    def _draft_notice(self) -> Element:
        with el("p", "vg-restored", role="status") as line:
            icon("history", "vg-icon--s")
            el("span", "", self.viewer.t("new.draft_restored"))
            el("span", "", "·", aria_hidden=True)
            discard = el("button", "vg-link", self.viewer.t("new.draft_clear"), type="button")
            discard.on("click", self._discard, [])
        return line

    def _changed(self, name: str) -> None:
        self.fields[name].wrong("")
        if not self._declared:
            self._draft.typed(self.fields.as_draft())
        if name == "title":
            self._look.ask()
        if name == "priority" and self._preview:
            self._preview.show(self.fields["priority"].value)
        self._check()

    def _check(self) -> None:
        t = self.viewer.t
        for name, (line, sign, state) in self._checks.items():
            done = bool((self.fields[name].value or "").strip())
            line.classes(**{"add" if done else "remove": "vg-check--done"})
            set_text(sign, "check_circle" if done else "radio_button_unchecked")
            set_text(state, t("new.field_done" if done else "new.field_missing"))

    async def keep_draft(self) -> None:
        """The draft on the server is what is typed."""
        await self._draft.keep()

    async def _discard(self) -> None:
        self._begin_anew(keep=())
        await self._forget_draft()

    def _begin_anew(self, *, keep: Sequence[str]) -> None:
        self._key = secrets.token_hex(16)
        self.fields.clear(keep=keep)
        self._restored.set_visibility(False)
        self.fields["title"].focus()

    async def _show_similar(self) -> None:
        found: Sequence[IncidentView] = ()
        with suppress(DeskError):
            title = self.fields["title"].value or ""
            found = await calls.read(board.similar, self.viewer.actor, title, limit=SIMILAR)
        references = [incident.reference for incident in found]
        if references == self._shown or self.fields.similar.is_deleted:
            return
        self._shown = references
        self.fields.similar.clear()
        if found:
            with self.fields.similar, el("div", "vg-similar"):
                with el("b"):
                    icon("content_copy")
                    el("span", "", self.viewer.t("new.similar"))
                for incident in found:
                    self._similar_line(incident)

    def _similar_line(self, incident: IncidentView) -> None:
        with el("div", "vg-similar__line"):
            with el("a", "", href=f"/incidents/{incident.reference}", target="_blank", rel="noopener"):
                priority_glyph(incident.priority)
                el("span", "vg-mono vg-c-ref", incident.reference)
                el("span", "vg-similar__title", incident.title)
                status_pill(incident.status)
                el("span", "vg-sr", self.viewer.t("new.new_tab"))
            word = f"{self.viewer.t('affected.for_somebody')}, {incident.reference}"
            asked = partial(add_somebody, self.viewer, incident)
            button(self.viewer.t("affected.me_too_short"), icon="person_add", small=True, name=word, on_click=asked)

    async def _save(self) -> None:
        if incident := await self._declare():
            ui.navigate.to(f"/incidents/{incident.reference}")
            await self._forget_draft()

    async def _save_another(self) -> None:
        if incident := await self._declare():
            self._begin_anew(keep=("source",))
            toast(self.viewer.t("toast.created", ref=incident.reference))
            await self._forget_draft()
            self._declared = False

    async def _declare(self) -> IncidentView | None:
        """The incident, once; None where it is refused, with the reason beside each field, or already declared."""
        if self._declared:
            return None
        if unanswered := self.fields.unanswered():
            self.fields.refuse(unanswered)
            return None
        self._declared = True
        incident = None
        try:
            earlier = self._before.reference if self._before else None
            new = NewIncident(**self.fields.values(), recurrence_of=earlier)
            incident = await calls.write(incidents.create, self.viewer.actor, new, key=self._key)
        except Invalid as invalid:
            rest = self.fields.refuse(i18n.field_sentences(invalid, self.viewer.locale))
            for sentence in rest.values():
                toast(sentence, error=True)
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, self.viewer.locale), error=True)
        finally:
            self._declared = incident is not None
        return incident

    async def _forget_draft(self) -> None:
        self._draft.typed("")
        await self._draft.sent()
