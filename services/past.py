"""Filters of a list by what became of incidents and when: what a number of a report opens (S72, S122)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from data.queries import spans
from data.queries.lists import Filters
from data.queries.spans import EmployeeGroup
from data.vocabulary import Unnamed, Verdict
from services.inputs import NAME, Form
from services.permissions import Right, may
from services.work import Reading


@dataclass(frozen=True, kw_only=True)
class Past:
    """Each pair is a span, from the first instant on and before the second; for the team.

    `response` and `resolution` are the verdicts of the first response and the first resolution, `every_resolution`
    that of all resolutions before `resolved_to`. `held_by` is the name of a team that had
    it before its first resolution; `without` names what is not set. `department` and `employee_team` are of an
    employee whom it affects, `rating` the scores, 1 to 5, of which its requester gave one.
    """

    answered_from: datetime | None = None
    answered_to: datetime | None = None
    first_resolved_from: datetime | None = None
    first_resolved_to: datetime | None = None
    resolved_from: datetime | None = None
    resolved_to: datetime | None = None
    reopened_from: datetime | None = None
    reopened_to: datetime | None = None
    open_from: datetime | None = None
    open_to: datetime | None = None
    response: str | None = None
    resolution: str | None = None
    every_resolution: str | None = None
    handed_over: bool = False
    held_by: str | None = None
    without: Sequence[str] = ()
    department: str | None = None
    employee_team: str | None = None
    rated_from: datetime | None = None
    rated_to: datetime | None = None
    rating: Sequence[str] = ()


SCORES = ("1", "2", "3", "4", "5")
SPANS = {
    "answered": spans.answered,
    "first_resolved": spans.first_resolved,
    "resolved": spans.resolved,
    "reopened": spans.reopened,
    "open": spans.open_during,
    "rated": spans.rated,
}


def narrow(reading: Reading, form: Form, filters: Filters, past: Past) -> None:
    """`filters` ask for it too; what does not exist, or is not the actor's to ask for, is noted in `form`."""
    asked = [each.name for each in fields(Past) if getattr(past, each.name)]
    if asked and not may(reading.who, Right.SEE_STATISTICS):
        for name in asked:
            form.wrong(name, "not_yours_to_choose")
        return
    for name, span in SPANS.items():
        start, end = getattr(past, f"{name}_from"), getattr(past, f"{name}_to")
        if start or end:
            filters.where(span(start, end))
    if verdict := form.optional_code("response", past.response, Verdict):
        filters.where(spans.response_verdict(verdict is Verdict.MISSED))
    if verdict := form.optional_code("resolution", past.resolution, Verdict):
        filters.where(spans.resolution_verdict(verdict is Verdict.MISSED))
    if verdict := form.optional_code("every_resolution", past.every_resolution, Verdict):
        filters.where(spans.every_resolution(verdict is Verdict.MISSED, past.resolved_to))
    if past.handed_over:
        filters.where(spans.handed_over(reading.session))
    if past.held_by is not None:
        filters.where(spans.held_by(reading.session, form.line("held_by", past.held_by, max_length=NAME)))
    for value in past.without:
        if unnamed := form.code("without", value, Unnamed):
            filters.where(spans.without(reading.session, unnamed))
    _people(form, filters, past)


def _people(form: Form, filters: Filters, past: Past) -> None:
    """Whom it affects, and what its requester thinks of it."""
    for field, group in (("department", EmployeeGroup.DEPARTMENT), ("employee_team", EmployeeGroup.TEAM)):
        if (name := getattr(past, field)) is not None:
            filters.where(spans.affects(group, form.line(field, name, max_length=NAME)))
    if past.rating:
        given = [score for each in past.rating for score in each.split(",")]
        scores = [int(each) for each in given if each in SCORES]
        if len(scores) < len(given):
            form.wrong("rating", "out_of_range", min=SCORES[0], max=SCORES[-1])
        filters.where(spans.scored(scores))
