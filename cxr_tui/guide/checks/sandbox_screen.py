"""What a screen holds against what it should hold, where a machine can look at screens: in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cxr_tui.domain.answers import Value
from cxr_tui.domain.certainty import Ground, ground_of
from cxr_tui.domain.instruction import Carried, FileRef, SecretRef, Site, Visit
from cxr_tui.domain.text import quoted, visible
from cxr_tui.guide.checks.common import click_path, shown_on_screen
from cxr_tui.guide.definition import Check
from cxr_tui.guide.screens import CX_AUDIENCE_SETTINGS

ENABLED = "Enable Responsys and CX Audience Integration"


class Wrong(NamedTuple):
    """The code of a finding and what it would lead to."""

    code: str
    why: str
    ground: Ground | None = None
    """How certain it is, where that is not what the table has for its code."""


async def match_screen(c: Check, visit: Visit, codes: Mapping[str, Wrong]) -> None:
    """Compare what a visit enters with what its screen shows now, for the labels in `codes`.

    Only labels whose slip this very step has to name are compared: what a later step sees by real evidence (a file, a
    run, a person's record) is left to it, so that a rehearsal shows what would happen with the real products. There,
    only a person can look at screens, and nothing is reported.
    """
    shown = await shown_on_screen(c, visit.site, visit.path)
    if not shown:
        return
    equal: list[str] = []
    for label, wrong in codes.items():
        entered = visit.entries.get(label)
        if label not in shown or entered is None or isinstance(entered, SecretRef | FileRef | Carried):
            continue
        if _same(entered, shown[label]):
            equal.append(label)
            continue
        c.report.fail(
            wrong.code,
            f"{click_path(visit)} shows {label}: {_words(shown[label])}; {_words(entered)} is wanted.",
            wrong.why,
            f"Open {click_path(visit)}, {_order(label, entered)}, and save.",
            ground=wrong.ground or ground_of(wrong.code),
        )
    if equal:
        c.report.passed("screen-matches", f"{click_path(visit)} shows what is written here: {', '.join(equal)}.")


def _order(label: str, value: Value) -> str:
    if isinstance(value, bool):
        return f"{'tick' if value else 'untick'} {label}"
    return f"set {label} to {_words(value)}"


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
    return quoted(str(value), 120)


async def box_shown(c: Check) -> bool | None:
    """Return how the saved box stands, None where only a person can look; adds the finding."""
    page = await shown_on_screen(c, Site.RESPONSYS, CX_AUDIENCE_SETTINGS)
    if page is None:
        return None
    if page.get(ENABLED) is True:
        c.report.passed("integration-enabled", f"{ENABLED}: ticked and saved.")
        return True
    c.report.fail(
        "integration-not-enabled",
        f"{ENABLED}: not ticked, or not saved.",
        "The integration does not work until it is enabled in Responsys.",
        f"{' > '.join(CX_AUDIENCE_SETTINGS)}: tick {ENABLED} and press Save (step 7), then go on.",
        at="cx-audience-settings",
    )
    return False
