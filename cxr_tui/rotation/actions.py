"""What can sensibly be done at a rotation right now, and what it is called; the same for every front end. Pure."""

from __future__ import annotations

from enum import StrEnum

from cxr_tui.integration.rotation_state import Stage
from cxr_tui.rotation.status import RotationStatus


class RotationAction(StrEnum):
    """One thing that a person can do with a rotation."""

    GO_ON = "go_on"
    """Begin; or confirm that the person's part is done, and have it verified."""
    OPERATE = "operate"
    """In a sandbox: have the visits made, and go on to the end."""
    USE_SECRET = "use_secret"  # nosec B105  # noqa: S105 - an act, not a secret
    """Look at or copy the secret that is to be entered."""
    GO_BACK = "go_back"
    """Give up before the change, set the old one again after it, or keep the new one after all."""
    OWN = "own"
    """Begin with a new one of one's own."""
    RULES = "rules"
    """Enter what the account demands of a password."""
    ANEW = "anew"
    """A reset has set it again: allow two more login tries."""


_REVERSIBLE = (Stage.PREPARED, Stage.IN_RESPONSYS, Stage.IN_AUDIENCE, Stage.CHANGED, Stage.ROLLING_BACK)
_UNSURE = (Stage.PREPARED, Stage.ROLLING_BACK)


def available_actions(status: RotationStatus, *, sandboxed: bool) -> frozenset[RotationAction]:
    """Return what makes sense at this moment of a rotation."""
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
        acts.add(RotationAction.ANEW)
    return frozenset(acts)


def go_on_words(status: RotationStatus) -> str:
    """Return what going on is called now."""
    if status.rotation is None or not status.rotation.open:
        return "Begin"
    return "Look again" if status.rotation.stage is Stage.PROMOTED else "It is done"


def go_back_words(status: RotationStatus) -> str:
    """Return what going back is called now."""
    match status.rotation.stage if status.rotation else None:
        case Stage.PREPARED:
            return "Give up"
        case Stage.ROLLING_BACK:
            return "Keep new"
        case _:
            return "Go back"


def go_back_question(status: RotationStatus) -> str:
    """Return what is asked once before going back."""
    match status.rotation.stage if status.rotation else None:
        case None:
            return ""
        case Stage.PREPARED:
            return "Was nothing changed in Responsys yet?"
        case Stage.ROLLING_BACK:
            return "Keep the new one after all?"
        case _:
            return "Set the old one again on both sides?"
