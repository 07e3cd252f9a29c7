"""`sandbox`: starts a twin of both products and keeps it running until a signal ends it."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import sandbox_options
from cxr_tui.cli.output import print_data, print_diagnostic, print_json


async def sandbox(args: Namespace) -> Exit:
    """Start a sandbox, print how to reach it, and keep it until Ctrl+C or SIGTERM; with `--at`, switch its faults.

    Raises SandboxStartError, SandboxOptionError.
    """
    from cxr_tui.sandbox_launcher import describe_sandbox, launch_sandbox

    if args.at:
        return await _faults(args)
    directory = Path(args.dir) if args.dir else None
    running = await launch_sandbox(directory, args.people, **sandbox_options(args))
    try:
        if args.json:
            print_json(json.loads((running.directory / "sandbox.json").read_text()))
        else:
            print_data(describe_sandbox(running))
        print_diagnostic("The sandbox runs until you press Ctrl+C.")
        never: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        return await never  # until a signal cancels it
    finally:
        await running.close()


async def _faults(args: Namespace) -> Exit:
    """Print the faults that are on in a running sandbox, after switching them if asked."""
    from cxr_tui.sandbox_launcher import attach_sandbox

    wanted = [] if args.calm else (args.fault or None)
    status = await attach_sandbox(Path(args.at)).faults(wanted)
    if args.json:
        print_json({"on": list(status.on), "triggered": dict(status.triggered)})
    else:
        print_data("\n".join(status.on) or "No fault is on.")
    return Exit.OK
