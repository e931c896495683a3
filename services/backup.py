"""A backup of everything, made while Vigie runs, and the way back (contract, "Commands"; security matrix, K7 and K8).

A backup is a compressed tar file: `database/TABLE.jsonl`, `attachments/…`, and last `manifest.json` with the version
of the schema and the SHA-256 of each of the others. It holds plain values, so that what was saved on SQLite can be
restored on PostgreSQL. With a recipient it is encrypted (age, https://age-encryption.org/v1), so that the machine that
makes it cannot read it. The secret key is not in it: it belongs elsewhere, beside the backups.
"""

import errno
import hashlib
import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from io import BufferedWriter, FileIO
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import IO, Any

import orjson
import pyrage

from data import copies
from services import audit
from services.errors import Refused
from services.files import ASIDE
from services.work import SYSTEM, begin, look

FORM = 1  # of the file, in its manifest
ATTACHMENTS = "attachments"
_ENCRYPTED = b"age-encryption.org/"
_CHUNK = 2**20
_STEP = 8 * 2**20  # bytes
NICENESS = 10  # whoever works on the desk meanwhile comes first
_BROKEN = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError, RecursionError)
# Of a name in an archive: no file can be called so, or another one is in its way.
_NO_NAMES = frozenset({errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR})


@dataclass(frozen=True, slots=True)
class Report:
    """How many rows and files there are; `chain_broken_at` is the line that the history's key does not fit, if any."""

    rows: int
    files: int
    chain_broken_at: int | None = None


def step_back() -> None:
    """This process lets whoever works on the desk go first, from now on: for a command that makes a backup."""
    os.nice(NICENESS)


def save(target: Path, *, data_dir: Path, recipient: str | None = None) -> Report:
    """`target` holds one consistent state of the desk, read back and compared before it takes its name.

    `recipient`: an age public key. Raises `Refused` (code `bad_recipient`, `backup_unreadable`), OSError.
    """
    key = _recipient(recipient)
    with TemporaryDirectory(dir=target.absolute().parent, prefix=".backup-") as folder:
        plain = Path(folder) / "plain.tar.gz"
        report = _write(plain, data_dir, Path(folder))
        with _opened(plain) as archive:
            _check(archive)
        finished = plain
        if key is not None:
            finished = Path(folder) / "encrypted"
            with plain.open("rb") as content, _Steady(finished) as file:
                pyrage.encrypt_io(content, file, [key])
        with finished.open("rb+") as file:
            os.fsync(file.fileno())
        finished.replace(target)
    return report


