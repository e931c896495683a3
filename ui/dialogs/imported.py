"""Taking in a CSV file of configuration items: tried first, so that what is wrong is named and nothing written."""

import base64
import binascii
from collections.abc import Callable

from nicegui.events import GenericEventArguments

from data.vocabulary import ItemKind
from services import i18n, imports
from services.errors import BadRows, DeskError
from services.imports import Report
from ui import calls
from ui.components.toasts import toast
from ui.dialog import Dialog
from ui.elements import button, el
from ui.viewer import Viewer

MOST_BYTES = 600_000  # what one message of a page may carry, encoded; larger files are for the command
SHOWN = 20
MOST_WRONG = 500
# A browser opens the choice of files only for a real click.
_CHOOSE = "(event) => event.currentTarget.parentElement.querySelector('input').click()"
_READ = """(event) => {
  const file = event.target.files[0];
  if (!file) return;
  const reader = new FileReader();
  reader.onload = () => emit({ name: file.name, content: reader.result.split(",")[1] ?? "" });
  if (file.size > 600000) emit({ name: file.name, content: null });
  else reader.readAsDataURL(file);
  event.target.value = "";
}"""


class ImportDialog:
    """`done` is called once the rows of a file are there."""

    def __init__(self, viewer: Viewer, kind: ItemKind, done: Callable[[], None]) -> None:
        self._viewer, self._kind, self._done = viewer, kind, done
        self._content: bytes | None = None
        t = viewer.t
        self._dialog = Dialog(t("cmdb.import"), t("cmdb.import_sub"), locale=viewer.locale)
        with self._dialog, el("div", "vg-stack"):
            el("p", "", t("cmdb.import_help"))
            with el("div"):
                choose = button(t("cmdb.import_choose"), icon="attach_file")
                field = el("input", "", type="file", accept=".csv,text/csv", hidden=True)
            choose.on("click", js_handler=_CHOOSE)
            field.on("change", self._chosen, js_handler=_READ)
            self._told = el("div", "", role="status")
        with self._dialog.foot:
            button(t("action.cancel"), kind="quiet", on_click=self._dialog.close)
            self._confirm = button(
                t("cmdb.import_do"), icon="upload", kind="primary", submit=True, on_click=self._import
            )
        self._confirm.set_enabled(False)

    def open(self) -> None:
        """The dialog is in front of the page."""
        self._dialog.open()

    async def _chosen(self, event: GenericEventArguments) -> None:
        """The file has been tried, and the dialog says what it would do."""
        self._content = None
        self._confirm.set_enabled(False)
        told = event.args if isinstance(event.args, dict) else {}
        name, content = str(told.get("name"))[:200], _bytes(told.get("content"))
        if content is None:
            self._say(name, [self._viewer.t("cmdb.import_too_large", kb=MOST_BYTES // 1000, kind=self._kind.value)])
            return
        report = await self._run(name, content, dry_run=True)
        if report is None:
            return
        said = [self._counts("cli.import_tried", report)]
        if report.unused:
            said.append(self._viewer.t("cli.unused", names=", ".join(report.unused)))
        self._say(name, said)
        self._content = content
        self._confirm.set_enabled(report.created + report.changed > 0)

    async def _import(self) -> None:
        if self._content is None:
            return
        report = await self._run("", self._content, dry_run=False)
        if report is not None:
            toast(self._counts("cli.imported", report))
            self._dialog.close()
            self._done()

    async def _run(self, name: str, content: bytes, *, dry_run: bool) -> Report | None:
        """None: the file was refused, and the dialog says why, row by row."""
        viewer = self._viewer
        try:
            return await calls.write(
                imports.run, viewer.actor, self._kind.value, content, dry_run=dry_run, most_wrong=MOST_WRONG
            )
        except BadRows as refusal:
            said = [i18n.error_sentence(refusal, viewer.locale)]
            for line, column, code, params in refusal.rows[:SHOWN]:
                reason = viewer.t(f"invalid.{code}", **params)
                said.append(viewer.t("cli.bad_row", line=line, column=column or "-", reason=reason))
            self._say(name, said, wrong=True)
        except DeskError as refusal:
            self._say(name, [i18n.error_sentence(refusal, viewer.locale)], wrong=True)
        return None

    def _counts(self, key: str, report: Report) -> str:
        counts = {"created": report.created, "changed": report.changed, "unchanged": report.unchanged}
        return self._viewer.t(key, **counts)

    def _say(self, name: str, said: list[str], *, wrong: bool = False) -> None:
        self._told.clear()
        with self._told:
            if name:
                el("strong", "", name)
            for sentence in said:
                el("div", "vg-field__error" if wrong else "", sentence)


def _bytes(encoded: object) -> bytes | None:
    """What the page has read; None for what is too much, or is nothing that it sends."""
    if not isinstance(encoded, str) or len(encoded) > MOST_BYTES * 4 // 3 + 4:
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
