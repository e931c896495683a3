"""The tamper evidence of the history: each line carries an HMAC-SHA256 over itself and the line before.

Pure. The key is derived from VIGIE_SECRET_KEY and is never in the database: an owner of the database who edits,
removes or reorders lines cannot make them fit again.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64

_key: list[bytes] = []


def use_secret(secret: bytes) -> None:
    """Lines are sealed and checked with a key derived from `secret` from now on."""
    _key[:] = [hmac.digest(secret, b"vigie history chain", hashlib.sha256)]


def details_text(details: Mapping[str, Any]) -> str:
    """The canonical JSON of a line's details: what is stored is what is sealed."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal(
    before: str,
    seq: int,
    at: datetime,
    actor_id: int | None,
    incident_id: int | None,
    fact: str,
    public: bool,
    details: str,
) -> str:
    """The hash of a line whose predecessor's hash is `before`; `at` counts in whole UTC microseconds."""
    line = json.dumps([before, seq, at.astimezone(UTC).isoformat(), actor_id, incident_id, fact, public, details])
    return hmac.digest(_key[0], line.encode(), hashlib.sha256).hex()
