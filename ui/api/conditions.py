"""`ETag` and `If-Match` (RFC 9110, 13.1.1): a change happens to the version that the caller has read, or not at all."""

import re
from collections.abc import Callable
from typing import Any, NoReturn

from services import incidents
from services.errors import AlreadyTaken, Invalid, PreconditionFailed, StaleIncident
from services.views import IncidentView
from services.work import Actor
from ui import calls
from ui.api import answers

_TAG = r'(?:W/)?"[^"]*"'
_TAGS = re.compile(rf"\s*{_TAG}(?:\s*,\s*{_TAG})*\s*")
_STRONG = re.compile(r'(?<!W/)"([1-9][0-9]{0,8})"')


def etag(view: IncidentView) -> str:
    """The incident's version as a strong validator."""
    return f'"{view.version}"'


async def change(
    function: Callable[..., IncidentView], caller: Actor, reference: str, if_match: str | None, **given: Any
) -> IncidentView:
    """What `function` made of the incident. Raises `PreconditionFailed`, with the newer one, for another version."""
    version = await _version(caller, reference, if_match)
    try:
        return await calls.write(function, caller, reference, **given, version=version)
    except (StaleIncident, AlreadyTaken):
        if version is None:
            raise
        await _refuse(caller, reference)


async def _version(caller: Actor, reference: str, if_match: str | None) -> int | None:
    """The version that must still stand, None where any will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    if not _TAGS.fullmatch(if_match):
        raise Invalid(**{"If-Match": "malformed"})
    known = {int(version) for version in _STRONG.findall(if_match)}
    if len(known) == 1:
        return known.pop()
    current = await calls.read(incidents.get, caller, reference)
    if current.version not in known:
        await _refuse(caller, reference)
    return current.version


async def _refuse(caller: Actor, reference: str) -> NoReturn:
    current = await calls.read(incidents.get, caller, reference)
    raise PreconditionFailed(current=answers.incident(current).model_dump(mode="json"))
