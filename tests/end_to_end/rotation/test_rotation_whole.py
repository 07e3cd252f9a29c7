"""Rotation where all 26 steps hold: by command and by keyboard, with nothing of a password left anywhere."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cxr_tui.config.settings import Settings
from cxr_tui.jobs.status import look
from cxr_tui.journal.gate import State
from cxr_tui.rotation.sandbox_driver import operate
from cxr_tui.rotation.service import RotationService
from cxr_tui.tui.app import WizardApp
from cxr_tui.tui.screens.rotation import RotationScreen
from support.drivers.wizard_driver import SMALL, driven
from support.processes.cli_process import sandbox_up
from support.processes.preloaded_python import cxr_tui
from support.worlds.rotation_setting import set_up

LAST = "go-live"
ONE_ROTATION = [
    ("stage", "prepared"),
    ("try", "responsys-password.next"),
    ("tried", "accepted"),
    ("stage", "changed-in-responsys"),
    ("stage", "changed-in-audience"),
    ("stage", "promoted"),
    ("try", "responsys-password"),
    ("tried", "accepted"),
    ("stage", "done"),
]
CANARY = "Canary.Bird-4711x"


@pytest.mark.sampled(0)
async def test_half_done_go_live_says_so_and_done_the_jobs_run_again() -> None:
    async with set_up(LAST) as stand:
        service, integration = stand.service(), stand.integration
        await service.begin()
        await stand.set_in_responsys()
        assert (await service.resume()).state == "changed-in-responsys"
        outcome = await integration.check(LAST, lambda _: None)
        assert "password-one-sided" in [one.code for one in outcome.findings]
        assert integration.states()[LAST].state is State.FAILED
        status = await look(integration)
        assert "password-one-sided" in [one.code for one in status.findings]
        assert not status.healthy
        told = await operate(service)
        assert (told.state, told.ok) == ("done", True)
        done = next(one.seen for one in told.findings if one.code == "rotation-done")
        assert "was fetched by the import" in done
        assert "succeeded" in done
        assert [step_id for step_id, state in integration.states().items() if not state.done] == []
        assert "password-one-sided" not in [one.code for one in (await look(integration)).findings]
        assert stand.refused() == 0
        assert await stand.kept(".previous") is None
        truth = stand.truth()
        assert truth["audience"]["connection"] == {"problem": "", "refusals": 0}


class Watch:
    """Looks at all processes' arguments and environments for a text, while something runs."""

    def __init__(self, text: str) -> None:
        self._text = text.encode()
        self._over = threading.Event()
        self.seen: set[str] = set()
        self.looks = 0
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            for process in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    try:
                        if self._text in (process / name).read_bytes():
                            self.seen.add(f"{process}/{name}")
                    except OSError:
                        continue
            self.looks += 1
            time.sleep(0.02)


