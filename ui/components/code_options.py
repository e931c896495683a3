"""What each code looks like and means where it can be chosen (S16 to S22, S63 to S70)."""

from collections.abc import Mapping
from enum import StrEnum

from data.vocabulary import Category, Impact, Priority, Severity, Source
from services.i18n import t, target
from services.sla import Target
from ui.components.choice import Option

ICONS: Mapping[StrEnum, str] = {
    Category.HARDWARE: "memory",
    Category.SOFTWARE: "deployed_code",
    Category.NETWORK: "lan",
    Category.ACCESS: "key",
    Category.OTHER: "more_horiz",
    Source.MANUAL: "edit_note",
    Source.EMAIL: "mail",
    Source.PORTAL: "web",
    Source.PHONE: "call",
    Source.MONITORING: "monitor_heart",
    Source.API: "api",
    Impact.ENTERPRISE: "corporate_fare",
    Impact.MULTI_CLIENT: "groups",
    Impact.SINGLE_CLIENT: "domain",
    Impact.SINGLE_USER: "person",
}


def priority_option(priority: Priority, locale: str, terms: Target | None = None) -> Option:
    """With its definition (S19), and with its targets where `terms` has them."""
    foot = ""
    if terms is not None:
        response, resolution = (int(each.total_seconds()) for each in (terms.response, terms.resolution))
        foot = t("sla.targets_short", locale, response=target(response, locale), resolution=target(resolution, locale))
    return Option(
        priority.value,
        t(f"priority.{priority}", locale),
        help=t(f"priority.{priority}.help", locale),
        foot=foot,
        priority=True,
    )


def category_options(locale: str) -> list[Option]:
    return [Option(each.value, t(f"category.{each}", locale), icon=ICONS[each]) for each in Category]


def source_options(locale: str) -> list[Option]:
    return [Option(each.value, t(f"source.{each}", locale), icon=ICONS[each]) for each in Source]


def severity_options(locale: str) -> list[Option]:
    """With their definitions (S63 to S66)."""
    return [
        Option(each.value, t(f"severity.{each}", locale), help=t(f"severity.{each}.help", locale)) for each in Severity
    ]


def impact_options(locale: str) -> list[Option]:
    """With their definitions and examples (S67 to S70)."""
    return [
        Option(
            each.value,
            t(f"impact.{each}", locale),
            help=t(f"impact.{each}.help", locale),
            example=t(f"impact.{each}.example", locale),
            icon=ICONS[each],
        )
        for each in Impact
    ]
