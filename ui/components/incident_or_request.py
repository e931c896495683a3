"""What an incident is, and where what is none belongs (S6, S7, S8)."""

from typing import Literal

from services.desk_settings import ServiceCatalogue
from ui.elements import el, icon
from ui.viewer import Viewer


def incident_or_request(
    viewer: Viewer, catalogue: ServiceCatalogue | None, *, words: Literal["new", "portal"] = "new"
) -> None:
    """Both sentences, and the way to the catalogue; where there is none, nobody is sent to it.

    `words`: those of the team, or the plain ones of the portal.
    """
    t = viewer.t
    with el("section", "vg-what", aria_label=t(f"{words}.incident_or_request")):
        elsewhere = f"{words}.not_incident" if catalogue is not None else f"{words}.not_incident_ask"
        for symbol, text in (("check_circle", f"{words}.incident_is"), ("do_not_disturb_on", elsewhere)):
            with el("p"):
                icon(symbol)
                el("span", "", t(text))
        if catalogue is not None:
            with (
                el("p"),
                el("a", "vg-btn vg-btn--small", href=catalogue.address, target="_blank", rel="noopener noreferrer"),
            ):
                icon("storefront")
                el("span", "", catalogue.label or t("catalogue.name"))
                el("span", "vg-sr", t("new.new_tab"))
