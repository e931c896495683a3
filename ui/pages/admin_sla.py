"""`/admin/sla`: targets, calendars and pausing; the team reads, an administrator changes (S61; rules, "SLA")."""

from datetime import datetime
from typing import Any

from nicegui.element import Element

from data.vocabulary import HoldReason, Priority, Role
from services import closing, i18n, sla_policies
from services.calendar import OpeningHours
from services.errors import DeskError, Invalid
from services.i18n import day_date
from services.permissions import TEAM_ROLES
from services.sla_policies import PolicyView
from ui import calls
from ui.components import target_fields
from ui.components.policy_words import calendar_summary, change_sentence
from ui.components.redrawn import Redrawn
from ui.components.toasts import toast
from ui.declare import desk_page
from ui.dialogs.calendar import ask_calendar
from ui.dialogs.policy import ask_to_save
from ui.elements import Click, button, card, el, note
from ui.fields import Field, checkbox, select_field, show_errors, text_field
from ui.shell import frame, page_header
from ui.viewer import Viewer


@desk_page("/admin/sla", roles=TEAM_ROLES)
async def sla_page(viewer: Viewer) -> None:
    found = await calls.read(sla_policies.versions, viewer.actor)
    days = await calls.read(closing.days, viewer.actor)
    title = viewer.t("policy.title")
    page = _SlaPage(viewer, found, days)
    with frame(viewer, title, current="/admin/sla"):
        page_header(title)
        with el("div", "vg-pad vg-terms") as page.root:
            page.draw()


