"""Runs coroutines side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def side_by_side(call: Callable[[Item], Awaitable[Result]], items: Iterable[Item], limit: int) -> list[Result]:
    """Return the results of `call` for all items, in their order; at most `limit` calls run at once.

    The first error ends the other calls and is raised: a refused login must not be tried once per item.
    """
    room = asyncio.Semaphore(limit)

    async def one(item: Item) -> Result:
        await room.acquire()
        result = await call(item)
        room.release()  # not after an error: no further call begins
        return result

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(item)) for item in items]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
