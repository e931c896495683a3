"""The report of a period, as one Vue component: it fetches the figures that the page's address asks for."""

import hashlib
from pathlib import Path

from nicegui.dependencies import register_esm
from nicegui.element import Element

from services.i18n import labels
from ui.viewer import Viewer

DATA = "/reports/data"
CSV = "/reports/csv"

_FOLDER = Path(__file__).parent
_TEXTS = ("report.", "action.retry")
_WITH_THE_FIGURES = ("report.about.", "report.help_on.", "report.kpi.", "report.table.", "report.column.")


def _digest() -> str:
    content = b"".join(file.read_bytes() for file in sorted(_FOLDER.glob("*.js")))
    return hashlib.sha256(content).hexdigest()


register_esm("vigie-report", _FOLDER, max_time=int(_digest()[:12], 16))


class ReportView(Element, component="report.js"):
    """Headlines, charts and tables for `viewer`."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        wanted = {
            key: text
            for key, text in labels(viewer.locale, *_TEXTS).items()
            if not key.startswith(
                ("report.about.", "report.help_on.", "report.kpi.", "report.table.", "report.column.")
            )
        }
        self._props.update({"source": DATA, "labels": wanted})
