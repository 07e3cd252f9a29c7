"""`sandbox`: a twin of both products that stays up until a signal ends it."""

from __future__ import annotations

import asyncio
import json
from argparse import Namespace
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.step_output import say, say_json, tell


async def sandbox(args: Namespace) -> Exit:
    """Start a sandbox, print how to reach it, and keep it until Ctrl+C or SIGTERM; with `--at`, see to its faults.

    SandboxStartError, SandboxOrderError.
    """
    from cxr_tui.sandbox_launcher import describe_sandbox, launch_sandbox

    if args.at:
        return await _faults(args)
    directory = Path(args.dir) if args.dir else None
    running = await launch_sandbox(
        directory,
        args.people,
        scenarios=tuple(args.scenario),
        faults=tuple(args.fault),
        bare=args.bare,
        screens=args.screens,
    )
    try:
        if args.json:
            say_json(json.loads((running.directory / "sandbox.json").read_text()))
        else:
            say(describe_sandbox(running))
        tell("The sandbox stays up until you press Ctrl+C.")
        never: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        return await never  # until a signal cancels it
    finally:
        await running.close()


async def _faults(args: Namespace) -> Exit:
    """Show which faults are on in a sandbox that is up, after switching them where that was asked for."""
    from cxr_tui.sandbox_launcher import attach_sandbox

    wanted = [] if args.calm else (args.fault or None)
    status = await attach_sandbox(Path(args.at)).faults(wanted)
    if args.json:
        say_json({"on": list(status.on), "struck": dict(status.struck)})
    else:
        say("\n".join(status.on) or "No fault is on.")
    return Exit.OK
