"""`/admin/audit`: who did what, when, across everything; filters in the address; export; the chain (S144 to S146)."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse, StreamingResponse
from nicegui import app, ui

from data.vocabulary import Fact, Role
from services import audit_log, i18n, verification
from services.audit_log import BATCH, FORMATS, SYSTEM_WORD, Chain, Filters, Lines
from services.errors import DeskError, Invalid, Unauthenticated
from services.work import Actor
from ui import calls, session
from ui.components.audit_line import audit_line, fact_words, verdict
from ui.components.redrawn import Redrawn
from ui.declare import desk_page
from ui.elements import button, card, el, empty_state, icon, link_button, note
from ui.shell import frame, page_header
from ui.viewer import Viewer

PATH = "/admin/audit"
EXPORT = "/admin/audit/export"
FAR = 2**62
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@desk_page(PATH, roles=frozenset({Role.ADMIN}))
async def audit_page(
    viewer: Viewer,
    person: str = "",
    fact: str = "",
    incident: str = "",
    since: str = "",
    until: str = "",
    before: int = FAR,
) -> None:
    filters = Filters(person.strip(), fact.strip(), incident.strip(), since.strip(), until.strip())
    wrong: Mapping[str, str] = {}
    found = Lines((), None)
    place = before if 0 < before < FAR else None
    try:
        found = await calls.read(audit_log.page, viewer.actor, filters, viewer.zone, before=place)
    except Invalid as invalid:
        wrong = i18n.field_sentences(invalid, viewer.locale)
    people = await calls.read(audit_log.known_people, viewer.actor)
    chain = await calls.read(audit_log.chain_state, viewer.actor)
    title = viewer.t("nav.audit")
    with frame(viewer, title, current=PATH):
        with page_header(title):
            el("span", "vg-grow")
            for form in FORMATS:
                query = urlencode(filters.given() | {"form": form})
                link_button(viewer.t(f"audit.export_{form}"), f"{EXPORT}?{query}", icon="download")
        with el("div", "vg-pad vg-audit"):
            with el("div", "vg-audit__finder"):
                _finder(viewer, filters, people)
            with el("div", "vg-audit__side"):
                _ChainCard(viewer, chain)
            with el("div", "vg-audit__lines"):
                for sentence in wrong.values():
                    note(sentence, icon="error", kind="error", role="alert")
                if found.lines:
                    _lines(viewer, filters, found, place)
                elif not wrong:
                    with empty_state(viewer.t("audit.none"), viewer.t("audit.none_sub")):
                        link_button(viewer.t("audit.all"), PATH)


def _finder(viewer: Viewer, filters: Filters, people: Sequence[tuple[str, str]]) -> None:
    with el("form", "vg-auditform", method="get", action=PATH, role="search"):
        with _labelled(viewer.t("audit.person")):
            el(
                "input",
                "vg-input",
                type="search",
                name="person",
                value=filters.person,
                list="audit-people",
                autocomplete="off",
                data_key="/",
            )
        with el("datalist", id="audit-people"):
            el("option", "", viewer.t("event.system"), value=SYSTEM_WORD)
            for login, name in people:
                el("option", "", name, value=login)
        with _labelled(viewer.t("audit.what")), el("select", "vg-input", name="fact"):
            el("option", "", viewer.t("audit.any"), value="")
            for words, code in sorted((fact_words(viewer, each), each.value) for each in Fact):
                el("option", "", words, value=code, selected=True if code == filters.fact else None)
        with _labelled(viewer.t("audit.incident")):
            el(
                "input",
                "vg-input vg-mono",
                type="search",
                name="incident",
                value=filters.incident,
                placeholder="INC-20260101-000001",
                autocomplete="off",
            )
        for name, value in (("since", filters.since), ("until", filters.until)):
            with _labelled(viewer.t(f"audit.{name}")):
                el("input", "vg-input", type="date", name=name, value=value)
        with el("div", "vg-row"):
            with el("button", "vg-btn vg-btn--primary", type="submit"):
                icon("search")
                el("span", "", viewer.t("audit.find"))
            if filters.given():
                link_button(viewer.t("audit.all"), PATH, kind="quiet")


def _labelled(text: str) -> ui.element:
    """A label whose block holds its input."""
    made = el("label", "vg-auditform__field")
    with made:
        el("span", "", text)
    return made


def _lines(viewer: Viewer, filters: Filters, found: Lines, place: int | None) -> None:
    with card(), el("ol", "vg-tl", aria_label=viewer.t("audit.lines")):
        for line in found.lines:
            audit_line(viewer, line)
    with el("nav", "vg-pages", aria_label=viewer.t("audit.pages")):
        if place is not None:
            link_button(viewer.t("audit.newest"), _address(filters, None))
        if found.before is not None:
            link_button(viewer.t("audit.older"), _address(filters, found.before), icon="arrow_downward")


def _address(filters: Filters, before: int | None) -> str:
    query = filters.given() | ({"before": str(before)} if before is not None else {})
    return f"{PATH}?{urlencode(query)}" if query else PATH


class _ChainCard:
    """The chain's end, its last verification, and a button that verifies it now."""

    def __init__(self, viewer: Viewer, chain: Chain) -> None:
        self._viewer, self._chain = viewer, chain
        with card(viewer.t("audit.chain"), icon="verified"), el("div", "vg-stack vg-stack--s"):
            self._state = Redrawn(self._draw, aria_live="polite")
            self._state.show(chain, verification.progress())
            with el("div", "vg-row"):
                button(viewer.t("audit.verify"), icon="verified", on_click=self._verify)

    def _draw(self, chain: Chain, progress: verification.Progress) -> None:
        viewer = self._viewer
        el("p", "", viewer.t("audit.head", n=chain.lines))
        el("p", "vg-muted vg-mono vg-audit__hash", chain.head)
        if progress.running:
            share = progress.done / progress.total if progress.total else 0
            text = viewer.t("audit.verifying", share=int(share * 100))
            el("progress", "vg-audit__bar", value=str(progress.done), max=str(progress.total), aria_label=text)
            el("p", "vg-muted", text)
        elif progress.failed:
            note(viewer.t("audit.failed"), icon="error", kind="error")
        elif chain.verified is None:
            el("p", "vg-muted", viewer.t("audit.never"))
        else:
            by = chain.verified.actor.name if chain.verified.actor else viewer.t("event.system")
            at = viewer.full_date(chain.verified.at)
            broken = chain.verified.details.get("broken_at") is not None
            sentence = f"{verdict(viewer, chain.verified)} {viewer.t('audit.verified', by=by, at=at)}"
            note(sentence, icon="error" if broken else "check_circle", kind="error" if broken else "success")

    async def _verify(self) -> None:
        # Neither on a reader's thread nor on the writer's: it takes long, and others wait for those.
        work = asyncio.create_task(asyncio.to_thread(verification.verify, self._viewer.actor, self._chain.lines))
        while not work.done():
            await asyncio.wait([work], timeout=0.5)
            self._state.show(self._chain, verification.progress())
        if (fault := work.exception()) is not None and not isinstance(fault, DeskError):
            raise fault
        self._chain = await calls.read(audit_log.chain_state, self._viewer.actor)
        self._state.show(self._chain, verification.progress())


