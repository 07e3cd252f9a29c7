"""A confirmation against findings in the wizard: its dialog, its sentence, its withdrawal, and where there is none."""

from __future__ import annotations

from pathlib import Path

from toy_guide import open_toy, stop_step
from wizard_driver import SMALL, driven

from cxr_tui.guide.step import Guide
from cxr_tui.journal.gate import State
from cxr_tui.tui.overruling import OverruleScreen


async def test_a_person_overrules_a_failing_step_and_withdraws(tmp_path: Path) -> None:
    setup = open_toy(tmp_path)
    await setup.save("one", {"word": "bad"})
    async with driven(setup, SMALL) as drive:
        await drive.press("f5")
        assert "Confirm anyway  F9" in drive.text
        await drive.press("f9")
        assert isinstance(drive.app.screen, OverruleScreen)
        assert "it says bad" in drive.words
        assert "toy-fault" in drive.words
        await drive.press("enter")
        assert "Say why in one sentence." in drive.words
        await drive.press("escape")
        assert (drive.state("one"), drive.overlaid) == (State.FAILED, False)
        await drive.press("f9")
        await drive.type("The product shows it \x1b[31mright")
        await drive.press("enter")
        await drive.settle()
        state = setup.states()["one"]
        assert (state.state, state.overruled) == (State.CONFIRMED, ("toy-fault",))
        assert "● confirmed Confirmed by " in drive.words
        assert "against toy-fault: The product shows it" in drive.words
        assert "● overruled it says bad" in drive.words
        assert "verified" not in drive.words
        assert "\x1b" not in drive.text
        await drive.screen.run_action("withdraw")
        await drive.settle()
        assert "Withdraw the confirmation of step 1?" in drive.words
        await drive.press("down", "enter")
        await drive.settle()
        assert drive.state("one") is State.FAILED
    await setup.close()


async def test_findings_of_a_newer_check_are_shown_before_they_are_overruled(tmp_path: Path) -> None:
    setup = open_toy(tmp_path)
    await setup.save("one", {"word": "bad"})
    async with driven(setup, SMALL) as drive:
        await drive.press("f5", "f9")
        await setup.save("one", {"word": "dark"})  # as another process would
        await setup.check("one", lambda _: None)
        await drive.type("It is not bad")
        await drive.press("enter")
        await drive.settle()
        assert not setup.states()["one"].done
        assert isinstance(drive.app.screen, OverruleScreen)
        assert "toy-dark" in drive.words
    await setup.close()


async def test_a_hard_stop_says_why_it_has_no_confirmation(tmp_path: Path) -> None:
    setup = open_toy(tmp_path, Guide((stop_step("one"),)))
    async with driven(setup, SMALL) as drive:
        await drive.press("f5")
        assert drive.state("one") is State.FAILED
        assert "It cannot be confirmed: going on would do harm." in drive.words
        assert "F9" not in drive.text
        await drive.press("f9")
        assert (drive.overlaid, drive.state("one")) == (False, State.FAILED)
    await setup.close()
