"""« Assigner »: a person, a team that shares its work out, or a person within a team (S90 to S93, S99)."""

from collections.abc import Sequence

from data.vocabulary import Action
from services import lifecycle, people, workload
from services.views import IncidentView, TeamView
from services.workload import Candidate
from ui import calls
from ui.components.picker import Pick, PickerField
from ui.components.redrawn import Redrawn
from ui.dialogs.asking import Asked, Asking
from ui.dialogs.several import Several
from ui.elements import note


async def ask_assignment(page: Asked) -> Asking:
    """The dialog, open."""
    candidates = await calls.read(workload.candidates, page.viewer.actor)
    teams = await calls.read(people.all_teams, page.viewer.actor)
    return _Assignment(page, candidates, teams).asking


class _Assignment:
    def __init__(self, page: Asked, candidates: Sequence[Candidate], teams: Sequence[TeamView]) -> None:
        self.page, self.viewer, self.t = page, page.viewer, page.viewer.t
        self._candidates = {each.person.login: each for each in candidates}
        self._teams = {str(each.id): each for each in teams}
        t = self.t
        verb = "action.reassign" if page.incident.assignee or page.incident.team else "action.assign"
        self.asking = Asking(
            page, t("assign.title"), confirm=t(verb), sign="group_add", action=Action.ASSIGN, width=520
        )
        with self.asking:
            self._owner = PickerField(
                t("assign.people"),
                self._people(),
                pills=[self._pill(each) for each in teams],
                pills_label=f"{t('assign.teams')} · {t('assign.team_only')}",
                pills_beside=t("assign.within"),
                search=t("assign.search"),
                nothing=t("assign.no_match"),
                on_change=self._changed,
            )
            self._outcome = Redrawn(self._draw_outcome, role="status")
        self.asking.fields = {"assignee": self._owner, "team": self._owner}
        self.asking.valid = lambda: self._owner.value is not None or self._owner.pill is not None
        self.asking.send, self.asking.said, self.asking.renew = self._send, self._said, self._renew
        self._changed()
        self.asking.open()

    def _changed(self) -> None:
        self._outcome.show(self._owner.value, self._owner.pill, self.page.incident.version)
        self.asking.check()

    def _people(self) -> list[Pick]:
        return [self._line(each) for each in self._candidates.values()]

    def _line(self, candidate: Candidate) -> Pick:
        t, person = self.t, candidate.person
        you = f" ({t('assign.you')})" if person.id == self.viewer.user_id else ""
        return Pick(
            person.login,
            person.name + you,
            sub=", ".join(team.name for team in candidate.teams),
            person={"id": person.id, "name": person.name},
            load=candidate.open,
            load_label=t("assign.load", n=candidate.open),
            brings=self._brought(candidate),
        )

    def _brought(self, candidate: Candidate) -> str | None:
        """The team that the incident has with this person if none is chosen; of many incidents each has its own."""
        if isinstance(self.page, Several):
            return None
        present = self.page.incident.team
        team_id = workload.team_along([team.id for team in candidate.teams], present.id if present else None)
        return str(team_id) if team_id else None

    def _pill(self, team: TeamView) -> Pick:
        tag = self.t("assign.external") if team.external else ""
        return Pick(str(team.id), team.name, team={"code": team.code}, tag=tag)

    def _draw_outcome(self, login: str | None, team_id: str | None, _: int) -> None:
        candidate = self._candidates.get(login or "")
        team = self._teams.get(team_id or (candidate and self._brought(candidate)) or "")
        names = {"name": candidate.person.name if candidate else "", "team": team.name if team else ""}
        key = ("person_within" if team else "person") if candidate else "team" if team else "nobody"
        note(self.t(f"assign.to_{key}", **names), icon="person" if candidate else "group")

    async def _send(self, version: int | None) -> IncidentView:
        return await calls.write(
            lifecycle.assign,
            self.viewer.actor,
            self.page.incident.reference,
            assignee=self._owner.value,
            team=int(self._owner.pill) if self._owner.pill else None,
            version=version,
        )

    async def _renew(self) -> None:
        """Whom the incident brings along, and how much everybody has, as it is now; what was chosen stays."""
        found = await calls.read(workload.candidates, self.viewer.actor)
        self._candidates = {each.person.login: each for each in found}
        self._owner.offer(self._people())
        self._changed()

    def _said(self, incident: IncidentView) -> str:
        name = incident.assignee.name if incident.assignee else incident.team.name if incident.team else ""
        return self.t("toast.assigned", ref=incident.reference, name=name)
