"""The two Schedule steps: expiration, the job behind the answers, and the gap between export and import."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import (
    LoginRefusedError,
    NoAccessError,
    NothingStoredError,
    OutsideError,
    ServiceFaultError,
)
from cxr_tui.domain.finding import Status, Verdict
from cxr_tui.domain.responsys_data import ConnectJob
from cxr_tui.domain.schedule import Frequency
from cxr_tui.guide.forms.schedule import read_schedule
from cxr_tui.guide.steps.export.export_schedule import STEP as EXPORT
from cxr_tui.guide.steps.import_.import_schedule import STEP as IMPORT
from support.worlds.scripted_world import (
    NOW,
    ScriptedOperator,
    ScriptedResponsys,
    ScriptedWorld,
    checked,
    codes,
    finding,
    known_of,
    values_of,
)

BASE: dict[str, Value] = {
    "first-password.time_zone": "America/New_York",
    "select-object.job_name": "Export",
    "source-connectivity.job_name": "Import",
    "export-notification.time": NOW.isoformat(),
    "import-notification.time": NOW.isoformat(),
}


def job(name: str = "Export", *, active: bool = True, last: datetime | None = None, **times: str) -> ConnectJob:
    following = datetime.fromisoformat(times["next_run"]) if "next_run" in times else None
    return ConnectJob(41, name, active, False, following, last)


def test_the_night_after_is_proposed_in_the_accounts_zone() -> None:
    late = "2026-06-11T02:30:00+00:00"  # still the evening of the 10th in New York
    values = values_of(EXPORT, {**BASE, "export-notification.time": late})
    schedule = read_schedule(Known(values), "export-schedule")
    assert schedule.frequency is Frequency.DAILY
    assert schedule.slot_on(schedule.first).start == datetime.fromisoformat("2026-06-11T08:00:00+00:00")
    assert schedule.expiration is None


def test_nothing_is_proposed_while_the_time_is_not_known() -> None:
    values = values_of(EXPORT, {"first-password.time_zone": "America/New_York"})
    assert "export-schedule.date" not in values


async def test_a_job_that_runs_as_planned_is_proven() -> None:
    connect = ScriptedResponsys(jobs=(job(next_run="2026-06-11T08:07:00+00:00"),))
    outcome = await checked(EXPORT, BASE, ScriptedWorld(connect_user=connect))
    assert outcome.verdict is Verdict.VERIFIED
    assert {one.status for one in outcome.findings} == {Status.PASS}
    assert outcome.facts["job_id"] == 41


@pytest.mark.parametrize(
    ("jobs", "code"),
    [
        ((), "job-gone"),
        ((job("Exporte"),), "job-gone"),
        ((job(active=False),), "job-inactive"),
    ],
)
async def test_what_is_wrong_with_the_job_is_named(jobs: tuple[ConnectJob, ...], code: str) -> None:
    outcome = await checked(EXPORT, BASE, ScriptedWorld(connect_user=ScriptedResponsys(jobs=jobs)))
    assert outcome.verdict is Verdict.FAILED
    assert codes(outcome, Status.FAIL) == {code}


@pytest.mark.parametrize("next_run", ["2026-06-11T08:15:00+00:00", "2026-06-11T04:07:00+00:00"])
async def test_another_next_run_is_a_warning_for_its_form_and_zone_are_not_documented(next_run: str) -> None:
    connect = ScriptedResponsys(jobs=(job(next_run=next_run),))
    outcome = await checked(EXPORT, BASE, ScriptedWorld(connect_user=connect))
    assert (codes(outcome, Status.FAIL), codes(outcome, Status.WARN)) == (set(), {"next-run-differs"})
    assert "Oracle does not document" in finding(outcome, "next-run-differs").why


async def test_a_time_within_a_quarter_hour_is_taken_with_a_warning() -> None:
    outcome = await checked(EXPORT, {**BASE, "export-schedule.time": "04:05"}, ScriptedWorld())
    assert (outcome.verdict, codes(outcome, Status.WARN)) == (Verdict.CONFIRMABLE, {"time-off-quarter-hour"})
    assert "04:00 to 04:15" in finding(outcome, "next-slot").seen


async def test_without_a_connect_user_a_persons_word_decides() -> None:
    outcome = await checked(EXPORT, BASE, ScriptedWorld())
    assert outcome.verdict is Verdict.CONFIRMABLE


@pytest.mark.parametrize("text", ["", "not set", "soon"])
async def test_a_missing_expiration_is_named_and_fixed(text: str) -> None:
    outcome = await checked(EXPORT, {**BASE, "export-schedule.expiration": text}, ScriptedWorld())
    assert codes(outcome, Status.FAIL) == {"no-expiration"}
    fix = finding(outcome, "no-expiration").fix
    assert fix is not None
    mended = await checked(EXPORT, {**BASE, **fix.answers}, ScriptedWorld())
    assert codes(mended, Status.FAIL) == set()


async def test_an_expiration_left_out_on_the_screen_is_named() -> None:
    screen = {"Schedule": {"Expiration": "", "Status": "Inactive", "Time": "04:00", "Date": "2026-06-11"}}
    outcome = await checked(EXPORT, BASE, ScriptedWorld(screens=ScriptedOperator(screen)))
    # That the job is inactive follows from it, and is not told as a second fault.
    assert codes(outcome, Status.FAIL) == {"no-expiration"}


async def test_an_expiration_soon_is_a_warning() -> None:
    outcome = await checked(EXPORT, {**BASE, "export-schedule.expiration": "2026-06-30"}, ScriptedWorld())
    assert codes(outcome, Status.WARN) == {"expires-soon"}
    once: dict[str, Value] = {**BASE, "export-schedule.schedule": "once", "export-schedule.expiration": "2026-06-30"}
    assert codes(await checked(EXPORT, once, ScriptedWorld()), Status.WARN) == set()


async def test_a_single_run_that_is_over_holds_only_where_it_ran() -> None:
    over: dict[str, Value] = {**BASE, "export-schedule.schedule": "once", "export-schedule.date": "2026-06-01"}
    ran = ScriptedResponsys(jobs=(job(active=False, last=NOW - timedelta(days=9)),))
    assert "job-inactive" not in codes(await checked(EXPORT, over, ScriptedWorld(connect_user=ran)), Status.FAIL)
    never = ScriptedResponsys(jobs=(job(active=False),))
    assert codes(await checked(EXPORT, over, ScriptedWorld(connect_user=never)), Status.FAIL) == {"job-inactive"}


@pytest.mark.parametrize(
    ("name", "value"),
    [("date", "tomorrow"), ("time", "4 pm"), ("every_days", 0), ("end_date", "2026-13-01")],
)
async def test_an_unreadable_schedule_is_named(name: str, value: Value) -> None:
    outcome = await checked(EXPORT, {**BASE, f"export-schedule.{name}": value}, ScriptedWorld())
    assert codes(outcome, Status.FAIL) == {"schedule-unreadable"}


def test_the_instruction_says_what_the_screen_asks() -> None:
    (visit,) = EXPORT.visits(known_of(EXPORT, BASE))
    assert visit.path == ("Data", "Connect", "Manage Connect", "Export", "Schedule")
    assert visit.entries == {
        "Schedule": "Recurring",
        "Recurring": "Daily",
        "Date": "2026-06-11",
        "Time": "04:00",
        "Every _ days": "1",
        "End date": "No end date",
        "Expiration": "Never expire",
    }
    (visit,) = IMPORT.visits(known_of(IMPORT, {**BASE, "import-schedule.schedule": "once"}))
    assert visit.entries == {
        "Schedule": "Run once",
        "Date": "2026-06-11",
        "Time": "06:00",
        "Expiration": "Never expire",
    }


def planned(export: str = "04:00", imports: str = "06:00", **more: Value) -> dict[str, Value]:
    exports: dict[str, Value] = {
        "export-schedule.schedule": "daily",
        "export-schedule.date": "2026-06-11",
        "export-schedule.time": export,
        "export-schedule.every_days": 1,
        "export-schedule.expiration": "never",
    }
    extra = {key.replace("__", "-", 1).replace("__", "."): value for key, value in more.items()}
    return {**BASE, **exports, "import-schedule.time": imports, **extra}


@pytest.mark.parametrize(
    ("export", "imports", "right"),
    [
        ("04:00", "06:00", True),
        ("04:00", "04:45", True),
        ("04:00", "04:30", False),  # a quarter of an hour after the slot's end
        ("04:00", "04:15", False),
        ("04:00", "04:00", False),
        ("04:00", "03:45", False),  # before the export of the day: yesterday's file
        ("04:00", "15:00", True),
        ("23:00", "01:00", False),  # on the first day there is no export before it
    ],
)
async def test_the_gap_between_the_slots_is_judged(export: str, imports: str, right: bool) -> None:
    outcome = await checked(IMPORT, planned(export, imports), ScriptedWorld())
    assert codes(outcome, Status.FAIL, Status.WARN) == (set() if right else {"import-before-export"})
    assert outcome.verdict is Verdict.CONFIRMABLE


async def test_an_import_after_midnight_follows_the_export_before_it() -> None:
    values = planned("23:00", "01:00", import__schedule__date="2026-06-12")
    assert codes(await checked(IMPORT, values, ScriptedWorld()), Status.FAIL, Status.WARN) == set()


async def test_before_the_export_of_the_day_is_told_from_long_after_it() -> None:
    values = planned("04:00", "03:45", import__schedule__date="2026-06-13")
    outcome = await checked(IMPORT, values, ScriptedWorld())
    assert codes(outcome, Status.WARN) == {"import-before-export"}
    assert "15 minutes before the next export" in finding(outcome, "import-before-export").seen


async def test_a_single_export_may_wait_for_days() -> None:
    values = planned("04:00", "06:00", export__schedule__schedule="once", import__schedule__schedule="once")
    values["import-schedule.date"] = "2026-06-30"
    outcome = await checked(IMPORT, values, ScriptedWorld())
    assert codes(outcome, Status.FAIL) == set()


async def test_more_imports_than_exports_are_a_warning() -> None:
    values = planned("04:00", "06:00", export__schedule__every_days=2)
    assert codes(await checked(IMPORT, values, ScriptedWorld()), Status.WARN) == {"imports-outnumber-exports"}


async def test_another_time_on_the_screen_is_judged_too() -> None:
    screen = {
        "Schedule": {
            "Schedule": "Recurring",
            "Date": "2026-06-11",
            "Time": "04:00",
            "Every _ days": "1",
            "End date": "No end date",
            "Expiration": "Never expire",
            "Status": "Active",
        }
    }
    outcome = await checked(IMPORT, planned(), ScriptedWorld(screens=ScriptedOperator(screen)))
    assert codes(outcome, Status.WARN) == {"import-before-export"}


@pytest.mark.parametrize("frequency", ["once", "daily"])
async def test_a_schedule_that_is_over_is_in_order_where_it_was_seen_ahead(frequency: str) -> None:
    values: dict[str, Value] = {
        **BASE,
        "export-schedule.schedule": frequency,
        "export-schedule.date": "2026-06-11",
        "export-schedule.end_date": "2026-06-12" if frequency == "daily" else "",
    }
    late = ScriptedWorld(time=NOW + timedelta(days=9))
    typed_too_late = await checked(EXPORT, values, late)
    assert codes(typed_too_late, Status.UNKNOWN) >= {"schedule-past"}
    ahead = await checked(EXPORT, values, ScriptedWorld())
    learned = {f"export-schedule.{name}": value for name, value in ahead.facts.items()}
    afterwards = await checked(EXPORT, {**values, **learned}, late)
    assert "schedule-over" in codes(afterwards, Status.PASS)
    assert "schedule-past" not in codes(afterwards, Status.UNKNOWN)
    other = await checked(EXPORT, {**values, **learned, "export-schedule.time": "05:00"}, late)
    assert "schedule-past" in codes(other, Status.UNKNOWN)


@pytest.mark.parametrize("zone", ["(GMT-08:00) Pacific Time", "CST", ""])
@pytest.mark.parametrize("connect", [False, True])
async def test_a_zone_that_is_not_known_asks_for_nothing_impossible(zone: str, connect: bool) -> None:
    user = ScriptedResponsys(jobs=(job(next_run="2026-06-11T08:07:00+00:00"),)) if connect else None
    values: dict[str, Value] = {**BASE, "export-schedule.date": "2026-06-11", "first-password.time_zone": zone}
    outcome = await checked(EXPORT, values, ScriptedWorld(connect_user=user))
    assert outcome.verdict is (Verdict.VERIFIED if connect else Verdict.CONFIRMABLE)
    assert codes(outcome, Status.WARN) == {"time-zone-unknown"}


async def test_an_offset_as_zone_foretells_the_slot() -> None:
    values: dict[str, Value] = {**BASE, "first-password.time_zone": "GMT-05:00"}
    outcome = await checked(EXPORT, values, ScriptedWorld())
    assert finding(outcome, "next-slot").seen.endswith("2026-06-11 04:00 to 04:15 (GMT-05:00).")


async def test_of_several_jobs_of_one_name_the_active_one_is_meant() -> None:
    old = [replace(job(active=False), job_id=number) for number in (1, 2)]
    current = replace(job(next_run="2026-06-11T08:07:00+00:00"), job_id=3)
    for jobs in ((*old, current), (current, *old)):
        outcome = await checked(EXPORT, BASE, ScriptedWorld(connect_user=ScriptedResponsys(jobs=jobs)))
        assert (outcome.verdict, outcome.facts["job_id"]) == (Verdict.VERIFIED, 3)
    twice = (current, replace(current, job_id=4))
    outcome = await checked(EXPORT, BASE, ScriptedWorld(connect_user=ScriptedResponsys(jobs=twice)))
    assert codes(outcome, Status.WARN) == {"job-name-repeated"}


async def test_a_job_that_does_not_say_whether_it_is_active_stops_nothing() -> None:
    silent = replace(job(next_run="2026-06-11T08:07:00+00:00"), active=None)
    outcome = await checked(EXPORT, BASE, ScriptedWorld(connect_user=ScriptedResponsys(jobs=(silent,))))
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, Status.WARN) == {"job-activity-unknown"}


@pytest.mark.parametrize(
    "error",
    [
        LoginRefusedError(400, "INVALID_USER_NAME_PASSWORD"),
        NoAccessError(401, "CONNECT_DISABLED_FOR_USER"),
        NothingStoredError("connect-api-password"),
        ServiceFaultError(503, "HTML"),
    ],
)
async def test_a_fault_of_the_optional_connect_user_leaves_the_job_to_a_person(error: OutsideError) -> None:
    outcome = await checked(EXPORT, BASE, ScriptedWorld(connect_user=ScriptedResponsys(error=error)))
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, Status.FAIL) == set()
    assert codes(outcome, Status.UNKNOWN)
