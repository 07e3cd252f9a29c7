"""The pipeline agrees with the reference reader on every count and every line."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.preflight_files import HEADER, KINDS, MAPPING, Case, differences, record, records
from support.reference_reader import write
from support.sampling import amount

CHARSETS = ("utf-8", "iso8859-1", "cp1252", "utf-16")
DELIMITERS = (",", ";", "\t", "|")
ENDS = ("\n", "\r\n", "\r")
FORMS = list(itertools.product(CHARSETS, DELIMITERS, ("", '"')))


def spelled(rows: list[list[str]], charset: str) -> list[list[str]]:
    """Replace what a character set does not have."""
    if charset not in ("iso8859-1", "cp1252"):
        return rows
    return [[value.encode(charset, "replace").decode(charset) for value in row] for row in rows]


def made(chance: random.Random, count: int, charset: str, delimiter: str, enclosure: str, oddness: float) -> Case:
    """Make a file with every defect, delimiters within values included where they may stand there."""
    safe = delimiter if not enclosure and chance.random() < 0.7 else "\0"
    rows = spelled([HEADER, *records(chance, count, oddness, safe)], charset)
    content = write(rows, delimiter=delimiter, enclosure=enclosure, end=chance.choice(ENDS), charset=charset)
    if charset == "utf-8" and chance.random() < 0.3:
        content = b"\xef\xbb\xbf" + content
    return Case(content, charset, delimiter, enclosure)


def spoiled(case: Case, chance: random.Random, bytes_spoiled: int) -> Case:
    """Put bytes into the records that do not belong there."""
    header = write([HEADER], delimiter=case.delimiter, enclosure=case.enclosure, end="\r\n", charset=case.charset)
    content = bytearray(case.content)
    for _ in range(bytes_spoiled):
        if len(header) + 3 < len(content):
            place = chance.randrange(len(header) + 3, len(content))
            content[place] = chance.choice(b'\xff\x81\xc3\x00\r\n"\xef\xbb\x20,\xd8\xdc\xed\xa0')
    return Case(bytes(content), case.charset, case.delimiter, case.enclosure)


@pytest.mark.parametrize(("charset", "delimiter", "enclosure"), FORMS)
@pytest.mark.parametrize("count", [0, 1])
def test_small_files_in_every_form(charset: str, delimiter: str, enclosure: str, count: int) -> None:
    case = made(random.Random(count), count, charset, delimiter, enclosure, 0.3)  # noqa: S311 - the same every time
    assert differences(case.answer(), case.told()) == []


@pytest.mark.sampled(10)
@pytest.mark.parametrize(("number", "form"), list(enumerate(FORMS)))
def test_a_thousand_records_in_every_form(number: int, form: tuple[str, str, str]) -> None:
    chance = random.Random(number)  # noqa: S311 - the same files every time
    case = spoiled(made(chance, 1000, *form, 0.05), chance, 5)
    told = case.told()
    assert differences(case.answer(chance.choice((1 << 20, 7777))), told) == []
    assert len(told.lines) >= 8  # the file really held defects


@settings(max_examples=amount(daily=25, whole=80), deadline=None, database=None)
@given(st.randoms(use_true_random=False), st.sampled_from(FORMS), st.integers(2, 60), st.integers(0, 6))
def test_whatever_stands_in_a_file(chance: random.Random, form: tuple[str, str, str], count: int, strange: int) -> None:
    case = spoiled(made(chance, count, *form, chance.choice((0.05, 0.4))), chance, strange)
    other = Case(
        case.content,
        case.charset,
        case.delimiter,
        case.enclosure,
        match_column=chance.choice(("CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_")),
    )
    assert differences(other.answer(chance.choice((1 << 20, 3, 100))), other.told()) == []


CELLS = st.text(st.sampled_from('aZ0 ,;"\t\n\r\x00\x1c\x85\xa0é\u2003\ufeff\ufdd0~@.'), max_size=5)


@settings(max_examples=amount(daily=40, whole=150), deadline=None, database=None)
@given(st.lists(st.lists(CELLS, max_size=4), max_size=8), st.sampled_from(("", '"')), st.sampled_from(ENDS))
def test_tiny_files_of_nothing_but_strange_signs(rows: list[list[str]], enclosure: str, end: str) -> None:
    body = "".join(",".join(row) + end for row in rows).encode()
    content = f"A,CUSTOMER_ID_,CITY_{end}".encode() + body
    case = Case(content, enclosure=enclosure, mapping={"CUSTOMER_ID_": "CUSTOMER_ID_", "CITY_": "CITY_"})
    assert differences(case.answer(), case.told()) == []


@pytest.mark.parametrize("enclosure", ["", '"'])
def test_without_column_names_the_mapping_goes_by_position(enclosure: str) -> None:
    chance = random.Random(3)  # noqa: S311 - the same every time
    rows = [values[1:] for values in records(chance, 200, 0.1, ",")]
    content = write(rows, delimiter=",", enclosure=enclosure)
    case = Case(content, enclosure=enclosure, header=False)
    told = case.told()
    assert told.rows > 150
    assert differences(case.answer(), told) == []


def test_names_are_found_in_other_letters_and_the_first_of_repeated_ones_counts() -> None:
    header = ["customer_id_", "Customer_Id_", " City_ "]
    rows = [header, ["C1", "", "Rome"], ["", "C2", "Oslo"]]
    case = Case(write(rows, delimiter=","), mapping={"CUSTOMER_ID_": "CUSTOMER_ID_", "CITY_": "CITY_"})
    answer = case.answer()
    assert differences(answer, case.told()) == []
    assert answer.accepted == 1
    assert {"header-repeated", "header-case"} <= {one.code for one in answer.findings}


def test_a_great_many_blank_lines_are_no_records() -> None:
    rows = write([HEADER, *(record(random.Random(1), number, 0) for number in range(3))], delimiter=",")  # noqa: S311 - made-up records
    header, first, *rest = rows.splitlines(keepends=True)
    blank = b"\n" * 300_000
    case = Case(blank + b" , ,\n" + header + blank + first + b"".join(rest))
    answer = case.answer()
    assert (answer.rows, answer.accepted) == (3, 3)
    odd = Case(blank + header + blank + b"x\n").answer()
    assert [(one.code, one.lines) for one in odd.reasons] == [("column-count", (600_002,))]


def test_utf_16_is_recognised_and_said_where_something_else_was_expected() -> None:
    rows = [HEADER, *(record(random.Random(2), number, 0) for number in range(5))]  # noqa: S311 - the same every time
    for content in (write(rows, delimiter=",", charset="utf-16"), write(rows, delimiter=",", charset="utf-16-be")):
        answer = Case(content).answer()
        assert (answer.fails, answer.rows, answer.reasons) == (True, 5, ())
        assert answer.findings[0].code == "charset-utf-16"
        assert Case(content, charset="utf-16").answer().findings[0].code != "charset-utf-16"


def test_a_column_that_takes_less_than_its_type_says_so() -> None:
    """Every type and every rule, one value at a time, so that a wrong pattern cannot hide behind another defect."""
    good = dict(zip(HEADER, record(random.Random(5), 1, 0), strict=True))  # noqa: S311 - the same every time
    good |= {name: "" for name in KINDS if name not in ("CUSTOMER_ID_", "EMAIL_ADDRESS_")}
    for name, value, code in (
        ("VISITS", "12x", "type-format"),
        ("LIFETIME_VALUE", "1,5", "type-format"),
        ("CREATED_DATE_", "2026-02-29", "type-format"),
        ("EMAIL_FORMAT_", "X", "type-format"),
        ("EMAIL_ADDRESS_", "nobody", "email-format"),
        ("MOBILE_NUMBER_", "12345", "mobile-format"),
        ("MOBILE_COUNTRY_", "USA", "mobile-country"),
        ("CITY_", "x" * 51, "too-long"),
        ("FIRST_NAME", "a\x07b", "control-character"),
        ("CREATED_DATE_", "2026-01-01\x1f10:00:00", "control-character"),
        ("CUSTOMER_ID_", " ", "match-empty"),
    ):
        row = [*(good | {name: value}).values()]
        [found] = Case(write([HEADER, row], delimiter=";"), delimiter=";", mapping=MAPPING).answer().reasons
        assert (found.code, found.lines, found.column) == (code, (2,), name)


def test_a_line_end_within_an_enclosed_value_is_a_control_character() -> None:
    row = record(random.Random(5), 1, 0)  # noqa: S311 - the same every time
    for name, value in (("CITY_", "Ro\nme"), ("CREATED_DATE_", "2026-01-01\r\n10:00:00")):
        odd = [*(dict(zip(HEADER, row, strict=True)) | {name: value}).values()]
        case = Case(write([HEADER, row, odd, row], delimiter=",", enclosure='"'), enclosure='"')
        assert differences(case.answer(), case.told()) == []
        [found] = case.answer().reasons
        assert (found.code, found.lines, found.column) == ("control-character", (3,), name)
