"""The frame around every command: no core dump, and last stops that leave a report instead of a traceback."""

from __future__ import annotations

import asyncio
import signal
from argparse import Namespace
from types import FrameType

from cxr_tui.cli.exit_codes import SIGNALLED, Exit
from cxr_tui.cli.printing import tell
from cxr_tui.cli.running import run
from cxr_tui.integration.paths import crash_home
from cxr_tui.security.exception_hooks import LastStops
from cxr_tui.security.hardening import harden

_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def start(args: Namespace) -> int:
    """Run a command to its end and return its exit code, whatever happens."""
    harden()
    stops = LastStops(crash_home, args.command)
    received: list[int] = []
    with stops.held():
        try:
            return asyncio.run(_watched(args, stops, received))
        except KeyboardInterrupt:
            return Exit.INTERRUPTED
        except asyncio.CancelledError:
            return Exit(SIGNALLED + received[0])
        except Exception as error:  # noqa: BLE001 - the last stop: whatever it is, scripts get the documented exit code
            tell(stops.crashed(error))
            return Exit.CRASH


async def _watched(args: Namespace, stops: LastStops, received: list[int]) -> Exit:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # nosec B101  # noqa: S101 - this runs in one
    loop.set_exception_handler(stops.in_loop)

    def end(number: int, _: FrameType | None) -> None:
        received.append(number)
        signal.signal(number, signal.SIG_DFL)  # the second time the system ends the process at once
        loop.call_soon_threadsafe(task.cancel)

    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_DFL:  # not where `nohup` has it ignored
            signal.signal(number, end)
    code = await run(args)
    if task.cancelling():  # what was interrupted has ended in good order, as the full screen does
        raise asyncio.CancelledError
    return code
