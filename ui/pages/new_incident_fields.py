"""The fields of the new incident: what they are called, what each choice means, what a draft keeps of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from data.vocabulary import Priority, Source
from services.inputs import BODY, TITLE
from services.sla import Target
from services.views import PersonView, TeamView
from ui.components.accordion import Accordion
from ui.components.choice import ChoiceField, Option
from ui.components.code_options import (
    category_options,
    impact_options,
    priority_option,
    severity_options,
    source_options,
)
from ui.components.link_editor import LinkEditor
from ui.elements import el, set_attributes
from ui.fields import Changed, Field, select_field, text_area
from ui.typed import TextArea
from ui.viewer import Viewer

GUIDE = ("symptoms", "message", "context")
DEFAULTS = {"source": Source.MANUAL.value}


class Owners(NamedTuple):
    """Whom an incident can be assigned to."""

    technicians: Sequence[PersonView]
    teams: Sequence[TeamView]


class AnyField(Protocol):
    """What the form needs of a field."""

    value: Any

    def wrong(self, sentence: str) -> None: ...
    def focus(self) -> None: ...


class Fields:
    """The fields by name, in reading order; a requester declares on the portal."""

    def __init__(self, viewer: Viewer, targets: Mapping[Priority, Target], owners: Owners, draft: str) -> None:
        self._viewer, self._targets, self._owners = viewer, targets, owners
        self._kept = _read(draft)
        self.restored = bool(self._kept)
        self.on_change: Callable[[str], None] = lambda name: None
        self._all: dict[str, AnyField] = {}
        self._inside: dict[str, Accordion] = {}
        with el("div"):
            self.notice = el("div")
            self._title()
            self.similar = el("div", aria_live="polite")
            priorities = self._priorities()
            hint = viewer.t("new.priority_hint")
            self._choice("priority", priorities, columns=len(priorities), required=True, hint=hint)
            self._description()
            self._choice("category", category_options(viewer.locale), required=True)
            self._choice("source", source_options(viewer.locale), required=True)
            self._analysis()
            self._items()
            self._assignment(owners)

    def __getitem__(self, name: str) -> AnyField:
        return self._all[name]

    def values(self) -> dict[str, Any]:
        """What has been entered, by name."""
        return {name: field.value for name, field in self._all.items()}

    def as_draft(self) -> str:
        """What `Fields` is given to show the same again; empty where nothing was entered."""
        entered = {name: value for name, value in self.values().items() if value and value != DEFAULTS.get(name)}
        return json.dumps(entered, ensure_ascii=False) if entered else ""

    def clear(self, *, keep: Sequence[str] = ()) -> None:
        """The fields are as at first, but for those to keep."""
        for name, field in self._all.items():
            field.wrong("")
            if name not in keep:
                field.value = DEFAULTS.get(name, "" if name in ("title", "description") else None)

    def refuse(self, sentences: Mapping[str, str]) -> dict[str, str]:
        """Each field says what is wrong with it, the first one has the cursor. Returns what has no field here."""
        wrong = [name for name in self._all if name in sentences]
        for name, field in self._all.items():
            field.wrong(sentences.get(name, ""))
        for name in wrong:
            if name in self._inside:
                self._inside[name].open()
        if wrong:
            self._all[wrong[0]].focus()
        return {name: sentence for name, sentence in sentences.items() if name not in self._all}

    def unanswered(self) -> dict[str, str]:
        """What is asked of links that are chosen, and has no answer yet, by the field's name."""
        return {} if self._links.settled else {"links": self._viewer.t("cmdb.which_primary")}

    def _changed(self, name: str) -> Changed:
        return lambda _: self.on_change(name)

    def _title(self) -> None:
        t = self._viewer.t

        def make() -> TextArea:
            box = TextArea(placeholder=t("new.title_ph"), value=self._kept.get("title", ""))
            box.props("borderless autogrow counter input-class=vg-bigtitle").on_value_change(self._changed("title"))
            # One line, however long: Enter does not break it.
            box.on("keydown.enter.prevent", js_handler="() => {}")
            set_attributes(box, maxlength=TITLE, rows=1, autofocus=True, data_draft="new/title")
            return box

        self._all["title"] = Field(
            t("field.title"), make, hint="", locale=self._viewer.locale, required=None, classes="vg-title"
        )

    def _description(self) -> None:
        t = self._viewer.t
        with el("div", "vg-section"):
            self._all["description"] = field = text_area(
                t("field.description"),
                locale=self._viewer.locale,
                value=self._kept.get("description", ""),
                placeholder=t("new.desc_ph"),
                max_length=BODY,
                on_change=self._changed("description"),
            )
            with el("dl", "vg-guide"):
                for part in GUIDE:
                    with el("div"):
                        el("dt", "", t(f"new.guide_{part}"))
                        el("dd", "", t(f"new.guide_{part}_help"))
        set_attributes(field.control, aria_required=True, data_draft="new/description")

    def _analysis(self) -> None:
        t = self._viewer.t
        accordion = Accordion(t("new.analysis"), t("field.optional"))
        with accordion.body:
            self._choice("severity", severity_options(self._viewer.locale), columns=4, inside=accordion)
            self._choice("impact", impact_options(self._viewer.locale), columns=2, inside=accordion)
        self._summarise(accordion)

    def _items(self) -> None:
        accordion = Accordion(self._viewer.t("cmdb.impacted"), self._viewer.t("field.optional"))
        with accordion.body:
            self._all["links"] = self._links = LinkEditor(
                self._viewer, on_change=lambda: self._changed_inside("links", accordion)(None)
            )
        self._inside["links"] = accordion
        self._links.value = self._kept.get("links")
        self._summarise(accordion)

    def _assignment(self, owners: Owners) -> None:
        t, locale = self._viewer.t, self._viewer.locale
        accordion = Accordion(t("new.assignment"), t("new.dispatch"))
        teams: dict[Any, str] = {team.id: team.name for team in owners.teams}
        people: dict[Any, str] = {person.login: person.name for person in owners.technicians}
        with accordion.body, el("div", "vg-pair"):
            for name, options, nobody in (("team", teams, "new.dispatch"), ("assignee", people, "new.whole_team")):
                kept = self._kept.get(name)
                self._all[name] = field = select_field(
                    t(f"field.{name}"),
                    options,
                    locale=locale,
                    value=kept if kept in options else None,
                    searchable=True,
                    clearable=True,
                    on_change=self._changed_inside(name, accordion),
                )
                set_attributes(field.control, placeholder=t(nobody))
                self._inside[name] = accordion
        self._summarise(accordion)

    def _choice(
        self,
        name: str,
        options: Sequence[Option],
        *,
        columns: int = 0,
        required: bool = False,
        hint: str = "",
        inside: Accordion | None = None,
    ) -> None:
        with el("div", "" if inside else "vg-section"):
            self._all[name] = ChoiceField(
                self._viewer.t(f"field.{name}"),
                options,
                locale=self._viewer.locale,
                value=self._kept.get(name, DEFAULTS.get(name)),
                hint=hint,
                columns=columns,
                required=required,
                on_change=self._changed_inside(name, inside) if inside else self._changed(name),
            )
        if inside:
            self._inside[name] = inside

    def _changed_inside(self, name: str, accordion: Accordion) -> Changed:
        def changed(_: object) -> None:
            self._summarise(accordion)
            self.on_change(name)

        return changed

    def _summarise(self, accordion: Accordion) -> None:
        chosen = [(name, self._all[name].value) for name, inside in self._inside.items() if inside is accordion]
        accordion.tell([self._word(name, value) for name, value in chosen if value])

    def _word(self, name: str, value: Any) -> str:
        match name, self._owners:
            case "links", _:
                return ", ".join(item["name"] for items in value.values() for item in items)
            case "team", Owners(_, teams):
                return next((team.name for team in teams if team.id == value), "")
            case "assignee", Owners(technicians, _):
                return next((person.name for person in technicians if person.login == value), "")
        return self._viewer.t(f"{name}.{value}")

    def _priorities(self) -> list[Option]:
        return [priority_option(each, self._viewer.locale, self._targets[each]) for each in Priority]


def _read(draft: str) -> dict[str, Any]:
    """What a draft kept; nothing where it cannot be read any more."""
    try:
        kept = json.loads(draft) if draft else {}
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
