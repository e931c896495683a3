"""`/admin/displays`: the screens on the walls; pairing one by the code that it shows, changing it, revoking it (B2)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from nicegui import ui
from nicegui.element import Element

from data.vocabulary import Role
from services import displays, i18n, people
from services.displays import DisplayView, Wish, rows_shown
from services.errors import DeskError, Invalid
from services.views import TeamView
from ui import calls
from ui.components.redrawn import Redrawn
from ui.components.toasts import toast
from ui.declare import desk_page
from ui.dialog import Dialog, confirmation
from ui.elements import button, card, el, once, set_text
from ui.fields import Field, checkbox, select_field, show_errors, text_field
from ui.shell import frame, page_header
from ui.viewer import Viewer
from ui.wall import address

DIAGONALS: Final = (32, 43, 50, 55, 65, 75, 85)  # inches
DISTANCES: Final = (150, 200, 250, 300, 400, 500, 600)  # centimetres
CONNECTED: Final = timedelta(minutes=2)
AGAIN_S: Final = 20.0
LANGUAGES: Final = {"fr": "Français", "en": "English"}

Again = Callable[[], Awaitable[None]]


@desk_page("/admin/displays", roles=frozenset({Role.ADMIN}))
async def displays_page(viewer: Viewer) -> None:
    title = viewer.t("nav.displays")
    teams = await calls.read(people.all_teams, viewer.actor)
    sites = await calls.read(displays.sites, viewer.actor)
    page = _DisplaysPage(viewer, teams, sites)
    with frame(viewer, title, current="/admin/displays"):
        with page_header(title):
            el("span", "vg-grow")
            button(viewer.t("display.add"), icon="add", kind="primary", on_click=page.pair)
        with el("div", "vg-pad vg-told vg-stack") as page.root:
            page.draw()
    await page.refresh()
    ui.timer(AGAIN_S, page.refresh)


class _DisplaysPage:
    def __init__(self, viewer: Viewer, teams: tuple[TeamView, ...], sites: tuple[str, ...]) -> None:
        self.viewer = viewer
        self.views: dict[str, str] = {
            "all": viewer.t("display.all"),
            **{f"team:{team.id}": viewer.t("display.team", name=team.name) for team in teams},
            **{f"site:{site}": viewer.t("display.site", name=site) for site in sites},
        }
        self.root: Element

    def draw(self) -> None:
        el("p", "vg-soft", self.viewer.t("display.help", address=f"{address()}/wall"))
        with card(self.viewer.t("display.list"), icon="tv"):
            self.list = Redrawn(self._displays)

    async def refresh(self) -> None:
        now = datetime.now(UTC)
        found = await calls.read(displays.every, self.viewer.actor)
        self.list.show(tuple((each, self._seen(each, now)) for each in found))

    def _seen(self, display: DisplayView, now: datetime) -> str:
        if display.seen_at is None:
            return self.viewer.t("display.never")
        if now - display.seen_at < CONNECTED:
            return self.viewer.t("display.seen")
        return self.viewer.t("display.seen_at", at=self.viewer.instant(display.seen_at, now))

    def _displays(self, found: tuple[tuple[DisplayView, str], ...]) -> None:
        viewer = self.viewer
        if not found:
            el("p", "vg-muted", viewer.t("display.none"))
        for display, seen in found:
            with el("div", "vg-chan"):
                with el("div", "vg-chan__text"):
                    el("b", "", display.name)
                    size = viewer.t("display.inches", n=display.diagonal), _metres(viewer, display.distance)
                    shown = self.views.get(_view_of(display), display.site or "")
                    el("span", "vg-soft", " · ".join((shown, *size, LANGUAGES[display.locale])))
                    el("span", "vg-muted", seen)
                edit = viewer.t("display.edit", name=display.name)
                button(icon="edit", kind="quiet", small=True, name=edit, on_click=self._editor(display))
                revoke = viewer.t("display.revoke", name=display.name)
                button(icon="link_off", kind="quiet", small=True, name=revoke, on_click=self._revoker(display))

    async def pair(self) -> None:
        """The dialog that asks for a code is open."""
        viewer = self.viewer

        async def paired(wish: Wish, code: str) -> None:
            made = await calls.write(displays.pair, viewer.actor, code, wish)
            toast(viewer.t("display.paired", name=made.name))

        self._ask(viewer.t("display.add"), viewer.t("display.pair"), None, paired)

    def _editor(self, display: DisplayView) -> Again:
        async def edit() -> None:
            async def changed(wish: Wish, _code: str) -> None:
                await calls.write(displays.change_display, self.viewer.actor, display.id, wish)

            title = self.viewer.t("display.edit", name=display.name)
            self._ask(title, self.viewer.t("display.save"), display, changed)

        return edit

    def _revoker(self, display: DisplayView) -> Again:
        viewer = self.viewer

        async def ask() -> None:
            async def revoke() -> None:
                await calls.perform(viewer, displays.revoke, viewer.actor, display.id)
                await self.refresh()

            with self.root:
                title, text = viewer.t("display.revoke", name=display.name), viewer.t("display.revoke_help")
                word = viewer.t("display.revoke_now")
                confirmation(title, text, confirm=word, locale=viewer.locale, act=revoke)

        return ask

    def _ask(
        self, title: str, done: str, display: DisplayView | None, then: Callable[[Wish, str], Awaitable[None]]
    ) -> None:
        viewer = self.viewer
        with self.root:
            dialog = Dialog(title, locale=viewer.locale)
            with dialog:
                fields, boxes = self._fields(display)

        async def save() -> None:
            try:
                await then(_wish(fields, boxes), fields["code"].value if "code" in fields else "")
            except Invalid as invalid:
                rest = show_errors(fields, i18n.field_sentences(invalid, viewer.locale))
                if rest:
                    toast(" ".join(rest.values()), error=True)
                return
            except DeskError as refusal:
                toast(i18n.error_sentence(refusal, viewer.locale), error=True)
                return
            dialog.close()
            await self.refresh()

        with dialog.foot:
            button(viewer.t("action.cancel"), kind="quiet", on_click=dialog.close)
            save_it = button(done, kind="primary", on_click=save, submit=True)
        for typed in {"code", "name"} & set(fields):
            fields[typed].control.on("keydown.enter.prevent", once(save_it, save), [])
        dialog.open()

    def _fields(self, display: DisplayView | None) -> tuple[dict[str, Field], dict[str, ui.checkbox]]:
        viewer, locale = self.viewer, self.viewer.locale
        fields: dict[str, Field] = {}
        if display is None:
            hint = viewer.t("display.code_hint")
            fields["code"] = text_field(
                viewer.t("display.code"),
                locale=locale,
                required=True,
                hint=hint,
                max_length=20,
                autocomplete="off",
                autofocus=True,
            )
        fields["name"] = text_field(
            viewer.t("display.name"),
            locale=locale,
            value=display.name if display else "",
            required=True,
            max_length=80,
            autofocus=display is not None,
        )
        chosen = _view_of(display) if display else "all"
        views = self.views if chosen in self.views else self.views | {chosen: chosen.partition(":")[2]}
        fields["site"] = select_field(viewer.t("display.view"), views, locale=locale, value=chosen)

        def tell() -> None:
            rows = rows_shown(fields["diagonal"].value, fields["distance"].value)
            set_text(said, viewer.t("display.rows", n=rows))

        with el("div", "vg-pair"):
            diagonal, distance = (display.diagonal, display.distance) if display else (55, 300)
            inches = {n: viewer.t("display.inches", n=n) for n in sorted({*DIAGONALS, diagonal})}
            metres = {n: _metres(viewer, n) for n in sorted({*DISTANCES, distance})}
            fields["diagonal"] = select_field(
                viewer.t("display.diagonal"), inches, locale=locale, value=diagonal, on_change=tell
            )
            fields["distance"] = select_field(
                viewer.t("display.distance"), metres, locale=locale, value=distance, on_change=tell
            )
        said = el("p", "vg-muted", "", aria_live="polite")
        tell()
        fields["locale"] = select_field(
            viewer.t("display.locale"), LANGUAGES, locale=locale, value=display.locale if display else locale
        )
        boxes = {
            "sound": checkbox(viewer.t("display.sound"), value=display.sound if display else True),
            "dimmed": checkbox(viewer.t("display.dimmed"), value=display.dimmed if display else True),
        }
        return fields, boxes


def _wish(fields: Mapping[str, Field], boxes: Mapping[str, ui.checkbox]) -> Wish:
    kind, _, which = str(fields["site"].value).partition(":")
    shown: dict[str, Any] = {"team": int(which)} if kind == "team" else {"site": which} if kind == "site" else {}
    given = {name: fields[name].value for name in ("name", "locale", "diagonal", "distance")} | shown
    return Wish(**given, sound=bool(boxes["sound"].value), dimmed=bool(boxes["dimmed"].value))


def _view_of(display: DisplayView) -> str:
    if display.team_id is not None:
        return f"team:{display.team_id}"
    return f"site:{display.site}" if display.site is not None else "all"


def _metres(viewer: Viewer, centimetres: int) -> str:
    number = f"{centimetres / 100:g}"
    return viewer.t("display.metres", n=number.replace(".", ",") if viewer.locale == "fr" else number)
