"""A slow, obvious reader: the rules of an import in plain Python, record by record, to hold the pipeline against.

Nothing is shared with the pipeline but the words for the reasons; patterns, dates and blanks are Python's own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

ROOM = re.compile(r"STR(\d+)")
DATES = (
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %I:%M %p",
    "%Y-%m-%d %I:%M:%S %p",
    "%Y%m%d %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y %I:%M%p",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m-%d-%Y %I:%M:%S %p",
    "%m-%d-%Y %I:%M%p",
    "%m-%d-%Y %H:%M",
    "%d-%b-%Y %I:%M:%S %p",
    "%d-%b-%Y %H:%M:%S",
    "%d-%b-%Y %I:%M %p",
    "%d-%b-%y %H:%M:%S",
    "%d-%b-%y %I:%M %p",
    "%d/%m/%Y %H:%M:%S",
)
WITHOUT_SIGNS = re.compile(r"[0-9]{8}\s")
OCTETS = {bytes([octet]).decode("latin-1"): octet for octet in range(0x80, 0x100)} | {
    bytes([octet]).decode("cp1252"): octet for octet in range(0x80, 0x100) if octet not in b"\x81\x8d\x8f\x90\x9d"
}
"""Which octet a character beyond ASCII was, if UTF-8 was read as ISO 8859-1 or Windows-1252."""
LETTERS = {"EMAIL_FORMAT_": "HTU", "EMAIL_PERMISSION_STATUS_": "IO", "EMAIL_DELIVERABILITY_STATUS_": "DU"}
STRANGE = re.compile("[\ud800-\udfff]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass
class Told:
    """Everything that the reference finds."""

    rows: int = 0
    accepted: int = 0
    lines: dict[str, list[int]] = field(default_factory=dict)
    """Every line of each reason, not just the first ten."""
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    filled: list[int] = field(default_factory=list)
    no_match: int = 0
    distinct: int = 0
    duplicate_rows: int = 0
    shared: list[list[int]] = field(default_factory=list)
    """Lines of each value that several records share, in the order of their first."""


def read(
    content: bytes,
    *,
    charset: str,
    delimiter: str,
    enclosure: str,
    mapping: Mapping[str, str],
    kinds: Mapping[str, str],
    match_column: str,
    header: bool = True,
) -> Told:
    """Read a file to its end. Mapped columns must be in it."""
    records = list(_records(_text(content, charset), delimiter, enclosure))
    told = Told()
    if header:
        if not records:
            return told
        names = [name.strip().upper() for name in records.pop(0)[1]]
        places = {incoming: names.index(incoming.upper()) for incoming in mapping}
        width = len(names)
    else:
        places = {incoming: place for place, incoming in enumerate(mapping)}
        width = len(mapping)
    told.filled = [0] * width
    keys: dict[str, list[int]] = {}
    for line, fields, parsed in records:
        told.rows += 1
        regular = parsed and len(fields) == width and not any(STRANGE.search(one) for one in fields)
        values = (
            {column: (kinds.get(column, ""), fields[places[one]]) for one, column in mapping.items()} if regular else {}
        )
        if regular:
            told.filled = [count + bool(one.strip()) for count, one in zip(told.filled, fields, strict=True)]
            if match_column in values and not values[match_column][1].strip():
                told.no_match += 1
        if parsed and any(STRANGE.search(one) for one in fields):
            code, blamed = "not-decodable", ""
        elif not regular:
            code, blamed = "column-count", ""
        else:
            code, blamed = _judged(values, match_column)
        if code:
            _note(told, code, line, blamed)
            continue
        told.accepted += 1
        stored = {column: _fitted(kind, text) for column, (kind, text) in values.items()}
        key = stored[match_column]
        keys.setdefault(key.lower() if match_column.startswith("EMAIL_") else key, []).append(line)
        for warning, wrong in (
            ("too-long", _overflows),
            ("control-character", _controls),
            ("charset-doubtful", _misread),
            ("letter-lost", _lost),
        ):
            found = [column for column, (kind, text) in values.items() if wrong(kind, text)]
            if found:
                _note(told, warning, line, found[0])
    told.distinct = len(keys)
    told.duplicate_rows = told.accepted - told.distinct
    told.shared = sorted(lines for lines in keys.values() if len(lines) > 1)
    return told


def _text(content: bytes, charset: str) -> str:
    if charset == "utf-16":
        order = "utf-16-be" if content.startswith(b"\xfe\xff") else "utf-16-le"
        body = content[2:] if content[:2] in (b"\xfe\xff", b"\xff\xfe") else content
        text = body[: len(body) // 2 * 2].decode(order, "surrogatepass")
        return text + ("\udcff" if len(body) % 2 else "")
    if charset == "utf-8":
        content = content.removeprefix(b"\xef\xbb\xbf")
    return content.decode(charset, "surrogateescape")


def _records(text: str, delimiter: str, enclosure: str) -> Iterator[tuple[int, list[str], bool]]:
    """Yield where each record begins, its fields, and whether it could be parsed; blank ones are left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for line, fields, parsed in (_enclosed if enclosure else _plain)(text, delimiter):
        if not parsed or any(one.strip() for one in fields):
            yield line, fields, parsed


