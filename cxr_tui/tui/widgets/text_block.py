"""Text behind heads, further lines indented to where it began: Textual's own widgets wrap to the left edge.

Text is wrapped by cells and never read as markup.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells
from textual.content import Content
from textual.geometry import Size
from textual.style import Style
from textual.widget import Widget

from cxr_tui.domain.text import visible

LONGEST = 2000
"""Characters of one foreign text that are shown; an answer of a server can be a whole page."""


def wrap(text: str, width: int) -> list[str]:
    """Return text as lines of at most `width` cells, broken between words where that is possible.

    Every line passes through `visible`, so that control and direction characters cannot steer the terminal.
    """
    width = max(width, 1)
    lines: list[str] = []
    for paragraph in text[: LONGEST + 1].splitlines() or [""]:
        line = ""
        for word in visible(paragraph, LONGEST).split(" "):
            joined = f"{line} {word}" if line else word
            if cell_len(joined) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            *full, line = chop_cells(word, width) or [""]
            lines.extend(full)
        lines.append(line)
    return lines


def hanging(head: Content, text: str, width: int, style: str = "") -> list[Content]:
    """Return text behind a head, with further lines indented to where the text began."""
    indent = head.cell_length
    first, *rest = wrap(text, width - indent)
    pad = Content(" " * indent)
    return [head + Content.styled(first, style), *(pad + Content.styled(line, style) for line in rest)]


def clickable(content: Content, action: str) -> Content:
    """Return content that carries out an action when it is clicked."""
    return content.stylize(Style.from_meta({"@click": action}))


def fit(text: str, width: int) -> str:
    """Return text cut or padded to exactly `width` cells."""
    text = visible(text, LONGEST)
    if cell_len(text) > width:
        text = (chop_cells(text, max(width - 1, 1)) or [""])[0] + "…"
    return text + " " * (width - cell_len(text))


def fit_words(text: str, width: int) -> str:
    """Return text in exactly `width` cells, cut between words where it is too long."""
    if cell_len(text) <= width:
        return fit(text, width)
    return fit(f"{wrap(text, width - 1)[0]}…", width)


def heading(text: str, width: int, tail: str = "") -> Content:
    """Return a quiet heading: words, a thin line to the right edge, and perhaps a few words at its end."""
    end = f" {tail}" if tail else ""
    line = "─" * max(width - cell_len(text) - 1 - cell_len(end), 0)
    return Content.assemble((fit(text, min(cell_len(text), width)), "$muted"), " ", (line, "$line"), (end, "$muted"))


class Drawn(Widget):
    """A widget whose content is a list of lines that it makes for a given width."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes, markup=False)
        self.auto_links = False  # what can be clicked looks as it is drawn
        self._made: tuple[int, list[Content]] | None = None

    @abstractmethod
    def draw(self, width: int) -> Sequence[Content]:
        """Return the lines for this width in cells."""

    def lines(self, width: int) -> list[Content]:
        """Return the lines for this width, drawn once and kept until `redraw`."""
        if self._made is None or self._made[0] != width:
            self._made = (width, list(self.draw(width)))
        return self._made[1]

    def redraw(self) -> None:
        """Draw again: what is shown has changed.

        The screen is laid out again only where the height changes: a layout takes longer than everything else.
        """
        made, self._made = self._made, None
        if made is None or made[0] != self.content_size.width or self._widens:
            self.refresh(layout=not self._hidden)
            return
        self._made = (made[0], list(self.draw(made[0])))
        before, now = ([(line.plain, line.spans) for line in lines] for lines in (made[1], self._made[1]))
        if now != before:
            self.refresh(layout=len(now) != len(before))

    @property
    def _widens(self) -> bool:
        return self.styles.width is None or self.styles.width.is_auto

    @property
    def _hidden(self) -> bool:
        return not all(node.display for node in self.ancestors_with_self if isinstance(node, Widget))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return as many rows as there are lines."""
        return len(self.lines(width))

    def render(self) -> Content:
        """Return all lines as one content."""
        return Content("\n").join(self.lines(self.content_size.width))


Block = Callable[[int], Sequence[Content]]
"""A part of a text: its lines for a width in cells."""


@dataclass(frozen=True)
class Paragraph:
    """Text behind a head."""

    text: str = ""
    indent: int = 0
    style: str = ""
    head: str | Content = ""
    """A string is shown muted."""

    def __call__(self, width: int) -> list[Content]:
        """Return the lines; an empty text is a blank line."""
        head = self.head if isinstance(self.head, Content) else Content.styled(self.head, "$muted")
        if not self.text:
            return [head]
        return hanging(Content(" " * min(self.indent, width // 3)) + head, self.text, width, self.style)


class TextBlock(Drawn):
    """Blocks of text, one below the other."""

    def __init__(self, *blocks: Block, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._blocks = blocks

    def show(self, blocks: Iterable[Block]) -> None:
        """Show other blocks."""
        self._blocks = tuple(blocks)
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the lines of all blocks."""
        return [line for block in self._blocks for line in block(width)]
