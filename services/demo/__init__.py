"""A demonstration desk: an invented company and three months of its incidents.

Everything is made through the public services, with the clock moved to when it happened, so that histories, verdicts
and the chain are genuine. The same `now` gives the same data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from data.queries import cmdb as item_queries
from data.queries import lists
from data.queries import people as people_queries
from data.vocabulary import Action, ItemKind, Visibility
from services import affected, clock, incidents, lifecycle, organisation, satisfaction, watcher
from services.clock import MovedClock
from services.demo import company, items, prepared
from services.demo.company import Member
from services.demo.schedule import DAYS, steps_before
from services.demo.stories import Beat, all_stories, duration
from services.errors import Refused
from services.i18n import typeset
from services.notifications import outbox
from services.permissions import Right
from services.work import SYSTEM, Actor, Reading, look

_ACTIONS = {"publish": affected.publish, "join": affected.join} | {
    action.value: getattr(lifecycle, action.value) for action in Action
}
OPINIONS: tuple[tuple[int | None, str | None], ...] = (
    *((5, "Merci, rapide et clair."), (4, None), (None, None), (5, None), (3, "Il a fallu relancer."), (5, None)),
    *((4, "Bien expliqué."), (None, None), (2, "Deux jours sans outil, c’est long."), (5, None), (4, None)),
)
_COMMENTS = frozenset(Visibility)
_BEFORE = timedelta(days=DAYS + 2)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was made: the accounts with their passwords, and how many incidents."""

    organisation: str
    accounts: tuple[Member, ...]
    incidents: int


def load(*, now: datetime | None = None) -> Loaded:
    """The empty database holds the demonstration organisation as it is at `now` (aware; the current instant).

    Raises `Refused` (code `not_empty`) where there is already somebody.
    """
    with look(SYSTEM) as reading:
        if people_queries.any_user(reading.session) or people_queries.organisation(reading.session):
            raise Refused("not_empty")
    now = now or clock.now()
    with clock.running_here_on(MovedClock(now - _BEFORE)):
        admin = company.ADMINISTRATOR
        actor = organisation.set_up(
            organisation=company.ORGANISATION,
            login=admin.login,
            admin_name=admin.name,
            email=admin.email,
            password=admin.password,
        )
    return _furnish(actor, now, company.ORGANISATION, (admin, *company.STAFF))


def add(actor: Actor, *, now: datetime | None = None) -> Loaded:
    """A desk that has just been set up holds the demonstration as well; its organisation and administrator stay.

    Raises `Refused` (code `not_empty`) unless its administrator is alone, and neither incident nor configuration item
    exists, and with code `demo_teams` where its support teams stand otherwise; `Forbidden`.
    """
    with look(actor) as reading:
        reading.require(Right.MANAGE_PEOPLE)
        if not _is_new(reading):
            raise Refused("not_empty")
    return _furnish(actor, now or clock.now(), organisation.name(), company.STAFF)


def _is_new(reading: Reading) -> bool:
    taken = {user.login for user in people_queries.users(reading.session)}
    alone = len(taken) == 1 and taken.isdisjoint(member.login for member in company.STAFF)
    items_there = any(item_queries.page(reading.session, kind, (), offset=0, limit=1)[1] for kind in ItemKind)
    return alone and not items_there and lists.count(reading.session, lists.Filters(reading.now)) == 0


def _furnish(admin: Actor, now: datetime, name: str, accounts: tuple[Member, ...]) -> Loaded:
    moved = MovedClock(now - _BEFORE)
    with clock.running_here_on(moved), outbox.silent():
        actors = company.hire(admin)
        items.furnish(admin)
        prepared.furnish(admin)
        touched = [items.touched_by(story) for story in all_stories()]
        references: dict[int, str] = {}
        keys = {story.key: number for number, story in enumerate(all_stories()) if story.key}
        for step in steps_before(now):
            moved.at = step.at
            actor = actors[step.beat.login]
            if step.beat.verb == "declare":
                references[step.story] = incidents.create(actor, incidents.NewIncident(**step.beat.given)).reference
            if step.beat.login not in company.REQUESTERS and touched[step.story]:  # the first of the team links
                incidents.edit(actor, references[step.story], touched[step.story])
                touched[step.story] = {}
            if step.beat.verb != "declare":
                masters = {key: references.get(number, "") for key, number in keys.items()}
                _play(actor, references[step.story], step.beat, masters)
            if step.beat.verb == "close" and step.beat.login in company.REQUESTERS:
                _rate(actor, references[step.story], step.story)
        moved.at = now
        items.change_applications(admin, now)
        watcher.pass_over()
    return Loaded(name, accounts, len(references))


def _rate(actor: Actor, reference: str, number: int) -> None:
    """What who closes it thinks of it; not everybody says."""
    score, comment = OPINIONS[number % len(OPINIONS)]
    if score is not None:
        satisfaction.rate(actor, reference, score=score, comment=comment and typeset(comment))


def _play(actor: Actor, reference: str, beat: Beat, masters: Mapping[str, str]) -> None:
    given: dict[str, Any] = dict(beat.given)
    if "resume_in" in given:
        given["resume_at"] = clock.now() + duration(given.pop("resume_in"))
    if "master" in given:
        given["master"] = masters[given["master"]]
    if beat.verb in _COMMENTS:
        incidents.comment(actor, reference, visibility=beat.verb, **given)
    elif beat.verb == "edit":
        incidents.edit(actor, reference, given["changes"], reason=given.get("reason"))
    else:
        _ACTIONS[beat.verb](actor, reference, **given)
