"""Habits that neither the linter nor the import contracts can see."""

import ast

from tests.house.tree import calls, keyword, modules


def test_only_the_unit_of_work_commits() -> None:
    committing = {str(file) for file, tree in modules() for name, _ in calls(tree) if name == "commit"}
    assert committing <= {"services/work.py"}


def test_the_bare_name_ui_always_means_the_toolkit() -> None:
    found = []
    for file, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import) and any(name.name.split(".")[0] == "ui" for name in node.names):
                found.append(f"{file}:{node.lineno}")
            if isinstance(node, ast.ImportFrom) and node.module != "nicegui":
                found += [f"{file}:{node.lineno}" for name in node.names if (name.asname or name.name) == "ui"]
    assert found == []


def test_there_is_one_way_to_give_an_element_the_cursor() -> None:
    """`ui.elements.focus`: Quasar's buttons lack the method that NiceGUI calls, and only the console hears of it."""
    found = {
        str(file)
        for file, tree in modules()
        for name, call in calls(tree)
        if name == "run_method" and isinstance(call.args[0], ast.Constant) and call.args[0].value == "focus"
    }
    assert found == {"ui/elements.py"}


def test_no_instant_is_stored_as_local_time() -> None:
    """`DateTime(timezone=True)` keeps wall time without its offset on SQLite, two hours wrong in a French summer."""
    found = [f"{file}:{call.lineno}" for file, tree in modules() for name, call in calls(tree) if name == "DateTime"]
    assert found == []


def test_no_instant_is_naive() -> None:
    found = []
    for file, tree in modules():
        for name, call in calls(tree):
            naive_now = name in {"now", "fromtimestamp"} and _is_datetime(call.func) and not _has_zone(name, call)
            if naive_now or (name in {"utcnow", "utcfromtimestamp", "today"} and _is_datetime(call.func)):
                found.append(f"{file}:{call.lineno}")
    assert found == []


def _is_datetime(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and ast.unparse(function.value) in {"datetime", "datetime.datetime"}


def _has_zone(name: str, call: ast.Call) -> bool:
    return len(call.args) > (name == "fromtimestamp") or keyword(call, "tz") is not None
