"""Calls about configuration items: the same for all four kinds, whose shapes are read off `services.cmdb.KINDS`."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, create_model
from pydantic_core import PydanticCustomError

from data.vocabulary import ItemKind, Priority, Status
from services import cmdb, impact
from services.cmdb import KINDS, LIMIT
from services.errors import Invalid
from services.views import ItemView
from ui import calls
from ui.api.bodies import Body, Day, Instant, Reason
from ui.api.request import Caller, RowId, no_query

NAMES: Mapping[ItemKind, str] = {
    ItemKind.ASSETS: "Asset",
    ItemKind.APPLICATIONS: "Application",
    ItemKind.EMPLOYEES: "Employee",
    ItemKind.CLIENTS: "Client",
}


def _item_key(value: object) -> str | int:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("wrong_type", "neither a name nor an id")


ItemKey = Annotated[
    str | int,
    PlainValidator(_item_key),
    WithJsonSchema({"type": ["string", "integer"], "description": "name or id"}),
]


class Named(BaseModel):
    id: int
    name: str


class Search(BaseModel):
    """Every word of `q` is somewhere in the item."""

    model_config = ConfigDict(extra="forbid")

    q: str | None = None
    limit: Annotated[int, WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 200})] = LIMIT
    cursor: Annotated[str | None, Field(description="`next_cursor` of the page before")] = None


class Mention(BaseModel):
    """An incident that touches the item."""

    reference: str
    title: str
    status: Status
    priority: Priority
    created_at: datetime
    resolved_at: datetime | None


class Span(BaseModel):
    """From an instant on, before another."""

    model_config = ConfigDict(extra="forbid")

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant


class Availability(BaseModel):
    """`share` is from 0 to 1; the future does not count, and a period of which nothing has passed has null."""

    from_: datetime = Field(alias="from")
    to: datetime
    share: float | None
    down_s: int
    incidents: list[str]


class NewChange(Body):
    """A line of an application's change log."""

    day: Day
    summary: Reason


class LoggedChange(BaseModel):
    id: int
    day: date
    summary: str
    author: str


def _shapes(kind: ItemKind) -> tuple[type[Body], type[Body], type[BaseModel], type[BaseModel]]:
    """(what a new item says, what a change says, the item, a page of items)."""
    shape, name = KINDS[kind], NAMES[kind]
    fields = {**dict.fromkeys(shape.fields, str | None), **dict.fromkeys(shape.references, ItemKey | None)}
    many = dict.fromkeys((other.value for other in shape.relations), Annotated[list[ItemKey], Field(max_length=200)])
    said: dict[str, Any] = {field: (type_, None) for field, type_ in fields.items()}
    said |= {field: (type_, []) for field, type_ in many.items()}
    new: dict[str, Any] = said | {"name": (str, ...)}
    answered: dict[str, Any] = {"id": (int, ...), **dict.fromkeys(shape.fields, (str | None, ...))}
    answered |= dict.fromkeys(shape.references, (Named | None, ...))
    answered |= dict.fromkeys(many, (list[Named], ...))
    item = create_model(name, **answered)
    page: dict[str, Any] = {"items": (list[item], ...), "next_cursor": (str | None, ...), "total": (int, ...)}
    return (
        create_model(f"New{name}", __base__=Body, **new),
        create_model(f"{name}Change", __base__=Body, **said),
        item,
        create_model(f"{name}Page", **page),
    )


def shown(view: ItemView) -> dict[str, Any]:
    """The item as the API says it."""
    return {
        "id": view.id,
        **view.fields,
        **{name: _named(each) if each else None for name, each in view.references.items()},
        **{other.value: [_named(each) for each in related] for other, related in view.relations.items()},
    }


def _named(pair: tuple[int, str]) -> dict[str, Any]:
    return {"id": pair[0], "name": pair[1]}


def _place(item: ItemView) -> str:
    """Where a list goes on behind the item; it still does when items come and go, this one too."""
    return urlsafe_b64encode(json.dumps([item.name, item.id]).encode()).decode("ascii")


