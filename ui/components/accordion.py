"""A part of a form that opens; closed, it says in a few words what was chosen inside."""

from collections.abc import Sequence

from nicegui.events import GenericEventArguments

from ui.elements import el, icon, set_attributes, set_text


class Accordion:
    """`body` takes what is inside; `hint` stands beside the title while nothing is chosen."""

    def __init__(self, title: str, hint: str) -> None:
        self._hint = hint
        with el("details", "vg-acc") as self.root:
            with el("summary"):
                el("span", "", title)
                self._summary = el("em", "", hint)
                icon("expand_more")
            self.body = el("div", "vg-acc__body")
        self.root.on("toggle", self._toggled, js_handler="(event) => emit(event.target.open)")

    def open(self) -> None:
        """What is inside can be seen."""
        set_attributes(self.root, open=True)

    def tell(self, chosen: Sequence[str]) -> None:
        """`chosen` stands in the closed part's line."""
        set_text(self._summary, " · ".join(chosen) or self._hint)

    def _toggled(self, event: GenericEventArguments) -> None:
        with self.root._props.suspend_updates():  # the browser did it already
            set_attributes(self.root, open=True if event.args else None)
