"""How Python looks for garbage."""

import gc


def keep_what_is_loaded() -> None:
    """What is there now is there for good: it is not looked through for garbage again (a sixth of a page's cost).

    What comes later is looked through after every 5,000 objects that stay, and old ones rarely: a request leaves few
    cycles behind, and a long run of changes (the demonstration, the tests) spends a quarter of its time otherwise.
    """
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)
