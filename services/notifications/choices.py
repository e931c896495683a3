"""What a person wants to be told of, by which way, and when not."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from data.queries import outbox, people
from data.vocabulary import Fact, Medium, NotificationKind
from services.inputs import Form
from services.notifications.outbox import media_of, terms
from services.notifications.rules import OFFERED
from services.work import Actor, begin, look

PERSONAL = (Medium.APP, Medium.EMAIL)
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Choices:
    """`quiet` is a span in minutes of the organisation's day, or None; `mail` says whether letters are sent at all."""

    media: Mapping[NotificationKind, frozenset[Medium]]
    quiet: tuple[int, int] | None
    mail: bool
    address: bool


def mine(actor: Actor) -> Choices:
    """The actor's choices, those that stand by themselves included."""
    with look(actor) as reading:
        user = people.user(reading.session, reading.user_id)
        assert user is not None
        stored = outbox.choices(reading.session, [reading.user_id]).get(reading.user_id)
        quiet = None
        if stored and stored.quiet_from is not None and stored.quiet_until is not None:
            quiet = (stored.quiet_from, stored.quiet_until)
        media = {kind: media_of(stored, kind, user.role) for kind in OFFERED[reading.who.role]}
        return Choices(media, quiet, terms().mail, bool(user.email))


def choose(
    actor: Actor, media: Mapping[str, Collection[str]], *, quiet_from: int | None = None, quiet_until: int | None = None
) -> None:
    """The actor is told by these media from now on, and gets no letter in the quiet hours. Raises `Invalid`."""
    with begin(actor) as work:
        form = Form()
        offered = OFFERED[work.who.role]
        kept: dict[str, list[str]] = {}
        for kind, chosen in media.items():
            if kind not in offered or any(medium not in PERSONAL for medium in chosen):
                form.wrong("media", "unknown_value", known=", ".join(offered))
            kept[str(kind)] = sorted(str(medium) for medium in chosen)
        for name, minute in (("quiet_from", quiet_from), ("quiet_until", quiet_until)):
            if minute is not None and not 0 <= minute < DAY:
                form.wrong(name, "out_of_range", min=0, max=DAY - 1)
        if (quiet_from is None) != (quiet_until is None):
            form.wrong("quiet_until" if quiet_until is None else "quiet_from", "required")
        form.check()
        if quiet_from == quiet_until:
            quiet_from = quiet_until = None
        outbox.choose(
            work.session, work.user_id, media=json.dumps(kept), quiet_from=quiet_from, quiet_until=quiet_until
        )
        user = people.user(work.session, work.user_id)
        assert user is not None
        work.note(Fact.USER_CHANGED, login=user.login, field="notifications")
