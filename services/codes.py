"""The codes of a second factor: six digits of a telephone's app (RFC 6238), or a recovery code on paper.

Each is taken once: a code by its half minute, and none of before it any more (ASVS 6.5.1), a recovery code by its row.
"""

import base64
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import structlog

from data.queries import people
from services import sealed
from services.attempts import Attempts
from services.people import hashed, password_fits
from services.sealed import SealBroken
from services.work import SYSTEM, Work, look

log = structlog.get_logger()

STEP_S = 30
RECOVERY_CODES = 10
_EARLY_OR_LATE = (0, -1, 1)  # half minutes: a telephone's clock, and the time that typing takes
# Without what is mistaken for something else when copied by hand: ten letters are 49 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_DIGITS = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(rf"[{_LETTERS}]{{10}}")

guesses = Attempts()  # of codes, by whoever knows the password


@dataclass(frozen=True, slots=True)
class Code:
    """One that is right and has not been taken yet: of a half minute, or a recovery code's row."""

    step: int | None = None
    recovery_id: int | None = None


def new_secret() -> str:
    """160 random bits in base 32, as an app reads them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def new_recovery_codes() -> tuple[str, ...]:
    """Ten of them, each in two groups of five letters and digits."""
    return tuple("-".join(_letters() for _ in range(2)) for _ in range(RECOVERY_CODES))


def recovery_hashes(codes: tuple[str, ...]) -> list[str]:
    """What the database keeps of them; slow on purpose, so it is done outside of a transaction."""
    return [hashed(_plain(code)) for code in codes]


def purpose(user_id: int) -> str:
    """What the secret of the account is sealed for: it does not open in anybody else's row."""
    return f"second factor of {user_id}"


def step_of(secret: str, code: str, now: datetime, *, after: int = 0) -> int | None:
    """The half minute whose code this is, of now or one beside it; None for one not later than `after`, or no code."""
    digits = _plain(code)
    if not _DIGITS.fullmatch(digits):
        return None
    made, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_S
    found = None
    for step in (current + shift for shift in _EARLY_OR_LATE):
        if hmac.compare_digest(made.generate_otp(step), digits) and step > after and found is None:
            found = step
    return found


def judge(user_id: int, code: str) -> Code | None:
    """What the code is, if it is one of the account that can still be taken; `take` takes it."""
    with look(SYSTEM) as reading:
        now, factor = reading.now, people.second_factor(reading.session, user_id)
        left = [(row.id, row.hash) for row in people.recovery_codes(reading.session, user_id)]
        stored, last = (factor.secret, factor.last_step) if factor else ("", 0)
    if factor is None:
        return None
    plain = _plain(code)
    if _RECOVERY.fullmatch(plain):
        return next((Code(recovery_id=row_id) for row_id, kept in left if password_fits(kept, plain)), None)
    try:
        step = step_of(sealed.unseal(purpose(user_id), stored), plain, now, after=last)
    except SealBroken:
        log.error("second factor unreadable: another secret key? recovery codes still work", user=user_id)
        return None
    return None if step is None else Code(step=step)


def take(work: Work, user_id: int, code: Code) -> bool:
    """Whether nobody was faster: from now on the code is worth nothing."""
    if code.recovery_id is not None:
        return people.spend_recovery_code(work.session, code.recovery_id, work.now)
    return code.step is not None and people.spend_step(work.session, user_id, code.step)


def _letters() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(5))


def _plain(code: str) -> str:
    """As it was made, however it was typed."""
    return re.sub(r"[\s-]", "", code[:40]).lower()
