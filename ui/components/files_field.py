"""The files of what is being written: on their way, there, or failed; taken by `ui.pages.files`."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from data.vocabulary import Visibility
from services.attachments import UploadView
from services.file_kinds import ENDINGS
from ui.viewer import Viewer

MOST = 100
_TEXTS = ("retry", "remove", "sending", "sent", "joined", "failed", "lost", "too_large", "too_many", "pasted")
# Of the button beside it; a browser opens the choice of files only for a real click.
CHOOSE = (
    "(event) => event.currentTarget.closest('.vg-cmp__pane, .vg-reply, .vg-trouble__more')"
    ".querySelector('input[type=file]').click()"
)


class FilesField(Element, component="files_field.js"):
    """Stands in the pane whose text field and drops it serves. `ids`: what can be sent now.

    Without a `reference`, of an incident that is only being declared, the files wait for `deliver`.
    """

    def __init__(
        self,
        viewer: Viewer,
        reference: str | None,
        visibility: Visibility,
        kept: Sequence[UploadView] = (),
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        t = viewer.t
        self.ids: list[str] = [each.id for each in kept]
        self.busy = False
        self._changed = changed
        texts = {name: t(f"detail.attach_{name}", name="{name}") for name in _TEXTS}
        self._props.update(
            {
                "address": _address(reference) if reference else None,
                "visibility": visibility.value,
                "kept": [asdict(each) for each in kept],
                "accept": ",".join(("image/*", *(f".{ending}" for ending in ENDINGS))),
                "texts": texts | {"kb": t("unit.kb", n="{n}"), "mb": t("unit.mb", n="{n}")},
            }
        )
        self.on("change", self._told)

    def sent(self, ids: Sequence[str]) -> None:
        """These stand on the incident now."""
        self.ids = [each for each in self.ids if each not in ids]
        self.run_method("sent", list(ids))

    def deliver(self, reference: str) -> None:
        """What has waited is on its way to be attached to this incident."""
        self.run_method("deliver", _address(reference))

    def _told(self, event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        ids = told.get("ids")
        self.ids = [str(each)[:64] for each in ids[:MOST]] if isinstance(ids, list) else []
        self.busy = told.get("busy") is True
        self._changed()


def _address(reference: str) -> str:
    return f"/incidents/{reference}/files"
