"""Keeping a secret that somebody entered, in keyring and journal, in an order that a kill at any moment leaves honest.

A secret that replaces another is announced first. From then on nobody knows which of the two lies in the keyring, so
what rests on it has to be looked at again, whatever happens next.
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

TURN_SECONDS = 2.0
"""How long another process that keeps a secret is waited for; one that rotates takes longer."""
_BETWEEN = 0.05

_ROTATING = "A rotation of this secret is under way. Finish it or abort it first (`cxr-tui rotate`)."
_BUSY = "Another cxr-tui is exchanging secrets of this integration right now. Enter it again when that is done."


async def store_secret(integration: Integration, step: Step, name: str, secret: Secret, source: str) -> str | None:
    """Keep a secret and return what is wrong with it, if anything; StoreUnusableError."""
    one = step.field(name)
    if not secret:
        return None if one.optional else one.needed
    wrong = _wrong(integration, step, one, secret)
    if wrong:
        return wrong
    with ExitStack() as held:
        # A first one too: what another process puts there meanwhile would be found in its place.
        if not await _has_turn(integration, held):
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
        # Either of its two may be in force; overwriting one here could lose the only one that opens anything.
        return _ROTATING
    if not announced:
        record_version(integration, step, one, source, announced=True)
    await _put(integration, step, one, secret, source)
    return None


async def _put(integration: Integration, step: Step, one: Field, secret: Secret, source: str) -> None:
    # The keyring first: a journal that speaks of a secret which is not there would be worse than the reverse.
    await integration.world.credentials.put(one.item, secret)
    record_version(integration, step, one, source)


def record_version(integration: Integration, step: Step, one: Field, source: str, *, announced: bool = False) -> None:
    """Note a new version of a secret; two processes at once never note the same one."""
    with integration.exclusive():
        version = integration.journal_state().known().number(step.key(one.name)) + 1
        integration.note([secret_entry(step.id, one.name, one.item, version, source, announced=announced)])


def _wrong(integration: Integration, step: Step, one: Field, secret: Secret) -> str | None:
    known = Known({**overlay(step, integration.journal_state()), step.key(one.name): secret.reveal()})
    return one.rule(secret.reveal(), known) if one.rule else None


async def _has_turn(integration: Integration, held: ExitStack) -> bool:
    for _ in range(int(TURN_SECONDS / _BETWEEN)):
        try:
            held.enter_context(integration.rotation_lock())
        except RotationBusyError:
            await asyncio.sleep(_BETWEEN)
        else:
            return True
    return False
