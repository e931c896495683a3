"""`/admin/teams`: the tree along which hierarchical escalation climbs, and the external suppliers (S103)."""

from typing import Any

from nicegui.element import Element

from data.vocabulary import Role
from services import teams
from services.teams import CODE, NAME, SKILLS, TeamDetail
from ui import calls
from ui.components.badge import avatar
from ui.components.redrawn import Redrawn
from ui.declare import desk_page
from ui.dialog import Dialog, confirmation
from ui.elements import button, card, el, icon
from ui.fields import Field, checkbox, select_field, text_field
from ui.shell import frame, page_header
from ui.viewer import Viewer

PATH = "/admin/teams"
NAMES_SHOWN = 4


@desk_page(PATH, roles=frozenset({Role.ADMIN}))
async def teams_page(viewer: Viewer) -> None:
    title = viewer.t("nav.teams")
    page = _TeamsPage(viewer)
    with frame(viewer, title, current=PATH):
        with page_header(title):
            el("span", "vg-grow")
            button(viewer.t("teams.new_external"), icon="open_in_new", on_click=lambda: page.ask(None, external=True))
            button(viewer.t("teams.new"), icon="add", kind="primary", on_click=lambda: page.ask(None))
        with el("div", "vg-pad vg-told vg-stack") as page.root:
            page.draw()
    await page.refresh()


class _TeamsPage:
    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.known: tuple[TeamDetail, ...] = ()
        self.root: Element

    def draw(self) -> None:
        el("p", "vg-soft", self.viewer.t("teams.help"))
        self.own = Redrawn(self._tree, "ul", "vg-tree__list")
        with card(self.viewer.t("teams.external"), icon="open_in_new"):
            self.external = Redrawn(self._suppliers)

    async def refresh(self) -> None:
        self.known = await calls.read(teams.tree, self.viewer.actor)
        # A supplier that somebody is below, or that is below somebody, is part of the tree.
        above = {each.team.parent_id for each in self.known}
        alone = [e for e in self.known if e.team.external and e.team.parent_id is None and e.team.id not in above]
        self.own.show(tuple(each for each in self.known if each not in alone))
        self.external.show(tuple(alone))

    def _tree(self, found: tuple[TeamDetail, ...]) -> None:
        last: dict[int, int] = {}  # depth → position of the line that the next one at this depth hangs on
        for position, each in enumerate(found):
            with el("li", "vg-team") as line:
                if each.depth:
                    span = position - max(last.get(each.depth, -1), last.get(each.depth - 1, -1)) - 1
                    line._style.update({"--depth": str(each.depth), "--span": str(span)})
                self._line(each)
            last[each.depth] = position
            last = {depth: place for depth, place in last.items() if depth <= each.depth}

    def _suppliers(self, found: tuple[TeamDetail, ...]) -> None:
        if not found:
            el("p", "vg-muted", self.viewer.t("teams.no_external"))
        for each in found:
            with el("div", "vg-chan vg-team"):
                self._line(each, outside=True)

    def _line(self, each: TeamDetail, *, outside: bool = False) -> None:
        viewer, team = self.viewer, each.team
        avatar(team, size=32)
        with el("div", "vg-chan__text vg-grow"):
            el("b", "", team.name)
            names = ", ".join(person.name for person in each.members[:NAMES_SHOWN])
            more = len(each.members) - NAMES_SHOWN
            people = f"{names} {viewer.t('teams.more', n=more)}" if more > 0 else names
            told = " · ".join(part for part in (team.skills, people, each.email) if part)
            el("span", "vg-muted", told or viewer.t("teams.nobody"))
        if team.external and not outside:
            with el("span", "vg-tag"):
                icon("open_in_new")
                el("span", "", viewer.t("teams.is_external"))
        if each.members or not outside:
            el("span", "vg-tag vg-team__count", viewer.t("teams.members", n=len(each.members)))
        if each.open:
            el("span", "vg-tag vg-team__count", viewer.t("teams.open", n=each.open))
        name = viewer.t("teams.edit", name=team.name)
        button(icon="edit", kind="quiet", small=True, name=name, on_click=lambda: self.ask(each))
        name = viewer.t("teams.remove", name=team.name)
        button(icon="delete", kind="quiet", small=True, name=name, on_click=lambda: self._ask_remove(each))

    def ask(self, each: TeamDetail | None, *, external: bool = False) -> None:
        """The dialog of a team, or with None of a new one, is open."""
        viewer, locale = self.viewer, self.viewer.locale
        title = each.team.name if each else viewer.t("teams.new_external" if external else "teams.new")
        with self.root:
            dialog = Dialog(title, viewer.t("teams.help"), locale=locale)
        with dialog, el("div", "vg-stack"):
            above: dict[int, str] = {0: viewer.t("teams.no_parent")}
            above |= {
                other.team.id: other.team.name for other in self.known if not each or other.team.id != each.team.id
            }
            fields: dict[str, Field] = {
                "name": text_field(
                    viewer.t("field.name"),
                    locale=locale,
                    value=each.team.name if each else "",
                    required=True,
                    max_length=NAME,
                    autofocus=True,
                ),
                "code": text_field(
                    viewer.t("teams.code"),
                    locale=locale,
                    value=each.team.code if each else "",
                    hint=viewer.t("teams.code_hint", max=CODE),
                    required=False,
                    max_length=CODE,
                ),
                "parent": select_field(
                    viewer.t("teams.parent"),
                    above,
                    locale=locale,
                    value=(each.team.parent_id or 0) if each else 0,
                    hint=viewer.t("teams.parent_hint"),
                ),
                "skills": text_field(
                    viewer.t("field.skills"),
                    locale=locale,
                    value=(each.team.skills or "") if each else "",
                    hint=viewer.t("teams.skills_hint"),
                    required=False,
                    max_length=SKILLS,
                ),
                "email": text_field(
                    viewer.t("field.email"),
                    locale=locale,
                    value=(each.email or "") if each else "",
                    hint=viewer.t("teams.email_hint"),
                    max_length=254,
                    autocomplete="off",
                ),
            }
            outside = checkbox(viewer.t("teams.is_external"), value=each.team.external if each else external)

        async def save() -> None:
            given: dict[str, Any] = {name: field.value for name, field in fields.items()}
            given |= {"parent": given["parent"] or None, "external": bool(outside.value)}
            if each:
                saved = await calls.save(viewer, fields, teams.change_team, viewer.actor, each.team.id, given)
            else:
                saved = await calls.save(viewer, fields, teams.create_team, viewer.actor, **given)
            if saved is not None:
                dialog.close()
                await self.refresh()

        with dialog.foot:
            button(viewer.t("action.cancel"), kind="quiet", on_click=dialog.close)
            button(viewer.t("action.save"), icon="check", kind="primary", submit=True, on_click=save)
        dialog.open()

    def _ask_remove(self, each: TeamDetail) -> None:
        viewer = self.viewer

        async def remove() -> None:
            await calls.perform(viewer, teams.remove_team, viewer.actor, each.team.id)
            await self.refresh()

        with self.root:
            title, text = viewer.t("teams.remove", name=each.team.name), viewer.t("teams.remove_help")
            confirmation(title, text, confirm=viewer.t("teams.remove_now"), locale=viewer.locale, act=remove)
