"""An incident at a glance shows each person no more than its page does."""

import pytest

from services import incidents
from services.errors import NotFound
from services.peek import COMMENTS, peek
from tests.personas import Cast, an_incident


def test_the_team_sees_the_newest_comments_first_and_how_many_are_older(cast: Cast) -> None:
    """S138, S139."""
    made = an_incident(cast.chloe)
    for number in range(COMMENTS + 2):
        incidents.comment(cast.alice, made.reference, body=f"Note {number}", visibility="internal")
    seen = peek(cast.bruno, made.reference)
    assert [each.body for each in seen.comments] == ["Note 4", "Note 3", "Note 2"]
    assert (seen.more, seen.incident.reference) == (2, made.reference)
    assert "take" in seen.incident.allowed_actions


def test_a_requester_sees_own_ones_without_what_is_internal_and_others_not_at_all(cast: Cast) -> None:
    """S139, B4: what is internal is not there."""
    own, other = an_incident(cast.chloe), an_incident(cast.alice)
    incidents.comment(cast.alice, own.reference, body="Entre nous", visibility="internal")
    incidents.comment(cast.alice, own.reference, body="Pour vous", visibility="public")
    assert [each.body for each in peek(cast.chloe, own.reference).comments] == ["Pour vous"]
    with pytest.raises(NotFound):
        peek(cast.chloe, other.reference)
