"""Running an action: its progress is printed line by line, and Ctrl+C cancels it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from cxr_tui.domain.ports import Progress
from cxr_tui.plain.console import Console

Result = TypeVar("Result")

SILENCE = 10.0
"""Seconds without news after which a line says that it still goes on."""
BETWEEN = 1.0
"""Seconds between two lines that differ in their numbers only."""

_NUMBERS = re.compile(r"\d+")


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
