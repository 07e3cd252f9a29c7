"""What preflight says of header, mapping and the sums over a file."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import msgspec
import polars as pl
import pytest

from cxr_tui.domain.date_formats import DATE_FORMATS
from cxr_tui.domain.finding import Finding, Report, Status
from cxr_tui.domain.responsys_data import Column
from cxr_tui.preflight.import_options import (
    FileForm,
    ImportOptions,
    ImportOptionsError,
    Target,
    charset_of,
    delimiter_of,
    enclosure_of,
)
from cxr_tui.preflight.result import PreflightResult, mask_value
from cxr_tui.preflight.runner import validate_file
from cxr_tui.preflight.validation.duplicates import KeyHashes
from cxr_tui.preflight.validation.record_findings import report_duplicates
from cxr_tui.preflight.validation.rules import Code
from support.preflight_files import HEADER, KINDS, MAPPING, Case, Given
from support.reference_reader import write

GOOD = ["1", "C1", "a@b.co", "H", "491701234567", "DE", "Rome", "2026-01-01 10:00:00", "Anna", "1", "1.5"]


def answer(*rows: list[str], mapping: dict[str, str] | None = None, header: list[str] | None = None) -> PreflightResult:
    return Case(write([header or HEADER, *rows], delimiter=","), mapping=mapping or MAPPING).answer()


def finding(told: PreflightResult, code: str) -> Finding:
    [found] = [one for one in told.findings if one.code == code]
    return found


def people(count: int) -> list[list[str]]:
    return [[str(number), f"C{number}", *GOOD[2:]] for number in range(count)]


def test_a_file_in_order_is_ok() -> None:
    told = answer(*people(3))
    assert told.ok
    assert (told.rows, told.accepted, told.rejected) == (3, 3, 0)
    assert {one.status for one in told.findings} == {Status.PASS}


def test_a_mapped_column_that_is_missing_fails_the_run() -> None:
    told = answer(*people(2), mapping={**MAPPING, "LAST_NAME": "FIRST_NAME2", "STREET": "CITY_2"})
    assert "LAST_NAME, STREET" in finding(told, "mapped-column-missing").seen
    assert (told.fails, told.accepted, told.rejected) == (True, 0, 2)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            {"FIRST_NAME": "NAME"},
            "FIRST_NAME to NAME: CUSTOMER_PROFILES in CX Audience has no such column. Did you mean FIRST_NAME?",
        ),
        ({"FIRST_NAME": "CITY_"}, "CITY_, FIRST_NAME are all mapped to CITY_"),
        ({"CUSTOMER_ID_": "FIRST_NAME"}, "No column is mapped to CUSTOMER_ID_"),
    ],
)
def test_a_wrong_line_of_the_mapping_fails_the_run(line: dict[str, str], said: str) -> None:
    told = answer(*people(2), mapping={**MAPPING, **line})
    [found] = [one for one in told.findings if one.code == "mapping-wrong" and one.status is Status.FAIL]
    assert said in found.seen
    assert (told.fails, told.accepted) == (True, 0)


def test_the_record_id_in_the_mapping_is_a_warning_for_oracle_does_not_forbid_it() -> None:
    told = answer(*people(2), mapping={**MAPPING, "RIID_": "RIID_"})
    found = finding(told, "mapping-wrong")
    assert (found.status, found.source) == (Status.WARN, "C.6")
    assert "RIID_ to RIID_" in found.seen


def test_a_mapping_and_a_list_in_lower_case_are_the_same_columns() -> None:
    usual = answer(*people(2))
    told = answer(*people(2), mapping={incoming: column.lower() for incoming, column in MAPPING.items()})
    assert (told.fails, told.accepted, told.columns) == (usual.fails, usual.accepted, usual.columns)
    plan = ImportOptions(
        target=Target("customer_id_", None, (Column("customer_id_", "STR255"), Column("Email_Address_", "STR500")))
    )
    told = judged(b"CUSTOMER_ID_,EMAIL_ADDRESS_\n1,a@example.com\n2,no address\n", plan)
    assert (told.fails, told.accepted, told.rejected, told.match.column) == (False, 1, 1, "CUSTOMER_ID_")


def test_a_first_line_that_names_nothing_known_is_a_missing_header() -> None:
    told = Case(write(people(3), delimiter=",")).answer()
    assert [one.code for one in told.findings if one.status is Status.FAIL] == ["header-off"]
    assert (told.fails, told.rows, told.accepted) == (True, 2, 0)
    assert "Anna" not in json.dumps(told.document())  # the first record stands where names are expected
    assert told.columns[8].name == "column 9"


@pytest.mark.parametrize(("delimiter", "word"), [(";", "Semicolon"), ("\t", "Tab"), ("|", "Pipe")])
def test_another_delimiter_is_named_by_the_header(delimiter: str, word: str) -> None:
    told = Case(write([HEADER, *people(2)], delimiter=delimiter)).answer()
    assert [one.code for one in told.findings if one.status is Status.FAIL] == ["delimiter-differs"]
    assert f"in the file is {word}" in finding(told, "delimiter-differs").seen


@pytest.mark.parametrize("content", [b"", b"\n\n , \n", b"\xef\xbb\xbf", write([HEADER], delimiter=",")])
def test_a_file_without_records_fails_the_run(content: bytes) -> None:
    told = Case(content).answer()
    assert finding(told, "file-empty").status is Status.FAIL
    assert (told.rows, told.ok, told.complete) == (0, False, True)
    assert told.fails


def test_a_delimiter_within_values_names_one_that_is_free() -> None:
    rows = people(4)
    rows[1][6] = "Rome, Italy"
    rows[2][6] = "a;b"
    told = answer(*rows)
    found = finding(told, "delimiter-in-data")
    assert "line 3" in found.seen
    assert found.remedy.startswith("Choose Tab")
    enclosed = Case(write([HEADER, *rows], delimiter=",", enclosure='"'), enclosure='"').answer()
    assert enclosed.rejected == 0


def test_the_run_fails_where_no_record_is_taken() -> None:
    told = answer(*[[row[0], "", *row[2:]] for row in people(2)])
    assert (told.fails, told.accepted, told.rejected) == (True, 0, 2)
    assert "match field cannot be empty" in finding(told, "rows-rejected").seen


def test_columns_tell_where_they_go_and_what_is_lost() -> None:
    header = [*HEADER, "AGE_RANGE", "EMAIL_PERMISSION_STATUS_"]
    rows = [[*row, "30-40", "I"] for row in people(2)]
    rows[0][6] = rows[1][6] = " "
    told = answer(*rows, header=header)
    by_name = {one.name: one for one in told.columns}
    assert [by_name["AGE_RANGE"].carried, by_name["AGE_RANGE"].why] == [False, "the list has no such column"]
    assert by_name["EMAIL_PERMISSION_STATUS_"].why == "permission and deliverability stay in Responsys"
    assert by_name["CREATED_DATE_"].why == "the list keeps its own date"
    assert not by_name["CREATED_DATE_"].carried
    assert (by_name["CITY_"].filled, by_name["CITY_"].type, by_name["CITY_"].carried) == (0, "STR50", True)
    assert "AGE_RANGE" in finding(told, "column-not-carried").seen
    assert "CITY_" in finding(told, "column-empty").seen
    assert told.ok  # none of that keeps a record out


def test_the_number_of_records_is_held_against_the_list() -> None:
    case = Case(write([HEADER, *people(3)], delimiter=","))
    plan = case.plan()
    for members, status in ((3, Status.PASS), (4, Status.WARN)):
        told = replace(plan, target=replace(plan.target, members=members))
        found = judged(case.content, told)
        [count] = [one for one in found.findings if one.code.startswith("record-count")]
        assert count.status is status


def judged(content: bytes, plan: ImportOptions) -> PreflightResult:
    return validate_file(Given(content), plan, None, lambda _: None, threading.Event())


def test_of_records_with_one_match_value_the_last_one_stays() -> None:
    rows = people(6)
    rows[1][1] = rows[4][1] = " C0 "
    told = answer(*rows)
    assert (told.match.distinct, told.match.duplicate_rows, told.match.column) == (4, 2, "CUSTOMER_ID_")
    assert [(one.lines, one.wins) for one in told.match.examples] == [((2, 3, 6), 6)]
    assert "lines 2, 3, 6" in finding(told, "match-duplicates").seen


def test_addresses_match_whatever_their_case() -> None:
    rows = people(3)
    for row, address in zip(rows, ("Ä@b.co", "ä@B.co", "c@b.co"), strict=True):
        row[2] = address
    case = Case(write([HEADER, *rows], delimiter=","), match_column="EMAIL_ADDRESS_")
    assert case.answer().match.distinct == 2


def test_no_value_of_a_person_is_in_the_answer() -> None:
    rows = people(3)
    rows[0][2], rows[1][4], rows[2][8] = "Secret.Person#domain", "+49 170 555", "Geheim\x1b[31m" + "x" * 30
    told = json.dumps(answer(*rows).document() | {"seconds": 0})
    for value in ("Secret", "Person", "domain", "170", "555", "Geheim", "\x1b", "\\u001b"):
        assert value not in told
    assert "Xxxxxx.Xxxxxx#xxxxxx" in told
    assert "+99 999 999" in told


@pytest.mark.parametrize("enclosure", ["", '"'])
def test_a_shifted_record_shows_how_it_begins_and_how_many_fields_it_has(enclosure: str) -> None:
    rows = people(3)
    rows[1][6] = "12 Elm St"
    rows[1].insert(7, "Apt 4")
    content = write([HEADER, *rows], delimiter=",", enclosure=enclosure)
    spoiled = content.replace(b"C2", b"C\xff")
    told = Case(spoiled, enclosure=enclosure).answer()
    by_code = {one.code: one for one in told.reasons}
    [shifted] = by_code[Code.COLUMN_COUNT].samples
    assert (shifted.line, shifted.column, shifted.fields) == (3, "", 12)
    assert shifted.shape == "9,X9,x@x.xx,X,999999999999,XX,99 Xxx Xx,Xxx 9,9999-99-99 99:99:99,Xxxx,9,9.9"
    assert shifted.value is not None
    assert shifted.value.reveal().startswith("1,C1,a@b.co")
    [undecodable] = by_code[Code.NOT_DECODABLE].samples
    assert (undecodable.fields, undecodable.shape[:6]) == (11, "9,X\ufffd,x")
    assert "Elm" not in json.dumps(told.document()) + repr(told)


def test_an_answer_is_read_back_from_its_saved_form() -> None:
    rows = people(3)
    rows[0][2], rows[1][6] = "broken", "x" * 60
    rows[2][1] = "C1"
    told = answer(*rows, header=[*HEADER[:-1], "lifetime_value"])
    back = msgspec.convert(json.loads(json.dumps(told.saved())), PreflightResult)
    assert back == told
    assert [sample.value for one in back.reasons for sample in one.samples] == [None, None]


def test_the_shape_of_a_value_keeps_its_signs_and_none_of_its_letters() -> None:
    assert mask_value("Ab1-é٣ß\x00") == "Xx9-x9x␀"
    assert len(mask_value("y" * 500)) == 40


def test_the_document_is_as_scripts_expect_it() -> None:
    rows = people(2)
    rows[1][2] = "broken"
    document = answer(*rows).document()
    assert list(document)[:8] == ["rows", "accepted", "rejected", "reasons", "match", "columns", "bytes", "seconds"]
    assert set(document["reasons"]["email-format"]) >= {"rows", "column", "lines"}
    assert document["reasons"]["email-format"]["lines"] == [3]
    assert set(document["match"]) >= {"column", "empty", "distinct", "duplicate_rows"}
    assert all(set(one) == {"name", "type", "filled", "carried", "why"} for one in document["columns"])
    assert (document["run"], document["ok"]) == ("succeeded", False)


def test_without_a_list_the_types_of_system_columns_are_judged_all_the_same() -> None:
    rows = people(2)
    rows[0][4] = "abc"
    case = Case(write([HEADER, *rows], delimiter=","))
    plan = replace(case.plan(), target=replace(case.plan().target, columns=(), mapping=None, match_column=""))
    told = judged(case.content, plan)
    assert told.match.column == "CUSTOMER_ID_"
    assert [one.code for one in told.reasons] == ["mobile-format"]
    assert {one.name for one in told.columns if one.carried} == set(KINDS) - {"CREATED_DATE_"}


def test_forms_are_named_as_on_the_screens_or_in_any_usual_way() -> None:
    assert [delimiter_of(one) for one in ("Comma", "tab", "\\t", "|")] == [",", "\t", "\t", "|"]
    assert [enclosure_of(one) for one in ("None", "", '"')] == ["", "", '"']
    assert charset_of("Unicode (UTF-8)") == charset_of("utf8") == "utf-8"
    assert charset_of("Western European (ISO-8859-1)") == charset_of("latin-1") == "iso8859-1"
    assert charset_of("Windows-1252") == "cp1252"
    for wrong in ("shift_jis", "klingon", "base64", ""):
        with pytest.raises(ImportOptionsError):
            charset_of(wrong)
    for delimiter in ("", ",,", "a", '"', "\n", "é"):
        with pytest.raises(ImportOptionsError):
            FileForm(delimiter)
    with pytest.raises(ImportOptionsError):
        FileForm(enclosure="'")


@pytest.mark.parametrize("values", [3001, 7, 1])
def test_duplicates_are_exact(values: int) -> None:
    keys = KeyHashes()
    lines: dict[str, list[int]] = {}
    for start in range(2, 4002, 400):
        numbers = range(start, start + 400)
        texts = [str(number * 7919 % values if number % 3 else number) for number in numbers]
        for number, text in zip(numbers, texts, strict=True):
            lines.setdefault(text, []).append(number)
        keys.add(hashed(numbers, texts))
    found = keys.counted("CUSTOMER_ID_", 0)
    shared = sorted(sorted(one) for one in lines.values() if len(one) > 1)
    assert (found.distinct, found.duplicate_rows, found.complete) == (len(lines), 4000 - len(lines), True)
    assert [(list(one.lines), one.wins) for one in found.examples] == [(one[:10], one[-1]) for one in shared[:10]]


def hashed(lines: range, texts: list[str]) -> pl.DataFrame:
    return pl.DataFrame({"hash": pl.Series(texts).hash(1), "line": pl.Series(lines, dtype=pl.Int64)})


def test_records_beyond_the_limit_are_not_compared_and_it_is_said() -> None:
    keys = KeyHashes(most=5)
    for start in (2, 5, 8):
        keys.add(hashed(range(start, start + 3), ["A", "A", "B"]))
    found = keys.counted("CUSTOMER_ID_", 0)
    assert (found.distinct, found.duplicate_rows, found.complete) == (2, 3, False)
    report = Report()
    report_duplicates(found, report)
    assert [one.code for one in report.verified().findings] == ["match-duplicates", "match-duplicates-unseen"]


def plain(*lines: str) -> PreflightResult:
    """Read lines of a customer id, an address and a name."""
    return judged("\n".join(["CUSTOMER_ID_,EMAIL_ADDRESS_,FIRST_NAME", *lines, ""]).encode(), ImportOptions())


ANN, BOB = "C1,ann@example.org,Ann", "C2,bob@example.org,Bob"


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ([ANN, BOB, "TRAILER,2"], {"trailing-line"}),
        ([ANN, BOB, "", "(2 rows affected)"], {"trailing-line"}),
        ([ANN, BOB, "\x1a"], {"trailing-line"}),
        (['C1,ann@example.org,"Ann', 'Marie"', BOB], {"fields-missing"}),
        ([ANN, "C2,bob@", "example.org,Bob", ANN], {"fields-missing"}),
        ([ANN, "\0" * 8, BOB, "\0" * 8], {"fields-missing"}),
        ([f"{ANN},", f"{BOB},"], {"trailing-delimiter"}),
        ([f"{ANN},", BOB], {"delimiter-in-data"}),
        ([ANN, "C2,bob@example.org,Bob,jr"], {"delimiter-in-data"}),
        (["C1,ann@example.org,Ann,x", "C2", ANN], {"delimiter-in-data", "fields-missing"}),
    ],
)
def test_records_with_fields_too_few_or_too_many_are_named_by_their_cause(lines: list[str], codes: set[str]) -> None:
    found = {one.code for one in plain(*lines).findings if one.status is Status.FAIL}
    assert found == codes | {"rows-rejected"}


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "iso8859-1"])
def test_a_header_in_quotation_marks_is_an_enclosure(charset: str) -> None:
    content = write([HEADER, *people(3)], delimiter=",", enclosure='"', charset=charset)
    told = Case(content, charset=charset).answer()
    assert [one.code for one in told.findings] == ["enclosure-on"]
    assert (told.fails, told.accepted) == (True, 0)


@pytest.mark.parametrize(
    ("text", "charset", "code"),
    [
        ("Jürgen".encode(), "cp1252", Code.CHARSET_DOUBTFUL),
        ("Jürgen".encode(), "iso8859-1", Code.CHARSET_DOUBTFUL),
        ("Zoë".encode(), "cp1250", Code.CHARSET_DOUBTFUL),
        ("日本".encode(), "cp1252", Code.CHARSET_DOUBTFUL),
        ("JÃ¼rgen".encode(), "utf-8", Code.CHARSET_DOUBTFUL),
        ("FranÃ§ois".encode("utf-16-le"), "utf-16", Code.CHARSET_DOUBTFUL),
        ("J\ufffdrgen".encode(), "utf-8", Code.LETTER_LOST),
        ("Jürgen".encode(), "utf-8", None),
        ("Jürgen".encode("cp1252"), "cp1252", None),
        ("„Gruß“ «CAFÉ»".encode(), "utf-8", None),
        ("Ã la carte".encode(), "utf-8", None),
    ],
)
def test_text_in_the_wrong_character_set_is_a_warning(text: bytes, charset: str, code: Code | None) -> None:
    coded = "utf-16-le" if charset == "utf-16" else charset
    content = "CUSTOMER_ID_,CITY_\nC1,".encode(coded) + text + "\n".encode(coded)
    told = judged(content, ImportOptions(FileForm(charset=charset), Target(match_column="CUSTOMER_ID_")))
    assert [(one.code, one.lines, one.column) for one in told.reasons] == ([(code, (2,), "CITY_")] if code else [])
    if code:
        found = finding(told, code.value)
        assert (found.status, told.accepted) == (Status.WARN, 1)
        assert "line 2" in found.seen


def dated(*values: str, upload: str = "") -> PreflightResult:
    lines = ["CUSTOMER_ID_,SINCE", *(f"C{number},{value}" for number, value in enumerate(values)), ""]
    columns = (Column("CUSTOMER_ID_", "STR255"), Column("SINCE", "TIMESTAMP"))
    return judged("\n".join(lines).encode(), ImportOptions(target=Target(columns=columns, date_format=upload)))


NOON = {
    "yyyy-MM-dd HH24:mi:ss": "2024-03-25 14:07:09",
    "yyyy-MM-dd HH24:mi": "2024-03-25 14:07",
    "yyyy-MM-dd HH:mi AM": "2024-03-25 02:07 PM",
    "yyyy-MM-dd HH:mi:ss AM": "2024-03-25 02:07:09 PM",
    "yyyyMMdd HH24:mi:ss": "20240325 14:07:09",
    "MM/dd/yyyy HH:mi:ss AM": "03/25/2024 02:07:09 PM",
    "yyyy/MM/dd HH24:mi:ss": "2024/03/25 14:07:09",
    "MM/dd/yyyy HH:miAM": "03/25/2024 02:07PM",
    "MM/dd/RRRR HH24:mi:ss": "03/25/2024 14:07:09",
    "MM/dd/yyyy HH24:mi": "03/25/2024 14:07",
    "MM-dd-yyyy HH:mi:ss AM": "03-25-2024 02:07:09 PM",
    "MM-dd-yyyy HH:miAM": "03-25-2024 02:07PM",
    "MM-dd-yyyy HH24:mi": "03-25-2024 14:07",
    "dd-MON-yyyy HH:mi:ss AM": "25-MAR-2024 02:07:09 PM",
    "dd-MON-RRRR HH24:mi:ss": "25-MAR-2024 14:07:09",
    "dd-MON-RRRR HH:mi AM": "25-MAR-2024 02:07 PM",
    "dd-MON-RR HH24:mi:ss": "25-MAR-24 14:07:09",
    "dd-MON-RR HH:mi AM": "25-MAR-24 02:07 PM",
    "DD/MM/yyyy HH24:mi:ss": "25/03/2024 14:07:09",
}


def test_every_date_format_of_connect_is_known() -> None:
    assert set(NOON) == {one.name for one in DATE_FORMATS}


@pytest.mark.parametrize("name", NOON)
def test_the_format_of_a_column_is_named_and_held_against_the_one_for_uploads(name: str) -> None:
    other = "dd-MON-RR HH:mi AM" if name != "dd-MON-RR HH:mi AM" else "yyyy-MM-dd HH24:mi"
    right, wrong = dated(NOON[name], "", upload=name), dated(NOON[name], upload=other)
    assert (right.accepted, finding(right, "date-format").seen) == (2, f"SINCE: {name}.")
    found = finding(wrong, "date-format-differs")
    assert (wrong.accepted, found.status) == (1, Status.WARN)
    assert f"SINCE is in {name}; the date format for uploads is {other}." in found.seen


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["03/05/2024 14:07:09", "12/12/2024 14:07:09"], "date-format-ambiguous"),
        (["03/05/2024 14:07:09", "03/25/2024 14:07:09", "25/03/2024 14:07:09"], "date-format-mixed"),
        (["2024-03-25 14:07:09", "2024-03-25 14:07"], "date-format-mixed"),
        (["2024-03-25", "25-MAR-24 14:07:09"], "date-format-mixed"),
        (["03/05/2024 14:07:09", "25/03/2024 14:07:09"], "date-format-differs"),
        (["2024-03-25T14:07:09"], "date-format-differs"),
    ],
)
def test_dates_that_can_be_misread_are_a_warning(values: list[str], code: str) -> None:
    told = dated(*values)
    assert (told.rejected, finding(told, code).status) == (0, Status.WARN)


def test_only_a_value_in_no_format_is_rejected() -> None:
    told = dated("2024-03-25 14:07:09", "25.03.2024", "31/02/2024 14:07:09", "soon", "2024-03-25 14:07:09")
    assert [(one.code, one.lines) for one in told.reasons] == [(Code.TYPE_FORMAT, (3, 4, 5))]
    assert finding(told, "date-format").status is Status.PASS


def test_day_and_month_that_may_be_swapped_are_reported() -> None:
    told = dated("03/05/2024 14:07:09", "25/03/2024 14:07:09", upload="MM/dd/RRRR HH24:mi:ss")
    assert "swapped without a message" in finding(told, "date-format-differs").why
