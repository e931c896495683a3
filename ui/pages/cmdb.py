"""`/cmdb/assets`, `/cmdb/applications`, `/cmdb/employees`, `/cmdb/clients`: the configuration items of a kind.

Search and page are in the address.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from nicegui import ui

from data.vocabulary import ItemKind
from services import cmdb, impact, imports
from services.impact import RECURRENT, Recurrence
from services.text import asked_for
from services.views import ItemPage, ItemView
from ui import calls
from ui.declare import desk_page
from ui.dialogs.imported import ImportDialog
from ui.dialogs.item import ItemDialog
from ui.elements import button, card, el, empty_state, icon, link_button
from ui.shell import frame, page_header
from ui.viewer import Viewer

# What stands beside the name; those after the first are left out on phones.
COLUMNS: Mapping[ItemKind, tuple[str, ...]] = {
    ItemKind.ASSETS: ("type", "location", "model", "state"),
    ItemKind.APPLICATIONS: ("description", "owner"),
    ItemKind.EMPLOYEES: ("department", "email", "team"),
    ItemKind.CLIENTS: ("type", "code", "email"),
}


def _page_of(kind: ItemKind) -> None:
    @desk_page(f"/cmdb/{kind}")
    async def items_page(viewer: Viewer, q: str = "", page: int = 1) -> None:
        number = min(max(page, 1), 1_000_000)
        words = asked_for(q)
        found = await calls.read(cmdb.find, viewer.actor, kind, q=words, offset=(number - 1) * cmdb.LIMIT)
        failing: Sequence[Recurrence] = ()
        if kind is ItemKind.ASSETS and not words and number == 1:
            failing = await calls.read(impact.recurrent, viewer.actor)
        title = viewer.t(f"cmdb.{kind}")
        with frame(viewer, title, current=f"/cmdb/{kind}"):
            with page_header(title) as head:
                el("span", "vg-muted", viewer.t("cmdb.count", n=found.total))
                el("span", "vg-grow")
                button(viewer.t("cmdb.import"), icon="upload", on_click=lambda: _import(viewer, kind, head))
                button(viewer.t("cmdb.export"), icon="download", on_click=lambda: _export(viewer, kind))
                button(
                    viewer.t(f"cmdb.new.{kind}"),
                    icon="add",
                    kind="primary",
                    on_click=lambda: _create(viewer, kind, head),
                )
            with el("div", "vg-pad"):
                _finder(viewer, kind, words)
                if failing:
                    _recurrent(viewer, failing)
                if found.items:
                    _table(viewer, kind, found.items)
                    _pages(viewer, kind, words, number, found)
                else:
                    _nothing(viewer, kind, words)


def _create(viewer: Viewer, kind: ItemKind, place: ui.element) -> None:
    async def made(item: ItemView) -> None:
        ui.navigate.to(f"/cmdb/{kind}/{item.id}")

    with place:
        ItemDialog(viewer, kind, None, made).open()


def _import(viewer: Viewer, kind: ItemKind, place: ui.element) -> None:
    with place:
        ImportDialog(viewer, kind, lambda: ui.navigate.to(f"/cmdb/{kind}")).open()


async def _export(viewer: Viewer, kind: ItemKind) -> None:
    text = await calls.read(imports.export, viewer.actor, kind, viewer.locale)
    ui.download.content(text, f"{kind}.csv", "text/csv; charset=utf-8")


def _finder(viewer: Viewer, kind: ItemKind, words: str) -> None:
    with el("form", "vg-finder", method="get", action=f"/cmdb/{kind}", role="search"):
        name = viewer.t("cmdb.search")
        el("input", "vg-input", type="search", name="q", value=words, placeholder=name, aria_label=name, data_key="/")
        with el("button", "vg-btn", type="submit"):
            icon("search")
            el("span", "", name)


def _table(viewer: Viewer, kind: ItemKind, items: Sequence[ItemView]) -> None:
    with el("table", "vg-list"):
        with el("thead"), el("tr"):
            for place, name in enumerate(("name", *COLUMNS[kind])):
                el("th", "vg-list__more" if place > 1 else "", viewer.t(f"cmdb.field.{name}"), scope="col")
        with el("tbody"):
            for item in items:
                with el("tr"):
                    with el("td"):
                        el("a", "", item.name, href=f"/cmdb/{kind}/{item.id}")
                    for place, name in enumerate(COLUMNS[kind]):
                        el("td", "vg-list__more" if place else "", shown_value(viewer, item, name))


def shown_value(viewer: Viewer, item: ItemView, name: str) -> str:
    """What a field or reference of an item says, in words."""
    if name in item.references:
        named = item.references[name]
        return named[1] if named else ""
    value = item.fields[name]
    if name == "type" and value:
        return viewer.t(f"{'asset' if item.kind is ItemKind.ASSETS else 'client'}_type.{value}")
    return str(value or "")


def _pages(viewer: Viewer, kind: ItemKind, words: str, number: int, found: ItemPage) -> None:
    start = (number - 1) * cmdb.LIMIT
    last = start + len(found.items)
    if found.total <= cmdb.LIMIT:
        return
    with el("nav", "vg-pages", aria_label=viewer.t(f"cmdb.{kind}")):
        places = {"from": start + 1, "to": last, "total": found.total}
        el("span", "", viewer.t("cmdb.page", **places))
        for text, page, there in (("previous", number - 1, number > 1), ("following", number + 1, last < found.total)):
            if there:
                query = {"q": words, "page": page} if words else {"page": page}
                link_button(viewer.t(f"cmdb.{text}"), f"/cmdb/{kind}?{urlencode(query)}")


def _recurrent(viewer: Viewer, failing: Sequence[Recurrence]) -> None:
    with card(viewer.t("cmdb.recurrent"), icon="repeat", classes="vg-recurrent"):
        el("p", "vg-muted", viewer.t("cmdb.recurrent_sub", n=RECURRENT))
        with el("ul"):
            for each in failing:
                with el("li", "vg-links__item"):
                    icon("dns")
                    with el("span", "vg-grow"):
                        el("a", "", each.name, href=f"/cmdb/assets/{each.asset_id}")
                        with el("small"):
                            el("span", "", viewer.t("cmdb.last", at=viewer.instant(each.last_at)))
                    el("span", "vg-tag vg-tag--risk", viewer.t("cmdb.in_30_days", n=each.count))


def _nothing(viewer: Viewer, kind: ItemKind, words: str) -> None:
    t = viewer.t
    if words:
        with empty_state(t("cmdb.nothing_found", q=words), t("cmdb.nothing_found_sub")):
            link_button(t("action.clear_search"), f"/cmdb/{kind}", icon="close")
    else:
        with empty_state(t(f"cmdb.empty.{kind}"), t("cmdb.empty_sub")) as place:
            button(t(f"cmdb.new.{kind}"), icon="add", on_click=lambda: _create(viewer, kind, place))
            button(t("cmdb.import"), icon="upload", on_click=lambda: _import(viewer, kind, place))


for _kind in ItemKind:
    _page_of(_kind)
