"""What checks have learned, in words: later steps rest on it, so the review shows it beside what was answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from cxr_tui.domain.answers import Value

NAMES = {
    "account_name": "Account name that Responsys knows",
    "algorithm": "Algorithm of the key",
    "answered_yes": "Answered Yes once",
    "audience_lists": "Lists in CX Audience",
    "bits": "Bits of the key",
    "carried": "Columns in both lists",
    "columns": "Columns of the list in Responsys",
    "created": "User created",
    "email": "Email of the user",
    "encryption_key_ids": "Key ids that files are encrypted to",
    "exists": "User that exists",
    "fingerprint": "Fingerprint of the key",
    "growing_since": "File grows since",
    "host_key_seen": "Host key that was seen",
    "imported": "Public key that Responsys lists",
    "job_id": "Job id",
    "key_ids": "Key ids of all parts of the key",
    "lists": "Lists that the user sees",
    "locale": "Locale of the user",
    "looked_up": "People looked up",
    "made": "Key pair that was made",
    "matched": "People that match",
    "mended": "Key file in the right format",
    "modified": "File written",
    "name": "File name",
    "next_run": "Next run",
    "path": "Path of the file",
    "planned": "Planned first run and expiration",
    "recipients": "Encrypted to the key ids",
    "records": "Records",
    "requested_for": "Account named in the service request",
    "requested_number": "Number of that service request",
    "since": "Oracle adds the key since",
    "size": "Size in bytes",
    "time": "Time of the servers",
    "time_zone": "Time zone of the account",
    "uploaded": "Key that was uploaded",
    "url": "Login URL that answers",
    "visible": "Audience seen in Responsys",
}
"""By the name under which a check notes it."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def fact_name(name: str) -> str:
    """Return what a fact is called on the screen; one that has no words yet keeps its own."""
    return NAMES.get(name, name.replace("_", " ").capitalize())


def readable(value: Value) -> Value:
    """Return a fact's value as people read it: an instant to the minute, everything else as it is."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return value
