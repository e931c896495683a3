"""A plain HTML form that the server has the browser send: the only way from a page to a cookie."""

from collections.abc import Mapping

from nicegui.element import Element


class PostForm(Element, component="post_form.js"):
    """Invisible; sends when it is told to."""

    def send(self, action: str, fields: Mapping[str, str]) -> None:
        """The browser posts `fields` to `action` and goes where the answer leads."""
        self.run_method("send", action, dict(fields))
