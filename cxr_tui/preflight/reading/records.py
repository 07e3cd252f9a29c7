"""Reads records and their fields from chunks of whole lines."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from cxr_tui.domain.date_formats import BLANKS
from cxr_tui.preflight.import_options import FileForm
from cxr_tui.preflight.reading.decode import LineTooLongError
from cxr_tui.preflight.reading.engine import pl
from cxr_tui.preflight.validation.rules import MOST_LINE_BYTES

MOST_SHOWN = 200
"""Characters that are kept of an irregular record."""
REPLACED = "\ufffd"
_MARK = "\ufeff".encode()
_SIGNS = range(0xFDD0, 0xFDF0)
"""Code points that Unicode reserves for use within a program."""
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_MOST_BY_PATTERN = 200
"""Up to this many columns, one pattern for the whole line pays off; a list has at most some hundred."""


class Shape(IntEnum):
    """The shape of a record, before its values are validated."""

    REGULAR = 0
    MALFORMED = 1
    """More or fewer fields than there are columns; its fields must not be used."""
    UNDECODABLE = 2
    BLANK = 3
    """Only blanks: not a record."""


AT, BEGINS, FIELDS, ENDS_EMPTY = "at", "begins", "fields", "ends_empty"
IRREGULAR = pl.DataFrame(schema={AT: pl.UInt32, BEGINS: pl.String, FIELDS: pl.UInt32, ENDS_EMPTY: pl.Boolean})


@dataclass(frozen=True)
class Records:
    """Records in the order of the file. Regular ones may still be blank."""

    fields: pl.DataFrame
    """One text column for each column of the file, named by `field_name`."""
    lines: pl.Series
    """Where each record begins, counted from 1."""
    shapes: pl.Series | None = None
    """`Shape` of each; None: all are regular."""
    irregular: pl.DataFrame = field(default_factory=lambda: IRREGULAR)
    """The malformed and undecodable ones: `AT` among all, how it `BEGINS`, how many `FIELDS` it has (null: it could
    not be parsed), and whether its last field is empty."""


def field_name(position: int) -> str:
    """Return the name of the column at a position in the data frames; the names in the file may repeat."""
    return f"f{position}"


class PlainReader:
    """Reads the records of a file in which every delimiter ends a field."""

    def __init__(self, form: FileForm) -> None:
        self._delimiter = form.delimiter
        self._blank = f"^[{BLANKS}{re.escape(form.delimiter)}]*$"
        self.line = 1
        """Number of the line that is read next."""

    def first_record(self, chunk: bytes) -> tuple[list[str], bytes] | None:
        """Return the fields of the first record that is not blank, and the rest of the chunk; None: read more."""
        blanks = bytes(ord(char) for char in BLANKS + self._delimiter if char < "\x80")
        at = 0
        while at < len(chunk):
            # skips millions of blank lines at once
            rest = chunk[at:].lstrip(blanks)
            if not rest:
                break
            at = chunk.rfind(b"\n", at, len(chunk) - len(rest)) + 1 or at
            end = chunk.index(b"\n", at)
            fields = chunk[at:end].decode("utf-8", "surrogateescape").split(self._delimiter)
            if any(value.strip() for value in fields):
                self.line += chunk.count(b"\n", 0, end + 1)
                return fields, chunk[end + 1 :]
            at = end + 1
        self.line += chunk.count(b"\n")
        return None

    def records(self, chunk: bytes, width: int) -> Records:
        """Return the records of a chunk; `width` is the number of columns."""
        sign = ""
        try:
            lines = _lines(chunk)
        except pl.exceptions.ComputeError:
            chunk, sign = _with_signs(chunk)
            lines = _lines(chunk)
        fields = _split(chunk, self._delimiter, width)
        if fields.height != len(lines):
            raise RuntimeError("the engine split one text into two numbers of lines")
        numbers = pl.int_range(self.line, self.line + len(lines), dtype=pl.Int64, eager=True)
        self.line += len(lines)
        # a record is regular if its line holds its fields and width - 1 delimiters
        kept = fields.select(pl.sum_horizontal(pl.all().str.len_bytes())).to_series()
        malformed = lines.str.len_bytes() - kept != width - 1
        if not malformed.any() and not sign:
            return Records(fields, numbers)
        shapes = malformed.cast(pl.UInt8)
        where = malformed.arg_true()
        shapes.scatter(where.filter(lines.gather(where).str.contains(self._blank)), int(Shape.BLANK))
        if sign:
            shapes.scatter(lines.str.contains(sign, literal=True).arg_true(), int(Shape.UNDECODABLE))
        where = shapes.is_in([int(Shape.MALFORMED), int(Shape.UNDECODABLE)]).arg_true()
        whole = lines.gather(where)
        begins = whole.str.slice(0, MOST_SHOWN)
        irregular = pl.DataFrame(
            {
                AT: where.cast(pl.UInt32),
                BEGINS: begins.str.replace_all(sign, REPLACED, literal=True) if sign else begins,
                FIELDS: whole.str.count_matches(self._delimiter, literal=True) + 1,
                ENDS_EMPTY: whole.str.ends_with(self._delimiter),
            }
        )
        return Records(fields, numbers, shapes, irregular)

    def last_records(self, _: int) -> None:
        """Return None: every line is a record."""


class EnclosedReader:
    """Reads the records of a file with enclosed fields, whose values may hold delimiters and line ends.

    The data engine splits chunks in which every line is a well-formed record; Python's own reader splits the others.
    """

    def __init__(self, form: FileForm) -> None:
        self._delimiter = form.delimiter
        self._enclosure = form.enclosure
        self._open = b""
        """The unfinished last record of the previous chunk."""
        self.line = 1
        """Number of the line that is read next."""

    def first_record(self, chunk: bytes) -> tuple[list[str], bytes] | None:
        """Return the fields of the first record that is not blank, and the rest of the chunk; None: read more."""
        lines = _Lines(self._open + chunk)
        for row in self._rows(lines):
            self.line += row.lines
            if any(value.strip() for value in row.fields):
                self._open = b""
                return row.fields, lines.rest()
        self._open = lines.open
        return None

    def records(self, chunk: bytes, width: int) -> Records:
        """Return the records that end in a chunk."""
        found = None if self._open else self._well_formed(chunk, width)
        return found or self._parsed(_Lines(self._open + chunk), width)

    def last_records(self, width: int) -> Records | None:
        """Return the record that ends with the file, if there is one."""
        return self._parsed(_Lines(self._open, last=True), width) if self._open else None

    def _well_formed(self, chunk: bytes, width: int) -> Records | None:
        """Split a chunk with the data engine; None if a line is not one well-formed record."""
        if width > _MOST_BY_PATTERN:
            return None
        delimiter = re.escape(self._delimiter)
        value = rf'(?:"(?:[^"]|"")*"|[^"{delimiter}][^{delimiter}"]*|)'
        try:
            lines = _lines(chunk)
            if not lines.str.contains(rf"^{value}(?:{delimiter}{value}){{{width - 1}}}$").all():
                return None
            fields = _split(chunk, self._delimiter, width, self._enclosure)
        except pl.exceptions.ComputeError:
            return None
        if fields.height != len(lines):
            return None
        numbers = pl.int_range(self.line, self.line + fields.height, dtype=pl.Int64, eager=True)
        self.line += fields.height
        return Records(fields, numbers)

    def _parsed(self, lines: _Lines, width: int) -> Records:
        values: list[list[str]] = []
        numbers, shapes, irregular = [], [], []
        for at, row in enumerate(self._rows(lines)):
            shape = row.shape(width)
            if shape in (Shape.MALFORMED, Shape.UNDECODABLE):
                irregular.append((at, self._begins(row), len(row.fields) or None, row.fields[-1:] == [""]))
            values.append(row.fields if shape is Shape.REGULAR else [""] * width)
            numbers.append(self.line)
            shapes.append(int(shape))
            self.line += row.lines
        self._open = lines.open
        return Records(
            pl.DataFrame(values, schema={field_name(position): pl.String for position in range(width)}, orient="row"),
            pl.Series(numbers, dtype=pl.Int64),
            pl.Series(shapes, dtype=pl.UInt8),
            pl.DataFrame(irregular, schema=IRREGULAR.schema, orient="row"),
        )

    def _begins(self, row: _Row) -> str:
        text = self._delimiter.join(value[:MOST_SHOWN] for value in row.fields[:MOST_SHOWN])
        return _UNDECODABLE.sub(REPLACED, text[:MOST_SHOWN])

    def _rows(self, lines: _Lines) -> Iterator[_Row]:
        """Yield the records that end in the lines."""
        rows = csv.reader(lines, delimiter=self._delimiter, quotechar=self._enclosure)
        while lines.left:
            before = lines.begin()
            try:
                fields = next(rows)
            except (StopIteration, _OpenError):
                return
            except csv.Error:  # a field that is never closed extends to the size limit
                yield _Row([], before - lines.left, parsed=False)
            else:
                yield _Row(fields, before - lines.left)


class _OpenError(Exception):
    """The record continues in the next chunk."""


@dataclass
class _Row:
    """One record as Python's reader returns it."""

    fields: list[str]
    lines: int
    parsed: bool = True

    def shape(self, width: int) -> Shape:
        if not self.parsed:
            return Shape.MALFORMED
        if any(_UNDECODABLE.search(value) for value in self.fields):
            return Shape.UNDECODABLE
        if len(self.fields) == width:
            return Shape.REGULAR
        return Shape.MALFORMED if any(value.strip() for value in self.fields) else Shape.BLANK


