"""The Schedule screen, the same in both products' Connect wizards: fields, parsing, rules."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta

from cxr_tui.domain import schedule as calendar
from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.certainty import Ground
from cxr_tui.domain.finding import Fix
from cxr_tui.domain.instruction import Mismatch, Visit
from cxr_tui.domain.schedule import Frequency, Schedule, Slot, UnknownZoneError, zone_of
from cxr_tui.domain.text import quoted
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Kind
from cxr_tui.guide.forms.connect_job import JobWizard
from cxr_tui.guide.forms.validators import iso_date, time_of_day

ZONE = "first-password.time_zone"
ASKED_ZONE = "export-schedule.time_zone"
"""Asked where Responsys does not report a time zone that the program knows."""
NEVER = "never"
NAMES = ("schedule", "date", "time", "every_days", "end_date", "expiration")
"""Field names of a schedule step; another step that reads a schedule rests on all of them."""

PLANNED = Fact("planned", "Planned first and last run")
SOON = timedelta(days=60)
"""An expiration sooner than this is worth a warning (a choice of ours)."""

SOURCE = "Integrating with Responsys, import your profile list, Schedule (documented)"
_SLOTS = (
    "Integrating with Responsys, Schedule (documented); the quarter hour: Connect job groups of Responsys Express "
    "(inferred)"
)
_WITHOUT_EXPIRATION = "A job without an expiration cannot be activated. Expired jobs are deleted permanently."
_EXPIRES = "Responsys Help, Connect wizard: expiration (documented)"


def schedule_keys(step_id: str) -> tuple[str, ...]:
    """Return the keys of everything that a schedule is read from."""
    return (*(f"{step_id}.{name}" for name in NAMES), ZONE, ASKED_ZONE)


def account_zone(known: Known) -> str:
    """Return the account's time zone: as Responsys reports it, else as entered; empty while unknown."""
    reported = known.text(ZONE)
    return reported if _is_zone(reported) else known.text(ASKED_ZONE) or reported


def zone_field() -> Field:
    """Return the field for the account's time zone, shown only where Responsys does not report a known zone."""
    return Field(
        "time_zone",
        "Account time zone",
        help="The time zone from the account settings, for example America/New_York or Europe/Berlin. Without it the "
        "wizard does not know when a run is due.",
        source="Asked by this wizard: Responsys did not report a known time zone",
        rule=lambda value, _: None if _is_zone(str(value)) else "Enter a time zone, for example America/New_York.",
        optional=True,
        shown=lambda known: not _is_zone(known.text(ZONE)),
    )


def _is_zone(name: str) -> bool:
    try:
        zone_of(name)
    except UnknownZoneError:
        return False
    return True


def planned_key(step_id: str) -> str:
    """Return the key of the fact that a check saw this schedule before its last run."""
    return f"{step_id}.{PLANNED.name}"


def schedule_fields(step_id: str, *, at: str, today: str, at_why: str) -> tuple[Field, ...]:
    """Return the fields of a Schedule screen.

    `at` is the suggested local time, `at_why` one sentence on it, `today` the key of a recorded server time (ISO), from
    which the next day is suggested.
    """

    def daily(known: Known) -> bool:
        return known.text(f"{step_id}.schedule", Frequency.DAILY.value) == Frequency.DAILY

    return (
        Field(
            "schedule",
            "Schedule",
            Kind.CHOICE,
            help="Recurring keeps CX Audience up to date. Run once copies the profiles a single time.",
            default=Frequency.DAILY.value,
            choices=(Choice(Frequency.DAILY.value, "Recurring, daily"), Choice(Frequency.ONCE.value, "Run once")),
        ),
        Field(
            "date",
            "Date",
            Kind.DATE,
            help="The day of the first run, in the account's time zone. Suggested: the next day.",
            default=_next_day(today),
            rule=iso_date,
        ),
        Field(
            "time",
            "Time",
            Kind.TIME,
            help="Start time in the account's time zone, on a quarter hour. The job probably starts within the "
            f"following 15 minutes. {at_why}",
            source=_SLOTS,
            default=at,
            rule=time_of_day,
        ),
        Field(
            "every_days",
            "Every _ days",
            Kind.NUMBER,
            help="1 = every day.",
            default=1,
            rule=_day_count,
            shown=daily,
        ),
        Field(
            "end_date",
            "End date",
            Kind.DATE,
            help="The last day of the recurrence. Leave empty for No end date.",
            rule=iso_date,
            optional=True,
            shown=daily,
        ),
        Field(
            "expiration",
            "Expiration",
            help="Enter never, or a date (YYYY-MM-DD). In Connect, click the pencil next to Expiration. You cannot "
            "activate a job without it; expired jobs are deleted permanently.",
            source=_EXPIRES,
            default=NEVER,
            optional=True,
        ),
    )


