"""What lies in the keyring during a rotation: the order of writes that loses no password at any moment."""

from __future__ import annotations

from cxr_tui.journal.rotations import NEXT, PREVIOUS, Rotation, Stage
from cxr_tui.model.errors import NothingStoredError
from cxr_tui.model.ports import Credentials
from cxr_tui.model.secret import Secret


def aside_item(item: str, number: int) -> str:
    """Return where a password that was prepared before is kept, when another takes its place before rotation `number`.

    Nobody has proven that it is not in force, so it is not overwritten.
    """
    return f"{item}.aside.{number}"


async def prepare(
    credentials: Credentials, item: str, number: int, before: Rotation | None, own: Secret | None, made: Secret
) -> tuple[str, ...]:
    """Put the new secret beside the current one and return the items kept aside.

    What a rotation that was aborted without proof has left is taken again, unless the person brings their `own`. What
    any other rotation left is dead, or was never shown to anybody, and is overwritten.
    """
    leftover: Secret | None = None
    if before is not None and before.kept:
        try:
            leftover = await credentials.get(item + NEXT)
        except NothingStoredError:
            leftover = None
    aside = before.aside if before is not None else ()
    if leftover is None:
        await credentials.put(item + NEXT, own or made)
    elif own is not None and own != leftover:
        place = aside_item(item, number)
        await credentials.put(place, leftover)
        await credentials.put(item + NEXT, own)
        aside = (*aside, place)
    return aside


async def make_current(credentials: Credentials, rotation: Rotation) -> None:
    """Keep the old secret under `previous` and put the new one under the item itself.

    `next` stays until the journal says that this was done, so after a kill in between it is done again; then the item
    may hold the new one already, which must not become the previous one.
    """
    new = await credentials.get(rotation.next)
    old = await credentials.get(rotation.item)
    if old != new:
        await credentials.put(rotation.previous, old)
        await credentials.put(rotation.item, new)


async def sweep(credentials: Credentials, rotation: Rotation) -> None:
    """Remove what a rotation has no use for any more; only what is proven not to be in force.

    Called for stages the journal has already, so that a kill leaves too much rather than too little.
    """
    if rotation.stage is Stage.PROMOTED:
        await credentials.drop(rotation.next)
    elif rotation.stage.closed and not rotation.kept:
        for item in (rotation.next, *rotation.aside):
            await credentials.drop(item)
        if rotation.stage is Stage.DONE:
            await credentials.drop(rotation.item + PREVIOUS)
