"""`/setup`: the first start. The one-time code of the log opens it; nothing is written before its last step."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from nicegui import ui
from nicegui.element import Element

from data.vocabulary import Priority
from services import demo, i18n, organisation, people
from services.errors import BadCredentials, DeskError, Invalid
from services.organisation import FIRST_TARGETS, FIRST_TEAMS, FirstTeam, NewOrganisation
from services.people import PASSWORD_MIN
from services.work import Actor
from ui import calls, live
from ui.components import target_fields
from ui.components.demo_loaded import tell_loaded
from ui.components.post_form import PostForm
from ui.components.setup_steps import STEPS, SetupSteps, setup_head
from ui.components.team_tree import TeamTree
from ui.components.toasts import toast
from ui.declare import open_page
from ui.elements import button, card, el, note, once, set_attributes
from ui.fields import Field, password_field, show_errors, text_field
from ui.session import HOME, Visitor, address_of
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
        self._hours = target_fields.hours_of(FIRST_TARGETS)
        self._targets: Mapping[str, Field] = {}
        self._demonstration = False
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
        self._hours |= {place: field.value or "" for place, field in self._targets.items()}
        self._targets = {}
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
            warning = note(self.t("setup.demo_warning"), icon="dataset")
            warning.classes("vg-setup__note").visible = self._demonstration
            with el("div", "vg-setup__foot"):
                if step > ADMINISTRATOR:
                    button(
                        self.t("action.back"),
                        icon="arrow_back",
                        kind="quiet",
                        classes="vg-setup__back",
                        on_click=lambda: self._show(step - 1),
                    )
                self._draw_wish(warning)
                label = "action.finish" if step == TARGETS else "action.next"
                onward = button(self.t(label), icon="arrow_forward", kind="primary").props("type=submit")
        form.on("submit.prevent", once(onward, proceed), [])

    def _draw_wish(self, warning: Element) -> None:
        """Whether the last step loads the demonstration as well."""

        def turn() -> None:
            self._demonstration = not self._demonstration
            show()

        def show() -> None:
            wish.set_icon("sym_r_check_box" if self._demonstration else "sym_r_check_box_outline_blank")
            set_attributes(wish, aria_pressed=self._demonstration)
            warning.visible = self._demonstration

        wish = button(self.t("setup.demo_load"), kind="quiet", classes="vg-setup__wish", on_click=turn)
        show()

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
            with el("div", "vg-row vg-row--wrap vg-setup__add"):
                button(self.t("setup.add_team"), icon="add", on_click=tree.add)
                button(self.t("setup.add_supplier"), icon="open_in_new", on_click=partial(tree.add, external=True))
        if any(name.startswith("teams.") for name in self._errors):
            tree.refuse(self._errors)

    async def _check_teams(self) -> bool:
        assert self._tree is not None
        self._teams = self._tree.teams
        self._errors = await self._rehearse()
        self._tree.refuse(self._errors)
        return not self._errors

    def _draw_targets(self) -> None:
        fields: dict[str, Field] = {}
        with self._step(TARGETS, self._finish), el("div", "vg-card vg-matrix"), el("table"):
            target_fields.heads(self.locale)
            with el("tbody"):
                for priority in Priority:
                    with target_fields.line(priority, self.locale):
                        fields |= target_fields.cells(priority, self._hours, self.locale)
        self._targets = fields
        for each in fields.values():
            each.control.on_value_change(partial(each.wrong, ""))

    def _new(self) -> NewOrganisation:
        return NewOrganisation(
            organisation=self._typed["organisation"],
            admin_name=self._typed["name"],
            login=self._typed["login"],
            password=self._password,
            teams=self._teams,
            targets=target_fields.targets_of(self._targets) if self._targets else FIRST_TARGETS,
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
            if any(name in self._targets for name in self._errors):
                show_errors(self._targets, self._errors)
            else:
                self._show(TEAMS if all(name.startswith("teams.") for name in self._errors) else ADMINISTRATOR)
            return False
        except DeskError as refusal:
            self._leave(refusal)
            return False
        await calls.write(people.prefer, actor, locale=self.locale, theme=self.theme)
        if self._demonstration:
            await self._load_demonstration(actor)
        else:
            self._sign_in(DONE)
        return True

    async def _load_demonstration(self, actor: Actor) -> None:
        """The desk holds it, and the page says who can sign in now; or why it does not."""
        self._steps.show(len(STEPS))
        self._last(self.t("setup.demo_loading"))
        with self._stage:
            el("div", "vg-progress", role="progressbar", aria_label=self.t("setup.demo_loading"))
        try:
            loaded = await calls.write(demo.add, actor)
        except DeskError as refusal:
            self._last("")
            with self._stage:
                note(i18n.error_sentence(refusal, self.locale), icon="error", kind="error", role="alert")
                self._onward("action.next", DONE)
            return
        await live.hub.count()  # the board's figures would follow within a minute
        self._last(self.t("setup.demo_accounts", password=loaded.accounts[0].password))
        with self._stage, tell_loaded(loaded, self.locale):
            self._onward("setup.open_board", HOME)

    def _last(self, lead: str) -> None:
        self._stage.clear()
        with self._stage:
            el("h1", "vg-h1", self.t("setup.done"))
            el("p", "vg-setup__lead", lead, role="status")

    def _onward(self, label: str, next_: str) -> None:
        """A button by which the browser signs in and goes there."""
        with el("div", "vg-setup__foot"):
            button(self.t(label), icon="arrow_forward", kind="primary", on_click=lambda: self._sign_in(next_))

    def _sign_in(self, next_: str) -> None:
        self._door.send("/session", {"login": self._typed["login"], "password": self._password, "next": next_})

    def _leave(self, refusal: DeskError) -> None:
        """Somebody else was faster, or the server has started anew with another code: from the beginning."""
        toast(i18n.error_sentence(refusal, self.locale), error=True)
        ui.navigate.to("/setup")
