"""The name of the exported file, from the entries of Destination Specification to names on the file server."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxr_tui.domain.answers import Known

ID = "destination-specification"
NO_PREFIX = "No prefix"
NO_SUFFIX = "No suffix"
DATE_PATTERNS = ("YYYYMMDD", "YYYYMMDD_HH24MISS")

PLAIN = "Do not encrypt or compress file"
COMPRESS = "Compress file"
ENCRYPT = "Encrypt file with PGP/GPG key"
COMPRESS_AND_ENCRYPT = "Compress and encrypt file with PGP/GPG key"

NAME_KEYS = tuple(f"{ID}.{name}" for name in ("file_name", "extension", "prefix", "suffix", "encryption"))
"""Keys of the parts of a name."""

_ADDED = (".zip.gpg", ".gz.gpg", ".zip.pgp", ".gz.pgp", ".gpg", ".pgp", ".asc", ".zip", ".gz")
"""What compression and encryption append. Oracle does not document it for a list export, so the file decides."""

_DIGITS = {"YYYYMMDD": r"\d{8}", "YYYYMMDD_HH24MISS": r"\d{8}_\d{6}"}


@dataclass(frozen=True)
class ExportedName:
    """The name of an exported file, as far as the entries determine it."""

    plain: str
    """Name and extension, with date patterns as the screen shows them."""
    pattern: re.Pattern[str]
    """Matches every name that a run may give the file."""
    with_date: re.Pattern[str]
    """Matches the name with any date before or after it, which the entries do not have."""
    likely: str
    """The expected name, with the ending that encryption probably adds (inferred)."""

    def fits(self, name: str) -> bool:
        """Return whether a file name belongs to this export."""
        return self.pattern.fullmatch(name) is not None


def extension_of(known: Known) -> str:
    """Return the extension with its dot, empty for none."""
    text = known.text(f"{ID}.extension").strip()
    return f".{text.lstrip('.')}" if text.strip(".") else ""


def exported_name(known: Known) -> ExportedName:
    """Return the name that the entries determine."""
    prefix, suffix = known.text(f"{ID}.prefix"), known.text(f"{ID}.suffix")
    name, extension = known.text(f"{ID}.file_name"), extension_of(known)
    before = f"{prefix}_" if prefix in DATE_PATTERNS else ""
    after = f"_{suffix}" if suffix in DATE_PATTERNS else ""
    plain = f"{before}{name}{after}{extension}"
    shape = re.escape(f"{name}")
    if before:
        shape = f"{_DIGITS[prefix]}[_-]?{shape}"
    if after:
        shape = f"{shape}[_-]?{_DIGITS[suffix]}"
    endings = "|".join(re.escape(ending) for ending in _ADDED)
    pattern = re.compile(f"{shape}{re.escape(extension)}(?:{endings})?")
    date = "|".join(reversed(_DIGITS.values()))
    anywhere = rf"(?:(?:{date})[_-]?)?{re.escape(name)}(?:[_-]?(?:{date}))?"
    with_date = re.compile(f"{anywhere}{re.escape(extension)}(?:{endings})?")
    encryption = known.text(f"{ID}.encryption")
    likely = ".gpg" if encryption in (ENCRYPT, COMPRESS_AND_ENCRYPT) else ".zip" if encryption == COMPRESS else ""
    return ExportedName(plain, pattern, with_date, plain + likely)


def ready_names(known: Known, file_name: str) -> tuple[str, ...]:
    """Return the names that the ready file of an exported file may have; both ways were seen (facts B.10; observed)."""
    ending = known.text(f"{ID}.ready_extension").strip().lstrip(".")
    if not ending:
        return ()
    names = [file_name]
    for added in _ADDED:
        if file_name.endswith(added):
            names.append(file_name.removesuffix(added))
            break
    names.append(names[-1].removesuffix(extension_of(known)))
    return tuple(dict.fromkeys(f"{name}.{ending}" for name in names))