class _SlaPage:
    def __init__(self, viewer: Viewer, versions: tuple[PolicyView, ...], days: int | None) -> None:
        self.viewer, self.versions, self.days = viewer, versions, days
        self.may_change = viewer.role is Role.ADMIN
        self.root: Element  # what a dialog hangs on: whatever it is asked from may be drawn anew
        self.calendars: list[dict[str, Any]] = [dict(each) for each in versions[0].terms["calendars"]]
        self.calendar_of: dict[str, str] = dict(versions[0].terms["calendar_of"])

    def draw(self) -> None:
        t, now = self.viewer.t, self.versions[0]
        el("p", "vg-soft", t("policy.help"))
        if not self.may_change:
            note(t("policy.read_only"), icon="lock")
        if now.outdated:
            note(t("policy.outdated", names=", ".join(now.outdated)), icon="event_busy")
        self.fields: dict[str, Field] = {}
        with el("div", "vg-card vg-matrix"):
            self.matrix = Redrawn(self._matrix, "table")
        with card(t("policy.calendars"), icon="calendar_month") as body:
            el("p", "vg-soft", t("policy.calendars_help"))
            self.list = Redrawn(self._calendars)
            if self.may_change:
                with body:
                    button(t("policy.new_calendar"), icon="add", small=True, on_click=lambda: self._ask(None))
        with card(t("policy.pausing"), icon="pause_circle"), el("div", "vg-stack"):
            self._pausing()
        if self.may_change:
            with el("div", "vg-terms__save"):
                button(t("policy.preview"), icon="visibility", kind="primary", on_click=self._preview, submit=True)
        with card(t("policy.auto_close"), icon="inventory_2"), el("div", "vg-stack"):
            self._auto_close()
        with card(t("policy.versions"), icon="history"):
            self.history = Redrawn(self._versions)
        self._show()

    def _show(self) -> None:
        self.matrix.show([each["name"] for each in self.calendars], dict(self.calendar_of), self._hours_typed())
        self.list.show([dict(each) for each in self.calendars], self.versions[0].version)
        self.history.show(self.versions)

    def _hours_typed(self) -> dict[str, str]:
        """What the matrix holds: typed, or of the version that holds now."""
        stored = target_fields.hours_of(self.versions[0].terms["targets"])
        return {place: self.fields[place].value if place in self.fields else hours for place, hours in stored.items()}

    def _matrix(self, names: list[str], chosen: dict[str, str], typed: dict[str, str]) -> None:
        t, locale = self.viewer.t, self.viewer.locale
        self.fields = {}
        target_fields.heads(locale, "policy.calendar")
        with el("tbody"):
            for priority in Priority:
                with target_fields.line(priority, locale):
                    if not self.may_change:
                        for clock in target_fields.CLOCKS:
                            with el("td", "vg-matrix__num"):
                                el("span", "", typed[target_fields.place(priority, clock)])
                        with el("td", "vg-terms__hours"):
                            el("span", "", chosen.get(priority) or t("policy.always"))
                        continue
                    self.fields |= target_fields.cells(priority, typed, locale)
                    with el("td", "vg-terms__hours"):
                        self.fields[f"calendar_of.{priority}"] = select_field(
                            f"{t('policy.calendar')}, {t(f'priority.{priority}')}",
                            {"": t("policy.always")} | {name: name for name in names},
                            locale=locale,
                            value=chosen.get(priority, ""),
                            searchable=True,
                            on_change=lambda event, code=priority.value: self._choose(code, event.value),
                        )

    def _choose(self, priority: str, name: str) -> None:
        self.calendar_of.pop(priority, None)
        if name:
            self.calendar_of[priority] = name

    def _calendars(self, calendars: list[dict[str, Any]], _version: int) -> None:
        t = self.viewer.t
        if not calendars:
            el("p", "vg-muted", t("policy.no_calendars"))
        followed = self.versions[0].policy.calendars.values()
        stored = {each.name: each for each in followed if isinstance(each, OpeningHours)}
        for place, asked in enumerate(calendars):
            with el("div", "vg-terms__cal"):
                with el("div"):
                    el("b", "", asked["name"])
                    el("span", "vg-soft", calendar_summary(self.viewer, asked))
                    if hours := stored.get(asked["name"]):
                        self._frozen(hours)
                if self.may_change:
                    name = t("policy.edit_calendar", name=asked["name"])
                    button(icon="edit", kind="quiet", small=True, name=name, on_click=self._asker(place))
                    name = t("policy.remove_calendar", name=asked["name"])
                    button(icon="delete", kind="quiet", small=True, name=name, on_click=self._remover(place))

    def _frozen(self, hours: OpeningHours) -> None:
        """What was written down with the version: the closed days that come next, and how far it reaches."""
        today = datetime.now(self.viewer.zone).date()
        days = sorted((day, name) for day, name in {**hours.holidays, **hours.closed}.items() if day >= today)[:3]
        if days:
            named = ", ".join(f"{day_date(day, self.viewer.locale)} ({name})" for day, name in days)
            el("span", "vg-muted", self.viewer.t("policy.next_holidays", days=named))
        if hours.holidays:
            el("span", "vg-muted", self.viewer.t("policy.until", year=max(hours.holidays).year))

    def _asker(self, place: int) -> Click:
        return lambda: self._ask(place)

    def _ask(self, place: int | None) -> None:
        def apply(asked: dict[str, Any]) -> None:
            if place is None:
                self.calendars.append(asked)
            else:
                old = self.calendars[place]["name"]
                self.calendars[place] = asked
                self.calendar_of = {
                    code: asked["name"] if name == old else name for code, name in self.calendar_of.items()
                }
            self._show()

        others = [each["name"] for number, each in enumerate(self.calendars) if number != place]
        with self.root:
            ask_calendar(self.viewer, None if place is None else self.calendars[place], others, apply)

    def _remover(self, place: int) -> Click:
        def remove() -> None:
            gone = self.calendars.pop(place)["name"]
            self.calendar_of = {code: name for code, name in self.calendar_of.items() if name != gone}
            self._show()

        return remove

    def _pausing(self) -> None:
        t, chosen = self.viewer.t, self.versions[0].terms["pausing"]
        el("p", "vg-soft", t("policy.pausing_help"))
        self.boxes = {}
        if self.may_change:
            for reason in HoldReason:
                self.boxes[reason] = checkbox(t(f"hold_reason.{reason}"), value=reason in chosen)
        else:
            words = ", ".join(t(f"hold_reason.{reason}") for reason in chosen)
            el("p", "", words or t("policy.no_pausing"))

    def _terms(self) -> dict[str, Any]:
        return {
            "targets": target_fields.targets_of(self.fields),
            "pausing": [reason.value for reason, box in self.boxes.items() if box.value],
            "calendars": self.calendars,
            "calendar_of": self.calendar_of,
        }

    async def _preview(self) -> None:
        viewer, terms, now = self.viewer, self._terms(), self.versions[0]
        try:
            preview = await calls.read(
                sla_policies.preview, viewer.actor, terms, zone=viewer.zone, locale=viewer.locale
            )
        except Invalid as invalid:
            rest = show_errors(self.fields, i18n.field_sentences(invalid, viewer.locale))
            if rest:
                toast(" ".join(rest.values()), error=True)
            return
        show_errors(self.fields, {})

        async def save() -> bool:
            saved = await calls.perform(
                viewer, sla_policies.save, viewer.actor, terms, version=now.version, locale=viewer.locale
            )
            if saved is None:
                return False
            self.versions = await calls.read(sla_policies.versions, viewer.actor)
            self._show()
            toast(viewer.t("policy.saved", n=saved.version))
            return True

        with self.root:
            ask_to_save(viewer, preview, now.version + 1, save)

    def _auto_close(self) -> None:
        t = self.viewer.t
        el("p", "vg-soft", t("policy.auto_close_help"))
        if not self.may_change:
            el("p", "", t("policy.auto_close_off") if self.days is None else t("policy.auto_close_on", n=self.days))
            return
        field = text_field(
            t("policy.auto_close_days"),
            locale=self.viewer.locale,
            value="" if self.days is None else str(self.days),
            hint=t("policy.auto_close_hint"),
            classes="vg-terms__short",
        )

        async def save() -> None:
            try:
                await calls.write(closing.set_days, self.viewer.actor, field.value)
            except Invalid as invalid:
                show_errors({"days": field}, i18n.field_sentences(invalid, self.viewer.locale))
            except DeskError as refusal:
                toast(i18n.error_sentence(refusal, self.viewer.locale), error=True)
            else:
                field.wrong("")
                toast(t("policy.auto_close_saved"))

        with el("div", "vg-row"):
            button(t("action.save"), on_click=save)

    def _versions(self, versions: tuple[PolicyView, ...]) -> None:
        t = self.viewer.t
        for place, each in enumerate(versions):
            with el("div", "vg-terms__version"):
                by = each.by or t("event.system")
                saved = t("policy.saved_by", at=self.viewer.full_date(each.created_at), by=by)
                name = t("policy.current", n=each.version) if place == 0 else t("policy.version", n=each.version)
                with el("div"):
                    el("b", "", name)
                    el("span", "vg-muted", f" · {saved}")
                with el("ul"):
                    for change in each.changes:
                        el("li", "", change_sentence(self.viewer, change))
                    if not each.changes:
                        first = each.version == versions[-1].version
                        el("li", "", t("policy.first_version" if first else "policy.renewed"))
