"""Whom an incident touches, as the team sees it. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody who has said « moi aussi », or for whom the team has."""

    id: int
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """What requesters read of it; `listed`: all of them, else only those who have joined."""

    title: str
    advice: str
    listed: bool


@dataclass(frozen=True, slots=True)
class Touched:
    """`count`: the requester (unless of the team), who joined, and the linked employees, each person once."""

    count: int
    joined: tuple[Joined, ...] = ()
    known: Known | None = None
