"""The files of an incident as the page shows them: a small picture or a sign, name and size; a click saves one."""

from collections.abc import Iterable

from services import i18n
from services.views import AttachmentView
from ui.elements import el, icon
from ui.viewer import Viewer

_ICONS = {"image": "image", "video": "movie", "text": "description", "message": "mail"}
_BY_TYPE = {"application/pdf": "picture_as_pdf", "application/zip": "folder_zip", "application/gzip": "folder_zip"}


def file_cards(viewer: Viewer, reference: str, files: Iterable[AttachmentView]) -> None:
    """The cards stand in the current container, in the order in which the files came."""
    with el("ul", "vg-files"):
        for file in files:
            _card(viewer, reference, file)


def _card(viewer: Viewer, reference: str, file: AttachmentView) -> None:
    address = f"/incidents/{reference}/files/{file.id}"
    name = viewer.t("detail.download", name=file.name)
    with el("li"), el("a", "vg-file", href=address, download=file.name, title=name, aria_label=name):
        if file.preview:
            el("img", "vg-file__picture", src=f"{address}/preview", alt="", loading="lazy", decoding="async")
        with el("span", "vg-file__text"):
            if not file.preview:
                icon(_BY_TYPE.get(file.media_type) or _ICONS.get(file.media_type.partition("/")[0], "draft"))
            el("b", "", file.name)
            el("small", "", i18n.file_size(file.size, viewer.locale))