class _Lines:
    """The lines of a chunk for Python's reader."""

    def __init__(self, text: bytes, *, last: bool = False) -> None:
        self.left = text.count(b"\n")
        self.open = b""
        """The record that does not end in these lines."""
        self._last = last
        self._lines = io.StringIO(text.decode("utf-8", "surrogateescape"), newline="\n")
        self._begun: list[str] = []

    def begin(self) -> int:
        """Begin a record; return how many lines are left."""
        self._begun = []
        return self.left

    def rest(self) -> bytes:
        """Return the lines that were not read."""
        return self._lines.read().encode("utf-8", "surrogateescape")

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.left:
            self.left -= 1
            self._begun.append(self._lines.readline())
            return self._begun[-1]
        if self._last:
            raise StopIteration
        self.open = "".join(self._begun).encode("utf-8", "surrogateescape")
        if len(self.open) > MOST_LINE_BYTES:
            raise LineTooLongError
        raise _OpenError


def _split(text: bytes, delimiter: str, width: int, enclosure: str | None = None) -> pl.DataFrame:
    """Return the fields of every line; missing fields are empty, extra ones are dropped.

    `text` is whole lines of UTF-8, else the engine raises ComputeError.
    """
    marked = text.startswith(_MARK)  # in the middle of a file it is no byte order mark, as the engine would think
    fields = pl.read_csv(
        b"\n" + text if marked else text,
        has_header=False,
        separator=delimiter,
        quote_char=enclosure,
        schema={field_name(position): pl.String for position in range(width)},
        empty_string_is_null=False,
        extra_columns="ignore",
        missing_columns="insert",
    )
    return fields.slice(1) if marked else fields


def _lines(text: bytes) -> pl.Series:
    marked = text.startswith(_MARK)
    lines = pl.read_lines(b"\n" + text if marked else text, name="line")["line"]
    return lines.slice(1) if marked else lines


def _with_signs(text: bytes) -> tuple[bytes, str]:
    """Return the text with a sign in place of undecodable bytes, and the sign, which does not occur elsewhere in it."""
    sign = next((sign for sign in map(chr, _SIGNS) if sign.encode() not in text), chr(_SIGNS[0]))

    def signed(error: UnicodeError) -> tuple[str, int]:
        return sign, error.end if isinstance(error, UnicodeDecodeError) else 0

    handler = f"cxr-tui-sign-{ord(sign):x}"  # the registry is global, and several files may be read at once
    codecs.register_error(handler, signed)
    return text.decode("utf-8", handler).encode(), sign
