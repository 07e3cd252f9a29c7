"""An exported list as a file: name, delimited text, and what is done to it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cxr_tui.domain.responsys_data import DELIMITERS
from cxr_tui.sandbox.lists import ListTable

CHARACTER_SETS = {
    "Unicode (UTF-8)": "utf-8",
    "Unicode (UTF-16)": "utf-16",
    "Western European (ISO-8859-1)": "iso-8859-1",
    "Japanese (Shift_JIS)": "shift_jis",
}
"""`Unicode (UTF-8)` was seen on the page; others exist, their names are inferred (facts B.6)."""

ENCLOSURES = {"None": "", '"': '"'}
NO_PREFIX = "No prefix"
NO_SUFFIX = "No suffix"
DATE_PATTERNS = {"YYYYMMDD": "%Y%m%d", "YYYYMMDD_HH24MISS": "%Y%m%d_%H%M%S"}

PLAIN = "Do not encrypt or compress file"
COMPRESS = "Compress file"
ENCRYPT = "Encrypt file with PGP/GPG key"
COMPRESS_AND_ENCRYPT = "Compress and encrypt file with PGP/GPG key"
ENDINGS = {PLAIN: "", COMPRESS: ".zip", ENCRYPT: ".gpg", COMPRESS_AND_ENCRYPT: ".gpg"}
"""Appended to the name (facts B.10: documented for event files; for encrypted list exports inferred)."""

NO_READY_FILE = "Do not create"
EMPTY_READY_FILE = "Create empty file"
COUNT_READY_FILE = "Create file with record count"


@dataclass(frozen=True)
class FileForm:
    """How the Destination Specification page describes a file, by that page's values."""

    name: str
    extension: str
    prefix: str = NO_PREFIX
    suffix: str = NO_SUFFIX
    character_set: str = "Unicode (UTF-8)"
    delimiter: str = "Comma"
    enclosure: str = "None"
    header: bool = False
    encryption: str = PLAIN

    def plain_name(self, at: datetime, zone: str) -> str:
        """Return the name before compression or encryption, its dates in the account's time zone (facts B.10)."""
        local = at.astimezone(ZoneInfo(zone))
        parts = [
            local.strftime(DATE_PATTERNS[self.prefix]) if self.prefix in DATE_PATTERNS else "",
            self.name,
            local.strftime(DATE_PATTERNS[self.suffix]) if self.suffix in DATE_PATTERNS else "",
        ]
        extension = self.extension.strip()
        return "_".join(filter(None, parts)) + (f".{extension.lstrip('.')}" if extension else "")

    def file_name(self, at: datetime, zone: str) -> str:
        """Return the name under which the file is put on the server."""
        return self.plain_name(at, zone) + ENDINGS[self.encryption]


def write_text(table: ListTable, form: FileForm, target: Path) -> int:
    """Write all columns of all records as delimited text and return the number of records.

    Columns come in the list's own order and timestamps as the list holds them, `yyyy-mm-dd hh:mi:ss` (facts B.10;
    inferred). Line breaks inside a value become spaces, a delimiter inside a value is not escaped (facts B.10;
    documented for event files): without enclosure such a row has too many fields, as with the real product.
    """
    names = [name for name, _ in table.columns]
    delimiter, mark = DELIMITERS[form.delimiter], ENCLOSURES[form.enclosure]
    count = 0
    with target.open("w", encoding=CHARACTER_SETS[form.character_set], errors="replace", newline="") as file:
        if form.header:
            file.write(delimiter.join(f"{mark}{name}{mark}" for name in names) + "\n")
        for count, row in enumerate(table.rows(), 1):  # noqa: B007 - the last number is the count
            values = (_one_line(value) for value in row.values())
            if mark:
                values = (f"{mark}{value.replace(mark, mark * 2)}{mark}" for value in values)
            file.write(delimiter.join(values) + "\n")
    return count


def _one_line(value: str) -> str:
    return " ".join(value.splitlines()) if "\n" in value or "\r" in value else value
