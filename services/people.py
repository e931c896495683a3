"""Accounts: who exists, what they may do, what they prefer."""

import hashlib
import re
from collections.abc import Iterable, Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from data.models import Membership, Team, User
from data.queries import people
from data.queries.standing import Resumed
from data.vocabulary import Fact, Role
from services import bus
from services.errors import NotFound, Refused
from services.i18n import LOCALES
from services.incident_view import person_view, team_view
from services.inputs import NAME, Form, required
from services.permissions import TEAM_ROLES, Right
from services.views import AccountView, PersonView, TeamView
from services.work import Actor, Reading, Work, begin, change, look

PASSWORD_MIN = 10
PASSWORD_MAX = 200
THEMES = ("light", "dark", "auto")
_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")

# argon2id with 19 MiB and two passes: the smallest of OWASP's equivalent settings, some 25 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash(hashlib.sha256(b"nobody has this password").hexdigest())


def me(actor: Actor) -> AccountView:
    """The actor's own account."""
    with look(actor, confined=True) as reading:
        return account(reading, reading.user_id)


def account(reading: Reading, user_id: int) -> AccountView:
    """The account with its teams, the main one first. Raises `NotFound`."""
    user = people.user(reading.session, user_id)
    if user is None or user.id is None:
        raise NotFound()
    return account_view(user, tuple(team_view(team) for team in people.teams_of(reading.session, user.id)))


def accounts(actor: Actor) -> tuple[AccountView, ...]:
    """Every account, by name."""
    with look(actor) as reading:
        reading.require(Right.SEE_ALL)
        own = teams_of_people(reading)
        return tuple(account_view(user, own.get(_id(user), ())) for user in people.users(reading.session))


def teams_of_people(reading: Reading) -> dict[int, tuple[TeamView, ...]]:
    """Account → its teams, the main one first; who is in none is left out."""
    own: dict[int, tuple[TeamView, ...]] = {}
    for user_id, team in people.teams_of_people(reading.session):
        own[user_id] = (*own.get(user_id, ()), team_view(team))
    return own


def one(actor: Actor, login: str) -> AccountView:
    """The account with this login, active or not. Raises `NotFound`, `Forbidden`."""
    with look(actor) as reading:
        reading.require(Right.SEE_ALL)
        return account(reading, _id(known(reading, login)))


def technicians(actor: Actor) -> tuple[PersonView, ...]:
    """Everybody to whom an incident can be assigned, by name."""
    with look(actor) as reading:
        reading.require(Right.SEE_ALL)
        return tuple(person_view(user) for user in people.users(reading.session, roles=tuple(TEAM_ROLES), active=True))


def desk(actor: Actor) -> tuple[tuple[PersonView, bool], ...]:
    """Every member of the desk by name, and whether an incident can be assigned to them now."""
    with look(actor) as reading:
        reading.require(Right.SEE_ALL)
        found = people.users(reading.session, roles=tuple(TEAM_ROLES))
        return tuple((person_view(user), user.active) for user in found)


def create_user(
    actor: Actor,
    *,
    login: str,
    name: str,
    role: str,
    password: str,
    email: str | None = None,
    teams: Sequence[str | int] = (),
    temporary: bool = False,
) -> AccountView:
    """The account exists; the first of `teams` is its main team. Raises `Invalid`, `Forbidden`.

    `temporary`: the person has to choose another password before anything else.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        user_id = add_user(work, login=login, name=name, role=role, password=password, email=email, teams=teams)
        user = people.user(work.session, user_id)
        assert user is not None
        user.password_temporary = temporary
        work.session.flush()
        return account(work, user_id)


def add_user(
    work: Work,
    *,
    login: str,
    name: str,
    role: str,
    password: str,
    email: str | None = None,
    teams: Sequence[str | int] = (),
) -> int:
    """The new account's id; for callers that have settled who may."""
    work.alone()
    form = Form()
    login = form.line("login", login, max_length=64).lower()
    if login and not _LOGIN.fullmatch(login):
        form.wrong("login", "bad_login")
    elif login and people.user_by_login(work.session, login):
        form.wrong("login", "taken")
    name = form.line("name", name, max_length=NAME)
    known_role = form.code("role", role, Role)
    address = form.email("email", email)
    check_password(form, password)
    found = [team for wanted in teams if (team := find_team(work, form, "teams", wanted))]
    form.check()
    user = User(
        login=login,
        name=name,
        email=address,
        role=required(known_role),
        password_hash=hashed(password),
        created_at=work.now,
    )
    work.session.add(user)
    work.session.flush()
    assert user.id is not None
    for position, team in enumerate({team.id: team for team in found}.values()):
        assert team.id is not None
        work.session.add(Membership(user_id=user.id, team_id=team.id, main=position == 0))
    names = [team.name for team in found]
    work.note(Fact.USER_CREATED, login=login, name=name, role=user.role.value, teams=names)
    return user.id


