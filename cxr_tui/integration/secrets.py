"""Store an entered secret in the keyring and record it in the journal, in an order that survives a kill.

A secret that replaces another is announced first: from then on either of the two may be in the keyring, so that
everything that rests on it has to be checked again.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING

from cxr_tui.domain.answers import Known
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.definition import Field, Step
from cxr_tui.integration.form import overlay
from cxr_tui.journal.events import secret_entry
from cxr_tui.journal.lock import RotationBusyError

if TYPE_CHECKING:
    from cxr_tui.integration.integration import Integration

LOCK_SECONDS = 2.0
"""How long to wait for another process that stores a secret; one that rotates takes longer."""
_BETWEEN = 0.05

_ROTATING = "A rotation of this secret is under way. Finish it or abort it first (`cxr-tui rotate`)."
_BUSY = "Another cxr-tui is changing secrets of this integration right now. Enter the secret again when it is done."


async def store_secret(integration: Integration, step: Step, name: str, secret: Secret, source: str) -> str | None:
    """Store a secret and return what is wrong with it, if anything; StoreUnusableError."""
    one = step.field(name)
    if not secret:
        return None if one.optional else one.needed
    if one.rule is not None:
        entered = {step.key(one.name): secret.reveal()}
        wrong = one.rule(secret.reveal(), Known({**overlay(step, integration.journal_state()), **entered}))
        if wrong:
            return wrong
    with ExitStack() as lock:
        # A first secret too: another process may store one meanwhile.
        if not await _locked(integration, lock):
            return _BUSY
        if integration.journal_state().known().has(step.key(name)):
            return await _replace(integration, step, one, secret, source)
        await _put(integration, step, one, secret, source)
        return None


async def _replace(integration: Integration, step: Step, one: Field, secret: Secret, source: str) -> str | None:
    journal, credentials = integration.journal_state(), integration.world.credentials
    announced = step.key(one.name) in journal.pending_secrets
    kept = await credentials.has(one.item) and await credentials.get(one.item) == secret
    if kept and not announced:
        return None
    rotation = journal.rotations.get(one.item)
    if rotation is not None and rotation.open:
        # Either of its two may be active; overwriting one here could lose the only one that works.
        return _ROTATING
    if not announced:
        record_version(integration, step, one, source, announced=True)
    await _put(integration, step, one, secret, source)
    return None


async def _put(integration: Integration, step: Step, one: Field, secret: Secret, source: str) -> None:
    # The keyring first: a journal that names a secret which is not there would be worse than the reverse.
    await integration.world.credentials.put(one.item, secret)
    record_version(integration, step, one, source)


def record_version(integration: Integration, step: Step, one: Field, source: str, *, announced: bool = False) -> None:
    """Record a new version of a secret; two processes at once never record the same version."""
    with integration.exclusive():
        version = integration.journal_state().known().number(step.key(one.name)) + 1
        integration.note([secret_entry(step.id, one.name, one.item, version, source, announced=announced)])


async def _locked(integration: Integration, lock: ExitStack) -> bool:
    """Acquire the rotation lock; return whether another process left it free in time."""
    for _ in range(int(LOCK_SECONDS / _BETWEEN)):
        try:
            lock.enter_context(integration.rotation_lock())
        except RotationBusyError:
            await asyncio.sleep(_BETWEEN)
        else:
            return True
    return False
