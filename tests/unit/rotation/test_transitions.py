"""The transitions between the stages of a rotation, and which login it may still try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cxr_tui.domain.errors import LOCK_LASTS, LOCKING_REFUSALS
from cxr_tui.domain.login_endings import Result
from cxr_tui.integration.rotation_state import RefusalStreak, Rotation, Stage, Try
from cxr_tui.rotation.transitions import MoveError, attempt_allowed, candidates, forward, require_move

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ITEM = "responsys-password"
OLD, NEW = ITEM, f"{ITEM}.next"


def rotation(stage: Stage, *refused: str, before: int = 0) -> Rotation:
    tries = tuple(Try(item, NOW, Result.REFUSED) for item in refused)
    return Rotation(ITEM, 1, stage, NOW, NOW, tries=tries, tries_before_stage=before)


@pytest.mark.parametrize(
    ("stage", "refused", "left"),
    [
        (Stage.PREPARED, [], [OLD, NEW]),
        (Stage.PREPARED, [OLD], [NEW]),  # once refused, the old one is gone for good
        (Stage.PREPARED, [NEW], [OLD, NEW]),  # the new one may have been set since
        (Stage.ROLLING_BACK, [NEW], [OLD]),
        (Stage.ROLLING_BACK, [OLD], [OLD, NEW]),
        (Stage.ROLLING_BACK, [OLD, NEW], [OLD]),
    ],
)
def test_a_password_that_cannot_have_become_active_is_not_tried_again(
    stage: Stage, refused: list[str], left: list[str]
) -> None:
    assert candidates(rotation(stage, *refused), [OLD, NEW]) == tuple(left)


def test_a_refusal_before_the_stage_began_says_nothing_about_it() -> None:
    assert candidates(rotation(Stage.ROLLING_BACK, NEW, before=1), [OLD, NEW]) == (OLD, NEW)


@pytest.mark.parametrize(
    ("refused_here", "in_a_row", "ago", "allowed"),
    [
        (0, 0, timedelta(), True),
        (1, 1, timedelta(), True),
        (2, 2, timedelta(), False),  # two per rotation
        (0, LOCKING_REFUSALS - 2, timedelta(), True),
        (0, LOCKING_REFUSALS - 1, timedelta(), False),  # the next refusal would lock the user
        (0, LOCKING_REFUSALS, timedelta(), False),
        (0, LOCKING_REFUSALS - 1, LOCK_LASTS - timedelta(seconds=1), False),
        (0, LOCKING_REFUSALS - 1, LOCK_LASTS, True),  # a lock ends by then, and the count with it
    ],
)
def test_no_login_is_tried_that_could_lock_the_user(
    refused_here: int, in_a_row: int, ago: timedelta, allowed: bool
) -> None:
    now = rotation(Stage.PREPARED, *[NEW] * refused_here)
    assert attempt_allowed(now, RefusalStreak(in_a_row, NOW - ago), NOW) is allowed


def test_a_password_of_both_products_is_changed_in_both_and_any_other_in_one_place() -> None:
    ends = (Stage.PROMOTED, Stage.DONE)
    assert forward(shared_with_audience=True) == (Stage.PREPARED, Stage.IN_RESPONSYS, Stage.IN_AUDIENCE, *ends)
    assert forward(shared_with_audience=False) == (Stage.PREPARED, Stage.CHANGED, *ends)


@pytest.mark.parametrize("shared", [True, False])
def test_each_stage_leads_to_the_next_and_no_further(shared: bool) -> None:
    stages = forward(shared_with_audience=shared)
    for at, stage in enumerate(stages):
        require_move(stages[at - 1] if at else None, stage)
        for later in stages[at + 2 :]:
            with pytest.raises(MoveError, match=f"from {stage.value} to {later.value}"):
                require_move(stage, later)
    with pytest.raises(MoveError, match="from nothing to done"):
        require_move(None, Stage.DONE)


@pytest.mark.parametrize("ended", [stage for stage in Stage if stage.closed])
def test_after_the_end_only_a_new_rotation_begins(ended: Stage) -> None:
    require_move(ended, Stage.PREPARED)
    for other in set(Stage) - {Stage.PREPARED}:
        with pytest.raises(MoveError):
            require_move(ended, other)
