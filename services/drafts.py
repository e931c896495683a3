"""What people are typing, kept on the server: no cut, reload or restart loses it (D12)."""

from data.models import Draft
from data.queries import people
from services.inputs import BODY, Form
from services.work import Actor, begin, look

PLACE = 80


def keep(actor: Actor, place: str, text: str) -> None:
    """The text at `place` ("comment/INC-…/internal", "new") is what the actor finds there next; empty forgets it."""
    with begin(actor) as work:
        form = Form()
        place = form.line("place", place, max_length=PLACE)
        if text.strip():
            text = form.text("text", text, max_length=4 * BODY)
            form.check()
            row = people.draft(work.session, work.user_id, place)
            if row is None:
                work.session.add(Draft(user_id=work.user_id, place=place, text=text, updated_at=work.now))
            else:
                row.text, row.updated_at = text, work.now
        else:
            people.delete_draft(work.session, work.user_id, place)


def kept(actor: Actor, place: str) -> str:
    """What the actor was typing at `place`, empty when nothing."""
    with look(actor) as reading:
        row = people.draft(reading.session, reading.user_id, place)
        return row.text if row else ""
