"""Whether resolving now would meet the SLA; the line in the dialog that resolves."""

from nicegui.element import Element

from services.i18n import labels
from ui.components.sla_block import SlaJson


class ResolutionSla(Element, component="resolution_sla.js"):
    """Counts in the browser, as every SLA does."""

    def __init__(self, locale: str, sla: SlaJson) -> None:
        super().__init__()
        self._props.update({"sla": sla, "texts": labels(locale, "resolve.sla_")})

    def show(self, sla: SlaJson) -> None:
        """The line speaks of `sla` from now on."""
        self._props["sla"] = sla
