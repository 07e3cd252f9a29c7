"""What the full-screen wizard can open: as the command line says, or as somebody chooses at its start."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cxr_tui.tui.launcher import CannotOpenError, Choice, Openings

if TYPE_CHECKING:
    from cxr_tui.integration.integration import Integration


def openings(args: Namespace, stack: AsyncExitStack) -> Openings:
    """Return what can be opened; whatever is opened is closed by the stack."""

    async def begin(choice: Choice, name: str) -> Integration:
        # loaded in a thread: the screen stands already, and goes on meanwhile
        await asyncio.to_thread(import_module, "cxr_tui.cli.open_integration")
        from cxr_tui.cli.expected_errors import expected

        try:
            return await _begin(args, stack, choice, name)
        except Exception as error:
            told = expected(error)
            if told is None:
                raise
            raise CannotOpenError(told.text) from error

    if args.at or args.sandbox:
        return Openings(begin, "sandbox", "Starting the sandbox" if args.sandbox and not args.at else "Opening")
    if args.integration_source or _is_begun(args.integration):
        return Openings(begin, args.integration, "Opening")
    return Openings(begin, args.integration, names=_names(), lacks=_lacks)


async def _begin(args: Namespace, stack: AsyncExitStack, choice: Choice, name: str) -> Integration:
    from cxr_tui.cli import open_integration

    if choice is Choice.AS_TOLD and args.at:
        return await stack.enter_async_context(open_integration.attached_sandbox(Path(args.at), args.integration))
    if choice is Choice.REHEARSE or (choice is Choice.AS_TOLD and args.sandbox):
        fresh = open_integration.fresh_sandbox(
            args.people, tuple(args.scenario), faults=tuple(args.fault), bare=args.bare, screens=args.screens
        )
        return await stack.enter_async_context(fresh)
    integration = open_integration.open_real(name or args.integration)
    stack.push_async_callback(integration.close)
    return integration


def _is_begun(name: str) -> bool:
    return name in _names()


def _names() -> tuple[str, ...]:
    from cxr_tui.integration.paths import data_home, integration_names

    return integration_names(data_home())


async def _lacks() -> tuple[str, ...]:
    """Say what this machine lacks for setting up for real, each with its remedy."""
    await asyncio.to_thread(import_module, "cxr_tui.cli.commands.doctor")
    from cxr_tui.cli.commands.doctor import lacking

    return await lacking()
