"""« Assigner »: a person, or a team that shares its work out (S90 to S93, S99)."""

from data.vocabulary import Action
from services import lifecycle, people, workload
from services.views import IncidentView, TeamView
from services.workload import Candidate
from ui import calls
from ui.components.picker import Pick, PickerField
from ui.dialogs.asking import Asked, Asking

_PERSON, _TEAM = "person:", "team:"


async def ask_assignment(page: Asked) -> Asking:
    """The dialog, open."""
    viewer, t = page.viewer, page.viewer.t
    candidates = await calls.read(workload.candidates, viewer.actor)
    teams = await calls.read(people.all_teams, viewer.actor)
    verb = "action.reassign" if page.incident.assignee or page.incident.team else "action.assign"
    asking = Asking(page, t("assign.title"), confirm=t(verb), sign="group_add", action=Action.ASSIGN, width=520)
    with asking:
        owner = PickerField(
            t("assign.people"),
            [_person(page, each) for each in candidates],
            pills=[_team(each) for each in teams],
            pills_label=f"{t('assign.teams')} · {t('assign.team_only')}",
            search=t("assign.search"),
            nothing=t("assign.no_match"),
            on_change=asking.check,
        )

    async def send(version: int | None) -> IncidentView:
        chosen = owner.value or ""
        return await calls.write(
            lifecycle.assign,
            viewer.actor,
            page.incident.reference,
            assignee=chosen.removeprefix(_PERSON) if chosen.startswith(_PERSON) else None,
            team=int(chosen.removeprefix(_TEAM)) if chosen.startswith(_TEAM) else None,
            version=version,
        )

    def said(incident: IncidentView) -> str:
        name = incident.assignee.name if incident.assignee else incident.team.name if incident.team else ""
        return t("toast.assigned", ref=incident.reference, name=name)

    asking.fields = {"assignee": owner, "team": owner}
    asking.valid = lambda: owner.value is not None
    asking.send, asking.said = send, said
    asking.open()
    return asking


def _person(page: Asked, candidate: Candidate) -> Pick:
    t, person = page.viewer.t, candidate.person
    you = f" ({t('assign.you')})" if person.id == page.viewer.user_id else ""
    return Pick(
        _PERSON + person.login,
        person.name + you,
        sub=", ".join(team.name for team in candidate.teams),
        person={"id": person.id, "name": person.name},
        load=candidate.open,
        load_label=t("assign.load", n=candidate.open),
    )


def _team(team: TeamView) -> Pick:
    return Pick(f"{_TEAM}{team.id}", team.name, team={"code": team.code})
