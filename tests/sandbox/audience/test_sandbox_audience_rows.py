"""What an import makes of the text of a file: records, types, documented reasons."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from cxr_tui.sandbox.audience.import_file import (
    FileFormat,
    Target,
    UnreadableFileError,
    accepts,
    fit,
    read_incoming,
    sort_rows,
)

COLUMNS = (*SYSTEM_COLUMNS, ("FIRST_NAME", "STR25"), ("VALUE", "NUMBER"), ("AGE", "INTEGER"), ("BORN", "TIMESTAMP"))


def form(delimiter: str = ",", enclosure: str = "", *, header: bool = True, codec: str = "utf-8") -> FileFormat:
    return FileFormat(codec, delimiter, enclosure, header)


def reasons(text: str, match: str = "CUSTOMER_ID_", written: FileFormat | None = None) -> list[tuple[int, str]]:
    written = written or form()
    names = text.splitlines()[0].split(written.delimiter)
    target = Target(match, tuple((name, name) for name in names))
    return list(sort_rows(read_incoming(text.encode(), written), target, COLUMNS)[1])


@pytest.mark.parametrize(
    ("header", "row", "match", "reason"),
    [
        ("CUSTOMER_ID_,CITY_", "C1,Reno", "CUSTOMER_ID_", ""),
        ("CUSTOMER_ID_,CITY_", "C1,Reno,NV", "CUSTOMER_ID_", "INVALID DATA FORMAT"),
        ("CUSTOMER_ID_,CITY_", "C1", "CUSTOMER_ID_", "INVALID DATA FORMAT"),
        ("CUSTOMER_ID_,VALUE", "C1,12.50", "CUSTOMER_ID_", ""),
        ("CUSTOMER_ID_,VALUE", "C1,-.5", "CUSTOMER_ID_", ""),
        ("CUSTOMER_ID_,VALUE", "C1,12 EUR", "CUSTOMER_ID_", "INVALID DATA FORMAT"),
        ("CUSTOMER_ID_,VALUE", "C1,١٢", "CUSTOMER_ID_", "INVALID DATA FORMAT"),
        ("CUSTOMER_ID_,AGE", "C1,1.5", "CUSTOMER_ID_", "INVALID DATA FORMAT"),
        ("CUSTOMER_ID_,BORN", "C1,2001-02-28 23:59:59", "CUSTOMER_ID_", ""),
        ("CUSTOMER_ID_,BORN", "C1,2001-02-30", "CUSTOMER_ID_", "INVALID DATA FORMAT"),
        ("CUSTOMER_ID_,EMAIL_FORMAT_", "C1,H", "CUSTOMER_ID_", ""),
        ("CUSTOMER_ID_,EMAIL_FORMAT_", "C1,X", "CUSTOMER_ID_", "INVALID DATA FORMAT"),
        (
            "CUSTOMER_ID_,EMAIL_ADDRESS_,MOBILE_NUMBER_,CITY_",
            ",,,Reno",
            "CUSTOMER_ID_",
            "MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE NUMBER",
        ),
        (
            "EMAIL_ADDRESS_,CITY_",
            "no address,Reno",
            "EMAIL_ADDRESS_",
            "MUST HAVE VALID CUSTOMER ID OR EMAIL ADDRESS OR MOBILE NUMBER",
        ),
        ("CUSTOMER_ID_,EMAIL_ADDRESS_", ",a@b.example", "CUSTOMER_ID_", "match field cannot be empty"),
        ("CUSTOMER_ID_,EMAIL_ADDRESS_", "   ,a@b.example", "CUSTOMER_ID_", "match field cannot be empty"),
        ("CUSTOMER_ID_,EMAIL_ADDRESS_", "C1,a@b", "CUSTOMER_ID_", "INVALID DATA FORMAT"),
        ("CUSTOMER_ID_,MOBILE_NUMBER_", "C1,123456", "CUSTOMER_ID_", ""),
        ("CUSTOMER_ID_,MOBILE_NUMBER_", "C1,12345", "CUSTOMER_ID_", "INVALID FORMAT FOR MOBILE NUMBER"),
        ("CUSTOMER_ID_,MOBILE_NUMBER_", "C1,+1 212 555", "CUSTOMER_ID_", "INVALID FORMAT FOR MOBILE NUMBER"),
        ("CUSTOMER_ID_,MOBILE_NUMBER_", f"C1,{'1' * 16}", "CUSTOMER_ID_", "INVALID FORMAT FOR MOBILE NUMBER"),
        ("MOBILE_NUMBER_,CITY_", "12,Reno", "MOBILE_NUMBER_", "INVALID FORMAT FOR MOBILE NUMBER"),
        ("CUSTOMER_ID_,MOBILE_COUNTRY_", "C1,US", "CUSTOMER_ID_", ""),
        ("CUSTOMER_ID_,MOBILE_COUNTRY_", "C1,USA", "CUSTOMER_ID_", "INVALID FORMAT FOR MOBILE COUNTRY"),
    ],
)
def test_each_reason(header: str, row: str, match: str, reason: str) -> None:
    assert reasons(f"{header}\n{row}\n", match) == ([(2, reason)] if reason else [])


def test_values_are_trimmed_and_cut() -> None:
    text = f"CUSTOMER_ID_,FIRST_NAME\n C1 , {'x' * 40}\n"
    target = Target("CUSTOMER_ID_", (("CUSTOMER_ID_", "CUSTOMER_ID_"), ("FIRST_NAME", "FIRST_NAME")))
    taken, _ = sort_rows(read_incoming(text.encode(), form()), target, COLUMNS)
    assert taken == [{"CUSTOMER_ID_": "C1", "FIRST_NAME": "x" * 25}]


def test_dates_that_the_list_keeps_itself_are_checked_and_left_out() -> None:
    text = "CUSTOMER_ID_,MODIFIED_DATE_\nC1,2026-01-01 00:00:00\nC2,yesterday\n"
    target = Target("CUSTOMER_ID_", (("CUSTOMER_ID_", "CUSTOMER_ID_"), ("MODIFIED_DATE_", "MODIFIED_DATE_")))
    taken, rejected = sort_rows(read_incoming(text.encode(), form()), target, COLUMNS)
    assert taken == [{"CUSTOMER_ID_": "C1"}]
    assert [line for line, _ in rejected] == [3]


def test_blank_lines_do_not_count_and_any_line_end_will_do() -> None:
    file = read_incoming(b"\xef\xbb\xbfA,B\r\n1,2\r\n\r\n , \r\n3,4\r5,6\n", form())
    assert file.columns == ("A", "B")
    assert [row.cells for row in file.rows] == [("1", "2"), ("3", "4"), ("5", "6")]
    assert [row.line for row in file.rows] == [2, 5, 6]


def test_a_byte_that_does_not_belong_spoils_its_row_only() -> None:
    for enclosure in ("", '"'):
        file = read_incoming(b"A,B\n1,\xff\n2,b\n", form(enclosure=enclosure))
        assert [row.readable for row in file.rows] == [False, True]
    assert read_incoming(b"A,B\n1,\xe9\n", form(codec="iso-8859-1")).rows[0].cells == ("1", "é")


def test_an_enclosure_keeps_delimiters_and_without_one_they_split() -> None:
    text = b'A,B\n"x, y",2\n'
    assert read_incoming(text, form(enclosure='"')).rows[0].cells == ("x, y", "2")
    assert read_incoming(text, form()).rows[0].cells == ('"x', ' y"', "2")


def test_an_enclosure_that_is_never_closed_swallows_what_follows() -> None:
    text = 'A,B\n1,"two\n' + "".join(f"{number},x\n" for number in range(3, 40_000))
    file = read_incoming(text.encode(), form(enclosure='"'))
    assert not file.rows[0].readable
    assert len(file.rows) < 40_000 - 3


@pytest.mark.parametrize("content", [b"", b"\n\n", b"A,B\n", b"PK\x03\x04rest", b"\x1f\x8brest"])
def test_files_without_records_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFileError):
        read_incoming(content, form())


def test_a_mapped_column_that_is_not_in_the_file_is_named() -> None:
    file = read_incoming(b"ID,CITY\nC1,Reno\n", form())
    with pytest.raises(UnreadableFileError, match="NAME"):
        sort_rows(file, Target("CUSTOMER_ID_", (("ID", "CUSTOMER_ID_"), ("NAME", "FIRST_NAME"))), COLUMNS)


def test_without_a_header_line_columns_go_by_position() -> None:
    file = read_incoming(b"C1,Reno\n", form(header=False))
    target = Target("CUSTOMER_ID_", (("one", "CUSTOMER_ID_"), ("two", "CITY_")))
    assert sort_rows(file, target, COLUMNS)[0] == [{"CUSTOMER_ID_": "C1", "CITY_": "Reno"}]


CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from(",;|\t"))
def test_enclosed_files_come_back_as_written(rows: list[list[str]], delimiter: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["A", "B", "C"], *rows])
    expected = [tuple(row) for row in rows if any(cell.strip() for cell in row)]
    try:
        file = read_incoming(written.getvalue().encode(), form(delimiter, '"'))
    except UnreadableFileError:
        assert expected == []
    else:
        assert [row.cells for row in file.rows] == expected


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=8), st.sampled_from(",;|\t"))
def test_without_enclosure_only_the_delimiter_breaks_a_row(rows: list[list[str]], delimiter: str) -> None:
    text = "".join(delimiter.join(row) + "\n" for row in [["A", "B"], *rows])
    kept = [row for row in rows if any(cell.strip() for cell in delimiter.join(row).split(delimiter))]
    try:
        file = read_incoming(text.encode(), form(delimiter))
    except UnreadableFileError:
        assert kept == []
    else:
        assert [len(row.cells) for row in file.rows] == [2 + "".join(row).count(delimiter) for row in kept]


@given(st.text(max_size=60), st.sampled_from(["CHAR", "STR25", "INTEGER", "NUMBER", "TIMESTAMP"]))
def test_fitting_twice_is_fitting_once_and_text_always_fits(text: str, kind: str) -> None:
    once = fit(kind, text)
    assert fit(kind, once).strip() == once.strip()
    if kind.startswith("STR"):
        assert len(once) <= 25
        assert accepts("FIRST_NAME", kind, once)
