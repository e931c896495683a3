"""One check after the other, whatever becomes of the one before."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from data import db, health
from data.settings import Settings
from services import chain, i18n
from services.doctor import outgoing, storage, surroundings
from services.doctor.saying import Said, Sayings, State, failed, reason

Check = Callable[[Settings], Sayings]

# In this order; the name is a key below `doctor.name.`.
CHECKS: Mapping[str, Check] = {
    "database": storage.database,
    "migrations": storage.migrations,
    "disk": storage.disk,
    "clock": surroundings.clock,
    "mail": outgoing.mail_server,
    "mailbox": outgoing.mailbox,
    "channels": outgoing.channels,
    "chain": storage.chain,
    "secret_key": surroundings.secret_key,
    "base_url": surroundings.base_url,
}
ON_DATABASE = frozenset({"database", "migrations", "clock", "channels", "chain"})
WITH_KEY = frozenset({"chain", "channels"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: its sentences, and the worst of their states."""

    check: str
    said: tuple[Said, ...]

    @property
    def state(self) -> State:
        return max(each.state for each in self.said)

    def line(self, locale: str) -> str:
        """State, name, sentences; what is wrong first."""
        ordered = sorted(self.said, key=lambda each: -each.state)
        sentences = " ".join(_sentence(each, locale) for each in ordered)
        state = i18n.t(f"doctor.state.{self.state.name.lower()}", locale)
        return f"{state:<10} {i18n.t(f'doctor.name.{self.check}', locale, text=sentences)}"


def examine(settings: Settings) -> Iterator[Finding]:
    """A finding for each check, as soon as it is there; whatever is broken, none of them is left out but one that has
    nothing to look at, as that of a mailbox that is not set.

    The database is bound afterwards where there is one.
    """
    missing = _missing(settings)
    keyed = _use_secret(settings)
    if missing is None:
        with warnings.catch_warnings():  # an old SQLite is a line of ours
            warnings.simplefilter("ignore", RuntimeWarning)
            db.bind(settings.database_url)
    for name, check in CHECKS.items():
        if missing and name in ON_DATABASE:
            finding = Finding(name, (missing if name == "database" else failed("unchecked"),))
        elif not keyed and name in WITH_KEY:
            finding = Finding(name, (failed("keyless"),))
        else:
            finding = _finding(name, check, settings)
        if not finding.said:
            continue
        if finding.said[0].key in ("database.away", "database.broken"):
            missing = finding.said[0]
        yield finding


def _use_secret(settings: Settings) -> bool:
    """Whether there is a key, which is in use now; none is made."""
    if not settings.secret_key and not settings.secret_file.is_file():
        return False
    try:
        chain.use_secret(settings.secret)
    except (ValueError, OSError):  # the check of the key says why
        return False
    return True


def _missing(settings: Settings) -> Said | None:
    """Why there is no database to look into: opening one that is not there would make it."""
    file = health.file_of(settings.database_url)
    if file is None or file.is_file():
        return None
    return failed("database.missing", file=file)


def _finding(name: str, check: Check, settings: Settings) -> Finding:
    said: list[Said] = []
    try:
        said.extend(check(settings))
    except Exception as broken:  # a damaged database raises whatever its damage leads to
        said.append(failed("broken_off", reason=reason(broken)))
    return Finding(name, tuple(said))


def _sentence(said: Said, locale: str) -> str:
    params = dict(said.params)
    if "bytes" in params:
        params["size"] = i18n.file_size(params.pop("bytes"), locale)
    return i18n.t(f"doctor.{said.key}", locale, **params)
