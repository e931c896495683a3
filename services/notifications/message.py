"""What a notification says, in its reader's language, found when it is sent or read.

A requester reads nothing but what the public lines and comments of an own incident say, of one that he has joined only
its public title and status; nobody reads an internal comment anywhere but on the incident's page.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.db import Session
from data.models import History, Incident, Notification, User
from data.queries import affected, incidents, outbox, people
from data.vocabulary import Fact, Medium, Role, Source, Status, Visibility
from services import i18n
from services.incident_view import first_name
from services.notifications import take_links
from services.notifications.outbox import terms
from services.notifications.rules import Kind, account_news
from services.permissions import TEAM_ROLES
from services.work import SYSTEM_NAME

EXCERPT = 2_000
_QUOTED = frozenset({Kind.REPLIED, Kind.RESOLVED, Kind.MENTIONED})


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is the same whenever the same notification is sent again: a receiver can drop the second."""

    key: str
    kind: Kind
    at: datetime
    locale: str
    subject: str
    sentence: str
    quote: str
    link: str
    facts: Mapping[str, Any]
    action: str = ""  # what the link offers to do, empty when only to look
    advice: str = ""  # what becomes of an answer by letter, where such are fetched
    account: bool = False  # whether its reader has one, and there a choice of what to be told
    reply_to: str = ""  # who gets an answer by letter, where the sender's mailbox is read by nobody


def compose(session: Session, told: Notification) -> Message:
    """What `told` says. The organisation's language where the recipient has none."""
    settings = terms()
    locale = _locale(session, told)
    key = f"{told.seq}-{told.recipient.replace(':', '-')}-{told.medium.value}"
    line = outbox.history_line(session, told.seq)
    incident = outbox.incident(session, told.incident_id) if told.incident_id else None
    if line is not None and told.kind is Kind.ANCHORED:
        return _anchor(line, key, locale)
    if line is not None and told.kind is Kind.ACCOUNT:
        return _of_account(session, told, line, key, locale)
    if line is None or incident is None:
        sentence = i18n.t("notification.test", locale)
        return Message(key, told.kind, told.created_at, locale, sentence, sentence, "", settings.public_url, {})
    if told.kind is Kind.MESSAGE:
        said = _letter(line, told)
        return Message(key, told.kind, line.at, locale, *said, "", "", {"reference": incident.reference})
    reader = people.user(session, told.user_id) if told.user_id else None
    if reader is not None and joins_only(reader, incident):
        return _of_a_known_problem(session, told, line, incident, reader, key, locale)
    subject = i18n.t(f"notification.subject.{told.kind}", locale)
    bare = _is_receipt(told, incident)
    take = take_links.sign(incident, key, line.at) if _to_the_team(session, told) else ""
    link = f"{settings.public_url}/incidents/{incident.reference}{f'/take/{take}' if take else ''}"
    supplier = _to_a_supplier(told)
    return Message(
        key,
        told.kind,
        line.at,
        locale,
        subject=f"[{incident.reference}] {subject}{'' if bare else f': {incident.title}'}",
        sentence=sentence_of(session, told.kind, line, locale, reader),
        quote=_quote(session, told, line, incident),
        link="" if supplier else link,  # where no door would open
        facts={"reference": incident.reference} if bare else _facts(session, incident),
        action=i18n.t("phone.take_now", locale) if take else "",
        advice=_advice(reader, incident, locale),
        account=reader is not None,
        reply_to=_author_address(session, line) if supplier and not settings.answers else "",
    )


def _is_receipt(told: Notification, incident: Incident) -> bool:
    """Whether it tells somebody that his letter became the incident: not a word of that letter is in it. A sender is
    easily made up, and nobody shall have Vigie carry his text to somebody else (M2)."""
    own = told.user_id == incident.requester_id
    return told.kind is Kind.CREATED and incident.source is Source.EMAIL and own


def _advice(reader: User | None, incident: Incident, locale: str) -> str:
    if reader is None or not terms().answers or incident.status is Status.CLOSED:
        return ""
    speaks = reader.role is Role.REQUESTER and reader.id == incident.requester_id
    return i18n.t("notification.answer_here" if speaks else "notification.answer_there", locale)


def _anchor(line: History, key: str, locale: str) -> Message:
    """What its receiver keeps, so that nobody can cut the history off behind it unseen."""
    details = json.loads(line.details)
    params = {"seq": details["lines"], "head": details["head"], "at": f"{line.at:%Y-%m-%d %H:%M:%S} UTC"}
    subject = i18n.t("notification.subject.anchored", locale, **params)
    sentence = i18n.t("notification.sentence.anchored", locale, **params)
    return Message(key, Kind.ANCHORED, line.at, locale, subject, sentence, "", terms().public_url, {})


def _of_account(session: Session, told: Notification, line: History, key: str, locale: str) -> Message:
    """What the owner of an account reads of it."""
    owner = people.user(session, told.user_id or 0)
    assert owner is not None
    subject = i18n.t("notification.subject.account", locale, what=account_title(line, locale))
    sentence = account_sentence(session, line, locale, owner)
    link = f"{terms().public_url}/me"
    return Message(key, Kind.ACCOUNT, line.at, locale, subject, sentence, "", link, {}, account=True)


def account_title(line: History, locale: str) -> str:
    """What has become of an account, in a few words."""
    return i18n.t(f"notification.account.{account_news(line.fact, json.loads(line.details))}", locale)


