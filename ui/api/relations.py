"""Calls about what incidents are to each other (S142)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import WithJsonSchema

from data.vocabulary import Priority, Relation, Status
from services import relations
from ui import calls
from ui.api import shapes
from ui.api.bodies import Body
from ui.api.incidents import shown
from ui.api.request import Caller, no_query
from ui.api.shapes import Shape

router = APIRouter(dependencies=[Depends(no_query)])

Kind = Annotated[str, WithJsonSchema({"type": "string", "enum": list(Relation)})]


class NewRelation(Body):
    """What the incident is to `other`, a reference."""

    other: str
    kind: Kind


class Related(Shape):
    """The incident at the other end; `reverse`: it is that to this one, and not the other way round.

    `resolved`: it is so by the resolution of one of them, and until that one is reopened.
    """

    reference: str
    title: str
    status: Status
    priority: Priority
    kind: Relation
    reverse: bool
    resolved: bool


@router.get("/incidents/{reference}/relations")
async def list_relations(caller: Caller, reference: str) -> list[Related]:
    """In both directions, the newest incident first."""
    found = await calls.read(relations.related, caller, reference)
    return [Related.model_validate(each) for each in found]


@router.post("/incidents/{reference}/relations", status_code=201)
async def relate_incident(caller: Caller, reference: str, new: NewRelation, response: Response) -> shapes.Incident:
    """Relates the incident to another."""
    return shown(await calls.write(relations.relate, caller, reference, other=new.other, kind=new.kind), response)


@router.delete("/incidents/{reference}/relations/{other}", status_code=204)
async def unrelate_incident(caller: Caller, reference: str, other: str) -> None:
    """Takes it back."""
    await calls.write(relations.unrelate, caller, reference, other=other)
