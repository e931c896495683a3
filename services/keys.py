"""The keys of the desk, each derived from VIGIE_SECRET_KEY for one purpose; none is ever in the database."""

import hashlib
import hmac

_secret: list[bytes] = []


def use_secret(secret: bytes) -> None:
    """Keys are derived from `secret` from now on."""
    _secret[:] = [secret]


def derived(purpose: str) -> bytes:
    """The 256-bit key for `purpose`: who learns one knows neither the secret nor another key."""
    return hmac.digest(_secret[0], purpose.encode(), hashlib.sha256)
