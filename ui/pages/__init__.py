"""Every page of the desk, one module each."""

from importlib import import_module

PAGES = ("login", "setup", "me", "portal", "incidents", "new_incident", "incident")  # /incidents/new before /{reference}


def register() -> None:
    """All pages answer at their addresses from now on."""
    for name in PAGES:
        import_module(f"ui.pages.{name}")
