"""What a channel is reached by: its address, and a webhook's secret. In the database sealed only (ASVS 13.3.1)."""

import json
from dataclasses import dataclass, field

from data.models import Channel
from services import sealed


class CredentialsLost(OSError):
    """They were sealed under another secret key, or changed since: somebody has to enter them again."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Neither is ever shown, logged or written into the history."""

    address: str = field(repr=False)
    secret: str = field(repr=False)


def keep(channel: Channel, credentials: Credentials) -> None:
    """The channel, which has its id, is reached by these from now on."""
    channel.sealed = sealed.seal(_purpose(channel), json.dumps([credentials.address, credentials.secret]))


def of(channel: Channel) -> Credentials:
    """By what the channel is reached. Raises `CredentialsLost`."""
    try:
        address, secret = json.loads(sealed.unseal(_purpose(channel), channel.sealed or ""))
    except (sealed.SealBroken, ValueError) as lost:
        raise CredentialsLost("the secret key of Vigie has changed: enter the channel's address again") from lost
    return Credentials(address, secret)


def _purpose(channel: Channel) -> str:
    return f"channel {channel.id}"  # as migration 0022 has it
