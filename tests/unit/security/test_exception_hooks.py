"""Errors that no caller takes: which of them leave a report, and which another thread is about to report itself."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from cxr_tui.security.exception_hooks import ExceptionHooks


@pytest.mark.parametrize(
    ("error", "name", "reports"),
    [
        (EOFError(), "Thread-7 (_prefetch_thread)", 0),
        (OSError("Socket is closed"), "Thread-7 (_prefetch_thread)", 0),
        (ValueError("x"), "Thread-7 (_prefetch_thread)", 1),
        (OSError("x"), "another", 1),
    ],
)
def test_a_line_that_is_cut_while_a_file_is_asked_for_leaves_no_report(
    tmp_path: Path, error: Exception, name: str, reports: int
) -> None:
    def fail() -> None:
        raise error

    with ExceptionHooks(lambda: tmp_path, "a test").installed():
        thread = threading.Thread(target=fail, name=name)
        thread.start()
        thread.join()
    assert len(list(tmp_path.glob("*.txt"))) == reports
