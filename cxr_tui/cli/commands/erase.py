"""`erase`: personal data is removed from everywhere the program keeps it; what remains is said."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.printing import say, say_json, tell
from cxr_tui.domain.text import counted, visible
from cxr_tui.gateways.keyring.credentials import KeyringCredentials
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration import erase as erasing
from cxr_tui.integration.erase import Erased, UnderWayError
from cxr_tui.integration.erasure import Scope
from cxr_tui.integration.paths import data_home, journal_path


async def erase(args: Namespace) -> Exit:
    """Say what would be removed, ask, remove it, and say what remains; JournalError, StoreUnusableError."""
    name, scope = args.integration, next(one for one in Scope if getattr(args, one.value))
    path = journal_path(Path(args.at) if args.at else data_home(), name)
    refused = _refused(args, scope, path)
    if refused:
        tell(refused)
        return Exit.USAGE
    try:
        found = erasing.examine(GUIDE, path, name, scope)
        if not args.yes and not await _agreed(name, found, secrets=args.secrets):
            tell("Nothing was erased.")
            return Exit.PROBLEM
        # The journal alone knows the names of all secrets, so it goes last.
        dropped = await _drop_secrets(name, path) if args.secrets else ()
        done = erasing.erase(GUIDE, path, name, scope)
    except UnderWayError as error:
        tell(str(error))
        return Exit.PROBLEM
    keyring_of = "" if args.secrets or args.at else name
    if args.json:
        say_json(_document(name, path, done, dropped, keyring_of))
    else:
        say("\n".join(f"{'  ' * level}{text}" for level, text in erasing.lines(done, path, keyring_of)))
        if args.secrets:
            say(f"Removed from the keyring: {counted(len(dropped), 'secret')}.")
    return Exit.PROBLEM if done.left else Exit.OK


def _refused(args: Namespace, scope: Scope, path: Path) -> str:
    """Return why the command line cannot be used; empty: it can."""
    if args.secrets and scope is not Scope.ALL:
        return "--secrets goes with --all: without its passwords an integration cannot log in any more"
    if args.secrets and args.at:
        return "--secrets does not go with --at: a sandbox keeps secrets in its memory, and they go with it"
    if not path.exists():
        return f"There is no integration {visible(args.integration, 60)} here: {path} does not exist"
    if not args.yes and (args.json or not (sys.stdin.isatty() and sys.stdout.isatty())):
        return "No question can be asked here; add --yes to erase without one"
    return ""


async def _agreed(name: str, found: Erased, *, secrets: bool) -> bool:
    from cxr_tui.plain.console import ExitRequestedError, StdioConsole
    from cxr_tui.plain.menu import agreed

    with StdioConsole() as talk:
        talk.say(f"Erases of {name}: {found.scope.removes}.")
        talk.say(f"There is now: {found.summary}.")
        for file in found.files:
            talk.show(f"  {file}")
        if secrets:
            talk.say("And all its passwords and passphrases in the keyring. They cannot be recovered.")
        try:
            return await agreed(talk, "This cannot be undone. Erase?")
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


def _document(name: str, path: Path, done: Erased, dropped: Sequence[str], keyring_of: str) -> dict[str, Any]:
    return {
        "integration": name,
        "scope": done.scope.value,
        "at": done.at.isoformat(timespec="seconds") if done.at else None,
        "by": done.by,
        "fields": sorted(done.fields),
        "removed": dict(done.counts),
        "files": [str(file) for file in done.files],
        "secrets": list(dropped),
        "not_removed": list(done.left),
        "remains": [{"what": one.what, "remedy": one.remedy} for one in erasing.remains(done.scope, path, keyring_of)],
        "ok": not done.left,
    }
