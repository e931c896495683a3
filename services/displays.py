"""Screens on a wall (B2): a device paired by a code on an administrator's screen, read-only, with one view, revocable.

A display is no account and no `Actor`: the one thing that its secret opens is `display_of`. A page that nobody has
paired shows a code of six digits for ten minutes; whoever may manage displays enters it, with a name and a view.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from data.models import Display, DisplayPairing
from data.queries import displays, people
from data.vocabulary import Fact
from services import bus, i18n
from services.attempts import Attempts
from services.errors import NotFound, TooManyAttempts, Unauthenticated
from services.inputs import NAME, Form
from services.people import find_team
from services.permissions import Right
from services.sessions import digest_of
from services.work import SYSTEM, Actor, Reading, Work, begin, change, look

CODE_LIVES: Final = timedelta(minutes=10)
MOST_WAITING: Final = 200  # screens that may show a code at the same time
SEEN_EVERY: Final = timedelta(minutes=1)
DIAGONALS: Final = (10, 200)  # inches
DISTANCES: Final = (50, 3_000)  # centimetres
# A title of 41/1920 of the width is read at ease from so many metres for each inch of the diagonal (ux, 8.4).
SEVEN_ROWS: Final = 16.25

_attempts = Attempts()


def rows_shown(diagonal: int, distance: int) -> int:
    """How many incidents can be read at once on a screen of so many inches from so many centimetres: 5 or 7."""
    return 7 if diagonal * 100 / distance >= SEVEN_ROWS else 5


@dataclass(frozen=True, slots=True)
class DisplayView:
    """A paired screen: `team_id` (named `team`) or `site` narrow what it shows; `diagonal` in inches, `distance` in
    centimetres. `seen_at`: when it last asked for its incidents, to the minute."""

    id: int
    name: str
    team_id: int | None
    team: str | None
    site: str | None
    locale: str
    diagonal: int
    distance: int
    sound: bool
    dimmed: bool
    paired_at: datetime
    seen_at: datetime | None

    @property
    def rows(self) -> int:
        """How many incidents can be read at once from where people stand: 5 or 7."""
        return rows_shown(self.diagonal, self.distance)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A screen that waits to be paired: the code that it shows until `expires_at`."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an administrator says of a display, as it was typed."""

    name: str | None
    team: str | int | None = None
    site: str | None = None
    locale: str = "fr"
    diagonal: object = 55
    distance: object = 300
    sound: bool = True
    dimmed: bool = True


def offer(secret: str | None) -> tuple[str, Waiting]:
    """The secret that the screen keeps and the code that it shows; those that it has while they last.

    Raises `TooManyAttempts` while too many screens wait.
    """
    if secret and (known := waiting(secret)):
        return secret, known
    secret = secrets.token_urlsafe(32)
    with begin(SYSTEM) as work:
        work.alone()
        displays.forget_pairings(work.session, work.now)
        taken = {each.code for each in displays.pairings(work.session)}
        if len(taken) >= MOST_WAITING:
            raise TooManyAttempts(retry_after=60)
        code = next(code for code in iter(_code, "") if code not in taken)
        made = Waiting(code, work.now + CODE_LIVES)
        work.session.add(DisplayPairing(digest=digest_of(secret), code=code, expires_at=made.expires_at))
    return secret, made


def waiting(secret: str) -> Waiting | None:
    """The code that the screen with this secret shows; None when it has none, or its time is over."""
    with look(SYSTEM) as reading:
        found = displays.pairing(reading.session, digest_of(secret))
        return Waiting(found.code, found.expires_at) if found and found.expires_at > reading.now else None


