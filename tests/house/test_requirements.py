"""Tests say which sentence of the specification they show."""

from tests.requirements.tracing import named_in


def test_a_range_names_all_of_its_own() -> None:
    assert [*named_in("S24 to S26, B3; not S999, nor SLA")] == ["S24", "S25", "S26", "B3"]
