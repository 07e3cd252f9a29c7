"""What a screen holds against what it should hold, where a machine can look at screens: in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cxr_tui.guide.evidence import click_path, shown_by_operator
from cxr_tui.guide.step import Check
from cxr_tui.model.foreign import visible
from cxr_tui.model.values import Value
from cxr_tui.model.visit import Carried, FileRef, SecretRef, Visit


class Wrong(NamedTuple):
    """The code of a finding and what it would lead to."""

    code: str
    why: str


_DIFFERS = Wrong("screen-differs", "The job works with what its screen holds, not with what is written here.")


async def match_screen(c: Check, visit: Visit, codes: Mapping[str, Wrong] | None = None) -> bool:
    """Compare what a visit enters with what its screen shows now; return whether a look was possible.

    Each label that differs is a `fail` under its code in `codes`, else `screen-differs`. Labels that the screen does
    not show are left alone, and against the real products, where only a person can look, nothing is reported.
    """
    shown = await shown_by_operator(c, visit.site, visit.path)
    if not shown:
        return False
    compared, wrong = 0, 0
    for label, entered in visit.entries.items():
        if label not in shown or isinstance(entered, SecretRef | FileRef | Carried):
            continue
        compared += 1
        if not _same(entered, shown[label]):
            wrong += 1
            code, why = (codes or {}).get(label, _DIFFERS)
            c.report.fail(
                code,
                f"{click_path(visit)} shows {label}: {_words(shown[label])}; {_words(entered)} is wanted.",
                why,
                f"Open {click_path(visit)}, set {label} to {_words(entered)}, and save.",
            )
    if compared and not wrong:
        c.report.passed("screen-matches", f"{click_path(visit)} shows what is written here ({compared} values).")
    return bool(compared)


def _same(wanted: Value, found: Value) -> bool:
    if isinstance(wanted, list) and isinstance(found, list):
        return sorted(wanted) == sorted(found)
    if isinstance(wanted, dict) or isinstance(found, dict):
        return wanted == found
    return str(wanted).strip() == str(found).strip()


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return "ticked" if value else "not ticked"
    if isinstance(value, list):
        return visible(", ".join(value))
    return f'"{visible(str(value), 120)}"'