def pair(actor: Actor, code: str | None, wish: Wish) -> DisplayView:
    """The screen that shows `code` is a display from now on.

    Raises `Forbidden`, `Invalid` (`code`: `unknown_code` for one that no screen shows), and `TooManyAttempts` after
    five wrong codes in fifteen minutes.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_DISPLAYS)
        work.alone()
        form = Form()
        digits = "".join(each for each in form.line("code", code, max_length=20) if each.isascii() and each.isdigit())
        given = _read(work, form, wish)
        attempt = f"display {work.who.user_id}"
        _attempts.claim(attempt)
        found = displays.pairing_by_code(work.session, digits)
        if found is None or found.expires_at <= work.now:
            form.wrong("code", "unknown_code")
        else:
            _attempts.forget(attempt)
        form.check()
        assert found is not None
        row = Display(digest=found.digest, paired_at=work.now, **given)
        work.session.add(row)
        work.session.delete(found)
        work.session.flush()
        work.note(Fact.DISPLAY_PAIRED, name=row.name, **_shown(work, row))
        work.tell(bus.DisplayChanged())
        return _view(work, row)


def change_display(actor: Actor, display_id: int, wish: Wish) -> DisplayView:
    """The display is called, and shows, this from now on. Raises `Forbidden`, `NotFound`, `Invalid`."""
    with begin(actor) as work:
        row = _known(work, display_id)
        work.alone()
        form = Form()
        given = _read(work, form, wish)
        form.check()
        before = {"name": row.name, **_shown(work, row)}
        for field, value in given.items():
            setattr(row, field, value)
        work.session.flush()
        for field, value in {"name": row.name, **_shown(work, row)}.items():
            if value != before[field]:
                work.note(Fact.DISPLAY_CHANGED, name=row.name, field=field, **change(before[field], value))
        work.tell(bus.DisplayChanged())
        return _view(work, row)


def revoke(actor: Actor, display_id: int) -> None:
    """The display shows nothing any more, and no code gives it back what it was. Raises `Forbidden`, `NotFound`."""
    with begin(actor) as work:
        row = _known(work, display_id)
        row.revoked_at, row.team_id = work.now, None  # a team is not held by what shows nothing
        work.note(Fact.DISPLAY_REVOKED, name=row.name)
        work.tell(bus.DisplayChanged())


def every(actor: Actor) -> tuple[DisplayView, ...]:
    """The displays that are not revoked, by name. Raises `Forbidden`."""
    with look(actor) as reading:
        reading.require(Right.MANAGE_DISPLAYS)
        return tuple(_view(reading, row) for row in displays.displays(reading.session))


def sites(actor: Actor) -> tuple[str, ...]:
    """What a display can be narrowed to besides a team: the locations of the assets. Raises `Forbidden`."""
    with look(actor) as reading:
        reading.require(Right.MANAGE_DISPLAYS)
        return tuple(displays.sites(reading.session))


def display_of(secret: str) -> DisplayView:
    """The display whose browser holds `secret`; that it was seen is kept, to the minute.

    Raises `Unauthenticated` for one that was revoked or never paired.
    """
    with look(SYSTEM) as reading:
        row = displays.by_digest(reading.session, digest_of(secret))
        if row is None or row.id is None or row.revoked_at is not None:
            raise Unauthenticated()
        found, now = _view(reading, row), reading.now
    if found.seen_at is None or now - found.seen_at >= SEEN_EVERY:
        with begin(SYSTEM) as work:
            displays.touch(work.session, found.id, now)
    return found


def _code() -> str:
    return f"{secrets.randbelow(10**6):06d}"


def _read(work: Work, form: Form, wish: Wish) -> dict[str, Any]:
    team, site = find_team(work, form, "team", wish.team), None
    if wish.site is not None:
        site = form.line("site", wish.site, max_length=NAME)
        if site not in displays.sites(work.session):
            form.wrong("site", "unknown", id=site)
    if team is not None and site is not None:
        form.wrong("site", "unknown", id=site)
    if wish.locale not in i18n.LOCALES:
        form.wrong("locale", "unknown_value", known=", ".join(i18n.LOCALES))
    return {
        "name": form.line("name", wish.name, max_length=80),
        "team_id": team.id if team else None,
        "site": site,
        "locale": wish.locale,
        "diagonal": _whole(form, "diagonal", wish.diagonal, DIAGONALS),
        "distance": _whole(form, "distance", wish.distance, DISTANCES),
        "sound": bool(wish.sound),
        "dimmed": bool(wish.dimmed),
    }


def _whole(form: Form, field: str, value: object, limits: tuple[int, int]) -> int:
    least, most = limits
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        form.wrong(field, "out_of_range", min=least, max=most)
        return least
    return round(value)


def _known(work: Work, display_id: int) -> Display:
    work.require(Right.MANAGE_DISPLAYS)
    row = displays.display(work.session, display_id)
    if row is None or row.revoked_at is not None:
        raise NotFound()
    return row


def _shown(reading: Reading, row: Display) -> Mapping[str, Any]:
    """What the history says of a display."""
    team = people.team(reading.session, row.team_id) if row.team_id else None
    kept = ("site", "locale", "diagonal", "distance", "sound", "dimmed")
    return {"team": team.name if team else None} | {field: getattr(row, field) for field in kept}


def _view(reading: Reading, row: Display) -> DisplayView:
    assert row.id is not None
    team = people.team(reading.session, row.team_id) if row.team_id else None
    return DisplayView(
        id=row.id,
        name=row.name,
        team_id=row.team_id,
        team=team.name if team else None,
        site=row.site,
        locale=row.locale,
        diagonal=row.diagonal,
        distance=row.distance,
        sound=row.sound,
        dimmed=row.dimmed,
        paired_at=row.paired_at,
        seen_at=row.seen_at,
    )
