"""« Éléments CMDB impactés » beside an incident, with what could be linked as well, and what changed lately (S80)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nicegui.element import Element

from data.vocabulary import ItemKind
from services import i18n
from services.impact import RECURRENT
from services.views import ChangeView, LinkView, Proposal, Sheet
from ui.components.item_field import ICONS
from ui.components.link_editor import proposal_line
from ui.components.redrawn import Redrawn
from ui.elements import button, card, el, icon, set_text
from ui.viewer import Viewer

Links = Mapping[ItemKind, tuple[LinkView, ...]]


class ItemsCard:
    """`edit` opens the dialog of the links, `accept` links what was proposed."""

    def __init__(
        self,
        viewer: Viewer,
        *,
        edit: Callable[[], Awaitable[None]],
        accept: Callable[[Proposal], Awaitable[None]],
        inform: Callable[[], Awaitable[None]],
    ) -> None:
        self._viewer, self._accept = viewer, accept
        self._ignored: set[tuple[ItemKind, int]] = set()
        self._shown: tuple[Proposal, ...] = ()
        linked = card(viewer.t("cmdb.impacted"), classes="vg-links")
        with linked:
            self._links = Redrawn(self._draw_links)
            self._proposals = Redrawn(self._draw_proposals, classes="vg-stack vg-stack--s", aria_live="polite")
            self._inform = button(viewer.t("message.open"), icon="campaign", small=True, on_click=inform)
            self._inform.classes("vg-links__inform")
        assert linked.head is not None
        with linked.head:
            self._count = el("span", "vg-tag", "")
            self._edit = button(icon="add_link", kind="quiet", small=True, name=viewer.t("cmdb.edit"), on_click=edit)
        recent = card(viewer.t("cmdb.recent_changes"), icon="history")
        with recent:
            self._changes = Redrawn(self._draw_changes, "ul", "vg-changes")
        self._changes_card = recent.root

    def show(self, found: Sheet) -> list[Element]:
        """What changed, to be lit."""
        self._shown = found.proposals
        self._edit.visible = found.incident.may_edit
        count = sum(map(len, found.incident.links.values()))
        set_text(self._count, str(count))
        self._count.visible = count > 0
        self._inform.visible = found.incident.may_edit and _touches_people(found.incident.links)
        lit = [self._links.root] if self._links.show(found.incident.links) else []
        self._renew()
        self._changes.show(found.changes)
        self._changes_card.visible = bool(found.changes)
        return lit

    def _renew(self) -> None:
        open_ones = tuple(each for each in self._shown if (each.kind, each.id) not in self._ignored)
        self._proposals.show(open_ones)
        self._proposals.root.visible = bool(open_ones)

    def _ignore(self, proposal: Proposal) -> None:
        self._ignored.add((proposal.kind, proposal.id))
        self._renew()

    def _draw_links(self, links: Links) -> None:
        t = self._viewer.t
        if not any(links.values()):
            el("p", "vg-muted", t("cmdb.nothing_linked"))
        for kind in ItemKind:
            if not links.get(kind):
                continue
            el("h3", "vg-links__kind", t(f"cmdb.{kind}"))
            with el("ul"):
                for link in links[kind]:
                    self._draw_link(kind, link)

    def _draw_link(self, kind: ItemKind, link: LinkView) -> None:
        t = self._viewer.t
        with el("li", "vg-links__item"):
            icon(ICONS[kind])
            with el("span", "vg-grow"):
                el("a", "", link.name, href=f"/cmdb/{kind}/{link.id}")
                with el("small"):
                    el("span", "", " · ".join(self._words(kind, link)))
                    if link.count:
                        often = link.count >= RECURRENT
                        el("span", "vg-tag vg-tag--risk" if often else "", t("cmdb.in_30_days", n=link.count))
            if link.is_primary:
                with el("span", "vg-tag vg-tag--accent"):
                    icon("star")
                    el("span", "", t("cmdb.primary"))

    def _words(self, kind: ItemKind, link: LinkView) -> list[str]:
        area = "asset_type" if kind is ItemKind.ASSETS else "client_type"
        return [*([self._viewer.t(f"{area}.{link.type}")] if link.type else []), *([link.note] if link.note else [])]

    def _draw_proposals(self, proposals: Sequence[Proposal]) -> None:
        for proposal in proposals:
            proposal_line(self._viewer, proposal, self._accept, self._ignore)

    def _draw_changes(self, changes: Sequence[ChangeView]) -> None:
        for each in changes:
            with el("li"):
                el("time", "", i18n.day_date(each.day, self._viewer.locale), datetime=each.day.isoformat())
                el("b", "", each.application)
                el("p", "", each.summary)
                el("small", "vg-muted", each.author)


def _touches_people(links: Links) -> bool:
    """Whether there could be somebody to write to."""
    return any(links.get(kind) for kind in (ItemKind.EMPLOYEES, ItemKind.APPLICATIONS, ItemKind.CLIENTS))
