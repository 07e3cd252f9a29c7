"""Runs a command: settings, signals, expected errors as exit codes, and a crash report for every other error."""

from __future__ import annotations

import asyncio
import signal
from argparse import Namespace
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import TypeAlias

from cxr_tui.cli.exit_codes import SIGNALED, Exit
from cxr_tui.cli.output import print_diagnostic
from cxr_tui.config.loader import Loaded, load
from cxr_tui.config.settings import SettingValue
from cxr_tui.integration.paths import crash_home, state_home
from cxr_tui.security.exception_hooks import ExceptionHooks
from cxr_tui.security.hardening import harden
from cxr_tui.security.scratch_folders import use_state_folder

Command: TypeAlias = Callable[[], Awaitable[Exit]]
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def start(args: Namespace, command: Command) -> int:
    """Run a command to its end and return its exit code, whatever happens."""
    harden()
    stops = ExceptionHooks(crash_home, args.command)
    received: list[int] = []
    with stops.installed():
        try:
            return asyncio.run(_watched(args, command, stops, received))
        except KeyboardInterrupt:
            return Exit.INTERRUPTED
        except asyncio.CancelledError:
            return SIGNALED + received[0]
        except Exception as error:  # noqa: BLE001 - for any error scripts get the documented exit code
            print_diagnostic(stops.crashed(error))
            return Exit.CRASH


async def _watched(args: Namespace, command: Command, stops: ExceptionHooks, received: list[int]) -> Exit:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # nosec B101  # noqa: S101 - this runs in one
    loop.set_exception_handler(stops.in_loop)

    def end(number: int, _: FrameType | None) -> None:
        received.append(number)
        signal.signal(number, signal.SIG_DFL)  # a second signal ends the process at once
        loop.call_soon_threadsafe(task.cancel)

    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_DFL:  # not if `nohup` ignores it
            signal.signal(number, end)
    code = await run(args, command)
    if task.cancelling():  # the command ended cleanly after the signal, as the full screen does
        raise asyncio.CancelledError
    return code


async def run(args: Namespace, command: Command) -> Exit:
    """Run a command; an expected error becomes its message and exit code."""
    loaded = take_settings(args)
    if loaded.problems:
        print_diagnostic("\n".join(loaded.problems))
        return Exit.USAGE
    use_state_folder(state_home())
    try:
        return await command()
    except Exception as error:
        from cxr_tui.cli.expected_errors import expected  # not at the top: it would slow down every start

        known = expected(error)
        if known is None:
            raise
        text, code = known
        print_diagnostic(text)
        return code


def take_settings(args: Namespace) -> Loaded:
    """Load the settings, let options override them, and fill in the options that were not given."""
    loaded = load(options=settings_of(args))
    settings = loaded.settings
    args.settings = settings
    source = loaded.values["integration"].source
    args.integration_source = "" if source == "default" else source
    args.plain_source = loaded.values["plain"].source
    args.integration = settings.integration
    args.people = settings.people
    if getattr(args, "watch", None) is not None:
        args.watch = settings.watch_seconds
    return loaded


def settings_of(args: Namespace) -> dict[str, SettingValue]:
    """Return the settings that the command line names."""
    named: dict[str, SettingValue] = {
        name: value for name in ("integration", "people", "plain") if (value := getattr(args, name, None)) is not None
    }
    if getattr(args, "watch", None):
        named["watch_seconds"] = args.watch
    return named
