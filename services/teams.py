"""Teams and their tree, along which hierarchical escalation climbs."""

from data.models import Team
from data.queries import people
from data.vocabulary import Fact
from services.incident_view import team_view
from services.inputs import Form
from services.people import find_team
from services.permissions import Right
from services.text import plain_words
from services.views import TeamView
from services.work import Actor, Work, begin


def create_team(
    actor: Actor,
    *,
    name: str,
    parent: str | int | None = None,
    external: bool = False,
    email: str | None = None,
    code: str | None = None,
) -> TeamView:
    """The team exists, below `parent` where one is given. Raises `Invalid`, `Forbidden`.

    A new team cannot close a circle: only an existing one can be its parent.
    """
    with begin(actor) as work:
        work.require(Right.MANAGE_PEOPLE)
        return add_team(work, name=name, parent=parent, external=external, email=email, code=code)


def add_team(
    work: Work,
    *,
    name: str,
    parent: str | int | None = None,
    external: bool = False,
    email: str | None = None,
    code: str | None = None,
) -> TeamView:
    """The same, for callers that have settled who may."""
    work.alone()
    form = Form()
    name = form.line("name", name, max_length=80)
    if name and "name" not in form.errors and people.team_by_name(work.session, name):
        form.wrong("name", "taken")
    short = form.line("code", code, max_length=4, required=False) or short_code(name)
    above = find_team(work, form, "parent", parent)
    address = form.email("email", email, required=external)
    form.check()
    team = Team(name=name, code=short, parent_id=above.id if above else None, external=external, email=address)
    work.session.add(team)
    work.session.flush()
    work.note(Fact.TEAM_CREATED, name=name, parent=above.name if above else None, external=external)
    return team_view(team)


def short_code(name: str) -> str:
    """Two or three letters that stand for the team in its square."""
    words = plain_words(name)
    if len(words) > 1:
        return "".join(word[:2] if word[1:].isdigit() else word[0] for word in words)[-2:].upper() or "?"
    return name[:2].upper()
