"""The teams of an account: any number of them, one of which is the main one."""

from collections.abc import Sequence

from nicegui import ui

from services.views import TeamView
from ui.elements import set_attributes
from ui.fields import Field, select_field
from ui.viewer import Viewer


class TeamChoice:
    """`names` is what is chosen, the main team first."""

    def __init__(self, viewer: Viewer, teams: Sequence[TeamView], chosen: Sequence[TeamView] = ()) -> None:
        self._names = {team.id: team.name for team in teams}
        own = [team.id for team in chosen]

        def make() -> ui.select:
            control = ui.select(self._names, value=own, multiple=True, on_change=self._narrow)
            set_attributes(control.props("outlined dense options-dense use-chips"), data_teams="")
            return control

        self.field = Field(
            viewer.t("field.teams"),
            make,
            hint=viewer.t("users.teams_hint"),
            locale=viewer.locale,
            required=None,
            classes="",
        )
        options = {each: self._names[each] for each in own}
        self.main = select_field(
            viewer.t("users.main_team"), options, locale=viewer.locale, value=own[0] if own else None
        )

    @property
    def names(self) -> list[str]:
        """The chosen teams, the main one first."""
        chosen: list[int] = list(self.field.value or [])
        first = self.main.value
        return [self._names[each] for each in sorted(chosen, key=lambda each: each != first)]

    def _narrow(self) -> None:
        """Only a chosen team can be the main one."""
        chosen: list[int] = list(self.field.value or [])
        control = self.main.control
        assert isinstance(control, ui.select)
        first = control.value if control.value in chosen else next(iter(chosen), None)
        control.set_options({each: self._names[each] for each in chosen}, value=first)
