"""Blocking calls in daemon threads: limits, cancelling, order, and that they hold no program open."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from functools import partial

import pytest

from cxr_tui.system.threads import run_in_thread


async def test_result_and_error_come_through() -> None:
    assert await run_in_thread(lambda: 41 + 1, 5) == 42

    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await run_in_thread(fail, 5)


async def test_stop_iteration_does_not_hang_the_caller() -> None:
    with pytest.raises(RuntimeError):
        await run_in_thread(lambda: next(iter(())), 5)


async def test_time_limit() -> None:
    release = threading.Event()
    with pytest.raises(TimeoutError):
        await run_in_thread(release.wait, 0.05)
    release.set()


async def test_cancelling_returns_at_once() -> None:
    begun, release = threading.Event(), threading.Event()

    def blocked() -> None:
        begun.set()
        release.wait()

    task = asyncio.create_task(run_in_thread(blocked, 60))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()


async def test_calls_with_one_lock_are_never_made_at_once() -> None:
    lock, running, seen = threading.Lock(), list[int](), list[tuple[int, str]]()

    def note(number: int) -> None:
        running.append(number)
        time.sleep(0.005)
        assert running == [number]
        seen.append((running.pop(), threading.current_thread().name))

    await asyncio.gather(*(run_in_thread(partial(note, number), 5, "test call", lock) for number in range(5)))
    assert sorted(seen) == [(number, "test call") for number in range(5)]


async def test_a_call_leaves_no_thread() -> None:
    for _ in range(3):
        await run_in_thread(lambda: None, 5, "test call")
    for thread in [one for one in threading.enumerate() if one.name == "test call"]:
        thread.join(5)
        assert not thread.is_alive()


async def test_a_call_that_was_given_up_before_its_turn_is_never_made() -> None:
    lock, begun, release, made = threading.Lock(), threading.Event(), threading.Event(), list[str]()

    def block() -> bool:
        begun.set()
        return release.wait()

    blocked = asyncio.create_task(run_in_thread(block, 60, lock=lock))
    await asyncio.to_thread(begun.wait)
    with pytest.raises(TimeoutError):
        await run_in_thread(lambda: made.append("late"), 0.05, lock=lock)
    release.set()
    assert await blocked
    await run_in_thread(lambda: made.append("next"), 60, lock=lock)
    assert made == ["next"]


def test_a_blocked_call_does_not_hold_the_program_open() -> None:
    code = """
import asyncio, time
from cxr_tui.system.threads import run_in_thread
async def main():
    try:
        await run_in_thread(lambda: time.sleep(600), 0.1)
    except TimeoutError:
        print("gave up")
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "gave up\n"
