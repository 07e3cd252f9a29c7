"""Runs that were seen, kept in the journal: once each, brought up to date, and warned by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cxr_tui.domain.responsys_data import ConnectJob, ConnectRun, RemoteFile, RunStatus
from cxr_tui.jobs import run_history
from cxr_tui.jobs.evidence import NOTHING, ConnectSeen, Evidence, FilesSeen
from cxr_tui.jobs.expected_runs import JobKind
from cxr_tui.jobs.run_history import JobRun, entries, fetch_runs_since, merged, remembered, seen_now, trends
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Journal

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=4)
JOB = ConnectJob(7, "Out", True, False, None, None)


def run(number: int, status: RunStatus = RunStatus.SUCCEEDED, processed: int = 1000, **other: int) -> JobRun:
    return JobRun(f"run:{number}", NOON + timedelta(days=number), status, processed=processed, **other)


def looked(*runs: JobRun, file: RemoteFile | None = None) -> Evidence:
    told = tuple(
        ConnectRun(one.run_id or 0, one.status, one.started, one.seconds or 0, one.processed, rejected=0)
        for one in sorted(runs, key=lambda one: one.started, reverse=True)
    )
    return Evidence(
        ConnectSeen(JOB, told),
        FilesSeen(file) if file else NOTHING.files,
        NOTHING.members,
        NOTHING.published,
    )


def test_the_journal_gives_back_what_was_written(tmp_path: Path) -> None:
    store, journal = Journal(tmp_path / "journal.db"), JournalState()
    before: tuple[JobRun, ...] = ()
    after = merged(before, seen_now(looked(run(1), run(2)), LATER))
    store.append(NOON, entries(JobKind.EXPORT, before, after))
    journal.apply(store.records_after())
    assert remembered(journal.runs["export"]) == after
    assert entries(JobKind.EXPORT, remembered(journal.runs["export"]), after) == []  # nothing new: nothing is written
    store.close()


def test_a_run_that_went_on_is_brought_up_to_date() -> None:
    going, done = run(1, RunStatus.RUNNING, 0), run(1)
    assert merged((going,), (done,)) == (done,)
    assert [entry.body["status"] for entry in entries(JobKind.EXPORT, (going,), (done,))] == ["succeeded"]


def test_the_file_tells_the_size_of_the_run_that_wrote_it() -> None:
    file = RemoteFile("C", "download/C", 5000, NOON + timedelta(days=2, minutes=3))
    sizes = {one.key: one.size for one in seen_now(looked(run(1), run(2), run(3), file=file), LATER)}
    assert sizes == {"run:1": None, "run:2": 5000, "run:3": None}
    assert merged((run(2, size=5000),), (run(2),))[0].size == 5000  # and is not forgotten when the file has gone


def test_a_run_seen_by_its_file_first_is_not_counted_twice() -> None:
    file = RemoteFile("C", "download/C", 5000, NOON + timedelta(days=1, minutes=3))
    evidence = looked(file=file)
    by_file = seen_now(replace(NOTHING, files=evidence.files), LATER)
    assert [one.started for one in by_file] == [file.modified]
    assert [one.key for one in merged(by_file, (run(1),))] == ["run:1"]


@pytest.mark.parametrize("modified", [None, NOON + timedelta(days=5)], ids=["not reported", "to come"])
def test_a_file_of_unknown_age_is_no_run(modified: datetime | None) -> None:
    evidence = replace(NOTHING, files=FilesSeen(RemoteFile("C", "download/C", 5000, modified)))
    assert seen_now(evidence, LATER) == ()


@pytest.mark.parametrize(
    ("runs", "since"),
    [
        ((), None),
        ((run(3), run(2)), run(3).started),
        ((run(3), run(2, RunStatus.RUNNING), run(1)), run(2).started),
        ((JobRun("file:x", NOON),), None),
    ],
)
def test_only_what_may_have_changed_is_asked_for_again(runs: tuple[JobRun, ...], since: datetime | None) -> None:
    assert fetch_runs_since(runs) == since


def course(*processed: int, **newest: int) -> tuple[JobRun, ...]:
    older = [run(number, processed=count, seconds=100) for number, count in enumerate(processed[:-1])]
    return (run(99, processed=processed[-1], seconds=newest.get("seconds", 100)), *reversed(older))


@pytest.mark.parametrize(
    ("runs", "codes"),
    [
        (course(1000, 1010, 990, 1000), []),
        (course(1000, 1010, 990, 500), ["size-halved"]),
        (course(1000, 1010, 990, 501), []),
        (course(1000, 500), []),  # two runs are no course
        (course(1000, 1000, 1000, 1000, seconds=200), ["duration-doubled"]),
        (course(1000, 1000, 1000, 1000, seconds=199), []),
        (course(1000, 1000, 1000, 400, seconds=900), ["size-halved", "duration-doubled"]),
    ],
)
def test_the_course_warns(runs: tuple[JobRun, ...], codes: list[str]) -> None:
    assert [finding.code for finding in trends(runs)] == codes


def test_rejects_that_more_than_double_warn_and_failures_are_no_course() -> None:
    older = [run(number, rejected=4) for number in range(4)]
    assert [one.code for one in trends((run(9, rejected=9), *older))] == ["rejects-grow"]
    assert trends((run(9, rejected=8), *older)) == ()
    failed = [run(number, RunStatus.FAILED, processed=0) for number in range(20, 30)]
    assert trends((run(40), *failed, *older)) == ()


def test_short_runs_may_double_without_a_word() -> None:
    assert trends((run(9, seconds=9), *(run(number, seconds=2) for number in range(4)))) == ()


def test_a_long_journal_is_read_in_no_time() -> None:
    many = tuple(run(number) for number in range(3000, 0, -1))
    began = datetime.now(UTC)
    assert len(run_history.merged(many, (run(3001),))) == 3001
    assert datetime.now(UTC) - began < timedelta(seconds=1)
