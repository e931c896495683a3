"""« Quelque chose ne fonctionne pas ? »: declaring in a minute, without a word of the trade (ux 8.7; S6, S7)."""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from data.vocabulary import ItemKind, Visibility
from services import affected, board, i18n, portal
from services.affected import KnownProblemView
from services.errors import DeskError, Invalid
from services.inputs import BODY, TITLE
from services.portal import Affected, Hindrance, Thing, Trouble
from services.views import IncidentView
from ui import calls, drafts
from ui.components.choice import ChoiceField, Option
from ui.components.files_field import CHOOSE, FilesField
from ui.components.known_problems import join
from ui.components.redrawn import Redrawn
from ui.components.thing_field import ThingField
from ui.components.toasts import toast
from ui.elements import button, card, el, icon, set_attributes
from ui.fields import show_errors, text_area
from ui.later import Later
from ui.viewer import Viewer

PLACE = "portal"  # of the draft
LOOK_S = 0.3
SIMILAR = 3
_ICONS: Mapping[str, str] = {
    Hindrance.BLOCKED: "block",
    Hindrance.PARTLY: "hourglass_bottom",
    Hindrance.ANNOYING: "thumb_up",
    Affected.ME: "person",
    Affected.TEAM: "groups",
    Affected.EVERYBODY: "corporate_fare",
}


