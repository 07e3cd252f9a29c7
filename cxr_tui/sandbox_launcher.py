"""The one place of the product that knows the sandbox: it starts one, or finds one that runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cxr_tui.sandbox.client import RunningSandbox, SandboxOrderError, SandboxStartError

__all__ = [
    "RunningSandbox",
    "SandboxOrderError",
    "SandboxStartError",
    "attach_sandbox",
    "describe_sandbox",
    "launch_sandbox",
]


async def launch_sandbox(
    directory: Path | None = None,
    people: int | None = None,
    seed: int | None = None,
    scenarios: Sequence[str] = (),
    faults: Sequence[str] = (),
    *,
    bare: bool = False,
    screens: bool = False,
) -> RunningSandbox:
    """Start a sandbox in a process of its own; it ends with `close`, or with this process.

    SandboxStartError when it does not come up; SandboxOrderError, with what there is, for a scenario or a fault that
    does not exist.
    """
    from cxr_tui.sandbox.client import DEFAULT_PEOPLE, DEFAULT_SEED, start_sandbox

    people = DEFAULT_PEOPLE if people is None else people
    seed = DEFAULT_SEED if seed is None else seed
    return await start_sandbox(directory, people, seed, scenarios, faults, bare=bare, screens=screens)


def attach_sandbox(directory: Path) -> RunningSandbox:
    """Return the sandbox that runs in `directory`; SandboxStartError where there is none."""
    from cxr_tui.sandbox.client import attach

    return attach(directory)


def describe_sandbox(running: RunningSandbox) -> str:
    """Return what a person needs to use a running sandbox: URLs, users, throwaway passwords, key files."""
    from cxr_tui.sandbox.client import describe

    return describe(running)


def scenario_codes() -> tuple[str, ...]:
    """Return the codes of all faults that a sandbox can be started with."""
    from cxr_tui.sandbox.scenarios import known_scenarios

    return known_scenarios()
