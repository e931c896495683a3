"""`/setup/done`: the organisation exists; with one's own incidents at once, or with the demonstration first."""

from fastapi import Response
from fastapi.responses import RedirectResponse
from nicegui.element import Element

from data.vocabulary import Role
from services import board, demo
from ui import calls, live
from ui.components.demo_loaded import tell_loaded
from ui.components.setup_steps import STEPS, SetupSteps, setup_head
from ui.declare import desk_page
from ui.elements import button, card, el, link_button, set_text
from ui.session import HOME
from ui.shell import bare
from ui.viewer import Viewer


@desk_page("/setup/done", roles=frozenset({Role.ADMIN}))
async def setup_done_page(viewer: Viewer) -> Response | None:
    begun = await calls.read(board.page, viewer.actor, board.Query(limit=1))
    if begun.total:
        return RedirectResponse(HOME, 303)
    title = viewer.t("setup.done")
    with bare(title, locale=viewer.locale, theme=viewer.theme, zone=viewer.zone, classes="vg-setup"):
        setup_head(viewer.locale, lambda other: f"/setup/done?lang={other}")
        SetupSteps(viewer.locale, len(STEPS))
        el("h1", "vg-h1", title)
        lead = el("p", "vg-setup__lead", viewer.t("setup.done_sub"), role="status")
        with el("div", "vg-pair vg-setup__ways") as ways:
            with card(viewer.t("setup.begin"), icon="rocket_launch"):
                el("p", "vg-soft", viewer.t("setup.begin_help"))
                link_button(viewer.t("setup.open_board"), HOME, icon="arrow_forward", kind="primary")
            with card(viewer.t("setup.demo"), icon="dataset"):
                _offer(viewer, lead, ways)
    return None


def _offer(viewer: Viewer, lead: Element, ways: Element) -> None:
    with el("div", "vg-stack vg-stack--s"):
        el("p", "vg-soft", viewer.t("setup.demo_help"))
        el("p", "vg-muted", viewer.t("setup.demo_warning"))
        progress = el("div", "vg-progress", role="progressbar", aria_label=viewer.t("setup.demo_loading"))
        progress.set_visibility(False)

    async def load() -> None:
        progress.set_visibility(True)
        loaded = await calls.perform(viewer, demo.add, viewer.actor)
        if loaded is None:
            progress.set_visibility(False)
            return
        await live.hub.count()  # the board's figures would follow within a minute
        set_text(lead, viewer.t("setup.demo_accounts", password=loaded.accounts[0].password))
        ways.clear()
        with ways, tell_loaded(loaded, viewer.locale):
            link_button(viewer.t("setup.open_board"), HOME, icon="arrow_forward", kind="primary")

    button(viewer.t("setup.demo_load"), icon="dataset", on_click=load)
