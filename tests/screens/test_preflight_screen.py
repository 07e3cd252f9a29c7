"""The preflight screen: what it shows of a file, what it keeps, and a whole rehearsal by keyboard in the sandbox."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cxr_tui.domain.errors import RemotePathError
from cxr_tui.domain.instruction import Site
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.guided.operator_runner import operate
from cxr_tui.integration.integration import Integration
from cxr_tui.preflight.import_options import ImportOptions
from cxr_tui.preflight.reading.decrypt import SecretKey
from cxr_tui.preflight.rehearsal_key.key_pair import PASSPHRASE_ITEM
from cxr_tui.preflight.rehearsal_key.stage import Stage
from cxr_tui.preflight.result import PreflightResult
from cxr_tui.preflight.runner import Progress
from cxr_tui.preflight.service import PreflightService
from cxr_tui.sandbox.client import SandboxOptions
from cxr_tui.tui.screens.preflight import View
from screens.test_tui_layout import assert_nothing_is_cut as assert_nothing_of_the_wizard_is_cut
from support.drivers.preflight_driver import MEDIUM, SMALL, WIDE, PreflightDriven, opened, preflight_driven
from support.drivers.wizard_driver import Driven, driven
from support.preflight_files import HEADER
from support.reference_reader import write
from support.sandboxes.fresh_sandbox import fresh_sandbox

GOOD = ["1", "C1", "anna@example.com", "H", "491701234567", "DE", "Rome", "2026-01-01 10:00:00", "Anna", "1", "1.5"]


def people(count: int) -> list[list[str]]:
    return [[str(number), f"C{number}", *GOOD[2:]] for number in range(count)]


def spoiled(folder: Path, delimiter: str = ",") -> Path:
    """Write a file with several defects; `Secret` stands in each value that nobody must see afterwards."""
    rows = people(40)
    for at in (3, 4, 30):
        rows[at][2] = "Secret.Person"
    rows[5][4] = "+49 170 55501"
    rows[6][5] = "Secretland"
    rows[7][6] = "Secret" * 20
    rows[8].insert(6, "Secret Street")
    rows[9][1] = "C1"
    rows[11][1], rows[12][8] = "", "a\x07b"
    path = folder / "CUSTOMERS.csv"
    path.write_bytes(write([[*HEADER, "TIER"], *([*row, "Gold"] for row in rows)], delimiter=delimiter))
    return path


def everything_kept(folder: Path) -> str:
    """Return all that lies in an integration's folder, and the journal's records."""
    texts = [path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
    with sqlite3.connect(folder / "journal.db") as journal:
        texts += [str(row) for row in journal.execute("SELECT * FROM records")]
    return "\n".join(texts)


@pytest.mark.sampled(0)
@pytest.mark.parametrize("size", [SMALL, MEDIUM, WIDE])
async def test_a_file_in_all_views_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with preflight_driven(opened(tmp_path / "home"), size) as drive:
        assert "Preflight reads a file as its import will" in drive.words
        await drive.read(spoiled(tmp_path))
        assert "40 records: 33 accepted, 7 rejected" in drive.text
        for code, rows in (("email-format", 3), ("column-count", 1), ("mobile-country", 1), ("too-long", 1)):
            assert any(code in line and f" {rows} " in line and "━" in line for line in drive.lines), code
        drive.assert_nothing_is_cut()
        await drive.press("down", "down", "down")
        assert "The import says: INVALID FORMAT FOR MOBILE NUMBER" in drive.words
        assert "+99 999 99999" in drive.text
        for key in ("F2 Files", "F3 View", "F5 Read", "F7 Copy", "F8 Show", "F9 Key", "Esc Back", "^P More"):
            assert key in drive.lines[-1]
        await drive.press("f3")
        assert "TIER" in drive.text or size == SMALL
        assert any("→ EMAIL_ADDRESS_" in line and "98%" in line for line in drive.lines)
        drive.assert_nothing_is_cut()
        await drive.press("f3")
        assert "1 record that a later one overwrites" in drive.words
        assert "lines 3, 11; 11 stays" in drive.text
        await drive.press("right")
        assert "delimiter-in-data · documented" in drive.words
        drive.assert_nothing_is_cut()
        await drive.press("right")
        assert "Make a key pair for one rehearsal export" in drive.text
        drive.assert_nothing_is_cut()
        await drive.press("right", "left", "left", "left", "left", "left")
        assert "email-format" in drive.text


async def test_values_are_shown_on_request_only_and_never_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    integration = opened(home)
    async with preflight_driven(integration) as drive:
        await drive.read(spoiled(tmp_path))
        await drive.press("down", "down")
        assert "email-format" in drive.words
        assert "Xxxxxx.Xxxxxx" in drive.text
        assert "Secret" not in drive.text
        await drive.press("f8")
        assert "Secret.Person" in drive.text
        assert "F8 Hide" in drive.lines[-1]
        drive.assert_nothing_is_cut()
        await drive.press("enter", "f8")  # Enter goes on to the lines of the reason
        assert "Secret" not in drive.text
        await drive.press("f7", "enter")
        assert drive.app.clipboard == "5, 6, 32"
    assert "Secret" not in everything_kept(home)
    assert "anna@" not in everything_kept(home)
    assert '"email-format"' in everything_kept(home)
    async with preflight_driven(integration) as drive:  # another day
        assert "40 records: 33 accepted, 7 rejected" in drive.text
        assert "CUSTOMERS.csv" in drive.text
        await drive.press("tab", "down", "down")
        assert "Xxxxxx.Xxxxxx" in drive.text
        assert "F8" not in drive.lines[-1]  # what was not kept cannot be shown
        drive.assert_nothing_is_cut()


class Waiting(PreflightService):
    """A service that reads without an end, as a very large file does."""

    ended = False

    async def read(
        self, file: str, plan: ImportOptions, tell: Callable[[Progress], None], key: SecretKey | None = None
    ) -> PreflightResult:
        try:
            await asyncio.to_thread(tell, Progress(done=250_000_000, size=1_000_000_000, rows=1_234_567, seconds=5.0))
            await asyncio.sleep(3600)
        finally:
            type(self).ended = True
        raise AssertionError


async def test_progress_rate_and_time_left_are_shown_and_it_can_be_cancelled(tmp_path: Path) -> None:
    home = tmp_path / "home"
    integration = opened(home)
    async with preflight_driven(integration, SMALL, Waiting) as drive:
        drive.screen.source.value = "somewhere.gpg"
        await drive.pilot.press("enter")
        while "25%  1,234,567 records, 50 MB/s, 15 s left" not in drive.text or "━" not in drive.text:
            await drive.pilot.pause(0.01)
        assert "Esc Cancel" in drive.lines[-1]
        assert "F5" not in drive.lines[-1]
        drive.assert_nothing_is_cut()
        await drive.press("escape")
        assert Waiting.ended
        assert "Canceled; nothing of the file was kept" in drive.text
        assert "F5 Read" in drive.lines[-1]
    assert integration.journal_state().preflights == {}


class Broken(PreflightService):
    """A service with an error that nobody expected."""

    async def read(
        self, file: str, plan: ImportOptions, tell: Callable[[Progress], None], key: SecretKey | None = None
    ) -> PreflightResult:
        raise ValueError("[/red] of its own")


async def test_errors_are_a_line_and_hostile_texts_stay_texts(tmp_path: Path) -> None:
    async with preflight_driven(opened(tmp_path / "home")) as drive:
        await drive.read(tmp_path / "none.csv")
        assert "No such file" in drive.words
        drive.screen.source.value = "sftp:download/none"
        await drive.press("enter")
        assert "no file server is set up" in drive.words
        drive.screen.source.value = ""
        await drive.press("enter")
        assert "Type a file" in drive.text
        await drive.press("f2")
        assert "There are no files" in drive.text
        header = [*HEADER, "[/] \x1b[31m\u202eTIER"]
        path = tmp_path / "[bold]x.csv"
        path.write_bytes(write([header, *([*row, "x"] for row in people(3))], delimiter=","))
        await drive.read(path)
        await drive.press("f3", "f3", "f3", "f3", "f3", "f3")
        assert "\x1b" not in drive.text
        assert "\u202e" not in drive.text
        await drive.press("pagedown")
        assert "[/] ␛[31m\\u202eTIER" in drive.text
        drive.assert_nothing_is_cut()
    async with preflight_driven(opened(tmp_path / "other"), SMALL, Broken) as drive:
        await drive.read(path)
        assert "ValueError" in drive.text


async def test_a_person_makes_the_pair_is_told_what_to_do_and_removes_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    integration = opened(home, generate_key__email="poc@acme.example", select_object__job_name="Out")
    async with preflight_driven(integration, MEDIUM) as drive:
        assert "F6" not in drive.lines[-1]  # nobody but a person can do it
        await drive.press("f9")
        assert "poc@acme.example" in drive.text
        await drive.press("enter")
        told = drive.screen._service.rehearsing()
        assert told.stage is Stage.MADE
        assert told.pair is not None
        assert "✓ Pair made" in drive.text
        await drive.press("pagedown", "pagedown")
        assert "Out ▸ Destination Specification" in drive.words
        drive.assert_nothing_is_cut()
        name = f"cxr-tui rehearsal {told.pair.fingerprint[-8:]}"
        await drive.press("f7")
        assert name in drive.text
        assert "Choose file" in drive.text
        await drive.press("escape", "f9", "down", "down", "enter")  # nothing now
        assert drive.screen._service.rehearsing().stage is Stage.MADE
        await drive.press("f9", "enter")  # as if the export had run: there is no file
        assert "Type a file, or choose one with F2" in drive.text
        await drive.press("f9", "down", "enter")
        assert "○ Pair made" in drive.text
        assert f"{name} can be deleted in Responsys too" in drive.words
    assert list((home / "preflight").iterdir()) == []
    assert not await integration.world.credentials.has(PASSPHRASE_ITEM)


async def up_to_the_file(integration: Integration) -> None:
    """Let the operator do everything up to the exported file."""
    for step in integration.guide.steps:
        await operate(integration, step.id, lambda _: None)
        await integration.check(step.id, lambda _: None)
        if step.id == "exported-file":
            break


async def chosen_key(integration: Integration) -> str:
    """Return the key that the export job encrypts to."""
    assert integration.world.operator is not None
    job = integration.journal_state().known().text("select-object.job_name")
    screen = ("Data", "Connect", "Manage Connect", job, "Destination Specification")
    return str((await integration.world.operator.look(Site.RESPONSYS, screen))["Key"])


@pytest.mark.sampled(0)
async def test_a_whole_rehearsal_by_keyboard_in_the_sandbox() -> None:
    async with fresh_sandbox(SandboxOptions(people=120, scenarios=("rows-rejected",))) as integration:
        await up_to_the_file(integration)
        right = await chosen_key(integration)
        folder = integration.place.parent
        async with driven(integration, SMALL) as wizard:
            await wizard.screen.go_to("exported-file")
            await wizard.settle()
            assert "Preflight" in wizard.text
            await wizard.press("ctrl+e")
            drive = PreflightDriven(wizard.app, wizard.pilot)
            await drive.settle()
            assert "sftp:download/CUSTOMERS.csv.gpg" in drive.text
            assert "→ CUSTOMER_PROFILES by CUSTOMER_ID_" in drive.text
            await drive.press("f2")
            assert "A file on this computer" in drive.text
            assert "download/CUSTOMERS.csv.gpg" in drive.text
            await drive.press("enter", "enter")
            assert "not-readable-here" in drive.words
            await _rehearse(drive, integration)
            await drive.press("escape")
            assert "rehearsal key in use" in wizard.lines[0]
            assert_nothing_of_the_wizard_is_cut(wizard)
            await wizard.press("ctrl+e")
            await _switch_back(drive, integration, right)
            await drive.press("escape")
            _assert_over(wizard, integration, folder)
            assert not await integration.world.credentials.has(PASSPHRASE_ITEM)


async def _rehearse(drive: PreflightDriven, integration: Integration) -> None:
    await drive.press("f6")
    assert "120 records: 100 accepted, 20 rejected" in drive.text
    assert "mobile-format" in drive.text
    assert "rehearsal key in use" in drive.lines[0]
    drive.assert_nothing_is_cut()
    service = drive.screen._service
    assert service.rehearsing().stage is Stage.READ
    assert (await chosen_key(integration)).startswith("cxr-tui rehearsal ")
    finding = await service.prove()
    assert finding.code == "rehearsal-key-in-use"


async def _switch_back(drive: PreflightDriven, integration: Integration, right: str) -> None:
    await drive.settle()
    assert "! The export still uses the rehearsal key." in drive.text
    await drive.press("f9", "enter")  # too early: the file is still the one of the rehearsal
    assert "rehearsal-key-in-use" in drive.words
    assert drive.screen._service.rehearsing().stage is Stage.READ
    await drive.press("f6")
    assert "is encrypted only to the key of CX" in drive.words
    assert await chosen_key(integration) == right
    assert "○ Pair made" in drive.text
    assert "can be deleted in Responsys too" in drive.words
    drive.assert_nothing_is_cut()
    assert drive.screen.view is View.KEY


def _assert_over(wizard: Driven, integration: Integration, folder: Path) -> None:
    assert "rehearsal key" not in wizard.lines[0]
    left = [path.name for path in (folder / "preflight").rglob("*") if path.is_file()]
    assert left == []
    kept = everything_kept(folder)
    assert "500-555-0142" not in kept
    assert "999-999-9999" in kept


class Listing:
    """A file server of which only the listing of one folder is asked."""

    def __init__(self, *names: str) -> None:
        self._names = names

    async def listing(self, folder: str) -> list[RemoteFile]:
        if folder != "download":
            raise RemotePathError(f"{folder} does not exist on the file server")
        began = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
        return [
            RemoteFile(name, f"download/{name}", 10, began + timedelta(days=day), is_folder=name == "old")
            for day, name in enumerate(self._names)
        ]


@pytest.mark.parametrize(
    ("folder", "names", "newest"),
    [
        ("download", ("CUSTOMERS.csv.gpg", "OTHERS.csv.gpg", "old"), "sftp:download/CUSTOMERS.csv.gpg"),
        ("download", ("CUSTOMERS.csv.gpg", "CUSTOMERS.csv.gz.gpg"), "sftp:download/CUSTOMERS.csv.gz.gpg"),
        ("download", ("OTHERS.csv.gpg",), "sftp:archive/CUSTOMERS.csv.gpg"),
        ("gone", ("CUSTOMERS.csv.gpg",), "sftp:archive/CUSTOMERS.csv.gpg"),
    ],
)
async def test_the_file_to_read_is_the_newest_of_the_export_even_where_the_known_one_is_archived(
    tmp_path: Path, folder: str, names: tuple[str, ...], newest: str
) -> None:
    integration = opened(
        tmp_path,
        destination_specification__file_name="CUSTOMERS",
        destination_specification__extension="csv",
        destination_specification__encryption="Compress and encrypt file with PGP/GPG key",
        destination_connectivity__path=folder,
        exported_file__path="archive/CUSTOMERS.csv.gpg",
    )
    place: Any = SimpleNamespace(
        name="acme",
        place=integration.place,
        journal_state=integration.journal_state,
        note=integration.note,
        world=SimpleNamespace(file_server=lambda: Listing(*names)),
    )
    assert await PreflightService(place).newest_source() == newest
    await integration.close()
