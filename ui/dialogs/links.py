"""« Lier des éléments CMDB »: what an incident touches, all four kinds at once (S24 to S27)."""

from collections.abc import Mapping
from typing import Any

from data.vocabulary import ItemKind
from services import incidents
from services.views import IncidentView, LinkView
from ui import calls
from ui.components.link_editor import LinkEditor
from ui.dialogs.asking import Asked, Asking

Links = Mapping[ItemKind, tuple[LinkView, ...]]


async def ask_links(page: Asked) -> Asking:
    """The dialog, open."""
    viewer, t = page.viewer, page.viewer.t
    asking = Asking(page, t("cmdb.edit"), confirm=t("action.save"), sign="add_link", action=None, width=720)
    with asking:
        editor = LinkEditor(viewer, on_change=asking.check)
    before = page.incident.links
    editor.put(before)

    async def send(version: int | None) -> IncidentView:
        changes = changed_links(before, editor.whole, asking.incident.links)
        return await calls.write(incidents.edit, viewer.actor, page.incident.reference, changes, version=version)

    asking.fields = {"assets": editor}
    asking.valid = lambda: editor.settled
    asking.send, asking.said = send, lambda incident: t("toast.saved")
    asking.open()
    return asking


def changed_links(before: Links, chosen: Mapping[str, list[dict[str, Any]]], now: Links) -> dict[str, Any]:
    """What is to be linked of each kind that was changed here; what others have linked meanwhile stays."""
    changes: dict[str, Any] = {}
    for kind in ItemKind:
        was = {link.id: link.is_primary for link in before.get(kind, ())}
        mine = {item["id"]: bool(item["is_primary"]) for item in chosen[kind.value]}
        if mine == was:
            continue
        there = [link.id for link in now.get(kind, ()) if link.id in mine or link.id not in was]
        ids = [*there, *(each for each in mine if each not in was and each not in there)]
        primary = next((each for each, is_primary in mine.items() if is_primary), None)
        clients = [{"id": each, "is_primary": each == primary} for each in ids]
        changes[kind.value] = clients if kind is ItemKind.CLIENTS else ids
    return changes
