"""`/m`: Vigie on a phone. What is to be taken, what is mine, all; one thumb is enough (B3, S95)."""

from nicegui import ui

from ui import bells, live, pwa
from ui.components.phone import Phone
from ui.declare import desk_page
from ui.session import PHONE
from ui.shell import bare
from ui.viewer import Viewer


@desk_page(PHONE)
def phone_page(viewer: Viewer, take: str = "", spent: str = "") -> None:
    """List and opened incident are in the address, which the component reads and writes itself.

    `take` opens that incident with « Je prends » focused; `spent`: the link that led here has been used before.
    """
    ui.add_head_html('<link rel="preload" as="fetch" crossorigin href="/board/snapshot">')
    ui.add_head_html(pwa.head_html())
    live.join(ui.context.client, viewer)
    with bare(viewer.t("phone.title"), locale=viewer.locale, theme=viewer.theme, zone=viewer.zone, classes="vg-m"):
        phone = Phone(viewer, take=take[:19], notice=viewer.t("phone.spent") if spent else "")
    phone.count(bells.join(ui.context.client, viewer.user_id, phone.count))
