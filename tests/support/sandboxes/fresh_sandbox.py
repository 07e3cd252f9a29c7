"""An integration with a new sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cxr_tui.cli.open_integration import rehearsed_sandbox
from cxr_tui.integration.integration import Integration
from cxr_tui.sandbox.client import SandboxOptions


@asynccontextmanager
async def fresh_sandbox(options: SandboxOptions) -> AsyncIterator[Integration]:
    """Start a sandbox, open an integration with it, and end both."""
    async with rehearsed_sandbox(options) as (integration, _):
        yield integration
