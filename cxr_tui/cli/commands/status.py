"""`status`: are the jobs running? Of one integration, or of all; once, or again and again."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import attached_sandbox, open_real
from cxr_tui.cli.printing import clear_screen, say, say_json, tell
from cxr_tui.gateways.rest.login_limit import FailedLogins
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import data_home, integration_names, journal_path
from cxr_tui.jobs.all_integrations import Opening, overview
from cxr_tui.jobs.evidence import UnavailableReason
from cxr_tui.jobs.status import IntegrationStatus, look
from cxr_tui.presentation.jobs import document, summary, table


async def status(args: Namespace) -> Exit:
    """Print the jobs with expectation, evidence and judgement."""
    if args.all:
        return await _all(args)
    if not journal_path(_home(args), args.integration).exists():
        tell(f"There is no integration {args.integration!r} yet. Start with: cxr-tui -i {args.integration}")
        return Exit.PROBLEM
    async with _opened(args.at, args.integration) as integration:
        while True:
            seen = await look(integration)
            if not seen.jobs and not seen.trouble:
                tell(f"No job of {integration.name!r} is set up yet; the next step is {integration.current()}.")
            whence = {"journal": str(integration.place), "store": integration.world.credentials.store}
            _print(args, document(seen) | whence, _lines(args, seen, whence) if seen.jobs or seen.trouble else "")
            if args.watch is None:
                return exit_of([seen])
            await asyncio.sleep(args.watch)


def _lines(args: Namespace, seen: IntegrationStatus, whence: Mapping[str, str]) -> str:
    """Return a look as a table, or in plain mode as `label: value` lines, and where answers and secrets come from."""
    if not args.settings.plain:
        return f"{table(seen)}\n\nAnswers from {whence['journal']}; secrets in {whence['store']}."
    from cxr_tui.plain.jobs import status_lines

    text = "\n".join(status_lines(seen)).strip()
    return f"{text}\n\nAnswers from: {whence['journal']}\nSecrets in: {whence['store']}"


async def _all(args: Namespace) -> Exit:
    failed: dict[str, FailedLogins] = defaultdict(FailedLogins)
    while True:
        names = integration_names(_home(args))
        if not names:
            tell("There is no integration yet. Start with: cxr-tui")
            return Exit.PROBLEM
        openings: dict[str, Opening] = {name: partial(_opened, args.at, name, failed[name]) for name in names}
        seen = await overview(openings)
        whole = {"integrations": [document(one) for one in seen], "ok": all(one.healthy for one in seen)}
        _print(args, whole, summary(seen))
        if args.watch is None:
            return exit_of(seen)
        await asyncio.sleep(args.watch)


def _home(args: Namespace) -> Path:
    return Path(args.at) if args.at else data_home()


@asynccontextmanager
async def _opened(at: str | None, name: str, failed: FailedLogins | None = None) -> AsyncIterator[Integration]:
    """Open an integration with the real products, or with the sandbox that is up in `at`."""
    if at:
        async with attached_sandbox(Path(at), name) as integration:
            yield integration
        return
    integration = open_real(name, failed=failed)
    try:
        yield integration
    finally:
        await integration.close()


def _print(args: Namespace, whole: dict[str, Any], text: str) -> None:
    if args.json and args.watch is None:
        say_json(whole)
    elif args.json:  # one document a line, so that whoever reads along knows where each ends
        say_json(whole, one_line=True)
    elif text:
        redraws = args.watch is not None and sys.stdout.isatty() and not args.settings.plain
        if redraws:
            clear_screen()
        say(text)


def exit_of(seen: Sequence[IntegrationStatus]) -> Exit:
    """Return what scripts are told: 3 and 4 only where nothing worse than blindness was found."""
    bad = [one for one in seen if not one.healthy]
    if not bad:
        return Exit.OK
    causes = {one.blocking_reason for one in bad}
    if None in causes:
        return Exit.PROBLEM
    return Exit.UNREACHABLE if UnavailableReason.UNREACHABLE in causes else Exit.STORE
