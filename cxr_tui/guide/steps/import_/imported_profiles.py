"""Step 25, Completed Jobs of CX Audience: the import has run, and the people are really there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from cxr_tui.domain.answers import Known, whole_number
from cxr_tui.domain.finding import Outcome, Waiting
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.ports import Audience, Responsys
from cxr_tui.domain.responsys_data import RunStatus
from cxr_tui.guide.checks.clock_difference import report_clock
from cxr_tui.guide.checks.common import integration_user, look
from cxr_tui.guide.checks.export.runs import STATUS_WORDS, status_word, warn_of_unknown_word
from cxr_tui.guide.checks.members.compare import changed_since, differences
from cxr_tui.guide.checks.members.lookup import look_up
from cxr_tui.guide.checks.rejected_rows import REASONS, rejection_cause, rejection_reasons
from cxr_tui.guide.definition import Check, Fact, Field, Kind, Note, Part, Personal, Product, Step
from cxr_tui.guide.forms.schedule import gap_before, local_slot, read_schedule, schedule_keys
from cxr_tui.guide.screens import COMPLETED_JOBS

ID = "imported-profiles"
_SETTINGS = "integration-settings"
_TARGET = "target-definition"

_REJECTED = "rows-rejected"
_TOLD = 5


def _visits(known: Known) -> tuple[Visit, ...]:
    name = known.text("source-connectivity.job_name")
    return (
        Visit(
            Site.CALENDAR,
            ("Wait for", "Next run"),
            {"Product": "CX Audience", "Job name": name},
            note="The job starts at a random minute of its quarter hour and takes some minutes more.",
        ),
        Visit(
            Site.AUDIENCE,
            COMPLETED_JOBS,
            brings={
                f"{name}: Status": "status",
                f"{name}: Records processed": "processed",
                f"{name}: Records rejected": "rejected",
                f"{name}: Log": "log",
            },
            note="The newest run is at the top. Its job execution log shows what was rejected, and why.",
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
        missing = "no API user of CX Audience was given" if audience is None else "no known members were given"
        c.report.unknown(
            "members-not-looked-up",
            f"Nobody was looked up in CX Audience: {missing}.",
            "That the run succeeded says that rows were read, not that values are right.",
            "Look up some people in CX Audience yourself, or enter what is missing (step 1, step 8).",
        )
        return c.report.confirmable()
    arrived = await _look_up(c, responsys, audience, members)
    return c.report.verified() if arrived and _slot_begun(c) else c.report.confirmable()


def _slot_begun(c: Check) -> bool:
    """Say whether the import has had a slot yet: before that, equal values show nothing."""
    try:
        schedule = read_schedule(c.known, "import-schedule")
    except ValueError:
        return False
    now = c.world.now()
    following = schedule.next_slot(now)
    return schedule.last_slot(now) is not None or (following is not None and following.start <= now)


def _wait(c: Check, status: RunStatus | None) -> Outcome:
    until, when = None, "its next slot"
    try:
        schedule = read_schedule(c.known, "import-schedule")
    except ValueError:
        schedule = None
    slot = schedule.next_slot(c.world.now()) if schedule else None
    if schedule is not None and slot is not None:
        until, when = slot.end + timedelta(minutes=30), f"its slot, {local_slot(schedule, slot)}"
    seen = "The run is still under way." if status is RunStatus.RUNNING else "No finished run of the import is noted."
    c.report.unknown("run-not-finished", seen, "", "Look at Completed Jobs after the slot, and enter what it shows.")
    return c.report.waiting(Waiting("the run of the import job", when, until=until))


def _check_status(c: Check, status: RunStatus | None) -> None:
    if status is None:
        warn_of_unknown_word(c.report, c.known.text(f"{ID}.status"))
        return
    shown = c.known.text(f"{ID}.status")
    processed = c.known.text(f"{ID}.processed")
    if status is RunStatus.SUCCEEDED:
        count = f", {processed} processed" if processed else ""
        c.report.entered("import-succeeded", f"the import run shows {shown}{count}.")
        return
    said = "; ".join(line for line in c.known.lines(f"{ID}.log") if re.match(r"(?i)error", line))
    c.report.fail(
        "import-failed",
        f"The import run shows: {shown}. {said}".strip(),
        "No profiles, or not all of them, have come over.",
        "Read the job execution log. Mostly it is one of: the SSH2 key is not added yet (then wait), the file name or "
        "folder differs, the file is encrypted to another key, or there was no new file.",
    )


def _check_rejected(c: Check, affected: Sequence[str]) -> None:
    """Report whether rows were rejected; `affected` are known members that are such rows, each with what is wrong."""
    rejected = _rejected(c)
    if rejected is None:
        return
    if rejected == 0:
        c.report.entered("none-rejected", "no record was rejected.")
        return
    told = "; ".join(rejection_reasons(c.known.lines(f"{ID}.log")))
    processed = c.known.text(f"{ID}.processed") or "all"
    among = f" Among the known members: {'; '.join(affected[:_TOLD])}." if affected else ""
    unnamed = f"{rejected:,} of {processed} records were rejected"
    c.report.fail(
        _REJECTED,
        f"{unnamed}{f': {told}' if told else ''}.{among}",
        f"These people are missing in CX Audience, or keep old values. {REASONS}",
        "In CX Audience open Data > Manage Lists, the list, Actions > View Import History > Download Rejected Records; "
        f"the last column names each reason. Correct these values in {c.known.text('select-object.list')} "
        "of Responsys, where they come from, and let both jobs run again.",
        unnamed=f"{unnamed}.",
    )


def _has_rejected(c: Check) -> bool:
    return bool(_rejected(c))


def _rejected(c: Check) -> int | None:
    """Return how many records were rejected, as the screen was read; None where that is not known."""
    return whole_number(c.known.text(f"{ID}.rejected").replace(",", ""))


async def _look_up(c: Check, responsys: Responsys, audience: Audience, members: list[str]) -> bool:
    """Compare the known members; return whether any is in CX Audience with the same values."""
    column = c.known.text(f"{_TARGET}.match_column")
    # What is wrong with the login is for step 6 to say.
    looking = look_up(responsys, c.known.text("select-object.list"), column, members)
    ours = await look(c, "Looking up known members in Responsys", looking)
    theirs = None
    if ours is not None:
        looking = look_up(audience, c.known.text(f"{_TARGET}.target_list"), column, members)
        theirs = await look(c, "Looking up known members in CX Audience", looking, product=Product.AUDIENCE)
    if ours is None or theirs is None:
        _check_rejected(c, ())
        return False
    matched = _compare(c, ours, theirs)
    c.report.learn("looked_up", sum(record is not None for record in ours.values()))
    c.report.learn("matched", matched)
    return matched > 0


def _compare(
    c: Check, ours: Mapping[str, Mapping[str, str] | None], theirs: Mapping[str, Mapping[str, str] | None]
) -> int:
    """Report who is missing and whose values differ; return how many people are there with the same values."""
    exported = _export_time(c)
    mapping = c.known.pairs(f"{_TARGET}.mapping")
    missing: list[str] = []
    differing: list[str] = []
    rejected: list[str] = []
    late = matched = 0
    for value, record in ours.items():
        if record is None:
            continue
        other = theirs.get(value)
        found = None if other is None else differences(mapping, record, other)
        wrong = rejection_cause(record, mapping, c.known.text(f"{_TARGET}.match_column")) if _has_rejected(c) else None
        if found != () and wrong is not None:
            # A rejected row explains why its person is missing or keeps old values; that is told once.
            rejected.append(f"{value} with {wrong.column} {wrong.value!r} ({wrong.wanted} wanted)")
        elif found is None:
            missing.append(value)
        elif not found:
            matched += 1
        elif exported is not None and changed_since(record, exported, c.known):
            late += 1
        else:
            told = ", ".join(
                f"{one.column} is {one.responsys!r} in Responsys and {one.audience!r} in CX Audience"
                for one in found[:3]
            )
            differing.append(f"{value}: {told}")
    _check_rejected(c, rejected)
    _report_missing(c, missing)
    _report_differing(c, differing)
    if matched:
        c.report.passed("members-match", f"{matched} known members have the same values in both products.")
    if late:
        seen = f"{late} known members were changed in Responsys after the export; the next run brings that over."
        c.report.passed("changed-since", seen)
    if not (matched or late or missing or differing or rejected):
        c.report.unknown(
            "members-not-looked-up",
            "None of the known members is in the Responsys list any more.",
            "Nobody could be compared.",
            "Name some people at Integration settings (step 8) who are in the list.",
        )
    return matched


def _report_missing(c: Check, missing: list[str]) -> None:
    if missing:
        unnamed = f"{len(missing)} known members are not in CX Audience"
        c.report.fail(
            "members-missing",
            f"{unnamed}: {', '.join(missing[:5])}.",
            "Their rows were rejected or never exported.",
            "Look for them in the rejected records of the import, and for a filter in the export.",
            unnamed=f"{unnamed}.",
        )


def _report_differing(c: Check, differing: list[str]) -> None:
    if differing:
        unnamed = f"{len(differing)} known members have other values in CX Audience."
        c.report.fail(
            "members-differ",
            f"{unnamed} {'; '.join(differing[:3])}.",
            "A column is mapped to another one, values were cut, or an older file was imported.",
            "Compare the column mapping of the import with these columns, and the time of the exported file.",
            unnamed=unnamed,
        )


def _export_time(c: Check) -> datetime | None:
    """Return when the export whose file was imported began at the earliest, None where that cannot be told."""
    try:
        export, schedule = read_schedule(c.known, "export-schedule"), read_schedule(c.known, "import-schedule")
    except ValueError:
        return None
    now = c.world.now()
    following = schedule.next_slot(now)
    slot = following if following is not None and following.start <= now else schedule.last_slot(now)
    before = gap_before(slot, export) if slot is not None else None
    return before[0].start if before is not None else None


STEP = Step(
    id=ID,
    title="The imported profiles",
    part=Part.IMPORT,
    product=Product.AUDIENCE,
    purpose="Wait for the first run of the import, and see whether real people arrived with their values.",
    check=_check,
    source="Integrating with Responsys, import customer profile data, Completed Jobs (documented)",
    fields=(
        Field(
            "status",
            "Run status",
            help="As Completed Jobs shows it for the newest run. Oracle documents these words for its API, not for "
            "this page; any other word is taken as it is.",
            choices=STATUS_WORDS,
            optional=True,
            brought=True,
        ),
        Field(
            "processed",
            "Records processed",
            help="As the run shows it.",
            source="label inferred from the Connect interface",
            optional=True,
            brought=True,
        ),
        Field(
            "rejected",
            "Records rejected",
            help="As the run shows it; 0 is wanted.",
            source="label inferred from the Connect interface",
            optional=True,
            brought=True,
        ),
        Field(
            "log",
            "Job execution log",
            Kind.LINES,
            help="Optional: the lines that speak of errors and rejected records.",
            optional=True,
            brought=True,
            personal=Personal.RECORDS,
        ),
    ),
    notes=(
        Note("While Oracle adds the SSH2 key, runs show failed. That is normal and ends by itself."),
        Note(
            "CX Audience has no interface that tells of its jobs, so their status has to be read off the screen; the "
            "people themselves are looked up by program."
        ),
    ),
    facts=(
        Fact("looked_up", "Sample records looked up"),
        Fact("matched", "Sample records that match", "both products"),
    ),
    visits=_visits,
    rests_on=(
        "source-connectivity.job_name",
        "select-object.list",
        f"{_SETTINGS}.known_members",
        f"{_TARGET}.target_list",
        f"{_TARGET}.match_column",
        f"{_TARGET}.mapping",
        *schedule_keys("export-schedule"),
        *(key for key in schedule_keys("import-schedule") if key.startswith("import-schedule.")),
    ),
    usual_wait="until the job's next slot is over",
)
