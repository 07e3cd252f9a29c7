"""The keyring items of a rotation, and the order of writes that loses no password at any moment."""

from __future__ import annotations

from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.secret import Secret
from cxr_tui.integration.rotation_state import NEXT, PREVIOUS, Rotation, Stage


def superseded_item(item: str, number: int) -> str:
    """Return the item that keeps an earlier new password when rotation `number` prepares another one.

    It may still be active, so it is never overwritten.
    """
    return f"{item}.aside.{number}"


async def prepare(
    credentials: Credentials, item: str, number: int, before: Rotation | None, own: Secret | None, made: Secret
) -> tuple[str, ...]:
    """Put the new secret beside the current one and return the items kept aside.

    The new secret of a rotation that was aborted without proof is taken again, unless the person brings their `own`;
    then it is put aside, and so is the old one of a rotation whose last proof is still missing. Anything else that a
    rotation left is dead, or was never shown to anybody, and is overwritten.
    """
    superseded = before.superseded if before is not None else ()
    place = superseded_item(item, number)
    if await credentials.has(place):  # a kill came after it was put aside
        await credentials.put(item + NEXT, own or made)
        return (*superseded, place)
    left = ""
    if before is not None and before.new_retained:
        left = before.next
    elif before is not None and before.stage is Stage.PROMOTED:
        left = before.previous
    if left and await credentials.has(left):
        leftover = await credentials.get(left)
        if left == item + NEXT and (own is None or own == leftover):
            return superseded
        await credentials.put(place, leftover)
        superseded = (*superseded, place)
    await credentials.put(item + NEXT, own or made)
    return superseded


async def promote(credentials: Credentials, rotation: Rotation) -> None:
    """Keep the old secret under `previous` and put the new one under the item itself.

    `next` stays until the journal says that this was done, so after a kill in between it is done again; then the item
    may hold the new one already, which must not become the previous one.
    """
    new = await credentials.get(rotation.next)
    old = await credentials.get(rotation.item)
    if old != new:
        await credentials.put(rotation.previous, old)
        await credentials.put(rotation.item, new)


async def delete_obsolete(credentials: Credentials, rotation: Rotation) -> None:
    """Remove what the rotation needs no longer, and only what is verified to be inactive.

    Called for stages the journal has already, so that a kill leaves too much rather than too little.
    """
    if rotation.stage is Stage.PROMOTED:
        await credentials.drop(rotation.next)
    elif rotation.stage.closed and not rotation.new_retained:
        # a beginning of the next rotation may have put one aside and got no further
        for item in (rotation.next, *rotation.superseded, superseded_item(rotation.item, rotation.number + 1)):
            await credentials.drop(item)
        if rotation.stage is Stage.DONE:
            await credentials.drop(rotation.item + PREVIOUS)
