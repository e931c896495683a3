"""What is prepared: incidents that come again and again, and replies with fields that are filled in as they are used.

A reply's fields are a short list (`PLACEHOLDERS`); what they are filled with is never read again, and stands in the
composer before anybody sends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.models import Template
from data.queries import incidents, people, templates
from data.vocabulary import Category, Fact, Impact, Priority, Readers, Severity, TemplateKind
from services.errors import NotFound, Refused
from services.incident_view import visible
from services.inputs import BODY, TITLE, Form
from services.letters import merged, unknown
from services.people import find_team
from services.permissions import Right
from services.text import folded
from services.work import Actor, Reading, Work, begin, change, look

NAME = 80
PLACEHOLDERS = ("requester", "reference", "technician", "title")
OF_INCIDENTS = ("name", "title", "text", "category", "priority", "severity", "impact", "team")
OF_REPLIES = ("name", "text", "readers")
FIELDS: Mapping[TemplateKind, tuple[str, ...]] = {
    TemplateKind.INCIDENT: OF_INCIDENTS,
    TemplateKind.REPLY: OF_REPLIES,
}
MOST = 500  # of each kind


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template; what is not of its kind is empty. `team` is the name of the team `team_id`."""

    id: int
    version: int
    kind: TemplateKind
    name: str
    title: str
    text: str
    category: Category | None
    priority: Priority | None
    severity: Severity | None
    impact: Impact | None
    team_id: int | None
    team: str | None
    readers: Readers | None


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A reply with its fields filled in, for one incident and whoever writes there."""

    id: int
    name: str
    text: str
    readers: Readers


def every(actor: Actor, kind: TemplateKind | None = None) -> tuple[TemplateView, ...]:
    """The templates by name, of one kind or of both. Raises `Forbidden`."""
    with look(actor) as reading:
        reading.require(Right.USE_TEMPLATES)
        names = {team.id: team.name for team in people.teams(reading.session)}
        found = [_view(each, names) for each in templates.every(reading.session, kind)]
        return tuple(sorted(found, key=lambda each: (each.kind, folded(each.name))))


def one(actor: Actor, template_id: int) -> TemplateView:
    """The template. Raises `NotFound`, `Forbidden`."""
    with look(actor) as reading:
        reading.require(Right.USE_TEMPLATES)
        return _shown(reading, _known(reading, template_id))


def replies(actor: Actor, reference: str) -> tuple[ReplyView, ...]:
    """The prepared replies by name, as they read on this incident when the actor uses them (S138, S139).

    `{technician}` is the actor's first name, by which requesters know the team. Raises `NotFound`, `Forbidden`.
    """
    with look(actor) as reading:
        reading.require(Right.USE_TEMPLATES)
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        requester = people.user(reading.session, incident.requester_id)
        assert requester is not None
        assert reading.person is not None
        values = {
            "requester": requester.name,
            "reference": incident.reference,
            "technician": reading.person.name.split()[0],
            "title": incident.title,
        }
        found = templates.every(reading.session, TemplateKind.REPLY)
        return tuple(
            ReplyView(each.id or 0, each.name, merged(each.text, values)[:BODY], each.readers or Readers.BOTH)
            for each in sorted(found, key=lambda each: folded(each.name))
        )


def create(actor: Actor, kind: str | None, values: Mapping[str, Any]) -> TemplateView:
    """The template exists. Raises `Forbidden`, and `Invalid`: a field that its kind does not have is `extra`."""
    with begin(actor) as work:
        work.require(Right.MANAGE_TEMPLATES)
        work.alone()
        form = Form()
        of_kind = form.code("kind", kind, TemplateKind)
        form.check()
        assert of_kind is not None
        if len(templates.every(work.session, of_kind)) >= MOST:
            raise Refused("too_many_templates", n=MOST)
        given = _read(work, of_kind, {"name": None, "text": None, "readers": Readers.BOTH, **values}, None, values)
        template = Template(kind=of_kind, **given)
        work.session.add(template)
        work.session.flush()
        work.note(Fact.TEMPLATE_CREATED, template=template.id, kind=of_kind.value, name=template.name)
        return _shown(work, template)


def alter(actor: Actor, template_id: int, changes: Mapping[str, Any], *, version: int | None = None) -> TemplateView:
    """The template has the values that `changes` names (`FIELDS`), each with its line, old and new.

    Raises `NotFound`, `Forbidden`, `Invalid`, and `Refused` (code `stale_template`) where it is no longer `version`.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_TEMPLATES)
        work.alone()
        template = _known(work, template_id)
        _expect(template, version)
        given = _read(work, template.kind, changes, template, changes)
        names = {team.id: team.name for team in people.teams(work.session)}
        for name, value in given.items():
            before = getattr(template, name)
            if before != value:
                setattr(template, name, value)
                field = "team" if name == "team_id" else name
                told = (names.get(before), names.get(value)) if name == "team_id" else (before, value)
                work.note(Fact.TEMPLATE_CHANGED, template=template.id, name=template.name, field=field, **change(*told))
        work.session.flush()
        return _shown(work, template)


