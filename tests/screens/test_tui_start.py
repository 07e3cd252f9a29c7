"""What stands there before an integration is open: three things to choose, a tour, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from cxr_tui.domain.errors import JournalError
from cxr_tui.integration.integration import Integration
from cxr_tui.tui.app import WizardApp
from cxr_tui.tui.launcher import CannotOpenError, Choice, Openings
from cxr_tui.tui.screens.tour import TourScreen
from cxr_tui.tui.screens.wizard import WizardScreen
from support.drivers.raw_terminal import raw_terminal
from support.drivers.wizard_driver import MEDIUM, SMALL, Driven, driven
from support.processes.cli_process import environment, wait_until_gone
from support.worlds.demo_guide import open_demo


class Doors:
    """What is opened, as the commands would: a small setup, nothing for a while, or a refusal."""

    def __init__(self, folder: Path, refuses: str = "") -> None:
        self._folder = folder
        self.refuses = refuses
        self.asked: list[tuple[Choice, str]] = []
        self.stopped = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.opened: list[Integration] = []

    async def begin(self, choice: Choice, name: str) -> Integration:
        self.asked.append((choice, name))
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.stopped = True
            raise
        if self.refuses:
            raise CannotOpenError(self.refuses) from JournalError(self.refuses)
        home = self._folder / str(len(self.asked))
        home.mkdir()
        integration = open_demo(home)
        self.opened.append(integration)
        return integration


class Started(Driven):
    """The app before and after something is open."""

    @property
    def is_open(self) -> bool:
        return any(isinstance(one, WizardScreen) for one in self.app.screen_stack)

    async def settle(self) -> None:
        for _ in range(3):
            await self.pilot.pause()

    async def until(self, text: str) -> None:
        for _ in range(500):
            if text in self.words:
                return
            await self.pilot.pause(0.01)
        raise AssertionError(f"{text!r} did not appear:\n{self.text}")


@asynccontextmanager
async def started(openings: Openings, size: tuple[int, int] = SMALL) -> AsyncIterator[Started]:
    app = WizardApp(openings=openings)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Started(app, pilot, None)  # type: ignore[arg-type]  # nothing is open yet


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    made = Doors(tmp_path)
    yield made
    for integration in made.opened:
        await integration.close()


def lists(pilot: Pilot[None]) -> list[str]:
    """Return the names of what is offered."""
    options = pilot.app.screen.query_one("#choices", OptionList).options
    return [str(option.prompt).splitlines()[0] for option in options if option.id]


async def test_a_start_offers_exactly_three_things(doors: Doors) -> None:
    async with started(Openings(doors.begin, "default")) as drive:
        assert lists(drive.pilot) == ["Rehearse on the sandbox", "Set up the real integration", "Job status"]
        assert "nothing is set up here yet" in drive.text
        assert all(len(line) <= SMALL[0] for line in drive.lines)
        await drive.press("down", "down", "enter")
        assert "so there are no jobs" in drive.words
        assert doors.asked == []


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("keys", "choice"), [(("enter",), Choice.REHEARSE), (("down", "enter"), Choice.REAL)])
async def test_what_is_chosen_is_opened(doors: Doors, keys: Sequence[str], choice: Choice) -> None:
    async with started(Openings(doors.begin, "default")) as drive:
        await drive.press(*keys)
        await drive.until("Your two accounts")
        assert drive.is_open
        assert doors.asked == [(choice, "")]
        assert drive.app.wizard is drive.app.screen


async def test_what_is_being_opened_is_said_and_can_be_given_up(doors: Doors) -> None:
    doors.gate.clear()
    async with started(Openings(doors.begin, "default")) as drive:
        await drive.press("enter")
        await drive.until("Starting the sandbox")
        for _ in range(300):
            if doors.asked:
                break
            await drive.pilot.pause(0.01)
        await drive.press("escape")
        assert doors.stopped
        assert "Starting the sandbox" not in drive.text
        doors.gate.set()
        await drive.press("down", "enter")
        await drive.until("Your two accounts")


async def test_a_refusal_is_said_at_the_start_and_something_else_can_be_chosen(doors: Doors) -> None:
    doors.refuses = "the sandbox was not ready within 60 seconds"
    async with started(Openings(doors.begin, "default")) as drive:
        await drive.press("enter")
        await drive.until(doors.refuses)
        assert not drive.is_open
        doors.refuses = ""
        await drive.press("enter")
        await drive.until("Your two accounts")


async def test_one_of_several_integrations_is_asked_for(doors: Doors) -> None:
    async with started(Openings(doors.begin, "default", names=("acme", "globex"))) as drive:
        assert "2 integrations" in drive.text
        await drive.press("down", "enter")
        assert "default new" in drive.words
        await drive.press("down", "enter")
        await drive.until("Your two accounts")
        assert doors.asked == [(Choice.REAL, "globex")]


async def test_jobs_of_the_only_integration_are_shown_or_said_to_be_none(doors: Doors) -> None:
    async with started(Openings(doors.begin, "default", names=("acme",))) as drive:
        await drive.press("down", "down", "enter")
        await drive.until("No job is set up yet")
        assert doors.asked == [(Choice.JOBS, "acme")]


async def test_what_this_machine_lacks_is_said_with_its_remedy(doors: Doors) -> None:
    async def lacks() -> tuple[str, ...]:
        return ("gpg is missing. Install GnuPG 2.1 or later: sudo apt-get install gnupg", "word " * 200)

    async with started(Openings(doors.begin, "default", lacks=lacks)) as drive:
        await drive.until("sudo apt-get install gnupg")
        assert "… cxr-tui doctor shows the rest" in drive.text

    async def blind() -> tuple[str, ...]:
        raise TimeoutError("gpg did not answer")

    async with started(Openings(doors.begin, "default", lacks=blind)) as drive:
        await drive.until("could not check for gpg and a keyring (gpg did not answer)")


async def test_what_was_told_to_be_opened_fails_as_a_command_does(doors: Doors) -> None:
    doors.refuses = "journal.db: is no journal"
    async with started(Openings(doors.begin, "default", "Opening")) as drive:
        for _ in range(300):
            if drive.app.failure is not None:
                break
            await drive.pilot.pause(0.01)
        assert isinstance(drive.app.failure, JournalError)
        assert doors.asked == [(Choice.AS_TOLD, "")]


async def test_the_tour_is_six_pages_and_every_page_is_whole_at_80_columns(doors: Doors) -> None:
    async with started(Openings(doors.begin, "default")) as drive:
        await drive.press("t")
        titles = []
        for page in range(6):
            assert f"{page + 1} of 6" in drive.lines[0]
            assert isinstance(drive.app.screen, TourScreen)
            assert drive.app.screen.query_one("#tour").max_scroll_y == 0, "nothing is below the edge"
            titles.append(drive.lines[3].strip())
            await drive.press("enter")
        assert titles[0] == "Two products, one integration"
        assert len(set(titles)) == 6
        assert "Rehearse on the sandbox" in drive.text, "behind the last page stands what was there before"
        await drive.press("t", "right", "right", "left")
        assert "2 of 6" in drive.lines[0]
        await drive.press("escape")
        assert "Rehearse on the sandbox" in drive.text


async def test_the_tour_is_found_in_the_palette_of_the_wizard(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with driven(integration, MEDIUM) as drive:
        await drive.press("ctrl+p")
        await drive.type("two-minute tour")
        await drive.pilot.pause(0.3)
        await drive.press("enter")
        assert "1 of 6" in drive.lines[0]
        await drive.press("q")
        assert "Your two accounts" in drive.text
    await integration.close()


# --- whole programs on a real terminal --------------------------------------------------------------------------------


def test_a_sandbox_that_is_being_started_is_given_up_with_one_key_and_nothing_is_left(tmp_path: Path) -> None:
    with raw_terminal(tmp_path, "--sandbox", "--people", "60") as terminal:
        terminal.wait_for("Starting the sandbox")
        terminal.press(b"\x1b")
        assert terminal.end() == 0
    assert all(wait_until_gone(left) for left in sandboxes(tmp_path))


def test_a_journal_that_is_none_ends_with_its_code_and_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "integrations" / "acme"
    folder.mkdir(parents=True)
    (folder / "journal.db").write_bytes(b"no journal at all, but long enough to be looked into" * 40)
    with raw_terminal(tmp_path, "-i", "acme") as terminal:
        assert terminal.end() == 2
        assert "journal.db" in terminal.text


def test_somebody_new_gets_to_the_first_step_from_the_start(tmp_path: Path) -> None:
    with raw_terminal(tmp_path, size=(100, 30)) as terminal:
        terminal.wait_for("Job status")
        terminal.press(b"\r")
        terminal.wait_for("Your two accounts")
        terminal.press(b"\x11")
        assert terminal.end() == 0


def test_the_first_frame_loads_neither_the_guide_nor_an_integration() -> None:
    loaded = "import sys, cxr_tui.cli.commands.wizard, cxr_tui.tui.app, cxr_tui.tui.screens.start; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, timeout=60, check=True)
    modules = ended.stdout.split()
    assert "textual.app" in modules
    late = {"guide", "guided", "integration", "gateways", "jobs", "rotation", "preflight", "reports"}
    assert [name for name in modules if name.startswith("cxr_tui.") and name.split(".")[1] in late] == []


def sandboxes(home: Path) -> list[int]:
    """Return the processes of sandboxes that were started with this home."""
    mark = f"CXR_TUI_HOME={environment(home)['CXR_TUI_HOME']}".encode()
    found = []
    for process in Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes()
            if b"cxr_tui.sandbox" in words and mark in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found
