"""The page of the teams in a browser."""

from playwright.sync_api import expect

from services import teams
from tests.browser.conftest import PageAs, Vigie


def test_the_tree_of_the_teams_is_drawn_as_a_tree(vigie: Vigie, page_as: PageAs) -> None:
    """S103: a team stands on one line, indented below the one that its incidents climb to."""
    emile = vigie.actors["emile"]
    found = {each.team.name: each.team for each in teams.tree(emile)}
    teams.change_team(emile, found["Support N1"].id, {"parent": found["Support N2"].id})
    page = page_as("emile")
    page.goto("/admin/teams")
    above = page.get_by_role("listitem").filter(has_text="Support N2")
    below = page.get_by_role("listitem").filter(has_text="Support N1")
    expect(above).to_have_count(1)
    upper, lower = above.bounding_box(), below.bounding_box()
    assert upper
    assert lower
    assert lower["y"] > upper["y"]
    assert lower["x"] > upper["x"] + 20
    name, edit = above.get_by_text("Support N2").bounding_box(), above.get_by_role("button").first.bounding_box()
    assert name
    assert edit
    assert abs(name["y"] + name["height"] / 2 - edit["y"] - edit["height"] / 2) < 20
