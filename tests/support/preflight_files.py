"""Files with every defect, for holding the pipeline against the reference; and the pipeline in one call."""

from __future__ import annotations

import io
import random
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cxr_tui.domain.responsys_data import Column
from cxr_tui.preflight.import_options import FileForm, ImportOptions, Target
from cxr_tui.preflight.reading.source import HEAD, Source
from cxr_tui.preflight.result import PreflightResult
from cxr_tui.preflight.runner import validate_file
from support import reference_reader
from support.reference_reader import Told

KINDS = {
    "CUSTOMER_ID_": "STR255",
    "EMAIL_ADDRESS_": "STR500",
    "EMAIL_FORMAT_": "CHAR",
    "MOBILE_NUMBER_": "STR50",
    "MOBILE_COUNTRY_": "STR25",
    "CITY_": "STR50",
    "CREATED_DATE_": "TIMESTAMP",
    "FIRST_NAME": "STR25",
    "VISITS": "INTEGER",
    "LIFETIME_VALUE": "NUMBER",
}
HEADER = ["RIID_", *KINDS]
MAPPING = {name: name for name in KINDS}

GOOD: dict[str, tuple[str, ...]] = {
    "CUSTOMER_ID_": ("C1", "C2", "C3", "Ü7", "x" * 255),
    "EMAIL_ADDRESS_": ("a@b.co", "Anna.Bell@Example.com", "ü@exämple.de", "", "o'neil+x@mail.example.org"),
    "EMAIL_FORMAT_": ("H", "T", "U", "", "Html"),
    "MOBILE_NUMBER_": ("123456", "491701234567", "", "123456789012345"),
    "MOBILE_COUNTRY_": ("US", "de", ""),
    "CITY_": ("Köln", "New York", "", "東京", "x" * 50),
    "CREATED_DATE_": (
        "2026-02-28 10:00:00",
        "2024-02-29",
        "",
        "2026-1-5 3:4:5",
        "05-NOV-2026 10:11:12",
        "11/05/2026 10:11 ",
        "13/05/2026 10:11:12",
        "05/13/2026 10:11:12",
        "12/12/2026 10:11:12",
        "29-FEB-24 12:59 am",
        "20240229 23:59:59",
        "2026-12-31T23:59:59",
    ),
    "FIRST_NAME": ("Anna", "Élise", "", "Bert", "x" * 25),
    "VISITS": ("1", "+12", "-3", "", "007"),
    "LIFETIME_VALUE": ("1.5", ".5", "3.", "", "-12"),
}
ODD: dict[str, tuple[str, ...]] = {
    "CUSTOMER_ID_": ("", "  ", " C1 ", "C1\x00", "\u2003", "x" * 300, "\xa0C2"),
    "EMAIL_ADDRESS_": (
        "broken",
        "a@b",
        "a@b@c.de",
        " a@b.co ",
        "A@B.CO",
        "a b@c.de",
        "a@b.c.",
        "@b.co",
        "a@\u2003b.co",
        "a@b.co\x1f",
        "x" * 495 + "@b.co",
    ),
    "EMAIL_FORMAT_": ("X", "h", " H ", "é"),
    "MOBILE_NUMBER_": ("12345", "+491701234567", "1234567890123456", "12 34 56", " 123456 ", "١٢٣٤٥٦"),
    "MOBILE_COUNTRY_": ("USA", "D", "1A", " US", "ÜS"),
    "CITY_": ("x" * 51, " " + "x" * 50 + " ", "a\tb", "\x7f", "\x85", "a\x9fb", "\ufeff", "\ufdd0", "Ro\nme"),
    "CREATED_DATE_": (
        "2026-01-01\x1f10:00:00",
        "2026-01-01\n10:00:00",
        "2026-02-30",
        "2025-02-29 00:00:00",
        "10:00",
        "2026-13-01",
        "0000-01-01",
        "2026-01-01 24:00:00",
        "2026-01-01 10:00:60",
        "1900-02-29",
        "2000-02-29",
        "31-apr-2026 00:00:00",
        "2026-01- 5",
        "2026-01-01  10:00:00",
        "2026-01-01t10:00:00",
        "29-FEB-26 12:59 am",
        "29-feb-00 00:00:00",
        "2024229 23:59:59",
        "13/13/2026 10:11:12",
        "02/29/2026 10:11:12",
        "29/02/2024 10:11:12",
        "30/02/2024 10:11:12",
        "11/05/2026 13:11AM",
        "11/05/2026 0:11AM",
        "2026-11-05 12:11 PM",
        "2026-11-05 12:11PM",
        "11-05-2026 12:11PM",
        "1-1-2026 12:11",
    ),
    "FIRST_NAME": (
        "JÃ¼rgen",
        "FranÃ§ois «",
        "Ã¢â‚¬",
        "Gruß“",
        "J\ufffdrgen",
        "x" * 26,
        "é" * 26,
        "é" * 25,
        "\x1b[31m",
        "~",
        "~~~",
        "\x1cA",
    ),
    "VISITS": ("1.5", "x", "1" * 39, "+", " 4 ", "٣"),
    "LIFETIME_VALUE": (".", "1e5", "1,5", "NaN", "+.5", "--1"),
}


