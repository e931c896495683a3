"""What surrounds the first start: name, language, and how far one has come."""

from collections.abc import Callable

from services.i18n import t
from ui.components.language_switch import language_switch
from ui.elements import el, set_attributes, set_text
from ui.shell import brand

STEPS = ("s1", "s2", "s3", "s4")


def setup_head(locale: str, address: Callable[[str], str]) -> None:
    """« Vigie · premier démarrage », and the languages."""
    with el("header", "vg-setup__head"):
        with brand(locale, large=True):
            el("span", "vg-setup__title", f"· {t('setup.title', locale)}")
        language_switch(locale, address)


class SetupSteps:
    """The four steps; `show(2)` is at the second, `show(0)` before the first."""

    def __init__(self, locale: str, current: int = 0) -> None:
        self._lines = []
        with el("ol", "vg-setup__steps", aria_label=t("setup.steps", locale)):
            for number, step in enumerate(STEPS, 1):
                with el("li") as line:
                    sign = el("i", "", str(number), aria_hidden=True)
                    el("span", "", t(f"setup.{step}", locale))
                self._lines.append((line, sign))
        self.show(current)

    def show(self, current: int) -> None:
        """Steps before `current` are done."""
        for number, (line, sign) in enumerate(self._lines, 1):
            done, on = number < current, number == current
            line.classes(remove="vg-is-done vg-is-on", add="vg-is-done" if done else "vg-is-on" if on else "")
            set_attributes(line, aria_current="step" if on else None)
            sign.classes(**{"add" if done else "remove": "material-symbols-rounded notranslate"})
            set_text(sign, "check" if done else str(number))
