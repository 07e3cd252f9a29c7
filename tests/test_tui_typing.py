"""What is typed arrives as it was typed, and nothing around it moves meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from demo_guide import open_demo
from textual import events
from textual.screen import Screen
from wizard_driver import driven

from cxr_tui.setup.picture import StepPicture
from cxr_tui.tui.fields.text import TextField


async def test_no_letter_overtakes_the_backspace_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = open_demo(tmp_path)
    async with driven(setup) as drive:
        field = drive.screen.pane.form.field("account_name")
        assert isinstance(field, TextField)
        drive.screen.set_focus(field.line)
        show, begun, go_on = drive.screen.pane.show, asyncio.Event(), asyncio.Event()

        async def slowly(picture: StepPicture) -> None:
            begun.set()
            await go_on.wait()
            await show(picture)

        monkeypatch.setattr(drive.screen.pane, "show", slowly)
        drive.app.post_message(events.Key("a", "a"))
        await begun.wait()  # the screen is being drawn, and no key can climb past it
        for key, letter in (("b", "b"), ("backspace", None), ("c", "c")):
            drive.app.post_message(events.Key(key, letter))
        await asyncio.sleep(0.2)
        meanwhile = field.line.value
        go_on.set()
        await drive.settle()
        assert meanwhile == "ac"
        assert field.line.value == "ac"
    await setup.close()


async def test_typing_moves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = open_demo(tmp_path)
    async with driven(setup) as drive:
        await drive.type("acmeretail")
        await drive.press("f5")
        field = drive.screen.pane.form.field("account_name")
        assert isinstance(field, TextField)
        drive.screen.set_focus(field.line)
        await drive.press("r")
        ids = [one.id for one in drive.screen.pane.body.children]
        assert ids.index("passed-findings") < ids.index("purpose"), "the evidence of a step that holds stays first"
        laid_out = 0
        refresh = Screen._refresh_layout

        def counting(self: Screen[object]) -> None:
            nonlocal laid_out
            laid_out += 1
            refresh(self)

        monkeypatch.setattr(Screen, "_refresh_layout", counting)
        await drive.press("e", "t")
        assert field.line.value == "acmeretailret"
        assert laid_out == 0
    await setup.close()
