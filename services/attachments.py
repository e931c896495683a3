"""Files on incidents: sending, attaching, reading (rules, "People, roles, visibility"; S138, S139, U1 to U3).

A file is first sent, then attached: what was sent is its sender's alone, and becomes part of the incident with the
comment that it belongs to. Like a comment it is internal or public, and final. Common refusals: `NotFound`,
`Forbidden`, `ClosedIncident`, `FileTooLarge`, `FileRefused` (a kind that is not taken), `Invalid`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path

from data.models import Attachment, Incident, Upload
from data.queries import attachments, incidents, people
from data.vocabulary import Fact, Role, Scope, Visibility
from services import clock, file_kinds, files, thumbnails
from services.errors import Forbidden, NotFound
from services.files import Writing
from services.incident_view import attachment_view, visible
from services.inputs import Form, required
from services.lifecycle import load
from services.permissions import Right, may
from services.views import AttachmentView
from services.work import SYSTEM, Actor, Work, begin, look

PER_COMMENT = 20
PER_INCIDENT = 50
PENDING = 60  # files that one person may have sent without attaching them
PATIENCE = timedelta(days=1)
SWEPT_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class UploadView:
    """A file that its sender has not attached yet."""

    id: str
    name: str
    size: int
    preview: bool


@dataclass(frozen=True, slots=True)
class Content:
    """A stored file, for whoever may read it."""

    path: Path
    name: str
    media_type: str


def expect_files(actor: Actor, reference: str, visibility: str | None = None) -> None:
    """Nothing, if the actor may attach files to the incident for these readers; raises what `send` would.

    Asked before the file is read, so that nobody sends 20 MB for nothing.
    """
    if actor.scope is Scope.READ:
        raise Forbidden(reason="read_only_token")
    with begin(actor) as work:
        _settled(work, load(work, reference), visibility)


def send(actor: Actor, reference: str, writing: Writing, name: str, visibility: str | None = None) -> UploadView:
    """The file that was written is kept for the actor, to be attached to the incident."""
    name, kind, drawn = _checked(writing, name)
    with begin(actor) as work:
        incident = load(work, reference)
        upload = _kept(work, incident, writing, name, kind, drawn, _settled(work, incident, visibility))
        work.session.add(upload)
        return _upload_view(upload)


def add(actor: Actor, reference: str, writing: Writing, name: str, visibility: str | None = None) -> AttachmentView:
    """The file that was written is attached to the incident, with no comment."""
    name, kind, drawn = _checked(writing, name)
    with begin(actor) as work:
        incident = load(work, reference)
        shown = _settled(work, incident, visibility)
        made = _attached(work, incident, None, shown, [_kept(work, incident, writing, name, kind, drawn, shown)])
        author = people.user(work.session, work.user_id)
        assert author is not None
        return attachment_view(work, made[0], author)


def attach(
    work: Work, incident: Incident, comment_id: int, visibility: Visibility, stored: Sequence[str]
) -> tuple[Attachment, ...]:
    """What the actor has sent under these names is attached with the comment; for callers that settled who may."""
    assert incident.id is not None
    form = Form()
    if len(stored) > PER_COMMENT:
        form.wrong("files", "too_many", max=PER_COMMENT)
    form.check()
    found = attachments.uploads(work.session, work.user_id, incident.id, visibility, list(stored))
    if len(found) != len(set(stored)):
        form.wrong("files", "file_gone")
    form.check()
    made = _attached(work, incident, comment_id, visibility, found)
    for upload in found:
        work.session.delete(upload)
    return made


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that was written and looked at, before any transaction: it needs only to be attached."""

    writing: Writing
    name: str
    kind: str
    drawn: bool


def look_at(writing: Writing, name: str) -> Ready:
    """The written file may be attached. Raises `FileRefused`, `Invalid` (empty), `DiskFull`."""
    return Ready(writing, *_checked(writing, name))


def attach_ready(
    work: Work, incident: Incident, comment_id: int | None, visibility: Visibility, ready: Sequence[Ready]
) -> None:
    """These files are attached, with the comment where there is one; for callers that have settled who may.

    Of more than `room` leaves none is. The files are on the disk before any row says so.
    """
    kept = [_kept(work, incident, each.writing, each.name, each.kind, each.drawn, visibility) for each in ready]
    _attached(work, incident, comment_id, visibility, kept)


def room(work: Work, incident: Incident) -> int:
    """How many more files the incident may have with one comment."""
    assert incident.id is not None
    return min(PER_COMMENT, max(0, PER_INCIDENT - attachments.count(work.session, incident.id)))


def pending(actor: Actor, reference: str, visibility: Visibility) -> tuple[UploadView, ...]:
    """What the actor has sent for these readers and not attached yet."""
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        assert incident.id is not None
        return tuple(map(_upload_view, attachments.uploads(reading.session, reading.user_id, incident.id, visibility)))


def discard(actor: Actor, stored: str) -> None:
    """What the actor has sent under this name is gone, row and file. Raises `NotFound`."""
    with begin(actor) as work:
        upload = attachments.upload(work.session, stored)
        if upload is None or upload.user_id != work.user_id:
            raise NotFound()
        work.session.delete(upload)
    files.remove(stored)


