"""What a Schedule screen shows, held against the answers: only where a machine can look, in the sandbox."""

from __future__ import annotations

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.checks.common import click_path, shown_on_screen
from cxr_tui.guide.checks.sandbox_screen import Wrong, match_screen
from cxr_tui.guide.definition import Check
from cxr_tui.guide.forms.connect_job import OF_AUDIENCE
from cxr_tui.guide.forms.schedule import NEVER, schedule_keys

_NO_EXPIRATION = Wrong(
    "no-expiration", "A job without an expiration cannot be activated. A job that expires is deleted for good."
)


async def judge_schedule_screen(c: Check, visit: Visit, *, status: bool) -> None:
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
