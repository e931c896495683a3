"""Creating and changing a configuration item: its fields, whose it is, what it is related to."""

from collections.abc import Awaitable, Callable
from typing import Any

from data.vocabulary import AssetType, ClientType, ItemKind
from services import cmdb, i18n
from services.cmdb import KINDS, TEMPLATE
from services.errors import DeskError, Invalid
from services.letters import FIELDS
from services.views import ItemView
from ui import calls
from ui.components.item_field import Chosen, ItemField
from ui.components.toasts import toast
from ui.dialog import Dialog
from ui.elements import button, el
from ui.fields import Field, select_field, show_errors, text_area, text_field
from ui.viewer import Viewer

_TYPES = {ItemKind.ASSETS: ("asset_type", AssetType), ItemKind.CLIENTS: ("client_type", ClientType)}
_LONG = {"template": TEMPLATE, "description": 500}

Done = Callable[[ItemView], Awaitable[None]]


class ItemDialog:
    """`item` is changed, or with None a new one is made; `done` gets it as it is then."""

    def __init__(self, viewer: Viewer, kind: ItemKind, item: ItemView | None, done: Done) -> None:
        self._viewer, self._kind, self._item, self._done = viewer, kind, item, done
        self._fields: dict[str, Field] = {}
        self._items: dict[str, ItemField] = {}
        title = item.name if item else viewer.t(f"cmdb.new.{kind}")
        self._dialog = Dialog(title, viewer.t(f"cmdb.one.{kind}") if item else "", locale=viewer.locale, width=680)
        shape = KINDS[kind]
        with self._dialog, el("div", "vg-stack"):
            with el("div", "vg-pair"):
                for name in shape.fields:
                    if name not in _LONG:
                        self._fields[name] = self._field(name)
            for name in shape.fields:
                if name in _LONG:
                    self._fields[name] = self._field(name)
            with el("div", "vg-pair"):
                for name, other in shape.references.items():
                    pair = item.references[name] if item else None
                    chosen = [Chosen(*pair)] if pair else []
                    label = viewer.t(f"cmdb.field.{name}")
                    self._items[name] = ItemField(viewer, other, chosen, label=label, single=True)
                for other in shape.relations:
                    chosen = [Chosen(*pair) for pair in (item.relations[other] if item else ())]
                    label = viewer.t(f"cmdb.relation.{kind}_{other}")
                    self._items[other.value] = ItemField(viewer, other, chosen, label=label)
        with self._dialog.foot:
            button(viewer.t("action.cancel"), kind="quiet", on_click=self._dialog.close)
            button(viewer.t("action.save"), icon="check", kind="primary", submit=True, on_click=self._save)

    def open(self) -> None:
        """The dialog is in front of the page."""
        self._dialog.open()

    def _field(self, name: str) -> Field:
        viewer, value = self._viewer, (self._item.fields[name] if self._item else None)
        label = viewer.t(f"cmdb.field.{name}")
        if name == "type":
            area, codes = _TYPES[self._kind]
            options = {code.value: viewer.t(f"{area}.{code}") for code in codes}
            return select_field(label, options, locale=viewer.locale, value=value, required=True)
        if name in _LONG:
            fields = ", ".join(f"{{{each}}}" for each in FIELDS)
            hint = viewer.t("cmdb.field.template_help", names=fields) if name == "template" else ""
            longest = _LONG[name]
            return text_area(
                label, locale=viewer.locale, value=value or "", hint=hint, max_length=longest, required=False
            )
        first = name == "name"
        return text_field(label, locale=viewer.locale, value=value or "", required=first or None, autofocus=first)

    async def _save(self) -> None:
        values: dict[str, Any] = {name: field.value for name, field in self._fields.items()}
        for name, field in self._items.items():
            ids = [each.id for each in field.chosen]
            values[name] = next(iter(ids), None) if name in KINDS[self._kind].references else ids
        actor = self._viewer.actor
        try:
            if self._item is None:
                saved = await calls.write(cmdb.create, actor, self._kind, values)
            else:
                saved = await calls.write(cmdb.change, actor, self._kind, self._item.id, values)
        except Invalid as refusal:
            rest = show_errors(self._fields, i18n.field_sentences(refusal, self._viewer.locale))
            for name, sentence in rest.items():
                if name in self._items:
                    self._items[name].wrong(sentence)
                else:
                    toast(sentence, error=True)
        except DeskError as refusal:
            toast(i18n.error_sentence(refusal, self._viewer.locale), error=True)
        else:
            self._dialog.close()
            await self._done(saved)
