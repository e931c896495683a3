"""Calls about prepared incidents and replies. The team reads them, dispatchers and administrators change them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, WithJsonSchema

from data.vocabulary import Category, Impact, Priority, Readers, Severity, TemplateKind
from services import templates
from services.templates import TemplateView
from ui import calls
from ui.api.bodies import Body, CategoryCode, ImpactCode, PriorityCode, SeverityCode, TeamKey
from ui.api.request import Caller, RowId, no_query
from ui.api.shapes import Shape

PLAIN = [Depends(no_query)]
KindCode = Annotated[str, WithJsonSchema({"type": "string", "enum": [*TemplateKind]})]
ReadersCode = Annotated[str, WithJsonSchema({"type": "string", "enum": [*Readers]})]

router = APIRouter()


class Kinds(BaseModel):
    """Of one kind, or of both."""

    model_config = ConfigDict(extra="forbid")

    kind: TemplateKind | None = None


class TemplateChange(Body):
    """New values; what is absent stays. A reply has name, text and readers, an incident all others.

    With `version` the change is refused (409, `stale_template`) where somebody has changed the template since.
    """

    name: str | None = None
    title: str | None = None
    text: str | None = None
    category: CategoryCode | None = None
    priority: PriorityCode | None = None
    severity: SeverityCode | None = None
    impact: ImpactCode | None = None
    team: TeamKey | None = None
    readers: ReadersCode | None = None
    version: int | None = None


class NewTemplate(Body):
    """A prepared incident has every field but `readers`; a prepared reply `name`, `text` and `readers`.

    A reply's text may have {requester}, {reference}, {technician} and {title}, which are filled in when it is used.
    """

    kind: KindCode
    name: str
    title: str | None = None
    text: str | None = None
    category: CategoryCode | None = None
    priority: PriorityCode | None = None
    severity: SeverityCode | None = None
    impact: ImpactCode | None = None
    team: TeamKey | None = None
    readers: ReadersCode | None = None


class Template(Shape):
    id: int
    version: int
    kind: TemplateKind
    name: str
    title: str
    text: str
    category: Category | None
    priority: Priority | None
    severity: Severity | None
    impact: Impact | None
    team: str | None
    readers: Readers | None


@router.get("/templates")
async def list_templates(caller: Caller, query: Annotated[Kinds, Query()]) -> list[Template]:
    """By name."""
    return [_shape(each) for each in await calls.read(templates.every, caller, query.kind)]


@router.post("/templates", status_code=201, dependencies=PLAIN)
async def create_template(caller: Caller, new: NewTemplate, request: Request, response: Response) -> Template:
    """The template exists."""
    given = new.model_dump(exclude_unset=True)
    made = await calls.write(templates.create, caller, given.pop("kind"), given)
    response.headers["Location"] = f"{request.scope['root_path']}/templates/{made.id}"
    return _shape(made)


@router.get("/templates/{template_id}", dependencies=PLAIN)
async def get_template(caller: Caller, template_id: RowId) -> Template:
    """The template."""
    return _shape(await calls.read(templates.one, caller, template_id))


@router.patch("/templates/{template_id}", dependencies=PLAIN)
async def change_template(caller: Caller, template_id: RowId, new: TemplateChange) -> Template:
    """The template has the named values."""
    changes = new.model_dump(exclude_unset=True)
    version = changes.pop("version", None)
    return _shape(await calls.write(templates.alter, caller, template_id, changes, version=version))


@router.delete("/templates/{template_id}", status_code=204, dependencies=PLAIN)
async def remove_template(caller: Caller, template_id: RowId) -> None:
    """The template is gone."""
    await calls.write(templates.remove, caller, template_id)


def _shape(view: TemplateView) -> Template:
    return Template.model_validate(view)
