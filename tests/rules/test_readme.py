"""What the room's page prints of the workflow is the workflow."""

from services.workflow import TABLE, Move, When
from tests.house.tree import ROOT

HEADING = "| action | from | to | needs | when |\n| --- | --- | --- | --- | --- |\n"


def row(move: Move) -> str:
    when = "" if move.when is When.ALWAYS else f"impact is {move.when}"
    cells = (move.action, ", ".join(move.sources), move.target or "", move.needs or "", when)
    return f"| {' | '.join(cells)} |".replace("  ", " ")


def test_the_printed_table_is_the_one_that_runs() -> None:
    """S35."""
    page = (ROOT / "services" / "README.md").read_text(encoding="utf-8")
    assert HEADING in page, "the table has lost its heading"
    printed = page.split(HEADING)[1].split("\n\n")[0].splitlines()
    assert printed == [row(move) for move in TABLE]
