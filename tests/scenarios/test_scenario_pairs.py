"""Two faults at once, over real sockets: a sample of the pairs; `tools.pairs_of_scenarios` takes them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.pairs import NEVER_TOGETHER, SAME_STEP, STEP_OF, pairs_at_different_steps, rehearse_both

SAMPLE = (
    ("wrong-login-host", "key-weak"),
    ("account-name-mismatch", "missing-list-role"),
    ("user-locale", "integration-not-enabled"),
    ("organization-not-root", "column-type-mismatch"),
    ("temporary-password", "header-off"),
    ("key-mismatch", "file-wrong-recipient"),
    ("insert-irreversible", "rows-rejected"),
    ("wrong-login-host", "user-locale"),
    ("wrong-login-host", "job-inactive"),
    ("password-expired", "password-locked"),
    ("missing-list-role", "extra-role"),
    ("match-column-absent", "column-type-mismatch"),
    ("private-key-file", "key-expired"),
)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("pair", SAMPLE, ids=lambda pair: "+".join(pair))
def test_both_are_named(tmp_path: Path, pair: tuple[str, str]) -> None:
    result = rehearse_both(pair, tmp_path)
    assert result.missing == (), result.words
    assert result.code == 1
    assert result.strange == ()


def test_the_table_of_pairs_is_whole() -> None:
    assert len(STEP_OF) == 58
    assert len(SAME_STEP) == len(set(SAME_STEP)) == 19
    assert all(STEP_OF[one] == STEP_OF[other] for one, other in SAME_STEP)
    different = pairs_at_different_steps()
    assert len(different) > 1300
    assert all(STEP_OF[one] != STEP_OF[other] for one, other in different)
    assert all(reason.endswith(".") for reason in NEVER_TOGETHER.values())
