"""`erase`: removes personal data from everywhere the program keeps it, and lists what remains."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import home_of
from cxr_tui.cli.output import print_diagnostic, print_result
from cxr_tui.domain.errors import InputError
from cxr_tui.domain.text import counted, visible
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration import erase as erasing
from cxr_tui.integration.erase import Erasure, Scope
from cxr_tui.integration.paths import journal_path


async def erase(args: Namespace) -> Exit:
    """List what would be removed, ask, remove it, and list what remains; raises UnderWayError, JournalError."""
    name, scope = args.integration, next(one for one in Scope if getattr(args, one.value))
    path = journal_path(home_of(args), name)
    if not path.exists():
        raise InputError(f"There is no integration {visible(name, 60)} here: {path} does not exist")
    if not args.yes and (args.json or not (sys.stdin.isatty() and sys.stdout.isatty())):
        raise InputError("There is no terminal to ask for confirmation; add --yes to erase without it")
    found = erasing.examine(GUIDE, path, scope)
    if not args.yes and not await _agreed(name, found, secrets=args.secrets):
        print_diagnostic("Nothing was erased.")
        return Exit.PROBLEM
    # Only the journal knows the names of all secrets, so it is erased last.
    dropped = await _drop_secrets(name, path) if args.secrets else ()
    done = erasing.erase(GUIDE, path, scope)
    keyring_of = "" if args.secrets or args.at else name
    lines = [f"{'  ' * level}{text}" for level, text in erasing.lines(done, path, keyring_of)]
    if args.secrets:
        lines.append(f"Removed from the keyring: {counted(len(dropped), 'secret')}.")
    print_result(args, _document(name, path, done, dropped, keyring_of), "\n".join(lines))
    return Exit.PROBLEM if done.left else Exit.OK


async def _agreed(name: str, found: Erasure, *, secrets: bool) -> bool:
    from cxr_tui.plain.console import Console, ExitRequestedError
    from cxr_tui.plain.tasks import confirm_erasure

    with Console() as console:
        try:
            return await confirm_erasure(console, name, found, secrets=secrets)
        except ExitRequestedError:
            return False


async def _drop_secrets(name: str, path: Path) -> tuple[str, ...]:
    from cxr_tui.preflight.rehearsal_key.key_pair import PASSPHRASE_ITEM

    credentials, dropped = KeyringCredentials(name), []
    for item in erasing.secret_items(GUIDE, path, (PASSPHRASE_ITEM,)):
        if await credentials.has(item):
            await credentials.drop(item)
            dropped.append(item)
    return tuple(dropped)


def _document(name: str, path: Path, done: Erasure, dropped: Sequence[str], keyring_of: str) -> dict[str, Any]:
    return {
        "integration": name,
        "scope": done.scope.value,
        "at": done.at.isoformat(timespec="seconds"),
        "by": done.by,
        "fields": sorted(done.fields),
        "removed": dict(done.counts),
        "files": [str(file) for file in done.files],
        "secrets": list(dropped),
        "not_removed": list(done.left),
        "remains": [{"what": what, "remedy": remedy} for what, remedy in erasing.remains(done.scope, path, keyring_of)],
        "ok": not done.left,
    }
