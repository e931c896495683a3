"""Which browser the tests drive."""

import shutil

# Debian's Chromium without what no test sees takes a quarter less of the processor for a page.
LIGHT = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser", "google-chrome")


def browser_program(*, whole: bool = False) -> str:
    """The program of an installed Chromium; `whole`: rather the one that people use. Fails where there is none."""
    names = (*WHOLE, LIGHT) if whole else (LIGHT, *WHOLE)
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, "the tests in the browser need Chromium: run them with `make browser`"
    return found
