"""What the demonstration has brought: how many incidents, and who can sign in now."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.demo import Loaded
from services.i18n import t
from ui.elements import card, el


@contextmanager
def tell_loaded(loaded: Loaded, locale: str) -> Iterator[None]:
    """The card in the current container; what comes next stands in the block."""
    with card(t("setup.demo_loaded", locale, n=loaded.incidents), icon="check_circle"):
        with el("dl", "vg-accounts"):
            for account in loaded.accounts:
                with el("div"):
                    el("dt", "vg-mono", account.login)
                    el("dd", "", f"{account.name} · {t(f'role.{account.role}', locale)}")
        yield
