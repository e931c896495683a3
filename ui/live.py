"""The live hub."""

from fastapi import FastAPI


def mount(outer: FastAPI) -> None:
    """Routes."""


async def start() -> None:
    """Begins."""
