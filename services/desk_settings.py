"""What an administrator settles for the whole desk: its name, where service requests belong (S7, S8), closing (S123)
and signing in.

Any page that has to send a service request away asks `service_catalogue()`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from data.models import Organisation
from data.queries import people
from data.vocabulary import Fact
from services import closing, second_factor
from services.errors import Refused
from services.inputs import NAME, Form
from services.permissions import Right
from services.work import SYSTEM, Actor, Reading, begin, change, look

ADDRESS = 2_000
LABEL = 80
# What a browser, or whoever reads the address, could take for another host or for several lines.
_UNSAFE = re.compile(r"[\s\\<>\"^`{|}]")


@dataclass(frozen=True, slots=True)
class ServiceCatalogue:
    """Where service requests are sent: an http or https address that can stand in a link as it is.

    `label`: what it is called here; None where the page's own word (`catalogue.name`) will do.
    """

    address: str
    label: str | None


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """The settings of the desk, as its row has them.

    Without `catalogue_address` service requests are not redirected; without `close_after_days` nothing is closed by
    itself; `second_factor_admins`: administrators have to have one.
    """

    name: str
    catalogue_address: str | None
    catalogue_label: str | None
    close_after_days: int | None
    second_factor_admins: bool


def service_catalogue() -> ServiceCatalogue | None:
    """Where service requests go, or None: one row read by its key, for whatever page or call asks (S8)."""
    with look(SYSTEM) as reading:
        return of_organisation(reading)


def of_organisation(reading: Reading) -> ServiceCatalogue | None:
    """The same within a transaction."""
    found = people.organisation(reading.session)
    return _catalogue(found) if found else None


def get(actor: Actor) -> DeskSettings:
    """The settings as they are. Raises `Forbidden`; `Refused` (code `not_set_up`) before the first start."""
    with look(actor) as reading:
        reading.require(Right.MANAGE_ORGANISATION)
        return _view(_known(people.organisation(reading.session)))


def save(actor: Actor, changes: Mapping[str, Any]) -> DeskSettings:
    """The settings that `changes` names are so, each with a line of history; what was so before leaves none.

    Raises `Forbidden`; `Refused` (`second_factor_first`); `Invalid`: `name`, `catalogue_address` (`bad_web_address`),
    `catalogue_label`, `close_after_days` (`out_of_range`).
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_ORGANISATION)
        work.alone()
        row = _known(people.organisation(work.session))
        form = Form()
        given = {field: read(form, field, changes[field]) for field, read in _READ.items() if field in changes}
        form.check()
        for field, value in given.items():
            before = getattr(row, field)
            if value != before:
                setattr(row, field, value)
                work.note(Fact.ORGANISATION_CHANGED, field=field, **change(before, value))
        if "second_factor_admins" in changes:
            second_factor.require_within(work, row, bool(changes["second_factor_admins"]))
        return _view(row)


def web_address(form: Form, field: str, value: object) -> str | None:
    """An absolute http or https address without login or password; None where nothing is given."""
    address = form.line(field, value, max_length=ADDRESS, required=False)
    if not address or field in form.errors:
        return None
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or "@" in parts.netloc or _UNSAFE.search(address):
        form.wrong(field, "bad_web_address")
    return address


def _name(form: Form, field: str, value: object) -> str:
    return form.line(field, value, max_length=NAME)


def _label(form: Form, field: str, value: object) -> str | None:
    return form.line(field, value, max_length=LABEL, required=False) or None


_READ: Mapping[str, Callable[[Form, str, Any], object]] = {
    "name": _name,
    "catalogue_address": web_address,
    "catalogue_label": _label,
    "close_after_days": closing.read_days,
}


def _known(row: Organisation | None) -> Organisation:
    if row is None:
        raise Refused("not_set_up")
    return row


def _catalogue(row: Organisation) -> ServiceCatalogue | None:
    return ServiceCatalogue(row.catalogue_address, row.catalogue_label) if row.catalogue_address else None


def _view(row: Organisation) -> DeskSettings:
    return DeskSettings(
        row.name, row.catalogue_address, row.catalogue_label, row.close_after_days, row.second_factor_admins
    )
