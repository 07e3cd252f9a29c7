"""Entries that have one right value: the one that the step suggests."""

from __future__ import annotations

from cxr_tui.domain.certainty import ground_of
from cxr_tui.domain.finding import Fix
from cxr_tui.guide.definition import Check, Step


def check_entries(c: Check, step: Step) -> None:
    """Report, for every field that declares a mismatch, whether its suggested value is entered."""
    for field in step.fields:
        if (wrong := field.mismatch) is None:
            continue
        key = step.key(field.name)
        given, wanted = field.entry(c.known, key), field.proposal(c.known)
        ground = wrong.ground or ground_of(wrong.code)
        if given == wanted:
            seen = f"{field.label} is selected." if wanted is True else f"{field.label}: {wanted}."
            c.report.passed(field.name.replace("_", "-"), f"Entered: {seen}", ground=ground)
        elif wanted is True:
            seen, fix = f"{field.label} is not selected.", Fix("Select it", {key: True})
            c.report.fail(wrong.code, seen, wrong.why, f"Select {field.label}.", fix, ground=ground)
        elif wanted is not None:
            seen, fix = f"{field.label} is {given}, not {wanted}.", Fix(f"Use {wanted}", {key: wanted})
            c.report.fail(wrong.code, seen, wrong.why, f"Select {wanted}.", fix, ground=ground)
