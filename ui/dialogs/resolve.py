"""« Résoudre »: how, in one of six ways and in words; whether the SLA is met is said first (S116 to S121)."""

from data.vocabulary import Action, ResolutionCode, Status
from services import lifecycle, relations
from services.inputs import BODY
from services.views import IncidentView
from ui import calls, drafts
from ui.components.choice import ChoiceField, Option
from ui.components.incident_search import IncidentSearch
from ui.components.resolution_sla import ResolutionSla
from ui.components.sla_block import sla_json
from ui.dialogs.asking import Asked, Asking
from ui.dialogs.several import Several
from ui.elements import note, set_attributes
from ui.fields import checkbox, text_area

_ICONS = {
    ResolutionCode.FIXED: "build_circle",
    ResolutionCode.WORKAROUND: "alt_route",
    ResolutionCode.NOT_REPRODUCIBLE: "search_off",
    ResolutionCode.USER_ERROR: "person_alert",
    ResolutionCode.DUPLICATE: "content_copy",
    ResolutionCode.NO_ACTION: "block",
}


NOT_STARTED = (Status.NEW, Status.ASSIGNED)


async def ask_resolution(page: Asked) -> Asking:
    """The dialog, open; an incident whose work nobody has started is taken, started and resolved in one."""
    viewer, t, place = page.viewer, page.viewer.t, f"resolve/{page.incident.reference}"
    many = isinstance(page, Several)
    typed, picked = ("", "") if many else await drafts.kept_all(viewer, place, f"{place}/code")
    mine = others = 0
    if not many:
        mine, others = await calls.read(relations.duplicates_to_resolve, viewer.actor, page.incident.reference)
    asking = Asking(
        page,
        t("resolve.title"),
        confirm=t("action.resolve"),
        sign="check_circle",
        action=Action.RESOLVE,
        or_else=Action.START_AND_RESOLVE,
        width=640,
    )

    def chosen() -> None:
        master.root.visible = code.value == ResolutionCode.DUPLICATE
        asking.check()

    with asking:
        code = ChoiceField(
            t("field.resolution_code"),
            [
                Option(each.value, t(f"resolution.{each}"), help=t(f"resolution.{each}.help"), icon=_ICONS[each])
                for each in ResolutionCode
            ],
            locale=viewer.locale,
            value=picked or None,
            columns=3,
            required=True,
            on_change=chosen,
        )
        master = IncidentSearch(viewer, t("resolve.duplicate_of"), except_for=page.incident.id, on_change=asking.check)
        summary = text_area(
            t("field.resolution_summary"),
            locale=viewer.locale,
            value=typed,
            placeholder=t("resolve.summary_help"),
            required=True,
            max_length=BODY,
            on_change=asking.check,
        )
        publish = checkbox(t("resolve.publish"))
        duplicates = checkbox(t("resolve.duplicates", n=mine), value=mine > 0)
        if others:
            note(t("resolve.duplicates_left", n=others), icon="groups")
        sla = ResolutionSla(viewer.locale, sla_json("resolution", page.incident.cycle.resolution))
    master.root.visible = code.value == ResolutionCode.DUPLICATE
    duplicates.visible = mine > 0
    set_attributes(code.control, data_autofocus="")

    async def send(version: int | None) -> IncidentView:
        # As it stands when it is confirmed: somebody may have started the work, or given it back, meanwhile.
        at_once = page.incident.status in NOT_STARTED
        resolve = lifecycle.start_and_resolve if at_once else lifecycle.resolve
        return await calls.write(
            resolve,
            viewer.actor,
            page.incident.reference,
            code=code.value,
            summary=summary.value,
            master=master.value if code.value == ResolutionCode.DUPLICATE else None,
            publish=bool(publish.value),
            duplicates=mine > 0 and bool(duplicates.value),
            version=version,
        )

    async def renew() -> None:
        sla.show(sla_json("resolution", page.incident.cycle.resolution))

    sla.visible = not many
    if not many:
        asking.keep(summary, place)
        asking.keep(code, f"{place}/code")
    asking.fields = {"code": code, "master": master, "summary": summary}
    asking.valid = lambda: (
        code.value is not None
        and bool((summary.value or "").strip())
        and (code.value != ResolutionCode.DUPLICATE or master.value is not None)
    )
    asking.send, asking.renew = send, renew
    asking.said = lambda incident: t("toast.resolved", ref=incident.reference)
    asking.open()
    return asking
