"""What surrounds every page: rail, help sheet, toasts, live region, lost-connection banner."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui
from nicegui.element import Element

from data.vocabulary import Role
from services import people
from services.i18n import labels, t
from services.permissions import EVERYBODY, TEAM_ROLES
from ui import bells, facts, live
from ui.calls import perform
from ui.components.rail import Rail
from ui.components.toasts import Toasts
from ui.dress import dress, other_theme
from ui.elements import el, icon
from ui.help_sheet import help_sheet
from ui.session import HOME, HOMES, PHONE
from ui.theme import asset
from ui.viewer import Theme, Viewer


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A line of the rail. `roles` only decides who sees it: the page behind it asks the services. What is `apart`
    leads nowhere else, and opens in a tab of its own."""

    text: str
    path: str
    icon: str
    roles: frozenset[Role] = EVERYBODY
    counted: bool = False
    apart: bool = False
    key: str | None = None


REQUESTERS = frozenset({Role.REQUESTER})

# A group is drawn when one of its entries is: a later page is one line here.
NAV: tuple[tuple[str, tuple[NavEntry, ...]], ...] = (
    (
        "nav.itsm",
        (
            NavEntry("nav.incidents", HOME, "crisis_alert", TEAM_ROLES, counted=True),
            NavEntry("nav.new_incident", f"{HOME}/new", "add_circle", TEAM_ROLES, key="c"),
            NavEntry("report.title", "/reports", "bar_chart", TEAM_ROLES),
            NavEntry("display.title", "/wall", "tv", TEAM_ROLES, apart=True),
            NavEntry("nav.portal", HOMES[Role.REQUESTER], "support", TEAM_ROLES),
            NavEntry("new.declare", f"{HOMES[Role.REQUESTER]}#declare", "add_circle", REQUESTERS, key="c"),
            NavEntry("nav.my", HOMES[Role.REQUESTER], "support", REQUESTERS),
            NavEntry("nav.search", "/search", "search", key="/"),
            NavEntry("nav.phone", PHONE, "smartphone", TEAM_ROLES),  # drawn on phones only
        ),
    ),
    (
        "nav.cmdb",
        (
            NavEntry("cmdb.assets", "/cmdb/assets", "dns", TEAM_ROLES),
            NavEntry("cmdb.applications", "/cmdb/applications", "deployed_code", TEAM_ROLES),
            NavEntry("cmdb.employees", "/cmdb/employees", "badge", TEAM_ROLES),
            NavEntry("cmdb.clients", "/cmdb/clients", "domain", TEAM_ROLES),
        ),
    ),
    (
        "nav.admin",
        (
            NavEntry("nav.audit", "/admin/audit", "policy", frozenset({Role.ADMIN})),
            NavEntry("nav.users", "/admin/users", "manage_accounts", frozenset({Role.ADMIN})),
            NavEntry("nav.teams", "/admin/teams", "groups", frozenset({Role.ADMIN})),
            NavEntry("nav.sla", "/admin/sla", "timer", TEAM_ROLES),
            NavEntry("templates.title", "/admin/templates", "description", frozenset({Role.DISPATCHER, Role.ADMIN})),
            NavEntry("mail.title", "/admin/mail", "mail", frozenset({Role.DISPATCHER, Role.ADMIN})),
            NavEntry("nav.channels", "/admin/channels", "campaign", frozenset({Role.ADMIN})),
            NavEntry("nav.displays", "/admin/displays", "connected_tv", frozenset({Role.ADMIN})),
            NavEntry("nav.settings", "/admin/settings", "settings", frozenset({Role.ADMIN})),
        ),
    ),
)


@contextmanager
def frame(viewer: Viewer, title: str, *, current: str = "") -> Iterator[Element]:
    """The page of a signed-in person; the block fills its main part.

    `current` is the path of the rail's line that is lit. Beside « Incidents » stands how many are open as the page is
    opened: from the board's rows, which are here already, so it costs no query. The list keeps it current through the
    kit's `setOpenCount`; a message to every other page at each change would cost all who look at something else.
    """
    ui.add_body_html(_skip(viewer.locale))
    dress(title, locale=viewer.locale, theme=viewer.theme, zone=viewer.zone, keys=viewer.single_keys)
    with el("div", "vg-shell"):
        rail = _rail(viewer, current)
        main = el("main", "vg-main", id="content", tabindex=-1)
    ui.add_body_html(help_sheet(viewer.locale, viewer.role in TEAM_ROLES))
    Toasts()

    rail.count(bells.join(ui.context.client, viewer.user_id, rail.count))
    with main:
        yield main


@contextmanager
def bare(title: str, *, locale: str, theme: Theme, zone: ZoneInfo, classes: str = "") -> Iterator[Element]:
    """A page without rail: sign-in, set-up, what went wrong."""
    dress(title, locale=locale, theme=theme, zone=zone)
    main = el("main", classes, id="content", tabindex=-1)
    Toasts()
    with main:
        yield main


