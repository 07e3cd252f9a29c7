"""Column mapping: the proposal, each kind of wrong line, and the step that judges it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Status, Verdict
from cxr_tui.domain.responsys_data import Column, ListSchema
from cxr_tui.guide.checks.columns import Problem, fits, mapping_problems, mended_mapping, proposed_mapping
from cxr_tui.guide.steps.import_.target_definition import STEP
from support.worlds.scripted_world import ScriptedOperator, ScriptedResponsys, ScriptedWorld, checked, codes, finding

OURS = ListSchema(
    "CUSTOMERS",
    tuple(
        Column(*pair)
        for pair in (
            ("RIID_", "INTEGER"),
            ("CUSTOMER_ID_", "STR255"),
            ("EMAIL_ADDRESS_", "STR500"),
            ("CITY_", "STR50"),
            ("FIRST_NAME", "STR25"),
            ("AGE_RANGE", "STR25"),
            ("POINTS", "NUMBER"),
            ("NOTE", "STR4000"),
        )
    ),
)
THEIRS = ListSchema(
    "CUSTOMER_PROFILES",
    tuple(
        Column(*pair)
        for pair in (
            ("RIID_", "INTEGER"),
            ("CUSTOMER_ID_", "STR255"),
            ("EMAIL_ADDRESS_", "STR500"),
            ("CITY_", "STR25"),
            ("FIRST_NAME", "STR50"),
            ("POINTS", "INTEGER"),
            ("NOTE", "STR255"),
        )
    ),
)
MATCH = {"CUSTOMER_ID_": "CUSTOMER_ID_"}
BASE: dict[str, Value] = {
    "source-connectivity.job_name": "Import",
    "select-object.list": "CUSTOMERS",
    "integration-settings.profile_list": "CUSTOMER_PROFILES",
    "integration-settings.match_column": "CUSTOMER_ID_",
    "integration-settings.carried": ["CUSTOMER_ID_", "EMAIL_ADDRESS_", "EMAIL_DOMAIN_", "FIRST_NAME", "CREATED_DATE_"],
}


def test_the_proposal_leaves_out_what_each_product_keeps() -> None:
    carried = [
        "RIID_",
        "CUSTOMER_ID_",
        "EMAIL_PERMISSION_STATUS_",
        "EMAIL_PERMISSION_REASON_",
        "EMAIL_MD5_HASH_",
        "NAME",
    ]
    assert proposed_mapping(carried, "CUSTOMER_ID_") == {"CUSTOMER_ID_": "CUSTOMER_ID_", "NAME": "NAME"}
    assert list(proposed_mapping(carried, "EMAIL_MD5_HASH_")) == ["CUSTOMER_ID_", "EMAIL_MD5_HASH_", "NAME"]
    assert list(proposed_mapping(["NAME"], "CUSTOMER_ID_")) == ["CUSTOMER_ID_", "NAME"]


@pytest.mark.parametrize(
    ("line", "said", "guessed"),
    [
        ({"RIID_": "RIID_"}, "own record id", True),
        ({"FIRST_NAME": "RIID_"}, "own record id", True),
        ({"FIRST_NAM": "FIRST_NAME"}, "Did you mean FIRST_NAME?", False),
        ({"AGE_RANGE": "AGE_RANGE"}, "CUSTOMER_PROFILES in CX Audience has no such column", False),
        ({"CITY_": "FIRST_NAME"}, "one is a system column, the other a custom one", True),
        ({"FIRST_NAME": "CITY_"}, "one is a system column, the other a custom one", True),
        ({"CITY_": "EMAIL_ADDRESS_"}, "two different system columns", True),
        ({"POINTS": "POINTS"}, "NUMBER does not fit into INTEGER", False),
        ({"NOTE": "NOTE"}, "STR4000 does not fit into STR255", False),
        ({"FIRST_NAME": "FIRST_NAME", "AGE_RANGE": "FIRST_NAME"}, "are all mapped to FIRST_NAME", False),
        ({"EMAIL_ADDRESS_": "CUSTOMER_ID_"}, "two different system columns", True),
    ],
)
def test_every_kind_of_wrong_line_is_named_and_mended(line: dict[str, str], said: str, guessed: bool) -> None:
    mapping = {**line, **MATCH} if "CUSTOMER_ID_" not in line.values() else line
    problems = mapping_problems(mapping, OURS, THEIRS, "CUSTOMER_ID_")
    assert [one.guessed for one in problems if said in one.text][:1] == [guessed], problems
    assert mapping_problems(mended_mapping(mapping, OURS, THEIRS, "CUSTOMER_ID_"), OURS, THEIRS, "CUSTOMER_ID_") == []


@given(
    st.dictionaries(st.sampled_from([c.name for c in OURS.columns]), st.sampled_from([c.name for c in THEIRS.columns]))
)
def test_a_mended_mapping_is_always_in_order(mapping: dict[str, str]) -> None:
    mended = mended_mapping(mapping, OURS, THEIRS, "CUSTOMER_ID_")
    assert mapping_problems(mended, OURS, THEIRS, "CUSTOMER_ID_") == []


def test_the_match_column_must_be_mapped() -> None:
    problems = mapping_problems({"FIRST_NAME": "FIRST_NAME"}, OURS, THEIRS, "CUSTOMER_ID_")
    assert problems == [Problem("No column is mapped to CUSTOMER_ID_, the match column.")]


@pytest.mark.parametrize(
    ("source", "target", "right"),
    [
        ("STR25", "STR50", True),
        ("STR50", "STR25", False),
        ("CHAR", "STR25", True),
        ("STR25", "CHAR", False),
        ("INTEGER", "NUMBER", True),
        ("NUMBER", "INTEGER", False),
        ("NUMBER", "STR25", True),
        ("TIMESTAMP", "STR25", True),
        ("STR25", "TIMESTAMP", False),
        ("TIMESTAMP", "TIMESTAMP", True),
    ],
)
def test_types_fit_or_not(source: str, target: str, right: bool) -> None:
    assert fits(source, target) is right


def world(screen: dict[str, Value] | None = None) -> ScriptedWorld:
    return ScriptedWorld(
        responsys_user=ScriptedResponsys(schemas=(OURS,)),
        audience_user=ScriptedResponsys(schemas=(THEIRS,)),
        screens=ScriptedOperator({"Target Definition": screen}) if screen else None,
    )


async def test_the_proposal_fits_both_schemas() -> None:
    outcome = await checked(STEP, BASE, world())
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, Status.FAIL) == set()


async def test_a_mapping_in_another_case_is_judged_like_any_other() -> None:
    carried: list[str] = ["customer_id_", "first_name"]
    outcome = await checked(STEP, {**BASE, "integration-settings.carried": carried}, world())
    assert codes(outcome, Status.FAIL) == set()
    assert proposed_mapping(carried, "CUSTOMER_ID_") == {"customer_id_": "customer_id_", "first_name": "first_name"}
    assert mapping_problems({"customer_id_": "customer_id_"}, OURS, THEIRS, "CUSTOMER_ID_") == []
    twice = {"FIRST_NAME": "FIRST_NAME", "AGE_RANGE": "first_name", **MATCH}
    (problem,) = mapping_problems(twice, OURS, THEIRS, "CUSTOMER_ID_")
    assert "FIRST_NAME, AGE_RANGE are all mapped to FIRST_NAME" in problem.text
    assert mended_mapping(twice, OURS, THEIRS, "customer_id_") == {"FIRST_NAME": "FIRST_NAME", **MATCH}


async def test_wrong_lines_are_named_and_fixed_with_one_key() -> None:
    mapping = {"CUSTOMER_ID_": "CUSTOMER_ID_", "RIID_": "RIID_", "NOTE": "NOTE"}
    outcome = await checked(STEP, {**BASE, "target-definition.mapping": mapping}, world())
    assert codes(outcome, Status.FAIL) == {"mapping-wrong"}
    found, doubtful = [one for one in outcome.findings if one.code == "mapping-wrong"]
    assert "NOTE to NOTE" in found.seen
    assert "RIID_" not in found.seen
    assert "RIID_ to RIID_" in doubtful.seen
    assert (doubtful.status, doubtful.source) == (Status.WARN, "C.6")
    assert found.fix is not None
    assert codes(await checked(STEP, {**BASE, **found.fix.answers}, world()), Status.FAIL) == set()


async def test_another_match_column_or_list_is_named() -> None:
    other: dict[str, Value] = {**BASE, "target-definition.match_column": "EMAIL_ADDRESS_"}
    assert "match-column-differs" in codes(await checked(STEP, other, world()), Status.FAIL)
    other = {**BASE, "target-definition.target_list": "OTHER"}
    assert codes(await checked(STEP, other, world()), Status.FAIL) == {"target-list-differs", "list-missing"}


async def test_a_slip_on_the_screen_is_named_with_its_lines() -> None:
    slip: dict[str, Value] = {
        "Target Tables": "CUSTOMER_PROFILES",
        "Match column": "EMAIL_ADDRESS_",
        "Column mapping": {"CUSTOMER_ID_": "CUSTOMER_ID_", "FIRST_NAME": "CITY_"},
    }
    outcome = await checked(STEP, BASE, world(slip))
    assert codes(outcome, Status.FAIL) == {"match-column-differs", "mapping-wrong"}
    assert "FIRST_NAME to CITY_" in finding(outcome, "mapping-wrong").seen


async def test_without_an_api_user_of_cx_audience_a_persons_word_decides() -> None:
    outcome = await checked(STEP, BASE, ScriptedWorld(responsys_user=ScriptedResponsys(schemas=(OURS,))))
    assert outcome.verdict is Verdict.CONFIRMABLE


@pytest.mark.parametrize(
    ("download", "upload", "code", "swapped"),
    [
        ("yyyy-MM-dd HH24:mi:ss", "yyyy-MM-dd HH24:mi:ss", "date-format", False),
        ("DD/MM/yyyy HH24:mi:ss", "MM/dd/RRRR HH24:mi:ss", "date-format-differs", True),
        ("MM/dd/RRRR HH24:mi:ss", "DD/MM/yyyy HH24:mi:ss", "date-format-differs", True),
        ("dd-MON-RR HH:mi AM", "yyyyMMdd HH24:mi:ss", "date-format-differs", False),
        ("yyyyMMdd HH24:mi:ss", "", "", False),
        ("", "yyyyMMdd HH24:mi:ss", "", False),
    ],
)
async def test_the_date_formats_of_both_accounts_are_compared(
    download: str, upload: str, code: str, swapped: bool
) -> None:
    dated = ListSchema("CUSTOMERS", (*OURS.columns, Column("SINCE", "TIMESTAMP")))
    both = ScriptedWorld(
        responsys_user=ScriptedResponsys(schemas=(dated,)),
        audience_user=ScriptedResponsys(schemas=(replace(dated, name="CUSTOMER_PROFILES"),)),
    )
    formats = {"target-definition.download_format": download, "target-definition.upload_format": upload}
    mapping: dict[str, Value] = {"target-definition.mapping": {**MATCH, "SINCE": "SINCE"}}
    outcome = await checked(STEP, {**BASE, **mapping, **formats}, both)
    assert {one.code for one in outcome.findings if one.code.startswith("date-format")} == ({code} if code else set())
    if code == "date-format-differs":
        found = finding(outcome, code)
        assert (found.status, found.source) == (Status.WARN, "H")
        assert download in found.seen
        assert upload in found.seen
        assert "SINCE" in found.seen
        assert ("swaps day and month" in found.why) == swapped
    assert outcome.verdict is Verdict.CONFIRMABLE
