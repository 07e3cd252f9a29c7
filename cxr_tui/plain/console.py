"""Saying, asking and running on standard input and output: line after line, nothing on the terminal is ever moved.

No cursor movement, color, spinner or line editing of our own: a screen reader, a dumb terminal and a pipe all get the
same plain lines, and the terminal's own line editing stays active.
"""

from __future__ import annotations

import asyncio
import getpass
import io
import re
import shutil
import signal
import sys
import textwrap
import time
import warnings
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.ports import Credentials, Progress
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.presentation.instructions import Exact
from cxr_tui.security.redaction import redact
from cxr_tui.security.stdio import write_out

LONGEST = 4000
"""Characters of one line that are printed at most; foreign text can be of any length."""
NARROWEST = 40
Result = TypeVar("Result")
SILENCE = 10.0
"""Seconds without news after which a line says that it still goes on."""
BETWEEN = 1.0
"""Seconds between two lines that differ in their numbers only."""
_NUMBERS = re.compile(r"\d+")

_SPOKEN = str.maketrans({"▸": ">", "→": "->"})
"""Signs that a screen reader reads out by their long names."""


class ExitRequestedError(Exception):
    """The person wants to leave: standard input has ended (Ctrl+D)."""


class PromptCancelledError(Exception):
    """Ctrl+C at a question: the question is dropped, nothing else."""


class EchoUnavailableError(Exception):
    """The terminal would show a secret while it is typed, so none is asked for."""


class Console:
    """Talks on standard input and output. Use it as a context manager: it takes care of Ctrl+C.

    A question blocks the whole program on purpose: nothing may be said between a question and its answer.
    """

    def __init__(self) -> None:
        self._cancel: Callable[[], object] | None = None
        self._reading = False
        self._before: Callable[[int, FrameType | None], object] | int | signal.Handlers | None = None
        for stream in (sys.stdin, sys.stdout):
            # What cannot be decoded or printed becomes a question mark, not an error.
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")

    def __enter__(self) -> Console:
        for name in ("SIGTERM", "SIGHUP"):  # a question blocks the event loop, so these end the process at once
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    @property
    def seen(self) -> bool:
        """Whether a person reads along on a terminal, rather than a file."""
        return sys.stdout.isatty()

    def say(self, text: str = "") -> None:
        """Print prose, on a terminal broken at blanks so that no word is cut; an exact line as it is."""
        if isinstance(text, Exact):
            write_out(_safe(text) + "\n")
            return
        width = max(shutil.get_terminal_size().columns - 1, NARROWEST) if self.seen else 0
        for line in text.split("\n"):
            write_out("\n".join(_broken(_safe(line).translate(_SPOKEN), width)) + "\n")

    def print(self, lines: Iterable[str]) -> None:
        """Print lines."""
        for line in lines:
            self.say(line)

    def reveal(self, secret: Secret) -> None:
        """Print a secret as it is, on explicit request."""
        write_out(f"{secret.reveal()}\n")

    async def ask(self, question: str) -> str:
        """Ask for one line; ExitRequestedError, PromptCancelledError."""
        text = self._read(lambda: self._line(question))
        if not text:
            write_out("\n")
            raise ExitRequestedError
        if not sys.stdin.isatty():
            write_out("\n")  # Enter was not pressed on this terminal
        return text.strip()

    async def ask_secret(self, question: str) -> Secret:
        """Ask for one line that is never shown; where standard input is a pipe it is read from there.

        Raises ExitRequestedError, PromptCancelledError, EchoUnavailableError.
        """
        if not sys.stdin.isatty():
            text = self._read(lambda: self._line(question))
            write_out("\n")
            if not text:
                raise ExitRequestedError
            return Secret(text.rstrip("\r\n"))
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            try:
                return Secret(self._read(lambda: getpass.getpass(_safe(question), sys.stdout)))
            except EOFError:
                write_out("\n")
                raise ExitRequestedError from None
            except getpass.GetPassWarning:
                raise EchoUnavailableError from None

    async def agrees(self, question: str) -> bool:
        """Ask for a yes; Enter and Ctrl+C are a no."""
        try:
            return (await self.ask(f"{question} yes or no [no]: ")).casefold() in ("y", "yes")
        except PromptCancelledError:
            return False

    async def print_secret(self, credentials: Credentials, item: str) -> None:
        """Print a stored secret: only on a terminal, and only after a yes, because it stays visible there."""
        if not self.seen:
            self.say("Standard output is not a terminal, so no secret is printed.")
        elif await self.agrees("It stays visible on this terminal and in its scrollback. Print it?"):
            try:
                self.reveal(await credentials.get(item))
            except OutsideError as error:
                self.say(str(error))

    @contextmanager
    def cancelled_by(self, cancel: Callable[[], object]) -> Iterator[None]:
        """Call `cancel` at Ctrl+C, for as long as this is entered."""
        self._cancel = cancel
        try:
            yield
        finally:
            self._cancel = None

    def _line(self, question: str) -> str:
        write_out(_safe(question))
        return sys.stdin.readline()

    def _read(self, read: Callable[[], str]) -> str:
        """Let Ctrl+C break off a question from before it is seen until it is answered."""
        self._reading = True
        try:
            return read()
        except KeyboardInterrupt:
            self._reading = False
            write_out("\n")
            raise PromptCancelledError from None
        finally:
            self._reading = False

    def _interrupted(self, _number: int, _frame: FrameType | None) -> None:
        if self._reading:
            raise KeyboardInterrupt
        if self._cancel is not None:
            self._cancel()


class ProgressPrinter:
    """Prints progress as lines, none of them twice; a running count once a second."""

    def __init__(self, console: Console, now: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._now = now
        self._begun = now()
        self._told_at = float("-inf")
        self._told = ""

    def tell(self, text: str) -> None:
        """Print the current activity."""
        alike = _NUMBERS.sub("0", text) == _NUMBERS.sub("0", self._told)
        if text == self._told or (alike and self._now() - self._told_at < BETWEEN):
            return
        self._told, self._told_at = text, self._now()
        self._console.say(f"{text.rstrip('.…')}…")

    def still(self) -> None:
        """Print that it is still running."""
        self._console.say(f"Still working ({round(self._now() - self._begun)} seconds). Ctrl+C cancels.")


async def carry_out(console: Console, make: Callable[[Progress], Awaitable[Result]]) -> Result | None:
    """Return what a coroutine returns; None where Ctrl+C has cancelled it. Its errors are the caller's."""
    loop, teller = asyncio.get_running_loop(), ProgressPrinter(console)
    task = asyncio.ensure_future(make(teller.tell))
    try:
        # From a signal handler nothing may be touched directly; this also wakes the loop up.
        with console.cancelled_by(lambda: loop.call_soon_threadsafe(task.cancel)):
            while not (await asyncio.wait({task}, timeout=SILENCE))[0]:
                teller.still()
    finally:
        task.cancel()  # only where this coroutine itself is cancelled; a task that is done stays as it is
    if task.cancelled():
        console.say("Canceled. The check recorded nothing.")
        return None
    return task.result()


def _safe(text: str) -> str:
    """Return one line without known secrets, and without anything that steers the terminal."""
    return visible(redact(text), LONGEST)


def _broken(line: str, width: int) -> list[str]:
    if not width or len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(
        line, width, initial_indent="", subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
