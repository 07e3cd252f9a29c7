"""Evidence of the import from CX Audience's screens: only a sandbox reads its screens, and only on request.

CX Audience documents no interface to its jobs (facts C.1), so with the real products this evidence is unavailable, and
the import is assessed by its traces: the file that it moved, the members that it changed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from cxr_tui.domain.answers import Known, Value, whole_number
from cxr_tui.domain.instruction import Site, VisitRefusedError
from cxr_tui.domain.ports import Screens, World
from cxr_tui.domain.responsys_data import LogLine
from cxr_tui.domain.schedule import UnknownZoneError, zone_of
from cxr_tui.domain.text import visible
from cxr_tui.guide.checks.export.runs import status_word
from cxr_tui.guide.forms.connect_job import job_screen
from cxr_tui.guide.forms.schedule import account_zone
from cxr_tui.guide.screens import COMPLETED_JOBS, SSH2_KEYS_MANAGEMENT
from cxr_tui.guide.steps.transfer.ssh2_key import COMPLETED, PROCESSING
from cxr_tui.jobs.evidence import KeySeen, ScreenSeen, ShownRun, Unavailable, UnavailableReason
from cxr_tui.jobs.expected_runs import ScheduledJob

_KEY = "ssh2-key"
_WHEN = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2})\s*$")


async def look_at_screen(known: Known, world: World, plan: ScheduledJob | None) -> ScreenSeen | Unavailable:
    """Look at the import job's Schedule screen and at Completed Jobs."""
    if world.screens is None:
        return Unavailable("CX Audience shows its jobs only on its screens, which a program cannot read.")
    if plan is None:
        return Unavailable("The import job is not set up yet.")
    schedule, completed = await asyncio.gather(
        _look(world.screens, Site.AUDIENCE, job_screen(plan.name, "Schedule")),
        _look(world.screens, Site.AUDIENCE, COMPLETED_JOBS),
    )
    run = _shown_run(completed or {}, plan.name, account_zone(known))
    if schedule is None:
        return ScreenSeen(exists=False, run=run)
    return ScreenSeen(exists=True, active=schedule.get("Status") == "Active", run=run)


async def look_at_key(known: Known, world: World, since: datetime | None) -> KeySeen | Unavailable:
    """Return whether Oracle is still adding CX Audience's SSH2 key: by the screen, else by the latest note."""
    tag, status = known.text(f"{_KEY}.tag"), known.text(f"{_KEY}.status")
    since = _moment(known.text(f"{_KEY}.since")) or since
    looked = world.screens is not None and bool(tag)
    if world.screens is not None and tag:
        shown = await _look(world.screens, Site.RESPONSYS, SSH2_KEYS_MANAGEMENT)
        if shown is None:
            return Unavailable("SSH2 Keys management could not be opened.", UnavailableReason.REFUSED)
        status = str(shown.get(tag, ""))
    if status not in (PROCESSING, COMPLETED):
        return Unavailable("It is not noted yet whether the SSH2 key was added (step 19).")
    return KeySeen(status == PROCESSING, since, noted=not looked)


async def _look(screens: Screens, site: Site, path: tuple[str, ...]) -> Mapping[str, Value] | None:
    try:
        return await screens.look(site, path)
    except VisitRefusedError:
        return None


def _shown_run(shown: Mapping[str, Value], name: str, zone: str) -> ShownRun | None:
    if name not in shown:
        return None
    log = shown.get(f"{name}: Log")
    return ShownRun(
        status_word(str(shown[name])),
        _local(str(shown[name]), zone),
        _count(shown.get(f"{name}: Records processed")),
        _count(shown.get(f"{name}: Records rejected")),
        tuple(map(_log_line, log)) if isinstance(log, list) else (),
    )


def _log_line(line: str) -> LogLine:
    level, colon, message = visible(line).partition(":")
    return LogLine(level.strip(), message.strip(), "") if colon and level.isupper() else LogLine("", visible(line), "")


def _local(text: str, zone: str) -> datetime | None:
    """Read the time at the end of a line of Completed Jobs, in the account's time zone (format and zone inferred)."""
    match = _WHEN.search(text)
    if match is None:
        return None
    try:
        return datetime.fromisoformat(match[1]).replace(tzinfo=zone_of(zone)).astimezone(UTC)
    except (ValueError, UnknownZoneError):
        return None


def _moment(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo is not None else None


def _count(value: Value | None) -> int | None:
    text = str(value).replace(",", "").strip() if value is not None else ""
    return whole_number(text)
