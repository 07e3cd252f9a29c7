"""An exported list as a file, by the entries of the Destination Specification screen: its name and its text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cxr_tui.domain.date_formats import STANDARD
from cxr_tui.domain.responsys_data import DELIMITERS
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.shared.connect_jobs import DATE_FORMATS, ENCLOSURES
from cxr_tui.sandbox.shared.screens import Form

CHARACTER_SETS = {
    "Unicode (UTF-8)": "utf-8",
    "Unicode (UTF-16)": "utf-16",
    "Western European (ISO-8859-1)": "iso-8859-1",
    "Japanese (Shift_JIS)": "shift_jis",
}
"""`Unicode (UTF-8)` was seen on the page; others exist, their names are inferred (facts B.6)."""

_NO_PREFIX, _NO_SUFFIX = "No prefix", "No suffix"
_DATE_PATTERNS = {"YYYYMMDD": "%Y%m%d", "YYYYMMDD_HH24MISS": "%Y%m%d_%H%M%S"}

_PLAIN = "Do not encrypt or compress file"
COMPRESS = "Compress file"
ENCRYPT = "Encrypt file with PGP/GPG key"
COMPRESS_AND_ENCRYPT = "Compress and encrypt file with PGP/GPG key"
ENDINGS = {_PLAIN: "", COMPRESS: ".zip", ENCRYPT: ".gpg", COMPRESS_AND_ENCRYPT: ".gpg"}
"""Appended to the name (facts B.10: documented for event files; for encrypted list exports inferred)."""

_NO_READY_FILE = "Do not create"
EMPTY_READY_FILE = "Create empty file"
COUNT_READY_FILE = "Create file with record count"

FILE_NAME = "File to be created"
ENCRYPTION = "Encryption/compression"
KEY = "Key"
READY_FILE = "Additional ready file at completion of download"
READY_EXTENSION = "File extension"
_HEADER = "Insert column header as first line"


def specification(keys: Mapping[str, object]) -> Form:
    """Return the Destination Specification screen, which offers the account's public keys (facts B.6).

    First values are not documented beyond a screenshot; no header is the stricter test (facts B.6, F; inferred).
    """
    fields = {
        FILE_NAME: "",
        "Prefix": _NO_PREFIX,
        "Suffix": _NO_SUFFIX,
        "Extension": ".csv",
        "Character set": "Unicode (UTF-8)",
        "Field delimiter": "Comma",
        "Field enclosure": '"',
        _HEADER: False,
        ENCRYPTION: _PLAIN,
        KEY: "",
        READY_FILE: _NO_READY_FILE,
        READY_EXTENSION: "ready",
    }
    choices = {
        "Prefix": (_NO_PREFIX, *_DATE_PATTERNS),
        "Suffix": (_NO_SUFFIX, *_DATE_PATTERNS),
        "Character set": CHARACTER_SETS,
        "Field delimiter": DELIMITERS,
        "Field enclosure": ENCLOSURES,
        ENCRYPTION: ENDINGS,
        KEY: keys,
        READY_FILE: (_NO_READY_FILE, EMPTY_READY_FILE, COUNT_READY_FILE),
    }
    return Form(fields, choices, {FILE_NAME: _not_a_name}, (FILE_NAME,))


def _not_a_name(text: str) -> str:
    return "a name without path is expected" if set(text) & set("/\\\0") else ""


def plain_name(entries: Mapping[str, Any], at: datetime, zone: str) -> str:
    """Return the name before compression or encryption, its dates in the account's time zone (facts B.10)."""
    local = at.astimezone(ZoneInfo(zone))
    prefix, suffix = (local.strftime(_DATE_PATTERNS.get(entries[label], "")) for label in ("Prefix", "Suffix"))
    extension = entries["Extension"].lstrip(".")
    return "_".join(filter(None, (prefix, entries[FILE_NAME], suffix))) + (f".{extension}" if extension else "")


def write_text(table: ListTable, entries: Mapping[str, Any], target: Path, date_format: str = STANDARD) -> int:
    """Write all columns of all records as delimited text and return the number of records.

    Columns come in the list's own order (facts B.10; inferred), timestamps in the account's date format (facts
    H). Line breaks inside a value become spaces, a delimiter inside a value is not escaped (facts B.10; documented for
    event files): without enclosure such a row has too many fields, as with the real product.
    """
    names = [name for name, _ in table.columns]
    delimiter, mark = DELIMITERS[entries["Field delimiter"]], ENCLOSURES[entries["Field enclosure"]]
    dated = [name for name, kind in table.columns if kind == "TIMESTAMP"] if date_format != STANDARD else []
    count = 0
    with target.open("w", encoding=CHARACTER_SETS[entries["Character set"]], errors="replace", newline="") as file:
        if entries[_HEADER]:
            file.write(delimiter.join(f"{mark}{name}{mark}" for name in names) + "\n")
        for count, row in enumerate(table.rows(), 1):  # noqa: B007 - the last number is the count
            if dated:
                row |= {name: _written(row[name], date_format) for name in dated}
            values = (_one_line(value) for value in row.values())
            if mark:
                values = (f"{mark}{value.replace(mark, mark * 2)}{mark}" for value in values)
            file.write(delimiter.join(values) + "\n")
    return count


def _written(value: str, date_format: str) -> str:
    """Return a timestamp of a list, `yyyy-mm-dd hh:mi:ss`, as the account's format writes it."""
    return datetime.fromisoformat(value).strftime(DATE_FORMATS[date_format]).upper() if value else ""


def _one_line(value: str) -> str:
    return " ".join(value.splitlines()) if "\n" in value or "\r" in value else value
