"""HTML becomes a PDF/A-3, in a process of its own with limits (D10). The only module that knows WeasyPrint.

Pure. Layout is where hostile or merely huge text costs most: what takes too long or too much memory ends with that
process and a sentence. The child gets its input on stdin, hands out the PDF on stdout and fetches nothing: the fonts
come with the input, every other address is refused. Vigie itself starts and runs without Pango.
"""

import base64
import ctypes.util
import gc
import json
import math
import os
import subprocess
import sys
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from services.errors import PdfTooLarge, PdfUnavailable

TIME_LIMIT_S = 18  # of what has no events; with starting and stopping it stays below twenty (P2)
EVENTS_A_SECOND = 50
NICENESS = 10  # others' pages first
MEMORY_LIMIT = 2**30
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
ATTACHMENT = "history.json"
FONT_ADDRESS = "vigie-font:"
ROOT = Path(__file__).parents[2]

_WITHOUT_PANGO, _TOO_LARGE = 3, 4


def time_limit_of(events: int) -> float:
    """Seconds that so many events may take, of the clock and of the processor alike."""
    return TIME_LIMIT_S + events / EVENTS_A_SECOND


def print_pdf(html: str, attachment: str, fonts: Path, *, time_limit_s: float = TIME_LIMIT_S) -> bytes:
    """The document as PDF/A-3a with `attachment` inside as `history.json`; `fonts`: the folder of the .woff2 files.

    Raises `PdfUnavailable` where the system's libraries are missing, `PdfTooLarge` when a limit is met.
    """
    faces = {file.name: base64.b64encode(file.read_bytes()).decode() for file in fonts.glob("*.woff2")}
    order = json.dumps({"html": html, "attachment": attachment, "fonts": faces}).encode()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIGIE_")}
    command = [sys.executable, "-m", "services.reports.render", str(math.ceil(time_limit_s))]
    with TemporaryDirectory(prefix="vigie-pdf-") as scratch:  # a child that is ended cannot tidy up
        environment["TMPDIR"] = scratch
        try:
            done = subprocess.run(  # noqa: S603, this module itself
                command, input=order, capture_output=True, cwd=ROOT, env=environment, timeout=time_limit_s, check=False
            )
        except subprocess.TimeoutExpired:
            raise PdfTooLarge() from None
    if done.returncode == _WITHOUT_PANGO:
        raise PdfUnavailable(packages=PACKAGES)
    if done.returncode == _TOO_LARGE or done.returncode < 0:  # a limit of the system's ends it by a signal
        raise PdfTooLarge()
    if done.returncode:
        raise RuntimeError(f"no PDF: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


def _child(time_limit_s: int) -> int:
    _limit(time_limit_s)
    order = json.load(sys.stdin.buffer)
    if sys.platform == "linux":
        # Each of some twenty names that libraries have elsewhere would be looked for by compiler and linker; those that
        # they have here are loaded by name.
        ctypes.util.find_library = lambda name: None
    try:
        import weasyprint
    except OSError:
        return _WITHOUT_PANGO
    _hasten(weasyprint)
    try:
        pdf = _printed(weasyprint, order)
    except (MemoryError, RecursionError):
        return _TOO_LARGE
    sys.stdout.buffer.write(pdf)
    sys.stdout.flush()
    os._exit(0)  # taking all its objects apart would be a tenth of the work


def _limit(time_limit_s: int) -> None:
    with suppress(ImportError):  # there is no such thing on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
        resource.setrlimit(resource.RLIMIT_CPU, (time_limit_s, time_limit_s + 1))
        os.nice(NICENESS)


def _hasten(weasyprint: Any) -> None:
    """What takes a third of the time of a long report and changes nothing on its pages."""
    gc.disable()  # the process ends with its document; what it may take of memory is limited
    pydyf = weasyprint.pdf.pydyf
    pages: list[bytes] = []

    def page_references(pdf: Any) -> list[bytes]:
        """Once, not again for each tag; asked for when all pages are there."""
        if len(pages) != pdf.pages["Count"]:
            pages[:] = [f"{number} 0 R".encode() for number in pdf.pages["Kids"][::3]]
        return pages

    pydyf.PDF.page_references = property(page_references)
    # At the highest level, which it asks for, packing takes six times as long for an eighth less.
    pydyf.zlib = SimpleNamespace(**vars(zlib) | {"compressobj": lambda **_: zlib.compressobj(level=3)})


def _printed(weasyprint: Any, order: Mapping[str, Any]) -> bytes:
    fonts = {f"{FONT_ADDRESS}{name}": base64.b64decode(face) for name, face in order["fonts"].items()}

    class Fonts(weasyprint.urls.URLFetcher):  # type: ignore[misc]
        """Hands out the fonts of the order and refuses every other address."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            if url not in fonts:
                raise ValueError("nothing is fetched for a report")
            return weasyprint.urls.URLFetcherResponse(url, fonts[url], {"Content-Type": "font/woff2"})

    fetcher = Fonts()
    document = weasyprint.HTML(string=order["html"], base_url=None, url_fetcher=fetcher)
    history = weasyprint.Attachment(
        string=order["attachment"], name=ATTACHMENT, description="Vigie", relationship="Source", url_fetcher=fetcher
    )
    pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3a", attachments=[history])
    return pdf


if __name__ == "__main__":
    sys.exit(_child(int(sys.argv[1])))
