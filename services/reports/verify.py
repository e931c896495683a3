"""An exported PDF against the database that it came from (contract, `audit verify --pdf`; S143)."""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from data.models import History
from data.queries import history, incidents, people
from data.vocabulary import Fact, Visibility
from services.comments import digest_of
from services.reports.history import FORMAT
from services.reports.render import ATTACHMENT
from services.work import SYSTEM, Reading, look


@dataclass(frozen=True, slots=True)
class PdfReport:
    """`finding` is a key below `cli.pdf.`: "intact", or the first thing that does not fit; `params` say where."""

    finding: str
    params: Mapping[str, Any]

    @property
    def intact(self) -> bool:
        return self.finding == "intact"


def verify_pdf(pdf: bytes) -> PdfReport:
    """Whether the PDF is a file that this desk exported, and its history is the database's, line by line.

    The chain itself is for `audit.verify_chain`.
    """
    try:
        told = _attached(pdf)
    except (PyPdfError, ValueError, KeyError, OSError, RecursionError):
        return PdfReport("unreadable", {})
    try:
        with look(SYSTEM) as reading:
            return _Check(reading, told).finding(hashlib.sha256(pdf).hexdigest())
    except (KeyError, TypeError, AttributeError, ValueError):  # JSON of another shape
        return PdfReport("unreadable", {})


def _attached(pdf: bytes) -> dict[str, Any]:
    found = PdfReader(io.BytesIO(pdf)).attachments[ATTACHMENT]
    told = json.loads(found[0])
    if not isinstance(told, dict) or told["format"] != FORMAT:
        raise ValueError(ATTACHMENT)
    return told


class _Check:
    def __init__(self, reading: Reading, told: dict[str, Any]) -> None:
        self.session, self.told = reading.session, told
        self.logins = {user.id: user.login for user in people.users(reading.session)}

    def finding(self, digest: str) -> PdfReport:
        told, reference = self.told, str(self.told["reference"])
        incident = incidents.by_reference(self.session, reference)
        if incident is None or incident.id is None:
            return PdfReport("unknown", {"reference": reference})
        head = told["head"]
        last = next(iter(history.after(self.session, int(head["seq"]) - 1, limit=1)), None)
        if last is None or (last.seq, last.hash) != (head["seq"], head["hash"]):
            return PdfReport("line", {"seq": head["seq"]})
        whole = told["scope"] == "team"
        stored = history.of_incident(self.session, incident.id, public_only=not whole)
        lines = {line.seq: line for line in stored if line.seq <= head["seq"]}
        given = {line["seq"]: line for line in told["lines"]}
        for seq in sorted(lines.keys() | given.keys()):
            if seq not in lines or seq not in given or not self._same(lines[seq], given[seq], whole):
                return PdfReport("line", {"seq": seq})
        if (wrong := self._wrong_comment(lines, whole)) is not None:
            return PdfReport("comment", {"id": wrong})
        if not any(
            json.loads(line.details)["sha256"] == digest
            for line, _ in history.facts_of_incident(self.session, incident.id, (Fact.REPORT_EXPORTED,))
        ):
            return PdfReport("file", {"reference": reference})
        return PdfReport("intact", {"reference": reference, "lines": len(lines), "seq": head["seq"]})

    def _same(self, line: History, given: Mapping[str, Any], whole: bool) -> bool:
        """Whether a line is told as it is stored; a requester's may leave details out, never change one."""
        stored, details = json.loads(line.details), given["details"]
        return (
            (given["hash"], given["at"], given["fact"]) == (line.hash, line.at.isoformat(), line.fact)
            and given["public"] is line.public
            and given["actor"] == self.logins.get(line.actor_id)
            and (details == stored if whole else details.items() <= stored.items())
        )

    def _wrong_comment(self, lines: Mapping[int, History], whole: bool) -> Any:
        """The first comment that is not what the history says it is: missing, added, or other words."""
        said = [json.loads(line.details) for line in lines.values() if line.fact is Fact.COMMENTED]
        expected = {each["comment"]: each for each in said if whole or each["visibility"] == Visibility.PUBLIC}
        given = {each["id"]: each for each in self.told["comments"]}
        for key in sorted(expected.keys() | given.keys()):
            if key not in expected or key not in given:
                return key
            stood = incidents.comment(self.session, key)
            author = self.logins.get(stood.author_id) if stood else None
            if (digest_of(given[key]["body"]), given[key]["visibility"], given[key]["author"]) != (
                expected[key]["sha256"],
                expected[key]["visibility"],
                author,
            ):
                return key
        return None
