"""Blocking calls in daemon threads: limits, cancelling, order, and that they hold no program open."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time

import pytest

import cxr_tui.system.threads as offload_module
from cxr_tui.system.threads import Lane, offload


async def test_result_and_error_come_through() -> None:
    assert await offload(lambda: 41 + 1, 5) == 42

    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await offload(fail, 5)


async def test_stop_iteration_does_not_hang_the_caller() -> None:
    with pytest.raises(RuntimeError):
        await offload(lambda: next(iter(())), 5)


async def test_time_limit() -> None:
    release = threading.Event()
    with pytest.raises(TimeoutError):
        await offload(release.wait, 0.05)
    release.set()


async def test_cancelling_returns_at_once() -> None:
    begun, release = threading.Event(), threading.Event()

    def blocked() -> None:
        begun.set()
        release.wait()

    task = asyncio.create_task(offload(blocked, 60))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()


async def test_lane_keeps_to_one_thread_and_the_order() -> None:
    lane, seen = Lane("test lane"), list[tuple[int, str]]()

    def note(number: int) -> None:
        time.sleep(0.005)
        seen.append((number, threading.current_thread().name))

    await asyncio.gather(*(lane.run(lambda number=number: note(number), 5) for number in range(5)))  # type: ignore[misc]  # the default binds the number
    assert seen == [(number, "test lane") for number in range(5)]


async def test_lane_never_makes_a_call_that_was_given_up_before_its_turn() -> None:
    lane, release, made = Lane("test lane"), threading.Event(), list[str]()
    blocked = asyncio.create_task(lane.run(release.wait, 60))
    await asyncio.sleep(0)  # the lane has it before the next one
    with pytest.raises(TimeoutError):
        await lane.run(lambda: made.append("late"), 0.05)
    release.set()
    assert await blocked
    await lane.run(lambda: made.append("next"), 60)
    assert made == ["next"]


def test_a_blocked_call_does_not_hold_the_program_open() -> None:
    code = """
import asyncio, time
from cxr_tui.system.threads import offload
async def main():
    try:
        await offload(lambda: time.sleep(600), 0.1)
    except TimeoutError:
        print("gave up")
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "gave up\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has threads of different niceness")
async def test_behind_a_screen_calls_and_what_they_start_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    def niceness() -> tuple[int, int]:
        own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        child = subprocess.run([sys.executable, "-c", "import os; print(os.nice(0))"], capture_output=True, check=True)
        return own, int(child.stdout)

    monkeypatch.setattr(offload_module, "_behind", False)
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert await offload(niceness, 10) == (before, before)
    offload_module.work_behind()
    wanted = max(before, offload_module.BEHIND)
    assert await offload(niceness, 10) == (wanted, wanted)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before, "the screen keeps its own"
