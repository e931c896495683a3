"""The server's time for everything that ticks in a page."""

from nicegui.element import Element


class Clock(Element, component="clock.js"):
    """Invisible; the shell has one. `epoch`: the server's now, in seconds."""

    def __init__(self, epoch: float) -> None:
        super().__init__()
        self._props["epoch"] = epoch

    def sync(self, epoch: float) -> None:
        """The page's clock is corrected to `epoch`."""
        self.run_method("sync", epoch)
