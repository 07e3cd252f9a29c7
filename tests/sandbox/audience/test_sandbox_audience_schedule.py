"""Schedules of Connect jobs: labels, slots, daylight saving, expiry."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.sandbox.shared.schedule import Recurrence, ScheduleError, read_recurrence

ZONE = "America/New_York"
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
    assert read_recurrence(DAILY, ZONE) == Recurrence(date(2026, 11, 24), time(2, 15), ZONE, every_days=1)
    once = {"Schedule": "Run once", "Date": "2026-11-24", "Time": "23:45", "Expiration": "2027-01-31"}
    read = read_recurrence(once, ZONE)
    assert read.once
    assert read.expires_at() == datetime(2027, 2, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Schedule", "On demand"),
        ("Recurring", "Weekly"),
        ("Date", "24.11.2026"),
        ("Time", "25:20"),
        ("Time", "25:00"),
        ("Every _ days", "0"),
        ("Every _ days", "²"),
        ("End date", "2026-11-23"),
        ("Expiration", ""),
        ("Expiration", "soon"),
    ],
)
def test_a_wrong_entry_is_named_by_its_label(label: str, value: str) -> None:
    with pytest.raises(ScheduleError, match=label):
        read_recurrence({**DAILY, label: value}, ZONE)


def test_a_number_of_days_may_come_as_number() -> None:
    assert read_recurrence({**DAILY, "Every _ days": 3}, ZONE).every_days == 3


def test_run_once_is_over_when_its_slot_has_begun() -> None:
    once = Recurrence(date(2026, 11, 24), time(2, 15), ZONE)
    slot = datetime(2026, 11, 24, 7, 15, tzinfo=UTC)
    assert once.slot_after(slot - timedelta(seconds=1)) == slot
    assert once.slot_after(slot) is None


def test_end_date_is_the_last_day_and_steps_keep_from_the_first_date() -> None:
    every_other = Recurrence(date(2026, 11, 24), time(2, 15), ZONE, every_days=2, end=date(2026, 11, 28))
    moment, days = datetime(2026, 11, 23, tzinfo=UTC), []
    while (slot := every_other.slot_after(moment)) is not None:
        days.append(slot.day)
        moment = slot
    assert days == [24, 26, 28]


@pytest.mark.parametrize(
    ("slot", "day", "expected"),
    [
        (time(2, 15), date(2027, 3, 13), datetime(2027, 3, 13, 7, 15, tzinfo=UTC)),
        (time(2, 15), date(2027, 3, 14), datetime(2027, 3, 14, 7, 15, tzinfo=UTC)),  # 02:15 does not exist: 03:15
        (time(2, 15), date(2027, 3, 15), datetime(2027, 3, 15, 6, 15, tzinfo=UTC)),
        (time(1, 15), date(2027, 11, 7), datetime(2027, 11, 7, 5, 15, tzinfo=UTC)),  # 01:15 twice: the first
    ],
)
def test_daylight_saving(slot: time, day: date, expected: datetime) -> None:
    schedule = Recurrence(date(2027, 1, 1), slot, ZONE, every_days=1)
    assert schedule.slot_after(datetime(day.year, day.month, day.day, 4, 59, tzinfo=UTC)) == expected


@given(
    st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    st.integers(0, 95),
    st.integers(1, 40),
    st.datetimes(datetime(2019, 1, 1), datetime(2036, 1, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.sampled_from([ZONE, "UTC", "Australia/Lord_Howe", "Asia/Calcutta", "America/Sao_Paulo"]),
    st.integers(),
)
def test_the_next_slot_is_the_first_one_later(
    first: date, quarter: int, every: int, moment: datetime, zone: str, seed: int
) -> None:
    schedule = Recurrence(first, time(quarter // 4, quarter % 4 * 15), zone, every_days=every)
    now = moment.replace(tzinfo=UTC)
    slot = schedule.slot_after(now)
    assert slot is not None
    assert slot > now
    before = schedule.slot_after(slot - timedelta(seconds=1))
    assert before == slot
    # no slot was left out: from just after the one before it, this one is the next
    if slot - now > timedelta(days=every, hours=2):
        assert slot.date() - first <= timedelta(days=1)
    run = schedule.run_after(now, random.Random(seed))  # noqa: S311 - no secret
    assert run is not None
    assert timedelta() <= run - slot < timedelta(minutes=15)
