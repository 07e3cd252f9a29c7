"""The one place of the product that knows the sandbox: it starts one, or finds one that runs."""

from __future__ import annotations

from cxr_tui.sandbox.client import (
    RunningSandbox,
    SandboxOptionError,
    SandboxStartError,
    attach_sandbox,
    describe_sandbox,
    launch_sandbox,
)

__all__ = [
    "RunningSandbox",
    "SandboxOptionError",
    "SandboxStartError",
    "attach_sandbox",
    "describe_sandbox",
    "launch_sandbox",
    "scenario_codes",
]


def scenario_codes() -> tuple[str, ...]:
    """Return the codes of all mistakes and product states that a sandbox can be started with."""
    from cxr_tui.sandbox.scenarios import known_scenarios

    return known_scenarios()
