"""Runs blocking calls in daemon threads, awaitable with a time limit.

Not `asyncio.to_thread`: the program waits for its threads at the end, so a keyring call that waits for an unlock prompt
would keep the program running.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

Result = TypeVar("Result")


async def run_in_thread(
    call: Callable[[], Result],
    limit_seconds: float,
    name: str = "blocking call",
    lock: AbstractContextManager[object] | None = None,
) -> Result:
    """Run `call` in a new daemon thread, within `lock`, and return its result.

    Raises TimeoutError after `limit_seconds`, including the wait for the lock, and the errors of the call. Canceling
    returns at once; a call that waits for the lock is then not made, and the result of a running call is dropped.
    """
    future: Future[Result] = Future()
    threading.Thread(target=_run, args=(call, future, lock or nullcontext()), name=name, daemon=True).start()
    async with asyncio.timeout(limit_seconds):
        return await asyncio.wrap_future(future)


def _run(call: Callable[[], Result], future: Future[Result], lock: AbstractContextManager[object]) -> None:
    with lock:
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = call()
        except StopIteration as error:  # a future cannot carry it
            future.set_exception(RuntimeError(str(error)))
        except BaseException as error:  # noqa: BLE001 - the caller receives it
            future.set_exception(error)
        else:
            future.set_result(result)
