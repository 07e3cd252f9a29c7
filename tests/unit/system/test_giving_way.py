"""What runs behind goes on when nothing else does; it neither holds up the others nor is forgotten."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import AsyncIterator, Coroutine
from typing import Any, TypeVar

import pytest

from cxr_tui.system import giving_way
from cxr_tui.system.giving_way import GivingWayLoop, behind

Result = TypeVar("Result")
HOPS = 20
WORKERS = 12


def run(work: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=GivingWayLoop) as runner:
        return runner.run(work)


class Working:
    """Pieces of work that are always ready to go on, and how often one of them did."""

    def __init__(self) -> None:
        self.went_on = 0
        self.order: list[int] = []

    async def one(self, number: int, times: int = 1_000_000) -> int:
        for _ in range(times):
            self.went_on += 1
            self.order.append(number)
            await asyncio.sleep(0)
        return number

    @contextlib.asynccontextmanager
    async def under_way(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(behind(self.one(number))) for number in range(WORKERS)]
        await asyncio.sleep(0.01)
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def steps_during_hops(working: Working) -> int:
    """Return how often work went on while something passed through some turns of the loop, as a key does."""
    async with working.under_way():
        before = working.went_on
        for _ in range(HOPS):
            await asyncio.sleep(0)
        return working.went_on - before


def test_a_key_passes_by_what_runs_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_way, "PATIENCE", 60.0)
    assert run(steps_during_hops(Working())) <= 1
    # the same on an ordinary loop, where everybody is carried on at every turn
    assert asyncio.run(steps_during_hops(Working())) >= WORKERS * (HOPS - 1)


def test_what_runs_behind_is_let_in_now_and_then_though_others_never_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_way, "PATIENCE", 0.001)

    async def restless() -> int:
        working = Working()
        async with working.under_way():
            before = working.went_on
            for _ in range(20_000):  # some tenths of a second
                await asyncio.sleep(0)
            return working.went_on - before

    assert run(restless()) > 20


def test_those_behind_take_turns() -> None:
    working = Working()

    async def several() -> list[int]:
        return await asyncio.gather(*(behind(working.one(number, 3)) for number in range(4)))

    assert run(several()) == [0, 1, 2, 3]
    assert working.order == [0, 1, 2, 3] * 3


def test_an_error_is_raised_where_the_work_is_awaited() -> None:
    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError("broken")

    async def whole() -> int:
        with pytest.raises(ValueError, match="broken"):
            await behind(fails())
        return await behind(Working().one(7, 2))

    assert run(whole()) == 7


def test_cancelling_reaches_the_work_and_holds_nobody_else_up() -> None:
    seen: list[str] = []

    async def waits() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    async def whole() -> int:
        task = asyncio.create_task(behind(waits()))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(behind(waits()), 0.01)
        return await behind(Working().one(7, 2))

    assert run(whole()) == 7
    assert seen == ["cancelled", "cancelled"]


def test_a_callback_that_was_cancelled_is_not_run() -> None:
    seen: list[str] = []

    async def inside() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(seen.append, "cancelled").cancel()
        loop.call_soon(seen.append, "run")
        await asyncio.sleep(0.01)

    run(behind(inside()))
    assert seen == ["run"]


def test_work_sees_the_variables_of_its_caller_and_keeps_its_own_to_itself() -> None:
    name = contextvars.ContextVar("name", default="nobody")

    async def inside() -> str:
        seen = name.get()
        name.set("changed")
        await asyncio.sleep(0)
        return f"{seen}, {name.get()}"

    async def whole() -> tuple[str, str]:
        name.set("caller")
        return await behind(inside()), name.get()

    assert run(whole()) == ("caller, changed", "caller")


def test_only_what_was_handed_over_runs_behind() -> None:
    # A task with an empty context once took over the context of whoever woke it, and gave way from then on.
    async def whole() -> int:
        working = Working()
        waiting = asyncio.get_running_loop().create_future()

        async def wakes() -> None:
            waiting.set_result(None)

        async def woken() -> int:
            await waiting
            return await steps_during_hops(working)

        task = asyncio.get_running_loop().create_task(woken(), context=contextvars.Context())
        await asyncio.sleep(0)
        await behind(wakes())
        return await task

    assert run(whole()) < WORKERS


def test_on_another_loop_work_runs_like_everything_else() -> None:
    async def whole() -> int:
        return await behind(Working().one(7, 2))

    assert asyncio.run(whole()) == 7
