"""The checks of what is stored, and where: database, migrations, disk, chain."""

import os
import shutil
from contextlib import closing
from pathlib import Path

from data import db, health
from data.queries import metrics
from data.settings import Settings
from services import anchors, audit
from services.doctor.saying import Sayings, failed, ok, reason, warning
from services.text import folded
from services.work import SYSTEM, look

LITTLE = 2**30  # bytes free: below, somebody should look
TOO_LITTLE = 200 * 2**20  # below, the next attachments and backups fail


def database(settings: Settings) -> Sayings:
    """Reachable, sound, safe against a power cut, and every row of it can be read."""
    try:
        engine, found = health.engine(), health.faults()
    except Exception as broken:
        away = isinstance(broken, db.OperationalError)
        yield failed("database.away" if away else "database.broken", reason=reason(broken))
        return
    named = {"engine": engine.name, "version": engine.version, "bytes": engine.size}
    if found:
        yield failed("database.damaged", found=" · ".join(found), **named)
        return
    try:
        rows, changed = health.read_everything(), _changed_text()
    except Exception as unreadable:
        yield failed("database.unreadable", reason=reason(unreadable), **named)
        return
    if changed:
        yield failed("database.changed", reference=changed, **named)
        return
    yield ok("database.sound", rows=rows, **named)
    if not engine.current:
        yield warning(f"database.old_{engine.name.lower()}", version=engine.version)
    for risk in health.risks():
        yield warning("database.risk", setting=risk)
    if not health.is_checked():
        yield warning("database.unchecked")


def migrations(settings: Settings) -> Sayings:
    """The schema is the one that this program was written for."""
    current, wanted = health.revisions()
    if current == wanted:
        yield ok("migrations.current", revision=current)
    elif current > wanted:
        yield failed("migrations.newer", revision=current, wanted=wanted)
    else:
        yield failed("migrations.older", revision=current or "-", wanted=wanted)


def disk(settings: Settings) -> Sayings:
    """There is room where Vigie writes, and it may write there."""
    file = health.file_of(settings.database_url)
    folders = {_existing(settings.data_dir), *([_existing(file.parent)] if file else [])}
    seen = set()
    for folder in sorted(folders):
        if not os.access(folder, os.W_OK | os.X_OK):
            yield failed("disk.read_only", folder=folder)
        device = folder.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        free, inodes = shutil.disk_usage(folder).free, os.statvfs(folder)
        if free < TOO_LITTLE or (inodes.f_files and not inodes.f_favail):
            yield failed("disk.full", folder=folder, bytes=free)
        elif free < LITTLE:
            yield warning("disk.little", folder=folder, bytes=free)
        else:
            yield ok("disk.room", folder=folder, bytes=free)


def chain(settings: Settings) -> Sayings:
    """Every line of the history is as it was written, none that was anchored is gone, and every verdict follows."""
    report = audit.verify_chain()
    if report.broken_at is not None:
        yield failed("chain.broken", seq=report.broken_at, lines=report.lines)
        return
    file = anchors.kept_in(settings.data_dir)
    kept = anchors.read(file.read_text(encoding="utf-8", errors="replace")) if file.is_file() else ()
    held = anchors.check(kept)
    if held.broken is not None:
        yield failed("chain.cut", seq=held.broken.seq, lines=held.lines, file=file)
        return
    with closing(audit.verify_sla()) as differences:
        wrong = next(differences, None)
    if wrong is not None:
        yield failed("chain.verdict", reference=wrong.reference, column=wrong.column)
        return
    yield ok("chain.intact", lines=report.lines, head=report.head[:16])
    if kept:
        yield ok("chain.anchored", n=len(kept), file=file)


def _changed_text() -> str | None:
    """The first incident whose title or description is another than when it was written."""
    with look(SYSTEM) as reading:
        for reference, title, description, made in metrics.texts(reading.session):
            if folded(f"{reference} {title} {description}") != made:
                return reference
    return None


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    folder = folder.absolute()
    return next(each for each in (folder, *folder.parents) if each.is_dir())
