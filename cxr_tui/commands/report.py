"""`report`: what was set up and by which evidence, without secrets."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from cxr_tui.commands.exits import Exit
from cxr_tui.commands.opening import attached_sandbox, open_real
from cxr_tui.commands.output import say, say_json
from cxr_tui.setup.handover import handover, handover_markdown
from cxr_tui.setup.session import Setup


async def report(args: Namespace) -> Exit:
    """Print the handover report."""
    if args.at:
        async with attached_sandbox(Path(args.at), args.integration) as setup:
            return _print(args, setup)
    setup = open_real(args.integration)
    try:
        return _print(args, setup)
    finally:
        await setup.close()


def _print(args: Namespace, setup: Setup) -> Exit:
    document = handover(setup)
    if args.format == "json":
        say_json(document)
    else:
        say(handover_markdown(document))
    return Exit.HOLDS
