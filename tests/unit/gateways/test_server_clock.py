"""The servers' time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from cxr_tui.gateways.rest.server_clock import ServerClock, read_date

NOON = datetime(2026, 11, 23, 12, 0, 0, 700_000, tzinfo=UTC)


def test_own_time_until_a_server_has_answered() -> None:
    assert ServerClock(lambda: NOON).now() == NOON


def test_learns_the_offset_and_runs_on_with_it() -> None:
    own = [NOON]
    clock = ServerClock(lambda: own[0])
    clock.learn("Mon, 23 Nov 2026 12:07:00 GMT")
    assert clock.now() == datetime(2026, 11, 23, 12, 7, tzinfo=UTC)
    own[0] += timedelta(minutes=1)
    assert clock.now() == datetime(2026, 11, 23, 12, 8, tzinfo=UTC)
    clock.learn("Mon, 23 Nov 2026 11:00:00 GMT")
    assert clock.now() == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("years", [74, -20])
def test_a_time_that_cannot_be_right_is_reported_and_not_used(years: int) -> None:
    clock = ServerClock(lambda: NOON)
    theirs = NOON.replace(year=NOON.year + years, microsecond=0)
    clock.learn(format_datetime(theirs, usegmt=True))
    assert (clock.now(), clock.own(), clock.difference) == (NOON, NOON, theirs - NOON)
    clock.learn("Mon, 23 Nov 2026 12:00:00 GMT")
    assert clock.difference is None


def test_limits_and_records_go_by_this_machines_time_whatever_a_server_says() -> None:
    clock = ServerClock(lambda: NOON)
    clock.learn("Mon, 23 Nov 2026 20:00:00 GMT")
    assert (clock.own(), clock.difference) == (NOON, timedelta(hours=7, minutes=59, seconds=59, microseconds=300_000))


def test_in_a_sandbox_time_is_the_sandboxes() -> None:
    clock = ServerClock(lambda: NOON, sandboxed=True)
    clock.learn("Mon, 23 Nov 2076 12:00:00 GMT")
    assert clock.own() == clock.now() == datetime(2076, 11, 23, 12, tzinfo=UTC)
    assert clock.difference is None


def test_whole_seconds_do_not_shake_a_clock_that_is_right() -> None:
    clock = ServerClock(lambda: NOON)
    clock.learn("Mon, 23 Nov 2026 12:00:00 GMT")
    clock.learn("Mon, 23 Nov 2026 11:59:59 GMT")
    assert clock.now() == NOON


def test_headers_that_say_nothing_are_left_alone() -> None:
    clock = ServerClock(lambda: NOON)
    for header in (None, "", "soon", "Mon, 99 Nov 2026 12:07:00 GMT"):
        clock.learn(header)
    assert clock.now() == NOON


def test_other_zones_are_read() -> None:
    assert read_date("Mon, 23 Nov 2026 07:00:00 -0500") == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
