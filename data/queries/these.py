"""Of these incidents, or of all that are open: how the queries of lists are narrowed, each put together once."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlmodel import col

from data.models import Incident
from data.vocabulary import OPEN_STATUSES

IDS: BindParameter[Any] = bindparam("incident_ids", expanding=True)


def these(query: Any, some: bool) -> Any:
    """The query, in which `Incident` stands, of the incidents that `given` names, or with `some` False of the open."""
    return query.where(col(Incident.id).in_(IDS) if some else col(Incident.status).in_(OPEN_STATUSES))


def given(incident_ids: Collection[int] | None) -> dict[str, Any]:
    """The parameters of such a query; None stands for the open ones."""
    return {} if incident_ids is None else {"incident_ids": list(incident_ids)}
