"""What surrounds every page: rail, phone bar, help sheet, toasts, live region, lost-connection banner."""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui
from nicegui.element import Element

from data.vocabulary import Role
from services import people
from services.i18n import t
from services.permissions import EVERYBODY, TEAM_ROLES
from ui.calls import perform
from ui.components.badge import avatar
from ui.components.clock import Clock
from ui.components.toasts import Toasts
from ui.dress import dress, other_theme
from ui.elements import el, icon
from ui.help_sheet import help_sheet
from ui.session import HOME, HOMES
from ui.theme import asset
from ui.viewer import Theme, Viewer


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A line of the rail. `roles` only decides who sees it: the page behind it asks the services."""

    text: str
    path: str
    icon: str
    roles: frozenset[Role] = EVERYBODY
    counted: bool = False
    key: str | None = None


# A group is drawn when one of its entries is: a later page is one line here.
NAV: tuple[tuple[str, tuple[NavEntry, ...]], ...] = (
    (
        "nav.itsm",
        (
            NavEntry("nav.incidents", HOME, "crisis_alert", TEAM_ROLES, counted=True),
            NavEntry("nav.new_incident", f"{HOME}/new", "add_circle", TEAM_ROLES, key="c"),
            NavEntry("nav.my", HOMES[Role.REQUESTER], "support", frozenset({Role.REQUESTER})),
        ),
    ),
    ("nav.admin", ()),
)


@contextmanager
def frame(viewer: Viewer, title: str, *, current: str = "", open_count: int | None = None) -> Iterator[Element]:
    """The page of a signed-in person; the block fills its main part.

    `current` is the path of the rail's line that is lit, `open_count` what stands beside « Incidents » at first: the
    list's component keeps it current through the kit's `setOpenCount`.
    """
    dress(title, locale=viewer.locale, theme=viewer.theme, zone=viewer.zone)
    Clock(time.time())
    el("a", "vg-skip", viewer.t("nav.skip"), href="#content")
    with el("div", "vg-shell"):
        _phone_bar(viewer)
        _rail(viewer, current, open_count)
        el("div", "vg-scrim", data_menu_close="")
        main = el("main", "vg-main", id="content", tabindex=-1)
    ui.add_body_html(help_sheet(viewer.locale))
    Toasts()
    with main:
        yield main


@contextmanager
def bare(title: str, *, locale: str, theme: Theme, zone: ZoneInfo, classes: str = "") -> Iterator[Element]:
    """A page without rail: sign-in, set-up, what went wrong."""
    dress(title, locale=locale, theme=theme, zone=zone)
    Clock(time.time())
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


def live_dot(locale: str) -> Element:
    """« En direct », which the lost connection turns into « Hors ligne » by itself."""
    with el("span", "vg-live") as made:
        el("span", "vg-live__on", t("board.live", locale))
        el("span", "vg-live__off", t("state.offline", locale))
    return made


def crumb(viewer: Viewer, here: str, *, reference: bool = False) -> Element:
    """« ← Incidents / here »; the block adds what stands at its right."""
    with el("div", "vg-crumb") as made, el("nav", "vg-row", aria_label=viewer.t("nav.breadcrumb")):
        with el("a", "", href=home_of(viewer)):
            icon("arrow_back")
            el("span", "", viewer.t("nav.my" if viewer.role is Role.REQUESTER else "nav.incidents"))
        el("span", "vg-crumb__sep", "/", aria_hidden=True)
        # A reference stands above the incident's title; any other name is the page's heading.
        tag, classes = ("span", "vg-crumb__ref") if reference else ("h1", "vg-crumb__here")
        el(tag, classes, here, aria_current="page")
    return made


def _phone_bar(viewer: Viewer) -> None:
    with el("header", "vg-topbar"):
        brand(viewer.locale, href=home_of(viewer))
        with _rail_button(
            "vg-topbar__menu", viewer.t("nav.menu"), data_menu_open="", aria_expanded=False, aria_controls="vg-rail"
        ):
            icon("menu")


def _rail(viewer: Viewer, current: str, open_count: int | None) -> None:
    with el("nav", "vg-rail", id="vg-rail", aria_label=viewer.t("nav.label")):
        brand(viewer.locale, href=home_of(viewer))
        for group, entries in NAV:
            shown = [entry for entry in entries if viewer.role in entry.roles]
            if shown:
                el("div", "vg-rail__group", viewer.t(group))
            for entry in shown:
                _entry(viewer, entry, current == entry.path, open_count)
        el("div", "vg-rail__space")
        with _rail_button("vg-rail__item", data_help="", title=viewer.t("nav.shortcuts")):
            icon("keyboard")
            el("span", "", viewer.t("nav.shortcuts"))
        _switches(viewer)
        with el("div", "vg-rail__me"):
            with el("a", "vg-rail__account", href="/me", title=viewer.t("me.title")):
                avatar(viewer.person, size=30)
                with el("div", "vg-rail__who"):
                    el("b", "", viewer.name)
                    el("small", "", viewer.team.name if viewer.team else viewer.t(f"role.{viewer.role}"))
            with (
                el("form", "", method="post", action="/session/end"),
                el(
                    "button",
                    "vg-rail__out",
                    type="submit",
                    aria_label=viewer.t("nav.logout"),
                    title=viewer.t("nav.logout"),
                ),
            ):
                icon("logout")


def _entry(viewer: Viewer, entry: NavEntry, lit: bool, open_count: int | None) -> None:
    with el(
        "a",
        "vg-rail__item",
        href=entry.path,
        title=viewer.t(entry.text),
        aria_current="page" if lit else None,
        data_key=None if lit else entry.key,
    ):
        icon(entry.icon)
        el("span", "", viewer.t(entry.text))
        if entry.counted:
            el("b", "", "" if open_count is None else str(open_count), data_open_count="")


def _switches(viewer: Viewer) -> None:
    theme = other_theme(viewer.theme)
    name = viewer.t("nav.theme_dark" if theme == "dark" else "nav.theme_light")
    with _rail_button("vg-rail__item", title=name, on_click=lambda: prefer(viewer, theme=theme)):
        icon("dark_mode" if theme == "dark" else "light_mode")
        el("span", "", name)
    locale = "en" if viewer.locale == "fr" else "fr"
    other = viewer.t("nav.language_other")
    with _rail_button("vg-rail__item", title=other, lang=locale, on_click=lambda: prefer(viewer, locale=locale)):
        icon("translate")
        el("span", "", other)


def _rail_button(
    classes: str,
    name: str | None = None,
    *,
    on_click: Callable[[], Awaitable[None]] | None = None,
    **attributes: Any,
) -> Element:
    made = el("button", classes, type="button", aria_label=name, **attributes)
    if on_click:
        made.on("click", on_click, [])
    return made


async def prefer(viewer: Viewer, *, locale: str | None = None, theme: Theme | None = None) -> None:
    """The choice is kept with the account, and the same page is drawn anew without what its address said about it."""
    path = ui.context.client.request.url.remove_query_params(["lang", "theme"])
    await perform(viewer, people.prefer, viewer.actor, locale=locale, theme=theme)
    ui.navigate.to(f"{path.path}?{path.query}" if path.query else path.path)
