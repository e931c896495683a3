"""What people are typing, kept on the server: no cut, reload or restart loses it (D12)."""

from data.queries import people
from services.inputs import BODY, Form
from services.work import Actor, begin, look

PLACE = 80


def keep(actor: Actor, place: str, text: str) -> None:
    """The text at `place` ("comment/INC-…/internal", "new") is what the actor finds there next; empty forgets it."""
    with begin(actor) as work:
        form = Form()
        place = form.line("place", place, max_length=PLACE)
        text = form.text("text", text, max_length=4 * BODY, required=False)
        form.check()
        if text:
            people.keep_draft(work.session, work.user_id, place, text, work.now)
        else:
            people.delete_draft(work.session, work.user_id, place)


def kept(actor: Actor, place: str) -> str:
    """What the actor was typing at `place`, empty when nothing."""
    return kept_all(actor, place)[0]


def kept_all(actor: Actor, *places: str) -> tuple[str, ...]:
    """What the actor was typing at each of `places`, in their order; one query."""
    form = Form()
    for place in places:
        form.line("place", place, max_length=PLACE)
    form.check()
    with look(actor) as reading:
        texts = people.drafts(reading.session, reading.user_id, places)
        return tuple(texts.get(place, "") for place in places)
