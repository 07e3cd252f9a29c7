"""`status`: reports whether the jobs of one or of all integrations run, once or repeatedly."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import home_of, integration_exists, open_integration
from cxr_tui.cli.output import print_data, print_diagnostic, print_json
from cxr_tui.gateways.rest.login_limit import FailedLogins
from cxr_tui.integration.paths import integration_names
from cxr_tui.jobs.evidence import UnavailableReason
from cxr_tui.jobs.status import IntegrationStatus, Opening, look, overview
from cxr_tui.presentation.jobs import document, status_lines, summary
from cxr_tui.security.stdio import write_out


async def status(args: Namespace) -> Exit:
    """Print the jobs with their expected runs, the evidence and the assessment."""
    if args.all:
        return await _all(args)
    if not integration_exists(args):
        print_diagnostic(f"There is no integration “{args.integration}” yet. Start with: cxr-tui -i {args.integration}")
        return Exit.PROBLEM
    async with open_integration(args) as integration:
        while True:
            seen = await look(integration)
            if not seen.jobs and not seen.trouble:
                step = integration.guide.step(integration.current())
                number = integration.guide.number(step.id)
                print_diagnostic(f"No job is set up yet for “{integration.name}”. Next: step {number}, {step.title}.")
            sources = {"journal": str(integration.place), "store": integration.world.credentials.store}
            lines = [*status_lines(seen), "", f"Settings: {sources['journal']}", f"Secrets: {sources['store']}"]
            _print(args, document(seen) | sources, "\n".join(lines) if seen.jobs or seen.trouble else "")
            if args.watch is None:
                return exit_of([seen])
            await asyncio.sleep(args.watch)


async def _all(args: Namespace) -> Exit:
    failed: dict[str, FailedLogins] = defaultdict(FailedLogins)
    while True:
        names = integration_names(home_of(args))
        if not names:
            print_diagnostic("There is no integration yet. Start with: cxr-tui")
            return Exit.PROBLEM
        openings: dict[str, Opening] = {name: partial(open_integration, args, name, failed[name]) for name in names}
        seen = await overview(openings)
        whole = {"integrations": [document(one) for one in seen], "ok": all(one.healthy for one in seen)}
        _print(args, whole, summary(seen))
        if args.watch is None:
            return exit_of(seen)
        await asyncio.sleep(args.watch)


def _print(args: Namespace, whole: dict[str, Any], text: str) -> None:
    repeats = args.watch is not None
    if args.json:
        print_json(whole, one_line=repeats)  # so that a reader knows where each ends
    elif text:
        if repeats and sys.stdout.isatty() and not args.settings.plain:
            write_out("\x1b[H\x1b[2J")  # clear the terminal: this replaces what is there
        print_data(text)


def exit_of(seen: Sequence[IntegrationStatus]) -> Exit:
    """Return the exit code; 3 and 4 only if nothing worse than unavailable evidence was found."""
    bad = [one for one in seen if not one.healthy]
    if not bad:
        return Exit.OK
    causes = {one.blocking_reason for one in bad}
    if None in causes:
        return Exit.PROBLEM
    return Exit.UNREACHABLE if UnavailableReason.UNREACHABLE in causes else Exit.STORE
