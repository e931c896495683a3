"""A letter is received: once, whole or not at all, however often it is fetched (M5).

What it says becomes an incident or a comment of its account, by the same steps as on the portal (S17); what only people
can judge is parked; what no person has written makes nothing. Nobody who is unknown is answered, or told anything.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from data.models import Letter as Row
from data.models import User
from data.queries import letters, outbox, people
from data.vocabulary import Category, LetterState, Priority, Relation, Role, Source, Status, Visibility
from services import attachments, incidents, relations
from services.attachments import Ready
from services.errors import ClosedIncident, DeskError, DiskFull, Invalid, NotFound, Unauthenticated
from services.files import Writing
from services.i18n import error_sentence, field_sentences, t
from services.inputs import BODY, TITLE
from services.intake.mail.letter import File, Letter
from services.intake.mail.sorting import Case, Verdict, decide
from services.lifecycle import load
from services.notifications import message_ids
from services.notifications.outbox import terms
from services.permissions import Right
from services.work import SYSTEM, Actor, Reading, Work, begin, look

HOUR = timedelta(hours=1)
PER_UNKNOWN = 20  # letters of a sender that are parked in an hour
PER_ACCOUNT = 60  # letters that become incidents in its name by themselves in an hour; as many comments
WAITING = 500  # letters that are parked at the same time, from whomever

_own: list[frozenset[str]] = [frozenset()]


def use_own_addresses(addresses: frozenset[str]) -> None:
    """Letters from these addresses are our own."""
    _own[:] = [addresses]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database knows of a letter: whose it is, and which incident it proves to answer."""

    verdict: Verdict
    account: User | None = None
    reference: str | None = None
    incident_id: int | None = None


def receive(raw: bytes, letter: Letter | None, *, whole: bool = True, broken: bool = False) -> LetterState | None:
    """What has become of the letter, which is what was read of `raw`; None for one that was received before.

    `letter` is None where it could not be read; `whole`: False where it is too large, and only its head is there;
    `broken`: it is parked, whatever it is.
    Raises `DatabaseUnavailable` and `DiskFull`: then nothing has happened, and it can be received again.
    """
    digest = digest_of(raw, letter)
    said = letter or Letter("", "", "")
    for _ in range(3):
        with look(SYSTEM) as reading:
            if letters.is_known(reading.session, digest):
                return None
            known = _known(reading, said, readable=letter is not None and not broken, whole=whole)
        try:
            return _acted_on(digest, said, known)
        except (ClosedIncident, NotFound, Unauthenticated):  # it is another's, or closed, since a moment ago
            continue
    return _set_aside(digest, said, replace(known, verdict=decide(Case(readable=False))))


def digest_of(raw: bytes, letter: Letter | None) -> str:
    """By what a letter is known again: its sender with its Message-ID, or its bytes where it has none."""
    if letter is None or not letter.message_id:
        return hashlib.sha256(raw).hexdigest()
    return _digest(letter.sender, letter.message_id)


def _digest(sender: str, message_id: str) -> str:
    return hashlib.sha256(f"{sender}\n{message_id}".encode("utf-8", "replace")).hexdigest()


def _known(reading: Reading, letter: Letter, *, readable: bool, whole: bool) -> _Known:
    session = reading.session
    accounts = people.active_by_email(session, letter.sender) if letter.sender else ()
    account = accounts[0] if len(accounts) == 1 else None
    sent = next(filter(None, map(message_ids.read, letter.answered)), None)
    line = outbox.history_line(session, sent.seq) if sent else None
    incident = outbox.incident(session, line.incident_id) if line and line.incident_id else None
    # Apart: whoever declares in somebody's name must not use up what that person may answer, which takes a seal.
    becoming = LetterState.ANSWERED if incident else LetterState.DECLARED
    case = Case(
        readable=readable,
        whole=whole,
        automatic=letter.automatic or letter.sender in _own[-1],
        accounts=len(accounts),
        role=account.role if account else None,
        proved=incident is not None,
        addressed=sent is not None and account is not None and sent.user_id == account.id,
        own=incident is not None and account is not None and incident.requester_id == account.id,
        status=incident.status if incident else None,
        spent=letters.acted_on(session, letter.sender, reading.now - HOUR, becoming) >= PER_ACCOUNT,
    )
    reference, incident_id = (incident.reference, incident.id) if incident else (None, None)
    return _Known(decide(case), account, reference, incident_id)


def _acted_on(digest: str, letter: Letter, known: _Known) -> LetterState | None:
    match known.verdict.state:
        case LetterState.DECLARED:
            assert known.account is not None
            return _declared(digest, letter, known.account)
        case LetterState.ANSWERED:
            assert known.account is not None
            assert known.reference is not None
            return _answered(digest, letter, known.account, known.reference)
        case _:
            return _set_aside(digest, letter, known)


