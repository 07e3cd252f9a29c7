"""Tests of coroutines that run side by side."""

from __future__ import annotations

import asyncio

import pytest

from cxr_tui.system.tasks import side_by_side


async def test_results_come_in_the_order_of_the_items_and_at_most_the_limit_runs_at_once() -> None:
    running: set[int] = set()
    most = 0

    async def call(number: int) -> int:
        nonlocal most
        running.add(number)
        most = max(most, len(running))
        for _ in range(9 - number):
            await asyncio.sleep(0)
        running.remove(number)
        return number * number

    assert await side_by_side(call, range(9), 3) == [number * number for number in range(9)]
    assert most == 3
    assert await side_by_side(call, (), 3) == []


async def test_the_first_error_ends_the_other_calls_and_those_that_wait_never_begin() -> None:
    begun: list[int] = []
    ended: list[int] = []

    async def call(number: int) -> None:
        begun.append(number)
        try:
            await asyncio.sleep(0)
            if number == 0:
                raise ValueError("refused")
            await asyncio.Event().wait()
        finally:
            ended.append(number)

    with pytest.raises(ValueError, match="refused"):
        await side_by_side(call, range(9), 2)
    assert begun == sorted(ended) == [0, 1]