def schedule_visit(known: Known, step_id: str, job: JobWizard) -> Visit:
    """Return the visit of a job's Schedule screen."""
    answer = {name: known.text(f"{step_id}.{name}") for name in NAMES}
    expiration, daily = answer["expiration"].strip(), answer["schedule"] == Frequency.DAILY
    every = {"Every _ days": answer["every_days"], "End date": answer["end_date"] or "No end date"}
    entries = {
        **({"Schedule": "Recurring", "Recurring": "Daily"} if daily else {"Schedule": "Run once"}),
        "Date": answer["date"],
        "Time": answer["time"],
        **(every if daily else {}),
        "Expiration": "Never expire" if expiration.lower() == NEVER else expiration,
    }
    zone = account_zone(known)
    return job.screen(
        known,
        "Schedule",
        entries,
        press=("Activate", "Save & Close"),
        mismatches={"Expiration": Mismatch("no-expiration", _WITHOUT_EXPIRATION, job.ground, causes=("job-inactive",))},
        note=f"All times are in the account's time zone{f', {zone}' if zone else ''}. Expiration is at "
        "the top of the Connect wizard; click the pencil. If the job cannot be activated, click Show Errors.",
    )


def read_schedule(known: Known, step_id: str) -> Schedule:
    """Return a step's schedule; ValueError (for a time zone UnknownZoneError) with a sentence about the problem."""
    zone = account_zone(known)
    frequency = Frequency.ONCE if known.text(f"{step_id}.schedule") == Frequency.ONCE else Frequency.DAILY
    every = known.number(f"{step_id}.every_days", 1) if frequency is Frequency.DAILY else 1
    first, at = _day(known, f"{step_id}.date", "Date"), _time(known.text(f"{step_id}.time"))
    end = _day(known, f"{step_id}.end_date", "End date") if known.has(f"{step_id}.end_date") else None
    try:
        return Schedule(frequency, first, at, zone, every, end, _expiration(known.text(f"{step_id}.expiration")))
    except UnknownZoneError:
        raise UnknownZoneError(zone_unknown(zone)) from None


def readable_schedule(known: Known, step_id: str) -> Schedule | None:
    """Return a step's schedule, None where its entries give no schedule; that step reports why."""
    try:
        return read_schedule(known, step_id)
    except ValueError:
        return None


def zone_unknown(zone: str) -> str:
    """Return the sentence that the program does not know the account's time zone."""
    if not zone:
        return "Responsys does not report the account's time zone."
    return f"The wizard does not know the account's time zone, {quoted(zone)}."


def gap_before(slot: Slot, export: Schedule) -> tuple[Slot, timedelta] | None:
    """Return the newest export slot that begins no later than an import slot, and the time between the two.

    The time is negative where they overlap; None: the import comes before the first export.
    """
    newest = export.newest_slot(slot.start)
    return None if newest is None else (newest, slot.start - newest.end)


def check_schedule(c: Check, step_id: str, job: JobWizard) -> Schedule | None:
    """Report what is right and wrong about the schedule entered; None where it cannot be read at all."""
    expiration_set = _check_expiration(c, step_id, job.ground)
    try:
        schedule = read_schedule(c.known, step_id)
    except UnknownZoneError as error:
        # No entry of this step is wrong, so it can go on; only its times are unknown.
        c.report.warn(
            "time-zone-unknown",
            str(error),
            "The wizard does not know when the job runs, nor whether a run is late.",
            "Check Completed Jobs after the time on the Schedule screen.",
        )
        return None
    except ValueError as error:
        c.report.fail("schedule-unreadable", str(error), "It is unknown when the job runs.", "Correct the value.")
        return None
    now = c.world.now()
    if schedule.at.minute % 15:
        c.report.warn(
            "time-off-quarter-hour",
            f"The time {schedule.at:%H:%M} is not on a quarter hour.",
            "For job groups of Responsys Express, Oracle says that a job starts within a quarter hour. The procedure "
            "only says to enter the time.",
            "If the Schedule screen accepts this time, go on.",
        )
    if schedule.end is not None and schedule.end < schedule.first:
        c.report.fail(
            "schedule-over",
            f"The end date {schedule.end} is before the first day {schedule.first}.",
            "The job would never run.",
            "Correct one of the two dates.",
        )
    following = schedule.next_slot(now)
    planned = f"{schedule.first} {schedule.at:%H:%M} {schedule.last_day}"
    if following is not None:
        c.report.learn(PLANNED.name, planned)
        c.report.entered("next-slot", f"the next run starts within {local_slot(schedule, following)}.")
    elif schedule.last_slot(now) is not None and c.known.text(planned_key(step_id)) == planned:
        c.report.entered("schedule-over", f"the last scheduled run was on {schedule.last_day}, as you chose.")
    elif schedule.last_slot(now) is not None:
        c.report.unknown(
            "schedule-past",
            f"The last scheduled run was on {schedule.last_day}.",
            "Nothing more is scheduled. If the job has run, that is as you chose.",
            "If it has not, enter a later date, here and on the Schedule screen, and activate the job again.",
        )
    if expiration_set:
        _check_life(c, schedule, now, job.ground)
    return schedule


