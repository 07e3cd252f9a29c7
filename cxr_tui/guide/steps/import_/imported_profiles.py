"""Step 25, Completed Jobs of CX Audience: the import has run, and the profiles have arrived."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from cxr_tui.domain.answers import Known, whole_number
from cxr_tui.domain.finding import Outcome, Waiting
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.ports import Members, Responsys
from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.guide.checks.clock_difference import report_clock
from cxr_tui.guide.checks.common import integration_user, look
from cxr_tui.guide.checks.export.runs import STATUS_WORDS, status_word, warn_of_unknown_word
from cxr_tui.guide.checks.members import changed_since, differences, look_up
from cxr_tui.guide.checks.rejected_rows import REASONS, rejection_cause, rejection_reasons
from cxr_tui.guide.definition import Check, Field, Kind, Note, Part, Personal, Product, Step, keys_of
from cxr_tui.guide.forms.connect_job import IMPORT_JOB
from cxr_tui.guide.forms.schedule import gap_before, local_slot, readable_schedule, schedule_keys
from cxr_tui.guide.screens import COMPLETED_JOBS

ID = "imported-profiles"
_SETTINGS = "integration-settings"
_TARGET = "target-definition"

_REJECTED = "rows-rejected"
_NAMED = 5
"""How many records one finding names."""


def _visits(known: Known) -> tuple[Visit, ...]:
    name = IMPORT_JOB.name(known)
    return (
        IMPORT_JOB.next_run(known),
        Visit(
            Site.AUDIENCE,
            COMPLETED_JOBS,
            brings={
                f"{name}: Status": "status",
                f"{name}: Records processed": "processed",
                f"{name}: Records rejected": "rejected",
                f"{name}: Log": "log",
            },
            note="The latest run is at the top. Its job execution log shows what was rejected and why.",
            undocumented=("Status", "Records processed", "Records rejected", "Log"),
        ),
    )


async def _check(c: Check) -> Outcome:
    report_clock(c)
    shown = c.known.text(f"{ID}.status")
    status = status_word(shown)
    if not shown or status is RunStatus.RUNNING:
        return _wait(c, status)
    _check_status(c, status)
    audience, responsys = c.world.audience(), await integration_user(c)
    members = [value for value in c.known.lines(f"{_SETTINGS}.known_members") if value.strip()]
    if audience is None or responsys is None or not members:
        _check_rejected(c, ())
        missing = "integration user's password is stored (step 6)"
        if audience is None or not members:
            of_step_8 = "sample records were entered (step 8)"
            missing = "CX Audience API user was entered (step 1)" if audience is None else of_step_8
        c.report.unknown(
            "members-not-looked-up",
            f"No profiles were looked up in CX Audience: no {missing}.",
            "A successful run does not prove that the values are right.",
            "Look up some profiles in CX Audience yourself, or enter what is missing.",
        )
        return c.report.confirmable()
    arrived = await _look_up(c, responsys, audience, members)
    schedule = readable_schedule(c.known, "import-schedule")
    begun = schedule is not None and schedule.newest_slot(c.world.now()) is not None
    # Before the first slot of the import, equal values prove nothing.
    return c.report.verified() if arrived and begun else c.report.confirmable()


def _wait(c: Check, status: RunStatus | None) -> Outcome:
    until, when = None, "until its next run"
    schedule = readable_schedule(c.known, "import-schedule")
    slot = schedule.next_slot(c.world.now()) if schedule else None
    if schedule is not None and slot is not None:
        until, when = slot.end + timedelta(minutes=30), local_slot(schedule, slot)
    seen = "The run has not ended." if status is RunStatus.RUNNING else "No finished run of the import was entered."
    c.report.unknown("run-not-finished", seen, "", "Enter the status of the latest run once Completed Jobs shows it.")
    return c.report.waiting(Waiting("the import run", when, until=until))


def _check_status(c: Check, status: RunStatus | None) -> None:
    shown, processed = c.known.text(f"{ID}.status"), c.known.text(f"{ID}.processed")
    if status is None:
        warn_of_unknown_word(c.report, shown)
        return
    if status is RunStatus.SUCCEEDED:
        count = f", {processed} processed" if processed else ""
        c.report.entered("import-succeeded", f"the import run shows {shown}{count}.")
        return
    errors = "; ".join(line for line in c.known.lines(f"{ID}.log") if re.match(r"(?i)error", line))
    c.report.fail(
        "import-failed",
        f"The import run shows: {shown}. {errors}".strip(),
        "Profiles are missing or incomplete.",
        "Read the job execution log. Common causes: the SSH2 key is not active yet (wait), the file name or folder "
        "differs, the file is encrypted to another key, or there was no new file.",
    )


def _check_rejected(c: Check, affected: Sequence[str]) -> None:
    """Report whether rows were rejected; `affected` are sample records among them, each with what is wrong."""
    rejected = _rejected(c)
    if rejected is None:
        return
    if rejected == 0:
        c.report.entered("none-rejected", "no record was rejected.")
        return
    reasons = "; ".join(rejection_reasons(c.known.lines(f"{ID}.log")))
    processed = c.known.text(f"{ID}.processed") or "all"
    among = f" Among the sample records: {'; '.join(affected[:_NAMED])}." if affected else ""
    unnamed = f"{rejected:,} of {processed} records were rejected"
    c.report.fail(
        _REJECTED,
        f"{unnamed}{f': {reasons}' if reasons else ''}.{among}",
        f"These profiles are missing in CX Audience or have old values. {REASONS}",
        "In CX Audience open Data > Manage Lists, the list, Actions > View Import History > Download Rejected Records; "
        f"the last column names each reason. Correct these values in {c.known.text('select-object.list')} "
        "of Responsys, and run both jobs again.",
        unnamed=f"{unnamed}.",
    )


def _rejected(c: Check) -> int | None:
    """Return how many records were rejected, as entered; None where that is unknown."""
    return whole_number(c.known.text(f"{ID}.rejected").replace(",", ""))


async def _look_up(c: Check, responsys: Responsys, audience: Members, members: list[str]) -> bool:
    """Compare the sample records; return whether any is in CX Audience with the same values."""
    column = c.known.text(f"{_TARGET}.match_column")
    # Step 6 reports what is wrong with the login.
    looking = look_up(responsys, c.known.text("select-object.list"), column, members)
    ours = await look(c, "Looking up sample records in Responsys", looking)
    theirs = None
    if ours is not None:
        looking = look_up(audience, c.known.text(f"{_TARGET}.target_list"), column, members)
        theirs = await look(c, "Looking up sample records in CX Audience", looking, product=Product.AUDIENCE)
    if ours is None or theirs is None:
        _check_rejected(c, ())
        return False
    exported = _export_time(c)
    mapping, any_rejected = c.known.pairs(f"{_TARGET}.mapping"), bool(_rejected(c))
    missing: list[str] = []
    differing: list[str] = []
    rejected: list[str] = []
    late = matched = 0
    for value, record in ours.items():
        if record is None:
            continue
        other = theirs.get(value)
        found = None if other is None else differences(mapping, record, other)
        wrong = rejection_cause(record, mapping, column) if any_rejected else ""
        if found != () and wrong:
            # A rejected row explains why its profile is missing or has old values.
            rejected.append(f"{value} with {wrong}")
        elif found is None:
            missing.append(value)
        elif not found:
            matched += 1
        elif exported is not None and changed_since(record, exported, c.known):
            late += 1
        else:
            differing.append(f"{value}: {', '.join(found[:3])}")
    _check_rejected(c, rejected)
    if missing:
        unnamed = f"{len(missing)} sample records are not in CX Audience"
        c.report.fail(
            "members-missing",
            f"{unnamed}: {', '.join(missing[:_NAMED])}.",
            "Their rows were rejected or never exported.",
            "Look for them in the rejected records of the import, and check the export for a filter.",
            unnamed=f"{unnamed}.",
        )
    if differing:
        unnamed = f"{len(differing)} sample records have different values in CX Audience."
        c.report.fail(
            "members-differ",
            f"{unnamed} {'; '.join(differing[:3])}.",
            "A column is mapped to the wrong column, values were cut, or an older file was imported.",
            "Compare the column mapping of the import with these columns, and the time of the exported file.",
            unnamed=unnamed,
        )
    if matched:
        c.report.passed("members-match", f"{matched} sample records have the same values in both products.")
    if late:
        seen = f"{late} sample records were changed in Responsys after the export; the next run imports that."
        c.report.passed("changed-since", seen)
    if all(record is None for record in ours.values()):
        c.report.unknown(
            "members-not-looked-up",
            "None of the sample records is in the Responsys list any more.",
            "No profiles could be compared.",
            "Enter sample records at step 8 that are in the list.",
        )
    return matched > 0


def _export_time(c: Check) -> datetime | None:
    """Return when the export whose file was imported began at the earliest, None where that is unknown."""
    export, schedule = (readable_schedule(c.known, f"{job}-schedule") for job in ("export", "import"))
    slot = schedule.newest_slot(c.world.now()) if schedule else None
    before = gap_before(slot, export) if slot and export else None
    return before[0].start if before else None


STEP = Step(
    id=ID,
    title="The imported profiles",
    part=Part.IMPORT,
    product=Product.AUDIENCE,
    purpose="Wait for the first import, then check that profiles arrived with the right values.",
    check=_check,
    source="Integrating with Responsys, import customer profile data, Completed Jobs (documented)",
    fields=(
        Field(
            "status",
            "Run status",
            help="Status of the latest run on Completed Jobs; needed to finish this step. Oracle documents these words "
            "for its API, not for this page; the wizard accepts any other word.",
            choices=STATUS_WORDS,
            optional=True,
            brought=True,
        ),
        Field(
            "processed",
            "Records processed",
            help="From the run.",
            source="Label inferred from the Connect API",
            optional=True,
            brought=True,
        ),
        Field(
            "rejected",
            "Records rejected",
            help="From the run; should be 0.",
            source="Label inferred from the Connect API",
            optional=True,
            brought=True,
        ),
        Field(
            "log",
            "Job execution log",
            Kind.LINES,
            help="Optional: lines about errors and rejected records.",
            optional=True,
            brought=True,
            personal=Personal.RECORDS,
        ),
    ),
    notes=(
        Note("Until Oracle has added the SSH2 key, runs show failed. That is normal and resolves itself."),
        Note("CX Audience has no API for job status, so enter it here. The wizard looks up the profiles itself."),
    ),
    visits=_visits,
    rests_on=(
        "source-connectivity.job_name",
        "select-object.list",
        f"{_SETTINGS}.known_members",
        *keys_of(_TARGET, "target_list", "match_column", "mapping"),
        *schedule_keys("export-schedule"),
        *(key for key in schedule_keys("import-schedule") if key.startswith("import-schedule.")),
    ),
    usual_wait="until the job's next run",
)
