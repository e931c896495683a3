"""The fields of the new incident: what they are called, what each choice means, what a draft keeps of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from nicegui import ui
from nicegui.events import GenericEventArguments

from data.vocabulary import Category, Impact, Priority, Severity, Source
from services import i18n
from services.inputs import BODY, TITLE
from services.sla import Target
from services.views import PersonView, TeamView
from ui.components.choice import ChoiceField, Option
from ui.components.link_editor import LinkEditor
from ui.elements import el, icon, set_attributes, set_text
from ui.fields import Changed, Field, select_field, text_area
from ui.viewer import Viewer

CATEGORY_ICONS = {
    Category.HARDWARE: "memory",
    Category.SOFTWARE: "deployed_code",
    Category.NETWORK: "lan",
    Category.ACCESS: "key",
    Category.OTHER: "more_horiz",
}
SOURCE_ICONS = {
    Source.MANUAL: "edit_note",
    Source.EMAIL: "mail",
    Source.PORTAL: "web",
    Source.PHONE: "call",
    Source.MONITORING: "monitor_heart",
    Source.API: "api",
}
IMPACT_ICONS = {
    Impact.ENTERPRISE: "corporate_fare",
    Impact.MULTI_CLIENT: "groups",
    Impact.SINGLE_CLIENT: "domain",
    Impact.SINGLE_USER: "person",
}
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


class Accordion:
    """An optional part that opens; closed, it says in a few words what was chosen inside."""

    def __init__(self, title: str, hint: str) -> None:
        self._hint = hint
        with el("details", "vg-acc") as self.root:
            with el("summary"):
                el("span", "", title)
                self._summary = el("em", "", hint)
                icon("expand_more")
            self.body = el("div", "vg-acc__body")
        self.root.on("toggle", self._toggled, js_handler="(event) => emit(event.target.open)")

    def open(self) -> None:
        """What is inside can be seen."""
        set_attributes(self.root, open=True)

    def tell(self, chosen: Sequence[str]) -> None:
        """`chosen` stands in the closed part's line."""
        set_text(self._summary, " · ".join(chosen) or self._hint)

    def _toggled(self, event: GenericEventArguments) -> None:
        with self.root._props.suspend_updates():  # the browser did it already
            set_attributes(self.root, open=True if event.args else None)


class Fields:
    """The fields by name, in reading order.

    Without `owners` they are those of a requester: how it came in, who gets it, how the team rates it and the priority
    « Critique » are not theirs to say, and due times are the team's affair.
    """

    def __init__(self, viewer: Viewer, targets: Mapping[Priority, Target], owners: Owners | None, draft: str) -> None:
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
            hint = viewer.t("new.priority_hint") if owners else ""
            self._choice("priority", priorities, columns=len(priorities), required=True, hint=hint)
            self._description()
            self._choice("category", self._options(Category, CATEGORY_ICONS), required=True)
            if owners is None:
                self._choice("impact", self._impacts(), columns=2, hint=viewer.t("field.optional"))
            else:
                self._choice("source", self._options(Source, SOURCE_ICONS), required=True)
                self._analysis()
                self._items()
                self._assignment(owners)

    def __getitem__(self, name: str) -> AnyField:
        return self._all[name]

    def values(self) -> dict[str, Any]:
        """What has been entered, by name."""
        given = {name: field.value for name, field in self._all.items()}
        return given if self._owners else given | {"source": Source.PORTAL.value}

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

    def _changed(self, name: str) -> Changed:
        return lambda _: self.on_change(name)

    def _title(self) -> None:
        t = self._viewer.t

        def make() -> ui.textarea:
            box = ui.textarea(placeholder=t("new.title_ph"), value=self._kept.get("title", ""))
            box.props("borderless autogrow counter input-class=vg-bigtitle").on_value_change(self._changed("title"))
            # One line, however long: Enter does not break it.
            box.on("keydown.enter.prevent", js_handler="() => {}")
            set_attributes(box, maxlength=TITLE, rows=1, autofocus=True)
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
        set_attributes(field.control, aria_required=True)

    def _analysis(self) -> None:
        t = self._viewer.t
        accordion = Accordion(t("new.analysis"), t("field.optional"))
        with accordion.body:
            severities = [
                Option(each.value, t(f"severity.{each}"), help=t(f"severity.{each}.help")) for each in Severity
            ]
            self._choice("severity", severities, columns=4, inside=accordion)
            self._choice("impact", self._impacts(), columns=2, inside=accordion)
        self._summarise(accordion)

    def _items(self) -> None:
        accordion = Accordion(self._viewer.t("cmdb.impacted"), self._viewer.t("field.optional"))
        with accordion.body:
            self._all["links"] = editor = LinkEditor(
                self._viewer, on_change=lambda: self._changed_inside("links", accordion)(None)
            )
        self._inside["links"] = accordion
        editor.value = self._kept.get("links")
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
        t = self._viewer.t
        return [
            Option(
                each.value,
                t(f"priority.{each}"),
                help=t(f"priority.{each}.help"),
                foot=self._target(self._targets[each]) if self._owners else "",
                priority=True,
            )
            for each in Priority
            if self._owners or each is not Priority.CRITICAL
        ]

    def _target(self, target: Target) -> str:
        response, resolution = (
            i18n.target(int(duration.total_seconds()), self._viewer.locale)
            for duration in (target.response, target.resolution)
        )
        return self._viewer.t("sla.targets_short", response=response, resolution=resolution)

    def _impacts(self) -> list[Option]:
        t = self._viewer.t
        return [
            Option(
                each.value,
                t(f"impact.{each}"),
                help=t(f"impact.{each}.help"),
                example=t(f"impact.{each}.example"),
                icon=IMPACT_ICONS[each],
            )
            for each in Impact
        ]

    def _options(self, codes: type[Category] | type[Source], icons: Mapping[Any, str]) -> list[Option]:
        area = codes.__name__.lower()
        return [Option(each.value, self._viewer.t(f"{area}.{each}"), icon=icons[each]) for each in codes]


def _read(draft: str) -> dict[str, Any]:
    """What a draft kept; nothing where it cannot be read any more."""
    try:
        kept = json.loads(draft) if draft else {}
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
