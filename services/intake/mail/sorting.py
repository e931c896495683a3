"""What becomes of a letter: one table, read from the top; the first row that fits decides. Pure.

A `From` is a claim of whoever writes. It is enough to declare, as at a counter; it is never enough to speak in somebody
else's conversation: that takes the Message-ID of a letter that we have sent to that very account (M3), and not even
then does it speak for the team.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.vocabulary import LetterReason, LetterState, Role, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of a letter.

    `accounts`: how many active ones have the sender's address; `role`: that of the one. `proved`: it answers a letter
    of ours; then `addressed`: one to this account; `own`: the account is the incident's requester; `status`: the
    incident's. `spent`: the account has sent as many in this hour as one may.
    """

    readable: bool = True
    whole: bool = True
    automatic: bool = False
    accounts: int = 0
    role: Role | None = None
    proved: bool = False
    addressed: bool = False
    own: bool = False
    status: Status | None = None
    spent: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of it, and why not what its sender wanted."""

    state: LetterState
    reason: LetterReason | None = None


Row = tuple[Callable[[Case], bool], LetterState, LetterReason | None]

TABLE: Sequence[Row] = (
    (lambda case: not case.readable, LetterState.PARKED, LetterReason.UNREADABLE),
    (lambda case: case.automatic, LetterState.IGNORED, LetterReason.AUTOMATIC),
    (lambda case: not case.whole, LetterState.PARKED, LetterReason.TOO_LARGE),
    (lambda case: case.accounts == 0, LetterState.PARKED, LetterReason.UNKNOWN_SENDER),
    (lambda case: case.accounts > 1, LetterState.PARKED, LetterReason.SHARED_ADDRESS),
    (lambda case: case.proved and case.role is not Role.REQUESTER, LetterState.PARKED, LetterReason.OF_THE_TEAM),
    (lambda case: case.proved and not (case.addressed and case.own), LetterState.PARKED, LetterReason.NOT_THEIRS),
    (lambda case: case.proved and case.status is Status.CLOSED, LetterState.PARKED, LetterReason.CLOSED),
    (lambda case: case.spent, LetterState.PARKED, LetterReason.TOO_MANY),
    (lambda case: case.proved, LetterState.ANSWERED, None),
    (lambda case: True, LetterState.DECLARED, None),
)


def decide(case: Case) -> Verdict:
    """What the table says."""
    return next(Verdict(state, reason) for fits, state, reason in TABLE if fits(case))
