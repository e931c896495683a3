"""Calls about channels: where teams are told by chat, push or webhook. The administrator's affair.

What a channel is reached by is written and never answered: an answer says whether it is there, and where it leads
without what is secret in it. A webhook's secret is made by Vigie, and told once, with each new address.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field, WithJsonSchema

from data.vocabulary import Medium, NotificationKind
from services.notifications import channels
from services.notifications.channels import MEDIA, ChannelView, Outcome
from services.notifications.rules import OF_CHANNELS
from ui import calls
from ui.api.bodies import Body, Nothing, TeamKey
from ui.api.request import Caller, RowId, no_query
from ui.api.shapes import Shape

MediumCode = Annotated[str, WithJsonSchema({"type": "string", "enum": [*MEDIA]})]
KindCode = Annotated[str, WithJsonSchema({"type": "string", "enum": [*OF_CHANNELS]})]
KindCodes = Annotated[list[KindCode], Field(max_length=len(OF_CHANNELS))]
Address = Annotated[str, WithJsonSchema({"type": "string", "maxLength": channels.ADDRESS, "writeOnly": True})]

router = APIRouter(dependencies=[Depends(no_query)])


class NewChannel(Body):
    """`address`: an Apprise URL, or where the webhook is sent.

    Without `team` it is the whole desk's; without `kinds` it is told of all that a channel can be told of.
    """

    name: str
    medium: MediumCode
    address: Address
    team: TeamKey | None = None
    kinds: KindCodes = Field(default_factory=list)


class ChannelChange(Body):
    """New values; what is absent stays. With a new `address` a webhook has a new secret."""

    name: str | None = None
    address: Address | None = None
    team: TeamKey | None = None
    kinds: KindCodes = Field(default_factory=list)
    active: bool = True


class Channel(Shape):
    """`shown` is where it leads, without what is secret.

    Where `address_set` is false, its address was sealed under another secret key: nothing is sent until it is given
    anew. `secret_set` is true of a webhook, whose receiver checks the signature by it.
    """

    id: int
    name: str
    medium: Medium
    shown: str
    address_set: bool
    secret_set: bool
    team: str | None
    kinds: list[NotificationKind]
    active: bool


class SavedChannel(Channel):
    """`secret` is a webhook's new one, told this once; null where there is none."""

    secret: str | None


class ChannelTest(Shape):
    """`done` once it was sent or has failed; `error` says why it has, and is empty otherwise."""

    id: int
    done: bool
    error: str


@router.get("/channels")
async def list_channels(caller: Caller) -> list[Channel]:
    """By name."""
    return [Channel(**_fields(each)) for each in await calls.read(channels.every, caller)]


@router.post("/channels", status_code=201)
async def create_channel(caller: Caller, new: NewChannel, request: Request, response: Response) -> SavedChannel:
    """The channel exists, and is told from now on."""
    made, secret = await calls.write(channels.create, caller, **new.model_dump(exclude_unset=True))
    response.headers["Location"] = f"{request.scope['root_path']}/channels/{made.id}"
    return SavedChannel(**_fields(made), secret=secret or None)


@router.get("/channels/{channel_id}")
async def get_channel(caller: Caller, channel_id: RowId) -> Channel:
    """The channel."""
    return Channel(**_fields(await calls.read(channels.one, caller, channel_id)))


@router.patch("/channels/{channel_id}")
async def change_channel(caller: Caller, channel_id: RowId, new: ChannelChange) -> SavedChannel:
    """The channel has the named values."""
    changed, secret = await calls.write(channels.edit, caller, channel_id, new.model_dump(exclude_unset=True))
    return SavedChannel(**_fields(changed), secret=secret or None)


@router.delete("/channels/{channel_id}", status_code=204)
async def remove_channel(caller: Caller, channel_id: RowId) -> None:
    """The channel is gone, and what waited for it."""
    await calls.write(channels.remove, caller, channel_id)


@router.post("/channels/{channel_id}/tests", status_code=202)
async def try_channel(
    caller: Caller, channel_id: RowId, request: Request, response: Response, body: Nothing | None = None
) -> ChannelTest:
    """A test message waits to be sent; how it went is to be read at the `Location`, within some seconds."""
    number = await calls.write(channels.test, caller, channel_id)
    response.headers["Location"] = f"{request.scope['root_path']}/channels/{channel_id}/tests/{number}"
    return _test(number, await calls.read(channels.outcome, caller, channel_id, number))


@router.get("/channels/{channel_id}/tests/{number}")
async def get_channel_test(caller: Caller, channel_id: RowId, number: RowId) -> ChannelTest:
    """How the test went, or that it still waits."""
    return _test(number, await calls.read(channels.outcome, caller, channel_id, number))


def _fields(view: ChannelView) -> dict[str, object]:
    return {
        "id": view.id,
        "name": view.name,
        "medium": view.medium,
        "shown": view.shown,
        "address_set": not view.locked,
        "secret_set": view.medium is Medium.WEBHOOK and not view.locked,
        "team": view.team,
        "kinds": [*view.kinds],
        "active": view.active,
    }


def _test(number: int, outcome: Outcome) -> ChannelTest:
    return ChannelTest(id=number, done=outcome.done, error=outcome.error)
