"""The status of a rotation after an act, for the screen, the command line and scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import Visit
from cxr_tui.integration.rotation_state import Rotation, Stage
from cxr_tui.rotation.instructions import Instruction
from cxr_tui.rotation.managed_secrets import ManagedSecret
from cxr_tui.rotation.transitions import forward

NONE = "none"

_BACKWARD = (Stage.ROLLING_BACK, Stage.BACK_IN_RESPONSYS, Stage.ROLLED_BACK, Stage.ABORTED)

STAGE_WORDS = {
    Stage.PREPARED: "New one prepared, beside the old one",
    Stage.IN_RESPONSYS: "Changed in Responsys",
    Stage.IN_AUDIENCE: "Changed in CX Audience",
    Stage.CHANGED: "Changed",
    Stage.PROMOTED: "The new one is current here; the old one is kept",
    Stage.DONE: "Done; the old one is removed",
    Stage.ABORTED: "Given up before the change",
    Stage.ROLLING_BACK: "Going back: the old one is to be set again",
    Stage.BACK_IN_RESPONSYS: "The old one is back in Responsys",
    Stage.ROLLED_BACK: "Rolled back; the old one is in force on both sides",
}


@dataclass(frozen=True)
class StageProgress:
    """One stage as it stands: passed with or without evidence, where it is now, or still ahead."""

    stage: Stage
    state: str
    """`verified`, `confirmed`, `recorded` (a thing of this program alone), `now` or `ahead`."""
    at: str = ""
    """When it was reached, ISO 8601."""


@dataclass(frozen=True)
class RotationStatus:
    """Where the rotation is and what the last act found."""

    secret: ManagedSecret
    rotation: Rotation | None
    findings: tuple[Finding, ...] = ()
    todo: Instruction | None = None

    @property
    def state(self) -> str:
        """The stage as scripts know it."""
        return self.rotation.stage.value if self.rotation else NONE

    @property
    def failed(self) -> bool:
        """Whether something was found wrong, or could not be looked at."""
        return any(one.status in (Status.FAIL, Status.UNKNOWN) for one in self.findings)

    @property
    def ok(self) -> bool:
        """Whether both sides hold the same password as far as is known, and nothing is left for a person to do."""
        rotation = self.rotation
        if rotation is None or self.failed or rotation.one_sided or rotation.new_retained:
            return False
        return rotation.stage is Stage.PROMOTED or not rotation.open

    @property
    def stages(self) -> tuple[StageProgress, ...]:
        """Every stage of the way, and the way back where it was taken."""
        if self.rotation is None:
            return ()
        reached = dict(self.rotation.history)
        way = forward(shared_with_audience=self.secret.shared_with_audience)
        stages = [stage for stage in way if stage in reached or self.rotation.stage in way]
        stages += [stage for stage in _BACKWARD if stage in reached]
        return tuple(_progress(stage, self.rotation, reached.get(stage)) for stage in stages)

    def to_json(self, integration: str) -> dict[str, Any]:
        """Return the JSON-able document of `rotate`; it holds names of keyring items, never a secret."""
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
    buttons = f", press {', '.join(visit.press)}" if visit.press else ""
    return f"{visit.site.value}: {' > '.join(visit.clicks)}{buttons}"
