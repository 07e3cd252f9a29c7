"""The papers over the wizard: dry run, texts, handover; the screen shows them, the journal stays as it was."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.events import answer_entry
from cxr_tui.journal.store import Entry, Journal
from cxr_tui.tui.screens.texts import PageScreen, TextsScreen
from support.drivers.wizard_driver import MEDIUM, SMALL, Driven, driven
from support.worlds.paper_integration import walked, written
from support.worlds.toy_guide import MemoryCredentials

HOSTILE = "acme\x1b[31m\u202e[red]x[/red]<b>"


class ClosedCredentials(MemoryCredentials):
    """A store that nobody may ask: a dry run that did would fail."""

    async def has(self, item: str) -> bool:
        raise AssertionError(f"the keyring was asked for {item}")


@asynccontextmanager
async def wizard(
    home: Path, size: tuple[int, int] = SMALL, *, until: str = "", more: list[Entry] | None = None
) -> AsyncIterator[Driven]:
    """Run the wizard over an integration that was set up on paper as far as `until`."""
    path = written(home, "acme", walked(until))
    integration = Integration(GUIDE, Journal(path), ClosedCredentials(), None, "acme")
    integration.note(more or [])
    async with driven(integration, size) as drive:
        yield drive
    await integration.close()


async def act(drive: Driven, action: str) -> None:
    """Carry out an action as the palette does, and wait until its page is there."""
    await drive.screen.carry_out(action)
    await drive.settle()


def assert_it_fits(drive: Driven, size: tuple[int, int]) -> None:
    assert len(drive.lines) == size[1]
    assert all(len(line) <= size[0] for line in drive.lines)
    assert "\x1b" not in drive.text
    assert "\u202e" not in drive.text


@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["80x24", "100x30"])
async def test_the_dry_run_of_a_step_lists_and_touches_nothing(tmp_path: Path, size: tuple[int, int]) -> None:
    async with wizard(tmp_path, size, until="import-key") as drive:
        before = drive.integration.journal_state().seq
        assert drive.screen.step_id == "select-object"
        await act(drive, "dry_run")
        assert isinstance(drive.app.screen, PageScreen)
        assert "would touch" in drive.words
        assert "12 Export job: Select object" in drive.words
        assert_it_fits(drive, size)
        for _ in range(6):
            await drive.press("pagedown")
            assert_it_fits(drive, size)
        assert "Save entries, results and confirmations" in drive.words, "the end can be read"
        await drive.press("c")
        assert "/rest/api/v1.3/lists/CUSTOMERS/members/count" in drive.app.clipboard
        assert "cxr-tui/acme/responsys-password" in drive.app.clipboard
        assert "journal.db" in drive.app.clipboard
        await drive.press("escape")
        assert not drive.overlaid
        assert drive.integration.journal_state().seq == before
        assert not [one for one in tmp_path.rglob("*") if one.is_file() and not one.name.startswith("journal.db")]


async def test_the_dry_run_knows_what_is_typed_and_not_confirmed(tmp_path: Path) -> None:
    async with wizard(tmp_path, until="import-key") as drive:
        await drive.type("another name")
        await drive.press("ctrl+l", "d")
        assert isinstance(drive.app.screen, PageScreen)
        assert drive.integration.journal_state().known().value("select-object.job_name") is None


async def test_a_locked_step_offers_no_dry_run(tmp_path: Path) -> None:
    async with wizard(tmp_path, until="import-key") as drive:
        await drive.press("f4")
        assert "dry_run" not in [one.id for one, _ in drive.screen.offered()]
        await drive.press("ctrl+l")
        assert "D Dry run" not in drive.text


@pytest.mark.sampled(1)
@pytest.mark.parametrize("size", [SMALL, MEDIUM], ids=["80x24", "100x30"])
async def test_texts_are_read_and_copied(tmp_path: Path, size: tuple[int, int]) -> None:
    async with wizard(tmp_path, size, until="exported-file") as drive:
        before = drive.integration.journal_state().seq
        assert drive.screen.step_id == "external-server"
        await act(drive, "texts")
        assert isinstance(drive.app.screen, TextsScreen)
        assert "Service request: External server" in drive.text
        assert_it_fits(drive, size)
        await drive.press("home", "enter")
        assert "copied: Service request: External server" in drive.text
        server = drive.integration.journal_state().known().text("destination-connectivity.server")
        assert f"Server: {server}" in drive.app.clipboard
        assert drive.app.clipboard.startswith("Create service request in My Oracle Support\n")
        await drive.press("escape")
        assert drive.integration.journal_state().seq == before


async def test_the_copy_picker_lists_the_texts_of_the_step(tmp_path: Path) -> None:
    async with wizard(tmp_path, until="exported-file") as drive:
        drive.screen.pane.buttons.focus_main()
        await drive.press("f7")
        assert "Service request:" in drive.text
        await drive.press("end", "enter", "escape")
        assert "\n" in drive.app.clipboard, "a whole text"
        assert drive.app.is_running


async def test_the_last_step_offers_the_handover_and_says_where_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("CXR_TUI_HOME", str(home))
    async with wizard(tmp_path) as drive:
        assert drive.screen.step_id == "go-live"
        assert "Handover report" in drive.text
        before = drive.integration.journal_state().seq
        await act(drive, "handover")
        written_files = sorted((home / "handovers").iterdir())
        assert [one.suffix for one in written_files] == [".html", ".md"]
        assert [stat.S_IMODE(one.stat().st_mode) for one in written_files] == [0o600, 0o600]
        assert written_files[0].name in drive.text
        await drive.press("c")
        assert drive.app.clipboard.split("\n") == [str(one) for one in written_files]
        await drive.press("escape", "f3")
        assert "Handover report" not in drive.text, "elsewhere it is found in the palette"
        assert drive.integration.journal_state().seq == before


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "handovers").write_text("a file where the folder should be")
    monkeypatch.setenv("CXR_TUI_HOME", str(home))
    async with wizard(tmp_path) as drive:
        await act(drive, "handover")
        assert "Nothing was written" in drive.text
        assert drive.app.is_running


@pytest.mark.sampled(0)
async def test_hostile_values_steer_no_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXR_TUI_HOME", str(tmp_path / "home"))
    hostile = [
        answer_entry("destination-connectivity", "user_name", HOSTILE, "screen"),
        answer_entry("external-server", "sr_number", HOSTILE, "screen"),
        answer_entry("add-user", "email", HOSTILE, "typed"),
    ]
    async with wizard(tmp_path, more=hostile) as drive:
        for action in ("dry_run", "texts", "handover", "review"):
            await act(drive, action)
            assert_it_fits(drive, SMALL)
            for _ in range(4):
                await drive.press("pagedown")
                assert_it_fits(drive, SMALL)
            await drive.press("escape")
        assert drive.app.is_running
