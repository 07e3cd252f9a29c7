"""`rotate`: changes a password without a lock-out, and lists the ages of the passwords."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.expected_errors import exit_of
from cxr_tui.cli.open_integration import home_of, open_integration
from cxr_tui.cli.output import print_diagnostic, print_result
from cxr_tui.domain.errors import InputError
from cxr_tui.domain.secret import Secret
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.paths import integration_names, journal_path
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.journal.store import read_records
from cxr_tui.presentation.rotation import rotation_lines
from cxr_tui.rotation.managed_secrets import managed_secret
from cxr_tui.rotation.password_age import Age, AgeState, ages_of
from cxr_tui.rotation.password_age import document as ages_document
from cxr_tui.rotation.sandbox_driver import operate
from cxr_tui.rotation.service import RotationService
from cxr_tui.rotation.status import RotationStatus


async def rotate(args: Namespace) -> Exit:
    """Rotate one secret of one integration, or list the ages of all."""
    managed_secret(args.item)  # raises UnknownSecretError
    own = _own_password(args)
    if args.due:
        return _due(args)
    if args.dry_run:
        from cxr_tui.cli.commands import dry_run

        async with dry_run.copied(args) as integration:
            return dry_run.rotate(args, integration)
    async with open_integration(args) as integration:
        return await _rotate(args, integration, own)


async def _rotate(args: Namespace, integration: Integration, own: Secret | None) -> Exit:
    if args.plain and not args.json:
        return await _converse(args, integration)
    service = RotationService(integration, managed_secret(args.item), print_diagnostic)
    status = await _act(args, service, own)
    lines = list(rotation_lines(status, integration.world.credentials.store))
    if status.todo is not None:
        lines.append("To continue: cxr-tui rotate --resume")
    print_result(args, status.to_json(integration.name), "\n".join(lines))
    return _exit(status)


async def _converse(args: Namespace, integration: Integration) -> Exit:
    """Rotate in plain mode; only the option --plain selects it, because scripts call this command too."""
    from cxr_tui.plain.console import Console, ExitRequestedError
    from cxr_tui.plain.rotation import RotationMenu

    with Console() as console:
        menu = RotationMenu(integration, console, args.item, back="Leave")
        with suppress(ExitRequestedError):
            await menu.run()
        return _exit(menu.status)


async def _act(args: Namespace, service: RotationService, own: Secret | None) -> RotationStatus:
    sandboxed = service.integration.world.operator is not None
    if args.abort:
        status = await service.abort()
        going_back = service.rotation is not None and service.rotation.stage.value == "rolling-back"
        return await operate(service) if sandboxed and going_back else status
    rotation = service.rotation
    if args.resume or args.after_reset:
        if sandboxed and rotation is not None and rotation.open and not args.after_reset:
            return await operate(service)
        return await (service.retry_after_reset() if args.after_reset else service.resume())
    if rotation is None or not rotation.open or own is not None:
        status = await service.begin(own)
        return await operate(service) if sandboxed and not status.failed else status
    status = service.status()
    return await operate(service) if sandboxed else status


def _exit(status: RotationStatus) -> Exit:
    return Exit.OK if status.ok else exit_of(status.findings)


def _due(args: Namespace) -> Exit:
    home = home_of(args)
    ages = tuple(age for name in integration_names(home) for age in _ages(home, name))
    document = ages_document(ages)
    if not ages:
        print_diagnostic("No integration is set up on this computer yet.")
    if ages or args.json:
        print_result(args, document, "\n".join(map(_age_line, ages)))
    return Exit.OK if document["ok"] else Exit.PROBLEM


def _age_line(one: Age) -> str:
    in_progress = f"  rotation: {one.rotation}" if one.rotation else ""
    return f"{one.state.value:<8} {one.integration:<20} {one.item:<22} {one.reason}{in_progress}"


def _ages(home: Path, name: str) -> Sequence[Age]:
    try:
        records = read_records(journal_path(home, name))
    except InputError as error:
        return (Age(name, "", AgeState.UNKNOWN, str(error)),)
    journal = IntegrationState()
    journal.apply(records)
    now = datetime.now(UTC)
    # a sandbox's clock runs ahead of this machine's
    return ages_of(name, journal, max([now, *(record.at for record in records[-1:])]))


def _own_password(args: Namespace) -> Secret | None:
    """Read a password from standard input; InputError if it is empty or a terminal."""
    if not args.password_stdin:
        return None
    if sys.stdin.isatty():
        raise InputError("--password-stdin reads from a pipe, not from a terminal")
    own = Secret(sys.stdin.readline().rstrip("\r\n"))
    if not own:
        raise InputError("--password-stdin: standard input has no password")
    return own