def local_slot(schedule: Schedule, slot: Slot) -> str:
    """Return a slot in the account's time zone, such as `2026-11-24 04:00 to 04:15 (America/New_York)`."""
    zone = zone_of(schedule.zone)
    start, end = slot.start.astimezone(zone), slot.end.astimezone(zone)
    return f"{start:%Y-%m-%d %H:%M} to {end:%H:%M} ({schedule.zone})"


def local_time(zone: str, moment: datetime) -> str:
    """Return a moment in a time zone to the minute, in UTC where the zone is unknown."""
    try:
        return f"{moment.astimezone(zone_of(zone)):%Y-%m-%d %H:%M} ({zone})"
    except UnknownZoneError:
        return f"{moment:%Y-%m-%d %H:%M} UTC"


def _check_expiration(c: Check, step_id: str, ground: Ground) -> bool:
    key = f"{step_id}.expiration"
    text = c.known.text(key).strip()
    if text.lower() == NEVER or iso_date(text, c.known) is None:
        return True
    c.report.fail(
        "no-expiration",
        f"Expiration is {quoted(text, 40)}, which is neither never nor a date." if text else "No expiration is set.",
        _WITHOUT_EXPIRATION,
        "Click the pencil next to Expiration at the top of the Connect wizard and select Never expire.",
        Fix("Never expire", {key: NEVER}),
        ground=ground,
    )
    return False


def _check_life(c: Check, schedule: Schedule, now: datetime, ground: Ground) -> None:
    if schedule.expiration is None:
        c.report.entered("expiration", "the job never expires.")
        return
    today = now.astimezone(zone_of(schedule.zone)).date()
    if schedule.frequency is Frequency.ONCE:
        if schedule.expiration < schedule.first:
            c.report.fail(
                "expires-before-run",
                f"The job expires on {schedule.expiration}, before its run on {schedule.first}.",
                "It is deleted without a run.",
                "Set Expiration to Never expire, or to a date after the run.",
                ground=ground,
            )
        else:
            c.report.entered("expiration", f"the job expires on {schedule.expiration}, after its run.")
    elif schedule.expiration - today < SOON:
        c.report.warn(
            "expires-soon",
            f"The job expires on {schedule.expiration}, {(schedule.expiration - today).days} days from now.",
            "The job is then deleted permanently, and profiles stop arriving without an error.",
            "Set Expiration to Never expire.",
            ground=ground,
        )
    else:
        c.report.entered("expiration", f"the job expires on {schedule.expiration} and is deleted then.")


def _next_day(time_key: str) -> Callable[[Known], Value | None]:
    def default(known: Known) -> Value | None:
        try:
            now = datetime.fromisoformat(known.text(time_key))
        except ValueError:  # no server time is known yet
            return None
        with suppress(UnknownZoneError):
            now = now.astimezone(zone_of(account_zone(known)))
        return (now.date() + timedelta(days=1)).isoformat()

    return default


def _day_count(value: Value, _: Known) -> str | None:
    if isinstance(value, int) and 1 <= value <= 365:
        return None
    return "Enter a number of days from 1 to 365."


def _day(known: Known, key: str, label: str) -> date:
    text = known.text(key)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{label} is {quoted(text, 40)}; enter a date, for example 2026-03-31.") from None


def _time(text: str) -> time:
    try:
        return calendar.time_of_day(text)
    except ValueError:
        raise ValueError(f"Time is {quoted(text, 40)}; enter a time, for example 04:15.") from None


def _expiration(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:  # `never`, or an invalid text, which is reported separately
        return None
