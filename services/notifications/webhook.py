"""Signed messages to other systems.

The receiver checks `X-Vigie-Signature: v1=<hex>`, the HMAC-SHA256 with the channel's secret over the value of
`X-Vigie-Timestamp`, a point, and the body; and drops an `Idempotency-Key` that it has had.
"""

import asyncio
import hashlib
import hmac
import time
from urllib.parse import urlsplit

import httpx
import orjson

from services.notifications.message import Message
from services.notifications.reach import address_of

TIMEOUT_S = 8.0  # for the whole call, however slowly the receiver answers
READ = 65_536  # of an answer; only its status counts


class Refused(OSError):
    """The receiver answered, and not with a success."""


def send(message: Message, url: str, secret: str) -> None:
    """The receiver has answered with a success. Raises OSError, `Unreachable` among them, or httpx's errors."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = address_of(host, port)
    # The name is looked up once, here: whoever answers for it cannot send us elsewhere afterwards.
    pinned = httpx.URL(url).copy_with(host=address)
    body = payload(message)
    stamp = str(int(time.time()))
    headers = {
        "Host": httpx.URL(url).netloc.decode("ascii"),
        "Content-Type": "application/json",
        "User-Agent": "Vigie",
        "Idempotency-Key": message.key,
        "X-Vigie-Timestamp": stamp,
        "X-Vigie-Signature": f"v1={signature(secret, stamp, body)}",
    }
    try:
        asyncio.run(asyncio.wait_for(_post(pinned, host, body, headers), TIMEOUT_S))
    except TimeoutError as slow:
        raise Refused(f"no answer within {TIMEOUT_S:.0f} s") from slow


def payload(message: Message) -> bytes:
    """The JSON that is sent."""
    return orjson.dumps(
        {
            "id": message.key,
            "event": message.kind,
            "at": message.at.isoformat().replace("+00:00", "Z"),
            "text": message.sentence,
            "url": message.link,
            "incident": message.facts or None,
        }
    )


def signature(secret: str, stamp: str, body: bytes) -> str:
    """What the receiver computes as well."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


async def _post(url: httpx.URL, host: str, body: bytes, headers: dict[str, str]) -> None:
    async with (
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=TIMEOUT_S) as client,
        client.stream("POST", url, content=body, headers=headers, extensions={"sni_hostname": host}) as answer,
    ):
        read = 0
        async for part in answer.aiter_raw(8_192):
            read += len(part)
            if read >= READ:
                break
        if not answer.is_success:
            raise Refused(f"the receiver answered {answer.status_code}")
