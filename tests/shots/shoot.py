"""Every page of Vigie as a picture, to be looked at: `make shots`, into var/shots; `make shots only="board wall"`.

A server of its own with the demonstration data, and a row of `SHOTS` for each state of a page. Sizes are the design's:
1440 × 900, 1920 × 1080 (the wall), 390 × 844; and 360 × 740 with large text.
"""

import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from data import db
from data.migrate import migrate
from services import board, chain, demo, desk_settings, displays
from services.work import SYSTEM
from tests.browser.conftest import FLAGS, SECRET, Vigie, sign_in
from tests.browser.program import browser_program
from tests.house.tree import ROOT

FOLDER = ROOT / "var" / "shots"
SIZES = {
    "desktop": (1440, 900),
    "tablet": (1024, 768),
    "phone": (390, 844),
    "narrow": (360, 740),  # with letters of 20 px for 16
    "1080p": (1920, 1080),
    "4k": (3840, 2160),
}
LOOKS = (("light", "fr"), ("dark", "fr"), ("light", "en"), ("dark", "en"))
BOTH = ("desktop", "phone")
WALLS = ("1080p", "4k")

Pose = Callable[[Page, Vigie], object]


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A state of a page: who looks, where, at which sizes, and what brings the page into that state."""

    name: str
    path: str
    by: str | None = "alice"
    sizes: Sequence[str] = BOTH
    looks: Sequence[tuple[str, str]] = LOOKS[:3]
    pose: Pose | None = None
    display: bool = False  # seen by a paired screen
    fresh: bool = False  # of a Vigie that nobody has set up


def _press(key: str) -> Pose:
    return lambda page, _: page.keyboard.press(key)


def _click(role: Literal["button", "tab", "link"], name: str) -> Pose:
    return lambda page, _: page.get_by_role(role, name=name, exact=True).first.click()


def _declare_a_request(page: Page, _: Vigie) -> None:
    page.keyboard.press("Control+a")  # what an earlier picture left as a draft
    page.keyboard.type("Demande de création d’un compte pour une nouvelle arrivante")
    page.wait_for_timeout(600)


def _lose(page: Page, _: Vigie) -> None:
    page.evaluate("window.socket.disconnect()")
    page.wait_for_timeout(2000)


def _set_up(steps: int) -> Pose:
    """The set-up stands `steps` after its code, its fields filled on the way."""

    def pose(page: Page, vigie: Vigie) -> None:
        code = re.search(r"\d{4}-\d{4}-\d{4}", vigie.log.read_text(encoding="utf-8"))
        assert code is not None
        page.get_by_role("textbox").fill(code[0])
        page.keyboard.press("Enter")
        page.wait_for_selector(".vg-setup__card input[type=password]")
        for step in range(steps):
            if step == 0:
                for field, value in zip(page.locator(".vg-setup__card input").all(), COMPANY, strict=True):
                    field.fill(value)
            page.locator(".vg-setup__foot .vg-btn--primary").click()
            page.wait_for_timeout(500)

    return pose


COMPANY = ("Ateliers Martin", "Émile Petit", "emile", "correct horse battery")
ONCE = (LOOKS[0],)
DARK_TOO = LOOKS[:2]
SHOTS = (
    Shot(name="board", path="/incidents", sizes=("desktop", "tablet", "phone", "1080p")),
    Shot(name="board-empty-search", path="/incidents?q=licorne", looks=ONCE),
    Shot(name="board-kanban", path="/incidents?view=kanban", sizes=("desktop",), looks=DARK_TOO),
    Shot(name="board-filtered", path="/incidents?priority=high&status=in_progress", sizes=("desktop",), looks=ONCE),
    Shot(name="board-peek", path="/incidents", sizes=("desktop",), looks=DARK_TOO, pose=_press("Space")),
    Shot(name="board-selected", path="/incidents", sizes=("desktop",), looks=ONCE, pose=_press("x")),
    Shot(name="board-views", path="/incidents", sizes=("desktop",), looks=ONCE, pose=_click("button", "Vues")),
    Shot(name="board-lost", path="/incidents", looks=DARK_TOO, pose=_lose),
    Shot(name="incident", path="/incidents/{working}", sizes=("desktop", "tablet", "phone")),
    Shot(name="incident-large-text", path="/incidents/{working}", sizes=("narrow",), looks=ONCE),
    Shot(name="incident-public", path="/incidents/{working}", looks=DARK_TOO, pose=_press("p")),
    Shot(name="incident-new-status", path="/incidents/{new}"),
    Shot(name="incident-resolved", path="/incidents/{resolved}", looks=ONCE),
    Shot(name="incident-closed", path="/incidents/{closed}", looks=ONCE),
    Shot(name="dialog-assign", path="/incidents/{working}?do=assign", looks=ONCE),
    Shot(name="dialog-hold", path="/incidents/{working}?do=hold", looks=ONCE),
    Shot(name="dialog-escalate", path="/incidents/{working}?do=escalate"),
    Shot(name="dialog-resolve", path="/incidents/{working}?do=resolve"),
    Shot(name="dialog-reopen", path="/incidents/{resolved}?do=reopen", looks=ONCE),
    Shot(
        name="dialog-redirect",
        path="/incidents/{working}",
        looks=DARK_TOO,
        pose=_click("button", "C’est une demande de service"),
    ),
    Shot(name="mobile-todo", path="/m", sizes=("phone", "narrow")),
    Shot(name="mobile-mine", path="/m?list=mine", sizes=("phone",)),
    Shot(name="mobile-sheet", path="/m#{new}", sizes=("phone", "narrow")),
    Shot(name="mobile-lost", path="/m", sizes=("phone",), looks=DARK_TOO, pose=_lose),
    Shot(name="offline", path="/offline", sizes=("phone",)),
    Shot(name="new-incident", path="/incidents/new"),
    Shot(name="new-incident-request", path="/incidents/new", by="bruno", looks=ONCE, pose=_declare_a_request),
    Shot(name="search", path="/search?q=serveur", looks=DARK_TOO),
    Shot(name="search-nothing", path="/search?q=licorne", looks=ONCE),
    Shot(name="reports", path="/reports"),
    Shot(name="help", path="/incidents", sizes=("desktop",), looks=ONCE, pose=_press("?")),
    Shot(name="notifications", path="/notifications"),
    Shot(name="me", path="/me"),
    Shot(name="cmdb-assets", path="/cmdb/assets"),
    Shot(name="cmdb-applications", path="/cmdb/applications", looks=ONCE),
    Shot(name="cmdb-employees", path="/cmdb/employees", looks=ONCE),
    Shot(name="cmdb-clients", path="/cmdb/clients", looks=ONCE),
    Shot(name="cmdb-item", path="/cmdb/applications/1"),
    Shot(name="portal", path="/portal", by="chloe"),
    Shot(name="incident-requester", path="/incidents/{chloe}", by="chloe"),
    Shot(name="admin-audit", path="/admin/audit", by="emile"),
    Shot(name="admin-users", path="/admin/users", by="emile"),
    Shot(name="admin-user", path="/admin/users/alice", by="emile"),
    Shot(name="admin-teams", path="/admin/teams", by="emile"),
    Shot(name="admin-sla", path="/admin/sla", by="emile"),
    Shot(name="admin-templates", path="/admin/templates", by="emile"),
    Shot(name="admin-mail", path="/admin/mail", by="emile"),
    Shot(name="admin-channels", path="/admin/channels", by="emile"),
    Shot(name="admin-displays", path="/admin/displays", by="emile"),
    Shot(name="admin-settings", path="/admin/settings", by="emile"),
    Shot(name="login", path="/login", by=None, sizes=("desktop", "phone", "narrow")),
    Shot(name="login-refused", path="/login?error=bad_credentials&left=3&login=alice", by=None, looks=DARK_TOO),
    Shot(name="wall-pairing", path="/wall", by=None, sizes=("1080p",), looks=(LOOKS[1],)),
    *(
        Shot(name=f"wall-{name}", path=f"/wall?rotate=0&{asked}", by=None, sizes=WALLS, looks=looks, display=True)
        for name, asked, looks in (
            ("urgent", "n=7", (LOOKS[1], LOOKS[3])),
            ("urgent-5rows", "n=5", (LOOKS[1],)),
            ("teams", "screen=1", (LOOKS[1],)),
            ("today", "screen=2", (LOOKS[1],)),
        )
    ),
    *(
        Shot(name=f"setup-{name}", path="/setup", by=None, pose=pose, fresh=True)
        for name, pose in (
            ("code", None),
            ("administrator", _set_up(0)),
            ("teams", _set_up(1)),
            ("targets", _set_up(2)),
        )
    ),
    Shot(name="unknown", path="/incidents/INC-20000101-000001", looks=ONCE),
    Shot(name="forbidden", path="/admin/users", looks=ONCE),
    Shot(name="nowhere", path="/nowhere", by=None, looks=DARK_TOO),
)


def main(wanted: Sequence[str]) -> None:
    """The pictures of the shots whose names begin with one of `wanted`, or of all, are in the folder."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for fresh in (False, True):
        shots = [shot for shot in SHOTS if shot.fresh is fresh and (not wanted or shot.name.startswith(tuple(wanted)))]
        if shots:
            with tempfile.TemporaryDirectory() as folder:
                vigie = Vigie(Path(folder))
                references = {} if fresh else _loaded(vigie)
                vigie.start()
                try:
                    _shoot(vigie, shots, references)
                finally:
                    vigie.stop()
                    db.dispose()


