"""Which test shows which requirement: read off what the tests say of themselves.

A test names a requirement in its docstring, in its class's, or in a comment in it or right above it: « S86 »,
« S24 to S27 ». `make requirements` runs the tests that name one and prints a table, a line for each requirement.
"""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

_NAMED = re.compile(r"\b([SB])(\d{1,3})\b(?: to \1(\d{1,3})\b)?")


@cache
def phrases() -> Mapping[str, str]:
    """Each requirement's number, in order, with the specification's own words."""
    return tomllib.loads((Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8"))


def named_in(text: str) -> Iterator[str]:
    """The requirements that `text` names; a range names all of its own."""
    for letter, first, last in _NAMED.findall(text):
        for number in range(int(first), int(last or first) + 1):
            if f"{letter}{number}" in phrases():
                yield f"{letter}{number}"


@cache
def named_by_tests(file: Path) -> Mapping[str, frozenset[str]]:
    """Name of each test of `file` → the requirements that it names."""
    source = file.read_text(encoding="utf-8")
    comments = {
        token.start[0]: token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    return dict(_tests(ast.parse(source), comments, ""))


def _tests(
    node: ast.Module | ast.ClassDef, comments: Mapping[int, str], said: str
) -> Iterator[tuple[str, frozenset[str]]]:
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _tests(child, comments, said + (ast.get_docstring(child) or ""))
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            text = " ".join([said, ast.get_docstring(child) or "", *_comments_of(child, comments)])
            yield child.name, frozenset(named_in(text))


def _comments_of(test: ast.FunctionDef | ast.AsyncFunctionDef, comments: Mapping[int, str]) -> Iterator[str]:
    first = min([test.lineno, *(each.lineno for each in test.decorator_list)])
    while first - 1 in comments:
        first -= 1
    for line in range(first, (test.end_lineno or test.lineno) + 1):
        if line in comments:
            yield comments[line]
