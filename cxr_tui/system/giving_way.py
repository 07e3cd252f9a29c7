"""Work on the event loop that gives way to the screen: a piece of it goes on when nothing else does.

A key passes through some dozen turns of the loop before it is painted. Where a dozen checks run side by side, every
turn would otherwise carry on each call whose answer has come meanwhile, one or two milliseconds each.
"""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVar, TypeVarTuple, Unpack

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")

if sys.platform == "win32":
    from asyncio import ProactorEventLoop as SystemLoop
else:
    from asyncio import SelectorEventLoop as SystemLoop

PATIENCE = 0.03
"""Seconds after which one piece is let in even while other things go on: longer than a key takes, never for ever."""

_BEHIND = ContextVar("behind", default=False)


class GivingWayLoop(SystemLoop):
    """The system's event loop, in which what runs `behind` goes on when nothing else does, first come first served."""

    def __init__(self) -> None:
        super().__init__()
        self._held: deque[tuple[asyncio.Handle, Callable[[], object], Context]] = deque()
        self._others = False
        """Whether anything else was begun since the last turn."""
        self._let_in = 0.0
        """When something was let in last, on this loop's clock."""

    def call_soon(
        self, callback: Callable[[Unpack[Arguments]], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.Handle:
        """Run a callback at the next turn, or in its own turn where it belongs to what runs behind."""
        context = copy_context() if context is None else context
        if not context.get(_BEHIND, False):
            self._others = True
            return super().call_soon(callback, *args, context=context)
        handle = asyncio.Handle(callback, args, self, context)
        self._held.append((handle, lambda: callback(*args), context))
        if len(self._held) == 1:
            self._knock()
        return handle

    def _knock(self) -> None:
        super().call_soon(self._let_first_in, context=self._held[0][2])

    def _let_first_in(self) -> None:
        if self._others and self.time() - self._let_in < PATIENCE:
            self._others = False
            self._knock()
            return
        handle, callback, _ = self._held[0]
        try:
            if not handle.cancelled():
                callback()
        finally:
            self._let_in = self.time()
            self._others = False
            self._held.popleft()
            if self._held:
                self._knock()


async def behind(work: Coroutine[Any, Any, Result]) -> Result:
    """Await work that gives way to everything else on the loop; on any other loop it runs like everything else.

    Raises what it raises; cancelling it cancels the work.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, GivingWayLoop) or _BEHIND.get():
        return await work
    context = copy_context()
    context.run(_BEHIND.set, True)
    return await loop.create_task(work, context=context)
