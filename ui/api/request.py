"""What a route takes from its request besides path and body."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Header, Request
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from services.errors import Invalid
from services.work import Actor

_ID = re.compile(r"-?(?:0|[1-9][0-9]{0,29})")

IfMatch = Annotated[str | None, Header(alias="If-Match", description='the version that was read: "3"')]
IdempotencyKey = Annotated[
    str | None, Header(alias="Idempotency-Key", description="the same key again gets the same incident")
]


async def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    return actor


async def _locale(request: Request) -> str:
    locale: str = request.state.locale
    return locale


async def _zone(request: Request) -> ZoneInfo:
    zone: ZoneInfo = request.app.state.zone
    return zone


async def no_query(request: Request) -> None:
    """Raises `Invalid`, naming each parameter of an address that takes none."""
    if request.query_params:
        raise Invalid(**dict.fromkeys(request.query_params, "extra"))


def _digits(value: object) -> object:
    """An id has one address: "1", and neither "01" nor "+1" nor "1.0"."""
    if isinstance(value, str) and not _ID.fullmatch(value):
        raise PydanticCustomError("wrong_type", "not an id")
    return value


RowId = Annotated[int, BeforeValidator(_digits)]
Caller = Annotated[Actor, Depends(_actor)]
Locale = Annotated[str, Depends(_locale)]
Zone = Annotated[ZoneInfo, Depends(_zone)]
