"""A real inventory, 252 devices of 11 clients with French headings, is imported as it is."""

import pytest

from data.vocabulary import ItemKind
from services import cmdb, imports
from services.work import SYSTEM
from tests.personas import Cast
from tests.real.log import FILE

FOLDER = FILE.parent.parent / "cmdb"

pytestmark = pytest.mark.skipif(not (FOLDER / "assets.csv").exists(), reason=f"the inventory is not there: {FOLDER}")


def test_the_whole_inventory_is_imported_and_the_second_time_changes_nothing(cast: Cast) -> None:
    for time in ("first", "second"):
        for kind, count in (("clients", 11), ("assets", 252)):
            report = imports.run(SYSTEM, kind, (FOLDER / f"{kind}.csv").read_bytes())
            expected = (count, 0, 0) if time == "first" else (0, 0, count)
            assert (report.created, report.changed, report.unchanged) == expected
    assert cmdb.find(cast.alice, ItemKind.ASSETS).total == 252