def record(chance: random.Random, number: int, oddness: float) -> list[str]:
    """Make one record; `oddness` is the chance of each value to be out of order."""
    values = [str(1_000_000 + number)]
    for name in KINDS:
        pool = ODD if chance.random() < oddness else GOOD
        value = chance.choice(pool[name])
        values.append(f"C{number}" if name == "CUSTOMER_ID_" and pool is GOOD and chance.random() < 0.8 else value)
    return values


def records(chance: random.Random, count: int, oddness: float, delimiter: str) -> Iterator[list[str]]:
    """Make records, some blank, some with fields too many or too few."""
    for number in range(count):
        values = [value.replace(delimiter, "_") for value in record(chance, number, oddness)]
        draw = chance.random()
        if draw < oddness / 4:
            values = values[: chance.randrange(1, len(values))]
        elif draw < oddness / 2:
            values.insert(chance.randrange(len(values)), chance.choice(("extra", "")))
        elif draw < oddness * 0.6:
            values = chance.choice(([], ["", ""], [" "] * len(values), [""] * len(values), ["  "], [""] * 20))
        yield values


class Given(Source):
    """Bytes as a source."""

    def __init__(self, content: bytes, block: int = 1 << 20) -> None:
        blocks = Blocks(content[start : start + block] for start in range(0, len(content), block))
        super().__init__("given", blocks, len(content), content[:HEAD])

    def position(self) -> int:
        return 0


class Blocks(io.BytesIO):
    """A file of which every reading brings one block."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks = blocks

    def read(self, _: int | None = -1) -> bytes:
        return next(self._blocks, b"")


@dataclass(frozen=True)
class Case:
    """One file and how to read it."""

    content: bytes
    charset: str = "utf-8"
    delimiter: str = ","
    enclosure: str = ""
    header: bool = True
    mapping: Mapping[str, str] = field(default_factory=lambda: MAPPING)
    match_column: str = "CUSTOMER_ID_"

    def plan(self) -> ImportOptions:
        columns = tuple(Column(name, kind) for name, kind in KINDS.items())
        form = FileForm(self.delimiter, self.enclosure, self.charset, self.header)
        return ImportOptions(form, Target(self.match_column, self.mapping, columns, "CUSTOMER_PROFILES"))

    def answer(self, block: int = 1 << 20) -> PreflightResult:
        return validate_file(Given(self.content, block), self.plan(), None, lambda _: None, threading.Event())

    def told(self) -> Told:
        return reference_reader.read(
            self.content,
            charset={"iso8859-1": "iso-8859-1"}.get(self.charset, self.charset),
            delimiter=self.delimiter,
            enclosure=self.enclosure,
            mapping=self.mapping,
            kinds=KINDS,
            match_column=self.match_column,
            header=self.header,
        )


def differences(answer: PreflightResult, told: Told) -> list[str]:
    """Compare all counts and lines; return what differs in words."""
    found: list[str] = []

    def same(what: str, ours: object, theirs: object) -> None:
        if ours != theirs:
            found.append(f"{what}: pipeline {ours!r}, reference {theirs!r}")

    same("rows", answer.rows, told.rows)
    if not answer.fails:
        same("accepted", answer.accepted, told.accepted)
    reasons = {one.code.value: one for one in answer.reasons}
    same("codes", sorted(reasons), sorted(told.lines))
    for code, lines in told.lines.items():
        if code in reasons:
            same(f"{code} rows", reasons[code].rows, len(lines))
            same(f"{code} lines", list(reasons[code].lines), lines[:10])
            same(f"{code} columns", dict(reasons[code].columns), told.columns[code])
    same("filled", [one.filled for one in answer.columns], told.filled)
    same("empty match", answer.match.empty, told.no_match)
    same("distinct", answer.match.distinct, told.distinct)
    same("duplicate rows", answer.match.duplicate_rows, told.duplicate_rows)
    same(
        "shared values",
        [(list(one.lines), one.wins) for one in answer.match.examples],
        [(lines[:10], lines[-1]) for lines in told.shared[:10]],
    )
    return found
