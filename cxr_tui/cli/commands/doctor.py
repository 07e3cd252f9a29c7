"""`doctor`: checks whether this computer is ready."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import textwrap
from argparse import Namespace
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from functools import partial

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import integration_exists, open_integration
from cxr_tui.cli.output import print_result
from cxr_tui.doctor import local_checks, network_checks
from cxr_tui.doctor.result import CheckResult, CheckStatus, failed
from cxr_tui.domain.errors import JournalError
from cxr_tui.domain.text import visible
from cxr_tui.guide.forms.login_hosts import audience_url, login_url
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import data_home
from cxr_tui.system.threads import run_in_thread

MARKS = {CheckStatus.PASS: "✓ pass", CheckStatus.WARN: "! warn", CheckStatus.FAIL: "✗ fail", CheckStatus.SKIP: "· skip"}
NETWORK = frozenset({"certificates", "proxy", "responsys", "cx-audience", "file-server"})
"""Codes of the checks of the way to outside systems."""
CHECK_SECONDS = 30
WIDEST = 110
"""Columns beyond which lines are hard to read."""


async def doctor(args: Namespace) -> Exit:
    """Check this computer, and the hosts that an existing integration uses; leaves no change."""
    async with AsyncExitStack() as stack:
        integration, broken = None, []
        if args.at or integration_exists(args):
            try:
                integration = await stack.enter_async_context(open_integration(args))
            except JournalError as error:
                broken = [failed("journal", visible(str(error), 1000), "Fix this, and see data-folder below.")]
        found = [*broken, *await _examine(integration)]
    ok = not any(one.status is CheckStatus.FAIL for one in found)
    text = "\n".join(line for one in found for line in _lines(one))
    print_result(args, {"checks": [asdict(one) for one in found], "ok": ok}, text)
    return Exit.OK if ok else _exit_of(found)


async def lacking() -> tuple[str, ...]:
    """Return what the real products need and this computer lacks, each with its remedy.

    Looks for a credential store without opening it, because that could ask for a password.
    """
    found = await asyncio.gather(_within(local_checks.gpg, "gpg"), _within(local_checks.store, "credential-store"))
    columns, lines = shutil.get_terminal_size()  # of the terminal: the full screen redirects standard output
    results = (*found, local_checks.terminal(os.environ, (columns, lines)))
    lacks = [one for one in results if one.status in (CheckStatus.FAIL, CheckStatus.WARN)]
    return tuple(f"{one.seen}. {one.remedy}" for one in lacks)


async def _within(check: Callable[[], CheckResult], code: str) -> CheckResult:
    """Return the result of a blocking check, or a failure if it takes too long."""
    try:
        return await run_in_thread(check, CHECK_SECONDS, code)
    except TimeoutError:
        return failed(code, f"no answer within {CHECK_SECONDS} seconds", "Find out why it does not answer.")


def _exit_of(found: list[CheckResult]) -> Exit:
    failed = {one.code for one in found if one.status is CheckStatus.FAIL}
    if "credential-store" in failed:
        return Exit.STORE
    return Exit.UNREACHABLE if failed <= NETWORK else Exit.PROBLEM


async def _examine(integration: Integration | None) -> list[CheckResult]:
    from cxr_tui.gateways.keyring.credentials import KeyringCredentials
    from cxr_tui.gateways.rest.http_client import PROBE_LIMITS, HttpClient, probe_host
    from cxr_tui.gateways.rest.server_clock import ServerClock

    known = integration.journal_state().known() if integration else None
    credentials = integration.world.credentials if integration else KeyringCredentials("doctor")
    http = HttpClient(ServerClock(), PROBE_LIMITS)
    size = os.get_terminal_size(sys.stdout.fileno()) if sys.stdout.isatty() else None
    responsys, audience, store, files, gpg, proxy = await asyncio.gather(
        network_checks.host("responsys", login_url(known) if known else "", partial(probe_host, http)),
        network_checks.host(
            "cx-audience",
            audience_url(known.text("account.audience_token")) if known else "",
            partial(probe_host, http),
        ),
        network_checks.credential_store(credentials),
        network_checks.file_server(known.text("destination-connectivity.server") if known else ""),
        _within(local_checks.gpg, "gpg"),
        network_checks.proxy(os.environ),
    )
    await http.close()
    return [
        local_checks.python(),
        local_checks.terminal(os.environ, (size.columns, size.lines) if size else None),
        local_checks.characters(sys.stdout.encoding),
        local_checks.home(data_home()),
        local_checks.time_zones(),
        gpg,
        store,
        network_checks.certificates(),
        proxy,
        *responsys,
        *audience,
        files,
    ]


def _lines(one: CheckResult) -> list[str]:
    """Return what was seen, with the remedy below, wrapped to the terminal."""
    head = f"{MARKS[one.status]}  {one.code:<18} "
    width = max(min(shutil.get_terminal_size().columns, WIDEST), len(head) + 20)
    indent = " " * len(head)
    return [
        line
        for text, first in ((one.seen, head), (one.remedy, indent))
        if text
        for line in textwrap.wrap(text, width, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
    ]
