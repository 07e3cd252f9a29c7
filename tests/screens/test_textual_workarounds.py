"""Workarounds for Textual: each test fails once Textual behaves, and the workaround can go."""

from __future__ import annotations

import asyncio
import inspect

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input

from cxr_tui.tui.fields.secret import SecretInput
from cxr_tui.tui.fields.text import Line


class OneLine(App[None]):
    """An app with one line of text."""

    def __init__(self, line: Input) -> None:
        super().__init__()
        self.line = line

    def compose(self) -> ComposeResult:
        with Vertical():
            yield self.line


async def typed_while_drawing(line: Input) -> str:
    """Return the text after a, Backspace and b arrive while what is around the line is busy."""
    app = OneLine(line)
    async with app.run_test() as pilot:
        line.focus()
        await pilot.pause()
        app.query_one(Vertical).call_later(asyncio.sleep, 0.3)
        for key, character in (("a", "a"), ("backspace", "\x08"), ("b", "b")):
            app.post_message(Key(key, character))
        await pilot.pause(0.6)
        return line.value


async def test_a_letter_overtakes_backspace_in_textuals_own_line_and_not_in_ours() -> None:
    assert await typed_while_drawing(Input()) == "a", "key_order_workaround.py is no longer needed"
    assert await typed_while_drawing(Line()) == "b"


async def test_textuals_own_masked_line_copies_in_the_clear_and_ours_does_not() -> None:
    for line, copied in ((Input(password=True), "secret"), (SecretInput(), "")):
        app = OneLine(line)
        async with app.run_test() as pilot:
            line.value = "secret"
            line.focus()
            await pilot.press("shift+home", "ctrl+c")
            assert app.clipboard == copied


def test_a_widget_that_grows_still_lays_out_the_whole_screen_again_in_textual() -> None:
    assert Widget.__dict__["virtual_size"]._layout, "virtual_size of Line and StepButton is no longer needed"


@pytest.mark.skipif(not hasattr(LinuxDriver, "run_input_thread"), reason="no terminal of this kind")
def test_textuals_own_driver_still_decodes_strictly() -> None:
    source = inspect.getsource(LinuxDriver.run_input_thread)
    assert 'getincrementaldecoder("utf-8")().decode' in source, "driver.py is no longer needed"


class Failing(App[None]):
    """An app with a bug, and a secret in a local variable."""

    def on_mount(self) -> None:
        password = "Sentinel-4c1d"  # noqa: F841 - what a traceback must not show
        raise RuntimeError


async def test_textual_still_prints_local_variables_when_it_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError):
        async with Failing().run_test(size=(120, 40)):
            pass
    printed = capsys.readouterr()
    assert "Sentinel-4c1d" in printed.err + printed.out, "WizardApp can leave failures to Textual"
