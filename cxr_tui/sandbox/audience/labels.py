"""Labels of the Connect wizard's pages and what their drop-downs offer (facts C.7; mostly as Responsys' twin pages)."""

from __future__ import annotations

from typing import Any

from cxr_tui.sandbox.shared.schedule import SCHEDULE_LABELS

IMPORT_PROFILES = "Import Profile Data"
EXPORT_DATA = "Export Data"

FILE_LOCATION = "File location"
OWN_SERVER = "CX Audience file server"
EXTERNAL_SERVER = "External Server by SFTP"
HOSTNAME = "Hostname"
DIRECTORY_PATH = "Directory path"
USERNAME = "Username"
AUTHENTICATION = "Authentication"
BY_KEY = "Key"
PASSWORD = "Password"  # nosec B105  # noqa: S105 - the label of the field

FILE_NAME = "File name"
CHARACTER_SET = "Character set"
FIELD_DELIMITER = "Field delimiter"
FIELD_ENCLOSURE = "Field enclosure"
FIRST_LINE = "First line contains column names"
ENCRYPTED = "File is encrypted with PGP/GPG key"
KEY = "Key"

TARGET_TABLES = "Target Tables"
MATCH_COLUMN = "Match column"
COLUMN_MAPPING = "Column mapping"

SEND_TO = "Send notification to"
WHEN = "When"
ON_BOTH = "On success or failure"
ON_FAILURE = "On failure only"

EXPIRATION = "Expiration"

CHARACTER_SETS = {
    "Unicode (UTF-8)": "utf-8",
    "Western European (ISO-8859-1)": "iso-8859-1",
    "Western European (Windows-1252)": "cp1252",
    "Central European (ISO-8859-2)": "iso-8859-2",
}
"""The first was observed, the others are inferred; all of them write ASCII as ASCII."""

DELIMITERS = {"Comma": ",", "Semicolon": ";", "Tab": "\t", "Pipe": "|"}
ENCLOSURES = {"None": "", '"': '"'}

OFFERED: dict[str, tuple[str, ...]] = {
    FILE_LOCATION: (OWN_SERVER, EXTERNAL_SERVER),
    AUTHENTICATION: (BY_KEY, PASSWORD),
    CHARACTER_SET: tuple(CHARACTER_SETS),
    FIELD_DELIMITER: tuple(DELIMITERS),
    FIELD_ENCLOSURE: tuple(ENCLOSURES),
    WHEN: (ON_BOTH, ON_FAILURE),
    "Schedule": ("Run once", "Recurring"),
    "Recurring": ("Daily",),
}
"""Drop-downs and radio buttons whose choices do not depend on the account."""

BOXES = (FIRST_LINE, ENCRYPTED)


def fresh_entries() -> dict[str, Any]:
    """Return what the pages of a new import job hold.

    Which boxes are ticked at first is not documented; unticked is the stricter test of whoever gives instructions.
    """
    return {
        FILE_LOCATION: OWN_SERVER,
        HOSTNAME: "",
        DIRECTORY_PATH: "",
        USERNAME: "",
        AUTHENTICATION: BY_KEY,
        PASSWORD: None,
        FILE_NAME: "",
        CHARACTER_SET: "Unicode (UTF-8)",
        FIELD_DELIMITER: "Comma",
        FIELD_ENCLOSURE: '"',
        FIRST_LINE: False,
        ENCRYPTED: False,
        KEY: "",
        TARGET_TABLES: "",
        MATCH_COLUMN: "",
        COLUMN_MAPPING: {},
        SEND_TO: "",
        WHEN: ON_BOTH,
        **dict.fromkeys(SCHEDULE_LABELS, ""),
    }
