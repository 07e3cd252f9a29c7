"""From slabs of lines to records with their fields, where no field is enclosed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import chain

from cxr_tui.preflight.import_options import FileForm
from cxr_tui.preflight.validation.engine import pl
from cxr_tui.preflight.validation.rules import BLANKS

MARK = "\ufeff".encode()
PLACE_OF_ODD, WHOLE, COUNT = "at", "whole", "count"
NONE_ODD = pl.DataFrame(schema={PLACE_OF_ODD: pl.UInt32, WHOLE: pl.String, COUNT: pl.UInt32})
MOST_SHOWN = 200
"""Characters that are kept of a record which is not regular."""
_LINE = "line"
_STRANGE = "\ufffd"
_SIGNS = range(0xFDD0, 0xFDF0)
"""Code points that Unicode keeps free for use within a program."""


class Shape(IntEnum):
    """What a record is before any of its values is looked at."""

    REGULAR = 0
    ODD = 1
    """More or fewer fields than there are columns; its fields are not to be used."""
    UNDECODABLE = 2
    BLANK = 3
    """Nothing but blanks: no record at all."""


@dataclass(frozen=True)
class Records:
    """A number of records in the order of the file. Regular ones may still be blank."""

    fields: pl.DataFrame
    """One text column for each column of the file, named by `field_name`."""
    lines: pl.Series
    """Where each record begins, counted from 1."""
    shapes: pl.Series | None
    """`Shape` of each; None: all are regular."""
    text: bytes
    """The lines that they came from, for questions about all of them together."""
    by_line: bool = True
    """Whether every record is one line, so that no value holds a line end."""
    odd: pl.DataFrame = field(default_factory=lambda: NONE_ODD)
    """Of those that are odd or undecodable: `PLACE_OF_ODD` among all, `WHOLE` (how it begins), `COUNT` (of fields)."""


def field_name(place: int) -> str:
    """Return the name of the column at a place, whatever the file itself calls it."""
    return f"f{place}"


def blank_pattern(form: FileForm) -> str:
    """Return what a line of nothing but blanks and delimiters looks like."""
    return f"^[{BLANKS}{re.escape(form.delimiter)}]*$"


class PlainReader:
    """Reads the records of a file in which every delimiter ends a field; one pass."""

    def __init__(self, slabs: Iterator[bytes], form: FileForm) -> None:
        self._slabs = slabs
        self._form = form
        self.line = 1
        """Number of the line that is read next."""

    def first_record(self) -> list[str] | None:
        """Return the fields of the first record that is not blank; None where there is none."""
        for slab in self._slabs:
            found = self._first_in(slab)
            if found is not None:
                fields, end = found
                self.line += slab.count(b"\n", 0, end)
                self._slabs = chain([slab[end:]], self._slabs)
                return fields
            self.line += slab.count(b"\n")
        return None

    def records(self, width: int) -> Iterator[Records]:
        """Yield all records from where the reading stands; `width` is the number of columns."""
        for slab in self._slabs:
            if slab:
                records = _records(slab, self.line, self._form, width)
                self.line += records.fields.height
                yield records

    def _first_in(self, text: bytes) -> tuple[list[str], int] | None:
        blanks = bytes(ord(char) for char in BLANKS + self._form.delimiter if char < "\x80")
        at = 0
        while at < len(text):
            # a file may begin with millions of blank lines; only one that begins like a record is looked at
            rest = text[at:].lstrip(blanks)
            if not rest:
                return None
            at = text.rfind(b"\n", at, len(text) - len(rest)) + 1 or at
            end = text.index(b"\n", at)
            fields = text[at:end].decode("utf-8", "surrogateescape").split(self._form.delimiter)
            if any(field.strip() for field in fields):
                return fields, end + 1
            at = end + 1
        return None


def _records(text: bytes, first_line: int, form: FileForm, width: int) -> Records:
    undecodable, sign = None, ""
    try:
        lines = _lines(text)
    except pl.exceptions.ComputeError:
        text, sign = _mended(text)
        lines = _lines(text)
        undecodable = lines.str.contains(sign, literal=True)
    fields = split(text, form, width)
    if fields.height != len(lines):
        raise RuntimeError("the engine split one text into two numbers of lines")
    shapes = _shapes(lines, fields, form, width)
    if undecodable is not None:
        shapes = pl.select(
            pl.when(undecodable)
            .then(int(Shape.UNDECODABLE))
            .otherwise(pl.lit(0) if shapes is None else shapes)
            .cast(pl.UInt8)
        ).to_series()
    numbers = pl.int_range(first_line, first_line + fields.height, dtype=pl.Int64, eager=True)
    return Records(fields, numbers, shapes, text, odd=_odd(lines, shapes, form, sign))


def _odd(lines: pl.Series, shapes: pl.Series | None, form: FileForm, sign: str) -> pl.DataFrame:
    if shapes is None:
        return NONE_ODD
    where = shapes.is_in([int(Shape.ODD), int(Shape.UNDECODABLE)]).arg_true().cast(pl.UInt32)
    whole = lines.gather(where)
    text = whole.str.slice(0, MOST_SHOWN)
    return pl.DataFrame(
        {
            PLACE_OF_ODD: where,
            WHOLE: text.str.replace_all(sign, _STRANGE, literal=True) if sign else text,
            COUNT: whole.str.count_matches(form.delimiter, literal=True) + 1,
        }
    )


def split(text: bytes, form: FileForm, width: int, enclosure: str | None = None) -> pl.DataFrame:
    """Return the fields of every line; missing ones are empty, those too many are left out.

    `text` is UTF-8 of whole lines. Raises the engine's ComputeError where it is not.
    """
    marked = text.startswith(MARK)  # the engine would take it for a byte order mark, and it is not at the beginning
    fields = pl.read_csv(
        b"\n" + text if marked else text,
        has_header=False,
        separator=form.delimiter,
        quote_char=enclosure,
        schema={field_name(place): pl.String for place in range(width)},
        empty_string_is_null=False,
        extra_columns="ignore",
        missing_columns="insert",
    )
    return fields.slice(1) if marked else fields


def _lines(text: bytes) -> pl.Series:
    marked = text.startswith(MARK)
    lines = pl.read_lines(b"\n" + text if marked else text, name=_LINE)[_LINE]
    return lines.slice(1) if marked else lines


def _mended(text: bytes) -> tuple[bytes, str]:
    """Return the text with a sign in place of what is undecodable, and that sign, which occurs nowhere else in it."""
    sign = next((sign for sign in map(chr, _SIGNS) if sign.encode() not in text), chr(_SIGNS[0]))

    def signed(error: UnicodeError) -> tuple[str, int]:
        return sign, error.end if isinstance(error, UnicodeDecodeError) else 0

    handler = f"cxr-tui-sign-{ord(sign):x}"  # the registry is the process's, and several files may be read at once
    codecs.register_error(handler, signed)
    return text.decode("utf-8", handler).encode(), sign


def _shapes(lines: pl.Series, fields: pl.DataFrame, form: FileForm, width: int) -> pl.Series | None:
    """Tell the records with another number of fields: what a line has beside its fields is not just delimiters."""
    held = fields.select(pl.sum_horizontal(pl.all().str.len_bytes())).to_series()
    odd = lines.str.len_bytes() - held != width - 1
    if not odd.any():
        return None
    where = odd.arg_true()
    blank = where.filter(lines.gather(where).str.contains(blank_pattern(form)))
    return odd.cast(pl.UInt8).scatter(blank, int(Shape.BLANK))


def strip_all(names: Sequence[str]) -> list[pl.Expr]:
    """Return the fields without the blanks at their ends."""
    return [pl.col(name).str.strip_chars(BLANKS) for name in names]
