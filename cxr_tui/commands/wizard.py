"""The wizard itself: the only command that loads Textual."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from cxr_tui.commands.exits import Exit
from cxr_tui.commands.opening import attached_sandbox, fresh_sandbox, open_real
from cxr_tui.commands.output import tell
from cxr_tui.setup.session import Setup

TELLTALES = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_DRIVER")
"""Variables by which Textual writes every key that is pressed to a file or to another process, passwords too."""


async def wizard(args: Namespace) -> Exit:
    """Run the full-screen wizard on the real products, a fresh sandbox, or one that is already up."""
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
    for name in TELLTALES:
        os.environ.pop(name, None)
    from cxr_tui.tui.app import WizardApp

    app = WizardApp(setup, settings=args.settings)
    await app.run_async()
    return Exit.CRASH if app.return_code else Exit.HOLDS
