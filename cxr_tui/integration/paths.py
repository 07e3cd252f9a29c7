"""Where integrations live on this machine, and what they may be called."""

from __future__ import annotations

import re
from pathlib import Path

from cxr_tui.config.loader import load
from cxr_tui.config.settings import INTEGRATION_NAME
from cxr_tui.journal.store import JournalError
from cxr_tui.security.private_files import private_folder

DEFAULT_NAME = "default"


class IntegrationNameError(ValueError):
    """A name that cannot be an integration's; says what can."""


def data_home() -> Path:
    """Return the folder for journals: as set (`CXR_TUI_HOME`, or `home`), else the platform's data directory."""
    chosen = load().settings.home
    if chosen:
        return chosen
    from platformdirs import user_data_path  # loaded only where it is needed: start-up stays light

    return user_data_path("cxr-tui", appauthor=False)


def state_home() -> Path:
    """Return the folder for what the program notes of itself: `home` where that is set, else the platform's own."""
    chosen = load().settings.home
    if chosen:
        return chosen
    from platformdirs import user_state_path

    return user_state_path("cxr-tui", appauthor=False)


def crash_home() -> Path:
    """Return the folder for reports on errors."""
    return state_home() / "crashes"


def journal_path(home: Path, name: str) -> Path:
    """Return the journal file of an integration; IntegrationNameError where the name cannot be one."""
    if not re.fullmatch(INTEGRATION_NAME, name):
        raise IntegrationNameError(
            f"{name!r} cannot name an integration: use up to 64 letters, digits, dots, hyphens and underscores, "
            "beginning with a letter or digit"
        )
    return home / "integrations" / name / "journal.db"


def private_folders(path: Path) -> None:
    """Make the folders of a journal, each for this user alone; JournalError.

    The data folder above is made so too; one that is there already may be a person's own choice and is left as it is.
    """
    try:
        for folder in (path.parents[1], path.parent):
            private_folder(folder)
    except OSError as error:
        raise JournalError(f"{error.filename or path.parent} cannot be made: {error.strerror or error}") from None


def integration_names(home: Path) -> tuple[str, ...]:
    """Return the names of the integrations that have a journal, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in (home / "integrations").glob("*/journal.db")))
