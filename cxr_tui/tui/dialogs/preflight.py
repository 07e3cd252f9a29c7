"""Small overlays of preflight: how a file is written, the first lines of a reason, the address in the key."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from cxr_tui.domain.responsys_data import DELIMITERS
from cxr_tui.preflight.import_options import FileForm, ImportOptionsError, charset_of, delimiter_of
from cxr_tui.preflight.result import ReasonCount
from cxr_tui.tui.dialogs.password import Words
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.fields.tick import Tick
from cxr_tui.tui.widgets.preflight_panels import Sheet, reason_lines


class FormScreen(ModalScreen[FileForm | None], inherit_bindings=False):
    """How a file is written, where it is not as the import job says."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="form.close", tooltip="Back without a change"),
        Binding("f5", "take", "Take", id="form.take", tooltip="Read files so"),
        Binding("tab,down", "app.focus_next", "Next", show=False, id="form.next", tooltip="The next line"),
        Binding(
            "shift+tab,up", "app.focus_previous", "Before", show=False, id="form.before", tooltip="The line before"
        ),
    ]

    def __init__(self, form: FileForm) -> None:
        super().__init__()
        self._form = form

    def compose(self) -> ComposeResult:
        """Lay the form over the answer."""
        with Vertical(classes="overlay") as box:
            box.border_title = Content("How the file is written")
            box.border_subtitle = Content("Space ticks, F5 takes it, Esc closes")
            yield Words("For this screen only; the jobs are told on their own screens. Field delimiter:")
            yield Line(placeholder=f"{', '.join(DELIMITERS)}, or one sign")
            yield Words("Character set:")
            yield Line(placeholder="UTF-8, ISO-8859-1, Windows-1252, UTF-16")
            yield Tick('Fields are enclosed in "', bool(self._form.enclosure), id="form-enclosure", compact=True)
            yield Tick("The first line holds the column names", self._form.header, id="form-header", compact=True)

    def on_mount(self) -> None:
        """Show how files are read now."""
        delimiter, charset = self.query(Line)
        names = {sign: name for name, sign in DELIMITERS.items()}
        delimiter.value = names.get(self._form.delimiter, self._form.delimiter)
        charset.value = self._form.charset

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Read files as it stands here."""
        delimiter, charset = self.query(Line)
        try:
            form = FileForm(
                delimiter_of(delimiter.value.strip()),
                '"' if self.query_one("#form-enclosure", Tick).value else "",
                charset_of(charset.value),
                self.query_one("#form-header", Tick).value,
            )
        except ImportOptionsError as error:
            self.query(Words).first().say(f"{error}.", "$warning")
            return
        self.dismiss(form)

    def action_close(self) -> None:
        """Close without a change."""
        self.dismiss(None)


class LinesScreen(ModalScreen[bool], inherit_bindings=False):
    """One reason over the answer: what it means, and its first lines; returns whether values are shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "close", "Close", id="lines.close", tooltip="Back to the reasons"),
        Binding("f8", "reveal", "Show", id="lines.reveal", tooltip="Show the values, or their shapes again"),
        Binding("up", "scroll(-1)", "Up", id="lines.up", tooltip="Scroll up"),
        Binding("down", "scroll(1)", "Down", id="lines.down", tooltip="Scroll down"),
        Binding("pageup", "scroll(-10)", "PgUp", id="lines.page_up", tooltip="Scroll up a page"),
        Binding("pagedown", "scroll(10)", "PgDn", id="lines.page_down", tooltip="Scroll down a page"),
    ]

    def __init__(self, reason: ReasonCount, *, reveal: bool) -> None:
        super().__init__()
        self._reason = reason
        self._reveal = reveal

    def compose(self) -> ComposeResult:
        """Lay the reason over the answer."""
        values = any(one.value is not None for one in self._reason.samples)
        with Vertical(classes="overlay wide-overlay") as box:
            box.border_title = Content(f"{self._reason.code.value}  {self._reason.rows:,}")
            box.border_subtitle = Content("F8 shows values, Esc closes" if values else "Esc closes")
            with VerticalScroll(id="lines-scroll", can_focus=False):
                yield Sheet()

    def on_mount(self) -> None:
        """Show it."""
        self._draw()

    def _draw(self) -> None:
        reason, reveal = self._reason, self._reveal
        self.query_one(Sheet).show(lambda width: reason_lines(reason, width, reveal=reveal))

    def action_reveal(self) -> None:
        """Show the values, or their shapes again."""
        self._reveal = not self._reveal
        self._draw()

    def action_scroll(self, rows: int) -> None:
        """Scroll."""
        self.query_one("#lines-scroll").scroll_relative(y=rows, animate=False)

    def action_close(self) -> None:
        """Close."""
        self.dismiss(self._reveal)