def _after(cursor: str | None) -> tuple[str, int] | None:
    if not cursor:
        return None
    try:
        match json.loads(urlsafe_b64decode(cursor.encode("ascii"))):
            case [str(name), int(item_id)]:
                return name, item_id
    except (ValueError, RecursionError):
        pass
    raise Invalid(cursor="bad_cursor")


router = APIRouter()


def _routes(kind: ItemKind) -> None:
    new_type, change_type, item_type, page_type = _shapes(kind)
    one, many, path = kind.value.removesuffix("s"), kind.value, f"/{kind.value}"
    plain = [Depends(no_query)]

    async def list_items(caller: Caller, query: Annotated[Search, Query()]) -> dict[str, Any]:
        found = await calls.read(cmdb.find, caller, kind, q=query.q, after=_after(query.cursor), limit=query.limit)
        return {
            "items": [shown(item) for item in found.items],
            "next_cursor": _place(found.items[-1]) if found.more else None,
            "total": found.total,
        }

    async def create_item(caller: Caller, new: Body, request: Request, response: Response) -> dict[str, Any]:
        item = await calls.write(cmdb.create, caller, kind, new.model_dump(exclude_unset=True))
        response.headers["Location"] = f"{request.scope['root_path']}{path}/{item.id}"
        return shown(item)

    async def get_item(caller: Caller, item_id: RowId) -> dict[str, Any]:
        return shown(await calls.read(cmdb.get, caller, kind, item_id))

    async def change_item(caller: Caller, item_id: RowId, new: Body) -> dict[str, Any]:
        return shown(await calls.write(cmdb.change, caller, kind, item_id, new.model_dump(exclude_unset=True)))

    async def remove_item(caller: Caller, item_id: RowId) -> None:
        await calls.write(cmdb.remove, caller, kind, item_id)

    async def list_incidents_of(caller: Caller, item_id: RowId) -> list[Mention]:
        story = await calls.read(impact.story, caller, kind, item_id)
        return [Mention.model_validate(each, from_attributes=True) for each in story]

    create_item.__annotations__["new"] = new_type  # what FastAPI reads the body by
    change_item.__annotations__["new"] = change_type
    router.get(path, name=f"list_{many}", response_model=page_type)(list_items)
    router.post(path, name=f"create_{one}", response_model=item_type, status_code=201, dependencies=plain)(create_item)
    router.get(f"{path}/{{item_id}}", name=f"get_{one}", response_model=item_type, dependencies=plain)(get_item)
    router.patch(f"{path}/{{item_id}}", name=f"change_{one}", response_model=item_type, dependencies=plain)(change_item)
    router.delete(f"{path}/{{item_id}}", name=f"remove_{one}", status_code=204, dependencies=plain)(remove_item)
    router.get(f"{path}/{{item_id}}/incidents", name=f"list_{one}_incidents", dependencies=plain)(list_incidents_of)


for _kind in ItemKind:
    _routes(_kind)


@router.get("/applications/{item_id}/changes", dependencies=[Depends(no_query)])
async def list_application_changes(caller: Caller, item_id: RowId) -> list[LoggedChange]:
    """The application's change log, newest first (S80)."""
    await calls.read(cmdb.get, caller, ItemKind.APPLICATIONS, item_id)
    log = await calls.read(impact.changes, caller, [item_id])
    return [LoggedChange.model_validate(each, from_attributes=True) for each in log]


@router.post("/applications/{item_id}/changes", status_code=201, dependencies=[Depends(no_query)])
async def note_application_change(caller: Caller, item_id: RowId, new: NewChange) -> LoggedChange:
    """Adds a line to it."""
    noted = await calls.write(impact.note_change, caller, item_id, day=new.day, summary=new.summary)
    return LoggedChange.model_validate(noted, from_attributes=True)


@router.get("/applications/{item_id}/availability")
async def get_application_availability(caller: Caller, item_id: RowId, span: Annotated[Span, Query()]) -> Availability:
    """The share of the period in which no critical incident was open on it (S81)."""
    found = await calls.read(impact.availability, caller, item_id, start=span.from_, end=span.to)
    return Availability(
        **{"from": found.start}, to=found.end, share=found.share, down_s=found.down_s, incidents=list(found.references)
    )
