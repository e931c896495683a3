"""A line of the history as words on paper: who, what it is, what it is about, and what was written. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from data.vocabulary import Action, Fact, Relation, ReportScope
from services.before_after import assigning, due_moves, hand_over
from services.i18n import file_size, full_date, t
from services.letters import letters_in
from services.views import EntryView

_VERBS: Mapping[str, str] = {
    Action.START: "started",
    Action.HOLD: "held",
    Action.RESUME: "resumed",
    Action.ESCALATE: "escalated",
    Action.RESOLVE: "resolved",
    Action.CLOSE: "closed",
    Action.REOPEN: "reopened",
}
_THINGS = frozenset(
    (
        *(Fact.ATTACHED, Fact.LINKED, Fact.UNLINKED, Fact.AFFECTED_ADDED, Fact.AFFECTED_REMOVED),
        *(Fact.KNOWN_PROBLEM_SET, Fact.KNOWN_PROBLEM_ENDED),
    )
)
_OF_ONESELF: Mapping[str, str] = {
    Fact.AFFECTED_ADDED: "affected_self",
    Fact.AFFECTED_REMOVED: "affected_left",
}
_CODED_FIELDS = ("severity", "impact", "category", "source")


@dataclass(frozen=True, slots=True)
class Said:
    """`who` `verb` `about`; each of `quotes` stands below, as it was typed."""

    who: str
    verb: str
    about: str
    quotes: tuple[str, ...]


def said(entry: EntryView, locale: str, zone: ZoneInfo) -> Said:
    """What a line says to its reader; what its details lack is not said."""
    line = _Line(entry, locale, zone)
    about = " · ".join(part for part in (*line.score(), *line.about()) if part)
    return Said(line.who, line.verb(), about, tuple(quote for quote in line.quotes() if quote))


class _Line:
    def __init__(self, entry: EntryView, locale: str, zone: ZoneInfo) -> None:
        self.entry, self.locale, self.zone, self.details = entry, locale, zone, entry.details
        self.kind = str(self.details.get("action") or entry.fact)
        self.handed = hand_over(entry.details)
        self.who = entry.actor.name if entry.actor else self._t("event.system")

    def verb(self) -> str:
        details = self.details
        if self.kind == Fact.FIELD_CHANGED and "field" in details:
            return self._t("event.field_changed", field=self._t(f"field.{details['field']}"))
        if self.kind == Fact.SLA_CROSSED:
            return self._t(f"event.sla_{details['light']}", clock=self._t(f"sla.{details['clock']}"))
        if self.kind == Action.CLOSE and details.get("validated_by") == "requester":
            return self._t("event.validated")
        if self.kind in (Action.TAKE, Action.ASSIGN):
            to_oneself = self.kind == Action.TAKE or self._is_own()
            return self._t(f"event.{assigning(details, to_oneself=to_oneself)}")
        return self._t(f"event.{self._plain_verb()}")

    def _plain_verb(self) -> str:
        if self.details.get("service_request"):
            return "redirected"
        if self.kind == Fact.REPORT_EXPORTED and self.details.get("scope") == ReportScope.REQUESTER:
            return "report_exported_requester"
        own = _OF_ONESELF if self._is_affected() else _VERBS
        return own.get(self.kind) or _VERBS.get(self.kind, self.entry.fact)

    def score(self) -> Iterator[str]:
        if self.kind == Fact.RATED:
            yield self._t("rating.of_five", n=self.details["score"])

    def about(self) -> Iterator[str]:
        details = self.details
        match self.kind:
            case Fact.CREATED if "source" in details:
                yield self._t(f"source.{details['source']}")
            case Fact.PRIORITY_CHANGED:
                yield self._from_to("priority")
            case Fact.FIELD_CHANGED if details.get("field") in _CODED_FIELDS:
                yield self._from_to(details["field"])
            case Fact.RELATED | Fact.UNRELATED:
                reverse = details["reverse"] and details["relation"] != Relation.RELATED
                yield self._t(f"relation.{details['relation']}{'_of_this' if reverse else ''}")
                yield f"{details['other']} {details['title']}"
            case kind if kind in _THINGS:
                yield from self._thing()
            case Fact.MESSAGED:
                yield ", ".join(self._t(f"audience.{each}") for each in details["audience"])
            case Fact.SLA_CROSSED | Fact.HOLD_OVER if details.get("late"):
                yield self._t("event.late")
            case Action.ASSIGN | Action.TAKE | Action.ESCALATE:
                yield from self._owner()
            case Action.HOLD if "reason" in details:
                yield self._t(f"hold_reason.{details['reason']}")
            case Action.RESOLVE if "code" in details:
                yield self._t(f"resolution.{details['code']}")
                yield details.get("master") or ""
            case Action.START | Action.RESUME if "owner" in details:
                yield self._t("event.and_took")
                yield from self._handed()
        if self.entry.fact is Fact.STATUS_CHANGED and details["from"] != details["to"]:
            yield self._from_to("status")

    def _thing(self) -> Iterator[str]:
        details = self.details
        if "person" in details:
            yield "" if self._is_affected() else details["name"]
        elif "title" in details:
            yield details["title"]
        elif "file" in details:
            yield details["file"]
            yield file_size(details["size"], self.locale)
        else:
            yield details["name"]
            yield self._t(f"cmdb.one.{details['kind']}")

    def quotes(self) -> Iterator[str]:
        details = self.details
        if self.kind == Fact.MESSAGED:
            for letter in letters_in(details):
                to = ", ".join(f"{person.name} <{person.address}>" for person in letter.to)
                yield f"{letter.subject}\n\n{letter.text}\n\n→ {to}"
            return
        if self.kind == Fact.FIELD_CHANGED and details.get("field") not in _CODED_FIELDS:
            for word, side in (("detail.before", "from"), ("detail.after", "to")):
                yield self._t("pdf.labelled", label=self._t(word), text=details.get(side) or "—")
            return
        if self.kind == Fact.KNOWN_PROBLEM_SET:
            yield details["advice"]
            return
        for move in due_moves(details):
            old, new = (full_date(at, self.locale, self.zone) for at in (move.old, move.new))
            yield self._t("pdf.labelled", label=self._t(f"sla.{move.clock}"), text=f"{old} → {new}")
        yield (
            details.get("text") if self.kind == Action.HOLD else details.get("summary") or details.get("reason")
        ) or ""
        if until := details.get("resume_at"):
            at = full_date(datetime.fromisoformat(until), self.locale, self.zone)
            yield self._t("detail.hold_until", at=at)

    def _owner(self) -> Iterator[str]:
        details = self.details
        owner: Mapping[str, Any] = details.get("owner") or {}
        if self.handed:
            yield from self._handed()
        else:
            yield "" if self._is_own() else owner.get("name") or ""
            yield owner.get("team") or ""
        if "mode" in details:
            yield self._t(f"mode.{details['mode']}")
            yield self._t("event.level", old=details["previous_level"], new=details["level"])

    def _handed(self) -> Iterator[str]:
        if self.handed:
            yield f"{self.handed.former} → {self.handed.now}"
            yield self.handed.team or ""

    def _is_own(self) -> bool:
        owner = self.details.get("owner") or {}
        return self.entry.actor is not None and owner.get("assignee") == self.entry.actor.login

    def _is_affected(self) -> bool:
        return self.entry.actor is not None and self.details.get("person") == self.entry.actor.login

    def _from_to(self, codes: str) -> str:
        sides = (self.details.get("from"), self.details.get("to"))
        return " → ".join(self._t(f"{codes}.{code}") if code else "—" for code in sides)

    def _t(self, key: str, **params: object) -> str:
        return t(key, self.locale, **params)
