"""The wizard: full-screen (the only command that loads Textual), or as plain questions and answers."""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
from argparse import Namespace
from contextlib import AsyncExitStack
from importlib import import_module
from typing import TYPE_CHECKING

from cxr_tui.cli.exit_codes import Exit

if TYPE_CHECKING:
    from cxr_tui.integration.integration import Integration
    from cxr_tui.tui.launcher import Choice, Openings

KEY_LOGGERS = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_DRIVER")
"""Variables that make Textual write every key press, passwords included, to a file or another process."""


async def wizard(args: Namespace) -> Exit:
    """Run the wizard on the real products, a new sandbox, or a running one."""
    why = plain_because(args)
    if why:
        return await _plain(args, why)
    for name in KEY_LOGGERS:
        os.environ.pop(name, None)
    from cxr_tui.tui.app import WizardApp

    async with AsyncExitStack() as stack:
        app = WizardApp(settings=args.settings, openings=_openings(args, stack))
        running = asyncio.create_task(app.run_async())
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:  # by a signal: let the screen close cleanly
            app.exit()
            await running
            raise
        if app.failure is not None:
            raise app.failure
    return Exit.CRASH if app.return_code else Exit.OK


async def _plain(args: Namespace, why: str) -> Exit:
    from cxr_tui.cli.open_integration import open_integration
    from cxr_tui.cli.output import print_diagnostic
    from cxr_tui.plain.app import PlainApp
    from cxr_tui.plain.console import Console

    if args.sandbox:
        print_diagnostic("Starting the sandbox…")
    async with open_integration(args) as integration:
        with Console() as console:
            await PlainApp(integration, console, why).run()
    return Exit.OK


def plain_because(args: Namespace) -> str:
    """Return why the wizard runs in plain mode; empty: it runs full-screen.

    The full screen needs a terminal with UTF-8 on input, output and errors (Textual draws on standard error), whatever
    the settings say.
    """
    streams = ((sys.stdin, "standard input"), (sys.stdout, "standard output"), (sys.stderr, "standard error"))
    for stream, name in streams:
        if not stream.isatty():
            return f"{name} is not a terminal"
        if codecs.lookup(stream.encoding).name != "utf-8":
            return f"the encoding of {name} is {stream.encoding}; the screens need UTF-8"
    if not args.settings.plain:
        return ""
    source: str = args.plain_source
    return "--plain" if source == "command line" else source


def _openings(args: Namespace, stack: AsyncExitStack) -> Openings:
    """Return what the full screen can open: the integration of the command line, or a choice; the stack closes it."""
    from cxr_tui.integration.paths import data_home, integration_names
    from cxr_tui.tui.launcher import CannotOpenError, Choice, Openings

    async def begin(choice: Choice, name: str) -> Integration:
        # imported in a thread, so that the screen keeps responding
        await asyncio.to_thread(import_module, "cxr_tui.cli.open_integration")
        from cxr_tui.cli.expected_errors import expected
        from cxr_tui.cli.open_integration import open_integration

        options = Namespace(**vars(args) | {"sandbox": args.sandbox or choice is Choice.REHEARSE})
        try:
            return await stack.enter_async_context(open_integration(options, name))
        except Exception as error:
            known = expected(error)
            if known is None:
                raise
            raise CannotOpenError(known[0]) from error

    if args.at or args.sandbox:
        return Openings(begin, "sandbox", "Starting the sandbox" if args.sandbox and not args.at else "Opening")
    names = integration_names(data_home())
    if args.integration_source or args.integration in names:
        return Openings(begin, args.integration, "Opening")
    return Openings(begin, args.integration, names=names, lacks=_lacks)


async def _lacks() -> tuple[str, ...]:
    """Return what this computer lacks for the real products, each with its remedy."""
    await asyncio.to_thread(import_module, "cxr_tui.cli.commands.doctor")
    from cxr_tui.cli.commands.doctor import lacking

    return await lacking()
