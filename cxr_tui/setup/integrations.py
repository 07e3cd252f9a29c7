"""Where integrations live on this machine, and what they may be called."""

from __future__ import annotations

import os
import re
from pathlib import Path

DEFAULT_NAME = "default"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class IntegrationNameError(ValueError):
    """A name that cannot be an integration's; says what can."""


def data_home() -> Path:
    """Return the folder for journals: `CXR_TUI_HOME`, else the platform's data directory."""
    chosen = os.environ.get("CXR_TUI_HOME")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path  # loaded only where it is needed: start-up stays light

    return user_data_path("cxr-tui", appauthor=False)


def journal_path(home: Path, name: str) -> Path:
    """Return the journal file of an integration; IntegrationNameError where the name cannot be one."""
    if not _NAME.fullmatch(name):
        raise IntegrationNameError(
            f"{name!r} cannot name an integration: use up to 64 letters, digits, dots, hyphens and underscores, "
            "beginning with a letter or digit"
        )
    return home / "integrations" / name / "journal.db"


def private_folders(path: Path) -> None:
    """Make the folders of a journal, each of them (and the data folder above) for this user alone."""
    for folder in (path.parents[2], path.parents[1], path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def integration_names(home: Path) -> tuple[str, ...]:
    """Return the names of the integrations that have a journal, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in (home / "integrations").glob("*/journal.db")))
