"""Satisfaction: the requester rates an incident once, from 1 to 5 and in words, after its resolution (S83)."""

from data.models import Rating
from data.queries import ratings
from data.vocabulary import OPEN_STATUSES, Fact
from services.comments import digest_of
from services.errors import Forbidden, Refused
from services.incident_view import rating_view
from services.inputs import REASON, Form
from services.lifecycle import load
from services.permissions import Right
from services.views import RatingView
from services.work import Actor, begin

SCORES = range(1, 6)


def rate(actor: Actor, reference: str, *, score: object, comment: str | None = None) -> RatingView:
    """The rating stands for good, with its line of history; of a closed incident too, of which nothing else changes.

    Raises `Forbidden` to all but its requester, `Refused` (`rated_already`, `not_resolved`), `Invalid` (`score`,
    `comment`). A reopening leaves it as it is: it says what was thought of the work until then.
    """
    with begin(actor) as work:
        incident = load(work, reference, frozen=True)
        work.require(Right.RATE)
        if incident.requester_id != work.who.user_id:
            raise Forbidden(reason="not_requester")
        assert incident.id is not None
        if ratings.of_incidents(work.session, [incident.id]):
            raise Refused("rated_already", reference=reference)
        if incident.status in OPEN_STATUSES:
            raise Refused("not_resolved", reference=reference)
        form = Form()
        if not isinstance(score, int) or isinstance(score, bool) or score not in SCORES:
            form.wrong("score", "required" if score is None else "out_of_range", min=SCORES[0], max=SCORES[-1])
        said = form.text("comment", comment, max_length=REASON, required=False)
        form.check()
        assert isinstance(score, int)
        rating = Rating(incident_id=incident.id, user_id=work.user_id, at=work.now, score=score, comment=said)
        work.session.add(rating)
        work.session.flush()
        work.note(Fact.RATED, incident=incident, public=True, score=score, sha256=digest_of(said))
        return rating_view(rating)
