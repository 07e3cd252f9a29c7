"""Sums up a file chunk by chunk: reads the header, then reads, validates and counts the records."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from cxr_tui.domain.finding import Report
from cxr_tui.domain.responsys_data import DELIMITERS
from cxr_tui.domain.secret import Secret
from cxr_tui.preflight.import_options import ImportOptions
from cxr_tui.preflight.reading.decode import HeaderTooWideError
from cxr_tui.preflight.reading.engine import pl
from cxr_tui.preflight.reading.records import AT as IRREGULAR_AT
from cxr_tui.preflight.reading.records import (
    BEGINS,
    ENDS_EMPTY,
    FIELDS,
    EnclosedReader,
    PlainReader,
    Records,
    field_name,
)
from cxr_tui.preflight.result import ColumnCount, MatchCount, ReasonCount, Sample, mask_value
from cxr_tui.preflight.validation.columns import ColumnLayout, resolve_columns
from cxr_tui.preflight.validation.dates import DateColumn
from cxr_tui.preflight.validation.duplicates import LINE, Duplicates, KeyHashes
from cxr_tui.preflight.validation.rules import KEPT_BY_THE_LIST, MOST_COLUMNS, REASONS
from cxr_tui.preflight.validation.validator import AT, CODE, POSITION, RecordValidator, Validated

SAMPLES = 10
"""Records of each reason that are kept as examples."""
_RECORD_LIMIT = 120


@dataclass
class FieldCounts:
    """How many records have more or fewer fields than there are columns."""

    more: int = 0
    fewer: int = 0
    one_empty_more: int = 0
    """Of those with more: records with one extra field, which is empty."""
    first_more: int = 0
    """Line of the first record with more fields."""
    first_fewer: int = 0


@dataclass
class _Reason:
    rows: int = 0
    positions: Counter[int] = field(default_factory=Counter)
    lines: list[int] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)


class FileSummary:
    """Validates one text chunk by chunk and counts; findings about its header go to the report."""

    def __init__(self, options: ImportOptions, report: Report) -> None:
        self.options = options
        self.rows = 0
        self.rejected = 0
        self.field_counts = FieldCounts()
        self.last_line = 0
        """Line of the last record."""
        self.layout = ColumnLayout((), (), {}, options.target.match_column, fails=False)
        """Without columns while only blanks were read."""
        self._report = report
        self._reader = EnclosedReader(options.form) if options.form.enclosure else PlainReader(options.form)
        self._validator: RecordValidator | None = None
        self._keys = KeyHashes()
        self._reasons: dict[str, _Reason] = {}
        self._filled: list[int] = []
        self._free = set(DELIMITERS)
        self._no_match = 0

    @property
    def line(self) -> int:
        """Number of the line that is read next."""
        return self._reader.line

    def add(self, chunk: bytes) -> None:
        """Validate the records of the next chunk; ImportOptionsError, HeaderTooWideError."""
        if self._validator is None:
            header = None
            if self.options.form.header:
                first = self._reader.first_record(chunk)
                if first is None:
                    return
                header, chunk = first
                if len(header) > MOST_COLUMNS:
                    raise HeaderTooWideError(len(header))
            self.layout = resolve_columns(header, self.options, self._report)
            self._validator = RecordValidator(self.layout, self.options.form.charset)
            self._filled = [0] * self.layout.width
        self._free -= {name for name in self._free if DELIMITERS[name].encode() in chunk}
        if chunk:
            self._add(self._validator, self._reader.records(chunk, self.layout.width))

    def finish(self) -> None:
        """Validate a last record that has no line end."""
        if self._validator is not None and (records := self._reader.last_records(self.layout.width)) is not None:
            self._add(self._validator, records)

    def free_delimiters(self) -> list[str]:
        """Return the usual delimiters that do not occur in the text, by their names on the screens."""
        return [name for name in DELIMITERS if name in self._free]

    def dates(self) -> dict[str, DateColumn]:
        """Return the date columns by their names in the file."""
        dates = self._validator.dates if self._validator is not None else {}
        return {self.layout.names[position]: column for position, column in dates.items()}

    def duplicates(self) -> Duplicates:
        """Return the match column values that records share; slow."""
        return self._keys.find()

    def reasons(self) -> tuple[ReasonCount, ...]:
        """Return the reasons in the order of the rules."""
        names = self.layout.names
        found = []
        for reason in REASONS:
            if (kept := self._reasons.get(reason.code.value)) is not None:
                columns = {names[position]: rows for position, rows in kept.positions.most_common()}
                main = next(iter(columns), None)
                found.append(ReasonCount(reason.code, kept.rows, main, tuple(kept.lines), columns, tuple(kept.samples)))
        return tuple(found)

    def match(self, duplicates: Duplicates) -> MatchCount:
        """Return the counts of the match column."""
        column = self.layout.match_column
        return MatchCount(column, self._no_match, duplicates.distinct, duplicates.rows, duplicates.examples)

    def columns(self) -> tuple[ColumnCount, ...]:
        """Return every column of the file and where it goes."""
        layout = self.layout
        goes = {one.position: one for one in layout.mapped}
        return tuple(
            ColumnCount(
                name,
                goes[position].kind if position in goes else "",
                self._filled[position],
                position in goes and goes[position].column not in KEPT_BY_THE_LIST,
                layout.not_carried.get(position) or f"goes to {goes[position].column}",
            )
            for position, name in enumerate(layout.names)
        )

    def _add(self, validator: RecordValidator, records: Records) -> None:
        validated = validator.validate(records)
        self.rows += validated.rows
        self.rejected += validated.rejected.height
        self._no_match += validated.no_match
        self._filled = [before + now for before, now in zip(self._filled, validated.filled, strict=True)]
        self._keys.add(validated.keys)
        self._count_fields(records)
        self._count_reasons(validated, records)

    def _count_fields(self, records: Records) -> None:
        odd = records.irregular.filter(pl.col(FIELDS).is_not_null() & (pl.col(FIELDS) != len(self._filled)))
        if len(records.lines):
            self.last_line = records.lines[-1]
        if not odd.height:
            return
        width, counts = len(self._filled), self.field_counts
        more, fewer = odd.filter(pl.col(FIELDS) > width), odd.filter(pl.col(FIELDS) < width)
        counts.more += more.height
        counts.fewer += fewer.height
        counts.one_empty_more += more.filter((pl.col(FIELDS) == width + 1) & pl.col(ENDS_EMPTY)).height
        if more.height:
            counts.first_more = counts.first_more or records.lines[more[IRREGULAR_AT][0]]
        if fewer.height:
            counts.first_fewer = counts.first_fewer or records.lines[fewer[IRREGULAR_AT][0]]

    def _count_reasons(self, validated: Validated, records: Records) -> None:
        for flaws in (validated.rejected, validated.warned):
            if not flaws.height:
                continue
            for code, position, rows in flaws.group_by(CODE, POSITION).agg(pl.len()).sort(CODE, POSITION).iter_rows():
                reason = self._reasons.setdefault(code, _Reason())
                reason.rows += rows
                if position is not None:
                    reason.positions[position] += rows
            for code, reason in self._reasons.items():
                if len(reason.lines) < SAMPLES:
                    first = flaws.filter(pl.col(CODE) == code).head(SAMPLES - len(reason.lines))
                    for at, line, position in first.select(AT, LINE, POSITION).iter_rows():
                        reason.lines.append(line)
                        reason.samples += self._sample(records, at, line, position)

    def _sample(self, records: Records, at: int, line: int, position: int | None) -> list[Sample]:
        if position is not None:
            value = records.fields[field_name(position)][at]
            return [Sample(line, self.layout.names[position], mask_value(value), None, Secret(value))]
        irregular = records.irregular.filter(pl.col(IRREGULAR_AT) == at)
        return [
            Sample(line, "", mask_value(begins, _RECORD_LIMIT), fields, Secret(begins))
            for begins, fields in irregular.select(BEGINS, FIELDS).iter_rows()
        ]
