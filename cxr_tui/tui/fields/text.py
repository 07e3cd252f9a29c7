"""Fields of one line: text, number, typed confirmation, local file, date and time."""

from __future__ import annotations

from abc import abstractmethod
from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from cxr_tui.domain.answers import Value
from cxr_tui.domain.text import counted, visible
from cxr_tui.guided.parse_input import lines_of, number_of, one_line, path_of
from cxr_tui.integration.form import EMPTY
from cxr_tui.tui.fields.base import FieldWidget, brought_from
from cxr_tui.tui.fields.key_order_workaround import carried_out
from cxr_tui.tui.messages import Notice
from cxr_tui.tui.widgets.text_block import LONGEST

NAMED = 50
"""Cells in which suggested values are listed; for more, only their number is shown."""


class Line(Input):
    """One line of text without a frame."""

    virtual_size = Reactive(Size(0, 0))
    """Declared again without a layout of the screen for each letter: a line has a fixed size.

    `test_textual_workarounds.py` fails once Textual does so too.
    """

    def __init__(
        self,
        *,
        value: str = "",
        placeholder: str = "",
        password: bool = False,
        max_length: int = 0,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(
            value,
            placeholder,
            password=password,
            max_length=max_length,
            id=id,
            compact=True,
            select_on_focus=False,
        )

    async def _on_key(self, event: events.Key) -> None:
        await carried_out(self, event)

    async def action_submit(self) -> None:
        """Leave a field at once: a letter typed right after Enter belongs to the next field."""
        field = next((node for node in self.ancestors if isinstance(node, FieldWidget)), None)
        if field is None:
            await super().action_submit()
        else:
            field.leave()

    def _on_paste(self, event: events.Paste) -> None:
        first, *others = lines_of(event.text.splitlines()) or [""]
        self.replace(one_line(first), *self.selection)
        if others:
            dropped = counted(len(others), "further line")
            self.post_message(Notice(f"Only the first line was pasted; {dropped} dropped", "$warning", 12))
        event.stop()
        event.prevent_default()


class TextField(FieldWidget):
    """Text of one line."""

    placeholder = ""
    says_itself = True
    _reported = ""
    """The text when it was last written or reported: a different text was typed a moment ago."""

    def control(self) -> Line:
        """Return the line."""
        self.line = Line(placeholder=self.placeholder or brought_from(self.view))
        return self.line

    def read(self) -> Value | None:
        """Return the text without surrounding blanks."""
        return self.line.value.strip()

    def write(self, value: Value | None) -> None:
        """Show a text with control characters made visible; what is being typed stays."""
        text = "" if value is None else visible(str(value), LONGEST)
        if self.line.value == self._reported and text != self.line.value.strip():
            with self.prevent(Input.Changed):
                self.line.value = text
            self._reported = text

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._reported = self.line.value
        self.changed()


class NumberField(TextField):
    """A whole number."""

    placeholder = "a whole number"

    def read(self) -> Value | None:
        """Return the number; other text stays text, so that the rule can reject it."""
        return number_of(self.line.value.strip())


class ConfirmField(TextField):
    """A sentence that must be typed exactly, for an action that cannot be undone."""

    def how(self) -> str:
        """Name the sentence."""
        return f"type exactly: {self.view.field.phrase}"


class FileField(TextField):
    """The path of a local file; a path dropped onto the terminal arrives as a paste."""

    placeholder = "path of a file on this computer"

    def read(self) -> Value | None:
        """Return the path, without the quotes or the file: scheme of a dropped file."""
        return path_of(self.line.value.strip())


class _Stepper(TextField):
    """A line whose value goes up and down with the arrow keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "nudge(1)", "Later", show=False, id="field.later", tooltip="One step later"),
        Binding("down", "nudge(-1)", "Earlier", show=False, id="field.earlier", tooltip="One step earlier"),
    ]

    @abstractmethod
    def nudged(self, text: str, steps: int) -> str | None:
        """Return the value some steps on, None where there is no value to step from."""

    def action_nudge(self, steps: int) -> None:
        """Step up or down."""
        text = self.nudged(self.line.value.strip(), steps)
        if text is not None:
            self.line.value = text
            self.line.cursor_position = len(text)


class SuggestedField(_Stepper):
    """Text with known usual values; the arrow keys choose one, and any other text is accepted."""

    def nudged(self, text: str, steps: int) -> str | None:
        """Return the previous or next value; from any other text, the last or the first."""
        values = [one.value for one in self.view.choices]
        if text in values:
            return values[(values.index(text) - steps) % len(values)]
        return values[-1 if steps > 0 else 0]

    def how(self) -> str:
        """Return the values, or how many there are."""
        named = ", ".join(visible(one.label, 40) for one in self.view.choices)
        return f"↑ ↓ choose: {named}" if len(named) <= NAMED else f"↑ ↓ choose one of {len(self.view.choices)} values"


class DateField(_Stepper):
    """A date as YYYY-MM-DD."""

    placeholder = "YYYY-MM-DD"

    def nudged(self, text: str, steps: int) -> str | None:
        """Return the date some days on; from an empty line, today."""
        if not text:
            return self._today().isoformat()
        try:
            return (date.fromisoformat(text) + timedelta(days=steps)).isoformat()
        except (ValueError, OverflowError):
            return None

    def how(self) -> str:
        """Name form and keys."""
        if self.view.value in EMPTY:
            return "↑ ↓ today"
        return "↑ ↓ change the day" if self.nudged(str(self.view.value), 1) else "YYYY-MM-DD"

    def _today(self) -> date:
        """Return today; in a sandbox by its clock."""
        integration = self.wizard.integration
        now = integration.world.now() if integration.sandboxed else datetime.now(UTC)
        return now.astimezone().date()


class TimeField(_Stepper):
    """A time as HH:MM; the arrow keys step by quarter hours, as the products do."""

    placeholder = "HH:MM"

    def nudged(self, text: str, steps: int) -> str | None:
        """Return the time some quarter hours on."""
        try:
            moment = time.fromisoformat(text)
        except ValueError:
            return None
        quarter = moment.replace(minute=moment.minute - moment.minute % 15)
        return f"{datetime.combine(date(2000, 1, 2), quarter) + timedelta(minutes=15 * steps):%H:%M}"

    def how(self) -> str:
        """Name form and keys."""
        return "↑ ↓ change by a quarter hour"
