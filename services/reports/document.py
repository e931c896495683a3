"""A report as HTML for print. Pure: a constant template, every text of a person escaped or cleaned Markdown (D10)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from services import markdown
from services.explanation import explain
from services.i18n import duration, file_size, full_date, stamp, t
from services.reports.history import HistoryReport
from services.reports.wording import Said, said
from services.views import EntryView, IndicatorView, PersonView

PAPER = Path(__file__).parent / "paper"


def html(report: HistoryReport, locale: str, zone: ZoneInfo) -> str:
    """The whole document in `locale`, instants to the second as seen in `zone`; its only addresses are of fonts."""

    def text(key: str, **params: object) -> str:
        return t(key, locale, **params)

    def at(instant: datetime) -> str:
        return full_date(instant, locale, zone, to_the_second=True)

    def short(instant: datetime) -> str:
        return stamp(instant, locale, zone)

    def told(entry: EntryView) -> Said:
        line = said(entry, locale, zone)
        return line if entry.actor is None else replace(line, who=named(entry.actor))

    def named(person: PersonView) -> str:
        own = person.id == report.incident.requester.id
        return person.name if report.whole or own else text("portal.it_person", name=person.name)

    return _template().render(
        report=report,
        incident=report.incident,
        locale=locale,
        zone=zone.key,
        css=_ours("print.css"),
        logo=_ours("logo.svg"),
        qr=_qr(report),
        t=text,
        at=at,
        short=short,
        rich=_rich,
        size=lambda size: file_size(size, locale),
        state=_state,
        span=lambda seconds: duration(seconds, locale, with_seconds=False),
        said=told,
        by=named(report.by) if report.by else text("event.system"),
        explain=lambda cycle: explain(cycle, locale, zone),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(PAPER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("incident.html")


def _ours(name: str) -> Markup:
    return Markup((PAPER / name).read_text("utf-8"))  # noqa: S704, a file of this folder


def _rich(text: str, mentions: Mapping[str, str] | None = None) -> Markup:
    return Markup(markdown.to_html(text, mentions))  # noqa: S704, cleaned there


def _qr(report: HistoryReport) -> Markup:
    """What a phone reads: the reference, and place and hash of the chain's head."""
    code = segno.make(f"VIGIE {report.incident.reference} {report.head_seq} {report.head_hash}", error="m", micro=False)
    return Markup(code.svg_inline(scale=2, border=4))  # noqa: S704, squares and nothing else


def _state(clock: IndicatorView) -> str:
    """The word below `sla.` for a clock."""
    if clock.met_at is not None:
        return "met" if clock.respected else "missed"
    return {"green": "ok", "orange": "risk", "red": "breached", "paused": "paused"}[clock.light]