def change_role(actor: Actor, login: str, role: str) -> AccountView:
    """The account has the role; its open pages and sessions are over (S2 of the security matrix)."""
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        form = Form()
        wanted = form.code("role", role, Role)
        form.check()
        work.alone()
        user = known(work, login)
        keep_an_admin(work, user, role=required(wanted), active=user.active)
        before, user.role = user.role, required(wanted)
        end_access(work, user, field="role", old=before.value, new=user.role.value)
        return account(work, _id(user))


def set_active(actor: Actor, login: str, active: bool) -> AccountView:
    """The account may, or may no longer, sign in; open pages and sessions are over."""
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        work.alone()
        user = known(work, login)
        keep_an_admin(work, user, role=user.role, active=active)
        before, user.active = user.active, active
        end_access(work, user, field="active", old=before, new=active)
        return account(work, _id(user))


def set_password(actor: Actor, login: str, password: str) -> AccountView:
    """The account signs in with the new password only; open pages and sessions are over."""
    with begin(actor) as work:
        user = known(work, login)
        if user.id != work.who.user_id:
            work.require(Right.MANAGE_PEOPLE)
        put_password(work, user, password)
        return account(work, _id(user))


def put_password(work: Work, user: User, password: str, *, keep: str | None = None, temporary: bool = False) -> None:
    """The same, for callers that have settled who may; the session `keep` goes on.

    `temporary`: the person has to choose another one before anything else.
    """
    form = Form()
    check_password(form, password)
    form.check()
    user.password_hash = hashed(password)
    user.password_temporary = temporary
    end_access(work, user, field="password", old=None, new=None, keep=keep)


def prefer(
    actor: Actor, *, locale: str | None = None, theme: str | None = None, single_keys: bool | None = None
) -> None:
    """The actor's pages have this language and theme from now on, and single keys act on them or not; None leaves what
    was before. Raises `Invalid`."""
    with begin(actor, confined=True) as work:
        user = people.user(work.session, work.user_id)
        assert user is not None
        form = Form()
        for field, value, choices in (("locale", locale, LOCALES), ("theme", theme, THEMES)):
            if value is None:
                continue
            if value not in choices:
                form.wrong(field, "unknown_value", known=", ".join(choices))
            setattr(user, field, value)
        if single_keys is not None:
            user.single_keys = single_keys
        form.check()


def hashed(secret: str) -> str:
    """What the database keeps of a password or recovery code."""
    return _hasher.hash(_bytes(secret))


