"""What widgets tell their screens: each message is posted by the act that it belongs to, and something follows."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from textual._context import message_hook
from textual.message import Message

import cxr_tui.tui
from cxr_tui.journal.gate import State
from cxr_tui.tui import messages
from cxr_tui.tui.fields.secret import SecretInput
from cxr_tui.tui.launcher import Choice, Openings
from cxr_tui.tui.screens.help import HelpScreen
from cxr_tui.tui.screens.jobs import RunScreen
from cxr_tui.tui.screens.start import StartScreen
from cxr_tui.tui.widgets.step_list import StepsScreen
from screens.test_tui_start import Doors
from support.drivers.wizard_driver import MEDIUM, SMALL, Driven, driven, focus_name
from support.screens import screens_before
from support.screens.screen_look import over, until
from support.screens.screens_shown import SHOWN
from support.worlds.demo_guide import Dials, open_demo

TOLD = (
    messages.Notice,
    messages.StepChosen,
    messages.CopyWanted,
)
"""Every message of the package; each has a test below."""

One = TypeVar("One", bound=Message)


class Heard:
    """The package's messages as they were posted, each once however many widgets it passed on its way up."""

    def __init__(self) -> None:
        self.all: list[Message] = []

    def __call__(self, message: Message) -> None:
        if isinstance(message, TOLD) and not any(one is message for one in self.all):
            self.all.append(message)

    def of(self, kind: type[One]) -> list[One]:
        """Return those of one kind."""
        return [one for one in self.all if isinstance(one, kind)]


@pytest.fixture
def heard() -> Heard:
    return Heard()


def listen(ears: Heard) -> None:
    """Hear every app that is run by this task from now on."""
    message_hook.set(ears)


@asynccontextmanager
async def demo(home: Path, ears: Heard, *, dials: Dials | None = None) -> AsyncIterator[Driven]:
    """Run the wizard over the demo guide, and hear it."""
    listen(ears)
    integration = open_demo(home, dials=dials)
    async with driven(integration, SMALL) as drive:
        yield drive
    await integration.close()


