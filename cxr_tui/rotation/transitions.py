"""The transitions between the stages of a rotation. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from cxr_tui.integration.rotation_state import RefusalStreak, Rotation, Stage, refusals_until_lockout

_MOVES: Mapping[Stage | None, frozenset[Stage]] = {
    None: frozenset({Stage.PREPARED}),
    Stage.PREPARED: frozenset({Stage.IN_RESPONSYS, Stage.CHANGED, Stage.ABORTED}),
    Stage.IN_RESPONSYS: frozenset({Stage.IN_AUDIENCE, Stage.ROLLING_BACK}),
    Stage.IN_AUDIENCE: frozenset({Stage.PROMOTED, Stage.ROLLING_BACK}),
    Stage.CHANGED: frozenset({Stage.PROMOTED, Stage.ROLLING_BACK}),
    Stage.PROMOTED: frozenset({Stage.DONE, Stage.PREPARED}),
    Stage.ROLLING_BACK: frozenset(
        {
            Stage.BACK_IN_RESPONSYS,
            Stage.ROLLED_BACK,
            Stage.IN_RESPONSYS,
            Stage.IN_AUDIENCE,
            Stage.CHANGED,
        }
    ),
    Stage.BACK_IN_RESPONSYS: frozenset({Stage.ROLLED_BACK}),
    Stage.DONE: frozenset({Stage.PREPARED}),
    Stage.ABORTED: frozenset({Stage.PREPARED}),
    Stage.ROLLED_BACK: frozenset({Stage.PREPARED}),
}


class MoveError(RuntimeError):
    """A transition that does not exist: a bug of this program."""


def require_move(before: Stage | None, after: Stage) -> None:
    """Raise MoveError if a rotation cannot go from one stage to the other."""
    if after not in _MOVES[before]:
        raise MoveError(f"a rotation does not go from {before.value if before else 'nothing'} to {after.value}")


def candidates(rotation: Rotation, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the items to try, in order, without those that cannot have become active since they were refused.

    The password that was active when the stage began cannot become active again; the other one can, however often it
    was refused before.
    """
    stays = rotation.item if rotation.stage is Stage.PREPARED else rotation.next
    return tuple(item for item in wanted if item != stays or not rotation.refused_for(item))


def attempt_allowed(rotation: Rotation, streak: RefusalStreak, now: datetime) -> bool:
    """Return whether one more refused login is harmless: at most two per rotation, never the fifth in a row."""
    return rotation.left > 0 and refusals_until_lockout(streak, now) > 1


def forward(*, shared_with_audience: bool) -> tuple[Stage, ...]:
    """Return the stages of a successful rotation."""
    changed = (Stage.IN_RESPONSYS, Stage.IN_AUDIENCE) if shared_with_audience else (Stage.CHANGED,)
    return (Stage.PREPARED, *changed, Stage.PROMOTED, Stage.DONE)
