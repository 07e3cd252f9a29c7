"""`preflight`: tells what the import would say of a file."""

from __future__ import annotations

import asyncio
import getpass
import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from cxr_tui.commands.exits import Exit
from cxr_tui.commands.opening import attached_sandbox, open_real
from cxr_tui.commands.output import say, say_json, tell
from cxr_tui.commands.preflight_plan import with_options
from cxr_tui.commands.preflight_words import answer_text, finding_text, progress_line
from cxr_tui.gateways.message import read_message
from cxr_tui.model.finding import Finding, Status
from cxr_tui.model.foreign import visible
from cxr_tui.model.secret import Secret
from cxr_tui.preflight.decryption import SecretKey
from cxr_tui.preflight.expected import expected_plan
from cxr_tui.preflight.flight import REMOTE, Flight
from cxr_tui.preflight.flight import preflight as fly
from cxr_tui.preflight.pipeline import Progress
from cxr_tui.preflight.plan import Plan, PlanError
from cxr_tui.preflight.rehearsal_pair import (
    find_pair,
    how_to_use,
    judge_key_in_use,
    make_pair,
    remove_pair,
    secret_key,
)
from cxr_tui.preflight.remote import Streaming
from cxr_tui.preflight.source import SourceError
from cxr_tui.preflight.stream import HEAD
from cxr_tui.setup.integrations import data_home, journal_path
from cxr_tui.setup.session import Setup

MAKE, SWITCHED, REMOVE = "make", "switched", "remove"


async def preflight(args: Namespace) -> Exit:
    """Read a file as its import will, or look after the rehearsal pair; works without any integration."""
    try:
        async with _opened(args) as (setup, folder):
            if args.rehearsal is not None:
                return await _rehearsal(args, setup, folder)
            if args.file is None:
                raise PlanError("name a file, or sftp:PATH on the file server")
            return await _preflight(args, setup, folder)
    except (PlanError, SourceError) as error:
        tell(visible(str(error), 1000))
        return Exit.USAGE


@asynccontextmanager
async def _opened(args: Namespace) -> AsyncIterator[tuple[Setup | None, Path]]:
    """Yield the integration that the options name, where there is one, and where its pair and parts lie."""
    if args.at:
        async with attached_sandbox(Path(args.at), args.integration) as setup:
            yield setup, journal_path(Path(args.at), args.integration).parent / "preflight"
        return
    journal = journal_path(data_home(), args.integration)
    opened = open_real(args.integration) if journal.exists() or args.rehearsal == MAKE else None
    try:
        yield opened, journal.parent / "preflight"
    finally:
        if opened is not None:
            await opened.close()


async def _preflight(args: Namespace, setup: Setup | None, folder: Path) -> Exit:
    plan, server = Plan(), None
    import_key_ids: tuple[str, ...] = ()
    if setup is not None:
        known = setup.ledger().known()
        plan, unseen = await expected_plan(known, setup.world)
        for words in unseen if args.columns is None else ():
            tell(words)
        import_key_ids = tuple(known.lines("generate-key.encryption_key_ids"))
        server = cast("Streaming | None", setup.world.file_server())
    flight = Flight(args.file, with_options(plan, args), await _key(args, setup, folder), import_key_ids, folder)
    progress = _Progress()
    try:
        answer = await fly(flight, server, progress.tell)
    finally:
        progress.clear()
    if args.json:
        say_json({"file": visible(args.file, 300), **answer.document()})
    else:
        say(answer_text(answer))
    return Exit.HOLDS if answer.ok else Exit.WRONG


async def _key(args: Namespace, setup: Setup | None, folder: Path) -> SecretKey | None:
    """Return the private key that was named, else that of the rehearsal pair, where there is one."""
    if args.key is not None:
        return SecretKey(_path(args.key), await asyncio.to_thread(_passphrase) if args.passphrase_stdin else None)
    pair = find_pair(folder)
    if pair is None or setup is None:
        return None
    return await secret_key(pair, setup.world.credentials)


async def _rehearsal(args: Namespace, setup: Setup | None, folder: Path) -> Exit:
    pair = find_pair(folder)
    if args.rehearsal == MAKE:
        assert setup is not None  # noqa: S101 - making opens the integration
        known = setup.ledger().known()
        email = args.email or known.text("generate-key.email") or known.text("add-user.email")
        if not email:
            raise PlanError("name an email address for the key with --email")
        pair = await make_pair(folder, email, setup.world.credentials)
        say(how_to_use(pair))
        return Exit.HOLDS
    if setup is None or pair is None:
        raise PlanError("there is no rehearsal pair for this integration; make one with --rehearsal make")
    if args.rehearsal == REMOVE:
        await remove_pair(folder, setup.world.credentials)
        say(f"The rehearsal pair is removed here. Remove it in Responsys as well: {pair.fingerprint}.")
        return Exit.HOLDS
    head, name = await _head(args, setup)
    key_ids = tuple(setup.ledger().known().lines("generate-key.encryption_key_ids"))
    finding = judge_key_in_use(pair, read_message(head), key_ids, name)
    return _say_finding(args, finding)


async def _head(args: Namespace, setup: Setup) -> tuple[bytes, str]:
    """Return the first bytes of the file that was named, else of the file that the export wrote."""
    named = args.file or f"{REMOTE}{setup.ledger().known().text('exported-file.path')}"
    if not named.startswith(REMOTE):
        try:
            return (await asyncio.to_thread(_first_bytes, named)), named
        except OSError as error:
            raise SourceError(f"{named}: {error.strerror or error}") from None
    path = named.removeprefix(REMOTE)
    server = setup.world.file_server()
    if server is None or not path:
        raise PlanError("name the file that the export wrote after the key was switched back")
    return await server.read(path, HEAD), path


def _path(named: str) -> Path:
    return Path(named).expanduser()


def _passphrase() -> Secret:
    """Read one line of standard input; on a terminal without showing it."""
    if sys.stdin.isatty():
        return Secret(getpass.getpass("Passphrase of the private key: ", sys.stderr))
    return Secret(sys.stdin.readline().rstrip("\r\n"))


def _first_bytes(named: str) -> bytes:
    with _path(named).open("rb") as file:
        return file.read(HEAD)


def _say_finding(args: Namespace, finding: Finding) -> Exit:
    ok = finding.status is Status.PASS
    if args.json:
        told = {"code": finding.code, "status": finding.status.value, "seen": finding.seen}
        say_json({"findings": [{**told, "why": finding.why, "remedy": finding.remedy}], "ok": ok})
    else:
        say(finding_text(finding))
    return Exit.HOLDS if ok else Exit.WRONG


class _Progress:
    """One line on a terminal's standard error that says how far the reading is; nothing elsewhere."""

    def __init__(self) -> None:
        self._shown = False
        self._terminal = sys.stderr.isatty()

    def tell(self, progress: Progress) -> None:
        if self._terminal:
            self._shown = True
            sys.stderr.write(f"\r{progress_line(progress)}\x1b[K")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
