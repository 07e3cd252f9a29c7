"""The wizard itself: full-screen, the only command that loads Textual, or as plain questions and answers."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from cxr_tui.commands.exits import Exit
from cxr_tui.commands.opening import attached_sandbox, fresh_sandbox, open_real
from cxr_tui.commands.output import tell
from cxr_tui.setup.session import Setup

TELLTALES = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_DRIVER")
"""Variables by which Textual writes every key that is pressed to a file or to another process, passwords too."""


async def wizard(args: Namespace) -> Exit:
    """Run the wizard on the real products, a fresh sandbox, or one that is already up."""
    if args.at:
        async with attached_sandbox(Path(args.at), args.integration) as setup:
            return await _run(args, setup)
    if args.sandbox:
        tell("Starting the sandbox…")
        async with fresh_sandbox(args.people, tuple(args.scenario), faults=tuple(args.fault)) as setup:
            return await _run(args, setup)
    setup = open_real(args.integration)
    try:
        return await _run(args, setup)
    finally:
        await setup.close()


async def _run(args: Namespace, setup: Setup) -> Exit:
    why = plain_because(args)
    if why:
        from cxr_tui.plain.conversation import Conversation
        from cxr_tui.plain.talk import StandardTalk

        with StandardTalk() as talk:
            await Conversation(setup, talk, why).run()
        return Exit.HOLDS
    for name in TELLTALES:
        os.environ.pop(name, None)
    from cxr_tui.tui.app import WizardApp

    app = WizardApp(setup, settings=args.settings)
    await app.run_async()
    return Exit.CRASH if app.return_code else Exit.HOLDS


def plain_because(args: Namespace) -> str:
    """Say why the wizard is to be plain; empty: it is to be full-screen.

    Where input or output is no terminal nothing can be drawn, so that decides even against the settings.
    """
    for stream, name in ((sys.stdin, "standard input"), (sys.stdout, "standard output")):
        if not stream.isatty():
            return f"{name}, which is no terminal"
    if not args.settings.plain:
        return ""
    source: str = args.plain_source
    return "--plain" if source == "command line" else source
