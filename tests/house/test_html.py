"""User data never becomes code in a browser: the ways in which HTML executes are closed, one by one.

Each was seen to execute a payload in Chromium on NiceGUI 3.18. What people write reaches a page as the content of a
label, as a component's props, or as Markdown that the server has cleaned.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, calls, keyword, modules

# Draws our own constant pictures; the one function that may switch the toolkit's sanitising off.
CONSTANT_SVG = "constant_svg"
# The one way of a person's text to HTML, what it is made of, and who may ask for it.
CLEANER = Path("services/markdown.py")
MADE_OF = {"nh3", "markdown_it", "linkify_it", "bleach", "markdown", "mistune"}
DRAWS_MARKDOWN = {Path("ui/components/rich_text.py"), Path("services/reports/document.py")}
TAKES_CODE = {"add_slot", "run_javascript", "props", "style", "add_head_html", "add_body_html", "add_css", "add_scss"}
RAW_ATTRIBUTES = ("v-html", "name-html", "options-html", "html-columns", "innerHTML")
RAW_SCRIPT = ("v-html", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function")


def findings(tree: ast.AST) -> Iterator[str]:
    """What is wrong, with its line."""
    allowed = {
        id(call)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == CONSTANT_SVG
        for _, call in calls(function)
    }
    for name, call in calls(tree):
        if _is(keyword(call, "sanitize"), False) and id(call) not in allowed:
            yield f"{call.lineno}: sanitize=False"
        if _is(keyword(call, "html"), True) or keyword(call, "html_columns") is not None:
            yield f"{call.lineno}: {name} shows its text as HTML"
        if name == "html" and keyword(call, "sanitize") is None and _is_of_the_toolkit(call):
            yield f"{call.lineno}: html leaves the cleaning to the browser"
        if name == "markdown":
            yield f"{call.lineno}: the toolkit's Markdown leaves the cleaning to the browser"
        if name == "editor":
            yield f"{call.lineno}: the editor runs the HTML that it is given"
        if name in TAKES_CODE and any(_is_composed(argument) for argument in [*call.args, *_values(call)]):
            yield f"{call.lineno}: {name} gets a text made at run time"
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"{node.lineno}: {raw}" for raw in RAW_ATTRIBUTES if raw in node.value)


def _is_of_the_toolkit(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "ui"


def _is(value: ast.expr | None, wanted: bool) -> bool:
    return isinstance(value, ast.Constant) and value.value is wanted


def _values(call: ast.Call) -> list[ast.expr]:
    return [given.value for given in call.keywords]


def _is_composed(argument: ast.expr) -> bool:
    """Whether something is put into a text here: f-string, format(), % or + or join."""
    for node in ast.walk(argument):
        match node:
            case ast.FormattedValue() | ast.BinOp(op=ast.Add() | ast.Mod()):
                return True
            case ast.Call(func=ast.Attribute(attr="format" | "format_map" | "join" | "replace")):
                return True
    return False


def test_no_page_turns_user_data_into_code() -> None:
    assert [f"{file}:{finding}" for file, tree in modules("ui", "services") for finding in findings(tree)] == []


def test_one_module_makes_html_of_what_people_write() -> None:
    """X1: the parser and the allow-list are its alone, and two places ask it, one for pages and one for paper."""
    making, asking, trusting = set(), set(), set()
    for file, tree in modules("ui", "services", "data"):
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in MADE_OF for name in names):
                making.add(file)
            if isinstance(node, ast.Name) and node.id in ("Markup", "mark_safe"):
                trusting.add(file)
            if isinstance(node, ast.keyword) and node.arg == "sanitize" and not _is(node.value, False):
                asking.add(file)
                assert "markdown.to_html" in ast.unparse(node.value), file
    assert making == {CLEANER}
    assert asking | trusting == DRAWS_MARKDOWN
    templates = [path for path in (ROOT / "services").rglob("*.html") if "safe" in path.read_text(encoding="utf-8")]
    assert templates == []


def test_one_function_at_most_draws_constant_pictures() -> None:
    drawing = [
        str(file)
        for file, tree in modules("ui")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == CONSTANT_SVG
    ]
    assert len(drawing) <= 1


def test_no_script_of_ours_writes_html() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {raw}"
        for file in sorted((ROOT / "ui").rglob("*.js"))
        for raw in RAW_SCRIPT
        if raw in file.read_text(encoding="utf-8")
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "ui.html(comment, sanitize=False)",
        "ui.markdown(comment, sanitize=False)",
        "def other(): ui.html(comment, sanitize=False)",
        "ui.notify(title, html=True)",
        "ui.table(html_columns=[0])",
        "ui.editor(value=comment)",
        "ui.html(comment)",
        "ui.markdown(comment)",
        "table.add_slot('body', f'<b>{title}</b>')",
        "table.add_slot('body', '<b v-html=\"props.value\"></b>')",
        "ui.run_javascript(f'alert({title})')",
        "ui.run_javascript('alert(%s)' % title)",
        "ui.run_javascript('alert(' + title + ')')",
        "ui.run_javascript('alert({})'.format(title))",
        "ui.label().props(f'title={title}')",
        "ui.label().props(add=f'title={title}')",
        "ui.label().style(f'color: {colour}')",
        "ui.add_head_html(f'<title>{title}</title>')",
        "ui.add_css(f'.x {{ color: {colour} }}')",
        "ui.select([]).props('options-html')",
    ],
)
def test_each_way_of_executing_html_is_recognised(code: str) -> None:
    assert list(findings(ast.parse(code))) != []


@pytest.mark.parametrize(
    "code",
    [
        f"def {CONSTANT_SVG}(name): ui.html(ICONS[name], sanitize=False)",
        "ui.label(f'{reference} {title}').props('outlined')",
        "ui.label().props('flat' if quiet else 'outlined')",
        "ui.run_javascript('document.activeElement.blur()')",
        "ui.html(comment, sanitize=partial(markdown.to_html, mentions=names))",
    ],
)
def test_ordinary_pages_pass(code: str) -> None:
    assert list(findings(ast.parse(code))) == []