def declared() -> Iterator[type[Message]]:
    """Yield the messages that the package declares, those within widgets too."""
    for module in pkgutil.walk_packages(cxr_tui.tui.__path__, "cxr_tui.tui."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and one.__module__ == module.name:
                within = [inner for inner in vars(one).values() if isinstance(inner, type)]
                yield from (kind for kind in (one, *within) if issubclass(kind, Message))


def test_every_message_is_told_of_here() -> None:
    assert set(declared()) == set(TOLD)


async def test_what_is_typed_is_an_entry_at_once(tmp_path: Path, heard: Heard) -> None:
    async with demo(tmp_path, heard) as drive:
        await drive.type("acme")
        assert drive.screen.controller.drafts.of("account") == {"account_name": "acme"}


async def test_typing_a_secret_tells_that_and_not_what(tmp_path: Path, heard: Heard) -> None:
    listen(heard)
    async with over("")(tmp_path, MEDIUM) as drive:
        drive.screen.set_focus(drive.screen.query(SecretInput).first())
        before = drive.screen.controller.context().changed
        await drive.type("geheimnis1")
        assert "geheimnis1" not in repr([vars(one) for one in heard.all])
        assert (before, drive.screen.controller.context().changed) == (False, True)


async def test_enter_in_a_field_leads_to_the_next(tmp_path: Path, heard: Heard) -> None:
    async with demo(tmp_path, heard) as drive:
        await drive.press("enter")
        assert focus_name(drive) == "login_host"


async def test_choosing_and_being_done_with_it_are_told_apart(tmp_path: Path, heard: Heard) -> None:
    async with demo(tmp_path, heard) as drive:
        await drive.press("tab", "down")
        assert drive.screen.controller.drafts.of("account") == {"login_host": "interact8"}
        assert focus_name(drive) == "login_host"
        await drive.press("enter")
        assert focus_name(drive) != "login_host"


async def test_a_step_of_the_list_is_gone_to(tmp_path: Path, heard: Heard) -> None:
    async with demo(tmp_path, heard) as drive:
        await drive.press("f2", "down")
        assert isinstance(drive.app.screen, StepsScreen)
        await drive.press("enter")
        assert heard.of(messages.StepChosen) == [messages.StepChosen("add-user")]
        assert (drive.screen.step_id, drive.overlaid) == ("add-user", False)


async def test_a_place_that_was_found_is_gone_to_with_its_field(tmp_path: Path, heard: Heard) -> None:
    async with demo(tmp_path, heard) as drive:
        await drive.press("f4", "ctrl+f")
        await drive.type("capitals blanks")
        await until("field, step 1")(drive)
        await drive.press("down", "enter")
        assert heard.of(messages.StepChosen) == [messages.StepChosen("account", "account_name")]
        assert (drive.screen.step_id, focus_name(drive)) == ("account", "account_name")


@pytest.mark.sampled(1)
@pytest.mark.parametrize("pasted", ["acme\nsecond\n\nthird\n", "\n acme \r\nsecond\r\nthird"])
async def test_lines_that_a_field_of_one_line_cannot_take_are_named(tmp_path: Path, heard: Heard, pasted: str) -> None:
    async with demo(tmp_path, heard) as drive:
        await drive.type(pasted)
        assert len(heard.of(messages.Notice)) == 1
        assert drive.screen.controller.drafts.of("account") == {"account_name": "acme"}
        assert "2 further lines dropped" in drive.screen.pane.work_line.told
        await drive.type("one\n")
        assert len(heard.of(messages.Notice)) == 1


async def test_a_value_is_copied(tmp_path: Path, heard: Heard) -> None:
    async with demo(tmp_path, heard) as drive:
        await drive.press("f4", "f7", "enter")
        (wanted,) = heard.of(messages.CopyWanted)
        assert (drive.app.clipboard, "Copied" in drive.screen.pane.work_line.told) == (wanted.text, True)


async def test_a_button_and_a_word_of_the_bottom_line_carry_out_their_actions(tmp_path: Path, heard: Heard) -> None:
    async with demo(tmp_path, heard) as drive:
        await drive.type("acmeretail")
        drive.screen.pane.buttons.focus_main()
        await drive.press("enter")
        assert drive.state("account") is State.VERIFIED
        await drive.pilot.click("#keys", offset=(3, 0))
        await drive.settle()
        assert isinstance(drive.app.screen, HelpScreen)


async def test_a_check_tells_what_it_does(tmp_path: Path, heard: Heard) -> None:
    dials = Dials()
    dials.host.clear()
    async with demo(tmp_path, heard, dials=dials) as drive:
        await drive.type("acmeretail")
        await drive.pilot.press("f5")
        await until("Asking login5.responsys.net")(drive)
        dials.host.set()
        await drive.settle()
        assert "Asking" not in drive.text


async def test_what_is_chosen_at_the_start_is_opened_and_given_up(tmp_path: Path, heard: Heard) -> None:
    listen(heard)
    doors = Doors(tmp_path)
    doors.gate.clear()
    async with screens_before.before(Openings(doors.begin, "default"))(tmp_path, SMALL) as drive:
        await drive.press("enter")
        await eventually(lambda: doors.asked == [(Choice.REHEARSE, "")])
        await drive.press("escape")
        await eventually(lambda: doors.stopped)
        assert isinstance(drive.app.screen, StartScreen)


async def test_looks_logs_and_runs_of_jobs_are_shown_as_they_come(tmp_path: Path) -> None:
    async with SHOWN["jobs"].opened(tmp_path, MEDIUM) as drive:
        await drive.press("ctrl+r")
        assert "as of 2026-01-11 12:00" in drive.lines[0]
        await drive.press("tab", "enter")
        assert isinstance(drive.app.screen, RunScreen)
        assert "File CUSTOMERS.csv placed in download" in drive.text
        await drive.press("escape", "f6", "down")
        await drive.pilot.press("enter")
        await until("is running; it continues when you close this")(drive)
        await until("placed in download")(drive)


async def test_how_far_a_file_is_read_is_shown(tmp_path: Path, heard: Heard) -> None:
    listen(heard)
    group = SHOWN["preflight"]
    async with group.opened(tmp_path, MEDIUM) as drive:
        await next(look for look in group.looks if look.name == "reading").reach(drive)
        assert "1,234,567 records" in drive.text
        await drive.press("escape")


async def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to hold")
