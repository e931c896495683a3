"""The full-text search: what matches a question, and where (S10, S76, S125, S139).

Whoever asks finds what he may read, and nothing by what he may not: a requester's question never meets an internal
comment, an item's name or a colleague's, neither in the results nor in their number or order.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.queries import incidents
from data.queries import search as index
from data.queries.lists import Filters
from data.words import asked
from services.incident_view import person_seen, views
from services.inputs import Form
from services.permissions import Right, may
from services.snippets import Part, beginning, marked, snippet
from services.views import IncidentView
from services.work import Actor, Reading, look

QUESTION = 200
LIMIT = 20
COUNTED = 1_000  # counting ends there: nobody reads so many


@dataclass(frozen=True, slots=True)
class Hit:
    """An incident that was found: its title, and what else of it matched, in pieces that matched or did not.

    `where` names what that is: description, comment, resolution, a kind of item (`assets`), a person (`assignee`);
    None where it is only how the description begins.
    """

    incident: IncidentView
    title: tuple[Part, ...]
    where: str | None
    text: tuple[Part, ...]
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A slice of what was found, the latest declared first; `following` asks for the next, None at the end;
    `total` is at most `COUNTED`."""

    hits: tuple[Hit, ...]
    following: int | None
    total: int


NOTHING = Found((), None, 0)


def narrow(reading: Reading, filters: Filters, text: str) -> None:
    """The list has only what matches the question, as far as the actor may read it; no word narrows nothing."""
    if words := asked(text):
        filters.words(reading.session, _ask(reading, words))


def find(actor: Actor, text: str | None, *, before: int | None = None, limit: int = LIMIT) -> Found:
    """What matches, open or closed, and where. Raises `Invalid` for a question that is too long."""
    with look(actor) as reading:
        words = _words(text)
        if not words:
            return NOTHING
        question = _ask(reading, words)
        ids = index.newest(reading.session, question, before=before, limit=limit + 1)
        whole = before is None and len(ids) <= limit
        total = len(ids) if whole else index.count(reading.session, question, most=COUNTED)
        return Found(_hits(reading, ids[:limit], words), ids[limit - 1] if len(ids) > limit else None, total)


def open_ids(actor: Actor, text: str | None) -> list[int]:
    """The open incidents that match, for a list that has their rows; for the team."""
    with look(actor) as reading:
        reading.require(Right.SEE_ALL)
        words = _words(text)
        return index.newest(reading.session, _ask(reading, words, open_only=True)) if words else []


def _words(text: str | None) -> list[str]:
    form = Form()
    line = form.line("q", text, max_length=QUESTION, required=False)
    form.check()
    return asked(line)


def _ask(reading: Reading, words: Sequence[str], *, open_only: bool = False) -> index.Asked:
    own = None if may(reading.who, Right.SEE_ALL) else reading.user_id
    return index.ask(reading.session, words, requester_id=own, open_only=open_only)


def _hits(reading: Reading, ids: list[int], words: Sequence[str]) -> tuple[Hit, ...]:
    found = views(reading, ids)
    said: dict[int, list[tuple[str, str]]] = defaultdict(list)
    public_only = not may(reading.who, Right.SEE_ALL)
    for comment, author in incidents.comments_of(reading.session, ids, public_only=public_only):
        said[comment.incident_id].append((comment.body, person_seen(reading, author).name))
    return tuple(_hit(each, said, words) for each in found)


def _hit(incident: IncidentView, said: Mapping[int, list[tuple[str, str]]], words: Sequence[str]) -> Hit:
    title = marked(incident.title, words)
    best: tuple[int, Hit] | None = None
    for where, text, author in _texts(incident, said.get(incident.id, [])):
        parts = snippet(text, words)
        score = len({part.casefold() for part, matched in parts if matched})
        if score and (best is None or score > best[0]):
            best = score, Hit(incident, title, where, parts, author)
    return best[1] if best else Hit(incident, title, None, beginning(incident.description))


def _texts(incident: IncidentView, said: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, str | None]]:
    """(what it is, text, who said it) of all that this person may read of it, the telling first."""
    yield "description", incident.description, None
    for body, author in reversed(said):
        yield "comment", body, author
    if incident.resolution is not None and incident.resolution.summary:
        yield "resolution", incident.resolution.summary, None
    for kind, links in incident.links.items():
        for link in links:
            yield kind.value, f"{link.name}, {link.note}" if link.note else link.name, None
    if incident.assignee is not None:
        yield "assignee", incident.assignee.name, None
    if incident.team is not None:
        yield "team", incident.team.name, None
    yield "requester", incident.requester.name, None
