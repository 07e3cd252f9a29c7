"""From slabs of lines to records where fields may be enclosed, so that a value may hold delimiters and line ends.

Slabs in which every line is one well-formed record are split by the engine; the others, and what an open field drags
along, by Python's own reader of such files, which takes whatever comes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from cxr_tui.preflight.import_options import FileForm
from cxr_tui.preflight.reading.records import MOST_SHOWN, NONE_ODD, Records, Shape, field_name, split
from cxr_tui.preflight.validation.engine import pl

_UNDECODABLE = re.compile("[\udc80-\udcff]")
_MOST_BY_PATTERN = 200
"""Columns up to which one pattern for the whole line is worth it; a list has at most some hundred."""


@dataclass
class _Row:
    """One record as Python's reader gives it."""

    line: int
    fields: list[str]
    parsed: bool = True

    def shape(self, width: int) -> Shape:
        if not self.parsed:
            return Shape.ODD
        if any(_UNDECODABLE.search(value) for value in self.fields):
            return Shape.UNDECODABLE
        if len(self.fields) == width:
            return Shape.REGULAR
        return Shape.ODD if any(value.strip() for value in self.fields) else Shape.BLANK


@dataclass
class _Lines:
    """The lines of slabs, one after the other; the next slab is fetched only when a record goes on in it."""

    slabs: Iterator[bytes]
    taken: int
    """Number of the last line that was given."""
    pending: Iterator[str] = field(default_factory=lambda: iter(()))
    left: int = 0
    text: list[bytes] = field(default_factory=list)

    def enter(self, slab: bytes) -> None:
        decoded = slab.decode("utf-8", "surrogateescape")
        self.pending, self.left = iter(io.StringIO(decoded, newline="\n")), slab.count(b"\n")
        self.text.append(slab)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while not self.left:
            self.enter(next(self.slabs))
        self.left -= 1
        self.taken += 1
        return next(self.pending)


class EnclosedReader:
    """Reads the records of a file in which fields may be enclosed; one pass."""

    def __init__(self, slabs: Iterator[bytes], form: FileForm) -> None:
        self._slabs = slabs
        self._form = form
        self.line = 1
        """Number of the line that is read next."""

    def first_record(self) -> list[str] | None:
        """Return the fields of the first record that is not blank; None where there is none."""
        for slab in self._slabs:
            lines = _Lines(self._slabs, self.line - 1)
            lines.enter(slab)
            for row in self._rows(lines):
                if any(value.strip() for value in row.fields):
                    rest = "".join(lines.pending).encode("utf-8", "surrogateescape")
                    self.line = lines.taken + 1
                    self._slabs = chain([rest], self._slabs)
                    return row.fields
            self.line = lines.taken + 1
        return None

    def records(self, width: int) -> Iterator[Records]:
        """Yield all records from where the reading stands; `width` is the number of columns."""
        delimiter = re.escape(self._form.delimiter)
        value = rf'(?:"(?:[^"]|"")*"|[^"{delimiter}][^{delimiter}"]*|)'
        well_formed = rf"^{value}(?:{delimiter}{value}){{{width - 1}}}$"
        for slab in self._slabs:
            if slab:
                yield self._split(slab, width, well_formed) or self._parsed(slab, width)

    def _split(self, slab: bytes, width: int, well_formed: str) -> Records | None:
        """Split a slab by the engine; None where a line is not one well-formed record."""
        if width > _MOST_BY_PATTERN:
            return None
        try:
            lines = pl.read_lines(b"\n" + slab, name="line")["line"].slice(1)
            if not lines.str.contains(well_formed).all():
                return None
            fields = split(slab, self._form, width, enclosure=self._form.enclosure)
        except pl.exceptions.ComputeError:
            return None
        if fields.height != len(lines):
            return None
        numbers = pl.int_range(self.line, self.line + fields.height, dtype=pl.Int64, eager=True)
        self.line += fields.height
        return Records(fields, numbers, None, slab)

    def _parsed(self, slab: bytes, width: int) -> Records:
        lines = _Lines(self._slabs, self.line - 1)
        lines.enter(slab)
        rows = list(self._rows(lines))
        self.line = lines.taken + 1
        shapes = [row.shape(width) for row in rows]
        empty = [""] * width
        usable = [row.fields if shape is Shape.REGULAR else empty for row, shape in zip(rows, shapes, strict=True)]
        schema = {field_name(place): pl.String for place in range(width)}
        return Records(
            pl.DataFrame(usable, schema=schema, orient="row"),
            pl.Series([row.line for row in rows], dtype=pl.Int64),
            pl.Series([int(shape) for shape in shapes], dtype=pl.UInt8),
            b"".join(lines.text),
            by_line=False,
            odd=self._odd(rows, shapes),
        )

    def _odd(self, rows: list[_Row], shapes: list[Shape]) -> pl.DataFrame:
        found = [
            (at, self._begins(row), len(row.fields) if row.parsed else None)
            for at, (row, shape) in enumerate(zip(rows, shapes, strict=True))
            if shape in (Shape.ODD, Shape.UNDECODABLE)
        ]
        return pl.DataFrame(found, schema=NONE_ODD.schema, orient="row")

    def _begins(self, row: _Row) -> str:
        text = ""
        for at, value in enumerate(row.fields):
            text += f"{self._form.delimiter if at else ''}{value[:MOST_SHOWN]}"
            if len(text) >= MOST_SHOWN:
                break
        return _UNDECODABLE.sub("\ufffd", text[:MOST_SHOWN])

    def _rows(self, lines: _Lines) -> Iterator[_Row]:
        """Yield records until they end together with a slab."""
        reader = csv.reader(lines, delimiter=self._form.delimiter, quotechar=self._form.enclosure)
        while lines.left:
            line = lines.taken + 1
            try:
                yield _Row(line, next(reader))
            except StopIteration:
                return
            except csv.Error:
                # a field that is never closed swallows what follows, until it is longer than any field may be
                yield _Row(line, [], parsed=False)
