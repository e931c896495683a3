"""An alert becomes an incident, once, however often it is told (contract, `POST /hooks/{kind}/{token}`; S17, D11).

A monitoring system says the same again as long as it lasts, and says when it is over. People decide what that means:
an incident is resolved by whoever has looked, never by a machine.
"""

import hashlib
from dataclasses import dataclass

from data.queries import alerts, cmdb, incidents
from data.vocabulary import Action, Category, ItemKind, Monitor, Priority, Source, Status, Visibility
from services.comments import say
from services.i18n import t
from services.incidents import NewIncident, declare
from services.inputs import BODY, TITLE
from services.lifecycle import perform
from services.permissions import Right
from services.work import Actor, Work, begin

UNNAMED = "Alert"  # one whose title has no sign that can be read
LINKED = (ItemKind.ASSETS, ItemKind.APPLICATIONS)
MOST_LINKED = 20  # of a kind: a name that more of them have says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a monitoring system tells. `key` is by which it knows the alert each time it tells of it.

    `names`: of what may be affected; those that are assets or applications of the CMDB are linked.
    """

    key: str
    title: str
    description: str = ""
    priority: Priority = Priority.MEDIUM
    category: Category = Category.OTHER
    names: frozenset[str] = frozenset()
    over: bool = False


class _Faster(Exception):
    """Raised when somebody else has told of the same alert meanwhile: nothing has happened."""


def receive(actor: Actor, monitor: Monitor, alert: Alert, locale: str) -> str | None:
    """The reference of the alert's incident; None for one that is over and never was told of.

    A new alert is a new incident. While that is open nothing happens to it, but that the team reads when the alert is
    over, and when it is back. Of a resolved one the work begins again; after a closed one there is a new incident, its
    recurrence. `locale`: of what is written. Raises `Forbidden` unless the actor is of the team.
    """
    digest = hashlib.sha256(alert.key.encode("utf-8", "replace")).hexdigest()
    try:
        with begin(actor) as work:
            work.require(Right.CREATE)
            work.require(Right.COMMENT_INTERNALLY)
            return _received(work, monitor, digest, alert, locale)
    except _Faster:
        return receive(actor, monitor, alert, locale)


def _received(work: Work, monitor: Monitor, digest: str, alert: Alert, locale: str) -> str | None:
    found = alerts.known(work.session, monitor, digest)
    if found is None:
        if alert.over:
            return None
        incident_id, reference = _declared(work, alert)
        if not alerts.claim(work.session, monitor, digest, incident_id):
            raise _Faster
        return reference
    row, reference = found
    title = _line(alert.title)[:TITLE] or UNNAMED
    incident = incidents.locked(work.session, reference)
    assert incident is not None
    back, ended = row.ended_at is not None and not alert.over, row.ended_at is None and alert.over
    row.ended_at = (row.ended_at or work.now) if alert.over else None
    if incident.status is Status.CLOSED:
        if back:
            row.incident_id, reference = _declared(work, alert, recurrence_of=reference)
    elif incident.status is Status.RESOLVED and not alert.over:
        perform(work, incident, Action.REOPEN, None, {"reason": t("intake.again", locale, title=title)})
    elif back or ended:
        say(work, incident, t("intake.back" if back else "intake.over", locale, title=title), Visibility.INTERNAL)
    return reference


def _declared(work: Work, alert: Alert, recurrence_of: str | None = None) -> tuple[int, str]:
    title = _line(alert.title)[:TITLE] or UNNAMED
    names = {name for name in map(_line, alert.names) if name}
    new = NewIncident(
        title=title,
        description=_text(alert.description)[:BODY] or title,
        category=alert.category,
        priority=alert.priority,
        source=Source.MONITORING,
        links={kind.value: cmdb.named(work.session, kind, names, limit=MOST_LINKED) for kind in LINKED if names},
        recurrence_of=recurrence_of,
    )
    incident_id = declare(work, new)
    return incident_id, incidents.references_of(work.session, [incident_id])[incident_id]


def _text(value: str) -> str:
    """Without the signs that nothing of ours may have: a machine cannot be asked to mend them."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in value).strip()


def _line(value: str) -> str:
    return " ".join(_text(value).split())
