"""What is written about Vigie is true of it."""

import re

import pytest

from data.settings import PREFIX, Settings
from tests.house.tree import ROOT, tracked_files

# Joined here, so that this file does not name them either.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        *(("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("unpkg", "com")),
        *(("jsdelivr", "net"), ("cdnjs", "cloudflare"), ("googleapis", "com"), ("gstatic", "com"), ("docker", "io")),
        *(("ghcr", "io"), ("quay", "io"), ("deb", "debian"), ("crates", "io"), ("anaconda", "org")),
    )
]


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def commands() -> dict[str, bool]:
    """Target of the Makefile → whether `make` alone lists it."""
    lines = re.findall(r"^([a-z]+):(?!=)(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    return {name: any("##" in rest for other, rest in lines if other == name) for name, _ in lines}


def test_the_readme_has_every_setting(readme: str) -> None:
    names = [PREFIX + name.upper() for name in Settings.model_fields]
    assert [name for name in names if not re.search(rf"\|.*`{name}`", readme)] == []


def test_the_example_of_settings_has_every_setting() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(rf"^#?({PREFIX}\w+)=", example, re.MULTILINE)) == {
        PREFIX + name.upper() for name in Settings.model_fields
    }


def test_every_make_command_of_the_readme_exists_and_is_listed(readme: str, commands: dict[str, bool]) -> None:
    code = re.findall(r"`[^`\n]+`|^ *make [a-z]+ *(?:#.*|\w+=.*)?$|^.*&& make.*$", readme, re.MULTILINE)
    mentioned = set(re.findall(r"\bmake ([a-z]+)", "\n".join(code)))
    assert mentioned >= {"run", "demo", "test"}
    assert [name for name in sorted(mentioned) if not commands.get(name)] == []


def test_the_lock_leaves_open_where_packages_come_from() -> None:
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^/\"]+", lock)) == {"https://index.invalid"}
    assert "path = " not in lock


def test_no_file_names_a_package_registry() -> None:
    found = []
    for file in tracked_files():
        content = (ROOT / file).read_bytes().lower()
        found += [f"{file}: {host}" for host in REGISTRIES if host.encode() in content]
    assert found == []
