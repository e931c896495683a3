"""A letter as it goes out, or went: subject, text, and who gets it behind a line that says how many."""

from services.letters import Letter, Recipient
from ui.components.links import plain_text
from ui.elements import el
from ui.viewer import Viewer


def letter_card(viewer: Viewer, letter: Letter, *, unfolded: bool = False) -> None:
    """The letter stands in the current container; `unfolded`: its recipients are seen at once."""
    t = viewer.t
    with el("div", "vg-letter"):
        with el("div", "vg-letter__head"):
            el("b", "", letter.subject)
            if letter.client:
                el("span", "vg-tag", t("message.own_template_of", name=letter.client))
        plain_text("vg-letter__text", letter.text)
        with el("details", open=True if unfolded else None):
            el("summary", "", t("message.recipients", n=len(letter.to)))
            with el("ul"):
                for person in letter.to:
                    recipient_line(viewer, person)


def recipient_line(viewer: Viewer, person: Recipient) -> None:
    """Name, address, and by which road the incident leads there."""
    road = viewer.t(f"message.road.{person.audience}", name=person.via)
    with el("li"):
        el("span", "", person.name)
        if person.address:
            el("small", "vg-mono", person.address)
        el("small", "", road)
