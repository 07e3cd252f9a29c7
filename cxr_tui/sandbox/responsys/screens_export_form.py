"""The export wizard's steps as values: what each screen offers, what it starts with, what must hold to activate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cxr_tui.domain.responsys_data import DELIMITERS
from cxr_tui.sandbox.responsys.account import Account
from cxr_tui.sandbox.responsys.export_file import (
    CHARACTER_SETS,
    COMPRESS_AND_ENCRYPT,
    COUNT_READY_FILE,
    DATE_PATTERNS,
    EMPTY_READY_FILE,
    ENCLOSURES,
    ENCRYPT,
    ENDINGS,
    NO_PREFIX,
    NO_READY_FILE,
    NO_SUFFIX,
    PLAIN,
    FileForm,
)
from cxr_tui.sandbox.responsys.jobs import EXTERNAL_SERVER, RESPONSYS_SERVER, Job
from cxr_tui.sandbox.responsys.public_keys import KeyStore
from cxr_tui.sandbox.shared.schedule import Recurrence, ScheduleError, read_recurrence

OBJECT = "Select object"
CONNECTIVITY = "Destination Connectivity"
SPECIFICATION = "Destination Specification"
NOTIFICATION = "Notification"
SCHEDULE = "Schedule"

KEY = "Key"
ENCRYPTION = "Encryption/compression"
READY_FILE = "Additional ready file at completion of download"
READY_EXTENSION = "File extension"
SEND_TO = "Send notification to"
WHEN = "When"
ALWAYS = "On success or failure"
ON_FAILURE = "On failure only"

STARTS_WITH: Mapping[str, Mapping[str, Any]] = {
    OBJECT: {"Object": "List", "List": ""},
    CONNECTIVITY: {"File location": RESPONSYS_SERVER, "Path": "download"},
    # Defaults are not documented beyond a screenshot; header off is the stricter test (facts B.6, F; inferred).
    SPECIFICATION: {
        "File to be created": "",
        "Prefix": NO_PREFIX,
        "Suffix": NO_SUFFIX,
        "Extension": ".csv",
        "Character set": "Unicode (UTF-8)",
        "Field delimiter": "Comma",
        "Field enclosure": '"',
        "Insert column header as first line": False,
        ENCRYPTION: PLAIN,
        KEY: "",
        READY_FILE: NO_READY_FILE,
        READY_EXTENSION: "ready",
    },
    NOTIFICATION: {SEND_TO: "", WHEN: ALWAYS},
    SCHEDULE: {
        "Schedule": "",
        "Recurring": "",
        "Date": "",
        "Time": "",
        "Every _ days": "",
        "End date": "",
        "Expiration": "",
    },
}
"""Labels of each step and what they hold in a new job."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "Object": ("List", "Audience", "App channel list", "List filter", "PET data", "Supplemental data"),
    "File location": (RESPONSYS_SERVER, EXTERNAL_SERVER),
    "Prefix": (NO_PREFIX, *DATE_PATTERNS),
    "Suffix": (NO_SUFFIX, *DATE_PATTERNS),
    "Character set": tuple(CHARACTER_SETS),
    "Field delimiter": tuple(DELIMITERS),
    "Field enclosure": tuple(ENCLOSURES),
    ENCRYPTION: tuple(ENDINGS),
    READY_FILE: (NO_READY_FILE, EMPTY_READY_FILE, COUNT_READY_FILE),
    WHEN: (ALWAYS, ON_FAILURE),
}
"""Drop-downs and their values (facts B.6)."""


def file_form(job: Job) -> FileForm:
    """Return the Destination Specification that was saved."""
    shown = {**STARTS_WITH[SPECIFICATION], **job.steps.get(SPECIFICATION, {})}
    return FileForm(
        name=str(shown["File to be created"]),
        extension=str(shown["Extension"]),
        prefix=str(shown["Prefix"]),
        suffix=str(shown["Suffix"]),
        character_set=str(shown["Character set"]),
        delimiter=str(shown["Field delimiter"]),
        enclosure=str(shown["Field enclosure"]),
        header=shown["Insert column header as first line"] is True,
        encryption=str(shown[ENCRYPTION]),
    )


def recurrence(job: Job, zone: str) -> Recurrence:
    """Return the schedule that was saved; ScheduleError."""
    return read_recurrence(job.steps.get(SCHEDULE, {}), zone)


def problems(job: Job, account: Account, keys: KeyStore, now: datetime) -> list[str]:
    """Return every error that "Show Errors" would list: all must be fixed before Activate (facts B.5; documented)."""
    found = []
    list_name = job.text(OBJECT, "List")
    if job.text(OBJECT, "Object") != "List" or list_name not in account.lists:
        found.append(f"{OBJECT}: choose a list")
    if CONNECTIVITY not in job.steps or not job.text(CONNECTIVITY, "Path"):
        found.append(f"{CONNECTIVITY}: choose a path")
    form = file_form(job)
    if not form.name.strip():
        found.append(f"{SPECIFICATION}: enter the file to be created")
    if form.encryption in (ENCRYPT, COMPRESS_AND_ENCRYPT) and keys.key(job.text(SPECIFICATION, KEY)) is None:
        found.append(f"{SPECIFICATION}: select or import a key")
    if "@" not in job.text(NOTIFICATION, SEND_TO):
        found.append(f"{NOTIFICATION}: enter an email address")
    try:
        schedule = recurrence(job, account.time_zone)
    except ScheduleError as error:
        found.append(f"{SCHEDULE}: {error}")
    else:
        expires = schedule.expires_at()
        if schedule.slot_after(now) is None:
            found.append(f"{SCHEDULE}: the schedule lies in the past")
        elif expires is not None and expires <= now:
            found.append(f"{SCHEDULE}: the expiration date lies in the past")
    return found
