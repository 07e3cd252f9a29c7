"""What is typed arrives as it was typed, and nothing around it moves meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual import events
from textual.screen import Screen

from cxr_tui.config.settings import Settings
from cxr_tui.domain.secret import Secret
from cxr_tui.guided.step_view import StepView
from cxr_tui.integration.integration import Integration
from cxr_tui.tui.app import WizardApp
from cxr_tui.tui.fields.text import TextField
from support.drivers.wizard_driver import SMALL, driven, focus_name, resize
from support.worlds.demo_guide import Dials, open_demo


async def test_no_letter_overtakes_the_backspace_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration) as drive:
        field = drive.screen.pane.form.field("account_name")
        assert isinstance(field, TextField)
        drive.screen.set_focus(field.line)
        show, begun, go_on = drive.screen.pane.show, asyncio.Event(), asyncio.Event()

        async def slowly(step_view: StepView) -> None:
            begun.set()
            await go_on.wait()
            await show(step_view)

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
    await integration.close()


@pytest.mark.parametrize("key", ["enter", "tab"])
async def test_no_letter_behind_enter_or_tab_stays_in_the_field_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration) as drive:
        field = drive.screen.pane.form.field("account_name")
        assert isinstance(field, TextField)
        drive.screen.set_focus(field.line)
        show, begun, go_on = drive.screen.pane.show, asyncio.Event(), asyncio.Event()

        async def slowly(step_view: StepView) -> None:
            begun.set()
            await go_on.wait()
            await show(step_view)

        monkeypatch.setattr(drive.screen.pane, "show", slowly)
        drive.app.post_message(events.Key("a", "a"))
        await begun.wait()  # the screen is being drawn, and no key can climb past it
        for pressed, letter in ((key, None), ("b", "b"), ("c", "c")):
            drive.app.post_message(events.Key(pressed, letter))
        await asyncio.sleep(0.2)
        meanwhile = field.line.value
        go_on.set()
        await drive.settle()
        assert meanwhile == "a"
    await integration.close()


async def test_typing_moves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration) as drive:
        await drive.type("acmeretail")
        await drive.press("f5")
        field = drive.screen.pane.form.field("account_name")
        assert isinstance(field, TextField)
        drive.screen.set_focus(field.line)
        await drive.press("r")
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
    await integration.close()


async def at_the_password(home: Path, dials: Dials) -> Integration:
    def quiet(_: str) -> None:
        return

    integration = open_demo(home, dials=dials)
    await integration.save("account", {"account_name": "acmeretail", "login_host": "interact5"})
    await integration.check("account", quiet)
    proposed = {view.field.name: view.value for view in integration.form("add-user") if view.value is not None}
    await integration.save("add-user", proposed)
    await integration.check("add-user", quiet)
    await integration.confirm("add-user")
    return integration


async def test_after_a_refusal_the_secret_s_field_has_the_focus(tmp_path: Path) -> None:
    dials = Dials()
    dials.refused = True
    integration = await at_the_password(tmp_path, dials)
    async with driven(integration, (80, 15)) as drive:
        await drive.type("wrong-password")
        await drive.press("f5")
        assert focus_name(drive) == "new_password"
        assert "Responsys refused the login" in drive.words
        await drive.press("slash", "s", "question_mark", "f6")
        assert not drive.overlaid
        assert drive.screen.controller.secrets() == {"new_password": Secret("/s?")}
        assert "/s?" not in drive.text
        assert "New password" in drive.text, "typing brings the field into view"
    await integration.close()


async def test_keys_that_print_never_act_while_a_secret_is_asked_for(tmp_path: Path) -> None:
    dials = Dials()
    integration = await at_the_password(tmp_path, dials)
    keys = {"wizard.check": "x", "wizard.steps": "space", "app.help": "f1,question_mark,h"}
    app = WizardApp(integration, settings=Settings(keymap=keys))
    async with driven(integration, app=app) as drive:
        for focus in (drive.screen.pane.buttons.offered[0], None):
            drive.screen.set_focus(focus)
            dials.checked.clear()
            await drive.press("slash", "question_mark", "h", "space", "x", "1")
            assert not drive.overlaid
            assert not dials.checked
        await drive.press("f1")
        assert drive.overlaid, "keys that print nothing do what they do"
    await integration.close()


async def test_in_a_window_that_shows_nothing_no_key_acts(tmp_path: Path) -> None:
    dials = Dials()
    integration = await at_the_password(tmp_path, dials)
    async with driven(integration) as drive:
        await drive.type("some-password")
        seq, screens = integration.journal_state().seq, len(drive.app.screen_stack)
        for size in ((49, 24), (80, 13), (20, 5)):
            await resize(drive.pilot, *size)
            dials.checked.clear()
            await drive.type("more")
            await drive.press("f5", "enter", "f9", "ctrl+z", "ctrl+o", "ctrl+p", "ctrl+d", "f2", "x")
            assert not dials.checked
            assert (integration.journal_state().seq, len(drive.app.screen_stack)) == (seq, screens)
        await resize(drive.pilot, *SMALL)
        await drive.settle()
        assert drive.screen.controller.secrets() == {"new_password": Secret("some-password")}
        await drive.press("f5")
        assert dials.checked
    await integration.close()


async def test_a_window_that_shows_nothing_is_left_and_says_first_what_is_lost(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        await drive.type("acmeretail")
        await resize(drive.pilot, 40, 10)
        await drive.press("ctrl+q")
        assert drive.app.is_running
        assert "1 entry not saved. Quit again to lose it." in drive.words
        await drive.pilot.press("ctrl+q")
        await drive.pilot.pause(0.2)
        assert not drive.app.is_running


async def test_keys_behind_the_one_that_leaves_change_nothing(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        drive.app.exit()
        for key in ("f3", "f2", "ctrl+p", "f3"):
            drive.app.post_message(events.Key(key, None))
        await drive.screen.go_to("add-user")  # what was under way as the program was left
    assert drive.app.return_code == 0


async def test_two_that_draw_at_once_draw_one_after_the_other(tmp_path: Path) -> None:
    integration = await at_the_password(tmp_path, Dials())
    async with driven(integration) as drive:
        for step_id in ("account", "add-user", "first-password", "go-live"):
            drive.screen.controller.step_id = step_id
            await asyncio.gather(drive.screen.draw(), drive.screen.draw())
        assert drive.app.is_running
    await integration.close()


async def test_a_letter_typed_on_a_button_goes_to_the_first_empty_field(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        drive.screen.pane.buttons.focus_main()
        await drive.press("a", "c")
        field = drive.screen.pane.form.field("account_name")
        assert isinstance(field, TextField)
        assert (field.line.value, field.line.has_focus) == ("ac", True)
