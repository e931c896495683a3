"""`/admin/users`: everybody who has an account, found by a word, a role or whether it is active; new accounts.

Search, filter and page are in the address.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from nicegui import ui
from nicegui.element import Element

from data.vocabulary import Role
from services import accounts, people
from services.accounts import LIMIT, Accounts, Row
from services.text import asked_for
from services.views import TeamView
from ui import calls
from ui.components.badge import avatar
from ui.declare import desk_page
from ui.dialogs.new_user import NewUserDialog
from ui.elements import button, el, empty_state, icon, link_button
from ui.shell import frame, page_header
from ui.viewer import Viewer

PATH = "/admin/users"
STATES: Mapping[str, bool | None] = {"": None, "active": True, "inactive": False}


@desk_page(PATH, roles=frozenset({Role.ADMIN}))
async def users_page(viewer: Viewer, q: str = "", role: str = "", state: str = "", page: int = 1) -> None:
    number, words = min(max(page, 1), 1_000_000), asked_for(q)
    kept = {
        "q": words,
        "role": role if role in [each.value for each in Role] else "",
        "state": state if state in STATES else "",
    }
    found = await calls.read(
        accounts.find,
        viewer.actor,
        q=words,
        role=kept["role"] or None,
        active=STATES[kept["state"]],
        offset=(number - 1) * LIMIT,
    )
    teams = await calls.read(people.all_teams, viewer.actor)
    title = viewer.t("nav.users")
    with frame(viewer, title, current=PATH):
        with page_header(title) as head:
            el("span", "vg-muted", viewer.t("users.count", n=found.total))
            el("span", "vg-grow")
            button(
                viewer.t("users.new"), icon="person_add", kind="primary", on_click=lambda: _create(viewer, teams, head)
            )
        with el("div", "vg-pad"):
            _finder(viewer, kept)
            if found.rows:
                _table(viewer, found)
                _pages(viewer, kept, number, found)
            else:
                with empty_state(viewer.t("users.none"), viewer.t("users.none_sub")):
                    link_button(viewer.t("users.all"), PATH)


def _create(viewer: Viewer, teams: tuple[TeamView, ...], place: Element) -> None:
    with place:
        NewUserDialog(viewer, teams, lambda login: ui.navigate.to(f"{PATH}/{login}")).open()


def _finder(viewer: Viewer, kept: Mapping[str, str]) -> None:
    with el("form", "vg-finder", method="get", action=PATH, role="search"):
        name = viewer.t("users.search")
        words = kept["q"]
        el("input", "vg-input", type="search", name="q", value=words, placeholder=name, aria_label=name, data_key="/")
        roles = {"": viewer.t("users.any_role")} | {each.value: viewer.t(f"role.{each}") for each in Role}
        states = {each: viewer.t(f"users.state.{each or 'any'}") for each in STATES}
        plain_select(viewer.t("field.role"), "role", roles, kept["role"])
        plain_select(viewer.t("users.state.label"), "state", states, kept["state"])
        with el("button", "vg-btn", type="submit"):
            icon("search")
            el("span", "", viewer.t("users.find"))


def plain_select(label: str, name: str, options: Mapping[str, str], value: str) -> None:
    """A choice of a form that the browser sends by itself."""
    with el("select", "vg-input vg-finder__select", name=name, aria_label=label):
        for code, text in options.items():
            el("option", "", text, value=code, selected=True if code == value else None)


def _table(viewer: Viewer, found: Accounts) -> None:
    with el("table", "vg-list"):
        with el("thead"), el("tr"):
            for column, classes in (
                ("field.name", ""),
                ("field.login", "vg-list__more"),
                ("field.role", ""),
                ("field.teams", "vg-list__more"),
                ("users.open", "vg-list__more vg-num"),
            ):
                el("th", classes, viewer.t(column), scope="col")
        with el("tbody"):
            for row in found.rows:
                _row(viewer, row)


def _row(viewer: Viewer, row: Row) -> None:
    account = row.account
    with el("tr", "" if account.active else "vg-list__off"):
        with el("td"), el("div", "vg-row vg-row--wrap"):
            el("a", "", account.name, href=f"{PATH}/{account.login}")
            if not account.active:
                el("span", "vg-tag", viewer.t("users.inactive"))
                if row.open:
                    el("span", "vg-tag vg-tag--risk", viewer.t("users.waiting", n=row.open))
        el("td", "vg-list__more vg-mono", account.login)
        el("td", "", viewer.t(f"role.{account.role}"))
        with el("td", "vg-list__more"), el("div", "vg-row vg-row--wrap"):
            for team in account.teams:
                avatar(team, size=20)
                el("span", "", team.name)
        el("td", "vg-list__more vg-num", str(row.open or "—"))


def _pages(viewer: Viewer, kept: Mapping[str, str], number: int, found: Accounts) -> None:
    start = (number - 1) * LIMIT
    last = start + len(found.rows)
    if found.total <= LIMIT:
        return
    with el("nav", "vg-pages", aria_label=viewer.t("nav.users")):
        places = {"from": start + 1, "to": last, "total": found.total}
        el("span", "", viewer.t("cmdb.page", **places))
        for text, page, there in (("previous", number - 1, number > 1), ("following", number + 1, last < found.total)):
            if there:
                query = {name: value for name, value in kept.items() if value} | {"page": str(page)}
                link_button(viewer.t(f"cmdb.{text}"), f"{PATH}?{urlencode(query)}")
