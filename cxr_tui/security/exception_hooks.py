"""Global exception and logging hooks: an uncaught error leaves a redacted crash report instead of a traceback.

Python's own hooks print to standard error what an exception says, in threads, in objects that are being removed, in
tasks that were never awaited; libraries log what they send. Both pass through here.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from cxr_tui.domain.text import printable
from cxr_tui.security.crash_report import crash_message, leave_report
from cxr_tui.security.redaction import redact_report
from cxr_tui.security.stdio import write_error

MOST_REPORTS = 3
"""Reports of background errors that one process writes: a fault in a loop must not push out all older reports."""

SCREEN_WRITER = "textual-output"
"""Thread by which Textual writes to the terminal."""
READ_AHEAD = "(_prefetch_thread)"
"""End of the name of a thread by which paramiko asks for the blocks of a file."""


class ExceptionHooks:
    """Handles errors that nothing else has handled, while `installed`; reports go to one folder."""

    def __init__(self, folder: Callable[[], Path], where: str) -> None:
        self._folder = folder
        self._where = where
        self._written = 0

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Replace Python's hooks while the block runs, then restore them."""
        before = sys.excepthook, threading.excepthook, sys.unraisablehook, logging.getLogRecordFactory()
        sys.excepthook = self._uncaught
        threading.excepthook = self._in_thread
        sys.unraisablehook = self._unraisable
        logging.setLogRecordFactory(redacted_record)
        try:
            yield
        finally:
            sys.excepthook, threading.excepthook, sys.unraisablehook, factory = before
            logging.setLogRecordFactory(factory)

    def in_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """Handle what an event loop found: to be set as its exception handler."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._background(error, redact_report(str(context.get("message", "in a task"))))

    def crashed(self, error: BaseException) -> str:
        """Leave a report on an error that ends the program, and return what to say."""
        return crash_message(error, leave_report(self._place(), error, self._where))

    def _uncaught(self, _: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        _say(self.crashed(error))

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread else "?"
        if name == SCREEN_WRITER and isinstance(args.exc_value, OSError):
            return  # the terminal has gone, with whoever could read a report
        if name.endswith(READ_AHEAD) and isinstance(args.exc_value, (OSError, EOFError)):
            return  # the line has gone, which whoever reads the file is about to find too
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self._background(args.exc_value, f"in the thread {name}")

    def _unraisable(self, args: sys.UnraisableHookArgs) -> None:
        # the object is not shown: its repr may hold anything, and may itself fail
        if args.exc_value is not None:
            self._background(args.exc_value, "while something was removed")

    def _background(self, error: BaseException, what: str) -> None:
        report = None
        if self._written < MOST_REPORTS:
            self._written += 1
            report = leave_report(self._place(), error, f"{self._where}, {what}")
        where = f"; report: {report}" if report else ""
        _say(f"cxr-tui: an error in the background ({type(error).__name__}){where}")

    def _place(self) -> Path:
        return self._folder()


def redacted_record(*args: object, **kwargs: object) -> logging.LogRecord:
    """Make a log record whose message and traceback are masked and safe to show, whichever handler writes it."""
    record = logging.LogRecord(*args, **kwargs)  # type: ignore[arg-type]  # as `logging` calls its factory
    try:
        message = record.getMessage()
    except Exception:  # noqa: BLE001 - a library's wrong format string is shown as it is, not raised
        message = f"{record.msg} {record.args}"
    record.msg, record.args = printable(redact_report(message)), None
    if record.exc_info:
        record.exc_text = printable(redact_report(_FORMATTER.formatException(record.exc_info)))
        record.exc_info = None  # else a handler with a formatter of its own would write it anew
    if record.stack_info:
        record.stack_info = redact_report(record.stack_info)
    return record


_FORMATTER = logging.Formatter()


def _say(text: str) -> None:
    with suppress(Exception):  # standard error may be closed already
        write_error(f"{printable(text)}\n")
