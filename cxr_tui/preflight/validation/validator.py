"""Every record held against the rules, by the data engine.

Most records of most files are in order, and that is cheap to see. So a first, generous look at the raw values tells the
records that are certainly in order from those that may not be; only the latter are judged to the letter. What the first
look lets through, the second would let through too: that is its contract, and the tests hold it.
"""

from __future__ import annotations

import functools
import operator
import re
from dataclasses import dataclass

from cxr_tui.preflight.import_options import FileForm
from cxr_tui.preflight.reading.records import (
    COUNT,
    PLACE_OF_ODD,
    WHOLE,
    Records,
    Shape,
    field_name,
    strip_all,
)
from cxr_tui.preflight.validation.columns import Layout, Mapped
from cxr_tui.preflight.validation.engine import pl
from cxr_tui.preflight.validation.rules import (
    BLANKS,
    CONTROL,
    COUNTRY,
    EMAIL,
    IDENTITIES,
    LETTERS,
    MATCHED_WITHOUT_CASE,
    MOBILE,
    TIMESTAMP,
    Code,
    pattern_of,
    room_of,
)

LINE, CODE, PLACE, KEY = "line", "code", "place", "key"
_SHAPE, _SAMPLE = "shape", "sample"
_PRINTED = r"^[!-~](?:[^\x00-\x1f\x7f-\x9f]*[!-~])?$"
"""Begins and ends with a visible ASCII sign, so nothing is dropped from its ends and it is not blank; holds no control
character."""
_PLAIN_EMAIL = r"[!#-+\-./0-9A-Z^_`a-z{|}~]+@[A-Za-z0-9\-.]+\.[A-Za-z0-9\-]+"
"""Nearly every address, and none that the full pattern refuses; without Unicode it is faster."""
_PLAIN_FORMS = {"EMAIL_ADDRESS_": _PLAIN_EMAIL, "MOBILE_NUMBER_": MOBILE, "MOBILE_COUNTRY_": COUNTRY}
_CONTROL_BYTES = bytes([*range(0x20), 0x7F])
_AT_ONCE = 20_000
_PARTS_AT_ONCE = 16
"""Doubtful records keep the text alive that they were cut from, so they do not wait for many parts."""
_C1_LEAD = b"\xc2"
"""With what the control characters beyond ASCII begin in UTF-8."""
_PIECE = 128 * 1024
"""Bytes that are searched in one go: less than a millisecond."""


@dataclass(frozen=True)
class Judged:
    """What came of a number of records."""

    rows: int
    filled: list[int]
    """By place: how many records have a value there."""
    no_match: int
    """How many records of the right shape have an empty match column."""
    rejected: pl.DataFrame
    """`line`, `code`, `place` (of the column that is to blame, or null), `sample` (its value, or how a record that is
    not regular begins), `count` (the number of fields of such a record)."""
    warned: pl.DataFrame
    """The same of what is taken with a loss."""
    keys: pl.DataFrame
    """`line` and `key` (the match column's value as it is matched) of the records that are taken."""

    def and_then(self, other: Judged) -> Judged:
        """Return both together."""
        return Judged(
            self.rows + other.rows,
            [one + more for one, more in zip(self.filled, other.filled, strict=True)],
            self.no_match + other.no_match,
            pl.concat([self.rejected, other.rejected]),
            pl.concat([self.warned, other.warned]),
            pl.concat([self.keys, other.keys]),
        )


_NOTHING = pl.DataFrame(schema={LINE: pl.Int64, CODE: pl.String, PLACE: pl.Int32, _SAMPLE: pl.String, COUNT: pl.UInt32})
_NONE_ODD = pl.DataFrame(schema={LINE: pl.Int64, WHOLE: pl.String, COUNT: pl.UInt32})
_NO_KEYS = pl.DataFrame(schema={LINE: pl.Int64, KEY: pl.String})


