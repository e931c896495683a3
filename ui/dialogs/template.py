"""Creating and changing a prepared incident or reply."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from data.vocabulary import Category, Impact, Priority, Readers, Severity, TemplateKind
from services import templates
from services.inputs import BODY, TITLE
from services.templates import NAME, PLACEHOLDERS, TemplateView
from services.views import TeamView
from ui import calls
from ui.components.toasts import toast
from ui.dialog import Dialog
from ui.elements import button, el
from ui.fields import Field, select_field, text_area, text_field
from ui.viewer import Viewer

Done = Callable[[], Awaitable[None]]

_CODES = {"category": Category, "priority": Priority, "severity": Severity, "impact": Impact}


class TemplateDialog:
    """`known` is changed, or with None a new one of `kind` is made; `done` is awaited after either."""

    def __init__(
        self, viewer: Viewer, kind: TemplateKind, known: TemplateView | None, teams: Sequence[TeamView], done: Done
    ) -> None:
        self._viewer, self._kind, self._known, self._done = viewer, kind, known, done
        title = known.name if known else viewer.t(f"templates.new_{kind}")
        self._dialog = Dialog(title, viewer.t(f"templates.help_{kind}"), locale=viewer.locale, width=680)
        self._fields: dict[str, Field] = {}
        with self._dialog, el("div", "vg-stack"):
            self._name()
            if kind is TemplateKind.INCIDENT:
                self._incident(teams)
            else:
                self._reply()
        with self._dialog.foot:
            button(viewer.t("action.cancel"), kind="quiet", on_click=self._dialog.close)
            button(viewer.t("action.save"), icon="check", kind="primary", submit=True, on_click=self._save)

    def open(self) -> None:
        """The dialog is in front of the page."""
        self._dialog.open()

    def _name(self) -> None:
        viewer = self._viewer
        self._fields["name"] = text_field(
            viewer.t("templates.name"),
            locale=viewer.locale,
            value=self._known.name if self._known else "",
            hint=viewer.t(f"templates.name_hint_{self._kind}"),
            required=True,
            max_length=NAME,
            autofocus=True,
        )

    def _incident(self, teams: Sequence[TeamView]) -> None:
        viewer, known, locale = self._viewer, self._known, self._viewer.locale
        self._fields["title"] = text_field(
            viewer.t("field.title"), locale=locale, value=known.title if known else "", required=False, max_length=TITLE
        )
        self._fields["text"] = text_area(
            viewer.t("field.description"),
            locale=locale,
            value=known.text if known else "",
            hint=viewer.t("templates.description_hint"),
            required=False,
            max_length=BODY,
        )
        with el("div", "vg-pair"):
            for name, codes in _CODES.items():
                options = {code.value: viewer.t(f"{name}.{code}") for code in codes}
                self._fields[name] = self._select(name, options, getattr(known, name, None))
        with el("div", "vg-pair"):
            self._fields["team"] = self._select("team", {team.id: team.name for team in teams}, known and known.team_id)

    def _select(self, name: str, options: dict[Any, str], value: Any) -> Field:
        label = self._viewer.t(f"field.{name}")
        return select_field(
            label, options, locale=self._viewer.locale, value=value or None, required=False, clearable=True
        )

    def _reply(self) -> None:
        viewer, known = self._viewer, self._known
        names = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        self._fields["text"] = text_area(
            viewer.t("templates.text"),
            locale=viewer.locale,
            value=known.text if known else "",
            hint=viewer.t("templates.text_hint", names=names),
            required=True,
            max_length=BODY,
        )
        readers = {each.value: viewer.t(f"templates.readers_{each}") for each in Readers}
        self._fields["readers"] = select_field(
            viewer.t("templates.readers"),
            readers,
            locale=viewer.locale,
            value=(known.readers if known and known.readers else Readers.PUBLIC).value,
            required=True,
        )

    async def _save(self) -> None:
        values: dict[str, Any] = {name: field.value for name, field in self._fields.items()}
        actor, known = self._viewer.actor, self._known
        viewer, fields = self._viewer, self._fields
        if known is None:
            saved = await calls.save(viewer, fields, templates.create, actor, self._kind, values)
        else:
            saved = await calls.save(viewer, fields, templates.alter, actor, known.id, values, version=known.version)
        if saved is not None:
            self._dialog.close()
            toast(self._viewer.t("templates.saved"))
            await self._done()
