"""The REST API."""

from fastapi import FastAPI


def mount(outer: FastAPI, *, rate: int, locale: str) -> None:
    """Mounts it."""

    @outer.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    @outer.get("/readyz")
    async def readyz() -> dict[str, bool]:
        return {"ok": True}
