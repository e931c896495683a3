"""What the history says, and which keys there are, has words: nothing is shown as its code (S4, S129, S146, B5)."""

import ast
import re
from itertools import chain

import pytest

from data.vocabulary import Category, Fact, Impact, Priority, Readers, Role, Severity
from services import cmdb, incidents
from services.i18n import LOCALES, catalog
from tests.house.tree import ROOT
from ui.components.action_bar import KEYS as ACTION_KEYS
from ui.components.audit_line import CODED, FIELD_AREAS
from ui.help_sheet import KEYS

# What a line names as its field by a variable; what it names as a word is read off the services.
KINDS = cmdb.KINDS.values()
VARIABLE: dict[Fact, set[str]] = {
    Fact.FIELD_CHANGED: {*incidents._FIELDS},
    Fact.ITEM_CHANGED: {
        *chain.from_iterable(
            (*kind.fields, *kind.references, *(each.value for each in kind.relations)) for kind in KINDS
        )
    },
    Fact.TEAM_CHANGED: {"name", "code", "parent", "external", "email"},
    Fact.USER_CHANGED: {"name", "email", "role", "active", "password"},
    Fact.ORGANISATION_CHANGED: {"name", "catalogue_address", "catalogue_label"},
    Fact.DISPLAY_CHANGED: {"name", "team", "site", "locale", "diagonal", "distance", "sound", "dimmed"},
    Fact.TEMPLATE_CHANGED: {
        *("name", "title", "text", "category", "priority", "severity", "impact", "team", "readers")
    },
}
CODES = (Role, Readers, Category, Priority, Severity, Impact)


def noted() -> tuple[set[str], set[str]]:
    """(the facts that services write of, the fields that they name as words)."""
    facts, fields = set(), set()
    for file in (ROOT / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Fact":
                facts.add(node.attr)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "note":
                named = [each.value for each in node.keywords if each.arg == "field"]
                fields |= {str(each.value) for each in named if isinstance(each, ast.Constant)}
    return facts, fields


@pytest.mark.parametrize("locale", LOCALES)
def test_every_fact_and_every_field_that_the_history_names_has_words(locale: str) -> None:
    facts, fields = noted()
    assert facts == {fact.name for fact in Fact}
    wordless = [
        fact.value
        for fact in Fact
        if not any(catalog.has(f"{area}.{fact}", locale) for area in ("audit.fact", "event"))
        or "{" in catalog.labels(locale, f"audit.fact.{fact}", f"event.{fact}").get(f"audit.fact.{fact}", "")
    ]
    assert wordless == []
    for fact in Fact:
        key = f"audit.fact.{fact}" if catalog.has(f"audit.fact.{fact}", locale) else f"event.{fact}"
        assert catalog.t(key, locale)  # complete without the line's details
    named = fields.union(*VARIABLE.values())
    assert len(named) > 40
    assert [
        each for each in sorted(named) if not any(catalog.has(f"{area}.{each}", locale) for area in FIELD_AREAS)
    ] == []
    for codes in CODES:
        areas = CODED[codes.__name__.lower()]
        assert [code for code in codes if not any(catalog.has(f"{area}{code}", locale) for area in areas)] == []


def test_the_help_lists_the_keys_that_there_are_and_no_others() -> None:
    """WCAG 2.1.4: of the pages' buttons and fields, of the board's cursor, and of the shell itself."""
    pages = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "ui").rglob("*.py"))
    scripts = "\n".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "ui" / "components" / "board").glob("*.js")
    )
    shell = (ROOT / "ui" / "static" / "shell.js").read_text(encoding="utf-8")
    there = {each.upper() for each in re.findall(r'(?:\bdata_key|\bkey)="(.)"', pages)}
    there |= {*ACTION_KEYS.values(), *re.findall(r'Visibility\.\w+: "([A-Z])"', pages)}
    there |= {each.upper() for each in re.findall(r'key === "([^"])"', scripts + shell) if each != " "}
    there |= {each.upper() for each in re.findall(r'aria-keyshortcuts": "(.)"', scripts)}
    steps = re.findall(
        r"\b([a-z]): (?:\[|-?1)", "".join(re.findall(r"_KEYS = \{[^}]*\}|const step = \{[^}]*\}", scripts))
    )
    there |= {each.upper() for each in steps}
    there |= {
        sign
        for name, sign in {"ArrowDown": "↓", "ArrowUp": "↑"}.items()
        if re.search(rf"const step = .*{name}", scripts)
    }
    listed = {cap for _, lines in KEYS for caps, _ in lines for cap in caps if not cap.startswith("key.")}
    assert listed == there
