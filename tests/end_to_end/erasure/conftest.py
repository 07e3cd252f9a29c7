"""The integration that the tests of erasing erase."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.erasure import journal_with_canaries, make_home


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the journal of a whole integration into which canaries were typed."""
    return journal_with_canaries(tmp_path_factory.mktemp("journal") / "journal.db")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journal: bytes) -> Path:
    """Return a home with that integration."""
    monkeypatch.setenv("CXR_TUI_HOME", str(tmp_path))
    make_home(tmp_path, journal)
    return tmp_path
