"""Crash reports of internal errors: files without values, and a sentence for the terminal."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cxr_tui import __version__
from cxr_tui.domain.text import visible
from cxr_tui.security.private_files import open_private, private_folder
from cxr_tui.security.redaction import redact_report

KEPT = 10
"""Reports to keep; older ones are removed."""

EXIT_CODE = 70


def report_text(error: BaseException, where: str, hidden: Iterable[str] = ()) -> str:
    """Return a report: versions, the step or command, and the stack without local variables.

    Known secrets and the texts in `hidden` are masked.
    """
    import platform  # loaded only for an error: every start of the program imports this module

    lines = [
        f"cxr-tui {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, at: {visible(where)}",
        "",
    ]
    # masked before and after `visible`, which may change characters of a secret
    stack = traceback.TracebackException.from_exception(error, capture_locals=False)
    also = tuple(hidden)
    for block in stack.format():
        lines += [visible(line, 2000) for line in redact_report(block.rstrip(), also).splitlines()]
    text = redact_report("\n".join(lines) + "\n", also)
    return text.replace(str(Path.home()), "~")


def write_report(folder: Path, text: str) -> Path:
    """Write a private report, remove the oldest beyond `KEPT`, and return its path; OSError.

    A folder that is a symbolic link is refused, because another user may have created it.
    """
    if folder.is_symlink():
        raise OSError(f"{folder} is a symbolic link")
    private_folder(folder)
    path = folder / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{os.getpid()}.txt"
    with os.fdopen(open_private(path, fresh=True), "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    for old in sorted(folder.glob("crash-*.txt"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def leave_report(folder: Path, error: BaseException, where: str, hidden: Iterable[str] = ()) -> Path | None:
    """Write a report and return its path; None if that fails, so that the first error stays visible."""
    try:
        return write_report(folder, report_text(error, where, hidden))
    except Exception:  # noqa: BLE001 - no error here may replace the first one
        return None


def crash_message(error: BaseException, report: Path | None) -> str:
    """Return the message for the terminal: the type of the error and the path of the report, never a value."""
    where = f"The report: {report}" if report else "No report could be written."
    return (
        f"cxr-tui stopped: internal error ({type(error).__name__}).\n"
        f"Your saved entries are safe. Start cxr-tui again to continue.\n{where}"
    )