def account_sentence(session: Session, line: History, locale: str, owner: User) -> str:
    """What has become of the reader's account, who did it, and what to do where that is wrong."""
    details = json.loads(line.details)
    author = people.user(session, line.actor_id) if line.actor_id else None
    way = "own" if author is not None and author.id == owner.id else "other"
    name = _name_for(owner, author, locale) if author else i18n.t("notification.account.operator", locale)
    nothing = i18n.t("notification.account.no_address", locale)
    addresses = {"before": details.get("from") or nothing, "after": details.get("to") or nothing}
    what = account_news(line.fact, details)
    text = i18n.t(f"notification.account.{way}.{what}", locale, name=name, login=owner.login, **addresses)
    return f"{text} {i18n.t(f'notification.account.{way}.advice', locale)}"


def joins_only(reader: User, incident: Incident) -> bool:
    """Whether the reader is somebody whom the incident hinders as well, and for whom it does not exist otherwise."""
    return reader.role is Role.REQUESTER and incident.requester_id != reader.id


def _of_a_known_problem(
    session: Session, told: Notification, line: History, incident: Incident, reader: User, key: str, locale: str
) -> Message:
    """What somebody who has joined reads: nothing that the team has not written for everybody."""
    title = public_title(session, incident, locale)
    return Message(
        key,
        told.kind,
        line.at,
        locale,
        subject=f"[{incident.reference}] {i18n.t(f'notification.subject.{told.kind}', locale)}: {title}",
        sentence=sentence_of(session, told.kind, line, locale, reader),
        quote="",
        link=f"{terms().public_url}/portal",
        facts={"reference": incident.reference},
        account=True,
    )


def public_title(session: Session, incident: Incident, locale: str) -> str:
    """What people who are not of the team, and did not declare it, read instead of its title."""
    assert incident.id is not None
    known = affected.known(session, incident.id)
    return known.title if known else i18n.t("affected.untitled", locale)


def sentence_of(session: Session, kind: Kind, line: History, locale: str, reader: User | None) -> str:
    """What happened, and who did it: to a requester by first name, and without the name of a team (S139)."""
    details = json.loads(line.details)
    author = people.user(session, line.actor_id) if line.actor_id else None
    outside = reader is not None and reader.role is Role.REQUESTER
    name = _name_for(reader, author, locale) if author else SYSTEM_NAME
    params: dict[str, Any] = {"name": name}
    if kind in (Kind.SLA_ORANGE, Kind.SLA_RED):
        clock = i18n.t(f"sla.{details['clock']}", locale)
        at = datetime.fromisoformat(details["at"])
        params |= {"clock": clock, "at": i18n.instant(at, locale, terms().zone, line.at)}
    if kind in (Kind.ASSIGNED, Kind.ESCALATED):
        owner = details.get("owner") or {}
        params["owner"] = i18n.t("portal.it_team", locale) if outside else owner.get("name") or owner.get("team") or ""
    text = i18n.t(f"notification.sentence.{kind}", locale, **params)
    return f"{text} {i18n.t('notification.late', locale)}" if details.get("late") else text


def _name_for(reader: User | None, author: User, locale: str) -> str:
    if reader is not None and reader.role is Role.REQUESTER and author.id != reader.id:
        return i18n.t("notification.it_person", locale, name=first_name(author.name))
    return author.name


def _to_the_team(session: Session, told: Notification) -> bool:
    """Whether people of the team read it: no requester, no supplier, and no other system."""
    user = people.user(session, told.user_id) if told.user_id else None
    return user.role in TEAM_ROLES if user else told.medium is Medium.APPRISE


def _to_a_supplier(told: Notification) -> bool:
    """Whether a team without accounts reads it (S106)."""
    return told.user_id is None and told.channel_id is None


def _author_address(session: Session, line: History) -> str:
    author = people.user(session, line.actor_id) if line.actor_id else None
    return (author.email or "") if author and author.active else ""


def _letter(line: History, told: Notification) -> tuple[str, str]:
    """(subject, text) of a message to people outside, as the history has it."""
    number = 0
    for letter in json.loads(line.details)["letters"]:
        for _ in letter["to"]:
            if outbox.letter_key(number) == told.recipient:
                return letter["subject"], letter["text"]
            number += 1
    raise LookupError(told.recipient)


def _quote(session: Session, told: Notification, line: History, incident: Incident) -> str:
    """The public comment that the notification is about; to a supplier what the reason and the description say."""
    if _to_a_supplier(told):
        reason = str(json.loads(line.details).get("reason", ""))
        return f"{reason}\n\n{incident.description}".strip()[:EXCERPT]
    if told.kind not in _QUOTED or told.user_id is None:
        return ""
    # The summary of a resolution that is published stands in the comment that follows it.
    said = outbox.history_line(session, line.seq + 1) if told.kind is Kind.RESOLVED else line
    if said is None or said.incident_id != incident.id or said.fact is not Fact.COMMENTED or said.at != line.at:
        return ""
    comment = incidents.comment(session, json.loads(said.details)["comment"])
    return comment.body[:EXCERPT] if comment and comment.visibility is Visibility.PUBLIC else ""


def _facts(session: Session, incident: Incident) -> Mapping[str, Any]:
    """What other systems get of the incident: codes and names, no text but the title."""
    assignee = people.user(session, incident.assignee_id) if incident.assignee_id else None
    team = people.team(session, incident.team_id) if incident.team_id else None
    return {
        "reference": incident.reference,
        "title": incident.title,
        "status": incident.status.value,
        "priority": incident.priority.value,
        "assignee": assignee.login if assignee else None,
        "team": team.name if team else None,
    }


def _locale(session: Session, told: Notification) -> str:
    user: User | None = people.user(session, told.user_id) if told.user_id else None
    return (user.locale if user else None) or terms().locale
