"""Schedules of Connect jobs: labels, slots, daylight saving, expiry."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.schedule import Frequency, Schedule
from cxr_tui.sandbox.shared.connect_jobs import read_schedule
from support.worlds.recurrence import Recurrence

ZONE = "America/New_York"
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
DAILY = {
    "Schedule": "Recurring",
    "Recurring": "Daily",
    "Date": "2026-11-24",
    "Time": "02:15",
    "Every _ days": "1",
    "End date": "No end date",
    "Expiration": "Never expire",
}


def test_labels_become_a_schedule() -> None:
    daily = Schedule(Frequency.DAILY, date(2026, 11, 24), time(2, 15), ZONE)
    assert read_schedule(DAILY, ZONE, NOW) == daily
    assert read_schedule({**DAILY, "Every _ days": "3"}, ZONE, NOW) == replace(daily, every_days=3)
    once = {**DAILY, "Schedule": "Run once", "Time": "23:45", "Expiration": "2027-01-31"}
    read = read_schedule(once, ZONE, NOW)
    assert read.frequency is Frequency.ONCE
    assert read.expires_at() == datetime(2027, 2, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Date", "24.11.2026"),
        ("Time", "25:20"),
        ("Every _ days", "0"),
        ("Every _ days", "²"),
        ("End date", "2026-11-23"),
        ("Expiration", ""),
        ("Expiration", "soon"),
    ],
)
def test_a_wrong_entry_is_refused(label: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"Expiration|enter dates|in the past"):
        read_schedule({**DAILY, label: value}, ZONE, NOW)


def test_a_schedule_without_a_run_left_is_refused() -> None:
    with pytest.raises(ValueError, match="in the past"):
        read_schedule({**DAILY, "Schedule": "Run once", "Date": "2026-11-23", "Time": "09:45"}, ZONE, NOW)


def test_end_date_is_the_last_day_and_steps_keep_from_the_first_date() -> None:
    every_other = Schedule(Frequency.DAILY, date(2026, 11, 24), time(2, 15), ZONE, every_days=2, end=date(2026, 11, 28))
    moment, days = datetime(2026, 11, 23, tzinfo=UTC), []
    while (slot := every_other.slot_after(moment)) is not None:
        days.append(slot.start.day)
        moment = slot.start
    assert days == [24, 26, 28]


@pytest.mark.parametrize(
    ("at", "day", "expected"),
    [
        (time(2, 15), date(2027, 3, 13), datetime(2027, 3, 13, 7, 15, tzinfo=UTC)),
        (time(2, 15), date(2027, 3, 14), datetime(2027, 3, 14, 7, 15, tzinfo=UTC)),  # 02:15 does not exist: 03:15
        (time(2, 15), date(2027, 3, 15), datetime(2027, 3, 15, 6, 15, tzinfo=UTC)),
        (time(1, 15), date(2027, 11, 7), datetime(2027, 11, 7, 5, 15, tzinfo=UTC)),  # 01:15 twice: the first
    ],
)
def test_daylight_saving(at: time, day: date, expected: datetime) -> None:
    schedule = Schedule(Frequency.DAILY, date(2027, 1, 1), at, ZONE)
    slot = schedule.slot_after(datetime(day.year, day.month, day.day, 4, 59, tzinfo=UTC))
    assert slot is not None
    assert slot.start == expected


@given(
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.integers(0, 95),
    st.integers(0, 40),
    st.datetimes(datetime(2019, 1, 1), datetime(2036, 1, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.sampled_from([ZONE, "UTC", "Australia/Lord_Howe", "Asia/Calcutta", "America/Sao_Paulo"]),
)
def test_the_next_slot_is_the_first_one_later(
    first: date, quarter: int, every: int, moment: datetime, zone: str
) -> None:
    at, now = time(quarter // 4, quarter % 4 * 15), moment.replace(tzinfo=UTC)
    frequency = Frequency.DAILY if every else Frequency.ONCE
    slot = Schedule(frequency, first, at, zone, max(every, 1)).slot_after(now)
    assert (slot and slot.start) == Recurrence(first, at, zone, every).slot_after(now)
    assert slot is None or slot.end - slot.start == timedelta(minutes=15)
