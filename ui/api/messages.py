"""Calls about what is written to those whom an incident touches (S79, S82, S87)."""

from datetime import datetime

from fastapi import APIRouter, Depends
from pydantic import Field

from data.vocabulary import Audience
from services import communication
from services.letters import Outline
from services.views import Delivery
from ui import calls
from ui.api.bodies import Body, Text, Title
from ui.api.request import Caller, no_query
from ui.api.shapes import Shape

router = APIRouter(dependencies=[Depends(no_query)])


class Letters(Body):
    """To whom and what; fields in braces are filled in: `{reference} {title} {status} {priority} {due}`, and `{client}`
    where only clients are written to. With `seen`, the `digest` of a preview, only exactly that is sent."""

    audience: list[str] = Field(json_schema_extra={"items": {"type": "string", "enum": list(Audience)}})
    subject: Title
    text: Text
    own_templates: bool = True
    seen: str | None = None

    def message(self) -> communication.Message:
        """As the service takes it."""
        return communication.Message(**self.model_dump(exclude={"seen"}))


class Recipient(Shape):
    """`via`: the application that somebody uses, empty for the other roads."""

    name: str
    address: str
    audience: Audience
    via: str


class Letter(Shape):
    """`client`: whose own template it is."""

    subject: str
    text: str
    client: str | None
    to: list[Recipient]


class Preview(Shape):
    """Who gets what, and who has no address."""

    letters: list[Letter]
    unreachable: list[Recipient]
    digest: str


class Fate(Shape):
    """`sent_at`, or what went `wrong`; with neither it waits to be sent. `given_up`: it will not be tried again."""

    address: str
    sent_at: datetime | None
    wrong: str
    given_up: bool


class Sent(Shape):
    """A message that was sent; `seq` is its line of history."""

    seq: int
    at: datetime
    by: str | None
    letters: list[Letter]
    deliveries: list[Fate]


@router.post("/incidents/{reference}/messages/preview")
async def preview_message(caller: Caller, reference: str, said: Letters) -> Preview:
    """Who would get what; nothing is sent."""
    return _preview(await calls.read(communication.preview, caller, reference, said.message()))


@router.post("/incidents/{reference}/messages", status_code=201)
async def send_message(caller: Caller, reference: str, said: Letters) -> Preview:
    """Writes to those whom the incident touches."""
    return _preview(await calls.write(communication.send, caller, reference, said.message(), seen=said.seen))


@router.get("/incidents/{reference}/messages")
async def list_messages(caller: Caller, reference: str) -> list[Sent]:
    """What was sent, oldest first, and what became of each letter."""
    found = await calls.read(communication.sent, caller, reference)
    return [
        Sent(
            seq=each.seq,
            at=each.at,
            by=each.by.login if each.by else None,
            letters=[Letter.model_validate(letter) for letter in each.letters],
            deliveries=[_fate(delivery) for delivery in each.deliveries],
        )
        for each in found
    ]


def _preview(outline: Outline) -> Preview:
    return Preview.model_validate(outline)


def _fate(delivery: Delivery) -> Fate:
    return Fate(
        address=delivery.recipient.address,
        sent_at=delivery.sent_at,
        wrong=delivery.problem,
        given_up=delivery.given_up,
    )
