"""How an act of a rotation ended, for the screen, the command line and scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import Visit
from cxr_tui.journal.rotations import Rotation, Stage
from cxr_tui.rotation.instructions import Instruction
from cxr_tui.rotation.managed_secrets import HeldSecret
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
class Passed:
    """One stage as it stands: passed with or without evidence, where it is now, or still ahead."""

    stage: Stage
    state: str
    """`verified`, `confirmed`, `recorded` (a thing of this program alone), `now` or `ahead`."""
    at: str = ""
    """When it was reached, ISO 8601."""


@dataclass(frozen=True)
class Told:
    """Where the rotation is and what the last act found."""

    held: HeldSecret
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
        settled = rotation is not None and (rotation.stage is Stage.PROMOTED or rotation.stage.closed)
        return settled and not self.failed and rotation is not None and not (rotation.one_sided or rotation.kept)


def passed(rotation: Rotation | None, held: HeldSecret) -> tuple[Passed, ...]:
    """Return every stage of the way, and the way back where it was taken."""
    if rotation is None:
        return ()
    reached = dict(rotation.history)
    way = forward(two_sided=held.two_sided)
    stages = [stage for stage in way if stage in reached or rotation.stage in way]
    stages += [stage for stage in _BACKWARD if stage in reached]
    return tuple(Passed(stage, _state(stage, rotation, reached), _at(stage, reached)) for stage in stages)


def _state(stage: Stage, rotation: Rotation, reached: dict[Stage, Any]) -> str:
    if stage not in reached:
        return "ahead"
    if stage in (Stage.IN_RESPONSYS, Stage.CHANGED, Stage.BACK_IN_RESPONSYS):
        return "verified"
    if stage is Stage.IN_AUDIENCE:
        return rotation.audience or "confirmed"
    return "now" if stage is rotation.stage and rotation.open else "recorded"


def _at(stage: Stage, reached: dict[Stage, Any]) -> str:
    return reached[stage].isoformat(timespec="seconds") if stage in reached else ""


def document(told: Told, integration: str) -> dict[str, Any]:
    """Return the JSON-able document of `rotate`; it holds names of keyring items, never what lies there."""
    rotation, todo = told.rotation, told.todo
    return {
        "integration": integration,
        "item": told.held.item,
        "state": told.state,
        "steps": [
            {"id": one.stage.value, "state": one.state, "at": one.at or None} for one in passed(rotation, told.held)
        ],
        "findings": [
            {"code": one.code, "status": one.status.value, "seen": one.seen, "why": one.why, "remedy": one.remedy}
            for one in told.findings
        ],
        "tries_left": rotation.left if rotation and rotation.open else None,
        "todo": None
        if todo is None
        else {
            "title": todo.title,
            "whose": todo.whose,
            "lines": list(todo.lines) or [visit_line(visit) for visit in todo.visits],
            "then": todo.then,
            "secret": todo.secret or None,
        },
        "ok": told.ok,
    }


def visit_line(visit: Visit) -> str:
    """Return a visit in one line."""
    buttons = f", press {', '.join(visit.press)}" if visit.press else ""
    return f"{visit.site.value}: {' > '.join(visit.clicks)}{buttons}"
