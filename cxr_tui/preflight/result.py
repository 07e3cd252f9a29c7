"""What preflight says: the import's run as it will be, and why; nothing that is saved of it shows a person's value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cxr_tui.domain.certainty import Basis, Ground, ground_of
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.preflight.validation.rules import Code

_SHAPE_LIMIT = 40


def shape_of(value: str, limit: int = _SHAPE_LIMIT) -> str:
    """Return how a value is written without what it says: letters become x, digits 9, cut to `limit` characters."""
    masked = "".join(
        "9" if char.isnumeric() else ("X" if char.isupper() else "x") if char.isalpha() else char for char in value
    )
    return visible(masked, limit)


@dataclass(frozen=True)
class Sample:
    """One record of a reason: its line, the column to blame, and the shape of its value."""

    line: int
    column: str
    """Empty where it is about the record as a whole; shape and value are then the record's."""
    shape: str
    fields: int | None = None
    """How many fields a record has that is not as the header says."""
    value: Secret | None = field(default=None, compare=False)
    """The value itself, to be shown on a person's request; it is never saved, and not there in what was."""

    def document(self) -> dict[str, Any]:
        """Return it without the value."""
        return {"line": self.line, "column": self.column or None, "shape": self.shape, "fields": self.fields}


@dataclass(frozen=True)
class ReasonCount:
    """How many records share a reason; of several columns, `column` is the one it is mostly about."""

    code: Code
    rows: int
    column: str
    """Empty where it is about the record as a whole."""
    columns: Mapping[str, int]
    lines: tuple[int, ...]
    """The first ten, counted from 1 in the file, the header line included."""
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class SharedValue:
    """Records with one value in the match column: their first lines, and the line whose values stay."""

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
    """One column of the file and what becomes of it."""

    name: str
    type: str
    """In the list; empty: not known, or it goes nowhere."""
    filled: int
    carried: bool
    why: str
    """Where it goes, or why it goes nowhere."""


@dataclass(frozen=True)
class Answer:
    """What the import would say of a file.

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
    findings: tuple[Finding, ...] = field(default=())
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
        """Return the answer for scripts."""
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "reasons": {
                one.code.value: {
                    "rows": one.rows,
                    "column": one.column or None,
                    "lines": list(one.lines),
                    "columns": dict(one.columns),
                    "samples": [
                        {
                            "line": sample.line,
                            "column": sample.column or None,
                            "shape": sample.shape,
                            "fields": sample.fields,
                        }
                        for sample in one.samples
                    ],
                }
                for one in self.reasons
            },
            "match": {
                "column": self.match.column,
                "empty": self.match.empty,
                "distinct": self.match.distinct,
                "duplicate_rows": self.match.duplicate_rows,
                "examples": [{"lines": list(one.lines), "wins": one.wins} for one in self.match.examples],
            },
            "columns": [
                {"name": one.name, "type": one.type, "filled": one.filled, "carried": one.carried, "why": one.why}
                for one in self.columns
            ],
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            "run": "failed" if self.fails else "succeeded" if self.complete else "unknown",
            "complete": self.complete,
            "recipients": list(self.recipients),
            "findings": [
                {
                    "code": finding.code,
                    "status": finding.status.value,
                    "basis": finding.basis.value,
                    "source": finding.source,
                    "seen": finding.seen,
                    "why": finding.why,
                    "remedy": finding.remedy,
                }
                for finding in self.findings
            ],
            "ok": self.ok,
        }


def answer_from(document: Mapping[str, Any]) -> Answer:
    """Read an answer back from its document; KeyError, ValueError where it is none."""
    match = document["match"]
    return Answer(
        rows=document["rows"],
        accepted=document["accepted"],
        rejected=document["rejected"],
        reasons=tuple(_reason_from(code, one) for code, one in document["reasons"].items()),
        match=MatchCount(
            match["column"],
            match["empty"],
            match["distinct"],
            match["duplicate_rows"],
            tuple(SharedValue(tuple(one["lines"]), one["wins"]) for one in match["examples"]),
        ),
        columns=tuple(ColumnCount(**one) for one in document["columns"]),
        bytes=document["bytes"],
        seconds=document["seconds"],
        findings=tuple(map(_finding_from, document["findings"])),
        fails=document["run"] == "failed",
        complete=document["complete"],
        recipients=tuple(document["recipients"]),
    )


def _reason_from(code: str, told: Mapping[str, Any]) -> ReasonCount:
    samples = tuple(Sample(one["line"], one["column"] or "", one["shape"], one["fields"]) for one in told["samples"])
    return ReasonCount(Code(code), told["rows"], told["column"] or "", told["columns"], tuple(told["lines"]), samples)


def _finding_from(document: Mapping[str, Any]) -> Finding:
    """Read a finding back; one that an earlier version kept has the ground of its code."""
    words = {name: document[name] for name in ("code", "seen", "why", "remedy")}
    ground = Ground(Basis(document["basis"]), document["source"]) if "basis" in document else ground_of(words["code"])
    return Finding(status=Status(document["status"]), ground=ground, **words)
