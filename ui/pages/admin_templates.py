"""`/admin/templates`: incidents and replies that the team has prepared."""

from collections.abc import Callable, Sequence

from nicegui.element import Element

from data.vocabulary import Role, TemplateKind
from services import people, templates
from services.markdown import words
from services.templates import TemplateView
from services.views import TeamView
from ui import calls
from ui.components.badge import priority_badge
from ui.components.redrawn import Redrawn
from ui.declare import desk_page
from ui.dialog import confirmation
from ui.dialogs.template import TemplateDialog
from ui.elements import button, card, el, icon, link_button, set_attributes
from ui.shell import frame, page_header
from ui.viewer import Viewer

PATH = "/admin/templates"
ICONS = {TemplateKind.INCIDENT: "description", TemplateKind.REPLY: "quickreply"}


@desk_page(PATH, roles=frozenset({Role.DISPATCHER, Role.ADMIN}))
async def templates_page(viewer: Viewer) -> None:
    title = viewer.t("templates.title")
    page = _TemplatesPage(viewer, await calls.read(people.all_teams, viewer.actor))
    with frame(viewer, title, current=PATH):
        page_header(title)
        with el("div", "vg-pad vg-told vg-stack") as page.root:
            page.draw()
    await page.refresh()


class _TemplatesPage:
    def __init__(self, viewer: Viewer, teams: Sequence[TeamView]) -> None:
        self.viewer, self.teams = viewer, teams
        self.root: Element  # what a dialog hangs on: whatever it is asked from may be drawn anew
        self.lists: dict[TemplateKind, Redrawn] = {}

    def draw(self) -> None:
        viewer = self.viewer
        el("p", "vg-soft", viewer.t("templates.help"))
        for kind in TemplateKind:
            made = card(viewer.t(f"templates.list_{kind}"), icon=ICONS[kind])
            assert made.head is not None
            with made.head:
                button(viewer.t(f"templates.new_{kind}"), icon="add", small=True, on_click=self._asker(kind, None))
            with made:
                self.lists[kind] = Redrawn(self._list)

    async def refresh(self) -> None:
        found = await calls.read(templates.every, self.viewer.actor)
        for kind, drawn in self.lists.items():
            drawn.show(kind, tuple(each for each in found if each.kind is kind))

    def _list(self, kind: TemplateKind, found: tuple[TemplateView, ...]) -> None:
        viewer = self.viewer
        if not found:
            el("p", "vg-muted", viewer.t(f"templates.none_{kind}"))
        for each in found:
            with el("div", "vg-chan"):
                with el("div", "vg-chan__text"):
                    el("b", "", each.name)
                    el("span", "vg-soft vg-chan__line", each.title or words(each.text))
                    self._tags(each)
                if kind is TemplateKind.INCIDENT:
                    name = viewer.t("templates.use", name=each.name)
                    use = link_button("", f"/incidents/new?template={each.id}", icon="add_circle", kind="quiet")
                    set_attributes(use.classes("vg-btn--icon vg-btn--small"), aria_label=name, title=name)
                edit = viewer.t("templates.edit", name=each.name)
                button(icon="edit", kind="quiet", small=True, name=edit, on_click=self._asker(kind, each))
                remove = viewer.t("templates.remove", name=each.name)
                button(icon="delete", kind="quiet", small=True, name=remove, on_click=self._remover(each))

    def _tags(self, each: TemplateView) -> None:
        viewer = self.viewer
        with el("div", "vg-row vg-row--wrap"):
            if each.readers:
                with el("span", "vg-tag"):
                    icon("lock" if each.readers == "internal" else "public")
                    el("span", "", viewer.t(f"templates.readers_{each.readers}"))
            if each.priority:
                priority_badge(each.priority)
            for name in ("category", "severity", "impact"):
                if code := getattr(each, name):
                    el("span", "vg-tag", viewer.t(f"{name}.{code}"))
            if each.team:
                el("span", "vg-tag", each.team)

    def _asker(self, kind: TemplateKind, known: TemplateView | None) -> Callable[[], None]:
        def ask() -> None:
            with self.root:
                TemplateDialog(self.viewer, kind, known, self.teams, self.refresh).open()

        return ask

    def _remover(self, each: TemplateView) -> Callable[[], None]:
        viewer = self.viewer

        def ask() -> None:
            async def remove() -> None:
                await calls.perform(viewer, templates.remove, viewer.actor, each.id, version=each.version)
                await self.refresh()

            with self.root:
                title, text = viewer.t("templates.remove", name=each.name), viewer.t("templates.remove_help")
                word = viewer.t("templates.remove_now")
                confirmation(title, text, confirm=word, locale=viewer.locale, act=remove)

        return ask
