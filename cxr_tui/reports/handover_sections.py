"""Parts of the handover that are read from the whole journal: waits, fingerprints, schedules, rotations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from cxr_tui.domain.answers import Known
from cxr_tui.domain.schedule import Frequency, Schedule, Slot, zone_of
from cxr_tui.domain.text import visible
from cxr_tui.guide.checks.openpgp_key import readable
from cxr_tui.guide.definition import Guide
from cxr_tui.guide.forms.schedule import read_schedule
from cxr_tui.integration.rotation_state import Rotation, fold
from cxr_tui.journal.gate import State, StepState
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Record, RecordKind

_FINGERPRINTS = (
    ("generate-key.fingerprint", "OpenPGP key of CX Audience, to which the export is encrypted"),
    ("ssh2-key.fingerprint", "SSH2 key of CX Audience, with which it fetches the file"),
    ("destination-connectivity.host_key", "Host key of the file server, as confirmed"),
)
_JOBS = (
    ("export", "export-schedule", "select-object.job_name"),
    ("import", "import-schedule", "source-connectivity.job_name"),
)


def waits(guide: Guide, standing: Mapping[str, StepState], now: datetime) -> list[dict[str, Any]]:
    """Return who is waited for, since when, and which steps are locked until then."""
    found = []
    for step in guide.steps:
        state = standing[step.id]
        waiting = state.waiting if state.state is State.WAITING else None
        if waiting is None:
            continue
        since = waiting.since
        held_up = [
            guide.step(other).title for other, one in standing.items() if one.blocked_by == step.id and not one.done
        ]
        found.append(
            {
                "step": step.id,
                "number": guide.number(step.id),
                "title": step.title,
                "on": visible(waiting.on),
                "usual": visible(waiting.usual),
                "since": since.isoformat(timespec="seconds") if since else None,
                "days": (now - since).days if since else None,
                "again_after": waiting.until.isoformat(timespec="seconds") if waiting.until else None,
                "held_up": held_up,
            }
        )
    return found


def fingerprints(guide: Guide, journal: JournalState) -> list[dict[str, Any]]:
    """Return the fingerprints that were seen or confirmed, in the form in which people compare them."""
    found = []
    for key, what in _FINGERPRINTS:
        text = journal.known().text(key)
        if text:
            hexadecimal = all(char in "0123456789ABCDEFabcdef" for char in text)
            step_id = key.partition(".")[0]
            found.append(
                {
                    "what": what,
                    "value": visible(readable(text) if hexadecimal else text),
                    "step": step_id,
                    "number": guide.number(step_id),
                }
            )
    return found


def schedules(known: Known, now: datetime) -> list[dict[str, Any]]:
    """Return when both jobs run, in the account's time zone and in UTC; a schedule that cannot be read says so."""
    found: list[dict[str, Any]] = []
    for kind, step_id, job in _JOBS:
        if not known.has(f"{step_id}.date"):
            continue
        job_entry: dict[str, Any] = {"job": kind, "name": visible(known.text(job)), "step": step_id}
        try:
            schedule = read_schedule(known, step_id)
        except ValueError as error:
            found.append({**job_entry, "runs": str(error), "zone": None, "next": None, "expires": None})
            continue
        slot = schedule.next_slot(now)
        expires = schedule.expiration
        found.append(
            {
                **job_entry,
                "runs": _in_words(schedule),
                "zone": visible(schedule.zone),
                "next": _both(schedule, slot) if slot else None,
                "expires": expires.isoformat() if expires else "never",
            }
        )
    return found


def _in_words(schedule: Schedule) -> str:
    """Return how often a job runs; the slot in UTC is that of its next run, since daylight saving moves it."""
    if schedule.frequency is Frequency.ONCE:
        return f"once, on {schedule.first} within the quarter hour from {schedule.at:%H:%M}"
    often = "every day" if schedule.every_days == 1 else f"every {schedule.every_days} days"
    until = f" until {schedule.end}" if schedule.end else ""
    return f"{often} from {schedule.first}{until}, within the quarter hour from {schedule.at:%H:%M}"


def _both(schedule: Schedule, slot: Slot) -> dict[str, str]:
    zone = zone_of(schedule.zone)
    return {
        name: f"{slot.start.astimezone(where):%Y-%m-%d %H:%M} to {slot.end.astimezone(where):%H:%M}"
        for name, where in (("local", zone), ("utc", UTC))
    }


def rotations(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return every rotation that was ever begun, oldest first, with its stages and login tries."""
    open_ones: dict[str, Rotation] = {}
    found: dict[tuple[str, datetime], Rotation] = {}
    for record in records:
        body = record.entry.body
        if record.entry.kind is not RecordKind.ROTATION or body["what"] == "rules":
            continue
        rotation = fold(open_ones.get(body["item"]), body, record.at)
        if rotation is not None:
            open_ones[body["item"]] = rotation
            found[rotation.item, rotation.begun] = rotation
    return [
        {
            "item": one.item,
            "number": one.number,
            "begun": one.begun.isoformat(timespec="seconds"),
            "stage": one.stage.value,
            "ended": one.since.isoformat(timespec="seconds") if one.stage.closed else None,
            "audience": one.audience or None,
            "stages": [{"stage": stage.value, "at": at.isoformat(timespec="seconds")} for stage, at in one.history],
            "tries": [
                {"at": one_try.at.isoformat(timespec="seconds"), "result": one_try.result.value}
                for one_try in one.tries
            ],
        }
        for one in found.values()
    ]
