"""Schedules: slots in the account's time zone, over changes of the clock, once and daily."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.schedule import SLOT, Frequency, Schedule, Slot, UnknownZoneError, time_of_day, zone_of

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"

quarters = st.builds(lambda hour, quarter: time(hour, quarter * 15), st.integers(0, 23), st.integers(0, 3))
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
moments = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 31), timezones=st.just(UTC))  # noqa: DTZ001 - made aware
zones = st.sampled_from([NEW_YORK, BERLIN])
schedules = st.builds(
    Schedule,
    st.sampled_from(Frequency),
    days,
    quarters,
    zones,
    st.integers(1, 10),
    st.none() | days,
    st.none() | days,
)


def daily(first: date, at: time, zone: str = NEW_YORK, every: int = 1, **more: date) -> Schedule:
    return Schedule(Frequency.DAILY, first, at, zone, every, more.get("end"), more.get("expiration"))


def slots(schedule: Schedule, after: datetime, before: datetime) -> list[Slot]:
    """Return the slots that begin at or after `after` and before `before`, counted by the days of the calendar."""
    step = schedule.every_days if schedule.frequency is Frequency.DAILY else 1
    last = min(schedule.last_day, before.date() + timedelta(days=1))
    run_days = (schedule.first + timedelta(days=day) for day in range(0, (last - schedule.first).days + 1, step))
    return [slot for slot in map(schedule.slot_on, run_days) if after <= slot.start < before]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "at", "start"),
    [
        (NEW_YORK, date(2026, 3, 7), time(2, 15), "2026-03-07T07:15"),
        (NEW_YORK, date(2026, 3, 8), time(2, 15), "2026-03-08T07:15"),  # skipped: an hour later by the wall clock
        (NEW_YORK, date(2026, 3, 9), time(2, 15), "2026-03-09T06:15"),
        (NEW_YORK, date(2026, 11, 1), time(1, 15), "2026-11-01T05:15"),  # comes twice: the first one
        (NEW_YORK, date(2026, 11, 1), time(2, 0), "2026-11-01T07:00"),
        (BERLIN, date(2026, 3, 29), time(2, 30), "2026-03-29T01:30"),  # skipped
        (BERLIN, date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),  # comes twice
        (BERLIN, date(2026, 10, 26), time(2, 30), "2026-10-26T01:30"),
    ],
)
def test_a_slot_follows_the_clocks_of_its_zone(zone: str, day: date, at: time, start: str) -> None:
    slot = daily(day, at, zone).slot_on(day)
    assert slot.start == utc(start)
    assert slot.end - slot.start == timedelta(minutes=15)


@given(schedules, moments, st.integers(0, 40))
def test_slots_are_in_order_within_bounds_and_on_run_days(schedule: Schedule, after: datetime, span: int) -> None:
    before, found, slot = after + timedelta(days=span), list[Slot](), schedule.slot_after(after)
    while slot is not None and slot.start < before:
        found.append(slot)
        slot = schedule.slot_after(slot.start)
    assert found == sorted(set(found))
    assert found == slots(schedule, after + timedelta.resolution, before)
    zone = ZoneInfo(schedule.zone)
    for slot in found:
        assert after <= slot.start < before
        assert slot.end == slot.start + SLOT
        local = slot.start.astimezone(zone)
        assert schedule.first <= local.date() <= schedule.last_day
        step = schedule.every_days if schedule.frequency is Frequency.DAILY else 1
        assert (local.date() - schedule.first).days % step == 0
        # A skipped local time runs an hour later by the wall clock; every other one runs when the wall clock shows it.
        exists = datetime.combine(local.date(), schedule.at, zone).astimezone(UTC).astimezone(zone).time()
        assert local.time() == exists
        assert local.time() in (schedule.at, time((schedule.at.hour + 1) % 24, schedule.at.minute))


@given(schedules, moments)
def test_last_and_next_slot_meet_at_the_moment_asked_for(schedule: Schedule, now: datetime) -> None:
    last, following = schedule.last_slot(now), schedule.next_slot(now)
    far = timedelta(days=1200)
    everything = slots(schedule, now - far, now + far)
    assert last == max((slot for slot in everything if slot.end <= now), default=None)
    assert following == min((slot for slot in everything if slot.end > now), default=None)
    assert schedule.newest_slot(now) == max((slot for slot in everything if slot.start <= now), default=None)


@given(days, quarters, zones)
def test_a_single_run_has_one_slot(day: date, at: time, zone: str) -> None:
    schedule = Schedule(Frequency.ONCE, day, at, zone, every_days=3)
    slot = schedule.slot_on(day)
    assert slots(schedule, slot.start - timedelta(days=400), slot.start + timedelta(days=400)) == [slot]
    assert schedule.slot_after(slot.start - timedelta(days=400)) == slot
    assert schedule.next_slot(slot.end) is None
    assert schedule.last_slot(slot.end - timedelta(seconds=1)) is None
    assert schedule.last_slot(slot.end) == slot


def test_a_slot_that_has_begun_is_still_the_next_one() -> None:
    schedule = daily(date(2026, 6, 1), time(4, 0))
    slot = schedule.slot_on(date(2026, 6, 1))
    assert schedule.next_slot(slot.start + timedelta(minutes=7)) == slot
    assert schedule.next_slot(slot.end) == schedule.slot_on(date(2026, 6, 2))


def test_end_date_and_expiration_are_last_days() -> None:
    schedule = daily(date(2026, 6, 1), time(4, 0), end=date(2026, 6, 10), expiration=date(2026, 6, 3))
    found = [schedule.slot_on(date(2026, 6, 1))]
    while (slot := schedule.slot_after(found[-1].start)) is not None:
        found.append(slot)
    assert [slot.start for slot in found] == [utc(f"2026-06-0{day}T08:00") for day in (1, 2, 3)]


def test_every_third_day() -> None:
    schedule = daily(date(2026, 2, 27), time(23, 45), BERLIN, every=3)
    found = [schedule.next_slot(utc(moment)) for moment in ("2026-01-01", "2026-02-28", "2026-03-03")]
    assert [slot and slot.start for slot in found] == [utc(f"2026-0{day}T22:45") for day in ("2-27", "3-02", "3-05")]


def test_naive_times_are_refused() -> None:
    schedule = daily(date(2026, 6, 1), time(4, 0))
    naive = datetime(2026, 6, 1)  # noqa: DTZ001 - the very thing that is refused
    for ask in (schedule.next_slot, schedule.last_slot, schedule.slot_after):
        with pytest.raises(TypeError, match="naive"):
            ask(naive)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "America/../../x", "\0"])
def test_unknown_zones_are_refused(name: str) -> None:
    with pytest.raises(UnknownZoneError):
        zone_of(name)


@pytest.mark.parametrize("text", ["4:00", "24:00", "04:15:00", "", "noon", "04:15+01:00"])
def test_only_hours_and_minutes_are_read(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        time_of_day(text)
    assert time_of_day("04:05") == time(4, 5)


def test_schedules_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        daily(date(2026, 6, 1), time(4, 0), every=0)
    with pytest.raises(ValueError, match="hours and minutes"):
        daily(date(2026, 6, 1), time(4, 0, 1))


def test_a_job_starts_in_the_quarter_hour_that_holds_its_time() -> None:
    exact, quarter = (daily(date(2026, 6, 1), time(4, minute)) for minute in (20, 15))
    assert exact.slot_on(date(2026, 6, 1)) == quarter.slot_on(date(2026, 6, 1))


@pytest.mark.parametrize(
    ("name", "winter", "summer"),
    [
        ("PST", -8, -7),
        ("JST", 9, 9),
        ("GMT-05:00", -5, -5),
        ("GMT-5", -5, -5),
        ("UTC+0530", 5.5, 5.5),
        ("+05:30", 5.5, 5.5),
        ("UT-03", -3, -3),
        ("GMT", 0, 0),
        ("Etc/GMT+5", -5, -5),
    ],
)
def test_ids_and_offsets_of_java_are_read(name: str, winter: float, summer: float) -> None:
    zone = zone_of(name)
    offsets = [datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)]
    assert offsets == [timedelta(hours=winter), timedelta(hours=summer)]


@pytest.mark.parametrize("name", ["(GMT-08:00) Pacific Time", "CST", "IST", "GMT+19", "GMT-5:7", "Pacific Time"])
def test_a_name_that_may_mean_several_zones_is_not_guessed_at(name: str) -> None:
    with pytest.raises(UnknownZoneError):
        zone_of(name)
