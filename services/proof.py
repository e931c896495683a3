"""What `audit verify` says: whether the history, its anchors and an exported PDF are what they were, in sentences."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from services import anchors, audit, i18n
from services.anchors import Anchor

Verdict = tuple[bool, str]  # whether it is intact, and the sentence that says so


def verdicts(locale: str, *, anchor: str | None = None, pdf: Path | None = None) -> Iterator[Verdict]:
    """One for the chain, one for `anchor` (a file or a value), one for the file `pdf`; nothing follows a broken one.

    Raises ValueError for an anchor that is none, OSError for a PDF that is not there.
    """
    kept = _anchors(anchor) if anchor else ()
    whole = _of_chain(locale)
    held = _of_anchors(kept, locale) if kept and whole[0] else None
    if held is not None and not held[0]:  # what is left is a whole chain: to say so would mislead
        yield held
        return
    yield whole
    if held is not None:
        yield held
    if pdf and whole[0]:
        yield _of_pdf(pdf, locale)


def _of_chain(locale: str) -> Verdict:
    report = audit.verify_chain()
    if report.broken_at is not None:
        return False, i18n.t("cli.chain_broken", locale, seq=report.broken_at, lines=report.lines)
    return True, i18n.t("cli.chain_intact", locale, lines=report.lines, head=report.head)


def _of_anchors(kept: Sequence[Anchor], locale: str) -> Verdict:
    report = anchors.check(kept)
    if report.broken is None:
        return True, i18n.t("cli.anchors_held", locale, n=report.anchors, seq=kept[-1].seq)
    if report.broken.seq > report.lines:
        return False, i18n.t("cli.anchor_cut", locale, seq=report.broken.seq, lines=report.lines)
    return False, i18n.t("cli.anchor_differs", locale, seq=report.broken.seq)


def _of_pdf(pdf: Path, locale: str) -> Verdict:
    from services.reports.verify import verify_pdf

    report = verify_pdf(pdf.read_bytes())
    return report.intact, i18n.t(f"cli.pdf.{report.finding}", locale, **report.params)


def _anchors(given: str) -> Sequence[Anchor]:
    """Those in what is given, or in the file of that name."""
    kept = anchors.read(given)
    if not kept and Path(given).is_file():
        kept = anchors.read(Path(given).read_text(encoding="utf-8", errors="replace"))
    if not kept:
        raise ValueError(f"{given}: neither a file with an anchor nor an anchor (LINE:HASH)")
    return kept
