"""What preflight says of header, mapping and the sums over a file."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.responsys_data import Column
from cxr_tui.preflight.import_options import FileForm, Plan, PlanError, Target, charset_of, delimiter_of, enclosure_of
from cxr_tui.preflight.result import Answer, answer_from, shape_of
from cxr_tui.preflight.runner import judge_file
from cxr_tui.preflight.validation import duplicates
from cxr_tui.preflight.validation.duplicates import Keys
from cxr_tui.preflight.validation.engine import pl
from cxr_tui.preflight.validation.rules import Code
from support.preflight_files import HEADER, KINDS, MAPPING, Case, Given
from support.reference_reader import write

GOOD = ["1", "C1", "a@b.co", "H", "491701234567", "DE", "Rome", "2026-01-01 10:00:00", "Anna", "1", "1.5"]


def answer(*rows: list[str], mapping: dict[str, str] | None = None, header: list[str] | None = None) -> Answer:
    return Case(write([header or HEADER, *rows], delimiter=","), mapping=mapping or MAPPING).answer()


def finding(told: Answer, code: str) -> Finding:
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
        ({"FIRST_NAME": "NAME"}, "FIRST_NAME to NAME: CUSTOMER_PROFILES has no such column"),
        ({"FIRST_NAME": "CITY_"}, "several columns go to CITY_"),
        ({"CUSTOMER_ID_": "FIRST_NAME"}, "nothing goes to CUSTOMER_ID_"),
    ],
)
def test_a_wrong_line_of_the_mapping_fails_the_run(line: dict[str, str], said: str) -> None:
    told = answer(*people(2), mapping={**MAPPING, **line})
    assert said in finding(told, "mapping-wrong").seen
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
    plan = Plan(
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


def test_the_wrong_delimiter_looks_like_a_missing_header() -> None:
    told = Case(write([HEADER, *people(2)], delimiter=";")).answer()
    assert "delimiter" in finding(told, "header-off").remedy


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


def judged(content: bytes, plan: Plan) -> Answer:
    return judge_file(Given(content), plan, None, lambda _: None, threading.Event())


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
    told = json.dumps(answer(*rows).document())
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


def test_an_answer_is_read_back_from_its_document() -> None:
    rows = people(3)
    rows[0][2], rows[1][6] = "broken", "x" * 60
    rows[2][1] = "C1"
    told = answer(*rows, header=[*HEADER[:-1], "lifetime_value"])
    back = answer_from(json.loads(json.dumps(told.document())))
    assert back == replace(told, seconds=back.seconds)
    assert [sample.value for one in back.reasons for sample in one.samples] == [None, None]


def test_the_shape_of_a_value_keeps_its_signs_and_none_of_its_letters() -> None:
    assert shape_of("Ab1-é٣ß\x00") == "Xx9-x9x␀"
    assert len(shape_of("y" * 500)) == 40


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
        with pytest.raises(PlanError):
            charset_of(wrong)
    for delimiter in ("", ",,", "a", '"', "\n", "é"):
        with pytest.raises(PlanError):
            FileForm(delimiter)
    with pytest.raises(PlanError):
        FileForm(enclosure="'")


@pytest.mark.parametrize("in_memory", [10_000_000, 1500, 50])
@pytest.mark.parametrize("values", [3001, 7, 1])
def test_duplicates_are_exact_whether_they_fit_into_memory_or_not(
    monkeypatch: pytest.MonkeyPatch, in_memory: int, values: int
) -> None:
    monkeypatch.setattr(duplicates, "_AT_ONCE", 1000)
    monkeypatch.setattr(duplicates, "_EVERY", 5)
    keys = Keys(in_memory)
    lines: dict[str, list[int]] = {}
    try:
        for start in (2, 402, 1202, 802, *range(1602, 4002, 400)):  # doubtful records come later than their neighbours
            numbers = range(start, start + 400)
            texts = [str(number * 7919 % values if number % 3 else number) for number in numbers]
            for number, text in zip(numbers, texts, strict=True):
                lines.setdefault(text, []).append(number)
            keys.add(pl.DataFrame({"line": list(numbers), "key": texts}, schema={"line": pl.Int64, "key": pl.String}))
        found = keys.find()
        assert bool(keys._heavy) == (values < 100)
    finally:
        keys.close()
    shared = sorted(sorted(one) for one in lines.values() if len(one) > 1)
    assert (found.distinct, found.rows) == (len(lines), 4000 - len(lines))
    assert [(list(one.lines), one.wins) for one in found.examples] == [(one[:10], one[-1]) for one in shared[:10]]
