"""« Personnes touchées » beside an incident: how many, who has joined, and what requesters read of it."""

from collections.abc import Sequence
from functools import partial

from nicegui.element import Element

from data.vocabulary import OPEN_STATUSES
from services.touched import Joined, Known, Touched
from services.views import IncidentView, PersonView
from ui.components.badge import avatar
from ui.components.links import plain_text
from ui.components.redrawn import Redrawn
from ui.dialogs.affected import ask_person, ask_publication, remove_person, withdraw
from ui.dialogs.asking import Asked
from ui.elements import button, card, el, icon

SHOWN = 8


class AffectedCard:
    """Its buttons open the dialogs; whoever is named can be taken off again."""

    def __init__(self, page: Asked) -> None:
        self._page, t = page, page.viewer.t
        made = card(t("affected.title"), icon="groups", classes="vg-affected")
        with made:
            self._people = Redrawn(self._draw_people)
            self._known = Redrawn(self._draw_known)
        assert made.head is not None
        with made.head:
            add = partial(page.ask, ask_person)
            self._add = button(icon="person_add", kind="quiet", small=True, name=t("affected.add"), on_click=add)

    def show(self, incident: IncidentView, touched: Touched) -> list[Element]:
        """What changed, to be lit."""
        self._add.visible = incident.may_edit
        changed = self._people.show(touched.count, touched.joined, incident.may_edit)
        open_one = incident.status in OPEN_STATUSES
        self._known.show(touched.known, incident.may_edit, open_one)
        return [self._people.root] if changed else []

    def _draw_people(self, count: int, joined: Sequence[Joined], editable: bool) -> None:
        t = self._page.viewer.t
        if not count:
            el("p", "vg-muted", t("affected.none"))
            return
        el("p", "vg-affected__count", t("affected.count", n=count))
        with el("ul", "vg-affected__people"):
            for each in joined[:SHOWN]:
                with el("li"):
                    avatar(PersonView(each.id, each.login, each.name), size=22)
                    el("span", "vg-grow", each.name)
                    if editable:
                        word, remove = t("affected.remove", name=each.name), partial(remove_person, self._page, each)
                        button(icon="close", kind="quiet", small=True, name=word, on_click=remove)
            if len(joined) > SHOWN:
                el("li", "vg-muted", t("affected.more", n=len(joined) - SHOWN))

    def _draw_known(self, known: Known | None, editable: bool, open_one: bool) -> None:
        t, page = self._page.viewer.t, self._page
        if known is not None:
            with el("div", "vg-known"):
                with el("span", "vg-tag vg-tag--accent" if known.listed else "vg-tag"):
                    icon("campaign" if known.listed else "visibility_off")
                    el("span", "", t("affected.listed" if known.listed else "affected.unlisted"))
                el("b", "vg-known__title", known.title)
                if known.advice:
                    plain_text("vg-known__advice", known.advice)
        if not (editable and open_one):
            return
        with el("div", "vg-row vg-row--wrap"):
            listed = known is not None and known.listed
            word = t("affected.publish_edit" if listed else "affected.publish")
            button(
                t("action.edit") if listed else word,
                icon="edit" if listed else "campaign",
                small=True,
                name=word,
                on_click=partial(page.ask, ask_publication),
            )
            if listed:
                button(t("affected.withdraw"), kind="quiet", small=True, on_click=partial(withdraw, page))
