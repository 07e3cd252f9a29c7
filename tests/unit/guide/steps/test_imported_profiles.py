"""The end of the way: rows rejected, people compared, the audience in Responsys, a password changed on one side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import LoginRefusedError
from cxr_tui.domain.finding import Status, Verdict
from cxr_tui.domain.responsys_data import ListSchema
from cxr_tui.guide.checks.members import differences, same_value
from cxr_tui.guide.checks.rejected_rows import rejection_cause
from cxr_tui.guide.steps.export import destination_specification, select_object
from cxr_tui.guide.steps.import_ import imported_profiles
from cxr_tui.guide.steps.live import go_live
from support.worlds.scripted_world import (
    ScriptedCredentials,
    ScriptedOperator,
    ScriptedResponsys,
    ScriptedWorld,
    checked,
    codes,
    finding,
)

BASE: dict[str, Value] = {
    "first-password.time_zone": "America/New_York",
    "source-connectivity.job_name": "Import",
    "select-object.job_name": "Export",
    "select-object.list": "CUSTOMERS",
    "integration-settings.known_members": ["1", "2", "", "2"],
    "integration-settings.match_column": "CUSTOMER_ID_",
    "target-definition.target_list": "CUSTOMER_PROFILES",
    "target-definition.match_column": "CUSTOMER_ID_",
    "target-definition.mapping": {"CUSTOMER_ID_": "CUSTOMER_ID_", "CITY_": "CITY_", "POINTS": "SCORE"},
    "imported-profiles.status": "succeeded",
    "imported-profiles.processed": "5000",
    "imported-profiles.rejected": "0",
}
for _step, _at in (("export-schedule", "04:00"), ("import-schedule", "06:00")):
    BASE |= {
        f"{_step}.schedule": "daily",
        f"{_step}.date": "2026-06-09",
        f"{_step}.time": _at,
        f"{_step}.every_days": 1,
        f"{_step}.expiration": "never",
    }


def person(
    number: str, city: str = "Boston", points: str = "1.50", modified: str = "2026-06-01 10:00:00"
) -> dict[str, str]:
    return {"CUSTOMER_ID_": number, "CITY_": city, "POINTS": points, "SCORE": points, "MODIFIED_DATE_": modified}


def both(ours: list[dict[str, str]], theirs: list[dict[str, str]]) -> ScriptedWorld:
    return ScriptedWorld(
        responsys_user=ScriptedResponsys(people={one["CUSTOMER_ID_"]: one for one in ours}),
        audience_user=ScriptedResponsys(people={one["CUSTOMER_ID_"]: one for one in theirs}),
    )


async def test_people_with_the_same_values_are_the_proof() -> None:
    world = both([person("1"), person("2")], [person("1", points="1.5"), person("2", " Boston ")])
    outcome = await checked(imported_profiles.STEP, BASE, world)
    assert outcome.verdict is Verdict.VERIFIED
    assert {one.status for one in outcome.findings} == {Status.PASS}


async def test_missing_people_and_other_values_are_named() -> None:
    outcome = await checked(
        imported_profiles.STEP, BASE, both([person("1"), person("2")], [person("1", "Albany", "7")])
    )
    assert codes(outcome, Status.FAIL) == {"members-missing", "members-differ"}
    told = finding(outcome, "members-differ").seen
    assert "CITY_ is 'Boston' in Responsys and 'Albany' in CX Audience" in told
    assert "SCORE is '1.50' in Responsys and '7' in CX Audience" in told
    assert finding(outcome, "members-differ").unnamed == "1 sample records have different values in CX Audience."
    assert finding(outcome, "members-missing").unnamed == "1 sample records are not in CX Audience."


@pytest.mark.parametrize(
    ("modified", "tolerated"),
    [
        ("2026-06-10 07:59:59", True),  # in New York's time that is after the export, which the column may mean
        ("2026-06-10 08:20:00", True),
        ("2026-06-10 03:59:00", False),
        ("2026-06-09 20:00:00", False),
        ("", False),
        ("yesterday", False),
    ],
)
async def test_a_change_after_the_export_is_tolerated(modified: str, tolerated: bool) -> None:
    world = both([person("1", modified=modified), person("2")], [person("1", "Albany"), person("2")])
    outcome = await checked(imported_profiles.STEP, BASE, world)
    assert (codes(outcome, Status.FAIL) == set()) is tolerated


async def test_rejected_rows_are_named_with_their_reasons() -> None:
    values: dict[str, Value] = {
        **BASE,
        "imported-profiles.rejected": "1,012",
        "imported-profiles.log": ["INFO: begun", "WARNING: 1012 records were rejected: INVALID DATA FORMAT"],
    }
    outcome = await checked(imported_profiles.STEP, values, both([person("1")], [person("1")]))
    assert codes(outcome, Status.FAIL) == {"rows-rejected"}
    seen = finding(outcome, "rows-rejected").seen
    assert "1,012 of 5000 records were rejected: 1012 for INVALID DATA FORMAT" in seen


async def test_a_failed_run_is_named_with_the_lines_of_its_log() -> None:
    failed: dict[str, Value] = {
        **BASE,
        "imported-profiles.status": "Failed",
        "imported-profiles.log": ["ERROR: no file"],
    }
    outcome = await checked(imported_profiles.STEP, failed, both([person("1")], [person("1")]))
    assert "ERROR: no file" in finding(outcome, "import-failed").seen


UNKNOWN_WORDS = ("Complete", "Completed with errors", "Done", "Finished", "Partial success", "OK", "Error", "Success")


@pytest.mark.parametrize("word", UNKNOWN_WORDS)
async def test_a_status_word_that_no_document_mentions_is_shown_and_a_person_judges(word: str) -> None:
    values: dict[str, Value] = {**BASE, "imported-profiles.status": word}
    alone = await checked(imported_profiles.STEP, values, ScriptedWorld(responsys_user=ScriptedResponsys()))
    assert alone.verdict is Verdict.CONFIRMABLE
    assert not codes(alone, Status.FAIL)
    assert "import-succeeded" not in codes(alone, Status.PASS)
    assert f"Completed Jobs shows: {word}." in finding(alone, "run-status-not-known").seen
    # people with the same values are evidence, whatever the word; people who are missing are not passed by it
    assert (
        await checked(imported_profiles.STEP, values, both([person("1")], [person("1")]))
    ).verdict is Verdict.VERIFIED
    assert (await checked(imported_profiles.STEP, values, both([person("1")], []))).verdict is Verdict.FAILED


@pytest.mark.parametrize("line", ["succeeded", "Succeeded", "succeeded, 5000 records, 2026-06-10 06:04"])
async def test_the_documented_words_are_understood_in_any_case(line: str) -> None:
    values: dict[str, Value] = {**BASE, "imported-profiles.status": line}
    outcome = await checked(imported_profiles.STEP, values, both([person("1")], [person("1")]))
    assert "import-succeeded" in codes(outcome, Status.PASS)


async def test_a_run_under_way_is_waited_for() -> None:
    values: dict[str, Value] = {**BASE, "imported-profiles.status": "Running"}
    assert (await checked(imported_profiles.STEP, values, both([], []))).verdict is Verdict.WAITING


async def test_without_a_run_it_waits_for_the_slot() -> None:
    outcome = await checked(imported_profiles.STEP, {**BASE, "imported-profiles.status": ""}, both([], []))
    assert outcome.verdict is Verdict.WAITING
    assert outcome.waiting is not None
    assert outcome.waiting.until == datetime(2026, 6, 11, 10, 45, tzinfo=UTC)


async def test_without_an_api_user_or_members_a_persons_word_decides() -> None:
    alone = ScriptedWorld(responsys_user=ScriptedResponsys())
    assert (await checked(imported_profiles.STEP, BASE, alone)).verdict is Verdict.CONFIRMABLE
    nobody: dict[str, Value] = {**BASE, "integration-settings.known_members": []}
    assert (await checked(imported_profiles.STEP, nobody, both([], []))).verdict is Verdict.CONFIRMABLE


async def test_what_a_look_up_lacks_is_named() -> None:
    without_members: dict[str, Value] = {**BASE, "integration-settings.known_members": []}
    no_password = replace(both([], []), credentials=ScriptedCredentials({"audience-api-password"}))
    no_reader = ScriptedWorld(responsys_user=ScriptedResponsys())
    for values, world, lacking in (
        (BASE, no_reader, "no CX Audience API user was entered (step 1)"),
        (without_members, both([], []), "no sample records were entered (step 8)"),
        (BASE, no_password, "no integration user's password is stored (step 6)"),
    ):
        outcome = await checked(imported_profiles.STEP, values, world)
        assert lacking in finding(outcome, "members-not-looked-up").seen


async def test_a_refused_login_of_the_optional_user_is_named_and_stops_nothing() -> None:
    world = both([person("1"), person("2")], [])
    assert world.audience_user is not None
    world.audience_user.error = LoginRefusedError(400, "INVALID_USER_NAME_PASSWORD")
    outcome = await checked(imported_profiles.STEP, BASE, world)
    assert codes(outcome, Status.FAIL) == set()
    assert codes(outcome, Status.UNKNOWN) == {"login-refused"}
    assert outcome.verdict is Verdict.CONFIRMABLE


def test_only_columns_that_both_records_have_are_compared() -> None:
    found = differences({"A": "A", "B": "B"}, {"A": "1"}, {"A": "2", "B": "3"})
    assert found == ("A is '1' in Responsys and '2' in CX Audience",)
    assert differences({"B": "B"}, {"A": "1"}, {"B": "3"}) == ()
    assert same_value(" 1.50", "1.5")
    assert not same_value("02110", "2110")
    assert not same_value("a", "A")
    assert not same_value("", "0")


def test_a_mapping_in_another_case_finds_the_record_s_columns() -> None:
    (found,) = differences({"city_": "City_"}, {"CITY_": "Boston"}, {"CITY_": "Albany"})
    assert found == "City_ is 'Boston' in Responsys and 'Albany' in CX Audience"
    wrong = rejection_cause(
        {"CUSTOMER_ID_": "1", "MOBILE_NUMBER_": "12"}, ["customer_id_", "mobile_number_"], "CUSTOMER_ID_"
    )
    assert wrong.startswith("MOBILE_NUMBER_ '12' (")


LIVE: dict[str, Value] = {
    **BASE,
    "integration-settings.profile_list": "CUSTOMER_PROFILES",
    "go-live.audience_name": "First",
    "audience-designer.sr_number": "3-77",
}


async def test_a_visible_audience_and_a_working_login_prove_it() -> None:
    world = ScriptedWorld(responsys_user=ScriptedResponsys(audiences=("First",)))
    outcome = await checked(go_live.STEP, LIVE, world)
    assert outcome.verdict is Verdict.VERIFIED
    assert {one.code for one in outcome.findings} == {"login-works", "audience-visible"}


@pytest.mark.parametrize(("count", "told"), [("61", True), ("0", False), ("", False)])
async def test_behavioral_data_is_told_as_the_person_saw_it(count: str, told: bool) -> None:
    world = ScriptedWorld(responsys_user=ScriptedResponsys(audiences=("First",)))
    outcome = await checked(go_live.STEP, {**LIVE, "go-live.behavior": count}, world)
    assert outcome.verdict is Verdict.VERIFIED
    seen = [one.seen for one in outcome.findings if one.code == "behavior-shown"]
    assert seen == (["CX Audience shows behavioral data for 61 records, as entered."] if told else [])


@pytest.mark.parametrize(("typed", "taken"), [("61", True), (61, True), (0, True), ("soon", False), (-1, False)])
def test_only_a_count_of_records_is_taken(typed: Value, taken: bool) -> None:
    rule = go_live.STEP.field("behavior").rule
    assert rule is not None
    assert (rule(typed, Known({})) is None) is taken


async def test_an_invisible_audience_points_at_the_service_request() -> None:
    outcome = await checked(go_live.STEP, LIVE, ScriptedWorld(responsys_user=ScriptedResponsys(audiences=("first",))))
    assert (codes(outcome, Status.FAIL), codes(outcome, Status.WARN)) == (set(), {"audience-designer-off"})
    assert outcome.verdict is Verdict.CONFIRMABLE
    found = finding(outcome, "audience-designer-off")
    assert "3-77" in found.remedy
    assert "is spelled differently" in found.seen


@pytest.mark.parametrize(
    ("connection", "failed"),
    [
        ("Connected", set()),
        ("Responsys refused the login of CXA: INVALID_USER_NAME_PASSWORD - Wrong", {"password-one-sided"}),
        ("Responsys refused the login of CXA: API_DISABLED_FOR_USER", set()),
    ],
)
async def test_a_password_that_cx_audience_lacks_is_told_from_other_trouble(connection: str, failed: set[str]) -> None:
    world = ScriptedWorld(
        responsys_user=ScriptedResponsys(audiences=("First",)),
        screens=ScriptedOperator({"Responsys": {"Connection": connection}}),
    )
    assert codes(await checked(go_live.STEP, LIVE, world), Status.FAIL) == failed


@pytest.mark.parametrize(("name", "code"), [("Export: daily/all", "job-name-invalid"), ("x" * 101, "job-name-invalid")])
async def test_a_job_name_that_connect_refuses_is_named_and_mended(name: str, code: str) -> None:
    lists = (ListSchema("CUSTOMERS", ()),)
    world = ScriptedWorld(responsys_user=ScriptedResponsys(schemas=lists, counts={"CUSTOMERS": 5}))
    values: dict[str, Value] = {"integration-settings.responsys_list": "CUSTOMERS", "select-object.job_name": name}
    outcome = await checked(select_object.STEP, values, world)
    assert codes(outcome, Status.FAIL) == {code}
    fix = finding(outcome, code).fix
    assert fix is not None
    assert codes(await checked(select_object.STEP, {**values, **fix.answers}, world), Status.FAIL) == set()


async def test_a_list_that_is_gone_is_named_with_its_neighbours() -> None:
    world = ScriptedWorld(responsys_user=ScriptedResponsys(schemas=(ListSchema("CUSTOMERS", ()),)))
    outcome = await checked(select_object.STEP, {"integration-settings.responsys_list": "customers"}, world)
    found = finding(outcome, "list-missing")
    assert found.fix is not None
    assert found.fix.answers == {"select-object.list": "CUSTOMERS"}


async def test_the_sample_is_searched_for_the_delimiter() -> None:
    people = {"1": person("1", "Boston, MA"), "2": person("2", "a;b")}
    world = ScriptedWorld(responsys_user=ScriptedResponsys(people=people))
    outcome = await checked(destination_specification.STEP, BASE, world)
    assert codes(outcome, Status.FAIL) == {"delimiter-in-data"}
    found = finding(outcome, "delimiter-in-data")
    assert "1 of 2 sample records" in found.seen
    assert "CITY_ (1)" in found.seen
    assert found.fix is not None
    assert found.fix.answers == {"destination-specification.delimiter": "Tab"}
    mended = await checked(destination_specification.STEP, {**BASE, **found.fix.answers}, world)
    assert mended.verdict is Verdict.CONFIRMABLE


@pytest.mark.parametrize(
    ("name", "value", "code", "status"),
    [
        ("enclosure", '"', "enclosure-on", Status.FAIL),
        ("header", False, "header-off", Status.WARN),
        ("suffix", "YYYYMMDD", "date-suffix", Status.WARN),
        ("prefix", "YYYYMMDD", "date-suffix", Status.WARN),
        ("encryption", "Compress file", "encryption-off", Status.FAIL),
    ],
)
async def test_answers_that_the_import_cannot_live_with_are_named(
    name: str, value: Value, code: str, status: Status
) -> None:
    world = ScriptedWorld(responsys_user=ScriptedResponsys(people={"1": person("1")}))
    values: dict[str, Value] = {**BASE, f"destination-specification.{name}": value}
    outcome = await checked(destination_specification.STEP, values, world)
    assert codes(outcome, Status.FAIL, Status.WARN) == codes(outcome, status) == {code}
    fix = finding(outcome, code).fix
    assert fix is not None
    mended = await checked(destination_specification.STEP, {**values, **fix.answers}, world)
    assert codes(mended, Status.FAIL, Status.WARN) == set()


async def test_what_a_search_of_the_sample_lacks_is_named() -> None:
    no_password = ScriptedWorld(credentials=ScriptedCredentials(set()))
    without_sample: dict[str, Value] = {**BASE, "integration-settings.known_members": []}
    for values, world, lacking in (
        (BASE, no_password, "password is not stored"),
        (without_sample, ScriptedWorld(), "no sample records were entered"),
    ):
        outcome = await checked(destination_specification.STEP, values, world)
        assert lacking in finding(outcome, "sample-not-searched").seen
