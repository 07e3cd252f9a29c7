"""Many checks run at once while they wait for the network, few while they keep the event loop busy."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from cxr_tui.setup.pace import FEW, MOST, Pace


async def most_at_once(work: Callable[[], Awaitable[None]], count: int, pace: Pace | None = None) -> int:
    """Run some pieces of work side by side and return how many ran at once at most."""
    pace = pace or Pace()
    inside = highest = 0

    async def one() -> None:
        nonlocal inside, highest
        async with pace:
            inside += 1
            highest = max(highest, inside)
            await work()
            inside -= 1

    await asyncio.gather(*(one() for _ in range(count)))
    return highest


async def wait_for_the_network() -> None:
    for _ in range(5):
        await asyncio.sleep(0.1)


async def keep_busy() -> None:
    for _ in range(30):
        end = time.thread_time() + 0.002
        while time.thread_time() < end:
            pass
        await asyncio.sleep(0)


async def test_what_waits_for_the_network_runs_side_by_side() -> None:
    started = time.perf_counter()
    assert await most_at_once(wait_for_the_network, 2 * MOST) == MOST
    assert time.perf_counter() - started < 2  # twice half a second, and a little until all were let in


async def test_what_keeps_the_loop_busy_runs_a_few_at_a_time() -> None:
    assert await most_at_once(keep_busy, 2 * MOST) == FEW


async def test_whoever_is_cancelled_at_the_door_leaves_room_for_others() -> None:
    pace = Pace()
    held = asyncio.Event()

    async def hold() -> None:
        async with pace:
            await held.wait()

    async def busy() -> None:
        while not held.is_set():
            await keep_busy()

    noise = asyncio.create_task(busy())
    tasks = [asyncio.create_task(hold()) for _ in range(2 * MOST)]
    await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    held.set()
    await noise
    assert await most_at_once(wait_for_the_network, 2 * MOST, pace) == MOST


async def test_an_error_inside_leaves_room_for_others() -> None:
    pace = Pace()
    for _ in range(2 * MOST):
        with pytest.raises(ValueError, match="inside"):
            async with pace:
                raise ValueError("inside")
    assert await most_at_once(wait_for_the_network, 2 * MOST, pace) == MOST
