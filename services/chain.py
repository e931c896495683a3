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

from services import keys

GENESIS = "0" * 64

_keyed: list[hmac.HMAC] = []  # with the key in it and nothing else yet
_quoted = json.encoder.encode_basestring_ascii


def use_secret(secret: bytes) -> None:
    """Lines are sealed and checked with a key derived from `secret` from now on; so are all other keys."""
    keys.use_secret(secret)
    _keyed[:] = [hmac.new(keys.derived("vigie history chain"), digestmod=hashlib.sha256)]


def details_text(details: Mapping[str, Any]) -> str:
    """The canonical JSON of a line's details: what is stored is what is sealed."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal(
    before: str,
    seq: int,
    at: datetime | str,
    actor_id: int | None,
    incident_id: int | None,
    fact: str,
    public: bool,
    details: str,
) -> str:
    """The hash of a line whose predecessor's hash is `before`; `at` counts in whole UTC microseconds.

    A line that is stored takes no detour by a `datetime`: its `at` is what `isoformat` would write.
    """
    if isinstance(at, datetime):
        at = at.astimezone(UTC).isoformat()
    actor = "null" if actor_id is None else actor_id
    incident = "null" if incident_id is None else incident_id
    # The JSON of these eight in this order, written out: it is made for every line of the history at every check.
    line = (
        f'["{before}", {seq}, {_quoted(at)}, {actor}, {incident}, {_quoted(fact)}, '
        f"{'true' if public else 'false'}, {_quoted(details)}]"
    )
    sealing = _keyed[0].copy()
    sealing.update(line.encode())
    return sealing.hexdigest()
