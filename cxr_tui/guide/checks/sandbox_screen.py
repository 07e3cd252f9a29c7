"""What only the sandbox's operator can see: the products' screens as they are now, compared with what they should show.

With the real products only a person can look, so that everything here finds nothing then and adds no finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.certainty import Ground, ground_of
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.instruction import Carried, FileRef, SecretRef, Site, Visit, VisitRefusedError
from cxr_tui.domain.text import quoted, visible
from cxr_tui.guide.checks.common import report_error
from cxr_tui.guide.definition import Check
from cxr_tui.guide.forms.connect_job import OF_AUDIENCE
from cxr_tui.guide.forms.schedule import NEVER, schedule_keys
from cxr_tui.guide.screens import CX_AUDIENCE_SETTINGS

ENABLED = "Enable Responsys and CX Audience Integration"


async def shown_on_screen(c: Check, site: Site, path: Sequence[str]) -> Mapping[str, Value] | None:
    """Return what a screen shows now, by label; None under real conditions, where only a person can look.

    Empty where there is no such screen, such as that of a job that does not exist. Where looking failed: None, and a
    finding says so.
    """
    if c.world.screens is None:
        return None
    try:
        return await c.world.screens.look(site, tuple(path))
    except VisitRefusedError:
        return {}
    except OutsideError as error:
        report_error(c.report, error, f"Looking at {' > '.join(path)}")
        return None


def click_path(visit: Visit) -> str:
    """Return a visit's click path in one line, for remedies."""
    return " > ".join(visit.path)


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


_NO_EXPIRATION = Wrong(
    "no-expiration", "A job without an expiration cannot be activated. A job that expires is deleted for good."
)


async def check_schedule_screen(c: Check, visit: Visit, *, status: bool) -> None:
    """Say where no expiration was set, and with `status` also where the job was saved but not activated.

    Without it, for where something better than the screen tells whether the job is active.
    """
    shown = await shown_on_screen(c, visit.site, visit.path)
    if not shown:
        return
    if not str(shown.get("Expiration", "")).strip():
        ground = OF_AUDIENCE if visit.site is Site.AUDIENCE else None
        await match_screen(c, visit, {"Expiration": _NO_EXPIRATION._replace(ground=ground)})
    # Without an expiration nothing can be activated: then that is what has to be said, once.
    if status and str(shown.get("Status", "Active")) == "Inactive" and not c.report.found(_NO_EXPIRATION.code):
        c.report.fail(
            "job-inactive",
            f"{click_path(visit)} shows Status: Inactive.",
            "An inactive job never runs. Save keeps it as a draft; only Activate starts it.",
            f"Open {click_path(visit)}, press Activate, then Save & Close.",
        )


async def shown_schedule(c: Check, step_id: str, visit: Visit) -> Known | None:
    """Return the answers of a schedule step as the screen really holds them; None where nobody can look."""
    shown = await shown_on_screen(c, visit.site, visit.path)
    if not shown or "Time" not in shown or "Date" not in shown:
        return None
    values: dict[str, Value] = {}
    for key in schedule_keys(step_id):
        value = c.known.value(key)
        if value is not None:
            values[key] = value
    screen = {
        "date": str(shown["Date"]),
        "time": str(shown["Time"]),
        "schedule": "once" if shown.get("Schedule") == "Run once" else "daily",
        "end_date": "" if shown.get("End date", "") == "No end date" else str(shown.get("End date", "")),
        "expiration": NEVER if shown.get("Expiration") == "Never expire" else str(shown.get("Expiration", "")),
        "every_days": str(shown.get("Every _ days", "") or "1"),
    }
    return Known({**values, **{f"{step_id}.{name}": value for name, value in screen.items()}})
