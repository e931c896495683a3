"""Lists of the board under a name: whose they are, who sees them, with which one the board opens."""

import pytest

from services import saved_views, sessions
from services.errors import Forbidden, Invalid, NotFound
from tests.personas import PASSWORD, Cast


def names(found: saved_views.Views) -> list[str]:
    return [view.name for view in found.views]


def test_a_view_is_its_owners_until_it_is_shared_and_only_some_may_share(cast: Cast) -> None:
    """S10."""
    saved_views.save(cast.alice, "Mes urgences", "?f=mine&priority=critical,high")
    shared = saved_views.save(cast.diane, "Équipe réseau", "category=network", shared=True)
    assert names(saved_views.views(cast.alice)) == ["Équipe réseau", "Mes urgences"]
    assert names(saved_views.views(cast.bruno)) == ["Équipe réseau"]
    (seen,) = saved_views.views(cast.bruno).views
    assert (seen.by, seen.shared, shared.views[0].by) == ("Diane Leroy", True, None)
    assert [saved_views.views(who).may_share for who in (cast.alice, cast.diane, cast.emile)] == [False, True, True]
    alices = sessions.sign_in("alice", PASSWORD).secret
    assert sessions.resume_and(alices, saved_views.seen)[2] == saved_views.views(cast.alice)
    chloes = sessions.sign_in("chloe", PASSWORD).secret
    with pytest.raises(Forbidden):
        sessions.resume_and(chloes, saved_views.seen)
    with pytest.raises(Forbidden):
        saved_views.save(cast.alice, "Pour tous", "", shared=True)
    with pytest.raises(Forbidden):
        saved_views.share(cast.alice, saved_views.views(cast.alice).views[1].id, True)
    with pytest.raises(Forbidden):
        saved_views.views(cast.chloe)


def test_a_name_is_kept_once_and_what_is_no_list_is_left_out(cast: Cast) -> None:
    saved_views.save(cast.alice, "À moi", "view=kanban")
    found = saved_views.save(cast.alice, "  À moi ", "?f=mine,team&theme=dark&lang=en&resolved_from=2026-11-01&evil=1")
    assert [view.query for view in found.views] == ["f=mine,team&resolved_from=2026-11-01"]
    for name in ("", "x" * 61):
        with pytest.raises(Invalid):
            saved_views.save(cast.alice, name, "")


def test_nobody_keeps_more_than_fifty(cast: Cast) -> None:
    for number in range(saved_views.MOST):
        saved_views.save(cast.alice, f"Vue {number}", "")
    with pytest.raises(Invalid):
        saved_views.save(cast.alice, "Une de trop", "")
    saved_views.save(cast.alice, "Vue 7", "f=mine")
    saved_views.save(cast.bruno, "La mienne", "")


def test_the_board_opens_with_the_usual_view_until_it_is_gone_or_no_longer_shared(cast: Cast) -> None:
    view = saved_views.save(cast.diane, "Réseau", "category=network", shared=True, usual=True).usual
    assert view is not None
    assert saved_views.make_usual(cast.alice, view).usual == view
    saved_views.share(cast.diane, view, False)
    assert saved_views.views(cast.alice).usual is None
    assert saved_views.views(cast.diane).usual == view
    with pytest.raises(NotFound):
        saved_views.make_usual(cast.alice, view)
    assert saved_views.save(cast.diane, "Réseau", "category=network").usual is None
    assert saved_views.make_usual(cast.diane, view).usual == view
    assert saved_views.make_usual(cast.diane, None).usual is None
    saved_views.make_usual(cast.diane, view)
    assert saved_views.delete(cast.diane, view) == saved_views.Views((), None, True)


def test_anothers_view_is_not_there_to_change_and_a_shared_one_goes_by_whoever_may_share(cast: Cast) -> None:
    own = saved_views.save(cast.diane, "À Diane", "").views[0].id
    for attempt in (saved_views.delete, saved_views.make_usual):
        with pytest.raises(NotFound):
            attempt(cast.bruno, own)
    saved_views.share(cast.diane, own, True)
    with pytest.raises(Forbidden):
        saved_views.delete(cast.bruno, own)
    with pytest.raises(Forbidden):
        saved_views.share(cast.emile, own, False)
    assert names(saved_views.delete(cast.emile, own)) == []
