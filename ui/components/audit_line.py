"""Any line of the history as a sentence of the audit: who, what, on what, from what to what, when (S146)."""

from collections.abc import Mapping
from typing import Any

from nicegui.element import Element

from data.vocabulary import Fact
from services.audit_log import Line
from services.i18n import catalog
from services.views import EntryView
from ui.components.history_line import history_line, moment
from ui.components.links import plain_text
from ui.components.policy_words import change_sentence
from ui.elements import el, icon
from ui.viewer import Viewer

_ICONS = {
    "user": "person",
    "team": "groups",
    "token": "api",
    "organisation": "settings",
    "policy": "timer",
    "channel": "campaign",
    "item": "dns",
    "signed": "login",
    "second": "phonelink_lock",
    "recovery": "key",
    "chain": "verified",
    "history": "download",
    "display": "tv",
    "template": "description",
    "commented": "chat",
}
# Where the name of what a line is about stands in its details.
_NAMES = ("login", "name", "version", "format")
# Where the words for the name of a changed field stand, and those for its value where that is a code.
FIELD_AREAS = ("audit.field", "field", "cmdb.field", "cmdb")
CODED: Mapping[str, tuple[str, ...]] = {
    "role": ("role.",),
    "readers": ("templates.readers_",),
    "kinds": ("notification.kind.",),
    "type": ("asset_type.", "client_type."),
    **{name: (f"{name}.",) for name in ("category", "priority", "severity", "impact", "source")},
}
_FILTERS = {"person": "person", "fact": "what", "incident": "incident", "since": "since", "until": "until"}


def audit_line(viewer: Viewer, line: Line) -> None:
    """The line stands in the current container, with a link to its incident."""
    known = line.reference is not None and line.entry.fact is not Fact.COMMENTED
    with history_line(viewer, line.entry) if known else _other(viewer, line.entry), el("div", "vg-ev__about"):
        if line.reference is not None:
            el("a", "vg-link vg-mono", line.reference, href=f"/incidents/{line.reference}")
        el("span", "vg-muted vg-mono", viewer.t("audit.place", seq=line.entry.seq))


def fact_words(viewer: Viewer, fact: str) -> str:
    """What the fact is called in a list: « A créé l’incident »."""
    key = f"audit.fact.{fact}" if catalog.has(f"audit.fact.{fact}", viewer.locale) else f"event.{fact}"
    words = catalog.t(key, viewer.locale)
    return words[:1].upper() + words[1:]


def _other(viewer: Viewer, entry: EntryView) -> Element:
    """A line about an account, a setting, a configuration item or the history itself; or that there is a comment."""
    details = entry.details
    with el("li", "vg-ev") as root:
        with el("span", "vg-ev__node"):
            icon(_ICONS.get(str(entry.fact).split("_")[0], "sync_alt"))
        with el("div", "vg-ev__line"):
            el("b", "", entry.actor.name if entry.actor else viewer.t("event.system"))
            words = fact_words(viewer, entry.fact)
            el("span", "", words[:1].lower() + words[1:])
            name = next((details[each] for each in _NAMES if details.get(each) is not None), None)
            if name is not None:
                el("b", "", str(name))
            for tag in _tags(viewer, entry):
                el("span", "vg-tag", tag)
            moment(viewer, entry.at)
        if details.get("from") is not None or details.get("to") is not None:
            with el("div", "vg-ev__quote vg-ev__change"):
                for word, value in (("detail.before", details.get("from")), ("detail.after", details.get("to"))):
                    el("small", "", viewer.t(word))
                    plain_text("", _value(viewer, details.get("field"), value))
        for changed in details.get("changes") or () if entry.fact is Fact.POLICY_CREATED else ():
            el("div", "vg-ev__quote", change_sentence(viewer, changed))
        if entry.fact is Fact.CHAIN_VERIFIED:
            with el("div", "vg-ev__quote"):
                plain_text("", verdict(viewer, entry))
    return root


def _tags(viewer: Viewer, entry: EntryView) -> list[str]:
    """What else a line says beside whom or what it is about."""
    details = entry.details
    found: list[str] = []
    match entry.fact:
        case Fact.COMMENTED:
            found.append(viewer.t(f"detail.{details['visibility']}"))
        case Fact.TOKEN_CREATED | Fact.TOKEN_REVOKED:
            found.append(str(details.get("name", "")))
        case Fact.USER_CREATED:
            found.append(viewer.t(f"role.{details['role']}"))
        case Fact.ITEM_CREATED | Fact.ITEM_CHANGED | Fact.ITEM_REMOVED:
            found.append(viewer.t(f"cmdb.one.{details['kind']}"))
        case Fact.SIGNED_OUT if details.get("everywhere"):
            found.append(viewer.t("audit.everywhere"))
        case Fact.HISTORY_EXPORTED:
            asked: Mapping[str, str] = details.get("filters", {})
            found += [
                viewer.t("notification.fact", name=viewer.t(f"audit.{_FILTERS[key]}"), value=value)
                for key, value in sorted(asked.items())
            ]
    if "field" in details:
        found.append(_field(viewer, str(details["field"])))
    return found


def verdict(viewer: Viewer, entry: EntryView) -> str:
    """What a verification of the chain has found."""
    broken = entry.details.get("broken_at")
    if broken is not None:
        return viewer.t("audit.broken", seq=broken)
    return viewer.t("audit.intact", n=entry.details["lines"])


def _field(viewer: Viewer, field: str) -> str:
    for area in FIELD_AREAS:
        if catalog.has(f"{area}.{field}", viewer.locale):
            return catalog.t(f"{area}.{field}", viewer.locale)
    return field


def _value(viewer: Viewer, field: Any, value: Any) -> str:
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, bool):
        return viewer.t("audit.yes" if value else "audit.no")
    if isinstance(value, list):
        return ", ".join(_value(viewer, field, each) for each in value)
    words = (f"{area}{value}" for area in CODED.get(str(field), ()))
    return next((viewer.t(key) for key in words if catalog.has(key, viewer.locale)), str(value))
