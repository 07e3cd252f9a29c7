"""What the full-screen wizard can open: the integration that the command line names, or a choice at its start."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from contextlib import AsyncExitStack
from importlib import import_module
from typing import TYPE_CHECKING

from cxr_tui.tui.launcher import CannotOpenError, Choice, Openings

if TYPE_CHECKING:
    from cxr_tui.integration.integration import Integration


def openings(args: Namespace, stack: AsyncExitStack) -> Openings:
    """Return what can be opened; the stack closes it."""

    async def begin(choice: Choice, name: str) -> Integration:
        # imported in a thread, so that the screen keeps responding
        await asyncio.to_thread(import_module, "cxr_tui.cli.open_integration")
        from cxr_tui.cli.expected_errors import expected

        try:
            return await _begin(args, stack, choice, name)
        except Exception as error:
            known = expected(error)
            if known is None:
                raise
            raise CannotOpenError(known[0]) from error

    if args.at or args.sandbox:
        return Openings(begin, "sandbox", "Starting the sandbox" if args.sandbox and not args.at else "Opening")
    if args.integration_source or args.integration in _names():
        return Openings(begin, args.integration, "Opening")
    return Openings(begin, args.integration, names=_names(), lacks=_lacks)


async def _begin(args: Namespace, stack: AsyncExitStack, choice: Choice, name: str) -> Integration:
    from cxr_tui.cli import open_integration

    if choice is Choice.REHEARSE:
        options = open_integration.sandbox_options(args)
        return await stack.enter_async_context(open_integration.fresh_sandbox(args.people, **options))
    return await stack.enter_async_context(
        open_integration.open_integration(args, "" if choice is Choice.AS_TOLD else name)
    )


def _names() -> tuple[str, ...]:
    from cxr_tui.integration.paths import data_home, integration_names

    return integration_names(data_home())


async def _lacks() -> tuple[str, ...]:
    """Return what this computer lacks for the real products, each with its remedy."""
    await asyncio.to_thread(import_module, "cxr_tui.cli.commands.doctor")
    from cxr_tui.cli.commands.doctor import lacking

    return await lacking()
