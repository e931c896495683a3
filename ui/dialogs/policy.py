"""What a change of the SLA policy would do, shown before it is saved."""

from collections.abc import Awaitable, Callable

from data.vocabulary import Priority
from services.sla_policies import Preview, Sample
from ui.components.badge import priority_badge
from ui.components.policy_words import change_sentence, warning_sentence
from ui.dialog import Dialog
from ui.elements import button, el, note
from ui.viewer import Viewer


def ask_to_save(viewer: Viewer, preview: Preview, version: int, save: Callable[[], Awaitable[bool]]) -> None:
    """The preview is open; `save` makes version `version` and says whether it did."""
    t = viewer.t
    dialog = Dialog(t("policy.preview"), t("policy.preview_help"), locale=viewer.locale, width=760)
    with dialog, el("div", "vg-foreseen"):
        for warned in preview.warnings:
            note(warning_sentence(viewer, warned), icon="warning")
        if preview.changes:
            with el("div"):
                el("h3", "", t("policy.what_changes"))
                with el("ul", "vg-foreseen__list"):
                    for change in preview.changes:
                        el("li", "", change_sentence(viewer, change))
        else:
            note(t("policy.nothing_changes"))
        _open(viewer, preview)
        with el("div", "vg-foreseen__scroll", tabindex=0, role="group", aria_label=t("policy.if_declared")):
            for sample in preview.samples:
                _sample(viewer, sample)

    async def press() -> None:
        if await save():
            dialog.close()

    with dialog.foot:
        button(t("action.cancel"), kind="quiet", on_click=dialog.close)
        button(t("policy.save", n=version), icon="check", kind="primary", on_click=press, submit=True)
    dialog.open()


def _open(viewer: Viewer, preview: Preview) -> None:
    if not preview.open:
        text = viewer.t("policy.open.none")
    elif not preview.differ:
        text = viewer.t("policy.open.same", open=preview.open)
    else:
        text = viewer.t(
            "policy.open.differ",
            n=preview.differ,
            open=preview.open,
            late=preview.late,
            in_time=preview.in_time,
        )
    note(text, icon="history_toggle_off")


def _sample(viewer: Viewer, sample: Sample) -> None:
    t = viewer.t
    with el("table"):
        el("caption", "vg-sr", f"{t('policy.if_declared')} {t(f'policy.sample.{sample.name}')}")
        with el("thead"), el("tr"):
            el(
                "th",
                "",
                f"{t('policy.if_declared')} {t(f'policy.sample.{sample.name}')}, {viewer.instant(sample.at)}",
                scope="col",
            )
            el("th", "", t("sla.respond_before"), scope="col")
            el("th", "", t("sla.resolve_before"), scope="col")
        with el("tbody"):
            for due in sample.dues:
                with el("tr"):
                    with el("th", "", scope="row"):
                        priority_badge(Priority(due.priority))
                    for old, new in (due.response, due.resolution):
                        with el("td"):
                            el("b" if old != new else "span", "vg-num", viewer.instant(new))
                            if old != new:
                                el("small", "", t("policy.was", at=viewer.instant(old)))
