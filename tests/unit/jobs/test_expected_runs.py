"""When a job must have run: slots, daylight saving, and schedules that change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Outcome, Verdict
from cxr_tui.domain.schedule import Frequency, Schedule
from cxr_tui.jobs.expected_runs import (
    PATIENCE,
    SETTLING,
    JobKind,
    ScheduledJob,
    expected_runs,
    scheduled_jobs,
    slot_before,
    why_not_assessable,
)
from cxr_tui.journal.events import answer_entry, outcome_entry
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Record
from support.worlds.recurrence import Recurrence

NEW_YORK = "America/New_York"


def daily(first: str, at: str, **other: object) -> Schedule:
    values: dict[str, object] = {"zone": NEW_YORK, **other}
    return Schedule(Frequency.DAILY, date.fromisoformat(first), time.fromisoformat(at), **values)  # type: ignore[arg-type]  # given by name


def plan(schedule: Schedule, since: datetime | None = None) -> ScheduledJob:
    return ScheduledJob(JobKind.EXPORT, "Out", schedule, since)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_run_is_owed_an_hour_after_its_slot_and_pending_before() -> None:
    one = plan(daily("2026-06-01", "04:00"))
    slot = utc("2026-06-10T08:00")
    within = expected_runs(one, slot + timedelta(minutes=30))
    assert within.pending is not None
    assert within.pending.start == slot
    assert within.due is not None
    assert within.due.start == slot - timedelta(days=1)
    settled = expected_runs(one, slot + timedelta(minutes=15) + PATIENCE)
    assert settled.due is not None
    assert settled.due.start == slot
    assert settled.pending is None
    assert settled.following is not None
    assert settled.following.start == slot + timedelta(days=1)


@pytest.mark.parametrize(
    ("minutes", "day", "latest"),
    [(0, 9, 10), (74, 9, 10), (75, 10, 10), (24 * 60 - 1, 10, 10), (24 * 60, 10, 11)],
)
def test_a_run_has_an_hour_from_the_end_of_its_slot(minutes: int, day: int, latest: int) -> None:
    one = plan(daily("2026-06-01", "04:00"))
    expected = expected_runs(one, utc("2026-06-10T08:00") + timedelta(minutes=minutes))
    assert expected.due is not None
    assert expected.latest is not None
    assert expected.due.start == utc(f"2026-06-{day:02}T08:00")
    assert expected.latest.start == utc(f"2026-06-{latest:02}T08:00")


@pytest.mark.parametrize(("since", "counted"), [("07:00", True), ("07:01", False)])
def test_a_slot_counts_from_an_hour_after_a_change(since: str, *, counted: bool) -> None:
    one = plan(daily("2026-06-10", "04:00"), utc(f"2026-06-10T{since}"))
    assert (expected_runs(one, utc("2026-06-10T16:00")).due is not None) is counted


def test_before_the_first_slot_nothing_is_owed() -> None:
    told = expected_runs(plan(daily("2026-06-10", "04:00")), utc("2026-06-09T20:00"))
    assert (told.due, told.pending) == (None, None)
    assert told.following is not None


def test_a_slot_right_after_a_change_is_not_counted_on() -> None:
    since = utc("2026-06-10T07:30")
    one = plan(daily("2026-06-10", "04:00"), since)
    assert utc("2026-06-10T08:00") < since + SETTLING
    assert expected_runs(one, utc("2026-06-10T16:00")).due is None
    assert expected_runs(one, utc("2026-06-11T16:00")).due is not None


def test_after_a_change_no_run_is_due_until_the_first_slot_of_the_new_schedule() -> None:
    moved = utc("2026-06-10T17:00")
    one = plan(daily("2026-06-01", "10:00"), moved)
    after = expected_runs(one, moved + timedelta(hours=1))
    assert (after.due, after.pending) == (None, None)
    assert after.following is not None
    assert after.following.start == utc("2026-06-11T14:00")
    next_day = expected_runs(one, utc("2026-06-11T16:00"))
    assert next_day.due is not None
    assert next_day.due.start == utc("2026-06-11T14:00")


def test_it_expires_at_the_end_of_the_day_in_the_accounts_zone() -> None:
    one = plan(daily("2026-06-01", "04:00", expiration=date(2026, 6, 10)))
    assert expected_runs(one, utc("2026-06-11T03:59")).expired is None
    assert expected_runs(one, utc("2026-06-11T04:00")).expired == date(2026, 6, 10)


@pytest.mark.parametrize(
    ("day", "zone", "starts"),
    [
        ("2026-03-08", NEW_YORK, "2026-03-08T07:15"),  # 02:15 does not exist: an hour later by the wall clock
        ("2026-11-01", NEW_YORK, "2026-11-01T07:15"),
        ("2026-03-29", "Europe/Berlin", "2026-03-29T01:15"),
        ("2026-10-25", "Europe/Berlin", "2026-10-25T00:15"),  # 02:15 comes twice: the first one
    ],
)
def test_the_clocks_change_over_a_slot(day: str, zone: str, starts: str) -> None:
    one = plan(daily("2026-01-01", "02:15", zone=zone))
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    told = expected_runs(one, noon)
    assert told.due is not None
    assert told.due.start == utc(starts)


@given(
    zone=st.sampled_from([NEW_YORK, "Europe/Berlin", "Asia/Calcutta", "Australia/Lord_Howe", "UTC"]),
    quarter=st.integers(0, 95),
    every=st.integers(1, 9),
    hours=st.integers(0, 24 * 800),
    end=st.none() | st.integers(0, 500),
)
def test_it_owes_what_the_sandbox_runs(zone: str, quarter: int, every: int, hours: int, end: int | None) -> None:
    first, at = date(2026, 1, 5), time(quarter // 4, quarter % 4 * 15)
    last = None if end is None else first + timedelta(days=end)
    one = plan(daily(first.isoformat(), at.isoformat(), zone=zone, every_days=every, end=last))
    theirs = Recurrence(first, at, zone, every, last)
    now = datetime(2026, 1, 4, tzinfo=UTC) + timedelta(hours=hours, minutes=7)
    told = expected_runs(one, now)
    following = theirs.slot_after(now)
    assert (told.following.start if told.following else None) == following
    if told.due is not None:
        assert theirs.slot_after(told.due.start - timedelta(seconds=1)) == told.due.start
        later = theirs.slot_after(told.due.start)
        assert later is None or later + timedelta(minutes=15) + PATIENCE > now
    before = slot_before(one, now)
    assert before is None or before.start <= now
    assert before is None or theirs.slot_after(before.start) == following


def told(journal: JournalState, at: datetime, step: str, **values: Value) -> None:
    first = journal.seq + 1
    entries = [answer_entry(step, name, value, "typed") for name, value in values.items()]
    journal.apply(Record(first + number, at, entry) for number, entry in enumerate(entries))


def test_plans_come_from_the_journal_and_count_from_their_last_change() -> None:
    journal = JournalState()
    journal.values["first-password.time_zone"] = NEW_YORK
    assert scheduled_jobs(journal) == ()
    one, two = utc("2026-06-01T12:00"), utc("2026-06-05T12:00")
    told(journal, one, "select-object", job_name="Out")
    told(journal, one, "export-schedule", schedule="daily", date="2026-06-02", time="04:00", every_days=1)
    told(journal, two, "export-schedule", time="06:15")
    told(journal, two, "export-schedule", expiration="never")
    found = scheduled_jobs(journal)
    assert (found[0].schedule.at, found[0].since) == (time(6, 15), two)


def learned(journal: JournalState, at: datetime, step: str, **facts: Value) -> None:
    entry = outcome_entry(step, Outcome(Verdict.VERIFIED, (), facts), {})
    journal.apply([Record(journal.seq + 1, at, entry)])


def test_another_time_zone_counts_from_when_it_was_seen() -> None:
    journal = JournalState()
    learned(journal, utc("2026-06-01T11:00"), "first-password", time_zone=NEW_YORK)
    told(journal, utc("2026-06-01T12:00"), "select-object", job_name="Out")
    told(journal, utc("2026-06-01T12:00"), "export-schedule", schedule="daily", date="2026-06-02", time="04:00")
    learned(journal, utc("2026-06-05T12:00"), "first-password", time_zone="Europe/Berlin")
    (one,) = scheduled_jobs(journal)
    assert one.schedule.zone == "Europe/Berlin"
    assert expected_runs(one, utc("2026-06-05T13:00")).due is None
    due = expected_runs(one, utc("2026-06-06T13:00")).due
    assert due is not None
    assert due.start == utc("2026-06-06T02:00")


def test_a_zone_that_became_unknown_leaves_no_plan_by_the_old_one() -> None:
    journal = JournalState()
    learned(journal, utc("2026-06-01T11:00"), "first-password", time_zone=NEW_YORK)
    told(journal, utc("2026-06-01T12:00"), "select-object", job_name="Out")
    told(journal, utc("2026-06-01T12:00"), "export-schedule", schedule="daily", date="2026-06-02", time="04:00")
    assert scheduled_jobs(journal)
    learned(journal, utc("2026-06-05T12:00"), "first-password", time_zone="(GMT-08:00) Pacific Time")
    assert scheduled_jobs(journal) == ()
    assert "Pacific Time" in why_not_assessable(journal.known())


def test_a_job_made_again_owes_nothing_of_before() -> None:
    journal = JournalState()
    journal.values["first-password.time_zone"] = NEW_YORK
    told(journal, utc("2026-06-01T12:00"), "select-object", job_name="Out")
    told(journal, utc("2026-06-01T12:00"), "export-schedule", schedule="daily", date="2026-06-02", time="04:00")
    learned(journal, utc("2026-06-01T13:00"), "export-schedule", job_id=41)
    assert expected_runs(scheduled_jobs(journal)[0], utc("2026-06-05T13:00")).due is not None
    learned(journal, utc("2026-06-05T12:00"), "export-schedule", job_id=52)
    assert expected_runs(scheduled_jobs(journal)[0], utc("2026-06-05T13:00")).due is None
    assert expected_runs(scheduled_jobs(journal)[0], utc("2026-06-06T13:00")).due is not None


def test_a_schedule_that_cannot_be_read_is_no_plan() -> None:
    journal = JournalState()
    journal.values["first-password.time_zone"] = "Mars/Base"
    told(journal, utc("2026-06-01T12:00"), "select-object", job_name="Out")
    assert why_not_assessable(journal.known()) == ""
    told(journal, utc("2026-06-01T12:00"), "export-schedule", schedule="daily", date="2026-06-02", time="04:00")
    assert scheduled_jobs(journal) == ()
    assert 'does not know the account\'s time zone, "Mars/Base"' in why_not_assessable(journal.known())
