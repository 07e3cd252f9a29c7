"""Steps 8 and 9: lists of both products side by side, and the box that cannot be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import LoginRefusedError, OutsideError, Reach, ServiceFaultError, UnreachableError
from cxr_tui.domain.finding import Outcome, Verdict
from cxr_tui.domain.instruction import SecretRef
from cxr_tui.domain.responsys_data import ListSchema
from cxr_tui.guide.checks.members import LOOKED_UP
from cxr_tui.guide.steps.audience import integration_settings, record_handling
from support.worlds.fake_world import (
    CUSTOMERS,
    PROFILES,
    FakeApi,
    FakeCredentials,
    FakeOperator,
    FakeWorld,
    codes,
    known_to,
    renamed,
    run,
    with_types,
    without,
)

STEP = integration_settings.STEP
PEOPLE = [
    {"CUSTOMER_ID_": f"C{number}", "EMAIL_ADDRESS_": f"p{number}@x.example", "MOBILE_NUMBER_": f"1555{number}"}
    for number in range(20)
]
ANSWERS: dict[str, Value] = {
    "account.account_name": "acmeretail",
    "account.url": "https://login5.responsys.net",
    "account.audience_lists": ["CUSTOMER_PROFILES"],
    "add-user.login_name": "cx",
    "add-user.email": "jo@acme.example",
    "first-password.account_name": "acmeretail",
    "first-password.email": "jo@acme.example",
    "first-password.lists": ["CUSTOMERS", "LOYALTY"],
    "integration-settings.known_members": [one["CUSTOMER_ID_"] for one in PEOPLE],
    "integration-settings.control_members": [one["EMAIL_ADDRESS_"] for one in PEOPLE],
}


def members(people: list[dict[str, str]]) -> dict[tuple[str, str], Mapping[str, str]]:
    """Return records by column and value; of several with the same value, the first."""
    found: dict[tuple[str, str], Mapping[str, str]] = {}
    for person in people:
        for column, value in person.items():
            found.setdefault((column, value), person)
    return found


def world(
    ours: tuple[ListSchema, ...] | OutsideError = (CUSTOMERS,),
    theirs: tuple[ListSchema, ...] | OutsideError | None = (PROFILES,),
    people: list[dict[str, str]] = PEOPLE,
) -> FakeWorld:
    """Return both products with their lists; without an API user of CX Audience where `theirs` is None."""
    return FakeWorld(
        FakeApi(schemas=ours, members=members(people)),
        audience_user=None if theirs is None else FakeApi(schemas=theirs),
        credentials=FakeCredentials({"responsys-password": "x"}),
    )


def fixes(outcome: Outcome) -> list[Mapping[str, Value]]:
    return [one.fix.answers for one in outcome.findings if one.fix]


async def test_two_lists_that_fit_are_said_and_show_no_part_done() -> None:
    outcome = await run(STEP, world(), ANSWERS)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, "fail", "warn", "unknown") == []
    assert outcome.facts["carried"] == ["CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_", "LOYALTY_TIER"]
    left_out = next(one for one in outcome.findings if one.code == "columns-left-out")
    assert "AGE_RANGE" in left_out.seen


async def test_without_an_api_user_of_cx_audience_a_person_compares() -> None:
    outcome = await run(STEP, world(theirs=None), ANSWERS)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert "members-found" in codes(outcome, "pass")


@pytest.mark.parametrize("typed", ["customers", "Customers", "COSTUMERS"])
async def test_a_list_that_is_not_there_gets_its_nearest_name(typed: str) -> None:
    outcome = await run(STEP, world(), ANSWERS | {"integration-settings.responsys_list": typed})
    assert codes(outcome, "fail") == ["list-missing"]
    assert fixes(outcome) == [{"integration-settings.responsys_list": "CUSTOMERS"}]


async def test_a_missing_list_of_cx_audience_is_named_as_its_own() -> None:
    outcome = await run(STEP, world(), ANSWERS | {"integration-settings.profile_list": "PROFILES"})
    (wrong,) = [one for one in outcome.findings if one.status == "fail"]
    assert wrong.code == "list-missing"
    assert wrong.seen.startswith("CX Audience has no list")


@pytest.mark.parametrize("side", ["Responsys", "CX Audience"])
async def test_a_match_column_that_one_side_lacks_names_side_and_choices(side: str) -> None:
    ours = without(CUSTOMERS, "CUSTOMER_ID_") if side == "Responsys" else CUSTOMERS
    theirs = without(PROFILES, "CUSTOMER_ID_") if side == "CX Audience" else PROFILES
    outcome = await run(STEP, world((ours,), (theirs,)), ANSWERS)
    wrong = next(one for one in outcome.findings if one.code == "match-column-absent")
    assert side in wrong.seen
    assert "EMAIL_ADDRESS_, MOBILE_NUMBER_" in wrong.remedy
    assert wrong.fix is not None
    assert wrong.fix.answers == {"integration-settings.match_column": "EMAIL_ADDRESS_"}


async def test_a_column_of_another_type_is_found_and_can_be_left_behind() -> None:
    other = with_types(PROFILES, LOYALTY_TIER="STR50")
    outcome = await run(STEP, world(theirs=(other,)), ANSWERS)
    assert codes(outcome, "fail") == ["column-type-mismatch"]
    (answers,) = fixes(outcome)
    outcome = await run(STEP, world(theirs=(other,)), ANSWERS | dict(answers))
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert "columns-left-behind" in codes(outcome, "pass")


async def test_the_match_column_itself_can_not_be_left_behind() -> None:
    other = with_types(PROFILES, CUSTOMER_ID_="STR100")
    answers = ANSWERS | {"integration-settings.left_behind": ["CUSTOMER_ID_"]}
    outcome = await run(STEP, world(theirs=(other,)), answers)
    assert codes(outcome, "fail") == ["column-type-mismatch"]
    assert fixes(outcome) == []


async def test_a_column_of_the_products_own_is_a_warning_for_nobody_can_change_it() -> None:
    outcome = await run(STEP, world(theirs=(with_types(PROFILES, MOBILE_NUMBER_="STR25"),)), ANSWERS)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, "warn") == ["column-type-mismatch"]


async def test_columns_in_lower_case_are_present_carried_and_left_behind() -> None:
    theirs = renamed(with_types(PROFILES, LOYALTY_TIER="STR50"), str.lower)
    answers = ANSWERS | {"integration-settings.left_behind": ["Loyalty_Tier"]}
    outcome = await run(STEP, world(theirs=(theirs,)), answers)
    assert codes(outcome, "fail", "warn", "unknown") == []
    assert "match-column-present" in codes(outcome, "pass")
    assert outcome.facts["carried"] == ["CUSTOMER_ID_", "EMAIL_ADDRESS_", "MOBILE_NUMBER_"]
    other = renamed(with_types(PROFILES, CUSTOMER_ID_="STR100"), str.lower)
    answers = ANSWERS | {"integration-settings.left_behind": ["customer_id_"]}
    outcome = await run(STEP, world(ours=(renamed(CUSTOMERS, str.lower),), theirs=(other,)), answers)
    assert (codes(outcome, "fail"), fixes(outcome)) == (["column-type-mismatch"], [])


def emptied(share: float) -> list[dict[str, str]]:
    return [one | ({"CUSTOMER_ID_": ""} if number < LOOKED_UP * share else {}) for number, one in enumerate(PEOPLE)]


@pytest.mark.parametrize(("share", "found"), [(0.0, False), (0.1, False), (0.5, True), (1.0, True)])
async def test_a_match_column_that_is_mostly_empty_is_found_by_another_column(share: float, found: bool) -> None:
    people = emptied(share)
    filled = [one["CUSTOMER_ID_"] for one in people if one["CUSTOMER_ID_"]]
    outcome = await run(STEP, world(people=people), ANSWERS | {"integration-settings.known_members": filled})
    assert ("match-column-empty" in codes(outcome, "fail")) is found
    if found:
        (answers,) = fixes(outcome)
        assert answers["integration-settings.match_column"] in {"EMAIL_ADDRESS_", "MOBILE_NUMBER_"}
        again = await run(STEP, world(people=people), ANSWERS | dict(answers))
        assert "match-column-empty" not in codes(again)


async def test_a_match_column_full_of_duplicates_is_found() -> None:
    people = [one | {"CUSTOMER_ID_": f"C{number // 5}"} for number, one in enumerate(PEOPLE)]
    same: dict[str, Value] = {"integration-settings.known_members": [one["CUSTOMER_ID_"] for one in people]}
    outcome = await run(STEP, world(people=people), ANSWERS | same)
    wrong = next(one for one in outcome.findings if one.code == "match-column-empty")
    assert "80% duplicated" in wrong.seen


async def test_members_that_are_not_in_the_list_are_said() -> None:
    outcome = await run(STEP, world(), ANSWERS | {"integration-settings.known_members": ["X1", "X2"]})
    assert codes(outcome, "fail") == ["members-not-found"]
    outcome = await run(STEP, world(), ANSWERS | {"integration-settings.known_members": ["C1", "X2"]})
    assert codes(outcome, "warn") == ["members-unknown"]


async def test_nobody_named_is_a_warning() -> None:
    nobody: dict[str, Value] = {
        "integration-settings.known_members": [],
        "integration-settings.control_members": [],
    }
    outcome = await run(STEP, world(), ANSWERS | nobody)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, "warn") == ["no-sample"]


@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("error", [ServiceFaultError(503, "HTML"), UnreachableError(Reach.CUT, "host")])
async def test_a_side_that_cannot_be_read_is_unknown(side: str, error: OutsideError) -> None:
    broken = world(error) if side == "ours" else world(theirs=error)
    outcome = await run(STEP, broken, ANSWERS)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, "unknown") == ["service-fault"]


async def test_a_refused_user_of_cx_audience_leaves_the_step_to_a_person() -> None:
    outcome = await run(STEP, world(theirs=LoginRefusedError(400, "INVALID_USER_NAME_PASSWORD")), ANSWERS)
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert codes(outcome, "unknown") == ["login-refused"]


async def test_a_box_that_is_not_ticked_in_responsys_is_said_here_too() -> None:
    box = {"Enable Responsys and CX Audience Integration": False}
    shown = replace(world(), screens=FakeOperator({("Account", "CX Audience settings"): box}))
    outcome = await run(STEP, shown, ANSWERS)
    (wrong,) = [one for one in outcome.findings if one.status == "fail"]
    assert wrong.code == "integration-not-enabled"
    assert "step 7" in wrong.remedy


@pytest.mark.parametrize(
    ("changed", "code"),
    [("first-password.account_name", "account-name-mismatch"), ("first-password.email", "user-email-mismatch")],
)
async def test_what_the_login_proved_is_compared_again(changed: str, code: str) -> None:
    outcome = await run(STEP, world(), ANSWERS | {changed: "other"})
    assert codes(outcome, "fail") == [code]


def test_the_list_with_the_likest_name_is_proposed() -> None:
    propose = STEP.field("responsys_list").proposal
    known: dict[str, Value] = {"account.audience_lists": ["CUSTOMER_PROFILES"]}
    assert propose(Known(known | {"first-password.lists": ["LOYALTY", "CUSTOMERS"]})) == "CUSTOMERS"
    assert propose(Known(known | {"first-password.lists": ["ZZ"]})) == "ZZ"
    assert propose(Known({})) is None
    later: dict[str, Value] = {"first-password.lists": [], "organization-assignment.lists": ["CUSTOMERS"]}
    assert propose(Known(known | later)) == "CUSTOMERS"


@pytest.mark.parametrize(
    ("column", "brings"),
    [
        ("CUSTOMER_ID_", {"First records", "First records: EMAIL_ADDRESS_"}),
        ("MOBILE_NUMBER_", {"First records: MOBILE_NUMBER_", "First records: EMAIL_ADDRESS_"}),
        ("EMAIL_MD5_HASH_", {"First records: EMAIL_MD5_HASH_", "First records"}),
    ],
)
def test_two_columns_are_read_off_the_list(column: str, brings: set[str]) -> None:
    records, page = STEP.visits(known_to(STEP, ANSWERS | {"integration-settings.match_column": column}))
    assert set(records.brings) == brings
    assert page.entries["Password"] == SecretRef("responsys-password")
    assert page.press == ()  # Save belongs to the last box of the page, a step of its own


INSERT = "Insert new profile list records from Responsys"
SENTENCE = "Yes, this cannot be undone"


def page(**shown: Value) -> FakeOperator:
    """Return an operator that sees the saved page."""
    screen: dict[str, Value] = {"Account Name": "acmeretail", "Status": "Saved", INSERT: False}
    return FakeOperator({("Account", "Integration settings", "Responsys"): screen | shown})


def handling(insert: str, confirmation: str = "", **more: Value) -> dict[str, Value]:
    """Return answers of the record handling step."""
    answers: dict[str, Value] = {"record-handling.insert_new": insert, "record-handling.confirmation": confirmation}
    return answers | {f"record-handling.{name}": value for name, value in more.items()}


@pytest.mark.parametrize("typed", ["", "yes", SENTENCE.lower()])
async def test_yes_without_the_sentence_stops(typed: str) -> None:
    outcome = await run(record_handling.STEP, FakeWorld(), handling("yes", typed))
    assert codes(outcome) == ["insert-irreversible"]
    assert fixes(outcome) == [{"record-handling.insert_new": "no"}]


async def test_yes_with_the_sentence_rests_on_a_word_and_is_remembered() -> None:
    outcome = await run(record_handling.STEP, FakeWorld(), handling("yes", SENTENCE))
    assert outcome.verdict is Verdict.CONFIRMABLE
    assert outcome.facts == {"answered_yes": True}
    assert any("Oracle Support" in one.why for one in outcome.findings)


async def test_no_after_yes_is_a_warning() -> None:
    outcome = await run(record_handling.STEP, FakeWorld(), handling("no", answered_yes=True))
    assert codes(outcome, "warn") == ["insert-irreversible"]


@pytest.mark.parametrize(
    ("answer", "operator", "failed"),
    [
        (handling("no"), page(), []),
        (handling("yes", SENTENCE), page(**{INSERT: True}), []),
        (handling("no"), page(**{INSERT: True}), ["insert-irreversible"]),
    ],
)
async def test_what_is_saved_is_seen_by_an_operator(
    answer: dict[str, Value], operator: FakeOperator, failed: list[str]
) -> None:
    outcome = await run(record_handling.STEP, FakeWorld(screens=operator), answer)
    assert codes(outcome, "fail") == failed
    assert outcome.verdict is (Verdict.FAILED if failed else Verdict.CONFIRMABLE)


def test_the_page_is_saved_with_the_box_as_answered() -> None:
    (visit,) = record_handling.STEP.visits(known_to(record_handling.STEP, handling("yes", SENTENCE)))
    assert visit.entries == {INSERT: True}
    assert visit.press == ("Save",)
