"""A confirmation against findings: its dialog, its sentence, its withdrawal, its lines in the report; hard stops."""

from __future__ import annotations

from pathlib import Path

from plain_driver import plain_driven
from toy_guide import open_toy, stop_step
from wizard_driver import SMALL, driven

from cxr_tui.guide.step import Guide
from cxr_tui.journal.gate import State
from cxr_tui.setup.handover import handover
from cxr_tui.setup.handover_html import handover_html
from cxr_tui.setup.handover_markdown import handover_markdown
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


async def test_plain_mode_overrules_and_withdraws(tmp_path: Path) -> None:
    setup = open_toy(tmp_path)
    await setup.save("one", {"word": "bad"})
    async with plain_driven(setup) as drive:
        await drive.type("check")
        assert "Next: fix what the findings name, then check again." in drive.words
        await drive.type("confirm")
        assert "Confirming speaks against what the check found: Failed: it says bad (toy-fault)" in drive.words
        await drive.type("")
        assert "Not confirmed." in drive.words
        await drive.type("confirm", "x" * 501)
        assert "501 characters; at most 500" in drive.words
        await drive.type("The product shows it right")
        assert "State: confirmed. Confirmed by " in drive.words
        assert "against toy-fault: The product shows it right" in drive.words
        assert "Overruled: it says bad (toy-fault)" in drive.words
        await drive.type("withdraw", "no")
        assert drive.setup.states()["one"].done
        await drive.type("withdraw", "yes")
        assert drive.setup.states()["one"].state is State.FAILED
        await drive.type("withdraw")
        assert "This step is not done by a confirmation." in drive.words
    await setup.close()


async def test_the_report_lists_what_was_overruled_by_whom_and_why(tmp_path: Path) -> None:
    setup = open_toy(tmp_path)
    await setup.save("one", {"word": "bad"})
    await setup.check("one", lambda _: None)
    await setup.confirm("one", "ann", "The `product` shows <b>it</b> right")
    document = handover(setup)
    assert document["summary"] | {"done": 1, "verified": 0, "confirmed": 1, "overruled": 1} == document["summary"]
    assert document["confirmed_only"] == []
    (overruled,) = document["overruled"]
    assert (overruled["step"], overruled["by"]) == ("one", "ann")
    assert overruled["findings"] == [{"code": "toy-fault", "seen": "it says bad"}]
    assert (document["next"]["step"], document["next"]["next"]) == ("two", "enter")
    markdown, page = handover_markdown(document), handover_html(setup.guide, document)
    for form in (markdown, page):
        assert "1 confirmed, 1 of them against findings" in form
        assert "Confirmed against findings" in form
        assert "toy-fault" in form
        assert "<b>" not in form.replace("\\<b", "")
        assert "enter the values" in form
    await setup.close()
