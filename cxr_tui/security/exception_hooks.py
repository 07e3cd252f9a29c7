"""Global exception and logging hooks: an uncaught error leaves a redacted crash report instead of a traceback.

Python's own hooks print the text of an exception to standard error, also in threads, in finalizers and in tasks without
an await; libraries log the data that they send. Both pass through here.
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
"""Most reports of background errors from one process, so that an error in a loop does not remove older reports."""

SCREEN_WRITER = "textual-output"
"""Textual's thread that writes to the terminal."""
READ_AHEAD = "(_prefetch_thread)"
"""End of the name of paramiko's thread that requests the blocks of a file."""


class ExceptionHooks:
    """Handles uncaught errors while `installed`; reports go to one folder."""

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
        """Handle an error of an event loop, as its exception handler."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._background(error, redact_report(str(context.get("message", "in a task"))))

    def crashed(self, error: BaseException) -> str:
        """Write a report on an error that ends the program, and return the message for the terminal."""
        return crash_message(error, leave_report(self._folder(), error, self._where))

    def _uncaught(self, _: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
        _say(self.crashed(error))

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        name = args.thread.name if args.thread else "?"
        if name == SCREEN_WRITER and isinstance(args.exc_value, OSError):
            return  # the terminal is gone
        if name.endswith(READ_AHEAD) and isinstance(args.exc_value, (OSError, EOFError)):
            return  # the connection is lost, which the reader of the file reports
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self._background(args.exc_value, f"in the thread {name}")

    def _unraisable(self, args: sys.UnraisableHookArgs) -> None:
        # the object is not shown: its repr may hold secrets or fail
        if args.exc_value is not None:
            self._background(args.exc_value, "while something was removed")

    def _background(self, error: BaseException, what: str) -> None:
        report = None
        if self._written < MOST_REPORTS:
            self._written += 1
            report = leave_report(self._folder(), error, f"{self._where}, {what}")
        where = f"; report: {report}" if report else ""
        _say(f"cxr-tui: background error ({type(error).__name__}){where}")


def redacted_record(*args: object, **kwargs: object) -> logging.LogRecord:
    """Return a log record with a masked and safe message and traceback, for any handler."""
    record = logging.LogRecord(*args, **kwargs)  # type: ignore[arg-type]  # as `logging` calls its factory
    try:
        message = record.getMessage()
    except Exception:  # noqa: BLE001 - a wrong format string of a library is shown unchanged
        message = f"{record.msg} {record.args}"
    record.msg, record.args = printable(redact_report(message)), None
    if record.exc_info:
        record.exc_text = printable(redact_report(_FORMATTER.formatException(record.exc_info)))
        record.exc_info = None  # otherwise a handler's own formatter would write it again
    if record.stack_info:
        record.stack_info = redact_report(record.stack_info)
    return record


_FORMATTER = logging.Formatter()


def _say(text: str) -> None:
    with suppress(Exception):  # standard error may be closed already
        write_error(f"{printable(text)}\n")
