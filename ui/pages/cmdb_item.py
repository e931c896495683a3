"""`/cmdb/assets/{id}` and the like: an item, its incidents, whom it hurts; of an application also how available it was
and what was changed on it (S74, S77, S78, S80, S81)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from nicegui import ui

from data.vocabulary import ItemKind
from services import cmdb, i18n, impact
from services.errors import DeskError, Invalid, NotFound
from services.impact import RECURRENT, Impact, Mention
from services.views import ChangeView, ItemView
from ui import calls
from ui.components.badge import priority_badge, status_pill
from ui.components.history_line import moment
from ui.components.toasts import toast
from ui.declare import desk_page
from ui.dialog import confirmation
from ui.dialogs.item import ItemDialog
from ui.elements import button, card, el, empty_state, link_button, set_attributes
from ui.fields import show_errors, text_area, text_field
from ui.pages.cmdb import shown_value
from ui.report_text import rounded_down
from ui.shell import frame, headed_crumb
from ui.viewer import Viewer

PERIODS = (7, 30, 90)


def _page_of(kind: ItemKind) -> None:
    @desk_page(f"/cmdb/{kind}/{{item_id}}")
    async def item_page(viewer: Viewer, item_id: int, days: int = 30) -> None:
        up = (viewer.t(f"cmdb.{kind}"), f"/cmdb/{kind}")
        try:
            item = await calls.read(cmdb.get, viewer.actor, kind, item_id)
        except NotFound:
            _unknown(viewer, up)
            return
        story = await calls.read(impact.story, viewer.actor, kind, item_id)
        count = await calls.read(impact.recent_count, viewer.actor, kind, item_id)
        hurt = await calls.read(impact.impact, viewer.actor, item)
        with frame(viewer, item.name, current=f"/cmdb/{kind}"):
            headed_crumb(viewer, item.name, up)
            with el("div", "vg-icols"):
                with el("div", "vg-stack") as left:
                    if kind is ItemKind.APPLICATIONS:
                        period = days if days in PERIODS else 30
                        await _availability(viewer, item, period)
                    _impact(viewer, kind, hurt)
                    _story(viewer, story, count)
                    if kind is ItemKind.APPLICATIONS:
                        _changes(viewer, item, await calls.read(impact.changes, viewer.actor, [item.id]))
                with el("aside", "", aria_label=viewer.t("cmdb.facts")):
                    _facts(viewer, item, left)
                    _relations(viewer, item)


def _unknown(viewer: Viewer, up: tuple[str, str]) -> None:
    ui.context.client.status_code = 404
    title, sub = viewer.t("cmdb.unknown"), viewer.t("cmdb.unknown_sub")
    with frame(viewer, title), empty_state(title, sub, heading="h1", classes="vg-empty--page"):
        link_button(up[0], up[1], icon="arrow_back")


def _story(viewer: Viewer, story: Sequence[Mention], count: int) -> None:
    made = card(viewer.t("cmdb.incidents"), icon="crisis_alert")
    assert made.head is not None
    with made.head:
        tag = "vg-tag vg-tag--risk" if count >= RECURRENT else "vg-tag"
        el("span", tag, viewer.t("cmdb.in_30_days", n=count))
    with made:
        if not story:
            el("p", "vg-muted", viewer.t("cmdb.no_incident"))
        with el("ul", "vg-story"):
            for each in story:
                with el("li"):
                    priority_badge(each.priority)
                    with el("span", "vg-grow"):
                        el("a", "", each.title, href=f"/incidents/{each.reference}")
                        with el("small"):
                            el("span", "vg-mono", each.reference)
                            moment(viewer, each.created_at)
                    status_pill(each.status)


def _impact(viewer: Viewer, kind: ItemKind, hurt: Impact) -> None:
    """asset → applications → clients and employees (S74)."""
    if kind not in (ItemKind.ASSETS, ItemKind.APPLICATIONS):
        return
    steps = {
        ItemKind.APPLICATIONS: hurt.applications,
        ItemKind.CLIENTS: hurt.clients,
        ItemKind.EMPLOYEES: hurt.employees,
    }
    with card(viewer.t("cmdb.impact"), icon="account_tree"):
        if not any(steps.values()):
            el("p", "vg-muted", viewer.t("cmdb.impact_none"))
            return
        with el("div", "vg-flow"):
            for other, items in steps.items():
                if items:
                    with el("div"):
                        el("h3", "", viewer.t(f"cmdb.{other}"))
                        with el("ul"):
                            for item_id, name in items:
                                with el("li"):
                                    el("a", "vg-link", name, href=f"/cmdb/{other}/{item_id}")


async def _availability(viewer: Viewer, item: ItemView, days: int) -> None:
    now = datetime.now(UTC)
    start = now - timedelta(days=days)
    found = await calls.read(impact.availability, viewer.actor, item.id, start=start, end=now)
    made = card(viewer.t("cmdb.availability"), icon="monitoring")
    assert made.head is not None
    with made.head, el("div", "vg-seg"):
        for period in PERIODS:
            href = f"/cmdb/applications/{item.id}?days={period}"
            el("a", "", viewer.t("cmdb.days", n=period), href=href, aria_current=True if period == days else None)
    with made:
        el("p", "vg-figure", rounded_down(found.share, viewer.locale))
        down = i18n.duration(found.down_s, viewer.locale, with_seconds=False)
        el("p", "vg-muted", viewer.t("cmdb.down", n=len(found.references), t=down))
        with el("p", "vg-tokens"):
            for reference in found.references:
                el("a", "vg-link vg-mono", reference, href=f"/incidents/{reference}")


def _changes(viewer: Viewer, item: ItemView, log: Sequence[ChangeView]) -> None:
    t = viewer.t
    with card(t("cmdb.changes"), icon="history"):
        with el("div", "vg-stack", data_submit_area=""):
            fields = {
                "day": text_field(t("cmdb.field.day"), locale=viewer.locale, value=_today(viewer).isoformat()),
                "summary": text_area(t("cmdb.field.summary"), locale=viewer.locale),
            }
            set_attributes(fields["day"].control, type="date")

            async def note() -> None:
                try:
                    day = date.fromisoformat(fields["day"].value or "")
                except ValueError:
                    day = None
                try:
                    await calls.write(
                        impact.note_change, viewer.actor, item.id, day=day, summary=fields["summary"].value
                    )
                except Invalid as refusal:
                    show_errors(fields, i18n.field_sentences(refusal, viewer.locale))
                except DeskError as refusal:
                    toast(i18n.error_sentence(refusal, viewer.locale), error=True)
                else:
                    ui.navigate.reload()

            with el("div"):
                button(t("cmdb.note_change"), icon="add", submit=True, on_click=note)
        if not log:
            el("p", "vg-muted", t("cmdb.no_change"))
        with el("ul", "vg-changes"):
            for each in log:
                with el("li"):
                    el("time", "", i18n.day_date(each.day, viewer.locale), datetime=each.day.isoformat())
                    el("span", "vg-muted", each.author)
                    el("p", "", each.summary)


def _today(viewer: Viewer) -> date:
    return datetime.now(UTC).astimezone(viewer.zone).date()


def _facts(viewer: Viewer, item: ItemView, place: ui.element) -> None:
    t, kind = viewer.t, item.kind

    async def changed(_: ItemView) -> None:
        ui.navigate.reload()

    async def remove() -> None:
        if await calls.perform(viewer, _removed, viewer, item):
            ui.navigate.to(f"/cmdb/{kind}")

    def ask_removal() -> None:
        title = t("cmdb.delete_title", name=item.name)
        with place:
            confirmation(title, t("cmdb.delete_help"), confirm=t("cmdb.delete"), locale=viewer.locale, act=remove)

    def change() -> None:
        with place:
            ItemDialog(viewer, kind, item, changed).open()

    with card(t("cmdb.facts"), icon="info"):
        with el("dl", "vg-props"):
            for name in (*item.fields, *item.references):
                if name not in ("name", "template", "template_subject") and (value := shown_value(viewer, item, name)):
                    el("dt", "", t(f"cmdb.field.{name}"))
                    el("dd", "", value)
        if template := item.fields.get("template"):
            el("h3", "vg-links__kind", t("cmdb.field.template"))
            if subject := item.fields.get("template_subject"):
                el("p", "", subject)
            el("p", "vg-text", template)
        with el("div", "vg-row vg-row--wrap vg-props__acts"):
            button(t("cmdb.change"), icon="edit", small=True, on_click=change)
            button(t("cmdb.delete"), icon="delete", kind="quiet", small=True, on_click=ask_removal)


def _removed(viewer: Viewer, item: ItemView) -> bool:
    cmdb.remove(viewer.actor, item.kind, item.id)
    return True


def _relations(viewer: Viewer, item: ItemView) -> None:
    for other, related in item.relations.items():
        if related:
            with card(viewer.t(f"cmdb.relation.{item.kind}_{other}")), el("ul", "vg-related"):
                for item_id, name in related:
                    with el("li"):
                        el("a", "vg-link", name, href=f"/cmdb/{other}/{item_id}")


for _kind in ItemKind:
    _page_of(_kind)