def home_of(viewer: Viewer) -> str:
    """Where this person's pages begin."""
    return HOMES.get(viewer.role, HOME)


def brand(locale: str, *, large: bool = False, href: str | None = None) -> Element:
    """The logo and the name."""
    with el("a" if href else "div", f"vg-brand {'vg-brand--l' if large else ''}", href=href) as made:
        el("img", "", src=asset("logo.svg"), alt="", width=34, height=34)
        el("span", "", t("app.name", locale))
    return made


def page_header(title: str) -> Element:
    """The head of a page: its title, then what the block adds (live dot, views, the first action)."""
    with el("header", "vg-top") as made:
        el("h1", "vg-h1", title)
    return made


def headed_crumb(viewer: Viewer, here: str, up: tuple[str, str]) -> None:
    """« ← Assets », as (name, address), and below it the page's heading."""
    with el("div", "vg-crumb vg-crumb--headed"), el("nav", "vg-row", aria_label=viewer.t("nav.breadcrumb")):
        _way_up(*up)
    el("h1", "vg-h1 vg-crumb__title", here)


def crumb(viewer: Viewer, here: str, *, reference: bool = False) -> Element:
    """« ← Incidents / here »; the block adds what stands at its right."""
    mine = viewer.role is Role.REQUESTER
    with el("div", "vg-crumb") as made, el("nav", "vg-row", aria_label=viewer.t("nav.breadcrumb")):
        _way_up(viewer.t("nav.my" if mine else "nav.incidents"), home_of(viewer))
        el("span", "vg-crumb__sep", "/", aria_hidden=True)
        # A reference stands above the incident's title; any other name is the page's heading.
        tag, classes = ("span", "vg-crumb__ref") if reference else ("h1", "vg-crumb__here")
        el(tag, classes, here, aria_current="page")
    return made


def _way_up(name: str, address: str) -> None:
    with el("a", "", href=address):
        icon("arrow_back")
        el("span", "", name)


@cache
def _skip(locale: str) -> str:
    return f'<a class="vg-skip" href="#content">{escape(t("nav.skip", locale))}</a>'


def _rail(viewer: Viewer, current: str) -> Rail:
    own = {
        "current": current,
        "open": live.hub.open_count if viewer.role in TEAM_ROLES else None,
        "theme": other_theme(viewer.theme),
        "me": {
            "id": viewer.user_id,
            "name": viewer.name,
            "of": viewer.team.name if viewer.team else viewer.t(f"role.{viewer.role}"),
        },
    }
    return Rail(viewer, own, lambda wish: prefer(viewer, locale=wish.get("locale"), theme=wish.get("theme")))


@facts.shared("rail")
def _facts(locale: str, role: str) -> Mapping[str, Any]:
    """The lines that somebody of the role sees, and every text."""
    groups = [_group(locale, Role(role), group, entries) for group, entries in NAV]
    return {
        "brand": {"href": HOMES.get(Role(role), HOME), "logo": asset("logo.svg"), "name": t("app.name", locale)},
        "groups": [group for group in groups if group["entries"]],
        "locale": "en" if locale == "fr" else "fr",
        "texts": {
            "label": t("nav.label", locale),
            "menu": t("nav.menu", locale),
            "apart": t("new.new_tab", locale),
            "bell": t("notification.title", locale),
            "shortcuts": t("nav.shortcuts", locale),
            "theme_dark": t("nav.theme_dark", locale),
            "theme_light": t("nav.theme_light", locale),
            "language": t("nav.language_other", locale),
            "account": t("me.title", locale),
            "logout": t("nav.logout", locale),
            **labels(locale, "notification.unread"),
        },
    }


def _group(locale: str, role: Role, text: str, entries: Iterable[NavEntry]) -> dict[str, Any]:
    shown = [
        {
            "text": t(entry.text, locale),
            "path": entry.path,
            "icon": entry.icon,
            "key": entry.key,
            "counted": entry.counted,
            "apart": entry.apart,
        }
        for entry in entries
        if role in entry.roles
    ]
    # Who has one group needs no name for it, and whoever reports a trouble no word of ITIL.
    return {"text": None if role is Role.REQUESTER else t(text, locale), "entries": shown}


async def prefer(
    viewer: Viewer, *, locale: str | None = None, theme: Theme | None = None, single_keys: bool | None = None
) -> None:
    """The choice is kept with the account, and the same page is drawn anew without what its address said about it."""
    path = ui.context.client.request.url.remove_query_params(["lang", "theme"])
    await perform(viewer, people.prefer, viewer.actor, locale=locale, theme=theme, single_keys=single_keys)
    ui.navigate.to(f"{path.path}?{path.query}" if path.query else path.path)
