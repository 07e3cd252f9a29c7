"""The status of a rotation after an action, and the actions that are available then. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import Instruction, Visit
from cxr_tui.integration.rotation_state import Rotation, Stage
from cxr_tui.rotation.managed_secrets import ManagedSecret
from cxr_tui.rotation.transitions import forward

NONE = "none"

_BACKWARD = (Stage.ROLLING_BACK, Stage.BACK_IN_RESPONSYS, Stage.ROLLED_BACK, Stage.ABORTED)

STAGE_WORDS = {
    Stage.PREPARED: "New password prepared; old password kept",
    Stage.IN_RESPONSYS: "Changed in Responsys",
    Stage.IN_AUDIENCE: "Changed in CX Audience",
    Stage.CHANGED: "Changed",
    Stage.PROMOTED: "New password is current here; old password kept",
    Stage.DONE: "Done; old password removed",
    Stage.ABORTED: "Canceled before the change",
    Stage.ROLLING_BACK: "Going back: set the old password again",
    Stage.BACK_IN_RESPONSYS: "Old password is active again in Responsys",
    Stage.ROLLED_BACK: "Rolled back; old password is active on both sides",
}


@dataclass(frozen=True)
class StageProgress:
    """One stage: passed with or without evidence, current, or still ahead."""

    stage: Stage
    state: str
    """`verified`, `confirmed`, `recorded` (concerns only this program), `now` or `ahead`."""
    at: str = ""
    """Time, ISO 8601."""


@dataclass(frozen=True)
class RotationStatus:
    """The stage of the rotation, and the findings of the last action."""

    secret: ManagedSecret
    rotation: Rotation | None
    findings: tuple[Finding, ...] = ()
    todo: Instruction | None = None

    @property
    def state(self) -> str:
        """The stage, for scripts."""
        return self.rotation.stage.value if self.rotation else NONE

    @property
    def failed(self) -> bool:
        """Whether a finding failed or is unknown."""
        return any(one.status in (Status.FAIL, Status.UNKNOWN) for one in self.findings)

    @property
    def ok(self) -> bool:
        """Whether both sides have the same password, as far as known, and no action is needed."""
        rotation = self.rotation
        if rotation is None or self.failed or rotation.one_sided or rotation.new_retained:
            return False
        return rotation.stage is Stage.PROMOTED or not rotation.open

    @property
    def stages(self) -> tuple[StageProgress, ...]:
        """All stages, and the way back if it was taken; before the first rotation, the way ahead."""
        way = forward(shared_with_audience=self.secret.shared_with_audience)
        if self.rotation is None:
            return tuple(StageProgress(stage, "ahead") for stage in way)
        reached = dict(self.rotation.history)
        stages = [stage for stage in way if stage in reached or self.rotation.stage in way]
        stages += [stage for stage in _BACKWARD if stage in reached]
        return tuple(_progress(stage, self.rotation, reached.get(stage)) for stage in stages)

    def to_json(self, integration: str) -> dict[str, Any]:
        """Return the JSON document of `rotate`; it has names of keyring items, never a secret."""
        rotation, todo = self.rotation, self.todo
        return {
            "integration": integration,
            "item": self.secret.item,
            "state": self.state,
            "steps": [{"id": one.stage.value, "state": one.state, "at": one.at or None} for one in self.stages],
            "findings": [one.document() for one in self.findings],
            "tries_left": rotation.left if rotation and rotation.open else None,
            "todo": None
            if todo is None
            else {
                "title": todo.title,
                "whose": todo.actor,
                "lines": list(todo.lines) or [visit_line(visit) for visit in todo.visits],
                "then": todo.next_step,
                "secret": todo.secret or None,
            },
            "ok": self.ok,
        }


def _progress(stage: Stage, rotation: Rotation, at: datetime | None) -> StageProgress:
    if at is None:
        return StageProgress(stage, "ahead")
    if stage in (Stage.IN_RESPONSYS, Stage.CHANGED, Stage.BACK_IN_RESPONSYS):
        state = "verified"
    elif stage is Stage.IN_AUDIENCE:
        state = rotation.audience or "confirmed"
    else:
        state = "now" if stage is rotation.stage and rotation.open else "recorded"
    return StageProgress(stage, state, at.isoformat(timespec="seconds"))


def visit_line(visit: Visit) -> str:
    """Return a visit in one line."""
    buttons = f", click {', '.join(visit.press)}" if visit.press else ""
    return f"{visit.site.value}: {' > '.join(visit.clicks)}{buttons}"


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
        acts.add(RotationAction.OWN)
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


_GO_BACK = {
    Stage.PREPARED: ("Cancel", "Cancel? Only if nothing was changed in Responsys yet."),
    Stage.ROLLING_BACK: ("Keep new", "Keep the new password after all?"),
}


def go_back_words(status: RotationStatus) -> tuple[str, str]:
    """Return the label of going back, and the question before it."""
    words = "Go back", "Set the old password again on both sides?"
    return _GO_BACK.get(status.rotation.stage, words) if status.rotation else words
