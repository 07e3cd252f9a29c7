"""The result of a preflight: the expected outcome of the import. Its saved form holds no values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.preflight.validation.rules import Code

_MASK_LIMIT = 40


def mask_value(value: str, limit: int = _MASK_LIMIT) -> str:
    """Return the shape of a value: letters become x, digits 9, cut to `limit` characters."""
    masked = "".join(
        "9" if char.isnumeric() else ("X" if char.isupper() else "x") if char.isalpha() else char for char in value
    )
    return visible(masked, limit)


@dataclass(frozen=True)
class Sample:
    """A sample record of a reason: its line, the column with the flaw, and the masked value."""

    line: int
    column: str | None
    """None if the whole record has the flaw; shape and value are then those of the record."""
    shape: str
    fields: int | None = None
    """Number of fields of a record with too many or too few."""
    value: Secret | None = field(default=None, compare=False)
    """The value itself, shown only on request and never saved."""


@dataclass(frozen=True)
class ReasonCount:
    """The records with one reason; `column` is the column with the most of them."""

    code: Code
    rows: int
    column: str | None
    """None if the whole record has the flaw."""
    lines: tuple[int, ...]
    """The first ten line numbers; the header line is line 1."""
    columns: Mapping[str, int]
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class SharedValue:
    """A match column value that several records share: their first lines, and the line whose values stay."""

    lines: tuple[int, ...]
    wins: int


@dataclass(frozen=True)
class MatchCount:
    """Counts of the match column: `empty` among all regular records, the others among accepted records."""

    column: str
    empty: int = 0
    distinct: int = 0
    duplicate_rows: int = 0
    """Records that a later record with the same value overwrites."""
    examples: tuple[SharedValue, ...] = ()
    """The first in the file."""
    complete: bool = True
    """Whether all records were compared."""


@dataclass(frozen=True)
class ColumnCount:
    """A column of the file and where it goes."""

    name: str
    type: str
    """Type in the list; empty: not known, or the column is not carried."""
    filled: int
    carried: bool
    why: str
    """Where the column goes, or why it is not carried."""


@dataclass(frozen=True)
class PreflightResult:
    """The expected result of an import.

    If the run fails completely, no record is accepted, and `reasons` cover only the records. `complete` is false if
    only a part of the file could be validated; the numbers then cover that part.
    """

    rows: int
    accepted: int
    rejected: int
    reasons: tuple[ReasonCount, ...]
    match: MatchCount
    columns: tuple[ColumnCount, ...]
    bytes: int
    """Size of the decrypted text."""
    seconds: float
    findings: tuple[Finding, ...] = ()
    fails: bool = False
    complete: bool = True
    recipients: tuple[str, ...] = ()
    """Ids of the keys that the file is encrypted to; none if it is not encrypted."""

    @property
    def ok(self) -> bool:
        """Whether the import would accept every record."""
        bad = any(finding.status in (Status.FAIL, Status.UNKNOWN) for finding in self.findings)
        return self.complete and not self.fails and self.rejected == 0 and not bad

    def saved(self) -> dict[str, Any]:
        """Return the result for the journal, without values; msgspec reads it back."""
        saved: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self, enc_hook=lambda _: None))
        for reason in saved["reasons"]:
            for sample in reason["samples"]:
                del sample["value"]
        return saved

    def document(self) -> dict[str, Any]:
        """Return the result for scripts, without values."""
        document = self.saved()
        del document["fails"]
        return document | {
            "reasons": {reason.pop("code"): reason for reason in document["reasons"]},
            "seconds": round(self.seconds, 3),
            "findings": [one.document() for one in self.findings],
            "run": "failed" if self.fails else "succeeded" if self.complete else "unknown",
            "ok": self.ok,
        }
