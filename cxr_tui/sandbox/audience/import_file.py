"""An import file: lines, fields, header (facts C.7); which records are taken, and why others are rejected (C.9)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cxr_tui.sandbox.shared.connect_jobs import DATE_FORMATS, RunError

_LINE_END = re.compile(r"\r\n|\n|\r")
_UNDECODED = re.compile("[\udc80-\udcff]")
_BYTE_ORDER_MARK = "\ufeff"
INVALID_FORMAT = "INVALID DATA FORMAT"
NO_IDENTITY = "MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE NUMBER"
EMPTY_MATCH = "match field cannot be empty"
INVALID_MOBILE = "INVALID FORMAT FOR MOBILE NUMBER"
INVALID_COUNTRY = "INVALID FORMAT FOR MOBILE COUNTRY"
"""The reasons are documented; the order in which a record is checked against them is inferred."""

_KEPT_BY_THE_LIST = ("CREATED_DATE_", "MODIFIED_DATE_")
"""Read and checked, but the list keeps its own (inferred)."""

_IDENTITIES = ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_")
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
_MOBILE = re.compile(r"[0-9]{6,15}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_INTEGER = re.compile(r"[+-]?\d{1,38}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,38}(\.\d*)?|\.\d+)", re.ASCII)
_TIMESTAMPS = (*DATE_FORMATS.values(), "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S")
_SIGNLESS = re.compile(r"\d{8}\s", re.ASCII)
_CODES = {
    "EMAIL_FORMAT_": frozenset("HTU"),
    "EMAIL_PERMISSION_STATUS_": frozenset("IO"),
    "EMAIL_DELIVERABILITY_STATUS_": frozenset("DU"),
}
"""Columns with a fixed set of letters (facts C.6; documented)."""


class UnreadableFileError(RunError):
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


@dataclass(frozen=True)
class Target:
    """Where the records go."""

    match_column: str
    mapping: tuple[tuple[str, str], ...]
    """Incoming column and list column, in the order of the page."""


def sort_rows(
    file: IncomingFile, target: Target, columns: Sequence[tuple[str, str]]
) -> tuple[list[dict[str, str]], tuple[tuple[int, str], ...]]:
    """Return the records that are taken, and line and reason of the rejected ones, both in the order of the file.

    UnreadableFileError when a mapped column is not in the file.
    """
    places = _places(file, target)
    kinds = dict(columns)
    wanted = [(place, column, kinds[column]) for place, column in places]
    width = len(file.columns) if file.columns else len(target.mapping)
    taken: list[dict[str, str]] = []
    rejected: list[tuple[int, str]] = []
    for row in file.rows:
        if not row.readable or len(row.cells) != width:
            rejected.append((row.line, INVALID_FORMAT))
            continue
        values = {column: fit(kind, row.cells[place]) for place, column, kind in wanted}
        reason = _reason(values, kinds, target.match_column)
        if reason:
            rejected.append((row.line, reason))
        else:
            taken.append({column: text for column, text in values.items() if column not in _KEPT_BY_THE_LIST})
    return taken, tuple(rejected)


def _places(file: IncomingFile, target: Target) -> list[tuple[int, str]]:
    """Return the position of each mapped column in a record.

    With a header line by name, else by position, since the file does not name its columns (inferred).
    """
    if not file.columns:
        return [(place, column) for place, (_, column) in enumerate(target.mapping)]
    known = {name.upper(): place for place, name in reversed(list(enumerate(file.columns)))}
    missing = [incoming for incoming, _ in target.mapping if incoming.upper() not in known]
    if missing:
        raise UnreadableFileError(f"The file has no column {', '.join(missing)}; its first line was read as names")
    return [(known[incoming.upper()], column) for incoming, column in target.mapping]


def _reason(values: Mapping[str, str], kinds: Mapping[str, str], match_column: str) -> str:
    if not all(accepts(column, kinds[column], text) for column, text in values.items()):
        return INVALID_FORMAT
    given = [column for column in _IDENTITIES if values.get(column)]
    mapped = [column for column in _IDENTITIES if column in values]
    valid = [column for column in given if _VALID[column](values[column])]
    if mapped and not valid:
        # narrower for a record whose only identity is a malformed mobile number
        return INVALID_MOBILE if given == ["MOBILE_NUMBER_"] else NO_IDENTITY
    if not values.get(match_column):
        return EMPTY_MATCH
    if "EMAIL_ADDRESS_" in given and "EMAIL_ADDRESS_" not in valid:
        return INVALID_FORMAT
    if "MOBILE_NUMBER_" in given and "MOBILE_NUMBER_" not in valid:
        return INVALID_MOBILE
    country = values.get("MOBILE_COUNTRY_")
    return INVALID_COUNTRY if country and _COUNTRY.fullmatch(country) is None else ""


_VALID: dict[str, Callable[[str], bool]] = {
    "CUSTOMER_ID_": bool,
    "EMAIL_ADDRESS_": lambda text: _EMAIL.fullmatch(text) is not None,
    "MOBILE_NUMBER_": lambda text: _MOBILE.fullmatch(text) is not None,
}


def fit(kind: str, text: str) -> str:
    """Return the text as a load stores it: blanks at the ends gone, over-long text cut (facts B.7; documented)."""
    text = text.strip()
    if kind == "CHAR":
        return text[:1]
    if kind.startswith("STR"):
        return text[: int(kind[3:])]
    return text


def accepts(column: str, kind: str, text: str) -> bool:
    """Return whether a column takes a text that was fitted before; the empty text stands for no value."""
    if not text:
        return True
    match kind:
        case "INTEGER":
            return _INTEGER.fullmatch(text) is not None
        case "NUMBER":
            return _NUMBER.fullmatch(text) is not None
        case "TIMESTAMP":
            return read_timestamp(text) is not None
        case _:
            return column not in _CODES or text in _CODES[column]


def read_timestamp(text: str) -> datetime | None:
    """Return the moment a text names in a date format of Connect, None for none.

    That an import takes values in any of them is inferred; so are a date alone and ISO 8601.
    """
    for form in _TIMESTAMPS:
        if form.startswith("%Y%m%d") and not _SIGNLESS.match(text):
            continue
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - lists hold local texts without a zone
        except ValueError:
            continue
    return None
