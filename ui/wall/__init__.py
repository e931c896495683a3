"""The wall (B2): a page of its own for screens that nobody sits at, without NiceGUI, and what it is fed with.

`page.py` is the shell and its files, `feed.py` what is sent, `routes.py` who may have it, `js/` the page itself.
"""

from ui.wall.routes import address, let_go, mount, showing, start

__all__ = ["address", "let_go", "mount", "showing", "start"]
