"""Calls about what holds for the whole desk (S7, S8, S123). The administrator's affair."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field, WithJsonSchema

from services import closing, desk_settings
from services.inputs import NAME
from ui import calls
from ui.api.bodies import Body
from ui.api.request import Caller, no_query
from ui.api.shapes import Shape

Name = Annotated[str, WithJsonSchema({"type": "string", "minLength": 1, "maxLength": NAME})]
WebAddress = Annotated[str, WithJsonSchema({"type": "string", "maxLength": desk_settings.ADDRESS})]
Label = Annotated[str, WithJsonSchema({"type": "string", "maxLength": desk_settings.LABEL})]
Days = Annotated[int, Field(json_schema_extra={"minimum": 1, "maximum": closing.LONGEST})]

router = APIRouter(dependencies=[Depends(no_query)])


class SettingsChange(Body):
    """New values; what is absent stays, and null takes away.

    Administrators who have no second factor are signed out by `second_factor_admins`; nobody without one sets it.
    """

    name: Name | None = None
    catalogue_address: WebAddress | None = None
    catalogue_label: Label | None = None
    close_after_days: Days | None = None
    second_factor_admins: bool = False


class Settings(Shape):
    """`catalogue_address` null: service requests are sent nowhere. `close_after_days` null: nothing closes by itself.
    `second_factor_admins`: administrators have to have a second factor."""

    name: str
    catalogue_address: str | None
    catalogue_label: str | None
    close_after_days: int | None
    second_factor_admins: bool


@router.get("/settings")
async def get_settings(caller: Caller) -> Settings:
    """The settings of the desk."""
    return Settings.model_validate(await calls.read(desk_settings.get, caller))


@router.patch("/settings")
async def change_settings(caller: Caller, new: SettingsChange) -> Settings:
    """The settings have the named values, all or none."""
    changes = new.model_dump(exclude_unset=True)
    return Settings.model_validate(await calls.write(desk_settings.save, caller, changes))