def files_with(folder: Path, text: str) -> list[str]:
    return [str(one) for one in folder.rglob("*") if one.is_file() and text.encode() in one.read_bytes()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("whole")
    answers = home / "answers.toml"
    answers.write_text("")
    with sandbox_up(home / "sandbox", "--people", "60"):
        begun = cxr_tui("--at", str(home / "sandbox"), "apply", str(answers), "--json", home=home)
        assert begun.code == 0, begun.err + begun.out
        yield home


def stages(sandbox: Path, name: str) -> list[tuple[str, str]]:
    """Return what the journal tells of rotations: acts and stages, in order."""
    journal = sqlite3.connect(sandbox / "integrations" / name / "journal.db")
    rows = journal.execute("SELECT body FROM records WHERE kind = 'rotation' ORDER BY seq").fetchall()
    journal.close()
    bodies: list[dict[str, Any]] = [json.loads(row[0]) for row in rows]
    return [(one["what"], str(one.get("stage") or one.get("tried") or one.get("result"))) for one in bodies]


@pytest.mark.sampled(0)
def test_by_command_no_trace_of_a_password_is_left(whole: Path) -> None:
    arguments = ("--at", str(whole / "sandbox"), "rotate", "--json")
    with Watch(CANARY) as watch:
        typed = cxr_tui(*arguments, "--password-stdin", home=whole, stdin=f"{CANARY}\n")
        # and once more, so that it becomes the old one, and goes
        made = cxr_tui(*arguments, home=whole)
    for ended in (typed, made):
        assert ended.code == 0, ended.err + ended.out
        assert CANARY not in ended.out + ended.err
        document = ended.document
        assert (document["schema"], document["state"], document["ok"]) == (1, "done", True)
        assert [step["id"] for step in document["steps"]] == [
            "prepared",
            "changed-in-responsys",
            "changed-in-audience",
            "promoted",
            "done",
        ]
        assert [step["state"] for step in document["steps"]] == [
            "recorded",
            "verified",
            "confirmed",
            "recorded",
            "recorded",
        ]
    assert watch.looks > 10
    assert watch.seen == set()
    assert files_with(whole, CANARY) == []
    assert stages(whole / "sandbox", "default") == [*ONE_ROTATION, *ONE_ROTATION]
    checked = cxr_tui("--at", str(whole / "sandbox"), "check", "--json", home=whole)
    assert checked.code == 0, checked.err + checked.out


async def test_by_keyboard_the_same_journal_is_left_and_no_secret_is_seen(tmp_path: Path) -> None:
    async with set_up(LAST) as stand, driven(stand.integration, SMALL) as drive:
        await drive.press("ctrl+o")
        assert isinstance(drive.app.screen, RotationScreen)
        await drive.press("enter")
        new = await stand.kept(".next")
        assert new is not None
        assert "To enter: ********" in drive.text
        assert new.reveal() not in drive.text + drive.app.export_screenshot()
        await drive.press("f8")
        assert new.reveal() in drive.text
        await drive.press("f8")
        assert new.reveal() not in drive.text
        await drive.press("f7")
        assert drive.app.clipboard == new.reveal()
        await drive.press("enter")
        assert "Done; old password removed" in drive.lines[0]
        assert new.reveal() not in drive.text
        assert all(len(line) <= SMALL[0] for line in drive.lines)
        await drive.press("escape")
        assert drive.app.clipboard == ""
        assert "26 of 26 steps done" in drive.lines[0]
        assert await stand.kept() == new
        assert files_with(stand.running.directory, new.reveal()) == []
        assert stages(stand.running.directory, "sandbox") == ONE_ROTATION


async def test_an_error_of_the_program_tells_nothing_of_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with set_up() as stand:
        app = WizardApp(stand.integration, tmp_path)

        async def broken(self: RotationService) -> tuple[()]:
            password = (await self.integration.world.credentials.get("responsys-password.next")).reveal()
            raise RuntimeError(f"cannot go on after {len(password)}")

        monkeypatch.setattr(RotationService, "go_on", broken)
        async with driven(stand.integration, SMALL, app=app) as drive:
            await drive.press("ctrl+o", "enter", "enter")
            new = await stand.kept(".next")
            assert new is not None
            assert "Internal error" in drive.text
            assert new.reveal() not in drive.text
        assert list(tmp_path.iterdir()) != []
        assert files_with(tmp_path, new.reveal()) == []
        # and nothing is lost: the next one goes on
        monkeypatch.undo()
        assert (await operate(stand.service())).state == "done"


@pytest.mark.sampled(0)
async def test_the_clipboard_is_cleared_by_itself_as_soon_as_the_settings_say(tmp_path: Path) -> None:
    soon = Settings(clipboard_seconds=1)
    async with (
        set_up() as stand,
        driven(stand.integration, SMALL, app=WizardApp(stand.integration, tmp_path, soon)) as drive,
    ):
        await drive.press("ctrl+o", "enter", "f7")
        assert drive.app.clipboard != ""
        await drive.pilot.pause(1.3)
        assert drive.app.clipboard == ""
        assert "The clipboard was cleared" in drive.text
        # what was copied since is left alone
        await drive.press("f7")
        drive.app.copy_to_clipboard("something else")
        await drive.pilot.pause(1.3)
        assert drive.app.clipboard == "something else"
        # giving up, by keyboard
        await drive.press("f9", "down", "enter")
        assert "Canceled before the change" in drive.lines[0]
        assert await stand.kept(".next") is None
        # one of one's own: told while it is typed, and never shown
        await drive.press("f2")
        await drive.type("weak")
        assert "It needs:" in drive.text
        await drive.type("er-Than-It-Looks-7x")
        assert "In order." in drive.text
        assert "Looks" not in drive.text
        await drive.press("enter")
        kept = await stand.kept(".next")
        assert kept is not None
        assert kept.reveal() == "weaker-Than-It-Looks-7x"
        await drive.press("escape")
        assert "rotation in progress" in drive.lines[0]
