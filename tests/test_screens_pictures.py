"""Every screen as it was approved, character by character and colour by colour.

`pytest tests/test_screens_pictures.py --snapshot-update` takes over what is new; read the difference before it is kept.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from screen_picture import styles_of, text_of
from screens_shown import SHOWN, each_look, group_driven
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex
from wizard_driver import SMALL, WIDE

from cxr_tui.tui.themes import DARK, LIGHT

SIZES = {"80x24": SMALL, "120x36": WIDE}


class Pictures(SingleFileSnapshotExtension):
    """One text file a group of screens."""

    _write_mode = WriteMode.TEXT
    _file_extension = "txt"

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Name the file by what it shows alone."""
        return str(index)


@pytest.fixture
def approved(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Pictures)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("group", SHOWN)
async def test_every_screen_looks_as_approved(
    group: str, size: str, tmp_path: Path, approved: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    text: dict[str, str] = {}
    pages: list[str] = []
    async with group_driven(group, tmp_path / "coloured", SIZES[size], DARK.name) as drive:
        async for look in each_look(drive, group):
            text[look] = text_of(drive.app)
            dark = styles_of(drive.app)
            drive.app.theme = LIGHT.name
            await drive.settle()
            assert text_of(drive.app) == text[look], f"{look} reads differently in light colours"
            pages.append(f"=== {look}\n{text[look]}\n--- dark\n{dark}\n--- light\n{styles_of(drive.app)}\n")
            drive.app.theme = DARK.name
            await drive.settle()
    monkeypatch.setenv("NO_COLOR", "1")
    async with group_driven(group, tmp_path / "plain", SIZES[size]) as drive:
        async for look in each_look(drive, group):
            assert text_of(drive.app) == text[look], f"{look} reads differently without colours"
    assert "\n".join(pages) == approved(name=f"{group}-{size}")
