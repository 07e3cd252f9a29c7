"""The available actions of a rotation and their labels, for every front end. Pure."""

from __future__ import annotations

from enum import StrEnum

from cxr_tui.integration.rotation_state import Stage
from cxr_tui.rotation.status import RotationStatus


class RotationAction(StrEnum):
    """An action on a rotation."""

    GO_ON = "go_on"
    """Begin; or confirm that the person's part is done, and verify it."""
    OPERATE = "operate"
    """In a sandbox: let the operator do the person's part, to the end."""
    USE_SECRET = "use_secret"  # nosec B105  # noqa: S105 - an action, not a secret
    """Show or copy the secret to enter."""
    GO_BACK = "go_back"
    """Cancel before the change, set the old secret again after it, or keep the new one after all."""
    OWN = "own"
    """Begin with a secret that the person chooses."""
    RULES = "rules"
    """Enter the account's password rules."""
    AFTER_RESET = "after_reset"
    """The password was reset: allow two more login attempts."""


_REVERSIBLE = (Stage.PREPARED, Stage.IN_RESPONSYS, Stage.IN_AUDIENCE, Stage.CHANGED, Stage.ROLLING_BACK)
_UNSURE = (Stage.PREPARED, Stage.ROLLING_BACK)


def available_actions(status: RotationStatus, *, sandboxed: bool) -> frozenset[RotationAction]:
    """Return the actions that make sense at this stage."""
    rotation = status.rotation
    acts = {RotationAction.GO_ON}
    if status.todo is not None and status.todo.secret:
        acts.add(RotationAction.USE_SECRET)
    if rotation is None or not rotation.open:
        acts |= {RotationAction.OWN, RotationAction.RULES}
    elif sandboxed:
        acts.add(RotationAction.OPERATE)
    if rotation is not None and rotation.stage in _REVERSIBLE:
        acts.add(RotationAction.GO_BACK)
    if rotation is not None and rotation.stage in _UNSURE and rotation.refused > 0:
        acts.add(RotationAction.AFTER_RESET)
    return frozenset(acts)


def go_on_words(status: RotationStatus) -> str:
    """Return the label of going on."""
    if status.rotation is None or not status.rotation.open:
        return "Begin"
    return "Check again" if status.rotation.stage is Stage.PROMOTED else "It is done"


def go_back_words(status: RotationStatus) -> str:
    """Return the label of going back."""
    match status.rotation.stage if status.rotation else None:
        case Stage.PREPARED:
            return "Cancel"
        case Stage.ROLLING_BACK:
            return "Keep new"
        case _:
            return "Go back"


def go_back_question(status: RotationStatus) -> str:
    """Return the question before going back."""
    match status.rotation.stage if status.rotation else None:
        case None:
            return ""
        case Stage.PREPARED:
            return "Cancel? Only if nothing was changed in Responsys yet."
        case Stage.ROLLING_BACK:
            return "Keep the new password after all?"
        case _:
            return "Set the old password again on both sides?"
