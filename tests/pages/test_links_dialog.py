"""Saving the links of an incident that others change at the same time (D12)."""

from typing import Any

from data.vocabulary import ItemKind
from services.views import LinkView
from ui.dialogs.links import changed_links

ASSETS, APPLICATIONS, EMPLOYEES, CLIENTS = ItemKind
NOTHING: dict[str, list[dict[str, Any]]] = {kind.value: [] for kind in ItemKind}


def links(kind: ItemKind, *ids: int, primary: int = 0) -> dict[ItemKind, tuple[LinkView, ...]]:
    return {kind: tuple(LinkView(each, kind, f"{each}", is_primary=each == primary) for each in ids)}


def chosen(kind: ItemKind, *ids: int, primary: int = 0) -> dict[str, list[dict[str, Any]]]:
    return NOTHING | {kind.value: [{"id": each, "name": "", "is_primary": each == primary} for each in ids]}


def test_only_the_kinds_that_were_changed_are_sent() -> None:
    before = links(ASSETS, 1)
    assert changed_links(before, chosen(ASSETS, 1), before) == {}
    assert changed_links(before, chosen(ASSETS, 1, 2), before) == {"assets": [1, 2]}
    assert changed_links(before, NOTHING, before) == {"assets": []}


def test_what_others_linked_or_removed_meanwhile_stays_so() -> None:
    assert changed_links(links(ASSETS, 1, 2), chosen(ASSETS, 1, 2, 3), links(ASSETS, 2, 9)) == {"assets": [2, 9, 3]}
    assert changed_links(links(ASSETS, 1), NOTHING, links(ASSETS, 1, 9)) == {"assets": [9]}


def test_another_primary_client_is_a_change() -> None:
    before = links(CLIENTS, 1, 2, primary=1)
    assert changed_links(before, chosen(CLIENTS, 1, 2, primary=2), before) == {
        "clients": [{"id": 1, "is_primary": False}, {"id": 2, "is_primary": True}]
    }
