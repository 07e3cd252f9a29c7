"""Validates the records of a file by the rules and counts: one pass of the data engine over each frame of records."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from cxr_tui.domain.finding import Report
from cxr_tui.domain.responsys_data import COUNTRY, DELIMITERS, EMAIL, IDENTITIES, MOBILE
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.columns import text_length
from cxr_tui.preflight.import_options import ImportOptions
from cxr_tui.preflight.reading.decode import ReadingError
from cxr_tui.preflight.reading.records import (
    BEGINS,
    ENDS_EMPTY,
    FIELDS,
    LINE,
    UNDECODABLE,
    EnclosedReader,
    PlainReader,
    Records,
    field_name,
)
from cxr_tui.preflight.result import ColumnCount, MatchCount, ReasonCount, Sample, mask_value
from cxr_tui.preflight.validation.columns import ColumnLayout, MappedColumn, resolve_columns
from cxr_tui.preflight.validation.dates import DateColumn
from cxr_tui.preflight.validation.duplicates import HASH, KeyHashes
from cxr_tui.preflight.validation.rules import (
    CONTROL,
    KEPT_BY_THE_LIST,
    LETTERS,
    MATCHED_WITHOUT_CASE,
    MOST_COLUMNS,
    REASON,
    REPLACEMENT,
    Code,
    misread_pattern,
    pattern_of,
)

SAMPLES = 10
"""Records of each reason that are kept as examples."""
_RECORD_LIMIT = 120
_RULE, _CODE, _POSITION, _NO_MATCH = "rule", "code", "position", "no_match"
_CUT, _FLAWED = "cut", "flawed"
_FORMATS = {"EMAIL_ADDRESS_": EMAIL, "MOBILE_NUMBER_": MOBILE, "MOBILE_COUNTRY_": COUNTRY}


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
class _Count:
    """The records with one reason."""

    rows: int = 0
    positions: Counter[int] = field(default_factory=Counter)
    lines: list[int] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)


class FileValidator:
    """Validates one text and counts; findings about its header go to the report."""

    def __init__(self, options: ImportOptions, report: Report) -> None:
        self.options = options
        self.rows = 0
        self.rejected = 0
        self.field_counts = FieldCounts()
        self.last_line = 0
        """Line of the last record."""
        self.layout = ColumnLayout((), (), {}, options.target.match_column, fails=False)
        """Without columns while only blanks were read."""
        self.dates: dict[int, DateColumn] = {}
        """The date columns, by position."""
        self._report = report
        self._counts: dict[Code, _Count] = {}
        self._keys = KeyHashes()
        self._filled = pl.Series(dtype=pl.UInt32)
        self._free = set(DELIMITERS)
        self._no_match = 0

    def validate(self, chunks: Iterator[bytes]) -> None:
        """Read and validate a text in chunks of whole lines; ImportOptionsError, ReadingError."""
        form = self.options.form
        reader = (EnclosedReader if form.enclosure else PlainReader)(self._searched(chunks), form)
        header = reader.first_record() if form.header else None
        if header is not None and not header:
            return
        if header is not None and len(header) > MOST_COLUMNS:
            raise ReadingError(
                "too-many-columns",
                f"The first line has {len(header):,} fields; preflight reads at most {MOST_COLUMNS:,}.",
                "No list has that many columns, so the delimiter is different or this is another file.",
                "Compare Field delimiter in Destination Specification and Source Specification.",
            )
        self.layout = layout = resolve_columns(header, self.options, self._report)
        self.dates = {one.position: DateColumn() for one in layout.mapped if one.kind == "TIMESTAMP"}
        self._filled = pl.repeat(0, layout.width, dtype=pl.UInt32, eager=True)
        expressions = _Expressions(layout, form.charset)
        for records in reader.records(layout.width):
            self._count_irregular(records)
            if records.regular.height:
                self._count_regular(records, expressions)

    def free_delimiters(self) -> list[str]:
        """Return the usual delimiters that do not occur in the text, by their names on the screens."""
        return [name for name in DELIMITERS if name in self._free]

    def reasons(self) -> tuple[ReasonCount, ...]:
        """Return the reasons in the order of the rules."""
        found = []
        for code in REASON:
            if (count := self._counts.get(code)) is not None:
                columns = {self.layout.names[position]: rows for position, rows in count.positions.most_common()}
                main = next(iter(columns), None)
                found.append(ReasonCount(code, count.rows, main, tuple(count.lines), columns, tuple(count.samples)))
        return tuple(found)

    def match(self) -> MatchCount:
        """Return the counts of the match column; slow."""
        return self._keys.counted(self.layout.match_column, self._no_match)

    def columns(self) -> tuple[ColumnCount, ...]:
        """Return every column of the file and where it goes."""
        layout = self.layout
        goes = {one.position: one for one in layout.mapped}
        return tuple(
            ColumnCount(
                name,
                goes[position].kind if position in goes else "",
                filled,
                position in goes and goes[position].column not in KEPT_BY_THE_LIST,
                layout.not_carried.get(position) or f"goes to {goes[position].column}",
            )
            for position, (name, filled) in enumerate(zip(layout.names, self._filled, strict=True))
        )

    def _searched(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._free -= {name for name in self._free if DELIMITERS[name].encode() in chunk}
            yield chunk

    def _count_regular(self, records: Records, expressions: _Expressions) -> None:
        values = records.regular
        self._filled += pl.Series(records.filled, dtype=pl.UInt32)
        stored = expressions.stored(values)
        dates = [one.validate(stored[field_name(at)], values[LINE]).alias(_date(at)) for at, one in self.dates.items()]
        # lazily, so that shared parts of the expressions are computed once
        judged = stored.with_columns(dates).lazy().with_columns(expressions.malformed)
        found = judged.select(LINE, *expressions.of_record).collect()
        accepted = found[_RULE].is_null()
        self._no_match += int(found[_NO_MATCH].sum())
        if self.layout.match is not None:
            self._keys.add(found.filter(accepted).select(LINE, HASH))
        rejected = found.filter(~accepted).join(expressions.rules, _RULE, maintain_order="left")
        self.rejected += rejected.height
        self._count(rejected.select(LINE, _CODE, _POSITION), values)
        if (flawed := accepted & found[_FLAWED]).any():
            self._count(expressions.flaws(values.filter(flawed)), values)

    def _count(self, found: pl.DataFrame, values: pl.DataFrame) -> None:
        """Count records by code and by position of the column with the flaw, or null."""
        for code, position, rows in found.group_by(_CODE, _POSITION).len().sort(_CODE, _POSITION).rows():
            count = self._counts.setdefault(Code(code), _Count())
            count.rows += rows
            if position is not None:
                count.positions[position] += rows
        for code, count in self._counts.items():
            if len(count.lines) == SAMPLES:
                continue
            first = found.filter(pl.col(_CODE) == code.value).head(SAMPLES - len(count.lines))
            for line, position in first.select(LINE, _POSITION).rows():
                count.lines.append(line)
                if position is not None:
                    value = values.filter(pl.col(LINE) == line)[field_name(position)].item()
                    count.samples.append(
                        Sample(line, self.layout.names[position], mask_value(value), None, Secret(value))
                    )

    def _count_irregular(self, records: Records) -> None:
        irregular = records.irregular
        self.rows += records.regular.height + irregular.height
        ends = [frame[LINE][-1] for frame in (records.regular, irregular) if frame.height]
        self.last_line = max(self.last_line, *ends) if ends else self.last_line
        if not irregular.height:
            return
        self.rejected += irregular.height
        for code, undecodable in ((Code.NOT_DECODABLE, True), (Code.COLUMN_COUNT, False)):
            found = irregular.filter(pl.col(UNDECODABLE) == undecodable)
            if found.height:
                count = self._counts.setdefault(code, _Count())
                count.rows += found.height
                for line, begins, fields in found.select(LINE, BEGINS, FIELDS).head(SAMPLES - len(count.lines)).rows():
                    count.lines.append(line)
                    count.samples.append(Sample(line, "", mask_value(begins, _RECORD_LIMIT), fields, Secret(begins)))
        width, counts = self.layout.width, self.field_counts
        more, fewer = irregular.filter(pl.col(FIELDS) > width), irregular.filter(pl.col(FIELDS) < width)
        counts.more += more.height
        counts.fewer += fewer.height
        counts.one_empty_more += more.filter((pl.col(FIELDS) == width + 1) & pl.col(ENDS_EMPTY)).height
        counts.first_more = counts.first_more or next(iter(more[LINE]), 0)
        counts.first_fewer = counts.first_fewer or next(iter(fewer[LINE]), 0)


class _Rule(NamedTuple):
    """A reason to reject a record; the first rule that applies counts."""

    code: Code
    position: int | None
    """Of the column with the flaw."""
    applies: pl.Expr


class _Expressions:
    """The rules as expressions of the data engine."""

    def __init__(self, layout: ColumnLayout, charset: str) -> None:
        rules, match = _rules(layout), layout.match
        numbered = enumerate(rule.applies for rule in rules)
        key = pl.lit("") if match is None else _value(match)
        if layout.match_column.startswith(MATCHED_WITHOUT_CASE):
            key = key.str.to_lowercase()
        self._rooms = {one: room for one in layout.mapped if (room := text_length(one.kind)) is not None}
        texts = [one for one in layout.mapped if not _plain(one)]
        patterns = {
            Code.CONTROL_CHARACTER: CONTROL,
            Code.CHARSET_DOUBTFUL: f"^(?:{misread_pattern(charset)})$",
            Code.LETTER_LOST: REPLACEMENT,
        }
        any_pattern = "|".join(patterns.values())
        self.malformed = [_unlike(layout.mapped_to(name), pattern).alias(name) for name, pattern in _FORMATS.items()]
        """Whether the values of the columns of `_FORMATS` have another format."""
        self.of_record = (
            pl.coalesce(pl.when(applies).then(pl.lit(number, pl.UInt16)) for number, applies in numbered).alias(_RULE),
            (pl.lit(False) if match is None else ~_given(match)).alias(_NO_MATCH),
            key.hash(secrets.randbits(63)).alias(HASH),
            pl.any_horizontal(_CUT, *(_value(one).str.contains(any_pattern) for one in texts)).alias(_FLAWED),
        )
        """The number of the first rule that applies, or null; whether the match column is empty; its hash; and whether
        a value has a flaw that rejects no record."""
        self.rules = pl.DataFrame(
            [(number, rule.code.value, rule.position) for number, rule in enumerate(rules)],
            schema={_RULE: pl.UInt16, _CODE: pl.String, _POSITION: pl.Int32},
            orient="row",
        )
        flaws = {Code.TOO_LONG: [(one, _value(one).str.len_chars() > room) for one, room in self._rooms.items()]}
        flaws |= {
            code: [(one, _value(one).str.contains(pattern)) for one in texts] for code, pattern in patterns.items()
        }
        self._flaws = [
            pl.coalesce(*(pl.when(flawed).then(one.position) for one, flawed in columns), pl.lit(None, pl.Int32)).alias(
                code
            )
            for code, columns in flaws.items()
        ]

    def stored(self, values: pl.DataFrame) -> pl.DataFrame:
        """Return the values as the list stores them: cut to the length of their column; and whether one was `_CUT`."""
        longest = values.select(pl.exclude(LINE).str.len_bytes().max()).row(0)
        rooms = [(_value(one).str, room) for one, room in self._rooms.items() if longest[one.position] > room]
        cut = pl.any_horizontal(pl.lit(False), *(text.len_chars() > room for text, room in rooms))
        return values.with_columns(*(text.slice(0, room) for text, room in rooms), cut.alias(_CUT))

    def flaws(self, values: pl.DataFrame) -> pl.DataFrame:
        """Return the flaws that reject no record: `LINE`, code, and position of the first column with it."""
        found = values.select(LINE, *self._flaws)
        return found.unpivot(index=LINE, variable_name=_CODE, value_name=_POSITION).drop_nulls()


def _rules(layout: ColumnLayout) -> tuple[_Rule, ...]:
    email, mobile, country = map(layout.mapped_to, _FORMATS)
    bad_email, bad_mobile, bad_country = map(pl.col, _FORMATS)
    identified = (
        _given(layout.mapped_to("CUSTOMER_ID_")) | (_given(email) & ~bad_email) | (_given(mobile) & ~bad_mobile)
    )
    anonymous = ~identified if any(map(layout.mapped_to, IDENTITIES)) else pl.lit(False)
    no_match = pl.lit(False) if layout.match is None else ~_given(layout.match)
    types = ((one, _wrong_type(one)) for one in layout.mapped)
    return (
        *(_Rule(Code.TYPE_FORMAT, one.position, wrong) for one, wrong in types if wrong is not None),
        # a record whose only identity is a malformed mobile number gets the narrower reason
        _Rule(Code.MOBILE_FORMAT, _position(mobile), anonymous & _given(mobile) & ~_given(email)),
        _Rule(Code.NO_IDENTITY, None, anonymous),
        _Rule(Code.MATCH_EMPTY, _position(layout.match), no_match),
        _Rule(Code.EMAIL_FORMAT, _position(email), bad_email),
        _Rule(Code.MOBILE_FORMAT, _position(mobile), bad_mobile),
        _Rule(Code.MOBILE_COUNTRY, _position(country), bad_country),
    )


def _wrong_type(one: MappedColumn) -> pl.Expr | None:
    """Return whether a value does not fit the type of its column; None if every value does."""
    if one.kind == "TIMESTAMP":
        return ~pl.col(_date(one.position))
    if (pattern := pattern_of(one.kind)) is not None:
        return _unlike(one, pattern)
    if one.kind and one.column in LETTERS:
        return _given(one) & ~_value(one).is_in(list(LETTERS[one.column]))
    return None


def _plain(one: MappedColumn) -> bool:
    """Return whether accepted values consist only of printable ASCII characters."""
    return pattern_of(one.kind) is not None or one.column in ("MOBILE_NUMBER_", "MOBILE_COUNTRY_")


def _value(one: MappedColumn) -> pl.Expr:
    return pl.col(field_name(one.position))


def _given(one: MappedColumn | None) -> pl.Expr:
    return pl.lit(False) if one is None else _value(one) != ""


def _unlike(one: MappedColumn | None, pattern: str) -> pl.Expr:
    """Return whether there is a value and it does not match."""
    return pl.lit(False) if one is None else _given(one) & ~_value(one).str.contains(f"^(?:{pattern})$")


def _position(one: MappedColumn | None) -> int | None:
    return None if one is None else one.position


def _date(position: int) -> str:
    return f"date{position}"
