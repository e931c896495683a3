"""Links out of notifications that lead to « Je prends »: signed, for a day, and good for one time.

Such a link grants nothing. It opens the incident with that button in front of whoever is signed in and may take it, and
who looks at it without a session, a program that previews links among them, spends nothing. Once used it is an ordinary
link to the incident. The key is derived from VIGIE_SECRET_KEY.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.models import Incident
from data.queries import incidents, outbox
from data.vocabulary import OPEN_STATUSES, Action
from services.incident_view import facts_of, visible
from services.permissions import refusal
from services.work import Actor, begin

LIFE = timedelta(days=1)
_BODY, _MAC = struct.Struct(">QQ12s"), 16  # incident, end in epoch seconds, what tells two notifications apart

_key: list[bytes] = []


@dataclass(frozen=True, slots=True)
class Followed:
    """`live`: this was the first time, in time, by somebody who may take what nobody has."""

    reference: str
    live: bool


def use_secret(secret: bytes) -> None:
    """Links are signed and checked with a key derived from `secret` from now on; without one none is made."""
    _key[:] = [hmac.digest(secret, b"vigie take link", hashlib.sha256)]


def sign(incident: Incident, told: str, at: datetime) -> str:
    """What the link of the notification `told`, which is of the instant `at`, ends with; the same each time it is sent.
    Empty where nothing is to be taken."""
    assert incident.id is not None
    if not _key or incident.assignee_id is not None or incident.status not in OPEN_STATUSES:
        return ""
    end = int((at + LIFE).timestamp())
    body = _BODY.pack(incident.id, end, hashlib.sha256(told.encode()).digest()[:12])
    return base64.urlsafe_b64encode(body + _seal(body)).decode().rstrip("=")


def follow(actor: Actor, reference: str, token: str) -> Followed:
    """Where the link leads for the actor; its one time is spent if it is `live`.

    Raises `NotFound` for an incident that is not theirs to see. Whatever is wrong with the token only makes it dead.
    """
    read = _read(token)
    with begin(actor) as work:
        incident = visible(work, incidents.by_reference(work.session, reference))
        free = incident.assignee_id is None and refusal(work.who, Action.TAKE, facts_of(incident)) is None
        if read is None or read[0] != incident.id or read[1] <= work.now.timestamp() or not free:
            return Followed(incident.reference, False)
        digest = hashlib.sha256(token.encode()).hexdigest()
        first = outbox.spend_link(work.session, digest, work.now, work.now + LIFE)
        return Followed(incident.reference, first)


def _seal(body: bytes) -> bytes:
    return hmac.digest(_key[0], body, hashlib.sha256)[:_MAC]


def _read(token: str) -> tuple[int, int] | None:
    """The incident and the end that a token of ours names."""
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, seal = whole[: _BODY.size], whole[_BODY.size :]
    if not _key or len(body) != _BODY.size or not hmac.compare_digest(seal, _seal(body)):
        return None
    incident_id, end, _ = _BODY.unpack(body)
    return incident_id, end
