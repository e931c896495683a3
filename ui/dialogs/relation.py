"""« Lier un incident »: what this one is to another; and taking that back (S142)."""

from data.vocabulary import OPEN_STATUSES, Relation
from services import relations
from services.views import IncidentView, RelatedView
from ui import calls
from ui.components.choice import ChoiceField, Option
from ui.components.incident_search import IncidentSearch
from ui.components.toasts import toast
from ui.dialogs.asking import Asked, Asking

_ICONS = {Relation.DUPLICATE: "content_copy", Relation.RECURRENCE: "replay", Relation.RELATED: "hub"}


async def ask_relation(page: Asked) -> Asking:
    """The dialog, open."""
    viewer, t = page.viewer, page.viewer.t
    asking = Asking(page, t("relation.add"), confirm=t("cmdb.link"), sign="add_link", action=None, width=640)
    offered = [each for each in Relation if each is not Relation.DUPLICATE or page.incident.status in OPEN_STATUSES]
    with asking:
        kind = ChoiceField(
            t("relation.kind"),
            [
                Option(each.value, t(f"relation.{each}"), t(f"relation.{each}_help"), icon=_ICONS[each])
                for each in offered
            ],
            locale=viewer.locale,
            value=Relation.RELATED.value,
            columns=3,
            required=True,
            on_change=asking.check,
        )
        other = IncidentSearch(viewer, t("relation.other"), except_for=page.incident.id, on_change=asking.check)

    async def send(version: int | None) -> IncidentView:
        reference = page.incident.reference
        return await calls.write(
            relations.relate, viewer.actor, reference, other=other.value, kind=kind.value, version=version
        )

    asking.fields = {"kind": kind, "other": other}
    asking.valid = lambda: kind.value is not None and other.value is not None
    asking.send, asking.said = send, lambda incident: t("relation.linked")
    asking.open()
    return asking


async def unrelate(page: Asked, other: RelatedView) -> None:
    """The two are not related any more; a toast offers to have it back."""
    viewer, t, reference = page.viewer, page.viewer.t, page.incident.reference
    done = await calls.perform(viewer, relations.unrelate, viewer.actor, reference, other=other.reference)

    async def undo() -> None:
        this, that = (other.reference, reference) if other.reverse else (reference, other.reference)
        await calls.perform(viewer, relations.relate, viewer.actor, this, other=that, kind=other.kind.value)
        await page.refresh()

    if done is not None:
        said = t("relation.unlinked", ref=other.reference)
        toast(said, icon="link_off", undo=undo, undo_label=t("action.undo"))
    await page.refresh()
