"""Every record held against the rules, by the data engine: one exact pass over the columns of a chunk."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
    misread_patterns,
    pattern_of,
)

AT, CODE, PLACE = "at", "code", "place"
_SHAPE = "shape"
_FLAWS = pl.DataFrame(schema={AT: pl.UInt32, LINE: pl.Int64, CODE: pl.String, PLACE: pl.Int32})


@dataclass(frozen=True)
class Validated:
    """The result of a number of records."""

    rows: int
    filled: list[int]
    """By place: how many records have a value there."""
    no_match: int
    """How many records of the right shape have an empty match column."""
    rejected: pl.DataFrame
    """`AT` among the records, `LINE`, `CODE`, and `PLACE` of the column that is to blame, or null."""
    warned: pl.DataFrame
    """The same of those that are taken with a loss."""
    keys: pl.DataFrame
    """`LINE` and `HASH` (of the match column's value as it is matched) of the records that are taken."""


class RecordValidator:
    """Validates the records of one file; made once, used for every chunk of it."""

    def __init__(self, layout: ColumnLayout, charset: str) -> None:
        self._layout = layout
        self._match = layout.match
        self._seed = secrets.randbits(63)
        self._exactly = list(_exactly(layout))
        misread, self._misread = misread_patterns(charset)
        self._odd = f"{CONTROL}|{REPLACEMENT}|{misread}"
        self.dates = {one.place: DateColumn() for one in layout.mapped if one.kind == "TIMESTAMP"}

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
        for place, column in self.dates.items():
            texts = fitted[field_name(place)]
            if records.shapes is not None:
                texts = texts.zip_with(regular, pl.Series([""]))
            dates.append(column.judge(texts, lines).alias(_date_name(place)))
        frame = fitted.with_columns(lines.alias(LINE), shapes.alias(_SHAPE), *dates)
        exact = frame.with_row_index(AT).select(AT, LINE, *self._exactly)
        if blank.any():
            exact = exact.filter(~blank)
        rejected = exact[CODE].is_not_null()
        taken = exact.filter(~rejected) if rejected.any() else exact
        places = {Code.TOO_LONG: too_long, **self._odd_values(values)}
        warned = [_warned(code, masks, taken) for code, masks in places.items() if masks]
        return Validated(
            exact.height,
            list(given.select(pl.all().sum()).row(0)),
            int(exact["no_match"].sum()),
            exact.filter(rejected).select(AT, LINE, CODE, PLACE),
            pl.concat([_FLAWS, *warned]),
            self._keys(taken, fitted),
        )

    def _fitted(self, values: pl.DataFrame) -> tuple[dict[int, pl.Series], pl.DataFrame]:
        """Return which values are too long, by place, and all values as they are stored."""
        rooms = {one.place: room for one in self._layout.mapped if (room := max_length(one.kind)) is not None}
        if not rooms or not values.height:
            return {}, values
        longest = values.select(pl.col(field_name(place)).str.len_bytes().max() for place in rooms).row(0)
        too_long, cut = {}, []
        for (place, room), most in zip(rooms.items(), longest, strict=True):
            if most > room:  # bytes, of which a character has at least one
                column = values[field_name(place)]
                too_long[place] = column.str.len_chars() > room
                cut.append(column.str.slice(0, room))
        return {place: mask for place, mask in too_long.items() if mask.any()}, values.with_columns(cut)

    def _odd_values(self, values: pl.DataFrame) -> dict[Code, dict[int, pl.Series]]:
        """Return which values hold strange characters, by code and place."""
        found: dict[Code, dict[int, pl.Series]] = {
            Code.CONTROL_CHARACTER: {},
            Code.CHARSET_DOUBTFUL: {},
            Code.LETTER_LOST: {},
        }
        patterns = (CONTROL, _whole(self._misread), REPLACEMENT)
        for one in self._layout.mapped:
            column = values[field_name(one.place)]
            odd = column.str.contains(self._odd)
            if odd.any():
                for (_, masks), pattern in zip(found.items(), patterns, strict=True):
                    mask = odd & column.str.contains(pattern)
                    if mask.any():
                        masks[one.place] = mask
        return found

    def _keys(self, taken: pl.DataFrame, fitted: pl.DataFrame) -> pl.DataFrame:
        if self._match is None:
            return pl.DataFrame(schema={HASH: pl.UInt64, LINE: pl.Int64})
        values = fitted[field_name(self._match.place)]
        if self._match.column.startswith(MATCHED_WITHOUT_CASE):
            values = values.str.to_lowercase()
        hashes = values.hash(self._seed)
        if taken.height < len(hashes):
            hashes = hashes.gather(taken[AT])
        return pl.DataFrame({HASH: hashes, LINE: taken[LINE]})


def _warned(code: Code, masks: Mapping[int, pl.Series], taken: pl.DataFrame) -> pl.DataFrame:
    """Return the taken records with a flaw, each with the first column that has it."""
    place = pl.coalesce(pl.when(mask).then(pl.lit(place, pl.Int32)) for place, mask in masks.items())
    places = pl.select(place.alias(PLACE)).to_series().gather(taken[AT])
    flaws = taken.select(AT, LINE, pl.lit(code.value).alias(CODE), places)
    return flaws.filter(pl.col(PLACE).is_not_null())


def _exactly(layout: ColumnLayout) -> Iterator[pl.Expr]:
    """Yield why each record is rejected, the column to blame, and whether its match column is empty."""
    wrong = [pl.when(~_takes(one)).then(_place(one)) for one in layout.mapped]
    wrong_type = pl.coalesce([pl.lit(None, pl.Int32), *wrong])
    by_column = {one.column: one for one in reversed(layout.mapped)}
    email, mobile, country = (by_column.get(name) for name in ("EMAIL_ADDRESS_", "MOBILE_NUMBER_", "MOBILE_COUNTRY_"))
    bad_email = _given(email) & ~_matches(email, EMAIL)
    bad_mobile = _given(mobile) & ~_matches(mobile, MOBILE)
    bad_country = _given(country) & ~_matches(country, COUNTRY)
    somebody = _given(by_column.get("CUSTOMER_ID_")) | (_given(email) & ~bad_email) | (_given(mobile) & ~bad_mobile)
    nobody = ~somebody if any(name in by_column for name in IDENTITIES) else pl.lit(False)
    no_match = pl.lit(False) if layout.match is None else ~_given(layout.match)
    reasons = (
        (Code.NOT_DECODABLE, pl.col(_SHAPE) == int(Shape.UNDECODABLE), None),
        (Code.COLUMN_COUNT, pl.col(_SHAPE) == int(Shape.MALFORMED), None),
        (Code.TYPE_FORMAT, wrong_type.is_not_null(), None),
        # a record whose only identity is a malformed mobile number gets the narrower reason
        (Code.MOBILE_FORMAT, nobody & _given(mobile) & ~_given(email), mobile),
        (Code.NO_IDENTITY, nobody, None),
        (Code.MATCH_EMPTY, no_match, layout.match),
        (Code.EMAIL_FORMAT, bad_email, email),
        (Code.MOBILE_FORMAT, bad_mobile, mobile),
        (Code.MOBILE_COUNTRY, bad_country, country),
    )
    code = pl.coalesce(pl.when(applies).then(pl.lit(code.value)) for code, applies, _ in reasons)
    place = pl.coalesce(
        pl.when(applies).then(wrong_type if code is Code.TYPE_FORMAT else _place(column) if column else pl.lit(-1))
        for code, applies, column in reasons
    )
    yield code.alias(CODE)
    yield pl.when(place >= 0).then(place).cast(pl.Int32).alias(PLACE)
    yield ((pl.col(_SHAPE) == int(Shape.REGULAR)) & no_match).alias("no_match")


def _takes(one: MappedColumn) -> pl.Expr:
    if one.kind == "TIMESTAMP":
        return pl.col(_date_name(one.place))
    pattern = pattern_of(one.kind)
    if pattern is not None:
        return ~_given(one) | _matches(one, pattern)
    if one.kind and one.column in LETTERS:
        return ~_given(one) | _value(one).is_in(list(LETTERS[one.column]))
    return pl.lit(True)


def _value(one: MappedColumn) -> pl.Expr:
    return pl.col(field_name(one.place))


def _given(one: MappedColumn | None) -> pl.Expr:
    return pl.lit(False) if one is None else _value(one) != ""


def _matches(one: MappedColumn | None, pattern: str) -> pl.Expr:
    return pl.lit(True) if one is None else _value(one).str.contains(_whole(pattern))


def _place(one: MappedColumn) -> pl.Expr:
    return pl.lit(one.place, pl.Int32)


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _date_name(place: int) -> str:
    return f"date{place}"