def restore(source: Path, *, data_dir: Path, identity: Path | None = None, force: bool = False) -> Report:
    """The desk is as it was when `source` was made, attachments included; everybody signs in again.

    All of it is checked before anything changes. `identity`: the file with the age private key of an encrypted one.
    Raises `Refused`: `restore_not_empty` unless the database is empty or `force`, `backup_unreadable`,
    `backup_of_another_version`, `backup_encrypted`.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="vigie-restore-")))
        archive = stack.enter_context(_opened(_decrypted(source, identity, folder)))
        manifest = _check(archive)
        with begin(SYSTEM) as work:
            if not force and not copies.is_empty(work.session):
                raise Refused("restore_not_empty")
            if manifest["schema"] != copies.revision(work.session):
                raise Refused(
                    "backup_of_another_version", theirs=manifest["schema"], ours=copies.revision(work.session)
                )
            try:
                with copies.replacing(work.session):
                    rows = sum(copies.fill(work.session, name, _rows(archive, name)) for name in copies.tables())
            except copies.NO_ROWS as foreign:
                raise Refused("backup_unreadable", file=source.name) from foreign
            files = _unpack(archive, data_dir)
    return Report(rows, files, audit.verify_chain().broken_at)


class _Steady(BufferedWriter):
    """A new file that goes to the disk as it is written: flushed at its end, 300 MB held up each commit of whoever
    writes meanwhile for 160 ms, in steps of 8 MB for 20 at most."""

    def __init__(self, path: Path) -> None:
        super().__init__(FileIO(path, "w"))
        self._since = 0

    def write(self, content: Any, /) -> int:
        written = super().write(content)
        self._since += written
        if self._since >= _STEP:
            self.flush()
            os.fdatasync(self.fileno())
            self._since = 0
        return written


def _write(target: Path, data_dir: Path, folder: Path) -> Report:
    digests: dict[str, str] = {}
    rows = 0
    with (
        look(SYSTEM) as reading,
        _Steady(target) as file,
        tarfile.open(fileobj=file, mode="w:gz", compresslevel=4) as archive,
    ):
        for name in copies.tables():
            with NamedTemporaryFile(dir=folder) as table:
                for row in copies.rows(reading.session, name):
                    table.write(orjson.dumps(row) + b"\n")
                    rows += 1
                table.flush()
                digests[f"database/{name}.jsonl"] = _add(archive, f"database/{name}.jsonl", Path(table.name))
        # Files are written before the row that names them is, and never changed: those of the rows above are all there.
        # One in the making, or taken back meanwhile, is in no row.
        saved = 0
        for path in sorted(path for path in (data_dir / ATTACHMENTS).rglob("*") if path.suffix != ASIDE):
            name = path.relative_to(data_dir).as_posix()
            with suppress(FileNotFoundError, IsADirectoryError):
                digests[name] = _add(archive, name, path)
                saved += 1
        manifest = {"form": FORM, "schema": copies.revision(reading.session), "at": reading.now, "sha256": digests}
        content = orjson.dumps(manifest)
        info = tarfile.TarInfo("manifest.json")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return Report(rows, saved)


def _add(archive: tarfile.TarFile, name: str, path: Path) -> str:
    """The file is in the archive; its SHA-256."""
    info = tarfile.TarInfo(name)
    with path.open("rb") as content:
        info.size = os.fstat(content.fileno()).st_size
        archive.addfile(info, content)
        content.seek(0)
        return _digest(content)


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := content.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        archive = tarfile.open(path, "r:gz")  # noqa: SIM115
    except _BROKEN as broken:
        raise Refused("backup_unreadable", file=path.name) from broken
    with archive:
        yield archive


def _check(archive: tarfile.TarFile) -> dict[str, Any]:
    """The manifest, once every file is found to be what it says."""
    try:
        if not all(member.isreg() for member in archive.getmembers()):
            raise ValueError("neither links nor folders are in a backup")
        manifest: dict[str, Any] = orjson.loads(_content(archive, "manifest.json").read())
        found = {name: _digest(_content(archive, name)) for name in archive.getnames() if name != "manifest.json"}
        whole = (
            manifest["form"] == FORM
            and isinstance(manifest["schema"], str)
            and found == manifest["sha256"]
            and all(map(_is_ours, found))
        )
    except (KeyError, TypeError, *_BROKEN) as broken:
        raise Refused("backup_unreadable", file=str(archive.name)) from broken
    if not whole:
        raise Refused("backup_unreadable", file=str(archive.name))
    return manifest


def _is_ours(name: str) -> bool:
    """Whether the name stays in the two folders that a backup has."""
    parts = PurePosixPath(name).parts
    return len(parts) > 1 and parts[0] in ("database", ATTACHMENTS) and ".." not in parts


def _content(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    content = archive.extractfile(name)
    if content is None:
        raise ValueError(name)
    return content


def _rows(archive: tarfile.TarFile, table: str) -> Iterator[copies.Row]:
    for line in _content(archive, f"database/{table}.jsonl"):
        yield orjson.loads(line)


def _unpack(archive: tarfile.TarFile, data_dir: Path) -> int:
    """The attachments are in their places, all of them or none; how many. Raises `Refused` for what are no names."""
    names = [name for name in archive.getnames() if name.startswith(f"{ATTACHMENTS}/")]
    data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=data_dir, prefix=".restore-") as folder:
        aside = Path(folder)
        try:
            for name in names:
                _write_out(_content(archive, name), aside / name)
        except (ValueError, OSError) as unfit:
            if isinstance(unfit, OSError) and unfit.errno not in _NO_NAMES:
                raise
            raise Refused("backup_unreadable", file=str(archive.name)) from unfit
        for name in names:
            place = data_dir / name
            place.parent.mkdir(parents=True, exist_ok=True)
            (aside / name).replace(place)
    return len(names)


def _write_out(content: IO[bytes], place: Path) -> None:
    """The file is on the disk."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("xb") as file:
        while chunk := content.read(_CHUNK):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _recipient(text: str | None) -> Any:
    if text is None:
        return None
    with suppress(pyrage.RecipientError):
        return pyrage.x25519.Recipient.from_str(text.strip())
    raise Refused("bad_recipient")


def _decrypted(source: Path, identity: Path | None, folder: Path) -> Path:
    with source.open("rb") as file:
        if file.read(len(_ENCRYPTED)) != _ENCRYPTED:
            return source
    if identity is None:
        raise Refused("backup_encrypted")
    lines = [line.strip() for line in identity.read_text(encoding="utf-8").splitlines()]
    plain = folder / "plain.tar.gz"
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
        pyrage.decrypt_file(str(source), str(plain), keys)
    except (pyrage.IdentityError, pyrage.DecryptError) as wrong:
        raise Refused("backup_encrypted") from wrong
    return plain