def password_fits(stored: str | None, password: str) -> bool:
    """Whether the password is the account's; takes as long where there is no account (None)."""
    try:
        return _hasher.verify(stored or _nobody, _bytes(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def check_password(form: Form, password: str) -> None:
    """A password is long, and that is all that is asked of it (ASVS 6.2)."""
    if not isinstance(password, str) or len(password) < PASSWORD_MIN:
        form.wrong("password", "weak_password", min=PASSWORD_MIN)
    elif len(password) > PASSWORD_MAX:
        form.wrong("password", "too_long", max=PASSWORD_MAX, length=len(password))


def _bytes(password: str) -> bytes:
    """At most what a password may have, so that nobody can make us hash a book; lone surrogates are no error."""
    return password[: PASSWORD_MAX + 1].encode("utf-8", "surrogatepass")


def known(reading: Reading, login: str) -> User:
    """The account with this login, active or not. Raises `NotFound`."""
    login = login.strip().lower()
    user = people.user_by_login(reading.session, login) if _LOGIN.fullmatch(login) else None
    if user is None:
        raise NotFound()
    return user


def with_logins(reading: Reading, logins: Iterable[str]) -> Sequence[User]:
    """The accounts with these logins, active or not; what is nobody's login is left out."""
    wanted = {login.lower() for login in logins}
    return people.users_by_logins(reading.session, [login for login in wanted if _LOGIN.fullmatch(login)])


def find_technician(reading: Reading, form: Form, field: str, login: object) -> User | None:
    """The active member of the desk with this login; anything else is an error of `field`."""
    if login in (None, ""):
        return None
    name = form.line(field, login, max_length=64)
    if field in form.errors:
        return None
    user = people.user_by_login(reading.session, name.lower())
    if user is None:
        form.wrong(field, "unknown", id=name)
    elif not user.active or user.role not in TEAM_ROLES:
        form.wrong(field, "not_a_technician")
    return user


def find_team(reading: Reading, form: Form, field: str, team: object) -> Team | None:
    """The team with this id or name; anything else is an error of `field`."""
    if team in (None, ""):
        return None
    found = None
    if isinstance(team, int) and not isinstance(team, bool) and 0 < team < 2**63:
        found = people.team(reading.session, team)
    elif isinstance(team, str):
        name = form.line(field, team, max_length=80)
        if field not in form.errors:
            found = people.team_by_name(reading.session, name)
            if found is None and name.isascii() and name.isdigit() and len(name) < 19:
                found = people.team(reading.session, int(name))
    if found is None:
        form.wrong(field, "unknown", id=str(team)[:80])
    return found


def all_teams(actor: Actor) -> tuple[TeamView, ...]:
    """Every team, in the order in which they were made."""
    with look(actor) as reading:
        reading.require(Right.SEE_ALL)
        return tuple(team_view(team) for team in people.teams(reading.session))


def account_view(user: User | Resumed, own: tuple[TeamView, ...]) -> AccountView:
    """The account with its teams, the main one first."""
    return AccountView(
        id=_id(user),
        login=user.login,
        name=user.name,
        email=user.email,
        role=user.role,
        active=user.active,
        locale=user.locale,
        theme=user.theme,
        teams=own,
        single_keys=user.single_keys,
        temporary=user.password_temporary,
    )


def _id(user: User | Resumed) -> int:
    assert user.id is not None
    return user.id


def keep_an_admin(work: Work, user: User, *, role: Role, active: bool) -> None:
    """Raises `Refused` (code `last_admin`) where `user` is the only active administrator and would no longer be one."""
    was = user.active and user.role is Role.ADMIN
    if was and not (active and role is Role.ADMIN) and not people.other_admin(work.session, _id(user)):
        raise Refused("last_admin", name=user.name)


def end_access(work: Work, user: User, *, field: str, old: object, new: object, keep: str | None = None) -> None:
    """Every session and open page of the account is over, but the session `keep`; the line says what has changed."""
    end_sessions(work, user, keep=keep)
    work.note(Fact.USER_CHANGED, login=user.login, field=field, **change(old, new))


def end_sessions(work: Work, user: User, *, keep: str | None = None) -> None:
    """Every session and open page of the account is over, but the session `keep`."""
    user.auth_version += 1
    kept = people.login_session(work.session, keep) if keep else None
    people.end_login_sessions(work.session, user_id=_id(user), keep=keep)
    if kept is not None:
        kept.auth_version = user.auth_version
    work.tell(bus.AccessChanged(_id(user)))
