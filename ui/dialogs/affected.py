"""Whom an incident touches as well, and what requesters read of it."""

from data.vocabulary import Role
from services import affected
from services.inputs import REASON, TITLE
from services.touched import Joined, Touched
from services.views import IncidentView, PersonView
from ui import calls
from ui.components.picker import Pick, PickerField
from ui.components.toasts import toast
from ui.dialogs.asking import Ask, Asked, Asking
from ui.elements import note
from ui.fields import text_area, text_field
from ui.viewer import Viewer

SIGN = "person_add"


async def ask_person(page: Asked) -> Asking:
    """The dialog, open: who meets it as well."""
    viewer, t, reference = page.viewer, page.viewer.t, page.incident.reference
    people = await calls.read(affected.candidates, viewer.actor)
    names = {person.login: person.name for person, _ in people}
    asking = Asking(page, t("affected.add"), confirm=t("affected.add_short"), sign=SIGN, action=None, width=520)
    with asking:
        who = PickerField(
            t("affected.title"),
            [_pick(viewer, person, role) for person, role in people if person.id != page.incident.requester.id],
            search=t("affected.search"),
            nothing=t("affected.nobody"),
            on_change=asking.check,
        )

    async def send(_: int | None) -> IncidentView:
        await calls.write(affected.join, viewer.actor, reference, person=who.value)
        return page.incident

    asking.fields = {"person": who}
    asking.valid = lambda: who.value is not None
    asking.send, asking.said = send, lambda _: t("affected.added", name=names.get(who.value or "", ""))
    asking.open()
    return asking


async def ask_publication(page: Asked) -> Asking:
    """The dialog, open: what everybody may read of it. What the incident is called is no more than a proposal."""
    viewer, t, reference = page.viewer, page.viewer.t, page.incident.reference
    known = (await calls.read(affected.touched, viewer.actor, reference)).known
    asking = Asking(page, t("affected.publish"), confirm=t("affected.publish_send"), sign="campaign", action=None)
    with asking:
        note(t("affected.publish_help"), icon="visibility")
        title = text_field(
            t("affected.public_title"),
            locale=viewer.locale,
            value=known.title if known else page.incident.title,
            max_length=TITLE,
            required=True,
            on_change=asking.check,
        )
        advice = text_area(
            t("affected.advice"),
            locale=viewer.locale,
            value=known.advice if known else "",
            placeholder=t("affected.advice_ph"),
            max_length=REASON,
            required=False,
            on_change=asking.check,
        )

    async def send(_: int | None) -> IncidentView:
        await calls.write(affected.publish, viewer.actor, reference, title=title.value, advice=advice.value)
        return page.incident

    asking.fields = {"title": title, "advice": advice}
    asking.valid = lambda: bool((title.value or "").strip())
    asking.send, asking.said = send, lambda _: t("affected.published")
    asking.open()
    return asking


async def remove_person(page: Asked, person: Joined) -> None:
    """The person is not counted any more; a toast offers to have that back."""
    viewer, t, reference = page.viewer, page.viewer.t, page.incident.reference
    done = await calls.perform(viewer, affected.leave, viewer.actor, reference, person=person.login)

    async def undo() -> None:
        await calls.perform(viewer, affected.join, viewer.actor, reference, person=person.login)
        await page.refresh()

    if done is not None:
        said = t("affected.removed", name=person.name)
        toast(said, icon="person_remove", undo=undo, undo_label=t("action.undo"))
    await page.refresh()


async def withdraw(page: Asked) -> None:
    """The portal does not show it any more; a toast offers to have it back."""
    viewer, t, reference = page.viewer, page.viewer.t, page.incident.reference
    done: Touched | None = await calls.perform(viewer, affected.withdraw, viewer.actor, reference)

    async def undo() -> None:
        if done is not None and done.known is not None:
            known = done.known
            await calls.perform(
                viewer, affected.publish, viewer.actor, reference, title=known.title, advice=known.advice
            )
        await page.refresh()

    if done is not None:
        toast(t("affected.withdrawn"), icon="visibility_off", undo=undo, undo_label=t("action.undo"))
    await page.refresh()


async def add_somebody(viewer: Viewer, incident: IncidentView) -> None:
    """The dialog for an incident that a form has found to be like the one that is being declared."""
    await ask_person(Found(viewer, incident))


class Found:
    """Stands in for the incident's page where there is none."""

    def __init__(self, viewer: Viewer, incident: IncidentView) -> None:
        self.viewer, self.incident = viewer, incident

    async def ask(self, ask: Ask) -> None:
        """Opens a dialog on the page as it is."""
        await ask(self)

    async def refresh(self) -> None:
        """Nothing of the incident is shown that could change."""

    async def done(self, incident: IncidentView, text: str, icon: str) -> None:
        """Says so."""
        toast(text, icon=icon)


def _pick(viewer: Viewer, person: PersonView, role: Role) -> Pick:
    you = f" ({viewer.t('assign.you')})" if person.id == viewer.user_id else ""
    return Pick(
        person.login, person.name + you, sub=viewer.t(f"role.{role}"), person={"id": person.id, "name": person.name}
    )
