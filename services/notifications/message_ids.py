"""Message-IDs that nobody else can make: whoever answers one has had that letter of ours (M3).

`<12-user-3-email.SEAL@domain>`: the line of history that is told, to whom, and an HMAC of both under a key that is
derived from VIGIE_SECRET_KEY. The domain proves nothing and is not looked at.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from services import keys

_SEALED = re.compile(r"<((\d{1,18})-([a-z0-9-]{1,40})-email)\.([a-z2-7]{32})@[^<>@\s]{1,255}>")
_TO_USER = re.compile(r"user-(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter of ours: the line of history that it tells of, and the account that it was sent to, if any."""

    seq: int
    user_id: int | None


def made(key: str, domain: str) -> str:
    """The Message-ID of the letter of which `key` is the key; the same each time."""
    return f"<{key}.{_seal(key)}@{domain}>"


def read(message_id: str) -> Sent | None:
    """Which letter of ours it is, None for any that we have not made."""
    found = _SEALED.fullmatch(message_id)
    if found is None or not hmac.compare_digest(found[4], _seal(found[1])):
        return None
    to = _TO_USER.fullmatch(found[3])
    return Sent(int(found[2]), int(to[1]) if to else None)


def _seal(key: str) -> str:
    digest = hmac.digest(keys.derived("vigie message id"), key.encode(), hashlib.sha256)
    return base64.b32encode(digest[:20]).decode().lower()
