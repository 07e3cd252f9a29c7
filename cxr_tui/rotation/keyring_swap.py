"""What lies in the keyring during a rotation: the order of writes that loses no password at any moment."""

from __future__ import annotations

from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.secret import Secret
from cxr_tui.journal.rotations import NEXT, PREVIOUS, Rotation, Stage


def aside_item(item: str, number: int) -> str:
    """Return where a password that was prepared before is kept, when another takes its place before rotation `number`.

    Nobody has verified that it is not in force, so it is not overwritten.
    """
    return f"{item}.aside.{number}"


async def prepare(
    credentials: Credentials, item: str, number: int, before: Rotation | None, own: Secret | None, made: Secret
) -> tuple[str, ...]:
    """Put the new secret beside the current one and return the items kept aside.

    What a rotation that was aborted without proof has left is taken again, unless the person brings their `own`; then
    it is put aside, and so is the old one of a rotation whose last proof is still out. What any other rotation left is
    dead, or was never shown to anybody, and is overwritten.
    """
    aside = before.aside if before is not None else ()
    left = ""
    if before is not None and before.kept:
        left = before.next
    elif before is not None and before.stage is Stage.PROMOTED:
        left = before.previous
    place = aside_item(item, number)
    if await credentials.has(place):
        return (*(await _put(credentials, item, own or made, aside)), place)  # a kill came after it was put aside
    if not left or not await credentials.has(left):
        return await _put(credentials, item, own or made, aside)
    leftover = await credentials.get(left)
    if left == item + NEXT and (own is None or own == leftover):
        return aside
    await credentials.put(place, leftover)
    return (*(await _put(credentials, item, own or made, aside)), place)


async def _put(credentials: Credentials, item: str, new: Secret, aside: tuple[str, ...]) -> tuple[str, ...]:
    await credentials.put(item + NEXT, new)
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
    """Remove what a rotation has no use for any more; only what is verified not to be in force.

    Called for stages the journal has already, so that a kill leaves too much rather than too little.
    """
    if rotation.stage is Stage.PROMOTED:
        await credentials.drop(rotation.next)
    elif rotation.stage.closed and not rotation.kept:
        # a beginning of the next rotation may have put one aside and got no further
        for item in (rotation.next, *rotation.aside, aside_item(rotation.item, rotation.number + 1)):
            await credentials.drop(item)
        if rotation.stage is Stage.DONE:
            await credentials.drop(rotation.item + PREVIOUS)
