"""A box to tick in an overlay; it looks as the boxes of a step's fields do."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Checkbox


class Tick(Checkbox):
    """A box with or without a mark: Textual's own differs by color alone."""

    def render(self) -> Content:
        """Return box and label."""
        box = Content.styled("[x]", "$accent bold") if self.value else Content.styled("[ ]", "$muted")
        return box + self.label.pad(1, 1).stylize_before(self.get_visual_style("toggle--label"))
