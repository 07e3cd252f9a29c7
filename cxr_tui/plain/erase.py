"""Erasing personal data, as a conversation."""

from __future__ import annotations

import asyncio

from cxr_tui.integration import erase as erasing
from cxr_tui.integration.erase import Erased, Scope, UnderWayError
from cxr_tui.integration.integration import Integration
from cxr_tui.plain.console import Console
from cxr_tui.plain.menu import agreed


async def erase(integration: Integration, console: Console, wanted: str) -> bool:
    """List what would be removed, ask, remove it, and list what remains; return whether it was. JournalError."""
    if wanted not in list(Scope):
        for one in Scope:
            console.say(f"erase {one}: removes {one.removes}.")
        return False
    scope = Scope(wanted)
    try:
        found = await asyncio.to_thread(erasing.examine, integration.guide, integration.place, integration.name, scope)
        if not await confirm_erasure(console, integration.name, found):
            console.say("Nothing was erased.")
            return False
        done = await asyncio.to_thread(erasing.erase, integration.guide, integration.place, integration.name, scope)
    except UnderWayError as error:
        console.say(str(error))
        return False
    for level, text in erasing.lines(done, integration.place, "" if integration.sandboxed else integration.name):
        console.say(f"{'  ' * level}{text}")
    return True


async def confirm_erasure(console: Console, name: str, found: Erased, *, secrets: bool = False) -> bool:
    """List what an erasure would remove from an integration, and ask; `secrets`: its secrets in the keyring too."""
    console.say(f"This erases from {name}: {found.scope.removes}.")
    console.say(f"Found: {found.summary}.")
    for file in found.files:
        console.show(f"  {file}")
    if secrets:
        console.say("Also all its passwords and passphrases in the keyring. They cannot be recovered.")
    return await agreed(console, "This cannot be undone. Erase?")
