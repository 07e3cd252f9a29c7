"""The wizard's walk: keys alone, over the real setup and journal, with small demo steps."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from cxr_tui.domain.finding import Outcome
from cxr_tui.guide.definition import Check, Choice, Field, Guide, Kind, Part, Product, Step
from cxr_tui.guided.step_view import StepView
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.journal.store import Journal
from cxr_tui.tui.fields.text import TextField
from cxr_tui.tui.widgets.action_buttons import StepButton
from support.drivers.wizard_driver import MEDIUM, SMALL, WIDE, Driven, driven, focus_name
from support.worlds.demo_guide import DemoOperator, Dials, open_demo
from support.worlds.toy_guide import MemoryCredentials


def main_label(drive: Driven) -> str:
    return str(drive.screen.query_one("StepButton.main", StepButton).label)


async def to_step_two(drive: Driven) -> None:
    await drive.type("acmeretail")
    await drive.press("f5")
    await drive.press("f4")


@pytest.mark.sampled(0)
@pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE])
async def test_a_newcomer_walks_the_sandbox_with_enter(tmp_path: Path, size: tuple[int, int]) -> None:
    integration = open_demo(tmp_path, operator=DemoOperator())
    async with driven(integration, size) as drive:
        await drive.type("acmeretail")
        for _ in range(20):
            if drive.screen.step_id == "go-live":
                break
            await drive.press("enter")
        assert [state.state for state in integration.states().values()] == [
            State.VERIFIED,
            State.CONFIRMED,
            State.VERIFIED,
            State.VERIFIED,
            State.READY,
        ]
        assert "4 of 5 steps done" in drive.text
        assert integration.states()["add-user"].confirmed_by == "operator"
        assert integration.journal_state().known().text("add-user.login_name") == "CXAudienceacmeretail"
        await drive.screen.go_to("account")
        await drive.pilot.press("enter", "enter")
        await drive.settle()
        assert integration.guide.number(drive.screen.step_id) == 3, "a quick second Enter counts too"


@pytest.mark.sampled(1)
async def test_enter_goes_through_the_fields_and_then_to_the_main_button(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        assert focus_name(drive) == "account_name"
        await drive.press(*"acmeretail", "enter")
        assert focus_name(drive) == "login_host"
        await drive.press("enter")
        assert focus_name(drive) == "button-check"
        await drive.press("enter")
        assert drive.state("account") is State.VERIFIED
        assert focus_name(drive) == "button-next"
        assert "✓ 1 check passed" in drive.words
        await drive.press("shift+tab", "enter")
        assert "login5.responsys.net answers over TLS" in drive.words
        drive.screen.pane.buttons.focus_main()
        await drive.press("enter")
        assert drive.screen.step_id == "add-user"


async def test_a_failing_finding_is_read_without_scrolling(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration, SMALL) as drive:
        await drive.type("acme")
        await drive.press("f5")
        assert drive.state("account") is State.FAILED
        for part in (
            'The account name typed is "acme"; Responsys says "acmeretail".',
            "CX Audience compares the two exactly and would refuse the integration.",
            "Account ▸ Account name shows it. Use acmeretail.",
            "✗ Problem",
            "✗ needs fixing",
        ):
            assert part in drive.words
        assert drive.screen.pane.body.scroll_y == 0


async def test_a_wrong_value_is_named_at_once_and_never_written(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration) as drive:
        await drive.type("acme retail")
        assert "✗ A name holds no blanks" in drive.words
        await drive.press("f5")
        assert not integration.journal_state().answer_sources
        assert focus_name(drive) == "account_name"


async def test_an_empty_field_is_named_and_gets_the_focus(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        await drive.press("f5")
        assert "Enter the account name." in drive.words
        assert focus_name(drive) == "account_name"
        assert drive.state("account") is State.READY


async def test_usual_values_are_offered_and_an_empty_date_begins_with_today(tmp_path: Path) -> None:
    async def check(c: Check) -> Outcome:
        return c.report.confirmable()

    words = tuple(Choice(word, word) for word in ("succeeded", "failed"))
    fields = (
        Field("status", "Run status", choices=lambda _: words, brought=True),
        Field("opened", "Date opened", Kind.DATE, brought=True),
    )
    step = Step("run", "A run", Part.LIVE, Product.AUDIENCE, "See the run.", check, fields)
    integration = Integration(Guide((step,)), Journal(tmp_path / "journal.db"), MemoryCredentials(), None, "acme")
    async with driven(integration, MEDIUM) as drive:
        assert "↑ ↓ choose: succeeded, failed" in drive.words
        assert "↑ ↓ today" in drive.words
        await drive.press("down", "down", "enter", "up")
        today = datetime.now().astimezone().date()
        assert drive.screen.controller.drafts.of(drive.screen.step_id) == {
            "status": "failed",
            "opened": today.isoformat(),
        }
        await drive.press("down")
        yesterday = (today - timedelta(days=1)).isoformat()
        assert drive.screen.controller.drafts.of("run")["opened"] == yesterday
        await drive.press("shift+tab", *["backspace"] * 6)
        await drive.type("Completed with errors")
        await drive.press("f5")
        assert integration.journal_state().values == {"run.status": "Completed with errors", "run.opened": yesterday}


@pytest.mark.sampled(0)
async def test_a_locked_step_can_be_read_and_leads_to_what_locks_it(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        await drive.press("f4", "f4")
        assert drive.screen.step_id == "first-password"
        assert "· locked" in drive.text
        assert "Replace the temporary password" in drive.words
        assert "Go to step 1, Your two accounts" in main_label(drive)
        assert drive.screen.pane.form.disabled
        for key in ("f5", "f9"):
            drive.screen.pane.work_line.tell("")
            await drive.press(key)
            assert "Locked. Finish step 1, Your two accounts, first." in drive.text
        assert drive.state("first-password") is State.LOCKED
        # a read-only field takes no focus, so the help of the step has it too
        await drive.press("f1")
        assert "User name" in drive.text
        assert "From step 2, Login name" in drive.words
        await drive.press("escape", "enter")
        assert drive.screen.step_id == "account"


@pytest.mark.sampled(0)
async def test_a_waiting_step_shows_since_when_and_looks_again_by_itself(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    dials_step = "ssh2-key"
    async with driven(integration) as drive:
        await to_step_two(drive)
        await drive.press("f9", "f4")
        await drive.type("geheimnis1")
        await drive.press("f5", "f4")
        assert drive.screen.step_id == dials_step
        await drive.type("Processing")
        await drive.press("f5")
        assert drive.state(dials_step) is State.WAITING
        assert "Waiting for Oracle (usually 2 to 10 working days)." in drive.words
        assert "Since 20" in drive.text
        await integration.save(dials_step, {"status": "Completed"}, source="elsewhere")
        waits = integration.states()[dials_step].state
        assert waits is State.DRAFT, "a changed answer asks for a new check, not for waiting"


async def test_waiting_steps_are_checked_again_quietly(tmp_path: Path) -> None:
    dials = Dials()
    integration = open_demo(tmp_path, dials=dials)
    async with driven(integration) as drive:
        await to_step_two(drive)
        await drive.press("f9", "f4")
        await drive.type("geheimnis1")
        await drive.press("f5", "f4")
        await drive.type("Processing")
        await drive.press("f5")
        before = integration.journal_state().seq
        drive.screen.recheck_waiting()
        await drive.settle()
        assert integration.journal_state().seq > before
        assert drive.state("ssh2-key") is State.WAITING


@pytest.mark.sampled(0)
async def test_every_kind_of_field_takes_a_value_from_the_keyboard(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration, WIDE) as drive:
        await prove_all_but_the_last(integration)
        await drive.screen.go_to("go-live")
        await drive.settle()
        form = drive.screen.pane.form
        for name, keys in (
            ("day", ("up",)),
            ("time", ("down",)),
            ("every", ("backspace", "3")),
            ("file", tuple("/tmp/x")),
            ("members", ("C", "1", "enter", "C", "2")),
            ("sure", tuple("I cannot undo this".replace(" ", "_"))),
        ):
            field = form.field(name)
            assert field is not None
            assert field.entrance is not None
            field.entrance.focus()
            await drive.press(*("space" if key == "_" else key for key in keys))
        await drive.press("f5")
        known = integration.journal_state().known()
        assert known.text("go-live.day") == "2026-12-01"
        assert known.text("go-live.time") == "02:00"
        assert known.value("go-live.every") == 3
        assert known.text("go-live.file") == "/tmp/x"
        assert known.lines("go-live.members") == ["C1", "C2"]
        assert known.pairs("go-live.mapping") == {"EMAIL": "EMAIL_ADDRESS_"}
        assert drive.state("go-live") is State.VERIFIED
        assert "Finish" in main_label(drive)


async def prove_all_but_the_last(integration: Integration) -> None:
    from cxr_tui.domain.secret import Secret

    def quiet(_: str) -> None:
        return

    await integration.save("account", {"account_name": "acmeretail", "login_host": "interact5"})
    await integration.check("account", quiet)
    await integration.save(
        "add-user",
        {view.field.name: view.value for view in integration.form("add-user") if view.value is not None},
    )
    await integration.check("add-user", quiet)
    await integration.confirm("add-user")
    await integration.keep_secret("first-password", "new_password", Secret("geheimnis1"))
    await integration.check("first-password", quiet)
    await integration.save("ssh2-key", {"status": "Completed"})
    await integration.check("ssh2-key", quiet)
    assert integration.current() == "go-live"


@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["80x24", "100x30"])
async def test_f2_lists_the_steps_and_goes_to_one(tmp_path: Path, size: tuple[int, int]) -> None:
    async with driven(open_demo(tmp_path), size) as drive:
        await drive.press("f2")
        assert drive.overlaid
        assert "○ to do" in drive.text
        assert "· locked" in drive.text
        await drive.press("down", "enter")
        assert drive.screen.step_id == "add-user"
        await drive.press("f2", "escape")
        assert not drive.overlaid


async def test_the_palette_finds_steps_and_actions(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path), SMALL) as drive:
        await drive.pilot.press("ctrl+p")
        await drive.pilot.pause(0.2)
        await drive.type("ssh2")
        await drive.pilot.pause(0.3)
        assert "Step 4  SSH2 key" in drive.text
        await drive.pilot.press("down", "enter")
        await drive.pilot.pause(0.2)
        assert drive.screen.step_id == "ssh2-key"


@pytest.mark.sampled(0)
async def test_quitting_asks_where_something_would_be_lost(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path)) as drive:
        await drive.type("x")
        await drive.press("ctrl+q")
        assert "1 entry not saved" in drive.text
        await drive.press("escape")
        assert not drive.overlaid
        assert drive.app.is_running


async def test_the_mouse_can_do_it_too(tmp_path: Path) -> None:
    async with driven(open_demo(tmp_path), MEDIUM) as drive:
        await drive.type("acmeretail")
        await drive.pilot.click("#field-login_host Choices", offset=(4, 2))
        await drive.settle()
        assert "(•) interact8" in drive.text
        await drive.pilot.click("#button-check")
        await drive.settle()
        assert drive.state("account") is State.VERIFIED
        await drive.pilot.click("#keys", offset=(drive.lines[-1].index("F4 Next") + 1, 0))
        await drive.settle()
        assert drive.screen.step_id == "add-user"
        await drive.pilot.click("#rail", offset=(10, 2))
        await drive.settle()
        assert drive.screen.step_id == "account"


async def test_a_letter_typed_while_the_screen_is_drawn_anew_stays(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration) as drive:
        field = drive.screen.pane.form.field("account_name")
        assert isinstance(field, TextField)
        drive.screen.set_focus(field.line)
        for text in ("acme", "acme "):
            field.line.insert_text_at_cursor(text[len(field.line.value) :])
            field.sync(field.view, {})  # a drawing that began before, and knows nothing of it
            assert field.line.value == text
            await drive.settle()
        assert len(drive.screen.controller.drafts) == 1
        field.sync(replace(field.view, value="acme"), {})  # what is there but for a blank is left as it is typed
        assert field.line.value == "acme "
        field.sync(replace(field.view, value="other"), {})
        assert field.line.value == "other"
    await integration.close()


async def test_what_is_typed_while_a_drawing_is_under_way_is_not_undone_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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

        field.line.insert_text_at_cursor("a")
        await drive.settle()
        monkeypatch.setattr(drive.screen.pane, "show", slowly)
        field.line.action_delete_left()
        await begun.wait()  # an empty field is being drawn
        field.line.insert_text_at_cursor("b")
        await asyncio.sleep(0.05)
        go_on.set()
        await drive.settle()
        assert field.line.value == "b"
        assert drive.screen.controller.view().entered == {"account_name": "b"}
    await integration.close()
