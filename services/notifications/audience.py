"""Who is meant by lines of history, and what they want to hear: read at once for all lines of a transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from data.db import Session
from data.models import Channel, Incident, NotificationChoice, Team, User
from data.queries import affected, outbox, people
from data.vocabulary import Role
from services.notifications.rules import Group, Rule


@dataclass(frozen=True)
class Meant:
    """A line with an incident, by a rule that tells of it; `mentions` are logins."""

    incident: Incident
    rule: Rule
    mentions: Sequence[str] = ()

    def has(self, *groups: Group) -> bool:
        return any(group in self.rule.groups for group in groups)


@dataclass(frozen=True)
class Audience:
    """Answers for those lines alone; each question is asked of the database once, and only where a rule needs it."""

    session: Session
    meant: Sequence[Meant]

    def people(self, of: Meant) -> dict[int, User]:
        """Whom the rule's groups name, as the incident stands now."""
        found = (user for group in of.rule.groups for user in self._group(of, group))
        return {user.id: user for user in found if user.id is not None and user.active}

    def choice(self, user_id: int) -> NotificationChoice | None:
        """What the person has chosen, None where nothing."""
        return self._choices.get(user_id)

    def team(self, team_id: int | None) -> Team | None:
        return self._teams.get(team_id or 0)

    @cached_property
    def channels(self) -> Sequence[Channel]:
        """All of them."""
        return outbox.channels(self.session)

    def _group(self, of: Meant, group: Group) -> Iterable[User]:
        incident = of.incident
        match group:
            case Group.MENTIONED:
                return [user for user in self._mentioned if user.login in of.mentions]
            case Group.REQUESTER:
                return self._named(incident.requester_id)
            case Group.AFFECTED:
                return self._joined.get(incident.id or 0, ())
            case Group.ASSIGNEE:
                return self._named(incident.assignee_id)
        return self._owners(incident, group)

    def _owners(self, incident: Incident, group: Group) -> Iterable[User]:
        if incident.assignee_id is not None and group is not Group.TEAM:
            return self._named(incident.assignee_id) if group is Group.OWNER else ()
        if group is Group.DESK:
            return self._desk if incident.team_id is None else ()
        members = self._members.get(incident.team_id or 0, ())
        return members if members or group is Group.TEAM else self._desk

    def _named(self, user_id: int | None) -> list[User]:
        return [self._users[user_id]] if user_id in self._users else []

    @cached_property
    def _users(self) -> dict[int | None, User]:
        ids = {each.incident.requester_id for each in self.meant if each.has(Group.REQUESTER)}
        assignees = {each.incident.assignee_id for each in self.meant if each.has(Group.ASSIGNEE, Group.OWNER)}
        return {user.id: user for user in people.these(self.session, ids | assignees)}

    @cached_property
    def _mentioned(self) -> Sequence[User]:
        return outbox.by_logins(self.session, sorted({login for each in self.meant for login in each.mentions}))

    @cached_property
    def _joined(self) -> Mapping[int, Sequence[User]]:
        return affected.joined_of(self.session, {each.incident.id for each in self.meant if each.has(Group.AFFECTED)})

    @cached_property
    def _members(self) -> Mapping[int, Sequence[User]]:
        return outbox.members_of(
            self.session, {each.incident.team_id for each in self.meant if each.has(Group.OWNER, Group.TEAM)}
        )

    @cached_property
    def _desk(self) -> Sequence[User]:
        dispatchers = people.users(self.session, roles=[Role.DISPATCHER], active=True)
        return dispatchers or people.users(self.session, roles=[Role.ADMIN], active=True)

    @cached_property
    def _teams(self) -> Mapping[int, Team]:
        found = people.these_teams(self.session, {each.incident.team_id for each in self.meant})
        return {team.id: team for team in found if team.id is not None}

    @cached_property
    def _choices(self) -> Mapping[int, NotificationChoice]:
        return outbox.choices(self.session, sorted({key for each in self.meant for key in self.people(each)}))
