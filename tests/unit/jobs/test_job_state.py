"""The judgement as a table: what was seen, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.responsys_data import ConnectJob, ConnectRun, LogLine, MessageInfo, RemoteFile, RunStatus
from cxr_tui.domain.schedule import Frequency, Schedule
from cxr_tui.guide.steps.transfer.ssh2_key import business_day
from cxr_tui.jobs.evidence import (
    NOTHING,
    ConnectSeen,
    Evidence,
    FilesSeen,
    MembersSeen,
    Unavailable,
    UnavailableReason,
)
from cxr_tui.jobs.expected_runs import JobKind, ScheduledJob, expected_runs
from cxr_tui.jobs.import_evidence import import_evidence
from cxr_tui.jobs.job_state import Assessment, JobContext, JobState
from cxr_tui.jobs.run_history import JobRun
from cxr_tui.jobs.status import assess_job

ZONE = "America/New_York"
NOW = datetime(2026, 6, 10, 16, tzinfo=UTC)
"""Noon in New York; the export's slot is 04:00, the import's 06:00, there."""
TODAY = datetime(2026, 6, 10, 8, 5, tzinfo=UTC)
YESTERDAY = TODAY - timedelta(days=1)
NEXT = TODAY + timedelta(days=1)
READY: dict[str, Value] = {"destination-specification.ready_file": "Create file with record count"}
KNOWN: dict[str, Value] = {
    "first-password.time_zone": ZONE,
    "generate-key.encryption_key_ids": ["AAAA"],
    "target-definition.mapping": {"FIRST_NAME": "FIRST_NAME"},
    "destination-specification.ready_file": "Do not create",
}


def daily(at: time, **other: object) -> Schedule:
    return Schedule(Frequency.DAILY, date(2026, 6, 1), at, ZONE, **other)  # type: ignore[arg-type]  # given by name


EXPORT = ScheduledJob(JobKind.EXPORT, "Out", daily(time(4)))
IMPORT = ScheduledJob(JobKind.IMPORT, "In", daily(time(6)))


def job(**other: object) -> ConnectJob:
    plain = ConnectJob(7, "Out", True, False, NEXT, YESTERDAY)
    return replace(plain, **other)  # type: ignore[arg-type]  # given by name


def run(
    started: datetime | None = TODAY, status: RunStatus | None = RunStatus.SUCCEEDED, **other: object
) -> ConnectRun:
    plain = ConnectRun(31, status, started, 60, processed=100, rejected=0)
    return replace(plain, **other)  # type: ignore[arg-type]  # given by name


def file(modified: datetime | None, path: str = "download/C.csv.gpg", size: int = 9000) -> RemoteFile:
    return RemoteFile(path.rpartition("/")[2], path, size, modified)


def message(*to: str) -> MessageInfo:
    return MessageInfo(True, to or ("AAAA",), True, False, "OpenPGP message")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    wanted: JobState
    evidence: Evidence
    says: str = ""
    plan: ScheduledJob = EXPORT
    known: dict[str, Value] = field(default_factory=dict)
    runs: tuple[JobRun, ...] = ()
    now: datetime = NOW
    findings: tuple[str, ...] = ()


def seen(**pieces: object) -> Evidence:
    return replace(NOTHING, **pieces)  # type: ignore[arg-type]  # given by name


def judged(row: Row) -> Assessment:
    known = Known({**KNOWN, **row.known})
    export = EXPORT if row.plan.kind is JobKind.IMPORT else None
    case = JobContext(row.plan, expected_runs(row.plan, row.now), row.evidence, known, row.now, row.runs, export)
    return assess_job(case, import_evidence(case))


OLD = JobRun("run:30", YESTERDAY, RunStatus.SUCCEEDED)
LOG = {31: (LogLine("INFO", "begun"), LogLine("ERROR", "the key has gone"))}
ENDED = ScheduledJob(JobKind.EXPORT, "Out", daily(time(4), end=date(2026, 6, 10)))
EXPIRED = ScheduledJob(JobKind.EXPORT, "Out", daily(time(4), expiration=date(2026, 6, 9)))
UNDATED = tuple(run(run_id=number, started=None, reported_start="2026-06-10 04:05") for number in range(31, 37))
EXPORT_ROWS = [
    Row("a run in its slot", JobState.ON_TIME, seen(connect=ConnectSeen(job(), (run(),)))),
    Row("under way by the run", JobState.RUNNING, seen(connect=ConnectSeen(job(), (run(status=RunStatus.RUNNING),)))),
    Row("under way by the job", JobState.RUNNING, seen(connect=ConnectSeen(job(running=True), ()))),
    Row("no run since", JobState.LATE, seen(connect=ConnectSeen(job(), (run(YESTERDAY),))), "No run has begun"),
    Row("known to the journal only", JobState.LATE, seen(connect=ConnectSeen(job(last_run=None))), runs=(OLD,)),
    Row("no run ever", JobState.NEVER_RAN, seen(connect=ConnectSeen(job(last_run=None)))),
    Row(
        "failed",
        JobState.FAILED,
        seen(connect=ConnectSeen(job(), (run(status=RunStatus.FAILED),), LOG)),
        "ERROR: the key has gone",
    ),
    Row("aborted", JobState.FAILED, seen(connect=ConnectSeen(job(), (run(status=RunStatus.ABORTED),))), "aborted"),
    Row("a word nobody knows", JobState.UNKNOWN, seen(connect=ConnectSeen(job(), (run(status=None),)))),
    Row("rejects", JobState.REJECTED, seen(connect=ConnectSeen(job(), (run(rejected=3),))), "3 of 100"),
    Row("run again and well", JobState.ON_TIME, seen(connect=ConnectSeen(job(), (run(TODAY + timedelta(hours=3)),)))),
    Row("gone", JobState.GONE, seen(connect=ConnectSeen(None)), "no Connect job"),
    Row("expired", JobState.GONE, seen(connect=ConnectSeen(None)), "expiration, 2026-06-09", plan=EXPIRED),
    Row("expired, and nobody to ask", JobState.GONE, NOTHING, "expiration", plan=EXPIRED),
    Row("expiration was extended", JobState.ON_TIME, seen(connect=ConnectSeen(job(), (run(),))), plan=EXPIRED,
        findings=("schedule-differs",)),
    Row("inactive", JobState.INACTIVE, seen(connect=ConnectSeen(job(active=False, next_run=None), (run(),)))),
    Row("over, so inactive is right", JobState.ON_TIME,
        seen(connect=ConnectSeen(job(active=False, next_run=None), (run(),))), "last one of its schedule", plan=ENDED),
    Row("moved in Responsys, and told by nobody", JobState.ON_TIME,
        seen(connect=ConnectSeen(job(next_run=NEXT + timedelta(hours=5)), (run(YESTERDAY + timedelta(hours=5)),))),
        findings=("schedule-differs",)),
    Row("not due", JobState.NOT_DUE, seen(connect=ConnectSeen(job(last_run=None))), "Next run: 2026-06-01 04:00",
        now=datetime(2026, 5, 31, 16, tzinfo=UTC)),
    Row("its first run has just been due", JobState.NOT_DUE, seen(connect=ConnectSeen(job(last_run=None))),
        "The run of 2026-06-01 04:00 to 04:15 (America/New_York) may still be under way.",
        now=datetime(2026, 6, 1, 8, 30, tzinfo=UTC)),
    Row("nothing to see", JobState.UNKNOWN, NOTHING, "No available source"),
    Row("by its file", JobState.ON_TIME, seen(files=FilesSeen(file(TODAY), message=message())), "was written"),
    Row("by its file, fetched", JobState.ON_TIME, seen(files=FilesSeen(None, file(TODAY, "archive/C.csv.gpg")))),
    Row("an old file", JobState.UNKNOWN, seen(files=FilesSeen(file(YESTERDAY))), findings=("file-stale",)),
    Row("no file", JobState.UNKNOWN, seen(files=FilesSeen()), findings=("file-missing",)),
    Row("a file being written", JobState.RUNNING, seen(files=FilesSeen(file(NOW - timedelta(minutes=3)))), known=READY),
    Row("never finished", JobState.ON_TIME, seen(files=FilesSeen(file(TODAY))), known=READY,
        findings=("ready-file-missing",)),
    Row("in the clear", JobState.ON_TIME,
        seen(files=FilesSeen(file(TODAY), message=MessageInfo(False, (), False, False, "plain text"))),
        findings=("file-not-encrypted",)),
    Row("to somebody else", JobState.ON_TIME, seen(files=FilesSeen(file(TODAY), message=message("AAAA", "BBBB"))),
        findings=("file-wrong-recipient",)),
    Row("an empty file", JobState.ON_TIME, seen(files=FilesSeen(file(TODAY, size=0))), findings=("file-empty",)),
    Row("runs well and leaves an old file", JobState.ON_TIME,
        seen(connect=ConnectSeen(job(), (run(),)), files=FilesSeen(file(YESTERDAY))), findings=("file-stale",)),
    Row("runs well, and the import has removed the file", JobState.ON_TIME,
        seen(connect=ConnectSeen(job(), (run(),)), files=FilesSeen())),
    Row("ran in its slot, by an earlier look only", JobState.ON_TIME, seen(connect=ConnectSeen(job(last_run=None))),
        "Run 31 (began 2026-06-10 04:05", runs=(replace(OLD, key="run:31", started=TODAY),)),
    Row("failed in its slot, by an earlier look only", JobState.FAILED, seen(connect=ConnectSeen(job(last_run=None))),
        runs=(replace(OLD, key="run:31", started=TODAY, status=RunStatus.FAILED),)),
    Row("ran in its slot, by the job's own word only", JobState.UNKNOWN, seen(connect=ConnectSeen(job(last_run=TODAY))),
        "A run began 2026-06-10 04:05 (America/New_York), but Responsys does not list it"),
    Row("six runs whose times mean no certain moment", JobState.UNKNOWN,
        seen(connect=ConnectSeen(job(last_run=None, next_run=None), UNDATED)),
        'Run 36 succeeded. Responsys reports the start "2026-06-10 04:05", which is ambiguous'),
    Row("an undated run beside an old one", JobState.UNKNOWN,
        seen(connect=ConnectSeen(job(), (run(YESTERDAY), *UNDATED))), "Run 36 succeeded"),
    Row("an undated run with a file in its slot", JobState.ON_TIME,
        seen(connect=ConnectSeen(job(), UNDATED), files=FilesSeen(file(TODAY)))),
    Row("an undated run that failed", JobState.FAILED,
        seen(connect=ConnectSeen(job(), (replace(UNDATED[-1], status=RunStatus.FAILED),)))),
    Row("under way for three days", JobState.LATE,
        seen(connect=ConnectSeen(job(running=True), (run(NOW - timedelta(days=3), RunStatus.RUNNING),))),
        "A run has been in progress since 2026-06-07 12:00 (America/New_York), so none has begun since the scheduled"),
    Row("under way for two days, and no other is due", JobState.UNKNOWN,
        seen(connect=ConnectSeen(job(running=True), (run(TODAY, RunStatus.RUNNING),))), "for more than a day",
        plan=ENDED, now=NOW + timedelta(days=2)),
    Row("whether it is active is not reported", JobState.ON_TIME,
        seen(connect=ConnectSeen(job(active=None), (run(),)))),
    Row("made again under another number", JobState.UNKNOWN, seen(connect=ConnectSeen(job(last_run=None))),
        "another number, 7 instead of 6, so it was created again", known={"export-schedule.job_id": 6}),
    Row("seen to be made again after its slot", JobState.NOT_DUE, seen(connect=ConnectSeen(job(last_run=None))),
        "2026-06-11 04:00", known={"export-schedule.job_id": 7}, plan=replace(EXPORT, since=NOW)),
    Row("a file without a time", JobState.UNKNOWN, seen(files=FilesSeen(file(None))), "does not report"),
    Row("a file of tomorrow", JobState.UNKNOWN, seen(files=FilesSeen(file(NEXT))), "in the future"),
    Row("runs well and leaves a file without a time", JobState.ON_TIME,
        seen(connect=ConnectSeen(job(), (run(),)), files=FilesSeen(file(None)))),
]  # fmt: skip


@pytest.mark.parametrize("row", EXPORT_ROWS, ids=lambda row: row.name)
def test_the_export(row: Row) -> None:
    told = judged(row)
    assert told.state is row.wanted, told.reason
    assert row.says in told.reason
    assert tuple(one.code for one in told.findings) == row.findings
    assert bool(told.remedy) is not told.state.healthy


SHOWN_AT = datetime(2026, 6, 10, 10, 3, tzinfo=UTC)


def person(ours: str, changed: datetime, theirs: str, written: datetime) -> tuple[dict[str, str], dict[str, str]]:
    def stamp(at: datetime) -> str:
        return f"{at:%Y-%m-%d %H:%M:%S}"

    return (
        {"FIRST_NAME": ours, "MODIFIED_DATE_": stamp(changed)},
        {"FIRST_NAME": theirs, "MODIFIED_DATE_": stamp(written)},
    )


LONG_AGO, LATELY, AFTER = NOW - timedelta(days=90), NOW - timedelta(hours=18), NOW - timedelta(hours=1)
LOADED = SHOWN_AT + timedelta(minutes=1)
SAME = person("Ann", LONG_AGO, "Ann", LOADED)
ARRIVED = person("Bob", LATELY, "Bob", LOADED + timedelta(hours=1))
BEHIND = person("Cyd", LATELY, "Old", LONG_AGO)
LATE = person("Dan", AFTER, "Old", LOADED)
TOUCHED = person("Eve", LATELY, "Eve", LONG_AGO)
"""Changed, but in nothing that is carried over: equal values that no import has brought."""
FETCHED = FilesSeen(None, file(TODAY, "archive/C.csv.gpg"))
LEFT = FilesSeen(file(TODAY), file(YESTERDAY, "archive/C.csv.gpg"))
WAITING: dict[str, Value] = {
    "ssh2-key.status": "Processing",
    "ssh2-key.since": (NOW - timedelta(days=3)).isoformat(),
}
IMPORT_ROWS = [
    Row("not due", JobState.NOT_DUE, NOTHING, now=datetime(2026, 5, 31, 16, tzinfo=UTC)),
    Row("nothing to see", JobState.UNKNOWN, NOTHING, "could not be seen"),
    Row("fetched, and nobody to ask", JobState.UNKNOWN, seen(files=FETCHED), "its result could not be seen"),
    Row("fetched, and people as they should be", JobState.ON_TIME, seen(files=FETCHED, members=MembersSeen((SAME,)))),
    Row("fetched, and one did not arrive", JobState.REJECTED,
        seen(files=FETCHED, members=MembersSeen((SAME, BEHIND))), "one sample record"),
    Row("fetched, and one is not there", JobState.REJECTED,
        seen(files=FETCHED, members=MembersSeen((SAME, (BEHIND[0], None))))),
    Row("fetched, and all were changed since", JobState.UNKNOWN, seen(files=FETCHED, members=MembersSeen((LATE,)))),
    Row("a change has arrived", JobState.ON_TIME, seen(members=MembersSeen((SAME, ARRIVED))), "has arrived"),
    Row("a change has arrived, another has not", JobState.UNKNOWN, seen(members=MembersSeen((ARRIVED, BEHIND)))),
    Row("nobody was changed", JobState.UNKNOWN, seen(members=MembersSeen((SAME,))), "as before"),
    Row("changed in what is not carried", JobState.UNKNOWN, seen(members=MembersSeen((TOUCHED,)))),
    Row("left lying", JobState.UNKNOWN, seen(files=LEFT), "is still where", findings=("file-not-fetched",)),
    Row("left lying, but arrived", JobState.ON_TIME, seen(files=LEFT, members=MembersSeen((ARRIVED,)))),
    Row("left lying for want of the key", JobState.WAITING_FOR_KEY, seen(files=LEFT),
        "business day 3", known=WAITING),
    Row("left lying with the key added", JobState.UNKNOWN, seen(files=LEFT),
        known={"ssh2-key.status": "Completed"}, findings=("file-not-fetched",)),
    Row("nothing to import", JobState.UNKNOWN, seen(files=FilesSeen(None, file(YESTERDAY))),
        findings=("nothing-to-import",)),
    Row("known to have rejected", JobState.REJECTED, seen(files=FETCHED, members=MembersSeen((SAME,))),
        runs=(JobRun(f"fetched:{TODAY.isoformat()}", SHOWN_AT, rejected=1),)),
    Row("known to have ended well", JobState.ON_TIME, seen(files=FETCHED),
        runs=(JobRun(f"fetched:{TODAY.isoformat()}", SHOWN_AT, RunStatus.SUCCEEDED),)),
]  # fmt: skip


@pytest.mark.parametrize("row", IMPORT_ROWS, ids=lambda row: row.name)
def test_the_import(row: Row) -> None:
    told = judged(replace(row, plan=IMPORT))
    assert told.state is row.wanted, told.reason
    assert row.says in told.reason
    assert tuple(one.code for one in told.findings) == row.findings
    assert bool(told.remedy) is not told.state.healthy


def test_a_bad_file_makes_a_job_that_runs_on_time_count_as_not_well() -> None:
    plain = MessageInfo(False, (), False, False, "plain text")
    told = judged(Row("", JobState.ON_TIME, seen(files=FilesSeen(file(TODAY), message=plain))))
    assert told.state.healthy
    assert not told.healthy


def test_more_imports_than_exports_leave_no_trace_of_the_newest() -> None:
    rare = ScheduledJob(JobKind.EXPORT, "Out", daily(time(4), every_days=2))  # June 1, 3, ... 9: none on the 10th
    known, export_file = Known(KNOWN), file(YESTERDAY, "archive/C.csv.gpg")
    evidence = seen(files=FilesSeen(None, export_file), members=MembersSeen((SAME,)))
    case = JobContext(IMPORT, expected_runs(IMPORT, NOW), evidence, known, NOW, (), rare)
    told = assess_job(case, import_evidence(case))
    assert told.state is JobState.UNKNOWN
    assert "No export was due" in told.reason


@pytest.mark.parametrize(("since", "now", "day"), [("01", "01", 1), ("01", "05", 5), ("05", "08", 2), ("06", "07", 1)])
def test_business_days_leave_out_the_weekend(since: str, now: str, day: int) -> None:
    first, last = (datetime.fromisoformat(f"2026-06-{one}T12:00+00:00") for one in (since, now))
    assert business_day(first, last) == day


def test_after_ten_business_days_support_is_named() -> None:
    since = {**WAITING, "ssh2-key.since": (NOW - timedelta(days=20)).isoformat()}
    told = judged(Row("", JobState.UNKNOWN, NOTHING, plan=IMPORT, known=since))
    assert told.state is JobState.WAITING_FOR_KEY
    assert "Oracle Support" in told.remedy


def test_what_was_only_noted_is_not_told_as_seen() -> None:
    told = judged(Row("", JobState.UNKNOWN, NOTHING, plan=IMPORT, known=WAITING))
    assert told.reason.startswith("According to the latest note")


def test_reasons_hold_no_control_characters_of_others() -> None:
    evil = "\x1b[2J\u202eevil"
    evidence = seen(connect=ConnectSeen(job(), (run(status=RunStatus.FAILED, error=evil),)))
    told = judged(Row("", JobState.FAILED, evidence))
    assert "\x1b" not in told.reason
    assert "\u202e" not in told.reason


def test_every_cause_is_a_word() -> None:
    assert {cause.value for cause in UnavailableReason} == {"not given", "unreachable", "refused", "credential store"}
    assert all(isinstance(one, Unavailable) for one in NOTHING.unavailable())
