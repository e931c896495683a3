"""The checks of what is around: the clock, the secret key and the address that people use."""

import ctypes
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from data import health
from data.queries import history
from data.settings import PREFIX, Settings
from services import clock as our_clock
from services.doctor.saying import Sayings, failed, ok, warning
from services.work import SYSTEM, look

APART = timedelta(seconds=5)
FAR_APART = timedelta(minutes=5)  # SLA verdicts would be wrong by as much
SHORT_SECRET = 16
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def clock(settings: Settings) -> Sayings:
    """It is not before what was written last, not far from the database's, and kept right by somebody."""
    now, server = our_clock.now(), health.server_time()
    with look(SYSTEM) as reading:
        last = history.last_instant(reading.session)
    yield from _apart("clock.before", last - now if last and last > now else None)
    yield from _apart("clock.apart", abs(server - now) if server else None)
    if _kernel_doubts():
        yield warning("clock.unsynchronised")
    yield ok("clock.now", at=now.strftime("%Y-%m-%d %H:%M:%S UTC"), zone=settings.timezone)


def secret_key(settings: Settings) -> Sayings:
    """It is there, long enough, and in no file that others can read."""
    given = os.environ.get(f"{PREFIX}SECRET_KEY_FILE")
    if settings.secret_key:
        if len(settings.secret_key) < SHORT_SECRET:
            yield warning("secret_key.short", least=SHORT_SECRET)
        holder = Path(given) if given else Path(".env") if _is_in_dotenv() else None
        if holder and _is_open(holder):
            yield warning("secret_key.open", file=holder, mode=_mode(holder))
        yield ok("secret_key.given", source=holder or f"{PREFIX}SECRET_KEY")
    elif health.file_of(settings.database_url) is None:
        yield failed("secret_key.required")
    elif not settings.secret_file.is_file():
        yield failed("secret_key.missing", file=settings.secret_file)
    elif not os.access(settings.secret_file, os.R_OK):
        yield failed("secret_key.unreadable", file=settings.secret_file)
    elif _is_open(settings.secret_file):
        yield failed("secret_key.open", file=settings.secret_file, mode=_mode(settings.secret_file))
    else:
        yield ok("secret_key.kept", file=settings.secret_file, mode=_mode(settings.secret_file))


def base_url(settings: Settings) -> Sayings:
    """Links in messages lead somewhere, and cookies are bound to HTTPS where people come from elsewhere."""
    try:
        parts = urlsplit(settings.public_url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        yield failed("base_url.wrong", url=settings.base_url)
    elif not settings.base_url and host not in LOOPBACK:
        yield warning("base_url.missing", url=settings.public_url)
    elif parts.scheme == "http" and host not in LOOPBACK:
        yield warning("base_url.plain", url=settings.public_url)
    else:
        yield ok("base_url.right", url=settings.public_url)


def _apart(key: str, by: timedelta | None) -> Sayings:
    if by is not None and by > APART:
        say = failed if by > FAR_APART else warning
        yield say(key, seconds=round(by.total_seconds()))


def _kernel_doubts() -> bool:
    """Whether the kernel says that nobody keeps its clock right; False where it does not say."""
    asking = ctypes.create_string_buffer(512)  # struct timex, all zero: asks and sets nothing
    try:
        return int(ctypes.CDLL(None).adjtimex(asking)) == 5  # TIME_ERROR
    except (OSError, AttributeError):
        return False


def _is_in_dotenv() -> bool:
    try:
        return f"{PREFIX}SECRET_KEY" not in os.environ and f"{PREFIX}SECRET_KEY=" in Path(".env").read_text("utf-8")
    except (OSError, UnicodeError):
        return False


def _is_open(file: Path) -> bool:
    return bool(file.stat().st_mode & 0o077)


def _mode(file: Path) -> str:
    return f"{file.stat().st_mode & 0o777:03o}"
