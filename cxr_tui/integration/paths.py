"""The folders of integrations on this computer, and their names."""

from __future__ import annotations

import re
from pathlib import Path

from cxr_tui.config.loader import load
from cxr_tui.config.settings import INTEGRATION_NAME
from cxr_tui.domain.errors import InputError
from cxr_tui.security.private_files import expanded


class IntegrationNameError(InputError):
    """An invalid name of an integration; the text names the valid ones."""


def data_home() -> Path:
    """Return the folder for journals: the setting `home` (`CXR_TUI_HOME`), else the platform's data directory."""
    chosen = load().settings.home
    if chosen:
        return expanded(chosen)
    from platformdirs import user_data_path  # loaded only when needed, for a fast start

    return user_data_path("cxr-tui", appauthor=False)


def state_home() -> Path:
    """Return the folder for the program's own records: the setting `home`, else the platform's state directory."""
    chosen = load().settings.home
    if chosen:
        return expanded(chosen)
    from platformdirs import user_state_path

    return user_state_path("cxr-tui", appauthor=False)


def crash_home() -> Path:
    """Return the folder for crash reports."""
    return state_home() / "crashes"


def journal_path(home: Path, name: str) -> Path:
    """Return the journal file of an integration; IntegrationNameError."""
    if not re.fullmatch(INTEGRATION_NAME, name):
        raise IntegrationNameError(
            f"{name!r} is not a valid name of an integration: use up to 64 letters, digits, dots, hyphens and "
            "underscores, beginning with a letter or digit"
        )
    return home / "integrations" / name / "journal.db"


def integration_names(home: Path) -> tuple[str, ...]:
    """Return the names of the integrations that have a journal, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in (home / "integrations").glob("*/journal.db")))
