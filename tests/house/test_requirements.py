"""No sentence of the specification is without a test that names it."""

from tests.house.tree import ROOT
from tests.requirements.tracing import named_by_tests, named_in, phrases


def test_every_requirement_is_named_by_a_test() -> None:
    named = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        named |= frozenset().union(*named_by_tests(file).values(), frozenset())
    assert [number for number in phrases() if number not in named] == []


def test_a_range_names_all_of_its_own() -> None:
    assert [*named_in("S24 to S26, B3; not S999, nor SLA")] == ["S24", "S25", "S26", "B3"]
