"""`sandbox`: starts a twin of both products and keeps it running until a signal ends it."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import sandbox_options
from cxr_tui.cli.output import print_diagnostic, print_result
from cxr_tui.sandbox.client import describe_sandbox, launch_sandbox


async def sandbox(args: Namespace) -> Exit:
    """Start a sandbox, print how to reach it, and keep it until Ctrl+C or SIGTERM.

    Raises SandboxStartError, SandboxOptionError.
    """
    directory = Path(args.dir) if args.dir else None
    async with launch_sandbox(sandbox_options(args, directory)) as running:
        document = json.loads((running.directory / "sandbox.json").read_text())
        print_result(args, document, describe_sandbox(running))
        print_diagnostic("The sandbox runs until you press Ctrl+C.")
        never: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        return await never  # until a signal cancels it
