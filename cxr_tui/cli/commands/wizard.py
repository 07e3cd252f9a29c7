"""The wizard itself: full-screen, the only command that loads Textual, or as plain questions and answers."""

from __future__ import annotations

import asyncio
import codecs
import os
import sys
from argparse import Namespace
from contextlib import AsyncExitStack

from cxr_tui.cli.exit_codes import Exit

TELLTALES = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_DRIVER")
"""Variables by which Textual writes every key that is pressed to a file or to another process, passwords too."""


async def wizard(args: Namespace) -> Exit:
    """Run the wizard on the real products, a fresh sandbox, or one that is already up."""
    why = plain_because(args)
    if why:
        return await _plain(args, why)
    for name in TELLTALES:
        os.environ.pop(name, None)
    from cxr_tui.cli.start_options import openings
    from cxr_tui.tui.app import WizardApp

    async with AsyncExitStack() as stack:
        app = WizardApp(settings=args.settings, openings=openings(args, stack))
        running = asyncio.create_task(app.run_async())
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:  # by a signal: the screen ends in its own order
            app.exit()
            await running
            raise
        if app.failure is not None:
            raise app.failure
    return Exit.CRASH if app.return_code else Exit.OK


async def _plain(args: Namespace, why: str) -> Exit:
    from cxr_tui.cli.open_integration import told_integration
    from cxr_tui.plain.app import PlainApp
    from cxr_tui.plain.console import StdioConsole

    async with told_integration(args) as integration:
        with StdioConsole() as talk:
            await PlainApp(integration, talk, why).run()
    return Exit.OK


def plain_because(args: Namespace) -> str:
    """Say why the wizard is to be plain; empty: it is to be full-screen.

    Where input, output or errors are no terminal, or have another encoding than UTF-8, no screen can be drawn (Textual
    draws on standard error), so that decides even against the settings.
    """
    streams = ((sys.stdin, "standard input"), (sys.stdout, "standard output"), (sys.stderr, "standard error"))
    for stream, name in streams:
        if not stream.isatty():
            return f"{name}, which is no terminal"
        if codecs.lookup(stream.encoding).name != "utf-8":
            return f"the encoding of {name}, {stream.encoding}, which has no signs for the screens (UTF-8 has)"
    if not args.settings.plain:
        return ""
    source: str = args.plain_source
    return "--plain" if source == "command line" else source
