"""Lists of the board under a name: own ones, and those that a dispatcher or administrator shares with the team.

They are preferences: they leave no line in the history. Each call hands out all that the person then has.
"""

from dataclasses import dataclass, fields
from urllib.parse import parse_qsl, urlencode

from data.models import SavedView
from data.queries import views as queries
from data.words import folded
from services.errors import Forbidden, NotFound
from services.inputs import Form
from services.past import Past
from services.permissions import Right, may
from services.work import Actor, Reading, Work, begin, look

NAME = 60
QUERY = 4_000
MOST = 50  # of one person
_LISTS = ("team", "status", "priority", "category", "severity", "impact", "sla", "assignee")
_PAST = ("created_from", "created_to", "asset", "application", "client", *(each.name for each in fields(Past)))
_OF_THE_LIST = frozenset(("view", "group", "q", "f", "sort", *_LISTS, *_PAST))


@dataclass(frozen=True, slots=True)
class NamedView:
    """`query` is that of the board's address; `by` is who shares it, None for one's own."""

    id: int
    name: str
    query: str
    shared: bool
    by: str | None


@dataclass(frozen=True, slots=True)
class Views:
    """What one person has: `usual` is the id of the view with which the board opens, `may_share` whether they may."""

    views: tuple[NamedView, ...]
    usual: int | None
    may_share: bool


def views(actor: Actor) -> Views:
    """The person's own views and the shared ones, by name."""
    with look(actor) as reading:
        return seen(reading)


def seen(reading: Reading) -> Views:
    """As `views`, in a look that somebody else has begun: with the session that opens the board."""
    reading.require(Right.SEE_ALL)
    return _views(reading)


def save(actor: Actor, name: object, query: object, *, shared: bool = False, usual: bool = False) -> Views:
    """The list `query` is kept under `name`; an own view of that name is replaced.

    Raises `Forbidden` for sharing without the right, `Invalid` for a bad name or more than fifty views.
    """
    with begin(actor) as work:
        work.require(Right.SHARE_VIEWS if shared else Right.SEE_ALL)
        work.alone()
        form = Form()
        name = form.line("name", name, max_length=NAME)
        query = _list_only(form.line("query", query, max_length=QUERY, required=False))
        form.check()
        view = queries.own_by_name(work.session, work.user_id, name)
        if view is None and queries.how_many(work.session, work.user_id) >= MOST:
            form.wrong("name", "too_many", max=MOST)
        form.check()
        view = view or SavedView(owner_id=work.user_id, name=name, query=query, created_at=work.now)
        view.query = query
        _share(work, view, shared)
        work.session.add(view)
        work.session.flush()
        assert view.id is not None
        if usual:
            queries.make_usual(work.session, work.user_id, view.id)
        elif queries.usual(work.session, work.user_id) == view.id:
            queries.make_usual(work.session, work.user_id, None)
        work.session.flush()
        return _views(work)


def share(actor: Actor, view_id: int, shared: bool) -> Views:
    """The team sees the own view, or no longer does."""
    with begin(actor) as work:
        work.require(Right.SHARE_VIEWS if shared else Right.SEE_ALL)
        _share(work, _own(work, view_id), shared)
        return _views(work)


def delete(actor: Actor, view_id: int) -> Views:
    """The own view is gone; a board that opened with it opens as usual. A shared one may go by whoever may share."""
    with begin(actor) as work:
        work.require(Right.SEE_ALL)
        work.alone()
        view = _seen(work, view_id)
        if view.owner_id != work.user_id and not may(work.who, Right.SHARE_VIEWS):
            raise Forbidden()
        queries.forget_usual(work.session, view_id)
        work.session.flush()
        work.session.delete(view)
        work.session.flush()
        return _views(work)


def make_usual(actor: Actor, view_id: int | None) -> Views:
    """The person's board opens with this view; None: with none."""
    with begin(actor) as work:
        work.require(Right.SEE_ALL)
        work.alone()
        if view_id is not None:
            _seen(work, view_id)
        queries.make_usual(work.session, work.user_id, view_id)
        work.session.flush()
        return _views(work)


def _share(work: Work, view: SavedView, shared: bool) -> None:
    if view.shared and not shared and view.id is not None:
        queries.forget_usual(work.session, view.id, but_of=view.owner_id)
    view.shared = shared


def _seen(work: Work, view_id: int) -> SavedView:
    view = queries.by_id(work.session, view_id)
    if view is None or not (view.shared or view.owner_id == work.user_id):
        raise NotFound()
    return view


def _own(work: Work, view_id: int) -> SavedView:
    view = _seen(work, view_id)
    if view.owner_id != work.user_id:
        raise Forbidden()
    return view


def _list_only(query: str) -> str:
    """Only what says which list it is: language, theme and strangers' parameters are nobody's view."""
    kept = [(name, value) for name, value in parse_qsl(query.removeprefix("?")) if name in _OF_THE_LIST]
    return urlencode(kept, safe=",")


def _views(reading: Reading | Work) -> Views:
    found = sorted(queries.seen_by(reading.session, reading.user_id), key=lambda view: folded(view.name))
    return Views(
        tuple(NamedView(*view[:4], by=None if view.owner_id == reading.user_id else view.owner) for view in found),
        next((view.id for view in found if view.usual), None),
        may(reading.who, Right.SHARE_VIEWS),
    )