def _plain(text: str, delimiter: str) -> Iterator[tuple[int, list[str], bool]]:
    for number, line in enumerate(text.split("\n"), 1):
        yield number, line.split(delimiter), True


def _enclosed(text: str, delimiter: str) -> Iterator[tuple[int, list[str], bool]]:
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, quotechar='"')
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader), True
        except StopIteration:
            return
        except csv.Error:
            yield line, [], False


def _judged(values: Mapping[str, tuple[str, str]], match_column: str) -> tuple[str, str]:
    """Return the reason and the column to blame; nothing for a record that is taken."""
    stored = {column: _fitted(kind, text) for column, (kind, text) in values.items()}
    for column, (kind, _) in values.items():
        if not _takes(column, kind, stored[column]):
            return "type-format", column
    mapped = [name for name in ("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_") if name in stored]
    given = [name for name in mapped if stored[name]]
    valid = [name for name in given if _valid(name, stored[name])]
    if mapped and not valid:
        return ("mobile-format", "MOBILE_NUMBER_") if given == ["MOBILE_NUMBER_"] else ("no-identity", "")
    if not stored.get(match_column):
        return "match-empty", match_column
    if "EMAIL_ADDRESS_" in given and "EMAIL_ADDRESS_" not in valid:
        return "email-format", "EMAIL_ADDRESS_"
    if "MOBILE_NUMBER_" in given and "MOBILE_NUMBER_" not in valid:
        return "mobile-format", "MOBILE_NUMBER_"
    country = stored.get("MOBILE_COUNTRY_", "")
    if country and not re.fullmatch("[A-Za-z]{2}", country):
        return "mobile-country", "MOBILE_COUNTRY_"
    return "", ""


def _fitted(kind: str, text: str) -> str:
    text = text.strip()
    room = _room(kind)
    return text if room is None else text[:room]


def _room(kind: str) -> int | None:
    if kind == "CHAR":
        return 1
    found = ROOM.fullmatch(kind)
    return int(found[1]) if found else None


def _overflows(kind: str, text: str) -> bool:
    room = _room(kind)
    return room is not None and len(text.strip()) > room


def _controls(_: str, text: str) -> bool:
    return CONTROL.search(text.strip()) is not None


def _misread(_: str, text: str) -> bool:
    text = text.strip()
    if text.isascii() or "ß" in text:
        return False
    try:
        bytes(OCTETS[char] if char > "\x7f" else ord(char) for char in text).decode()
    except (KeyError, UnicodeDecodeError):
        return False
    return True


def _lost(_: str, text: str) -> bool:
    return "\ufffd" in text


def _takes(column: str, kind: str, text: str) -> bool:
    if not text:
        return True
    if kind == "INTEGER":
        return re.fullmatch(r"[+-]?[0-9]{1,38}", text) is not None
    if kind == "NUMBER":
        return re.fullmatch(r"[+-]?([0-9]{1,38}(\.[0-9]*)?|\.[0-9]+)", text) is not None
    if kind == "TIMESTAMP":
        return any(_is_date(text, form) for form in DATES)
    return not kind or column not in LETTERS or text in LETTERS[column]


def _is_date(text: str, form: str) -> bool:
    if form.startswith("%Y%m%d") and not WITHOUT_SIGNS.match(text):
        return False
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - lists hold local texts without a zone
    except ValueError:
        return False
    return True


def _valid(column: str, text: str) -> bool:
    if column == "CUSTOMER_ID_":
        return bool(text)
    if column == "EMAIL_ADDRESS_":
        return re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+", text) is not None
    return re.fullmatch("[0-9]{6,15}", text) is not None


def _note(told: Told, code: str, line: int, column: str) -> None:
    told.lines.setdefault(code, []).append(line)
    columns = told.columns.setdefault(code, {})
    if column:
        columns[column] = columns.get(column, 0) + 1


def write(
    records: Sequence[Sequence[str]], *, delimiter: str, enclosure: str = "", end: str = "\n", charset: str = "utf-8"
) -> bytes:
    """Write records as an export does: every field enclosed or none."""
    mark = enclosure
    lines = (
        delimiter.join(f"{mark}{one.replace(mark, mark * 2) if mark else one}{mark}" for one in row) for row in records
    )
    return "".join(f"{line}{end}" for line in lines).encode(
        charset, "surrogateescape" if charset != "utf-16" else "surrogatepass"
    )
