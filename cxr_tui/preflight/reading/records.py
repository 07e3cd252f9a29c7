"""Reads records and their fields from chunks of whole lines."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import polars as pl

from cxr_tui.domain.date_formats import BLANKS
from cxr_tui.preflight.import_options import FileForm
from cxr_tui.preflight.reading.decode import RUN_AGAIN, ReadingError, whole_lines
from cxr_tui.preflight.validation.rules import MOST_LINE_BYTES

MOST_SHOWN = 200
"""Characters that are kept of an irregular record."""
LINE, BEGINS, FIELDS, ENDS_EMPTY, UNDECODABLE = "line", "begins", "fields", "ends_empty", "undecodable"
_IRREGULAR = {LINE: pl.UInt32, BEGINS: pl.String, FIELDS: pl.UInt32, ENDS_EMPTY: pl.Boolean, UNDECODABLE: pl.Boolean}
_TEXT, _SPLIT = "text", "split"
_SEPARATORS = (b"\x1c", b"\x1d", b"\x1e", b"\x1f")
_AT_ONCE = 20_000
"""Records of an enclosed file in one data frame."""


@dataclass(frozen=True)
class Records:
    """Records in the order of the file, without blank ones."""

    regular: pl.DataFrame
    """One text column for each column of the file, named by `field_name`, without blanks at the ends, and `LINE`."""
    irregular: pl.DataFrame
    """Records that cannot be decoded, or have more or fewer fields than there are columns: how each `BEGINS`, how many
    `FIELDS` it has (null: not known), whether its last one `ENDS_EMPTY`, and whether it is `UNDECODABLE`."""
    filled: tuple[int, ...]
    """How many regular records have a value, by column."""


def field_name(position: int) -> str:
    """Return the name of the column at a position in the data frames; the names in the file may repeat."""
    return f"field_{position}"


class PlainReader:
    """Reads the records of a file in which every delimiter ends a field."""

    def __init__(self, chunks: Iterator[bytes], form: FileForm) -> None:
        self._line = 1
        self._chunks: Iterator[bytes] = (whole_lines(chunk, self._line) for chunk in chunks)
        self._delimiter = form.delimiter

    def first_record(self) -> list[str]:
        """Return the fields of the first record; none if there is no record."""
        for chunk in self._chunks:
            lines = io.BytesIO(chunk)
            for line in lines:
                self._line += 1
                fields = line[:-1].decode("utf-8", "surrogateescape").split(self._delimiter)
                if any(value.strip() for value in fields):
                    self._chunks = chain([lines.read()], self._chunks)
                    return fields
        return []

    def records(self, width: int) -> Iterator[Records]:
        """Return the other records; `width` is the number of columns."""
        return (self._split(chunk, width) for chunk in filter(None, self._chunks))

    def _split(self, chunk: bytes, width: int) -> Records:
        undecodable = pl.lit(False)
        try:
            lines = _lines(chunk, self._line)
        except pl.exceptions.ComputeError:
            spelled = chunk.decode("utf-8", "surrogateescape").split("\n")[:-1]
            undecodable = pl.lit(pl.Series([not _decodable(line) for line in spelled]))
            lines = _lines(chunk.decode("utf-8", "replace").encode(), self._line)
        self._line += lines.height
        text, fields = pl.col(_TEXT).str, pl.col(_SPLIT).list
        split = text.split(self._delimiter).alias(_SPLIT)
        # without these separators, the blanks are those that the engine strips more quickly
        blanks = BLANKS if any(sign in chunk for sign in _SEPARATORS) else None
        values = (fields.get(at, null_on_oob=True).str.strip_chars(blanks).alias(field_name(at)) for at in range(width))
        # lazily: the engine then keeps no list of fields for the whole chunk
        found = lines.lazy().with_columns(split).select(*values, LINE, fields.len().alias(FIELDS)).collect()
        regular = found.select((pl.col(FIELDS) == width) & ~undecodable).to_series()
        others = lines.with_columns(undecodable.alias(UNDECODABLE)).filter(~regular).with_columns(split)
        blank = text.contains(f"^[{BLANKS}{re.escape(self._delimiter)}]*$")
        shown = {BEGINS: text.slice(0, MOST_SHOWN), FIELDS: fields.len(), ENDS_EMPTY: fields.last() == ""}
        irregular = others.filter(pl.col(UNDECODABLE) | ~blank).select(LINE, UNDECODABLE, **shown)
        return _drop_blank(found.drop(FIELDS).filter(regular), irregular)


class EnclosedReader:
    """Reads the records of a file with enclosed fields, whose values may hold delimiters and line ends.

    Slower than the other reader: the documented export encloses nothing.
    """

    def __init__(self, chunks: Iterator[bytes], form: FileForm) -> None:
        self._delimiter = form.delimiter
        self._length = 0
        self._reader = csv.reader(self._lines(chunks), delimiter=form.delimiter, quotechar=form.enclosure)
        self._rows = self._records()

    def first_record(self) -> list[str]:
        """Return the fields of the first record; none if there is no record."""
        _, fields = next(self._rows, (0, None))
        return fields or []

    def records(self, width: int) -> Iterator[Records]:
        """Yield the other records; `width` is the number of columns."""
        regular: list[tuple[str | int, ...]] = []
        irregular: list[tuple[object, ...]] = []
        for line, parsed in self._rows:
            fields = parsed or []
            text = self._delimiter.join(fields)
            decodable = _decodable(text)
            if len(fields) == width and decodable:
                regular.append((*(value.strip() for value in fields), line))
            else:
                begins = text[:MOST_SHOWN].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                irregular.append((line, begins, len(fields) or None, fields[-1:] == [""], not decodable))
            if len(regular) + len(irregular) >= _AT_ONCE:
                yield _frames(regular, irregular, width)
                regular, irregular = [], []
        yield _frames(regular, irregular, width)

    def _lines(self, chunks: Iterator[bytes]) -> Iterator[str]:
        for chunk in chunks:
            text = whole_lines(chunk, self._reader.line_num + 1).decode("utf-8", "surrogateescape")
            for line in io.StringIO(text, newline="\n"):
                self._length += len(line)
                if self._length > MOST_LINE_BYTES:
                    raise ReadingError(
                        "line-too-long",
                        f"The record that ends after line {self._reader.line_num:,} has more than {MOST_LINE_BYTES:,} "
                        "characters.",
                        "No record is that long, so this is not the exported text. Preflight stopped there.",
                        RUN_AGAIN,
                    )
                yield line

    def _records(self) -> Iterator[tuple[int, list[str] | None]]:
        """Yield the line and the fields of every record that is not blank; None: a field is too long to be one."""
        while True:
            line, self._length = self._reader.line_num + 1, 0
            fields: list[str] | None
            try:
                fields = next(self._reader)
            except StopIteration:
                return
            except csv.Error:  # a field that is never closed extends to the size limit
                fields = None
            if fields is None or any(value.strip() for value in fields):
                yield line, fields


def _frames(regular: list[tuple[str | int, ...]], irregular: list[tuple[object, ...]], width: int) -> Records:
    schema = dict.fromkeys(map(field_name, range(width)), pl.String) | {LINE: pl.UInt32}
    return _drop_blank(
        pl.DataFrame(regular, schema=schema, orient="row"), pl.DataFrame(irregular, schema=_IRREGULAR, orient="row")
    )


def _drop_blank(regular: pl.DataFrame, irregular: pl.DataFrame) -> Records:
    """Return the records without blank ones."""
    filled = regular.select((pl.exclude(LINE) != "").sum()).row(0)
    if max(filled) < regular.height:  # else one column has a value in every record, so none is blank
        regular = regular.filter(pl.any_horizontal(pl.exclude(LINE) != ""))
    return Records(regular, irregular, filled)


def _lines(text: bytes, first: int) -> pl.DataFrame:
    """Return the numbered lines of a text in UTF-8; pl.exceptions.ComputeError for other bytes."""
    # at the start of a text, the engine would drop a byte order mark
    before = b"\n" if text.startswith(codecs.BOM_UTF8) else b""
    lines = pl.read_lines(before + text, name=_TEXT, row_index_name=LINE, row_index_offset=first - len(before))
    return lines.slice(len(before))


def _decodable(text: str) -> bool:
    """Return whether a text holds no byte that its character set does not have."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