def _loaded(vigie: Vigie) -> dict[str, str]:
    """The demonstration is loaded; what stands in braces in a path → the reference."""
    db.bind(vigie.database_url)
    migrate()
    chain.use_secret(SECRET.encode())
    demo.load()
    desk_settings.save(
        SYSTEM, {"name": demo.company.ORGANISATION, "catalogue_address": "https://catalogue.example.org"}
    )

    def newest(**query: object) -> str:
        return board.page(SYSTEM, board.Query(sort="-created", limit=1, **query)).items[0].reference  # type: ignore[arg-type]

    found = {status: newest(status=[status]) for status in ("new", "resolved", "closed")}
    found["working"] = newest(status=["in_progress"], assignee="alice")
    everything = board.page(SYSTEM, board.Query(sort="-created", limit=200)).items
    found["chloe"] = next(each.reference for each in everything if each.requester.login == "chloe")
    return found


def _shoot(vigie: Vigie, shots: Sequence[Shot], references: dict[str, str]) -> None:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_program(whole=True), args=FLAGS)
        for by, size, (theme, locale) in product(dict.fromkeys(shot.by for shot in shots), SIZES, LOOKS):
            chosen = [s for s in shots if s.by == by and size in s.sizes and (theme, locale) in s.looks]
            if not chosen:
                continue
            width, height = SIZES[size]
            context = chromium.new_context(
                base_url=vigie.url,
                viewport={"width": width, "height": height},
                locale="fr-FR" if locale == "fr" else "en-GB",
                color_scheme="dark" if theme == "dark" else "light",
                has_touch=size in {"phone", "narrow"},
            )
            page, paired = context.new_page(), False
            if by:
                sign_in(page, vigie, by, demo.company.PASSWORD)
            for shot in sorted(chosen, key=lambda each: each.display):
                if shot.display and not paired:
                    _pair(page)
                    paired = True
                path = shot.path.format(**references)
                before, hash_, place = path.partition("#")
                page.goto(f"{before}{'&' if '?' in before else '?'}lang={locale}&theme={theme}{hash_}{place}")
                page.wait_for_function("!window.mounted_app || (window.socket && window.socket.connected)")
                if size == "narrow":
                    page.evaluate("document.documentElement.style.fontSize = '125%'")
                page.wait_for_function("!document.querySelector('.vg-skeleton')")
                page.wait_for_timeout(1500 if shot.display else 400)  # a wall's screens fade into each other
                if shot.pose:
                    shot.pose(page, vigie)
                page.wait_for_timeout(400)
                file = FOLDER / f"{shot.name}-{size}-{theme}-{locale}.png"
                page.screenshot(path=file)
                print(file.relative_to(ROOT))
            context.close()
        chromium.close()


def _pair(page: Page) -> None:
    """The browser is a display, as an administrator makes it one by the code on its screen."""
    page.goto("/wall")
    page.wait_for_selector(".vg-wall-code b:text-matches('[0-9]')")
    code = "".join(page.locator(".vg-wall-code b").all_inner_texts())
    displays.pair(SYSTEM, code, displays.Wish(name="Hall", sound=False, dimmed=False))
    page.wait_for_selector(".vg-wall-row")


if __name__ == "__main__":
    main(sys.argv[1:])
