"""What an incident is, and where what is none belongs (S6, S7, S8)."""

from services.desk_settings import ServiceCatalogue
from ui.elements import el, icon
from ui.viewer import Viewer


def incident_or_request(viewer: Viewer, catalogue: ServiceCatalogue | None) -> None:
    """Both sentences, and the way to the catalogue; where there is none, nobody is sent to it."""
    t = viewer.t
    with el("section", "vg-what", aria_label=t("new.incident_or_request")):
        elsewhere = "new.not_incident" if catalogue is not None else "new.not_incident_ask"
        for symbol, text in (("check_circle", "new.incident_is"), ("do_not_disturb_on", elsewhere)):
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
