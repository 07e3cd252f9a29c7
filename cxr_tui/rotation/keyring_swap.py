"""The keyring items of a rotation, written in an order that never loses a password."""

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
    """Store the new secret next to the current one, and return the items of superseded secrets.

    The new secret of a rotation that was canceled without proof is used again, unless the person brings their `own`;
    then it is kept as superseded, and so is the old secret of a rotation that is not finished. Any other leftover is
    invalid or was never shown to a person, and is overwritten.
    """
    superseded = before.superseded if before is not None else ()
    place = superseded_item(item, number)
    if await credentials.has(place):  # the process was killed after it was stored there
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
    """Move the old secret to `previous`, and the new one to the item itself.

    `next` stays until the journal records this, so that it is repeated after a kill; the item may then already have
    the new secret, which must not become the previous one.
    """
    new = await credentials.get(rotation.next)
    old = await credentials.get(rotation.item)
    if old != new:
        await credentials.put(rotation.previous, old)
        await credentials.put(rotation.item, new)


async def delete_obsolete(credentials: Credentials, rotation: Rotation) -> None:
    """Remove secrets that the rotation no longer needs and that are verified to be inactive.

    The journal has recorded the stage before, so that a kill leaves too much rather than too little.
    """
    if rotation.stage is Stage.PROMOTED:
        await credentials.drop(rotation.next)
    elif rotation.stage.closed and not rotation.new_retained:
        # an interrupted begin of the next rotation may have stored a superseded secret
        for item in (rotation.next, *rotation.superseded, superseded_item(rotation.item, rotation.number + 1)):
            await credentials.drop(item)
        if rotation.stage is Stage.DONE:
            await credentials.drop(rotation.item + PREVIOUS)
