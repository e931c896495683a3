"""Where things stand, and how big they may grow."""

from tests.house.tree import ROOMS, ROOT, tracked_files

TOP_LEVEL = {
    *ROOMS,
    *("tests", "main.py", "pyproject.toml", "README.md", "uv.lock", "Makefile", "LICENSE", "CHANGELOG.md"),
    *("Dockerfile", "compose.yaml"),
}
LONGEST = 350


def test_the_top_level_is_exactly_what_was_agreed() -> None:
    present = {file.parts[0] for file in tracked_files() if not file.parts[0].startswith(".")}
    assert present == TOP_LEVEL


def test_every_room_has_a_page_that_says_what_belongs_in_it() -> None:
    assert [room for room in ROOMS if not (ROOT / room / "README.md").is_file()] == []


def test_no_module_is_longer_than_the_wall() -> None:
    lengths = {
        str(file): len((ROOT / file).read_text(encoding="utf-8").splitlines())
        for file in tracked_files()
        if file.suffix in {".py", ".js"} and "migrations" not in file.parts
    }
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}
