"""Step 16, Schedule of the export job, and Activate: from then on the job runs on its own."""

from __future__ import annotations

from datetime import datetime

from cxr_tui.domain.finding import Outcome, Status
from cxr_tui.domain.responsys_data import ConnectJob
from cxr_tui.domain.schedule import Frequency, Schedule, zone_of
from cxr_tui.guide.checks.clock_difference import report_clock
from cxr_tui.guide.checks.sandbox_screen import click_path
from cxr_tui.guide.definition import Check, Fact, Note, Part, Product, Step
from cxr_tui.guide.forms.connect_job import EXPORT_JOB, check_presence, jobs_of
from cxr_tui.guide.forms.schedule import (
    PLANNED,
    SOURCE,
    ZONE,
    check_schedule,
    local_slot,
    local_time,
    planned_key,
    schedule_fields,
    schedule_visit,
    zone_field,
)
from cxr_tui.guide.screens import MANAGE_CONNECT

ID = "export-schedule"


async def _check(c: Check) -> Outcome:
    report_clock(c)
    schedule = check_schedule(c, ID, EXPORT_JOB)
    connect = c.world.connect()
    jobs = None if connect is None else await jobs_of(c, connect, Status.UNKNOWN)
    if jobs is None:
        return c.report.confirmable()
    job = check_presence(c.report, jobs, c.known.text("select-object.job_name"))
    if job is not None:
        c.report.learn("job_id", job.job_id)
        _check_job(c, job, schedule)
    if job is not None and job.active is None:
        return c.report.confirmable()
    return c.report.verified()


def _check_job(c: Check, job: ConnectJob, schedule: Schedule | None) -> None:
    name = job.name
    ran_once = schedule is not None and schedule.frequency is Frequency.ONCE and job.last_run is not None
    if job.active:
        c.report.passed("job-active", f"{name} (job {job.job_id}) is active.")
    elif job.active is None:
        c.report.warn(
            "job-activity-unknown",
            f"Responsys does not report whether {name} is active.",
            "An inactive job does not run.",
            f"Open {MANAGE_CONNECT} > {name} > Schedule: Status must be Active.",
        )
    elif ran_once:
        c.report.passed("job-ran", f"{name} (job {job.job_id}) has run once and is no longer active.")
    elif not c.report.found("no-expiration"):
        c.report.fail(
            "job-inactive",
            f"{name} (job {job.job_id}) exists, but is inactive.",
            "An inactive job does not run. Save only stores a draft; Activate starts the job.",
            f"Open {click_path(schedule_visit(c.known, ID, EXPORT_JOB))} and click Activate, then Save & Close. If the "
            "job cannot be activated, click Show Errors.",
        )
    if job.next_run is not None and schedule is not None:
        _check_next_run(c, job.next_run, schedule)


def _check_next_run(c: Check, next_run: datetime, schedule: Schedule) -> None:
    slot = schedule.next_slot(next_run)
    if slot is not None and slot.start <= next_run:
        c.report.passed("next-run", f"Responsys shows the next run within {local_slot(schedule, slot)}.")
        return
    expected = schedule.next_slot(c.world.now())
    c.report.fail(
        "next-run-differs",
        f"Responsys shows the next run at {local_time(schedule.zone, next_run)}; your entries say "
        f"{local_slot(schedule, expected) if expected else 'no further run'}.",
        "Oracle does not document the format and time zone of the next run, so both may be the same. If not, the "
        "import may run before the file is there.",
        "Compare the Schedule screen of the job with your entries, and correct what is wrong. If they are equal, go "
        "on.",
        identity=f"{next_run.astimezone(zone_of(schedule.zone)):%H:%M} instead of {schedule.at:%H:%M}",
    )


STEP = Step(
    id=ID,
    title="Export job: Schedule and activate",
    part=Part.EXPORT,
    product=Product.RESPONSYS,
    purpose="Schedule the export and activate the job.",
    check=_check,
    source=SOURCE,
    fields=(
        zone_field(),
        *schedule_fields(
            ID,
            at="04:00",
            at_why="Suggested: 04:00, after any daylight saving change.",
            today="export-notification.time",
        ),
    ),
    notes=(
        Note(
            "A job probably starts at any minute within its quarter hour (a page on job groups of a related product "
            "says so). Leave a gap before the import."
        ),
        Note(
            "Oracle's procedure does not mention Expiration, but you cannot activate a job without it. Expired jobs "
            "are deleted permanently.",
            warning=True,
        ),
    ),
    facts=(PLANNED, Fact("job_id", "Job id", "Responsys")),
    visits=lambda known: (schedule_visit(known, ID, EXPORT_JOB),),
    verified_by="exported-file",
    rests_on=("select-object.job_name", ZONE, planned_key(ID)),
)
