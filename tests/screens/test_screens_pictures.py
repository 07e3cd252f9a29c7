"""Every screen as it was approved, character by character and colour by colour.

`pytest tests/screens/test_screens_pictures.py --snapshot-update` takes over what is new; read
the difference before it is kept.
"""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SerializedData, SnapshotIndex
from textual.widgets import Input, TextArea

from support.screens.screen_approved import SIZES, approved_pictures, lights_of, screens_of_the_package
from support.screens.screen_picture import portrait
from support.screens.screens_shown import SHOWN, each_look, group_driven


class Pictures(SingleFileSnapshotExtension):
    """One text file a group of screens."""

    _write_mode = WriteMode.TEXT
    _file_extension = "txt"

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        """Name the file by what it shows alone."""
        return str(index)

    @classmethod
    def write_snapshot(
        cls, *, snapshot_location: str, snapshots: list[tuple[SerializedData, PyTestLocation, SnapshotIndex]]
    ) -> None:
        """Write a file; syrupy warns of each that its name does not hold that of the test."""
        with warnings.catch_warnings(category=UserWarning, action="ignore"):
            super().write_snapshot(snapshot_location=snapshot_location, snapshots=snapshots)


@pytest.fixture
def approved(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Pictures)


@pytest.fixture
def still() -> Iterator[None]:
    """Let no caret blink: which half of a second it is, is nothing of the screen."""
    with (
        patch.object(Input, "_toggle_cursor", lambda _: None),
        patch.object(TextArea, "_toggle_cursor_blink_visible", lambda _: None),
    ):
        yield


@pytest.fixture
def no_collecting() -> Iterator[None]:
    """Let nothing look for rubbish meanwhile: a fifth of the time went there, and found nothing worth it."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.sampled(1)
@pytest.mark.usefixtures("no_collecting", "still")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("group", SHOWN)
async def test_every_screen_looks_as_approved(
    group: str, size: str, tmp_path: Path, approved: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    pages: list[str] = []
    lights = lights_of(size)
    async with group_driven(group, tmp_path / group, SIZES[size]) as drive:
        async for look in each_look(drive, group):
            taken = await portrait(drive, lights, look.again)
            lights = lights[::-1]
            pages.append(f"=== {look.name} ({taken.screen})\n{taken.picture()}\n")
    assert "\n".join(pages) == approved(name=f"{group}-{size}")


def test_every_screen_is_shown() -> None:
    shown = {picture.screen for picture in approved_pictures()}
    missing = {one.__name__ for one in screens_of_the_package()} | {"CommandPalette"}
    assert missing - shown == set(), "screens that no look reaches"
    assert any("This window has 40x10" in picture.text for picture in approved_pictures())


def test_nothing_is_approved_that_is_not_shown_any_more() -> None:
    wanted = {(group, size, look.name) for group in SHOWN for size in SIZES for look in SHOWN[group].looks}
    assert {(picture.group, picture.size, picture.look) for picture in approved_pictures()} == wanted
