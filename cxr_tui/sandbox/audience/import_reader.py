"""Reading the text of an import file: lines, fields, header (facts C.7), before any rule about values."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE_END = re.compile(r"\r\n|\n|\r")
_UNDECODED = re.compile("[\udc80-\udcff]")
_BYTE_ORDER_MARK = "\ufeff"


class UnreadableFileError(Exception):
    """The file as a whole cannot be imported; the text is the log line."""


@dataclass(frozen=True)
class FileFormat:
    """How the file is written."""

    codec: str
    delimiter: str
    enclosure: str
    """Empty: none."""
    header: bool


@dataclass(frozen=True)
class IncomingRow:
    """One record of the file as written."""

    line: int
    """Where it begins, counted from 1."""
    cells: tuple[str, ...]
    readable: bool
    """Whether all of it could be decoded and parsed."""


@dataclass(frozen=True)
class IncomingFile:
    """The file's column names (empty without a header line) and records."""

    columns: tuple[str, ...]
    rows: tuple[IncomingRow, ...]


def read_incoming(content: bytes, form: FileFormat) -> IncomingFile:
    """Split a file into records; blank lines are left out (facts B.7; documented). UnreadableFileError."""
    if content.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise UnreadableFileError("The file is compressed and cannot be read as text")
    # bytes that do not belong to the character set spoil their row only, so they are carried as surrogates
    text = content.decode(form.codec, "surrogateescape").removeprefix(_BYTE_ORDER_MARK)
    records = _enclosed(text, form) if form.enclosure else _plain(text, form)
    rows = (row for row in records if any(cell.strip() for cell in row.cells))
    columns: tuple[str, ...] = ()
    if form.header:
        first = next(rows, None)
        if first is None:
            raise UnreadableFileError("The file is empty")
        columns = tuple(cell.strip() for cell in first.cells)
    found = IncomingFile(columns, tuple(rows))
    if not found.rows:
        raise UnreadableFileError("The file holds no records")
    return found


def _plain(text: str, form: FileFormat) -> Iterator[IncomingRow]:
    spoiled = _UNDECODED.search(text) is not None
    for number, line in enumerate(_LINE_END.split(text), 1):
        readable = not spoiled or _UNDECODED.search(line) is None
        yield IncomingRow(number, tuple(line.split(form.delimiter)), readable)


def _enclosed(text: str, form: FileFormat) -> Iterator[IncomingRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter, quotechar=form.enclosure)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # an enclosure that is never closed swallows what follows it until the field is too long
            yield IncomingRow(line, ("?",), readable=False)
            continue
        yield IncomingRow(line, tuple(cells), all(_UNDECODED.search(cell) is None for cell in cells))
