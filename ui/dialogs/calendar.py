"""A calendar of the SLA policy: opening hours of each day, holidays, other closed days."""

from collections.abc import Callable, Mapping
from typing import Any

from services import opening, sla_policies
from services.errors import Invalid
from services.i18n import field_sentences
from services.terms import typed_days
from ui.components.policy_words import typed_week
from ui.dialog import Dialog
from ui.elements import button, el
from ui.fields import Field, select_field, show_errors, text_area, text_field
from ui.viewer import Viewer

OFFICE = [[["08:00", "12:00"], ["13:30", "18:00"]]] * 5 + [[]] * 2


def ask_calendar(
    viewer: Viewer, given: Mapping[str, Any] | None, others: list[str], apply: Callable[[dict[str, Any]], None]
) -> None:
    """The dialog is open, with the calendar `given` or a new one; `apply` gets one that makes sense.

    `others`: the names that it must not have.
    """
    t, locale = viewer.t, viewer.locale
    shown = given or {"name": "", "zone": viewer.zone.key, "country": "FR", "week": OFFICE, "closed": []}
    title = t("policy.edit_calendar", name=shown["name"]) if given else t("policy.new_calendar")
    dialog = Dialog(title, t("policy.calendars_help"), locale=locale, width=620)
    fields: dict[str, Field] = {}
    with dialog, el("div", "vg-stack"):
        fields["name"] = text_field(
            t("policy.calendar_name"), locale=locale, value=shown["name"], required=True, max_length=60, autofocus=True
        )
        with el("div", "vg-pair"):
            zones = {zone: zone for zone in dict.fromkeys([*opening.zones(), shown["zone"]])}
            fields["zone"] = select_field(t("policy.zone"), zones, locale=locale, value=shown["zone"], searchable=True)
            countries = {"": t("policy.no_country")} | {code: code for code in opening.countries()}
            fields["country"] = select_field(
                t("policy.country"), countries, locale=locale, value=shown["country"] or "", searchable=True
            )
        el("p", "vg-soft", t("policy.day_hint"))
        with el("div", "vg-week"):
            for number, day in enumerate(t("time.days").split()):
                ranges = ", ".join("-".join(range_) for range_ in shown["week"][number])
                fields[f"week.{number}"] = text_field(
                    day.capitalize(), locale=locale, value=ranges, placeholder=t("policy.shut")
                )
        closed = "\n".join(f"{each['day']} {each['name']}" for each in shown["closed"])
        fields["closed"] = text_area(
            t("policy.closed"), locale=locale, value=closed, hint=t("policy.closed_hint"), required=False
        )
        problem = el("p", "vg-field__error", "", role="alert")

    def take() -> None:
        asked = {
            "name": (fields["name"].value or "").strip(),
            "zone": fields["zone"].value,
            "country": fields["country"].value or None,
            "week": typed_week([fields[f"week.{number}"].value or "" for number in range(7)]),
            "closed": typed_days(fields["closed"].value or ""),
        }
        try:
            apply(sla_policies.checked_calendar(asked, others))
        except Invalid as invalid:
            sentences: dict[str, str] = {}
            for place, sentence in field_sentences(invalid, locale).items():
                sentences.setdefault("closed" if place.startswith("closed") else place, sentence)
            rest = show_errors(fields, sentences)
            problem._text = " ".join(rest.values())
            problem.update()
            return
        dialog.close()

    with dialog.foot:
        button(t("action.cancel"), kind="quiet", on_click=dialog.close)
        button(t("policy.apply"), kind="primary", on_click=take, submit=True)
    dialog.open()
