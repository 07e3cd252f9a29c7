"""Two faults planted at once: which pairs there are, and whether a rehearsal names both."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from cxr_tui.guide.registry import GUIDE
from scenarios.table_first_half import NOBODY_CAN_MEND
from scenarios.table_first_half import TRAPS as FIRST
from scenarios.test_scenarios_second_half import TRAPS as SECOND
from support.processes.preloaded_python import cxr_tui

STEP_OF: dict[str, str] = {
    **{trap.code: trap.step for trap in FIRST if not trap.variant_of},
    **{trap.code: trap.step for trap in SECOND},
}
"""Where each fault is named. The one that stays invisible is not among them."""

ALSO_AT = {
    # Another fault may bring the wizard back to the form itself, and there it is seen first.
    "user-locale": "add-user",
    "user-email-mismatch": "add-user",
}

PROOF_AT = {"role-assignment": "first-password", "organization-assignment": "first-password"}
"""Evidence for these steps comes with a later one."""

NEVER_TOGETHER = {
    frozenset({"wrong-login-host", "temporary-password"}): (
        "Once the host is put right, the password is reset, which replaces the temporary one."
    ),
}

SAME_STEP = (
    ("wrong-login-host", "account-name-mismatch"),
    ("temporary-password", "password-expired"),
    ("password-expired", "password-locked"),
    ("password-characters", "api-disabled"),
    ("api-disabled", "ip-restricted"),
    ("throttled", "service-fault"),
    ("user-email-mismatch", "user-locale"),
    ("account-name-mismatch", "user-locale"),
    ("missing-list-role", "extra-role"),
    ("missing-table-role", "extra-role"),
    ("list-missing", "match-column-empty"),
    ("match-column-absent", "column-type-mismatch"),
    ("integration-not-enabled", "list-missing"),
    ("private-key-file", "key-expired"),
    ("not-a-key-file", "key-announces-aead"),
    ("key-weak", "key-cannot-encrypt"),
    ("header-off", "enclosure-on"),
    ("job-name-invalid", "list-empty"),
    ("match-column-differs", "mapping-wrong"),
)
"""Twenty pairs at one step each."""


class Told(NamedTuple):
    """What a rehearsal with two faults told."""

    pair: tuple[str, str]
    code: int
    missing: tuple[str, ...]
    """Faults that were not named at their step."""
    strange: tuple[str, ...]
    """Failures, as `step/code`, that are neither."""
    words: str
    """The end of what it said, where something is missing."""

    @property
    def both(self) -> bool:
        return self.code in (0, 1) and not self.missing


def pairs_at_different_steps() -> list[tuple[str, str]]:
    """Return every pair that can occur together: what nobody can mend lets nothing later happen."""
    return [
        (one, other)
        for one, other in combinations(STEP_OF, 2)
        if STEP_OF[one] != STEP_OF[other]
        and not NOBODY_CAN_MEND & {one, other}
        and frozenset({one, other}) not in NEVER_TOGETHER
    ]


def rehearse_both(pair: tuple[str, str], home: Path) -> Told:
    """Rehearse with both faults planted, up to the later of their steps."""
    steps = [PROOF_AT.get(STEP_OF[code], STEP_OF[code]) for code in pair]
    until = max(steps, key=GUIDE.number)
    planted = [word for code in pair for word in ("--scenario", code)]
    ended = cxr_tui(
        "rehearse", "--screens", "--people", "60", "--until", until, *planted, "--json", home=home, limit=300
    )
    if ended.code not in (0, 1):
        return Told(pair, ended.code, pair, (), ended.err[-1500:])
    seen = {
        (step["id"], one["code"]): one["status"]
        for step in ended.document["steps"]
        for one in step["findings"]
        if one["status"] in ("fail", "warn", "unknown")
    }
    missing = tuple(code for code in pair if not {(STEP_OF[code], code), (ALSO_AT.get(code, ""), code)} & set(seen))
    strange = tuple(f"{step}/{code}" for (step, code), status in seen.items() if status == "fail" and code not in pair)
    return Told(pair, ended.code, missing, strange, ended.err[-1500:] if missing else "")
