"""One line of the history as a sentence: who, what, from what to what, when, and the reason or summary in quotes.

The history keeps codes and names; here they become words in the reader's language. A requester's lines carry fewer
details, and what is not there is not said.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from nicegui.element import Element

from data.vocabulary import Action, Fact, Priority, Relation, ReportScope, Role, Source, Status
from services.before_after import assigning, due_moves, hand_over
from services.letters import letters_in
from services.views import EntryView
from ui.components.badge import priority_badge, status_pill
from ui.components.letter_card import letter_card
from ui.components.links import plain_text
from ui.components.rich_text import rich_text
from ui.elements import el, icon
from ui.viewer import Viewer

_ICONS: Mapping[str, str] = {
    Fact.CREATED: "flag",
    Fact.PRIORITY_CHANGED: "priority_high",
    Fact.FIELD_CHANGED: "edit",
    Fact.RATED: "star",
    Fact.MESSAGED: "campaign",
    Fact.REPORT_EXPORTED: "picture_as_pdf",
    Fact.ATTACHED: "attach_file",
    Fact.LINKED: "add_link",
    Fact.RELATED: "hub",
    Fact.UNRELATED: "link_off",
    Fact.UNLINKED: "link_off",
    Fact.AFFECTED_ADDED: "person_add",
    Fact.AFFECTED_REMOVED: "person_remove",
    Fact.KNOWN_PROBLEM_SET: "campaign",
    Fact.KNOWN_PROBLEM_ENDED: "visibility_off",
    Fact.SLA_CROSSED: "timer",
    Fact.HOLD_OVER: "alarm",
    Action.ASSIGN: "person",
    Action.TAKE: "person",
    Action.START: "play_arrow",
    Action.HOLD: "pause",
    Action.RESUME: "play_arrow",
    Action.ESCALATE: "stairs",
    Action.RESOLVE: "check_circle",
    Action.CLOSE: "archive",
    Action.REOPEN: "restart_alt",
}
_VERBS: Mapping[str, str] = {
    Fact.CREATED: "event.created",
    Fact.PRIORITY_CHANGED: "event.priority_changed",
    Fact.RATED: "event.rated",
    Fact.MESSAGED: "event.messaged",
    Fact.REPORT_EXPORTED: "event.report_exported",
    Fact.ATTACHED: "event.attached",
    Fact.LINKED: "event.linked",
    Fact.RELATED: "event.related",
    Fact.UNRELATED: "event.unrelated",
    Fact.UNLINKED: "event.unlinked",
    Fact.AFFECTED_ADDED: "event.affected_added",
    Fact.AFFECTED_REMOVED: "event.affected_removed",
    Fact.KNOWN_PROBLEM_SET: "event.known_problem_set",
    Fact.KNOWN_PROBLEM_ENDED: "event.known_problem_ended",
    Fact.HOLD_OVER: "event.hold_over",
    Action.START: "event.started",
    Action.HOLD: "event.held",
    Action.RESUME: "event.resumed",
    Action.ESCALATE: "event.escalated",
    Action.RESOLVE: "event.resolved",
    Action.CLOSE: "event.closed",
    Action.REOPEN: "event.reopened",
}
AFFECTED: Mapping[str, str] = {
    Fact.AFFECTED_ADDED: "event.affected_self",
    Fact.AFFECTED_REMOVED: "event.affected_left",
}
_CODED_FIELDS = ("severity", "impact", "category", "source")


def history_line(viewer: Viewer, entry: EntryView) -> Element:
    """The line stands in the current container."""
    return _Line(viewer, entry).draw()


class _Line:
    def __init__(self, viewer: Viewer, entry: EntryView) -> None:
        self.viewer, self.entry, self.t = viewer, entry, viewer.t
        self.details = entry.details
        self.kind = str(self.details.get("action") or entry.fact)
        self.handed = hand_over(entry.details)

    def draw(self) -> Element:
        with el("li", "vg-ev") as root:
            with el("span", "vg-ev__node"):
                icon(_ICONS.get(self.kind, "sync_alt"))
            with el("div", "vg-ev__line"):
                el("b", "", self.viewer.called(self.entry.actor) if self.entry.actor else self.t("event.system"))
                el("span", "", self._verb())
                self._objects()
                self._audience()
                if self.kind != Action.ESCALATE:
                    self._statuses()
                moment(self.viewer, self.entry.at)
            if self.kind == Action.ESCALATE:
                with el("div", "vg-ev__line"):
                    self._step_up()
                    self._statuses()
            self._dues()
            self._quotes()
        return root

    def _verb(self) -> str:
        if self.kind == Fact.FIELD_CHANGED:
            return self.t("event.field_changed", field=self.t(f"field.{self.details['field']}"))
        if self.kind == Fact.SLA_CROSSED:
            clock = self.t(f"sla.{self.details['clock']}")
            return self.t(f"event.sla_{self.details['light']}", clock=clock)
        if self.kind == Action.CLOSE and self.details.get("validated_by") == "requester":
            return self.t("event.validated")
        if self.kind in (Action.TAKE, Action.ASSIGN):
            to_oneself = self.kind == Action.TAKE or self._is_own()
            return self.t(f"event.{assigning(self.details, to_oneself=to_oneself)}")
        return self.t(self._plain_verb())

    def _plain_verb(self) -> str:
        if self.details.get("service_request"):
            return "event.redirected"
        if self.kind == Fact.REPORT_EXPORTED and self.details.get("scope") == ReportScope.REQUESTER:
            return "event.report_exported_requester"
        own = AFFECTED if self._is_affected() else _VERBS
        return own.get(self.kind) or _VERBS.get(self.kind, "event.status_changed")

    def _is_own(self) -> bool:
        owner = self.details.get("owner") or {}
        return self.entry.actor is not None and owner.get("assignee") == self.entry.actor.login

    def _is_affected(self) -> bool:
        """Whether somebody has said it of himself."""
        return self.entry.actor is not None and self.details.get("person") == self.entry.actor.login

    def _objects(self) -> None:
        """What the verb is about."""
        details = self.details
        match self.kind:
            case Fact.PRIORITY_CHANGED:
                priority_badge(Priority(details["from"]))
                with self._to():
                    priority_badge(Priority(details["to"]))
            case Fact.FIELD_CHANGED if details["field"] in _CODED_FIELDS:
                el("span", "vg-tag", self._code("from"))
                with self._to():
                    el("span", "vg-tag", self._code("to"))
            case Fact.ATTACHED | Fact.LINKED | Fact.UNLINKED:
                self._thing()
            case Fact.AFFECTED_ADDED | Fact.AFFECTED_REMOVED if not self._is_affected():
                el("b", "", details["name"])
            case Fact.KNOWN_PROBLEM_SET | Fact.KNOWN_PROBLEM_ENDED:
                el("b", "", details["title"])
            case Fact.MESSAGED:
                self._audience()
            case Fact.RELATED | Fact.UNRELATED:
                self._related()
            case Fact.SLA_CROSSED | Fact.HOLD_OVER if self.details["late"]:
                el("span", "vg-tag", self.t("event.late"))
            case Action.ASSIGN | Action.TAKE | Action.ESCALATE:
                self._owner()
            case Action.RESOLVE if "code" in details:
                el("span", "vg-tag", self.t(f"resolution.{details['code']}"))
                self._master()
            case _:
                self._tag()

    def _tag(self) -> None:
        """The one word that says all of it."""
        details = self.details
        match self.kind:
            case Fact.CREATED if "source" in details:
                el("span", "vg-tag", self.t(f"source.{Source(details['source'])}"))
            case Fact.RATED:
                el("span", "vg-tag", self.t("rating.of_five", n=details["score"]))
            case Action.HOLD if "reason" in details:
                el("span", "vg-tag", self.t(f"hold_reason.{details['reason']}"))
            case Action.START | Action.RESUME if "owner" in details:
                el("span", "vg-tag", self.t("event.and_took"))
                self._handed()

    def _thing(self) -> None:
        """A file with its readers, for the team; an item with its kind."""
        details = self.details
        el("b", "", details["file"] if "file" in details else details["name"])
        if "kind" in details:
            el("span", "vg-tag", self.t(f"cmdb.one.{details['kind']}"))
        elif self.viewer.role is not Role.REQUESTER:
            el("span", "vg-tag", self.t(f"detail.{details['visibility']}"))

    def _master(self) -> None:
        if master := self.details.get("master"):
            el("a", "vg-link vg-mono", master, href=f"/incidents/{master}")

    def _related(self) -> None:
        details = self.details
        reverse = details["reverse"] and details["relation"] != Relation.RELATED
        el("span", "vg-tag", self.t(f"relation.{details['relation']}{'_of_this' if reverse else ''}"))
        el("a", "vg-link vg-mono", details["other"], href=f"/incidents/{details['other']}", title=details["title"])

    def _audience(self) -> None:
        for audience in self.details["audience"] if self.kind == Fact.MESSAGED else ():
            el("span", "vg-tag", self.t(f"audience.{audience}"))

    def _statuses(self) -> None:
        if self.entry.fact is Fact.STATUS_CHANGED and self.details["from"] != self.details["to"]:
            status_pill(Status(self.details["from"]))
            with self._to():
                status_pill(Status(self.details["to"]))

    def _handed(self) -> None:
        if self.handed:
            el("span", "", self.handed.former)
            with self._to():
                el("b", "", self.handed.now)
            if self.handed.team:
                el("span", "vg-tag", self.handed.team)

    def _owner(self) -> None:
        if self.handed:
            self._handed()
            return
        owner: Mapping[str, Any] = self.details.get("owner") or {}
        named = None if self._is_own() else owner.get("name")
        if named:
            el("b", "", named)
        if team := owner.get("team"):
            el("span" if named else "b", "vg-tag" if named or self._is_own() else "", team)

    def _step_up(self) -> None:
        details = self.details
        if "mode" not in details:
            return
        el("span", "vg-tag", self.t(f"mode.{details['mode']}"))
        el("span", "vg-tag", self.t("event.level", old=details["previous_level"], new=details["level"]))

    def _dues(self) -> None:
        for move in due_moves(self.details):
            with el("div", "vg-ev__line vg-muted"):
                el("span", "", self.t("event.due_of", clock=self.t(f"sla.{move.clock}")))
                moment(self.viewer, move.old)
                with self._to():
                    moment(self.viewer, move.new)

    def _quotes(self) -> None:
        details = self.details
        if self.kind == Fact.MESSAGED:
            for letter in letters_in(details):
                letter_card(self.viewer, letter)
            return
        if self.kind == Fact.KNOWN_PROBLEM_SET:
            if details["advice"]:
                with el("div", "vg-ev__quote"):
                    plain_text("", details["advice"])
            return
        if self.kind == Fact.FIELD_CHANGED and details["field"] not in _CODED_FIELDS:
            with el("div", "vg-ev__quote vg-ev__change"):
                for word, text in (("detail.before", details["from"]), ("detail.after", details["to"])):
                    el("small", "", self.t(word))
                    plain_text("", text or "—")
            return
        text = details.get("text") if self.kind == Action.HOLD else details.get("summary") or details.get("reason")
        until = details.get("resume_at")
        if text:
            with el("div", "vg-ev__quote"):
                if self.kind == Action.RESOLVE:
                    rich_text("", text)
                else:
                    plain_text("", text)
        if until:
            at = self.viewer.instant(datetime.fromisoformat(until))
            el("div", "vg-muted", self.t("detail.hold_until", at=at))

    def _code(self, side: str) -> str:
        code = self.details[side]
        return self.t(f"{self.details['field']}.{code}") if code else "—"

    @contextmanager
    def _to(self) -> Iterator[None]:
        """The arrow, and what it leads to: the block draws that beside it, wherever the line breaks."""
        with el("span", "vg-ev__to"):
            icon("arrow_forward")
            el("span", "vg-sr", self.t("event.to"))
            yield


def moment(viewer: Viewer, at: datetime) -> Element:
    """An instant, short; in full for who points at it."""
    return el("time", "", viewer.instant(at), datetime=at.isoformat(), title=viewer.full_date(at))
