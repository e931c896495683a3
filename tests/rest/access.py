"""The access matrix as people read it: made of the tables that the tests compare with the application, cell by cell.

`python -m tests.rest.access` writes ACCESS.md beside it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from data.vocabulary import Action, Status
from tests.rest import calls_table, test_access
from tests.rest.desk_calls import DESK_CALLS
from tests.rest.doors import CALLERS
from tests.rest.item_calls import ITEM_CALLS
from tests.rest.people_calls import PEOPLE_CALLS
from tests.rest.template_calls import TEMPLATE_CALLS

DOORS = Path(__file__).with_name("doors.toml")
WRITTEN = Path(__file__).with_name("ACCESS.md")

_HEAD = """# Who may do what

Made by `python -m tests.rest.access` of the tables that the tests compare with the running application: every address
and every call, before everybody. An address that is in no table fails the tests.

The incident in the addresses is one of Chloé's (a requester) in the team Support N1, new unless it says otherwise; the
file is internal, `{login}`, `{item_id}` and the like are ones that nobody needs.

| Column | Who asks |
| --- | --- |
| nobody | without session or token |
| ended | with a session that is over; by the API: with an expired token |
| disabled | with the session or token of a disabled account |
| display | a paired screen on the wall |
| confined | signed in by a temporary password, or without the second factor that is required |
| reader | Alice, by a token that may only read |
| other | another requester |
| own | the incident's requester |
| outside | a technician of another team |
| inside | a technician of the incident's team |
| dispatcher, admin | as they say |
"""
_PEOPLE = {"gina": "other", "chloe": "own", "bruno": "outside", "alice": "inside", "diane": "dispatcher"}
_PEOPLE |= {"emile": "admin", "expired": "ended"}
_DOORS = """
## Addresses of the browser

A number is the answer's status; « login » leads to the login page, « account » to `/me`, which has to be seen to first,
« incident » to the incident's page, an address to that address.
"""
_REST = """
## Calls of the API

Below `/api/v1`. A display has no token and is answered as nobody is.
"""
_ACTIONS = """
## Actions on an incident

`POST /incidents/{reference}/actions/{action}` by status, action and person, each on an incident in the team of
« inside », who takes, starts, holds and resolves it on its way. 200: done; 403: not yours to do; 404: not visible;
409: no such move.
"""
_ACTORS = {"G": "other", "C": "own", "B": "outside", "A": "inside", "D": "dispatcher", "E": "admin"}


def document() -> str:
    """The whole page."""
    return "".join(f"{line}\n" for line in _lines())


def written() -> str:
    """The page as it lies in the repository."""
    return WRITTEN.read_text("utf-8")


def rest_rows() -> Mapping[str, tuple[int, ...]]:
    """« GET /path » → its cells, as the columns of `calls_table.CALLERS`."""
    return calls_table.CALLS | DESK_CALLS | ITEM_CALLS | PEOPLE_CALLS | TEMPLATE_CALLS


def _lines() -> Iterator[str]:
    yield from _HEAD.splitlines()
    yield from _DOORS.splitlines()
    parts: dict[str, dict[str, str]] = tomllib.loads(DOORS.read_text("utf-8"))
    for part, doors in parts.items():
        yield from ("", f"### {part}", "")
        yield from _table(("address", *_names(CALLERS)), ((d, *c.split()) for d, c in doors.items()))
    yield from _REST.splitlines()
    yield ""
    rows = ((call, *map(str, calls_table.cells(call, known))) for call, known in rest_rows().items())
    yield from _table(("call", *_names(calls_table.CALLERS)), rows)
    yield from _ACTIONS.splitlines()
    for status in Status:
        yield from ("", f"### {status}", "")
        cells = ((action, *(str(test_access.expected(status, action, who)) for who in _ACTORS)) for action in Action)
        yield from _table(("action", *_ACTORS.values()), cells)


def _names(callers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_PEOPLE.get(each, each) for each in callers)


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    for first, *rest in rows:
        yield f"| `{first}` | {' | '.join(rest)} |"


if __name__ == "__main__":
    WRITTEN.write_text(document(), "utf-8")