class TroubleForm:
    """The card with the questions; `declared` is awaited once an incident exists, `joined` once one is joined."""

    def __init__(
        self, viewer: Viewer, draft: str, declared: Callable[[], Awaitable[None]], joined: Callable[[], Awaitable[None]]
    ) -> None:
        self._viewer, self._declared, self._joined = viewer, declared, joined
        self._key = secrets.token_hex(16)  # one form declares one incident, however often it is sent
        self._busy = False
        self._draft = drafts.Draft(viewer, PLACE, draft)
        self._look = Later(LOOK_S, self._show_similar)
        kept = _read(draft)
        with card(classes="vg-trouble") as body, el("div", "vg-stack"):
            self._sent = Redrawn(self._draw_sent, role="status")
            self._restored = Redrawn(self._draw_restored, role="status")
            self._draw(kept)
        set_attributes(body, data_submit_area="", role="form", aria_label=viewer.t("portal.title"))
        self._show_restored(bool(kept))
        self._sent.root.visible = False

    def _draw(self, kept: Mapping[str, Any]) -> None:
        t, locale = self._viewer.t, self._viewer.locale
        self._what = text_area(
            t("portal.what"),
            locale=locale,
            value=str(kept.get("what", "")),
            placeholder=t("portal.what_ph"),
            max_length=TITLE,
            classes="vg-trouble__what",
            on_change=self._typed,
        )
        # One line, however long: Enter does not break it.
        self._what.control.on("keydown.enter.prevent", js_handler="() => {}")
        set_attributes(self._what.control, rows=1, aria_required=True, data_draft="portal/what")
        self._similar = Redrawn(self._draw_similar, aria_live="polite")
        self._similar.root.visible = False
        self._thing = ThingField(self._viewer, t("portal.thing"), _thing(kept), on_change=self._changed)
        self._hindrance = ChoiceField(
            t("portal.hindrance"),
            self._options("hindrance", Hindrance),
            locale=locale,
            value=kept.get("hindrance"),
            required=True,
            on_change=self._changed,
        )
        self._affected = ChoiceField(
            t("portal.affected"),
            self._options("affected", Affected),
            locale=locale,
            value=kept.get("affected", Affected.ME.value),
            required=True,
            on_change=self._changed,
        )
        with el("div", "vg-trouble__more"):
            self._details = text_area(
                t("portal.details"),
                locale=locale,
                value=str(kept.get("details", "")),
                placeholder=t("portal.details_ph"),
                required=False,
                max_length=BODY,
                on_change=self._changed,
            )
            set_attributes(self._details.control, data_draft="portal/details")
            self._files = FilesField(self._viewer, None, Visibility.PUBLIC)
            button(t("portal.attach"), icon="attach_file", kind="quiet", small=True).on("click", js_handler=CHOOSE)
        button(
            t("portal.send"),
            icon="send",
            kind="primary",
            classes="vg-btn--wide vg-btn--xl",
            on_click=self._send,
            submit=True,
        )
        self._fields: dict[str, Any] = {
            "what": self._what,
            "thing": self._thing,
            "hindrance": self._hindrance,
            "affected": self._affected,
            "details": self._details,
        }
        if self._what.value:
            self._look.ask()

    async def keep_draft(self) -> None:
        """The draft on the server is what is typed."""
        await self._draft.keep()

    def _options(self, name: str, codes: type[Hindrance] | type[Affected]) -> list[Option]:
        return [Option(each.value, self._viewer.t(f"portal.{name}_{each}"), icon=_ICONS[each]) for each in codes]

    def _typed(self) -> None:
        self._look.ask()
        self._changed()

    def _changed(self) -> None:
        for field in self._fields.values():
            field.wrong("")
        if not self._busy:
            self._draft.typed(self._as_draft())
            if self._as_draft():
                self._sent.root.visible = False

    def _as_draft(self) -> str:
        thing = self._thing.value
        given = {
            "what": self._what.value,
            "thing": [thing.kind.value, thing.id, thing.name] if thing else None,
            "hindrance": self._hindrance.value,
            "affected": self._affected.value if self._affected.value != Affected.ME else None,
            "details": self._details.value,
        }
        entered = {name: value for name, value in given.items() if value}
        return json.dumps(entered, ensure_ascii=False) if entered else ""

    async def _show_similar(self) -> None:
        found: Sequence[IncidentView] = ()
        known: Sequence[KnownProblemView] = ()
        words = self._what.value or ""
        with suppress(DeskError):
            found = await calls.read(board.similar, self._viewer.actor, words, limit=SIMILAR, own=True)
            known = await calls.read(affected.resembling, self._viewer.actor, words)
        if not self._similar.root.is_deleted:
            self._similar.show(tuple((each.reference, each.title) for each in found), tuple(known))
            self._similar.root.visible = bool(found or known)

    def _draw_similar(self, found: Sequence[tuple[str, str]], known: Sequence[KnownProblemView]) -> None:
        t = self._viewer.t
        if known:
            with el("div", "vg-similar vg-similar--known"):
                with el("b"):
                    icon("campaign")
                    el("span", "", t("affected.resembles"))
                for problem in known:
                    self._draw_known(problem)
        if not found:
            return
        with el("div", "vg-similar"):
            with el("b"):
                icon("content_copy")
                el("span", "", t("portal.similar"))
            for reference, title in found:
                with el("a", "", href=f"/incidents/{reference}", target="_blank", rel="noopener"):
                    el("span", "vg-similar__title", title)
                    el("span", "vg-mono vg-c-ref", reference)
                    el("span", "vg-sr", t("new.new_tab"))

    def _draw_known(self, problem: KnownProblemView) -> None:
        t, title = self._viewer.t, problem.title or self._viewer.t("affected.untitled")
        with el("div", "vg-similar__line"):
            with el("span", "vg-similar__text"):
                el("span", "vg-similar__title", title)
                if problem.advice:
                    el("small", "", problem.advice)
            if problem.joined:
                with el("span", "vg-report__joined"):
                    icon("how_to_reg")
                    el("span", "", t("affected.joined"))
            else:
                word = t("affected.me_too_on", title=title)
                again = partial(join, self._viewer, problem, self._again)
                button(t("affected.me_too"), icon="front_hand", small=True, name=word, on_click=again)

    async def _again(self) -> None:
        """Somebody has joined, here or by taking it back."""
        await self._show_similar()
        await self._joined()

    def _show_restored(self, restored: bool) -> None:
        self._restored.root.visible = restored
        self._restored.show(restored)

    def _draw_restored(self, restored: bool) -> None:
        if not restored:
            return
        with el("p", "vg-restored"):
            icon("history", "vg-icon--s")
            el("span", "", self._viewer.t("new.draft_restored"))
            el("span", "", "·", aria_hidden=True)
            discard = el("button", "vg-link", self._viewer.t("new.draft_clear"), type="button")
        discard.on("click", self._discard, [])

    async def _discard(self) -> None:
        self._begin_anew()
        self._what.focus()
        await self._draft.forget()

    def _begin_anew(self) -> None:
        self._key = secrets.token_hex(16)
        self._what.value = self._details.value = ""
        self._thing.clear()
        self._hindrance.value, self._affected.value = None, Affected.ME.value
        self._show_restored(False)
        show_errors(self._fields, {})

    async def _send(self) -> None:
        if self._busy:
            return
        self._busy = True
        thing = self._thing.value
        trouble = Trouble(
            what=self._what.value,
            hindrance=self._hindrance.value,
            affected=self._affected.value,
            details=self._details.value,
            thing=(thing.kind.value, thing.id) if thing else None,
        )
        try:
            incident = await calls.write(portal.declare, self._viewer.actor, trouble, key=self._key)
        except Invalid as invalid:
            rest = show_errors(self._fields, i18n.field_sentences(invalid, self._viewer.locale))
            for sentence in rest.values():
                toast(sentence, error=True)
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, self._viewer.locale), error=True)
        else:
            self._files.deliver(incident.reference)
            self._begin_anew()
            await self._draft.forget()
            self._sent.root.visible = True
            self._sent.show(incident.reference)
            await self._declared()
            self._sent.root.run_method("scrollIntoView", {"block": "center"})  # on a phone it is far above the button
        finally:
            self._busy = False

    def _draw_sent(self, reference: str) -> None:
        with el("div", "vg-note vg-note--success"):
            icon("check_circle")
            with el("span"):
                el("b", "", self._viewer.t("portal.sent"))
                el("span", "", " ")
                el("a", "vg-link vg-mono", reference, href=f"/incidents/{reference}")


def _read(draft: str) -> dict[str, Any]:
    """What a draft kept; nothing where it cannot be read any more."""
    try:
        kept = json.loads(draft) if draft else {}
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def _thing(kept: Mapping[str, Any]) -> Thing | None:
    match kept.get("thing"):
        case [str(kind), int(key), str(name)] if kind in tuple(ItemKind):
            return Thing(ItemKind(kind), key, name)
    return None