@app.get(EXPORT, include_in_schema=False)
async def export(
    request: Request,
    form: str = "csv",
    person: str = "",
    fact: str = "",
    incident: str = "",
    since: str = "",
    until: str = "",
) -> Response:
    """The lines that match as a file, streamed; the history says who has exported what."""
    try:
        viewer = session.viewer_of(request, *await session.who(request))
    except Unauthenticated:
        return RedirectResponse("/login", 303)
    form = form if form in FORMATS else FORMATS[0]
    filters = Filters(person, fact, incident, since, until)
    try:
        before = await calls.write(audit_log.begin_export, viewer.actor, filters, viewer.zone, form)
    except Invalid as invalid:
        return PlainTextResponse(" ".join(i18n.field_sentences(invalid, viewer.locale).values()), invalid.status)
    except DeskError as refusal:
        return PlainTextResponse(i18n.error_sentence(refusal, viewer.locale), refusal.status)
    headers = {"Content-Disposition": f'attachment; filename="audit.{form}"', "Cache-Control": "no-store"}
    pieces = _pieces(viewer.actor, filters, viewer, before, form)
    return StreamingResponse(pieces, media_type=TYPES[form], headers=headers)


async def _pieces(actor: Actor, filters: Filters, viewer: Viewer, before: int | None, form: str) -> AsyncIterator[str]:
    first = True
    while before is not None:
        found = await calls.read(audit_log.page, actor, filters, viewer.zone, before=before, limit=BATCH)
        yield await calls.read(audit_log.exported, found.lines, form, first=first)
        before, first = found.before, False
    yield audit_log.export_end(form)