def listed(actor: Actor, reference: str) -> tuple[AttachmentView, ...]:
    """The incident's files, oldest first, as far as the actor may read them (A4)."""
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        assert incident.id is not None
        whole = may(reading.who, Right.SEE_ALL)
        found = attachments.of_incident(reading.session, incident.id, public_only=not whole)
        return tuple(attachment_view(reading, each, author) for each, author in found)


def content(actor: Actor, reference: str, attachment_id: int, *, preview: bool = False) -> Content:
    """The file, or its small picture. Raises `NotFound` also for an internal one where the actor is a requester."""
    with look(actor) as reading:
        incident = visible(reading, incidents.by_reference(reading.session, reference))
        assert incident.id is not None
        whole = may(reading.who, Right.SEE_ALL)
        found = attachments.attachment(reading.session, incident.id, attachment_id, public_only=not whole)
        if found is None or (preview and not found.preview):
            raise NotFound()
        if preview:
            return Content(files.path_of(found.stored, files.PREVIEW), f"{found.id}.webp", "image/webp")
        return Content(files.path_of(found.stored), found.name, found.media_type)


def sweep_one() -> bool:
    """A file that was sent and never attached, or that no row names, is gone; whether there may be more."""
    with begin(SYSTEM) as work:
        upload = attachments.stale_upload(work.session, clock.now() - PATIENCE)
        if upload is not None:
            work.session.delete(upload)
    if upload is not None:
        files.remove(upload.stored)
        return True
    old = list(dict.fromkeys(islice(files.older_than(PATIENCE.total_seconds()), 100_000)))
    for start in range(0, len(old), SWEPT_AT_ONCE):
        part = old[start : start + SWEPT_AT_ONCE]
        for stored in set(part) - _named(part):
            files.remove(stored)
    return False


def _named(stored: Sequence[str]) -> set[str]:
    with look(SYSTEM) as reading:
        return attachments.known(reading.session, stored)


def _settled(work: Work, incident: Incident, visibility: str | None) -> Visibility:
    """Who will read it: internal unless said otherwise, always public from a requester."""
    form = Form()
    default = Visibility.PUBLIC if work.who.role is Role.REQUESTER else Visibility.INTERNAL
    chosen = form.code("visibility", visibility or default, Visibility)
    form.check()
    shown = required(chosen)
    work.require(Right.COMMENT_INTERNALLY if shown is Visibility.INTERNAL else Right.COMMENT)
    assert incident.id is not None
    if attachments.count(work.session, incident.id) >= PER_INCIDENT:
        form.wrong("file", "too_many", max=PER_INCIDENT)
    elif attachments.uploads_of(work.session, work.user_id) >= PENDING:
        form.wrong("file", "too_many", max=PENDING)
    form.check()
    return shown


def _checked(writing: Writing, name: str) -> tuple[str, str, bool]:
    """Name, media type, and whether it has a small picture; before any transaction, since it takes its time."""
    shown = files.clean_name(name)
    kind = file_kinds.media_type(shown, writing.head)
    form = Form()
    if not writing.size:
        form.wrong("file", "required")
    form.check()
    writing.flush()
    drawn = kind.startswith("image/") and thumbnails.draw(writing.path, files.path_of(writing.stored, files.PREVIEW))
    return shown, kind, drawn


def _kept(
    work: Work, incident: Incident, writing: Writing, name: str, kind: str, drawn: bool, shown: Visibility
) -> Upload:
    """The file is on the disk before any row says so."""
    assert incident.id is not None
    written = writing.keep()
    return Upload(
        stored=written.stored,
        incident_id=incident.id,
        user_id=work.user_id,
        at=work.now,
        visibility=shown,
        name=name,
        media_type=kind,
        size=written.size,
        sha256=written.sha256,
        preview=drawn,
    )


def _attached(
    work: Work, incident: Incident, comment_id: int | None, visibility: Visibility, sent: Iterable[Upload]
) -> tuple[Attachment, ...]:
    assert incident.id is not None
    made = []
    for upload in sent:
        row = Attachment(
            incident_id=incident.id,
            comment_id=comment_id,
            author_id=work.user_id,
            at=work.now,
            visibility=visibility,
            stored=upload.stored,
            name=upload.name,
            media_type=upload.media_type,
            size=upload.size,
            sha256=upload.sha256,
            preview=upload.preview,
        )
        work.session.add(row)
        work.session.flush()
        made.append(row)
        work.note(
            Fact.ATTACHED,
            incident=incident,
            public=visibility is Visibility.PUBLIC,
            attachment=row.id,
            file=row.name,
            size=row.size,
            digest=row.sha256,
            visibility=visibility.value,
            **({"comment": comment_id} if comment_id else {}),
        )
    if attachments.count(work.session, incident.id) > PER_INCIDENT:
        form = Form()
        form.wrong("files", "too_many", max=PER_INCIDENT)
        form.check()
    return tuple(made)


def _upload_view(upload: Upload) -> UploadView:
    return UploadView(upload.stored, upload.name, upload.size, upload.preview)
