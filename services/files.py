"""Files on the disk: under names of our own, written whole or not at all (U1, U2). Knows no table and no person.

A file is written aside, flushed to the disk and renamed; only then may a row name it. What no row names is swept.
"""

import errno
import hashlib
import os
import re
import time
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from services.errors import DiskFull, FileTooLarge

LIMIT = 20 * 2**20  # bytes of one file
NAME = 120
_STORED = re.compile(r"[0-9a-f]{32}")
ASIDE = ".part"
PREVIEW = ".webp"

_folder: list[Path] = [Path("var/attachments")]


def use_folder(folder: Path) -> None:
    """Files are kept below `folder` from now on."""
    _folder[:] = [folder]


def path_of(stored: str, suffix: str = "") -> Path:
    """Where the file called `stored` is, or would be. Raises ValueError for a name that we never give."""
    if not _STORED.fullmatch(stored):
        raise ValueError(stored)
    return _folder[-1] / stored[:2] / stored[2:4] / f"{stored}{suffix}"


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is on the disk for good: its name there, bytes and digest, and how it begins."""

    stored: str
    size: int
    sha256: str
    head: bytes


@contextmanager
def _room() -> Iterator[None]:
    """A disk without room is a refusal with a sentence, and no bug."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull() from error
        raise


class Writing:
    """A file in the making, for one thread at a time. `close` leaves nothing behind unless `keep` was called before.

    `add` raises `FileTooLarge` as soon as the limit is passed; all but `close` raise `DiskFull`.
    """

    def __init__(self) -> None:
        self.stored = uuid.uuid4().hex
        self.size = 0
        self.head = b""
        self._digest = hashlib.sha256()
        self._aside = path_of(self.stored, ASIDE)
        with _room():
            self._aside.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._aside.open("xb")
        self._kept = False

    def add(self, chunk: bytes) -> None:
        """The file goes on with `chunk`."""
        self.size += len(chunk)
        if self.size > LIMIT:
            raise FileTooLarge(max_mb=LIMIT // 2**20)
        if len(self.head) < 8192:
            self.head += chunk[: 8192 - len(self.head)]
        self._digest.update(chunk)
        with _room():
            self._file.write(chunk)

    @property
    def path(self) -> Path:
        """Where what has been added can be read, once `flush` was called."""
        return self._aside

    def flush(self) -> None:
        """What has been added is on the disk."""
        with _room():
            self._file.flush()
            os.fsync(self._file.fileno())

    def keep(self) -> Written:
        """The file is there under its name, also after a power cut."""
        self.flush()
        self._file.close()
        final = path_of(self.stored)
        self._kept = True
        self._aside.rename(final)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return Written(self.stored, self.size, self._digest.hexdigest(), self.head)

    def close(self) -> None:
        """Nothing of an unkept file is left."""
        with suppress(OSError):  # what has no room cannot be flushed now either
            self._file.close()
        if not self._kept:
            remove(self.stored)


def remove(stored: str) -> None:
    """The file and its preview are gone."""
    for suffix in ("", PREVIEW, ASIDE):
        path_of(stored, suffix).unlink(missing_ok=True)


def older_than(seconds: float) -> Iterator[str]:
    """The names of files that were last written longer ago than that."""
    limit = time.time() - seconds
    for file in _folder[-1].glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
        name = file.name.partition(".")[0]
        if _STORED.fullmatch(name) and file.stat().st_mtime < limit:
            yield name


def clean_name(name: str) -> str:
    """The sender's name for a file, safe to show and to save: no folders, no control or direction signs, one line."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()))[-1]
    shown = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in last)
    shown = re.sub(r'[<>:"|?*\s]+', " ", shown).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    if not stem:
        return (shown or "fichier")[:NAME]
    ending = ending[:12]
    return f"{stem[: NAME - len(ending) - 1].rstrip()}{dot}{ending}"
