"""The frame around every command: no core dump, and last stops that leave a report instead of a traceback."""

from __future__ import annotations

import asyncio
from argparse import Namespace

from cxr_tui.commands.exits import Exit
from cxr_tui.commands.printing import tell
from cxr_tui.commands.running import run
from cxr_tui.gateways.giving_way import GivingWayLoop
from cxr_tui.privacy.last_stops import LastStops
from cxr_tui.privacy.process import harden
from cxr_tui.setup.integrations import crash_home


def start(args: Namespace) -> int:
    """Run a command to its end and return its exit code, whatever happens."""
    harden()
    stops = LastStops(crash_home, args.command)
    with stops.held():
        try:
            with asyncio.Runner(loop_factory=GivingWayLoop if args.command == "wizard" else None) as runner:
                return runner.run(_watched(args, stops))
        except KeyboardInterrupt:
            return Exit.INTERRUPTED
        except Exception as error:  # noqa: BLE001 - the last stop: whatever it is, scripts get the documented exit code
            tell(stops.crashed(error))
            return Exit.CRASH


async def _watched(args: Namespace, stops: LastStops) -> Exit:
    asyncio.get_running_loop().set_exception_handler(stops.in_loop)
    return await run(args)
