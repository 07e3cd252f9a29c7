"""Opening an integration: its journal, its credentials, and in a sandbox its operator."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cxr_tui.cli.printing import tell
from cxr_tui.gateways.rest.login_limit import FailedLogins
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import data_home, journal_path, private_folders
from cxr_tui.journal.store import Journal

if TYPE_CHECKING:
    from cxr_tui.sandbox_launcher import RunningSandbox

SANDBOX_NAME = "sandbox"
SANDBOX_STORE = "the sandbox's memory, gone with it"


def open_real(name: str, home: Path | None = None, failed: FailedLogins | None = None) -> Integration:
    """Open an integration with the real products; its secrets lie in the OS keyring.

    `failed` are the logins that failed when this command had it open before. Raises JournalError, IntegrationNameError.
    """
    from cxr_tui.gateways.keyring.credentials import KeyringCredentials

    path = journal_path(home or data_home(), name)
    private_folders(path)
    journal = Journal(path)
    return Integration(GUIDE, journal, KeyringCredentials(name), None, name, failed=failed)


def open_sandboxed(running: RunningSandbox, name: str = SANDBOX_NAME) -> Integration:
    """Open an integration with a sandbox; its journal and its secrets go when the sandbox goes."""
    from cxr_tui.gateways.keyring.credentials import KeyringCredentials

    credentials = KeyringCredentials(name, backend=running.keyring(), store_name=SANDBOX_STORE)
    journal = Journal(journal_path(running.directory, name))
    operator = running.operator()
    return Integration(GUIDE, journal, credentials, operator, name, screens=operator if running.info.screens else None)


@asynccontextmanager
async def fresh_sandbox(
    people: int,
    scenarios: tuple[str, ...] = (),
    name: str = SANDBOX_NAME,
    faults: tuple[str, ...] = (),
    *,
    bare: bool = False,
    screens: bool = False,
) -> AsyncIterator[Integration]:
    """Start a sandbox, open an integration with it, and end both."""
    async with rehearsed_sandbox(people, scenarios, name, faults, bare=bare, screens=screens) as (integration, _):
        yield integration


@asynccontextmanager
async def rehearsed_sandbox(
    people: int,
    scenarios: tuple[str, ...] = (),
    name: str = SANDBOX_NAME,
    faults: tuple[str, ...] = (),
    *,
    bare: bool = False,
    screens: bool = False,
) -> AsyncIterator[tuple[Integration, Mapping[str, str]]]:
    """Do as `fresh_sandbox`, and also yield what the person of these scenarios types, by `step.field`."""
    from cxr_tui.sandbox_launcher import launch_sandbox

    running = await launch_sandbox(people=people, scenarios=scenarios, faults=faults, bare=bare, screens=screens)
    try:
        integration = open_sandboxed(running, name)
        try:
            yield integration, running.info.answers
        finally:
            await integration.close()
    finally:
        await running.close()


@asynccontextmanager
async def attached_sandbox(directory: Path, name: str = SANDBOX_NAME) -> AsyncIterator[Integration]:
    """Open an integration with a sandbox that is already up; it stays up afterwards."""
    from cxr_tui.sandbox_launcher import attach_sandbox

    integration = open_sandboxed(attach_sandbox(directory), name)
    try:
        yield integration
    finally:
        await integration.close()


@asynccontextmanager
async def told_integration(args: Namespace) -> AsyncIterator[Integration]:
    """Open what the command line says: a sandbox that is up, a fresh one, or an integration with the real products."""
    if args.at:
        async with attached_sandbox(Path(args.at), args.integration) as integration:
            yield integration
    elif args.sandbox:
        tell("Starting the sandbox…")
        async with fresh_sandbox(
            args.people, tuple(args.scenario), faults=tuple(args.fault), bare=args.bare, screens=args.screens
        ) as integration:
            yield integration
    else:
        integration = open_real(args.integration)
        try:
            yield integration
        finally:
            await integration.close()
