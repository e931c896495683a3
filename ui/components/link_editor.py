"""Linking an incident with what it touches: a field for each kind, and what is proposed because of what is chosen.

Nothing is linked silently: a proposal says by what path it came, and waits for « Lier » or « Ignorer » (S89).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from data.vocabulary import ItemKind
from services import links
from services.errors import DeskError
from services.views import LinkView, Proposal
from ui import calls
from ui.components.item_field import ICONS, Chosen, ItemField
from ui.components.redrawn import Redrawn
from ui.elements import button, el, icon
from ui.later import Later
from ui.viewer import Viewer

ROWS = ((ItemKind.ASSETS, ItemKind.APPLICATIONS), (ItemKind.CLIENTS, ItemKind.EMPLOYEES))

Accept = Callable[[Proposal], Any]


class LinkEditor:
    """`value`: kind → `{id, name, is_primary}` of each item, as `services.links` takes it and as a draft keeps it."""

    def __init__(self, viewer: Viewer, *, on_change: Callable[[], Any] = lambda: None) -> None:
        self._viewer, self._on_change = viewer, on_change
        self._ignored: set[tuple[ItemKind, int]] = set()
        self._later = Later(0, self._propose)
        self._fields: dict[ItemKind, ItemField] = {}
        with el("div", "vg-stack") as self.root:
            for row in ROWS:
                with el("div", "vg-pair"):
                    for kind in row:
                        primary = kind is ItemKind.CLIENTS
                        self._fields[kind] = ItemField(viewer, kind, primary=primary, on_change=self._changed)
                if row is ROWS[0]:
                    self._proposals = Redrawn(self._draw, classes="vg-stack vg-stack--s", aria_live="polite")

    @property
    def value(self) -> dict[str, list[dict[str, Any]]]:
        """What is chosen; kinds of which nothing is are left out."""
        return {
            kind.value: [{"id": each.id, "name": each.name, "is_primary": each.is_primary} for each in field.chosen]
            for kind, field in self._fields.items()
            if field.chosen
        }

    @value.setter
    def value(self, value: Any) -> None:
        given = value if isinstance(value, Mapping) else {}
        for kind, field in self._fields.items():
            kept = given.get(kind.value) or []
            with suppress(KeyError, TypeError, AttributeError, ValueError):  # a draft of another time
                field.put([Chosen(int(e["id"]), str(e["name"]), bool(e.get("is_primary"))) for e in kept])
        self._later.ask()

    @property
    def whole(self) -> dict[str, list[dict[str, Any]]]:
        """The same, with the kinds of which nothing is chosen."""
        return {kind.value: self.value.get(kind.value, []) for kind in ItemKind}

    def put(self, shown: Mapping[ItemKind, Sequence[LinkView]]) -> None:
        """What an incident touches is chosen."""
        for kind, field in self._fields.items():
            field.put([Chosen(link.id, link.name, link.is_primary) for link in shown.get(kind, ())])
        self._later.ask()

    @property
    def settled(self) -> bool:
        """Whether nothing is asked that has no answer yet: which client is the primary (S86)."""
        return all(field.settled for field in self._fields.values())

    def wrong(self, sentence: str) -> None:
        """The first field says what is wrong, or the one that asks."""
        for field in self._fields.values():
            field.wrong(sentence if field is self._first else "")

    def focus(self) -> None:
        """The cursor is in the first field, or on the answers to what is asked."""
        self._first.focus()

    @property
    def _first(self) -> ItemField:
        asking = (field for field in self._fields.values() if not field.settled)
        return next(asking, self._fields[ItemKind.ASSETS])

    def _changed(self) -> None:
        self._later.ask()
        self._on_change()

    async def _propose(self) -> None:
        chosen = {kind: [each.id for each in field.chosen] for kind, field in self._fields.items()}
        found: tuple[Proposal, ...] = ()
        with suppress(DeskError):
            found = await calls.read(links.proposals, self._viewer.actor, chosen)
        if not self.root.is_deleted:
            self._proposals.show(tuple(each for each in found if (each.kind, each.id) not in self._ignored))

    def _draw(self, proposals: Sequence[Proposal]) -> None:
        for proposal in proposals:
            proposal_line(self._viewer, proposal, self._accept, self._ignore)

    def _accept(self, proposal: Proposal) -> None:
        self._fields[proposal.kind].add(Chosen(proposal.id, proposal.name))

    def _ignore(self, proposal: Proposal) -> None:
        self._ignored.add((proposal.kind, proposal.id))
        self._later.ask()


def proposal_line(viewer: Viewer, proposal: Proposal, accept: Accept, ignore: Accept) -> None:
    """« CRM Ventes, hébergée sur SRV-CRM-01 » with « Ignorer » and « Lier »."""
    t = viewer.t
    path = t(f"cmdb.path.{proposal.via_kind}_{proposal.kind}", name=proposal.via_name)
    with el("div", "vg-proposal", role="group", aria_label=f"{proposal.name}, {path}"):
        icon(ICONS[proposal.kind])
        with el("span", "vg-grow"):
            el("b", "", proposal.name)
            el("small", "", path)
        button(t("cmdb.ignore"), kind="quiet", small=True, on_click=lambda: ignore(proposal))
        button(t("cmdb.link"), icon="add_link", kind="primary", small=True, on_click=lambda: accept(proposal))
