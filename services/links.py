"""What an incident touches: linking, what is proposed, whom it hurts (rules, "CMDB"; S3, S23 to S27, S74 to S89).

Nothing is ever linked silently: `proposals` only says what could be, and by what path.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from data.models import Incident
from data.queries import cmdb, incidents
from data.vocabulary import Fact, ItemKind
from services.cmdb import find_item, find_items
from services.incident_view import visible
from services.inputs import Form
from services.link_view import Links, of_incidents
from services.permissions import Right, may
from services.views import Proposal
from services.work import Actor, Reading, Work, change, look

ASSETS, APPLICATIONS, EMPLOYEES, CLIENTS = ItemKind

# From what is linked to what is proposed: an asset speaks for what it hosts, an application for its people.
PATHS: tuple[tuple[ItemKind, ItemKind], ...] = ((ASSETS, APPLICATIONS), (APPLICATIONS, CLIENTS))

Wanted = Mapping[ItemKind, list[int]]


def read(reading: Reading, form: Form, links: Mapping[str, Any]) -> tuple[dict[ItemKind, list[int]], int | None]:
    """(ids by kind, the primary client's id) that `links` names; a client as an id, a name or `{id, is_primary}`."""
    wanted: dict[ItemKind, list[int]] = {}
    if not may(reading.who, Right.SEE_CMDB):
        for kind in ItemKind:
            if links.get(kind.value):
                form.wrong(kind.value, "not_yours_to_choose")
        return wanted, None
    for kind in (ASSETS, APPLICATIONS, EMPLOYEES):
        if links.get(kind.value) is not None:
            wanted[kind] = [item.id for item in find_items(reading, form, kind.value, kind, links[kind.value])]
    primary: list[int] = []
    if links.get(CLIENTS.value) is not None:
        wanted[CLIENTS] = _read_clients(reading, form, links[CLIENTS.value], primary)
    return wanted, next(iter(primary), None)


def _read_clients(reading: Reading, form: Form, given: Any, primary: list[int]) -> list[int]:
    name = CLIENTS.value
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        form.wrong(name, "wrong_type")
        return []
    found: list[int] = []
    for each in given:
        client = find_item(reading, form, name, CLIENTS, each)
        if client is not None:
            found.append(client.id)
            if isinstance(each, Mapping) and each.get("is_primary"):
                primary.append(client.id)
    if len(set(primary)) > 1:
        form.wrong(name, "one_primary")
    return list(dict.fromkeys(found))


def connect(work: Work, incident: Incident, wanted: Wanted, primary: int | None) -> bool:
    """The incident touches exactly `wanted` of each kind that is named; whether anything changed.

    Of several clients one is the primary: the one that is said, else the one that was, else the first (S86).
    """
    assert incident.id is not None
    changed = False
    for kind, ids in wanted.items():
        before = {item.id: item for _, item, _ in cmdb.linked(work.session, kind, [incident.id])}
        added, removed = [each for each in ids if each not in before], [each for each in before if each not in ids]
        cmdb.unlink(work.session, kind, incident.id, removed)
        cmdb.link(work.session, kind, incident.id, added)
        names = cmdb.items(work.session, kind, added)
        for fact, each in [(Fact.LINKED, names[item]) for item in added] + [
            (Fact.UNLINKED, before[item]) for item in removed
        ]:
            work.note(fact, incident=incident, kind=kind.value, item=each.id, name=each.name)
            changed = True
    if CLIENTS in wanted:
        changed = _settle_primary(work, incident, wanted[CLIENTS], primary) or changed
    return changed


def _settle_primary(work: Work, incident: Incident, ids: Sequence[int], said: int | None) -> bool:
    assert incident.id is not None
    now = {item.id: (item, is_primary) for _, item, is_primary in cmdb.linked(work.session, CLIENTS, [incident.id])}
    was = next((client_id for client_id, (_, is_primary) in now.items() if is_primary), None)
    primary = said if said in ids else was if was in ids else next(iter(ids), None)
    if primary == was or primary is None:
        return False
    cmdb.set_primary_client(work.session, incident.id, primary)
    old = now[was][0].name if was in now else None
    work.note(Fact.FIELD_CHANGED, incident=incident, field="primary_client", **change(old, now[primary][0].name))
    return True


def proposals(actor: Actor, chosen: Mapping[ItemKind, Sequence[int]]) -> tuple[Proposal, ...]:
    """What could be linked as well, given what is: « CRM Ventes, hébergée sur SRV-CRM-01 » (S89)."""
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
        return propose(reading, chosen)


def propose(reading: Reading, chosen: Mapping[ItemKind, Sequence[int]]) -> tuple[Proposal, ...]:
    """Applications of the chosen assets, clients and owner of the chosen applications; nothing that is chosen."""
    found: dict[tuple[ItemKind, int], Proposal] = {}
    for kind, other in PATHS:
        ids = list(chosen.get(kind, ()))
        named = cmdb.items(reading.session, kind, ids)
        for item_id, each in cmdb.related(reading.session, kind, ids, other):
            if each.id not in chosen.get(other, ()):
                proposal = Proposal(each.id, other, each.name, kind, named[item_id].name)
                found.setdefault((other, each.id), proposal)
    applications = cmdb.items(reading.session, APPLICATIONS, list(chosen.get(APPLICATIONS, ())))
    owners = cmdb.items(reading.session, EMPLOYEES, [each.owner_id for each in applications.values() if each.owner_id])
    for application in applications.values():
        owner = owners.get(application.owner_id or 0)
        if owner is not None and owner.id not in chosen.get(EMPLOYEES, ()):
            proposal = Proposal(owner.id, EMPLOYEES, owner.name, APPLICATIONS, application.name)
            found.setdefault((EMPLOYEES, owner.id), proposal)
    return tuple(found.values())


def proposals_for(actor: Actor, reference: str) -> tuple[Proposal, ...]:
    """The same for what an incident touches now."""
    with look(actor) as reading:
        reading.require(Right.SEE_CMDB)
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        assert incident.id is not None
        return propose_more(reading, of_incidents(reading, [incident.id])[incident.id])


def propose_more(reading: Reading, links: Links) -> tuple[Proposal, ...]:
    """What could be linked beside `links`."""
    return propose(reading, {kind: [each.id for each in found] for kind, found in links.items()})
