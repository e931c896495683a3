"""`/setup`: the first start. The one-time code of the log opens it; nothing is written before its last step."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from nicegui import ui

from services import i18n, organisation, people
from services.errors import BadCredentials, DeskError, Invalid
from services.organisation import FIRST_TEAMS, FirstTeam, NewOrganisation
from services.people import PASSWORD_MIN
from services.sla import DEFAULT_TARGETS
from ui import calls
from ui.components.post_form import PostForm
from ui.components.setup_steps import SetupSteps, setup_head
from ui.components.sla_matrix import sla_matrix
from ui.components.team_tree import TeamTree
from ui.components.toasts import toast
from ui.declare import open_page
from ui.elements import button, card, el, once
from ui.fields import Field, password_field, show_errors, text_field
from ui.session import Visitor, address_of
from ui.shell import bare

CODE, ADMINISTRATOR, TEAMS, TARGETS = range(4)
DONE = "/setup/done"


@open_page("/setup")
async def setup_page(visitor: Visitor) -> None:
    title = i18n.t("setup.title", visitor.locale)
    with bare(title, locale=visitor.locale, theme=visitor.theme, zone=visitor.zone, classes="vg-setup"):
        setup_head(visitor.locale, lambda other: f"/setup?lang={other}")
        Wizard(visitor)


class Wizard:
    """The steps one after the other; what was typed stays when one goes back."""

    def __init__(self, visitor: Visitor) -> None:
        self.locale, self.theme = visitor.locale, visitor.theme
        self._code = self._password = ""
        self._address = address_of(ui.context.client.request)
        self._typed = {"organisation": "", "name": "", "login": ""}
        self._teams: Sequence[FirstTeam] = FIRST_TEAMS
        self._tree: TeamTree | None = None
        self._errors: dict[str, str] = {}
        self._steps = SetupSteps(self.locale)
        self._stage = el("div")
        self._door = PostForm()
        self._draw = (self._draw_code, self._draw_administrator, self._draw_teams, self._draw_targets)
        self._show(CODE)

    def t(self, key: str, /, **params: object) -> str:
        return i18n.t(key, self.locale, **params)

    def _show(self, step: int) -> None:
        if self._tree:
            self._teams, self._tree = self._tree.teams, None
        self._stage.clear()
        self._steps.show(step)
        with self._stage:
            self._draw[step]()

    @contextmanager
    def _step(self, step: int, go_on: Callable[[], Awaitable[bool]]) -> Iterator[None]:
        """A step's heading and foot. Enter in a field goes on, as its button does, unless `go_on` refuses."""

        async def proceed() -> None:
            if await go_on() and step < TARGETS:
                self._show(step + 1)

        with el("form", "", novalidate=True) as form:
            el("h1", "vg-h1", self.t(f"setup.title_{step}"))
            el("p", "vg-setup__lead", self.t(f"setup.lead_{step}"))
            yield
            with el("div", "vg-setup__foot"):
                if step > ADMINISTRATOR:
                    button(
                        self.t("action.back"),
                        icon="arrow_back",
                        kind="quiet",
                        classes="vg-setup__back",
                        on_click=lambda: self._show(step - 1),
                    )
                label = "action.finish" if step == TARGETS else "action.next"
                onward = button(self.t(label), icon="arrow_forward", kind="primary").props("type=submit")
        form.on("submit.prevent", once(onward, proceed), [])

    def _draw_code(self) -> None:
        with self._step(CODE, lambda: self._check_code(field)), card():
            field = text_field(
                self.t("setup.code"),
                locale=self.locale,
                hint=self.t("setup.code_help"),
                placeholder="0000-0000-0000",
                autocomplete="one-time-code",
                autofocus=True,
                classes="vg-setup__code",
            )
            field.control.on_value_change(partial(field.wrong, ""))

    async def _check_code(self, field: Field) -> bool:
        self._code = field.value or ""
        try:
            await calls.read(organisation.check_code, self._code, self._address)
        except DeskError as refusal:
            field.wrong(self._refusal(refusal))
            field.focus()
            return False
        return True

    def _refusal(self, refusal: DeskError) -> str:
        if isinstance(refusal, BadCredentials):
            return f"{self.t('invalid.wrong_code')} {self.t('login.left', n=refusal.params['left'])}"
        return i18n.error_sentence(refusal, self.locale)

    def _draw_administrator(self) -> None:
        with self._step(ADMINISTRATOR, lambda: self._check_administrator(fields)), card(classes="vg-setup__card"):
            fields = {
                name: text_field(
                    self.t(f"field.{name}"),
                    locale=self.locale,
                    value=value,
                    hint=self.t(f"setup.{name}_help"),
                    autocomplete={"name": "name", "login": "username", "organisation": "organization"}[name],
                    autofocus=name == "organisation",
                )
                for name, value in self._typed.items()
            }
            fields["password"] = password_field(
                self.t("field.password"),
                locale=self.locale,
                hint=self.t("setup.password_help", min=PASSWORD_MIN),
                autocomplete="new-password",
            )
            fields["password"].value = self._password
        show_errors(fields, self._errors)
        for each in fields.values():
            each.control.on_value_change(partial(each.wrong, ""))

    async def _check_administrator(self, fields: Mapping[str, Field]) -> bool:
        self._typed = {name: fields[name].value or "" for name in self._typed}
        self._password = fields["password"].value or ""
        self._errors = await self._rehearse()
        show_errors(fields, self._errors)
        return not any(name in fields for name in self._errors)

    def _draw_teams(self) -> None:
        with self._step(TEAMS, self._check_teams):
            self._tree = tree = TeamTree(self._teams, locale=self.locale)
            button(self.t("setup.add_team"), icon="add", classes="vg-setup__add", on_click=tree.add)
        if any(name.startswith("teams.") for name in self._errors):
            tree.refuse(self._errors)

    async def _check_teams(self) -> bool:
        assert self._tree is not None
        self._teams = self._tree.teams
        self._errors = await self._rehearse()
        self._tree.refuse(self._errors)
        return not self._errors

    def _draw_targets(self) -> None:
        with self._step(TARGETS, self._finish):
            sla_matrix(DEFAULT_TARGETS, self.locale)

    def _new(self) -> NewOrganisation:
        return NewOrganisation(
            organisation=self._typed["organisation"],
            admin_name=self._typed["name"],
            login=self._typed["login"],
            password=self._password,
            teams=self._teams,
        )

    async def _rehearse(self) -> dict[str, str]:
        """Field → sentence of what the last step would refuse."""
        try:
            await calls.write(organisation.rehearse, self._code, self._new(), self._address)
        except Invalid as invalid:
            return i18n.field_sentences(invalid, self.locale)
        except DeskError as refusal:
            self._leave(refusal)
        return {}

    async def _finish(self) -> bool:
        """The organisation exists, and the browser signs in as its administrator."""
        try:
            actor = await calls.write(organisation.set_up_with_code, self._code, self._new(), self._address)
        except Invalid as invalid:
            self._errors = i18n.field_sentences(invalid, self.locale)
            self._show(TEAMS if all(name.startswith("teams.") for name in self._errors) else ADMINISTRATOR)
            return False
        except DeskError as refusal:
            self._leave(refusal)
            return False
        await calls.write(people.prefer, actor, locale=self.locale, theme=self.theme)
        self._door.send("/session", {"login": self._typed["login"], "password": self._password, "next": DONE})
        return True

    def _leave(self, refusal: DeskError) -> None:
        """Somebody else was faster, or the server has started anew with another code: from the beginning."""
        toast(i18n.error_sentence(refusal, self.locale), error=True)
        ui.navigate.to("/setup")
