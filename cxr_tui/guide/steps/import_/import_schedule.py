"""Step 24, Schedule of the import job: after the export with a gap, because both start at a random minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.schedule import Frequency, Schedule
from cxr_tui.domain.text import duration
from cxr_tui.guide.checks.sandbox_screen import shown_schedule
from cxr_tui.guide.definition import Check, Note, Part, Product, Step
from cxr_tui.guide.forms.connect_job import IMPORT_JOB
from cxr_tui.guide.forms.schedule import (
    PLANNED,
    SOURCE,
    check_schedule,
    gap_before,
    local_slot,
    planned_key,
    read_schedule,
    readable_schedule,
    schedule_fields,
    schedule_keys,
    schedule_visit,
)

ID = "import-schedule"

MINIMUM_GAP = timedelta(minutes=30)
"""Least time from the end of the export's slot to the start of the import's: an export takes some minutes."""
_BEFORE = timedelta(hours=12)
"""A daily import later than this after the export is closer to the next export: it runs before an export."""


async def _check(c: Check) -> Outcome:
    schedule, now = check_schedule(c, ID, IMPORT_JOB), c.world.now()
    try:
        export = read_schedule(c.known, "export-schedule")
    except ValueError as error:
        c.report.unknown("export-schedule-unreadable", str(error), "The gap is unknown.", "Correct step 16.")
        return c.report.confirmable()
    if schedule is None:
        return c.report.confirmable()
    lead, wrong = "", _wrong_gap(schedule, export, now)
    if not wrong and (shown := await shown_schedule(c, ID, schedule_visit(c.known, ID, IMPORT_JOB))) is not None:
        lead = "The Schedule screen shows another time than your entries. "
        wrong = _wrong_gap(on_screen, export, now) if (on_screen := readable_schedule(shown, ID)) else ""
    if wrong:
        c.report.fail(
            "import-before-export",
            f"{lead}{wrong}",
            "Both jobs probably start at a random minute of their quarter hour, and the export takes a while. The "
            "import may find an old file, an unfinished file or none.",
            f"Start the import at least {duration(MINIMUM_GAP)}, better an hour or two, after the export's slot ends.",
            identity="the two schedules",  # the slots in `seen` move from day to day
        )
        return c.report.confirmable()
    slot = schedule.next_slot(now) or schedule.last_slot(now)
    if slot is not None and (before := gap_before(slot, export)) is not None:
        c.report.entered("gap", f"the import starts {duration(before[1])} after the export's slot ends.")
    rarer = export.frequency is Frequency.ONCE or schedule.every_days < export.every_days
    if schedule.frequency is Frequency.DAILY and rarer:
        c.report.warn(
            "imports-outnumber-exports",
            "The import runs more often than the export.",
            "A run without a new file probably fails, because an import moves or removes the file it has fetched.",
            "Use the same interval for both jobs.",
        )
    return c.report.confirmable()


def _wrong_gap(schedule: Schedule, export: Schedule, now: datetime) -> str:
    """Return what is wrong with the time of the next import, or else the last one; empty: nothing."""
    slot = schedule.next_slot(now) or schedule.last_slot(now)
    if slot is None:
        return ""
    starts = f"The import starts within {local_slot(schedule, slot)}"
    before = gap_before(slot, export)
    if before is None:
        return f"{starts}, before the first export ({local_slot(export, export.slot_on(export.first))})."
    newest, gap = before
    if gap < MINIMUM_GAP:
        short = "during the export's slot" if gap <= timedelta(0) else f"only {duration(gap)} after the export's slot"
        return f"{starts}, {short} ({local_slot(export, newest)})."
    recurring = export.frequency is Frequency.DAILY and schedule.frequency is Frequency.DAILY
    following = export.next_slot(slot.start)
    if recurring and gap > _BEFORE and following is not None and following.start - slot.end < gap:
        early = duration(following.start - slot.start)
        return f"{starts}, {early} before the next export instead of after an export."
    return ""


STEP = Step(
    id=ID,
    title="Import job: Schedule and activate",
    part=Part.IMPORT,
    product=Product.AUDIENCE,
    purpose="Schedule the import and activate the job. It must run after the export, with a gap.",
    check=_check,
    source=SOURCE,
    fields=schedule_fields(
        ID,
        at="06:00",
        at_why="Suggested: 06:00, more than an hour and a half after an export at 04:00.",
        today="import-notification.time",
    ),
    notes=(
        Note(
            "Until Oracle has added the SSH2 key, runs of this job show failed. That is normal; later runs should "
            "succeed."
        ),
        Note("The wizard assumes that CX Audience uses the same time zone as Responsys. If not, convert the time."),
        Note("Set Expiration to Never expire for the import job too.", warning=True),
    ),
    facts=(PLANNED,),
    visits=lambda known: (schedule_visit(known, ID, IMPORT_JOB),),
    verified_by="imported-profiles",
    rests_on=("source-connectivity.job_name", planned_key(ID), *schedule_keys("export-schedule")),
)
