"""The result of a preflight: the import's run as it will be, and why; nothing that is saved of it shows a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cxr_tui.domain.certainty import Basis, Ground, ground_of
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.preflight.validation.rules import Code

_MASK_LIMIT = 40


def mask_value(value: str, limit: int = _MASK_LIMIT) -> str:
    """Return how a value is written without its meaning: letters become x, digits 9, cut to `limit` characters."""
    masked = "".join(
        "9" if char.isnumeric() else ("X" if char.isupper() else "x") if char.isalpha() else char for char in value
    )
    return visible(masked, limit)


@dataclass(frozen=True)
class Sample:
    """One record of a reason: its line, the column to blame, and the masked value."""

    line: int
    column: str | None
    """None where it is about the record as a whole; shape and value are then the record's."""
    shape: str
    fields: int | None = None
    """How many fields a record has that is not as the header says."""
    value: Secret | None = field(default=None, compare=False)
    """The value itself, to be shown on a person's request; it is never saved."""


@dataclass(frozen=True)
class ReasonCount:
    """How many records share a reason; of several columns, `column` is the one it is mostly about."""

    code: Code
    rows: int
    column: str | None
    """None where it is about the record as a whole."""
    lines: tuple[int, ...]
    """The first ten, counted from 1 in the file, the header line included."""
    columns: Mapping[str, int]
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class SharedValue:
    """One value of the match column that several records share: their first lines, and the line whose values stay."""

    lines: tuple[int, ...]
    wins: int


@dataclass(frozen=True)
class MatchCount:
    """The match column: empty over all records of the right shape, the rest over those that are taken."""

    column: str
    empty: int = 0
    distinct: int = 0
    duplicate_rows: int = 0
    """Records that a later one with the same value overwrites."""
    examples: tuple[SharedValue, ...] = ()


@dataclass(frozen=True)
class ColumnCount:
    """One column of the file and its way."""

    name: str
    type: str
    """In the list; empty: not known, or it goes nowhere."""
    filled: int
    carried: bool
    why: str
    """Where it goes, or why it goes nowhere."""


@dataclass(frozen=True)
class PreflightResult:
    """The result of an import of a file.

    Where the run fails as a whole nothing is accepted, and `reasons` are those of the records alone. `complete` is
    false where not all of the file could be judged; its numbers then go as far as the reading went.
    """

    rows: int
    accepted: int
    rejected: int
    reasons: tuple[ReasonCount, ...]
    match: MatchCount
    columns: tuple[ColumnCount, ...]
    bytes: int
    """Of text, after decryption."""
    seconds: float
    findings: tuple[Finding, ...] = ()
    fails: bool = False
    complete: bool = True
    recipients: tuple[str, ...] = ()
    """Ids of the keys that the file is encrypted to; none where it is not."""

    @property
    def ok(self) -> bool:
        """Whether the import would take every record."""
        bad = any(finding.status in (Status.FAIL, Status.UNKNOWN) for finding in self.findings)
        return self.complete and not self.fails and self.rejected == 0 and not bad

    def document(self) -> dict[str, Any]:
        """Return the result for scripts and the journal, without values."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "reasons": {one.code.value: _reason_document(one) for one in self.reasons},
            "match": _document(self.match),
            "columns": _document(self.columns),
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "run": "failed" if self.fails else "succeeded" if self.complete else "unknown",
            "complete": self.complete,
            "recipients": list(self.recipients),
            "findings": [one.document() for one in self.findings],
            "ok": self.ok,
        }


def result_from(document: Mapping[str, Any]) -> PreflightResult:
    """Read a result back from its document; KeyError, TypeError, ValueError, msgspec.ValidationError."""
    reasons = [{"code": code, **one} for code, one in document["reasons"].items()]
    plain = ("rows", "accepted", "rejected", "bytes", "seconds", "complete")
    return PreflightResult(
        reasons=msgspec.convert(reasons, tuple[ReasonCount, ...]),
        match=msgspec.convert(document["match"], MatchCount),
        columns=msgspec.convert(document["columns"], tuple[ColumnCount, ...]),
        findings=tuple(map(_finding_from, document["findings"])),
        fails=document["run"] == "failed",
        recipients=tuple(document["recipients"]),
        **{name: document[name] for name in plain},
    )


def _reason_document(reason: ReasonCount) -> dict[str, Any]:
    document: dict[str, Any] = _document(reason)
    del document["code"]
    for sample in document["samples"]:
        del sample["value"]
    return document


def _document(part: object) -> Any:  # noqa: ANN401 - what JSON has
    return msgspec.json.decode(msgspec.json.encode(part, enc_hook=lambda _: None))


def _finding_from(document: Mapping[str, Any]) -> Finding:
    """Read a finding back; one that an earlier version kept has the ground of its code."""
    words = {name: document[name] for name in ("code", "seen", "why", "remedy")}
    ground = Ground(Basis(document["basis"]), document["source"]) if "basis" in document else ground_of(words["code"])
    return Finding(status=Status(document["status"]), ground=ground, **words)
