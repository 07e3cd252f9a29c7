"""Blocking calls in daemon threads, awaited with a time limit.

`asyncio.to_thread` is not used on purpose: its threads are joined when the program ends, so one keyring call that waits
for an unlock prompt would hold the whole program open. A daemon thread holds nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

Result = TypeVar("Result")
Told = TypeVar("Told")


BEHIND = 19
"""Niceness of work behind a screen: of two that want a core, the screen has it nearly always."""

_behind = False


def work_behind() -> None:
    """Have every call from now on give way to the thread that draws and reads keys; processes it starts do so too.

    Linux alone has threads of different niceness; elsewhere nothing changes.
    """
    global _behind
    _behind = sys.platform == "linux"


async def offload(call: Callable[[], Result], limit_seconds: float, name: str = "offloaded") -> Result:
    """Run `call` in a daemon thread of its own and return its result.

    Raises TimeoutError after `limit_seconds`, and what the call raised. Cancelling returns at once; the thread runs on
    until its own library gives up, and its result is dropped.
    """
    job = _Job(call, asyncio.get_running_loop())
    threading.Thread(target=_given_way(job.run) if _behind else job.run, name=name, daemon=True).start()
    return await job.result(limit_seconds)


def _given_way(run: Callable[[], None]) -> Callable[[], None]:
    def nicely() -> None:
        with contextlib.suppress(OSError):  # a container may forbid it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), BEHIND)
        run()

    return nicely


class Lane:
    """Does one call after the other, for libraries that must not be called from two threads at once.

    Its daemon thread ends when there is nothing more to do, so a lane needs no closing.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._jobs: deque[Callable[[], None]] = deque()
        self._working = False
        self._begun: float | None = None

    def stuck(self, limit_seconds: float) -> bool:
        """Say whether the call under way has taken longer than that, so that one more would wait in vain."""
        begun = self._begun
        return begun is not None and monotonic() - begun > limit_seconds

    async def run(self, call: Callable[[], Result], limit_seconds: float) -> Result:
        """Run `call` after those before it and return its result.

        Raises TimeoutError after `limit_seconds`, waiting for the others included, and what the call raised. A call
        that was given up before its turn is never made.
        """
        job = _Job(call, asyncio.get_running_loop())
        with self._lock:
            self._jobs.append(job.run)
            idle, self._working = not self._working, True
        if idle:
            threading.Thread(target=self._work, name=self._name, daemon=True).start()
        return await job.result(limit_seconds)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._working = False
                    return
                job = self._jobs.popleft()
            self._begun = monotonic()
            job()
            del job  # else a secret that it wrote lives until the next one
            self._begun = None


class _Job(Generic[Result]):
    """A call on its way through a thread, and the place where its result is awaited."""

    def __init__(self, call: Callable[[], Result], loop: asyncio.AbstractEventLoop) -> None:
        self._call = call
        self._loop = loop
        self._future: asyncio.Future[Result] = loop.create_future()
        self._given_up = threading.Event()

    async def result(self, limit_seconds: float) -> Result:
        try:
            async with asyncio.timeout(limit_seconds):
                return await self._future
        finally:
            self._given_up.set()

    def run(self) -> None:
        if self._given_up.is_set():
            return
        try:
            result = self._call()
        except StopIteration as error:  # a future cannot carry this one
            self._tell(self._fail, RuntimeError(str(error)))
        except BaseException as error:  # noqa: BLE001 - it belongs to the one who waits
            self._tell(self._fail, error)
        else:
            self._tell(self._finish, result)

    def _tell(self, how: Callable[[Told], None], what: Told) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop is gone, and with it everybody who waited
            self._loop.call_soon_threadsafe(how, what)

    def _finish(self, result: Result) -> None:
        if not self._future.done():
            self._future.set_result(result)

    def _fail(self, error: BaseException) -> None:
        if not self._future.done():
            self._future.set_exception(error)
