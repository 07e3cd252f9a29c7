"""Opening an integration: its journal, its credentials, and in a sandbox its operator."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.gateways.rest.login_limit import FailedLogins
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import data_home, journal_path
from cxr_tui.journal.store import Journal

if TYPE_CHECKING:
    from cxr_tui.sandbox.client import RunningSandbox, SandboxOptions

SANDBOX_NAME = "sandbox"
SANDBOX_STORE = "the sandbox's memory"


def sandbox_options(args: Namespace, directory: Path | None = None) -> SandboxOptions:
    """Return the options of a new sandbox that the command line names."""
    from cxr_tui.sandbox.client import SandboxOptions

    return SandboxOptions(
        directory=directory,
        people=args.people,
        scenarios=tuple(args.scenario),
        faults=tuple(args.fault),
        bare=args.bare,
        screens=args.screens,
    )


@asynccontextmanager
async def open_integration(
    args: Namespace, name: str = "", failed: FailedLogins | None = None
) -> AsyncIterator[Integration]:
    """Open the integration that the command line names: in a running sandbox, in a new one, or with the real products.

    `name` opens another one, `failed` are the logins that failed when this command had it open before. Raises
    JournalError, IntegrationNameError, SandboxStartError, SandboxOptionError.
    """
    name = name or args.integration
    if args.sandbox and not args.at:
        async with rehearsed_sandbox(sandbox_options(args)) as (integration, _):
            yield integration
        return
    if args.at:
        from cxr_tui.sandbox.client import attach_sandbox

        integration = open_sandboxed(attach_sandbox(Path(args.at)), name)
    else:
        integration = open_real(name, failed=failed)
    try:
        yield integration
    finally:
        await integration.close()


def integration_exists(args: Namespace) -> bool:
    """Return whether the integration that the command line names has a journal."""
    return journal_path(home_of(args), args.integration).exists()


def home_of(args: Namespace) -> Path:
    """Return the folder of the integrations: a running sandbox's, or this computer's."""
    return Path(args.at) if args.at else data_home()


def open_real(name: str, failed: FailedLogins | None = None) -> Integration:
    """Open an integration with the real products; its secrets are in the OS keyring.

    Raises JournalError, IntegrationNameError.
    """
    journal = Journal(journal_path(data_home(), name))
    return Integration(GUIDE, journal, KeyringCredentials(name), None, name, failed=failed)


def open_sandboxed(running: RunningSandbox, name: str = SANDBOX_NAME) -> Integration:
    """Open an integration with a sandbox; its journal and its secrets end with the sandbox."""
    credentials = KeyringCredentials(name, backend=running.keyring(), store_name=SANDBOX_STORE)
    journal = Journal(journal_path(running.directory, name))
    operator = running.operator()
    return Integration(GUIDE, journal, credentials, operator, name, screens=operator if running.info.screens else None)


@asynccontextmanager
async def rehearsed_sandbox(options: SandboxOptions) -> AsyncIterator[tuple[Integration, Mapping[str, str]]]:
    """Start a sandbox, open an integration with it, and end both; also yield its scenarios' entries by `step.field`."""
    from cxr_tui.sandbox.client import launch_sandbox

    async with launch_sandbox(options) as running:
        integration = open_sandboxed(running)
        try:
            yield integration, running.info.answers
        finally:
            await integration.close()
