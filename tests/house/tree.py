"""What the house rules look at: the files of the repository, and the syntax trees of its rooms."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("ui", "services", "data")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Paths from the root of what is in git and on disk."""
    # The checkout of a container or of continuous integration often belongs to somebody else.
    git = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]
    names = subprocess.run(git, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(Path(name) for name in names if name and (ROOT / name).is_file())


def modules(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    """Path from the root, and syntax tree, of each Python file in `rooms`, of main.py too when all are asked for."""
    files = [file for room in rooms or ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    main = ROOT / "main.py"
    for file in files if rooms or not main.exists() else [*files, main]:
        yield file.relative_to(ROOT), _parsed(file)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the last part of the name that is called: `run` for `asyncio.run(...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name, node
                case _:
                    yield "", node


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((given.value for given in call.keywords if given.arg == name), None)


@cache
def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))
