"""Validates records by the rules: one pass of the data engine over the columns of a chunk."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cxr_tui.domain.date_formats import BLANKS
from cxr_tui.preflight.reading.engine import pl
from cxr_tui.preflight.reading.records import Records, Shape, field_name
from cxr_tui.preflight.validation.columns import ColumnLayout, MappedColumn
from cxr_tui.preflight.validation.dates import DateColumn
from cxr_tui.preflight.validation.duplicates import HASH, LINE
from cxr_tui.preflight.validation.rules import (
    CONTROL,
    COUNTRY,
    EMAIL,
    IDENTITIES,
    LETTERS,
    MATCHED_WITHOUT_CASE,
    MOBILE,
    REPLACEMENT,
    Code,
    max_length,
    misread_pattern,
    pattern_of,
)

AT, CODE, POSITION = "at", "code", "position"
_SHAPE = "shape"
_NOT_PLAIN = "[^ -~]"
"""Anything but the printable characters of ASCII."""
_FLAWS = pl.DataFrame(schema={AT: pl.UInt32, LINE: pl.Int64, CODE: pl.String, POSITION: pl.Int32})


@dataclass(frozen=True)
class Validated:
    """The result of the records of one chunk."""

    rows: int
    filled: list[int]
    """Number of records with a value, by position."""
    no_match: int
    """Number of regular records with an empty match column."""
    rejected: pl.DataFrame
    """`AT` among the records, `LINE`, `CODE`, and `POSITION` of the column with the flaw, or null."""
    warned: pl.DataFrame
    """The same for accepted records that lose something."""
    keys: pl.DataFrame
    """`LINE` and `HASH` (of the match column value) of the accepted records."""


class RecordValidator:
    """Validates the records of one file, chunk by chunk."""

    def __init__(self, layout: ColumnLayout, charset: str) -> None:
        self._layout = layout
        self._match = layout.match
        self._seed = secrets.randbits(63)
        self._rules = _rules(layout)
        empty = pl.lit(False) if layout.match is None else ~_given(layout.match)
        self._no_match = ((pl.col(_SHAPE) == int(Shape.REGULAR)) & empty).alias("no_match")
        self._misread = misread_pattern(charset)
        self.dates = {one.position: DateColumn() for one in layout.mapped if one.kind == "TIMESTAMP"}

    def validate(self, records: Records) -> Validated:
        """Validate records in the order of the file."""
        values = records.fields.select(pl.all().str.strip_chars(BLANKS))
        given = values.select(pl.all() != "")
        blank = ~given.select(pl.any_horizontal(pl.all())).to_series()
        lines, shapes = records.lines, records.shapes
        if shapes is None:
            shapes = pl.repeat(int(Shape.REGULAR), len(lines), dtype=pl.UInt8, eager=True)
        regular = shapes == int(Shape.REGULAR)
        if records.shapes is not None:
            given = given.select(pl.all() & regular)
            blank = (blank & regular) | (shapes == int(Shape.BLANK))
        too_long, fitted = self._fitted(values)
        dates = []
        for position, column in self.dates.items():
            texts = fitted[field_name(position)]
            if records.shapes is not None:
                texts = texts.zip_with(regular, pl.Series([""]))
            dates.append(column.validate(texts, lines).alias(_date_name(position)))
        frame = fitted.with_columns(lines.alias(LINE), shapes.alias(_SHAPE), *dates)
        # lazily, so that shared parts of the expressions are computed once
        exact = frame.lazy().with_row_index(AT).select(AT, LINE, _reason(self._rules), self._no_match).collect()
        faulty = exact[CODE].is_not_null() & ~blank
        rejected = frame.with_columns(exact[AT], exact[CODE]).filter(faulty)
        if blank.any():
            exact = exact.filter(~blank)
        taken = exact.filter(pl.col(CODE).is_null()) if rejected.height else exact
        positions = {Code.TOO_LONG: too_long, **self._odd_values(values)}
        warned = [_warned(code, masks, taken) for code, masks in positions.items() if masks]
        return Validated(
            exact.height,
            list(given.select(pl.all().sum()).row(0)),
            int(exact["no_match"].sum()),
            rejected.select(AT, LINE, *_code_and_place(self._rules)),
            pl.concat([_FLAWS, *warned]),
            self._keys(taken, fitted),
        )

    def _fitted(self, values: pl.DataFrame) -> tuple[dict[int, pl.Series], pl.DataFrame]:
        """Return which values are too long, by position, and all values as the list stores them."""
        rooms = {one.position: room for one in self._layout.mapped if (room := max_length(one.kind)) is not None}
        if not rooms or not values.height:
            return {}, values
        longest = values.select(pl.col(field_name(position)).str.len_bytes().max() for position in rooms).row(0)
        too_long, cut = {}, []
        for (position, room), most in zip(rooms.items(), longest, strict=True):
            if most > room:  # bytes; a character has at least one
                column = values[field_name(position)]
                too_long[position] = column.str.len_chars() > room
                cut.append(column.str.slice(0, room))
        return {position: mask for position, mask in too_long.items() if mask.any()}, values.with_columns(cut)

    def _odd_values(self, values: pl.DataFrame) -> dict[Code, dict[int, pl.Series]]:
        """Return which values contain suspicious characters, by code and position."""
        found: dict[Code, dict[int, pl.Series]] = {
            Code.CONTROL_CHARACTER: {},
            Code.CHARSET_DOUBTFUL: {},
            Code.LETTER_LOST: {},
        }
        patterns = (CONTROL, _whole(self._misread), REPLACEMENT)
        for one in self._layout.mapped:
            if _plain(one):
                continue
            column = values[field_name(one.position)]
            odd = column.str.contains(_NOT_PLAIN).arg_true()
            if not len(odd):
                continue
            texts = column.gather(odd)
            for (_, positions), pattern in zip(found.items(), patterns, strict=True):
                rows = odd.filter(texts.str.contains(pattern))
                if len(rows):
                    positions[one.position] = pl.repeat(False, len(column), eager=True).scatter(rows, True)
        return found

    def _keys(self, taken: pl.DataFrame, fitted: pl.DataFrame) -> pl.DataFrame:
        if self._match is None:
            return pl.DataFrame(schema={HASH: pl.UInt64, LINE: pl.Int64})
        values = fitted[field_name(self._match.position)]
        if self._match.column.startswith(MATCHED_WITHOUT_CASE):
            values = values.str.to_lowercase()
        hashes = values.hash(self._seed)
        if taken.height < len(hashes):
            hashes = hashes.gather(taken[AT])
        return pl.DataFrame({HASH: hashes, LINE: taken[LINE]})


def _warned(code: Code, masks: Mapping[int, pl.Series], taken: pl.DataFrame) -> pl.DataFrame:
    """Return the accepted records with a flaw, each with the first column that has it."""
    position = pl.coalesce(pl.when(mask).then(pl.lit(position, pl.Int32)) for position, mask in masks.items())
    positions = pl.select(position.alias(POSITION)).to_series().gather(taken[AT])
    flaws = taken.select(AT, LINE, pl.lit(code.value).alias(CODE), positions)
    return flaws.filter(pl.col(POSITION).is_not_null())


class _Rule(NamedTuple):
    """A reason to reject a record; the first rule that applies counts."""

    code: Code
    applies: pl.Expr
    position: pl.Expr
    """Of the column with the flaw, or null."""


def _rules(layout: ColumnLayout) -> tuple[_Rule, ...]:
    wrong = [pl.when(~_takes(one)).then(_position(one)) for one in layout.mapped]
    wrong_type = pl.coalesce([pl.lit(None, pl.Int32), *wrong])
    by_column = {one.column: one for one in reversed(layout.mapped)}
    email, mobile, country = (by_column.get(name) for name in ("EMAIL_ADDRESS_", "MOBILE_NUMBER_", "MOBILE_COUNTRY_"))
    bad_email = _given(email) & ~_matches(email, EMAIL)
    bad_mobile = _given(mobile) & ~_matches(mobile, MOBILE)
    bad_country = _given(country) & ~_matches(country, COUNTRY)
    identified = _given(by_column.get("CUSTOMER_ID_")) | (_given(email) & ~bad_email) | (_given(mobile) & ~bad_mobile)
    anonymous = ~identified if any(name in by_column for name in IDENTITIES) else pl.lit(False)
    no_match = pl.lit(False) if layout.match is None else ~_given(layout.match)
    return (
        _Rule(Code.NOT_DECODABLE, pl.col(_SHAPE) == int(Shape.UNDECODABLE), _position(None)),
        _Rule(Code.COLUMN_COUNT, pl.col(_SHAPE) == int(Shape.MALFORMED), _position(None)),
        _Rule(Code.TYPE_FORMAT, wrong_type.is_not_null(), wrong_type),
        # a record whose only identity is a malformed mobile number gets the narrower reason
        _Rule(Code.MOBILE_FORMAT, anonymous & _given(mobile) & ~_given(email), _position(mobile)),
        _Rule(Code.NO_IDENTITY, anonymous, _position(None)),
        _Rule(Code.MATCH_EMPTY, no_match, _position(layout.match)),
        _Rule(Code.EMAIL_FORMAT, bad_email, _position(email)),
        _Rule(Code.MOBILE_FORMAT, bad_mobile, _position(mobile)),
        _Rule(Code.MOBILE_COUNTRY, bad_country, _position(country)),
    )


def _reason(rules: Sequence[_Rule]) -> pl.Expr:
    """Return the number of the first rule that applies, or null."""
    numbers = (pl.when(rule.applies).then(pl.lit(number, pl.UInt8)) for number, rule in enumerate(rules))
    return pl.coalesce(numbers).alias(CODE)


def _code_and_place(rules: Sequence[_Rule]) -> Iterator[pl.Expr]:
    """Yield the code of each rejected record, and the column with the flaw."""
    chosen = [pl.col(CODE) == number for number in range(len(rules))]
    for name, values in (
        (CODE, [pl.lit(one.code.value) for one in rules]),
        (POSITION, [one.position for one in rules]),
    ):
        yield pl.coalesce(pl.when(is_it).then(value) for is_it, value in zip(chosen, values, strict=True)).alias(name)


def _takes(one: MappedColumn) -> pl.Expr:
    if one.kind == "TIMESTAMP":
        return pl.col(_date_name(one.position))
    pattern = pattern_of(one.kind)
    if pattern is not None:
        return ~_given(one) | _matches(one, pattern)
    if one.kind and one.column in LETTERS:
        return ~_given(one) | _value(one).is_in(list(LETTERS[one.column]))
    return pl.lit(True)


def _plain(one: MappedColumn) -> bool:
    """Return whether accepted values consist only of printable ASCII characters."""
    return pattern_of(one.kind) is not None or one.column in ("MOBILE_NUMBER_", "MOBILE_COUNTRY_")


def _value(one: MappedColumn) -> pl.Expr:
    return pl.col(field_name(one.position))


def _given(one: MappedColumn | None) -> pl.Expr:
    return pl.lit(False) if one is None else _value(one) != ""


def _matches(one: MappedColumn | None, pattern: str) -> pl.Expr:
    return pl.lit(True) if one is None else _value(one).str.contains(_whole(pattern))


def _position(one: MappedColumn | None) -> pl.Expr:
    return pl.lit(None if one is None else one.position, pl.Int32)


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _date_name(position: int) -> str:
    return f"date{position}"