class Judge:
    """Judges the records of one file; made once, used for every part of it."""

    def __init__(self, layout: Layout, form: FileForm) -> None:
        self._layout = layout
        self._match = layout.match
        self._names = [field_name(place) for place in range(layout.width)]
        kept = (form.delimiter if form.enclosure == "" else "") + "\n"
        control = bytes(byte for byte in _CONTROL_BYTES if chr(byte) not in kept)
        self._control_byte = re.compile(b"[" + re.escape(control) + b"]")
        self._fine = functools.reduce(operator.and_, [pl.lit(True), *map(_surely_fine, layout.mapped)])
        if self._match is not None:
            match = pl.col(field_name(self._match.place))
            self._fine &= match.str.contains(_PRINTED)
        self._fine &= self._surely_somebody()
        self._doubtful: list[pl.DataFrame] = []
        self._doubtful_rows = 0
        self._odd: list[pl.DataFrame] = []
        """Of doubtful records that are not regular: `line`, how it begins, how many fields it has."""
        self._clean = functools.reduce(
            operator.and_,
            [pl.lit(True), *(~_raw(one).str.contains(CONTROL) for one in layout.mapped if self._takes_any_sign(one))],
        )

    def judge(self, records: Records) -> Judged:
        """Judge records in the order of the file; doubtful ones may be counted with a later part, or by `finish`."""
        fields, lines = records.fields, records.lines
        fine_rule = self._fine & self._clean if self._may_hold_control(records) else self._fine
        fine = fields.select(fine_rule.alias("fine"))["fine"]
        if self._match is None:  # nobody can be matched, so all are looked at for what is left to say
            fine = pl.repeat(False, fields.height, eager=True)
        if records.shapes is not None:
            fine &= records.shapes == int(Shape.REGULAR)
        filled = self._filled(fields)
        if records.shapes is not None:
            shifted = self._filled(fields.filter(records.shapes != int(Shape.REGULAR)))
            filled = [count - less for count, less in zip(filled, shifted, strict=True)]
        keys = self._keys(fields, lines)
        if fine.all():
            return Judged(keys.height, filled, 0, _NOTHING, _NOTHING, keys)
        keys = keys.filter(fine)
        self._doubtful.append(self._suspects(records, ~fine))
        self._doubtful_rows += self._doubtful[-1].height
        judged = Judged(keys.height, filled, 0, _NOTHING, _NOTHING, keys)
        if self._doubtful_rows < _AT_ONCE and len(self._doubtful) < _PARTS_AT_ONCE:
            return judged
        return judged.and_then(self.finish())

    def finish(self) -> Judged:
        """Judge the doubtful records that are left; what judging to the letter costs is paid for many at once."""
        filled = [0] * self._layout.width
        if not self._doubtful:
            return Judged(0, filled, 0, _NOTHING, _NOTHING, _NO_KEYS)
        suspects = pl.concat(self._doubtful)
        self._doubtful, self._doubtful_rows = [], 0
        odd = pl.concat([_NONE_ODD, *self._odd])
        self._odd = []
        exact = suspects.select(self._exactly())
        rejected = exact.filter(pl.col(CODE).is_not_null())
        taken = exact.filter(pl.col(CODE).is_null())
        warned = [
            taken.filter(pl.col(code.value).is_not_null()).select(
                LINE, pl.lit(code.value).alias(CODE), pl.col(code.value).alias(PLACE)
            )
            for code in (Code.TOO_LONG, Code.CONTROL_CHARACTER)
        ]
        return Judged(
            suspects.height,
            filled,
            exact.filter("no_match").height,
            self._sampled(rejected.select(LINE, CODE, PLACE), suspects, odd),
            self._sampled(pl.concat(warned), suspects, odd),
            taken.select(LINE, KEY) if self._match is not None else _NO_KEYS,
        )

    def _suspects(self, records: Records, doubtful: pl.Series) -> pl.DataFrame:
        shapes = records.shapes
        if shapes is None:
            shapes = pl.repeat(int(Shape.REGULAR), records.fields.height, dtype=pl.UInt8, eager=True)
        frame = records.fields.with_columns(records.lines.alias(LINE), shapes.alias(_SHAPE)).filter(doubtful)
        if records.odd.height:
            self._odd.append(
                records.odd.select(records.lines.gather(records.odd[PLACE_OF_ODD]).alias(LINE), WHOLE, COUNT)
            )
        blank = pl.all_horizontal([text == "" for text in strip_all(self._names)])
        regular = pl.col(_SHAPE) == int(Shape.REGULAR)
        return frame.filter(pl.col(_SHAPE) != int(Shape.BLANK)).filter(~(regular & blank))

    def _exactly(self) -> list[pl.Expr]:
        mapped = self._layout.mapped
        wrong_type = pl.coalesce([pl.lit(None, pl.Int32), *(_blamed(~_takes(one), one) for one in mapped)])
        too_long = pl.coalesce([pl.lit(None, pl.Int32), *(_blamed(_overflows(one), one) for one in mapped)])
        control = pl.coalesce(
            [pl.lit(None, pl.Int32), *(_blamed(_stripped(one).str.contains(CONTROL), one) for one in mapped)]
        )
        by_column = {one.column: one for one in reversed(mapped)}
        email, mobile, country = (
            by_column.get(name) for name in ("EMAIL_ADDRESS_", "MOBILE_NUMBER_", "MOBILE_COUNTRY_")
        )
        bad_email = _given(email) & ~_matches(email, EMAIL)
        bad_mobile = _given(mobile) & ~_matches(mobile, MOBILE)
        bad_country = _given(country) & ~_matches(country, COUNTRY)
        customer = by_column.get("CUSTOMER_ID_")
        somebody = _given(customer) | (_given(email) & ~bad_email) | (_given(mobile) & ~bad_mobile)
        identified = any(name in by_column for name in IDENTITIES)
        no_match = pl.lit(False) if self._match is None else ~_given(self._match)
        code = (
            pl.when(pl.col(_SHAPE) == int(Shape.UNDECODABLE))
            .then(pl.lit(Code.NOT_DECODABLE.value))
            .when(pl.col(_SHAPE) == int(Shape.ODD))
            .then(pl.lit(Code.COLUMN_COUNT.value))
            .when(wrong_type.is_not_null())
            .then(pl.lit(Code.TYPE_FORMAT.value))
            # a record whose only identity is a malformed mobile number gets the narrower reason
            .when(pl.lit(identified) & ~somebody & _given(mobile) & ~_given(email))
            .then(pl.lit(Code.MOBILE_FORMAT.value))
            .when(pl.lit(identified) & ~somebody)
            .then(pl.lit(Code.NO_IDENTITY.value))
            .when(no_match)
            .then(pl.lit(Code.MATCH_EMPTY.value))
            .when(bad_email)
            .then(pl.lit(Code.EMAIL_FORMAT.value))
            .when(bad_mobile)
            .then(pl.lit(Code.MOBILE_FORMAT.value))
            .when(bad_country)
            .then(pl.lit(Code.MOBILE_COUNTRY.value))
        )
        place = (
            pl.when(code.is_in([Code.NOT_DECODABLE.value, Code.COLUMN_COUNT.value, Code.NO_IDENTITY.value]))
            .then(None)
            .when(code == Code.TYPE_FORMAT.value)
            .then(wrong_type)
            .when(code == Code.MATCH_EMPTY.value)
            .then(_place(self._match))
            .when(code == Code.EMAIL_FORMAT.value)
            .then(_place(email))
            .when(code == Code.MOBILE_FORMAT.value)
            .then(_place(mobile))
            .when(code == Code.MOBILE_COUNTRY.value)
            .then(_place(country))
        )
        return [
            pl.col(LINE),
            code.alias(CODE),
            place.cast(pl.Int32).alias(PLACE),
            too_long.alias(Code.TOO_LONG.value),
            control.alias(Code.CONTROL_CHARACTER.value),
            ((pl.col(_SHAPE) == int(Shape.REGULAR)) & no_match).alias("no_match"),
            *([self._key_exactly().alias(KEY)] if self._match is not None else []),
        ]

    def _sampled(self, frame: pl.DataFrame, suspects: pl.DataFrame, odd: pl.DataFrame) -> pl.DataFrame:
        """Add what is to blame for the first records of each reason and column; the others need none."""
        first = frame.filter(pl.int_range(pl.len()).over(CODE, PLACE) < SAMPLES) if frame.height else frame
        values = [pl.DataFrame(schema={LINE: pl.Int64, CODE: pl.String, _SAMPLE: pl.String, COUNT: pl.UInt32})]
        for (code, place), part in first.partition_by(CODE, PLACE, as_dict=True).items():
            if place is None:
                blamed = odd.join(part.select(LINE), on=LINE, how="inner")
            else:
                blamed = suspects.join(part.select(LINE), on=LINE, how="inner").select(
                    LINE, pl.col(field_name(int(place))).alias(WHOLE), pl.lit(None, pl.UInt32).alias(COUNT)
                )
            values.append(blamed.select(LINE, pl.lit(code).alias(CODE), pl.col(WHOLE).alias(_SAMPLE), COUNT))
        return frame.join(pl.concat(values), on=[LINE, CODE], how="left", maintain_order="left")

    def _filled(self, fields: pl.DataFrame) -> list[int]:
        """Count the values of each column; only where one begins strangely need blanks be told from values."""
        names = self._names
        counted = fields.select(
            *((pl.col(name).str.len_bytes() > 0).sum().alias(name) for name in names),
            *((pl.col(name) < "!").sum().alias(f"{name}<") for name in names),
            *((pl.col(name) > "~~").sum().alias(f"{name}>") for name in names),
        ).row(0)
        width = len(names)
        filled, low, high = list(counted[:width]), counted[width : 2 * width], counted[2 * width :]
        odd = [place for place in range(width) if low[place] > fields.height - filled[place] or high[place]]
        if odd:
            exact = fields.select([(text != "").sum() for text in strip_all([names[place] for place in odd])]).row(0)
            for place, count in zip(odd, exact, strict=True):
                filled[place] = count
        return filled

    def _keys(self, fields: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
        if self._match is None:
            return pl.DataFrame({LINE: lines}).with_columns(pl.lit("").alias(KEY))
        key = _cased(_raw(self._match), self._match)
        return fields.select(lines.alias(LINE), key.alias(KEY))

    def _key_exactly(self) -> pl.Expr:
        assert self._match is not None  # nosec B101  # noqa: S101 - the caller asks only where there is one
        return _cased(_fitted(self._match), self._match)

    def _surely_somebody(self) -> pl.Expr:
        """Say whether a record has a valid identity; false where that is not certain."""
        by_column = {one.column: one for one in reversed(self._layout.mapped)}
        ways = []
        if not any(name in by_column for name in IDENTITIES):
            return pl.lit(True)
        if "CUSTOMER_ID_" in by_column:
            customer = _raw(by_column["CUSTOMER_ID_"])
            ways.append((customer >= "!") & (customer < "\x7f"))  # begins with a visible ASCII sign
        # what is given passed its pattern already
        ways += [_raw(by_column[name]) != "" for name in IDENTITIES[1:] if name in by_column]
        return functools.reduce(operator.or_, ways)

    def _takes_any_sign(self, one: Mapped) -> bool:
        """Whether the first look would let control characters through: where nothing else is asked of the value."""
        # between a date and its time stands whatever is blank, and some of that are control characters
        patterned = pattern_of(one.kind) not in (None, TIMESTAMP) or one.column in _PLAIN_FORMS
        return one is not self._match and not patterned and not (one.kind and one.column in LETTERS)

    def _may_hold_control(self, records: Records) -> bool:
        if records.by_line:
            text, search = records.text, self._control_byte.search
            # piece by piece: while it searches, no other thread of Python runs, and keys wait
            pieces = range(0, len(text), _PIECE)
            return _C1_LEAD in text or any(search(text, at, at + _PIECE) is not None for at in pieces)
        return True  # a value may go on in the next line


SAMPLES = 10
"""Records of each reason that are kept as examples."""


def _raw(one: Mapped) -> pl.Expr:
    return pl.col(field_name(one.place))


def _stripped(one: Mapped) -> pl.Expr:
    return _raw(one).str.strip_chars(BLANKS)


def _fitted(one: Mapped) -> pl.Expr:
    room = room_of(one.kind)
    return _stripped(one) if room is None else _stripped(one).str.slice(0, room)


def _given(one: Mapped | None) -> pl.Expr:
    return pl.lit(False) if one is None else _fitted(one) != ""


def _matches(one: Mapped | None, pattern: str) -> pl.Expr:
    return pl.lit(True) if one is None else _fitted(one).str.contains(_whole(pattern))


def _takes(one: Mapped) -> pl.Expr:
    pattern = pattern_of(one.kind)
    if pattern is not None:
        return (_fitted(one) == "") | _fitted(one).str.contains(_whole(pattern))
    if one.kind and one.column in LETTERS:
        return (_fitted(one) == "") | _fitted(one).is_in(list(LETTERS[one.column]))
    return pl.lit(True)


def _overflows(one: Mapped) -> pl.Expr:
    room = room_of(one.kind)
    return pl.lit(False) if room is None else _stripped(one).str.len_chars() > room


def _surely_fine(one: Mapped) -> pl.Expr:
    """Say whether a raw value is in order by itself; false where that is not certain."""
    raw, rules = _raw(one), []
    room, pattern = room_of(one.kind), pattern_of(one.kind)
    if room is not None:
        rules.append(raw.str.len_bytes() <= room)
    for text in (pattern, _PLAIN_FORMS.get(one.column)):
        if text is not None:
            rules.append((raw == "") | raw.str.contains(_whole(text)))
    if one.kind and one.column in LETTERS:
        rules.append(raw.is_in(["", *LETTERS[one.column]]))
    return functools.reduce(operator.and_, rules, pl.lit(True))


def _blamed(wrong: pl.Expr, one: Mapped) -> pl.Expr:
    return pl.when(wrong).then(_place(one))


def _place(one: Mapped | None) -> pl.Expr:
    return pl.lit(None if one is None else one.place, pl.Int32)


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _cased(text: pl.Expr, one: Mapped) -> pl.Expr:
    return text.str.to_lowercase() if one.column.startswith(MATCHED_WITHOUT_CASE) else text
