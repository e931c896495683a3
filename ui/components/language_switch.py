"""FR | EN, before anybody signed in: the address says the language, and a cookie remembers it for the next pages."""

from collections.abc import Callable

from ui.elements import el

_REMEMBER = {
    "fr": "() => { document.cookie = 'vigie_lang=fr; path=/; max-age=31536000; samesite=lax' }",
    "en": "() => { document.cookie = 'vigie_lang=en; path=/; max-age=31536000; samesite=lax' }",
}
NAMES = {"fr": "Français", "en": "English"}


def language_switch(locale: str, address: Callable[[str], str]) -> None:
    """A link for each language to `address(language)`."""
    with el("div", "vg-seg"):
        for language, remember in _REMEMBER.items():
            link = el(
                "a",
                "",
                language.upper(),
                href=address(language),
                lang=language,
                hreflang=language,
                aria_label=NAMES[language],
                aria_current=True if language == locale else None,
            )
            link.on("click", js_handler=remember)