def remove(actor: Actor, template_id: int, *, version: int | None = None) -> None:
    """The template is gone; what was made with it stays. Raises as `alter` does."""
    with begin(actor) as work:
        work.require(Right.MANAGE_TEMPLATES)
        work.alone()
        template = _known(work, template_id)
        _expect(template, version)
        work.session.delete(template)
        work.note(Fact.TEMPLATE_REMOVED, template=template.id, kind=template.kind.value, name=template.name)


def _read(
    work: Work, kind: TemplateKind, values: Mapping[str, Any], known: Template | None, sent: Mapping[str, Any]
) -> dict[str, Any]:
    """Column → value of what `values` names; raises `Invalid` for whatever is wrong in it or foreign in `sent`."""
    form = Form()
    for name in set(sent) - set(FIELDS[kind]):
        form.wrong(name, "extra")
    reply = kind is TemplateKind.REPLY
    given: dict[str, Any] = {}
    if "name" in values:
        given["name"] = name = form.line("name", values["name"], max_length=NAME)
        others = [each for each in templates.every(work.session, kind) if each is not known]
        if name and "name" not in form.errors and any(folded(each.name) == folded(name) for each in others):
            form.wrong("name", "taken")
    if "title" in values:
        given["title"] = form.line("title", values["title"], max_length=TITLE, required=False)
    if "text" in values:
        given["text"] = text = form.text("text", values["text"], max_length=BODY, required=reply)
        if reply and (foreign := unknown(text, PLACEHOLDERS)):
            form.wrong("text", "unknown_placeholder", name=foreign, known=_braced())
    for name, codes in (("category", Category), ("priority", Priority), ("severity", Severity), ("impact", Impact)):
        if name in values:
            given[name] = form.optional_code(name, values[name], codes)
    if "team" in values:
        team = find_team(work, form, "team", values["team"])
        given["team_id"] = team.id if team else None
    if reply and "readers" in values:
        given["readers"] = form.code("readers", values["readers"], Readers)
    form.check()
    return given


def _braced() -> str:
    return ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)


def _expect(template: Template, version: int | None) -> None:
    if version is not None and version != template.version:
        raise Refused("stale_template", name=template.name)


def _known(reading: Reading, template_id: int) -> Template:
    found = templates.template(reading.session, template_id) if 0 < template_id < 2**63 else None
    if found is None:
        raise NotFound()
    return found


def _shown(reading: Reading, template: Template) -> TemplateView:
    team = people.team(reading.session, template.team_id) if template.team_id else None
    return _view(template, {team.id: team.name} if team else {})


def _view(template: Template, names: Mapping[int | None, str]) -> TemplateView:
    assert template.id is not None
    return TemplateView(
        template.id,
        template.version,
        template.kind,
        template.name,
        template.title,
        template.text,
        template.category,
        template.priority,
        template.severity,
        template.impact,
        template.team_id,
        names.get(template.team_id) if template.team_id else None,
        template.readers,
    )
