"""`doctor`: tells whether this machine is ready."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import textwrap
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import attached_sandbox, open_real
from cxr_tui.cli.step_output import say, say_json
from cxr_tui.doctor import local_checks, network_checks
from cxr_tui.doctor.result import Condition, Health, bad
from cxr_tui.domain.text import visible
from cxr_tui.guide.forms.login_hosts import audience_url, login_url
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import data_home, journal_path
from cxr_tui.journal.store import JournalError
from cxr_tui.system.threads import run_in_thread

MARKS = {Condition.PASS: "✓ pass", Condition.WARN: "! warn", Condition.FAIL: "✗ fail", Condition.SKIP: "· skip"}
OUTSIDE = frozenset({"certificates", "proxy", "responsys", "cx-audience", "file-server"})
"""Codes of what lies on the way to outside systems."""
LOOK_SECONDS = 30
WIDEST = 110
"""Columns beyond which lines are hard to read."""


async def doctor(args: Namespace) -> Exit:
    """Examine this machine, and what an integration that is begun has to reach; nothing that stays is changed."""
    if args.at:
        async with attached_sandbox(Path(args.at), args.integration) as integration:
            found = await _examine(integration)
    elif journal_path(data_home(), args.integration).exists():
        try:
            integration = open_real(args.integration)
        except JournalError as error:
            words = "Set right what is named, and see data-folder below."
            found = [bad("journal", visible(str(error), 1000), words), *await _examine(None)]
        else:
            try:
                found = await _examine(integration)
            finally:
                await integration.close()
    else:
        found = await _examine(None)
    ok = not any(one.condition is Condition.FAIL for one in found)
    if args.json:
        say_json(
            {
                "checks": [
                    {"code": one.code, "status": one.condition.value, "seen": one.seen, "remedy": one.remedy}
                    for one in found
                ],
                "ok": ok,
            }
        )
    else:
        say("\n".join(line for one in found for line in _lines(one)))
    return Exit.OK if ok else _cause(found)


async def lacking() -> tuple[str, ...]:
    """Say what setting up for real needs and this machine has not, each with its remedy; nothing: all is there.

    Somebody who has only started the program is asked for no password: the store is looked for, and not opened.
    """
    found = await asyncio.gather(_within(local_checks.gpg, "gpg"), _within(local_checks.store, "credential-store"))
    columns, lines = shutil.get_terminal_size()  # of the terminal itself: a full screen has taken standard output
    looked_at = (*found, local_checks.terminal(os.environ, (columns, lines)))
    wanting = [one for one in looked_at if one.condition in (Condition.FAIL, Condition.WARN)]
    return tuple(f"{one.seen}. {one.remedy}" for one in wanting)


async def _within(look: Callable[[], Health], code: str) -> Health:
    """Return what a blocking look found, or that it found nothing in time."""
    try:
        return await run_in_thread(look, LOOK_SECONDS, code)
    except TimeoutError:
        return bad(code, f"no answer within {LOOK_SECONDS} seconds", "See what keeps it from answering.")


def _cause(found: list[Health]) -> Exit:
    failed = {one.code for one in found if one.condition is Condition.FAIL}
    if "credential-store" in failed:
        return Exit.STORE
    return (
        Exit.UNREACHABLE
        if failed <= {"certificates", "proxy", "responsys", "cx-audience", "file-server"}
        else Exit.PROBLEM
    )


async def _examine(integration: Integration | None) -> list[Health]:
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


def _lines(one: Health) -> list[str]:
    """Return a line for what was seen, and the remedy under it, no wider than the terminal."""
    head = f"{MARKS[one.condition]}  {one.code:<18} "
    width = max(min(shutil.get_terminal_size().columns, WIDEST), len(head) + 20)
    indent = " " * len(head)
    return [
        line
        for text, first in ((one.seen, head), (one.remedy, indent))
        if text
        for line in textwrap.wrap(text, width, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
    ]
