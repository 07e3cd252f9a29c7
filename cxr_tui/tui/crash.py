"""What is left behind when the wizard itself fails: a report without values, and one calm sentence on the terminal."""

from __future__ import annotations

import os
import platform
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from cxr_tui import __version__
from cxr_tui.model.foreign import visible
from cxr_tui.model.secret import MASK

KEPT = 10
"""Reports that are kept; older ones are removed."""

EXIT_CODE = 70


def report_text(error: BaseException, where: str, hidden: Iterable[str]) -> str:
    """Return a report: versions, the step, and the calls without any local variable; `hidden` texts are masked."""
    lines = [
        f"cxr-tui {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, at: {where}",
        "",
    ]
    for block in traceback.TracebackException.from_exception(error, capture_locals=False).format():
        lines += [visible(line, 2000) for line in block.rstrip().splitlines()]
    text = "\n".join(lines) + "\n"
    for secret in sorted({one for one in hidden if one}, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text.replace(str(Path.home()), "~")


def write_report(folder: Path, text: str) -> Path:
    """Write a report that only its owner can read, remove the oldest beyond `KEPT`, and return its path; OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.txt"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    for old in sorted(folder.glob("crash-*.txt"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def farewell(error: BaseException, report: Path | None) -> str:
    """Return what the terminal says: the kind of error and where the report lies, never a value."""
    where = f"The report: {report}" if report else "No report could be written."
    return (
        f"cxr-tui stopped: an error of its own ({type(error).__name__}).\n"
        f"Nothing that was confirmed is lost; start it again and it goes on where it was.\n{where}"
    )
