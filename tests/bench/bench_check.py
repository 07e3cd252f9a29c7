"""How long `check` takes when every request is slow: `.venv/bin/python tests bench.bench_check`.

Every HTTP request and every call to the file server gets 100 ms of added latency. What can at best be reached is the
longest chain of requests that depend on one another: the slowest single check, run alone with a fresh login.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.gateways.rest.http_client import HttpClient
from cxr_tui.gateways.sftp.client import SftpFileServer
from cxr_tui.guided.walk import Plan, walk
from cxr_tui.integration.integration import Integration
from cxr_tui.sandbox.client import SandboxOptions, attach_sandbox
from support.sandboxes.fresh_sandbox import fresh_sandbox

LATENCY = 0.1
PEOPLE = 300


def slowed(call: Callable[..., Awaitable[Any]], seen: list[str]) -> Callable[..., Awaitable[Any]]:
    """Return the call with latency added, noted in `seen`."""

    async def slow(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the call takes and gives
        seen.append(call.__name__)
        await asyncio.sleep(LATENCY)
        return await call(*arguments, **named)

    return slow


async def reopened(integration: Integration) -> Integration:
    """Return the same integration as a new process would open it: no token, no connection."""
    return open_sandboxed(attach_sandbox(integration.place.parents[2]))


async def one_alone(integration: Integration, step_id: str) -> float:
    """Return the seconds that one step's check takes alone, logins included."""
    fresh = await reopened(integration)
    started = time.perf_counter()
    await fresh.recheck([fresh.guide.step(step_id)], lambda _: None)
    took = time.perf_counter() - started
    await fresh.close()
    return took


async def all_together(integration: Integration) -> tuple[float, int]:
    """Return the seconds of `check` over all steps, and how many of them do not hold afterwards."""
    fresh = await reopened(integration)
    started = time.perf_counter()
    await fresh.recheck(fresh.guide.steps, lambda _: None)
    took = time.perf_counter() - started
    wrong = sum(not state.done for state in fresh.states().values())
    await fresh.close()
    return took, wrong


async def measure(rounds: int = 3) -> tuple[float, float, int]:
    """Return the longest chain and the whole check in seconds (medians), and the requests of one whole check."""
    seen: list[str] = []
    async with fresh_sandbox(SandboxOptions(people=PEOPLE)) as integration:
        await walk(integration, Plan({}, {}), lambda _: None)
        for holder, names in ((HttpClient, ("request",)), (SftpFileServer, ("host_key", "listing", "stat", "read"))):
            for name in names:
                setattr(holder, name, slowed(getattr(holder, name), seen))
        chains, wholes, requests = [], [], 0
        for _ in range(rounds):
            chains.append(max([await one_alone(integration, step.id) for step in integration.guide.steps]))
            seen.clear()
            took, wrong = await all_together(integration)
            if wrong:
                raise RuntimeError(f"{wrong} steps do not hold")
            wholes.append(took)
            requests = len(seen)
    return sorted(chains)[rounds // 2], sorted(wholes)[rounds // 2], requests


if __name__ == "__main__":
    chain, whole, count = asyncio.run(measure())
    sys.stdout.write(
        f"{count} requests with {LATENCY * 1000:.0f} ms each: all checks {whole:.2f} s, longest chain {chain:.2f} s, "
        f"ratio {whole / chain:.2f}\n"
    )
