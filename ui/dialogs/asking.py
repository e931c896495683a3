"""What every dialog of an incident has in common: it asks, checks, sends, and says what was refused.

A refusal stands beside its field and what was typed is kept. When somebody else changes the incident meanwhile, a
warning says who and what, all of it since the last reading, and nothing can be confirmed until it has been read: from
then on the newer version is meant.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from nicegui.element import Element

from data.vocabulary import Action
from services import i18n
from services.errors import DeskError, Invalid
from services.views import IncidentView
from ui.components.choice import ChoiceField
from ui.components.redrawn import Redrawn
from ui.components.shown import on_press
from ui.dialog import Dialog
from ui.drafts import Draft
from ui.elements import button, el, icon, note, set_attributes, set_text
from ui.fields import Field, show_errors
from ui.viewer import Viewer

# Does it, on top of the version that was shown.
Send = Callable[[int | None], Awaitable[IncidentView]]
Ask = Callable[["Asked"], Awaitable["Asking"]]


class Asked(Protocol):
    """The page that a dialog stands on."""

    viewer: Viewer
    incident: IncidentView

    async def ask(self, ask: "Ask") -> None:
        """Opens a dialog, which stands on the page and not in what opened it."""

    async def refresh(self) -> None:
        """Reads the incident again and shows what changed."""

    async def done(self, incident: IncidentView, text: str, icon: str) -> None:
        """Shows what an action led to."""


class Asking:
    """`with Asking(...) as dialog:` draws the fields; `dialog.fields` names them for errors; then `open`.

    `action` is what must still be allowed for the dialog to make sense, or `or_else` in its place; None for an edit.
    """

    def __init__(
        self,
        page: Asked,
        title: str,
        *,
        confirm: str,
        sign: str,
        action: Action | None,
        or_else: Action | None = None,
        width: int = 560,
    ) -> None:
        self.page, self.viewer, self.incident = page, page.viewer, page.incident
        self._actions = {each for each in (action, or_else) if each}
        self._known = page.incident  # what has been read
        self._changed_by: list[str] = []  # since then
        self.fields: dict[str, Any] = {}
        self.valid: Callable[[], bool] = lambda: True
        self.send: Send | None = None
        self.said: Callable[[IncidentView], str] = lambda incident: ""
        self.renew: Callable[[], Awaitable[None]] | None = None  # what the dialog foretold holds no more
        self._sign, self._unread, self._possible, self._sending = sign, False, True, False
        self._drafts: list[Draft] = []
        self._dialog = Dialog(title, _about(self.incident), locale=self.viewer.locale, width=width)
        asks = " ".join(each for each in (action, or_else) if each)
        set_attributes(self._dialog.panel, data_ask=asks or None, data_about=self.incident.reference)
        with self._dialog:
            self._news = Redrawn(self._draw_news, classes="vg-dlg__news", role="alert")
            self._body = el("div", "vg-stack")
            self._refusal = Redrawn(self._draw_refusal, role="alert")
        self._news.root.visible = self._refusal.root.visible = False
        with self._dialog.foot:
            button(self.viewer.t("action.cancel"), kind="quiet", on_click=self._dialog.close)
            self._confirm = button(confirm, icon=sign, kind="primary", submit=True)
        set_attributes(self._confirm, data_version=self.incident.version)
        on_press(self._confirm, self._send)

    def __enter__(self) -> "Asking":
        self._body.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._body.__exit__(*exception)

    def about(self, text: str) -> None:
        """What the dialog is about, below its title, instead of the one incident."""
        set_attributes(self._dialog.panel, data_ask=None)  # after a restart nobody knows any more which they were
        set_text(self._dialog.sub, text)

    def keep(self, field: Field | ChoiceField, place: str) -> None:
        """What is typed or chosen in `field` is there when the dialog is opened again, until it has been confirmed."""
        draft = self.draft(place, field.value or "")
        field.control.on_value_change(lambda: draft.typed(field.value or ""))
        set_attributes(field.control, data_draft=place)

    def draft(self, place: str, text: str) -> Draft:
        """What is kept at `place`, now `text`, until the dialog has been confirmed."""
        draft = Draft(self.viewer, place, text)
        self._drafts.append(draft)
        return draft

    def close(self) -> None:
        """The dialog is gone."""
        self._dialog.close()

    @property
    def is_open(self) -> bool:
        """Whether it still stands in front of the page."""
        return not self._dialog.frame.is_deleted and bool(self._dialog.frame.value)

    def open(self) -> None:
        """The dialog is in front of the page, the cursor in its first field."""
        self.check()
        self._dialog.open()

    def check(self) -> None:
        """Confirming is possible once everything needed is there."""
        self._confirm.set_enabled(self._possible and not self._unread and self.valid())

    def changed(self, incident: IncidentView, *by: str) -> None:
        """Others, of these names as far as they are known, changed the incident while the dialog was open."""
        if incident.version == self.incident.version:
            return
        self._changed_by += [name for name in by if name and name not in self._changed_by]
        if self._sending:  # should that be refused, the warning follows; who it was is not told a second time
            return
        what = tuple(differences(self.viewer, self._known, incident))
        self.incident, self._unread = incident, True
        allowed = self._actions.intersection(incident.allowed_actions)
        self._possible = bool(allowed) if self._actions else incident.may_edit
        set_text(self._dialog.sub, _about(incident))
        self._news.root.visible = True
        self._news.show(tuple(self._changed_by), what, self._possible)
        self.check()

    async def _send(self, version: int | None) -> None:
        assert self.send is not None
        self._refuse("")
        self._sending = True
        try:
            incident = await self.send(version)
        except Invalid as refusal:
            sentences = i18n.field_sentences(refusal, self.viewer.locale)
            self._refuse(" ".join(show_errors(self.fields, sentences).values()))
        except DeskError as refusal:
            self._refuse(i18n.error_sentence(refusal, self.viewer.locale))
            self._sending = False
            await self.page.refresh()
        else:
            self._dialog.close()
            await self.page.done(incident, self.said(incident), self._sign)
            for draft in self._drafts:
                await draft.forget()
        finally:
            self._sending = False

    def _refuse(self, sentence: str) -> None:
        self._refusal.show(sentence)
        self._refusal.root.visible = bool(sentence)

    def _draw_refusal(self, sentence: str) -> None:
        if sentence:
            note(sentence, icon="error", kind="error")

    def _draw_news(self, by: tuple[str, ...] = (), what: tuple[str, ...] = (), possible: bool = True) -> None:
        t = self.viewer.t
        if not self._unread:
            return
        with el("div", "vg-banner vg-banner--news"):
            icon("sync_problem")
            with el("div", "vg-grow"):
                el("b", "", t("state.conflict", n=max(1, len(by)), name=", ".join(by) or t("error.somebody")))
                for line in what:
                    el("p", "", line)
                if not possible:
                    el("p", "", t("state.conflict_over"))
            if possible:
                button(t("state.conflict_read"), small=True, on_click=self._read)

    async def _read(self) -> None:
        self._known, self._unread = self.incident, False
        self._changed_by.clear()
        self._news.root.visible = False
        self._news.show()
        self._refuse("")
        set_attributes(self._confirm, data_version=self.incident.version)
        if self.renew is not None:
            try:
                await self.renew()
            except DeskError as refusal:
                self._refuse(i18n.error_sentence(refusal, self.viewer.locale))
        self.check()
        if self.fields and self.is_open:
            next(iter(self.fields.values())).focus()  # the button that was pressed is gone


def _about(incident: IncidentView) -> str:
    return f"{incident.reference} · {incident.title}"


def differences(viewer: Viewer, old: IncidentView, new: IncidentView) -> list[str]:
    """What is another than it was, one sentence for each property that decisions hang on."""

    def words(incident: IncidentView) -> Mapping[str, str]:
        return {
            "status": viewer.t(f"status.{incident.status}"),
            "priority": viewer.t(f"priority.{incident.priority}"),
            "assignee": incident.assignee.name if incident.assignee else viewer.t("field.unassigned"),
            "team": incident.team.name if incident.team else viewer.t("field.no_team"),
            "title": incident.title,
        }

    before, after = words(old), words(new)
    return [
        viewer.t("detail.changed_from_to", field=viewer.t(f"field.{name}"), old=before[name], new=after[name])
        for name in before
        if before[name] != after[name]
    ]


def legend(text: str, required: str = "") -> Element:
    """A heading of fields that belong together."""
    with el("div", "vg-legend") as made:
        el("span", "", text)
        if required:
            el("em", "", required)
    return made