def _declared(digest: str, letter: Letter, account: User) -> LetterState | None:
    """There is a new incident of the account's: source e-mail, of medium priority, in no category (S17).

    One that follows a letter of the same sender's, and answers none of ours, is related to what that has become.
    """
    locale = account.locale or terms().locale
    with _ready(letter, locale) as (ready, refused), begin(Actor(account.id)) as work:
        row = _claimed(work, digest, letter, Verdict(LetterState.DECLARED))
        if row is None:
            return None
        work.require(Right.CREATE)
        title = letter.subject[:TITLE] or t("mail.untitled", locale)
        new = incidents.NewIncident(
            title=title,
            description=_text(letter.text or title, refused, locale),
            category=Category.OTHER,
            priority=Priority.MEDIUM,
            source=Source.EMAIL,
        )
        row.incident_id = incidents.declare(work, new, by_letter=True)
        incident = outbox.incident(work.session, row.incident_id)
        assert incident is not None
        attachments.attach_ready(work, incident, None, _shown(account), ready)
        earlier = letters.led_to(work.session, [_digest(letter.sender, each) for each in letter.answered])
        if earlier is not None and earlier.id != incident.id and earlier.requester_id == account.id:
            closed = earlier.status is Status.CLOSED
            relations.connect(work, incident, earlier, Relation.RECURRENCE if closed else Relation.RELATED)
    return LetterState.DECLARED


def _answered(digest: str, letter: Letter, account: User, reference: str) -> LetterState | None:
    """The requester has answered, as on the portal: a public comment, and what that sets going."""
    locale = account.locale or terms().locale
    with _ready(letter, locale) as (ready, refused), begin(Actor(account.id)) as work:
        row = _claimed(work, digest, letter, Verdict(LetterState.ANSWERED))
        if row is None:
            return None
        work.require(Right.COMMENT)
        incident = load(work, reference)
        row.incident_id = incident.id
        room = attachments.room(work, incident)
        refused += [t("mail.no_room", locale, name=each.name) for each in ready[room:]]
        said = incidents.answer(
            work, incident, _text(letter.text or t("mail.no_text", locale), refused, locale), Visibility.PUBLIC
        )
        attachments.attach_ready(work, incident, said.id, Visibility.PUBLIC, ready[:room])
    return LetterState.ANSWERED


def _set_aside(digest: str, letter: Letter, known: _Known) -> LetterState | None:
    """It is parked for somebody of the desk; or counted only, if it makes nothing or there are too many."""
    with begin(SYSTEM) as work:
        row = _claimed(work, digest, letter, known.verdict)
        if row is None:
            return None
        row.incident_id = known.incident_id
        if row.state is LetterState.PARKED:
            work.alone()  # as many as are counted now, and this one
            sent = letters.set_aside(work.session, row.sender, work.now - HOUR)
            if sent > PER_UNKNOWN or letters.count_parked(work.session) > WAITING:
                row.state = LetterState.DROPPED
            else:
                names = [*(file.name for file in letter.files), *letter.left_out]
                row.text, row.files = letter.text[:BODY], json.dumps(names)
        return row.state


def _claimed(work: Work, digest: str, letter: Letter, verdict: Verdict) -> Row | None:
    return letters.claim(
        work.session,
        digest=digest,
        received_at=work.now,
        sender=letter.sender,
        subject=letter.subject[:TITLE],
        state=verdict.state,
        reason=verdict.reason,
    )


@contextmanager
def _ready(letter: Letter, locale: str) -> Iterator[tuple[list[Ready], list[str]]]:
    """(the files that can be attached, a sentence for each that cannot); of what was not kept nothing is left."""
    ready: list[Ready] = []
    refused = [t("mail.not_read", locale, name=name) for name in letter.left_out]
    written: list[Writing] = []
    try:
        for file in letter.files:
            written.append(Writing())
            try:
                ready.append(_looked_at(written[-1], file))
            except DiskFull:
                raise
            except Invalid as empty:
                refused.append(" ".join([file.name, *field_sentences(empty, locale).values()]))
            except DeskError as refusal:
                refused.append(t("notification.fact", locale, name=file.name, value=error_sentence(refusal, locale)))
        yield ready, refused
    finally:
        for each in written:
            each.close()


def _looked_at(writing: Writing, file: File) -> Ready:
    writing.add(file.content)
    return attachments.look_at(writing, file.name)


def _text(text: str, refused: Sequence[str], locale: str) -> str:
    """What was written, as much of it as fits, and which files were not taken."""
    lines = "\n".join(f"- {each[:300]}" for each in refused[:20])
    tail = f"\n\n{t('mail.left_out', locale)}\n\n{lines}" if refused else ""
    fits = BODY - len(tail)
    if len(text) > fits:
        cut = f"…\n\n{t('mail.cut', locale)}"
        text = text[: fits - len(cut)].rstrip() + cut
    return text + tail


def _shown(account: User) -> Visibility:
    return Visibility.PUBLIC if account.role is Role.REQUESTER else Visibility.INTERNAL
