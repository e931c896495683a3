"""Who looks at a page, and how: the one argument that every page and component of a signed-in person needs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from data.vocabulary import Role
from services import i18n
from services.views import PersonView, TeamView
from services.work import Actor

Theme = Literal["light", "dark", "auto"]
THEMES: tuple[Theme, ...] = ("light", "dark", "auto")
DEFAULT_LOCALE = "fr"
DEFAULT_THEME: Theme = "auto"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Made once for a page view. The services read role and teams afresh: here they only decide what is drawn."""

    actor: Actor
    user_id: int
    login: str
    name: str
    role: Role
    locale: str
    theme: Theme
    zone: ZoneInfo
    teams: tuple[TeamView, ...] = ()
    single_keys: bool = True

    @property
    def team(self) -> TeamView | None:
        """The main team."""
        return self.teams[0] if self.teams else None

    @property
    def person(self) -> PersonView:
        """The viewer as others see them."""
        return PersonView(self.user_id, self.login, self.name)

    def called(self, person: PersonView) -> str:
        """What the viewer reads of somebody: « Claire, Équipe IT » is all that a requester needs to know of others."""
        if self.role is Role.REQUESTER and person.id != self.user_id:
            return self.t("portal.it_person", name=person.name)
        return person.name

    def t(self, key: str, /, **params: object) -> str:
        """The text of `key` in the viewer's language."""
        return i18n.t(key, self.locale, **params)

    def instant(self, at: datetime, now: datetime | None = None) -> str:
        """`at` as the viewer reads it: "14:32", "22 nov. 14:32", with the year when it is another."""
        return i18n.instant(at, self.locale, self.zone, now or datetime.now(UTC))

    def full_date(self, at: datetime) -> str:
        """`at` in full, for a tooltip."""
        return i18n.full_date(at, self.locale, self.zone)


def choose_locale(*wishes: str | None) -> str:
    """The first of `wishes` (address, account, browser…) that is a language of ours, French else."""
    return next((wish for wish in wishes if wish in i18n.LOCALES), DEFAULT_LOCALE)


def choose_theme(*wishes: str | None) -> Theme:
    """The first of `wishes` that is a theme, the device's own choice else."""
    return next((wish for wish in wishes if wish in THEMES), DEFAULT_THEME)
