"""Causes, not symptoms: which key was refused and why, which value an import rejects, what stands where on a screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import SftpLoginError
from cxr_tui.domain.finding import Status
from cxr_tui.domain.responsys_data import Column, ListSchema
from cxr_tui.guide.checks.rejected_rows import rejection_cause, rejection_reasons
from cxr_tui.guide.steps.export import destination_connectivity, select_object
from cxr_tui.guide.steps.import_ import imported_profiles, target_definition
from support.worlds.scripted_world import (
    HOST_KEY,
    ScriptedFileServer,
    ScriptedOperator,
    ScriptedResponsys,
    ScriptedWorld,
    checked,
    codes,
    finding,
)

CONNECTIVITY: dict[str, Value] = {
    "account.account_name": "acme",
    "select-object.job_name": "Export",
    "destination-connectivity.file_location": "Responsys file server",
    "destination-connectivity.path": "download",
    "destination-connectivity.server": "files.example",
    "destination-connectivity.user_name": "acme_scp",
    "destination-connectivity.host_key": HOST_KEY.fingerprint,
}
PRINT = "SHA256:abcdef"


@pytest.mark.parametrize(
    ("kind", "bits", "user", "seen", "remedy"),
    [
        ("ssh-ed25519", 255, "acme_scp", f"has the type ssh-ed25519 ({PRINT})", "ssh-keygen -t rsa"),
        ("ecdsa-sha2-nistp256", 256, "acme_scp", "ecdsa-sha2-nistp256", "ssh-keygen -t rsa"),
        ("ssh-rsa", 768, "acme_scp", "has 768 bits", "3072 bits"),
        ("ssh-rsa", 3072, "acme", "the SCP user is usually acme_scp", "Compare User name"),
        ("ssh-rsa", 3072, "acme_scp", f"ssh-rsa, 3072 bits, {PRINT}) for acme_scp", "status Completed"),
        ("", 0, "acme_scp", "the key (of this file) for acme_scp", "status Completed"),
    ],
)
async def test_a_refused_key_is_told_with_its_cause(kind: str, bits: int, user: str, seen: str, remedy: str) -> None:
    server = ScriptedFileServer({"download": ()}, error=SftpLoginError("no", kind, bits, PRINT))
    values = {**CONNECTIVITY, "destination-connectivity.user_name": user}
    outcome = await checked(destination_connectivity.STEP, values, ScriptedWorld(server=server))
    assert codes(outcome, Status.FAIL) == {"sftp-auth"}
    assert seen in finding(outcome, "sftp-auth").seen
    assert remedy in finding(outcome, "sftp-auth").remedy


async def test_the_keys_that_the_page_shows_are_told_where_a_machine_can_look() -> None:
    server = ScriptedFileServer({"download": ()}, error=SftpLoginError("no", "ssh-rsa", 3072, PRINT))
    screens = {"SSH2 Keys management": {"mine": "Processing"}}
    world = ScriptedWorld(server=server, screens=ScriptedOperator(screens))
    outcome = await checked(destination_connectivity.STEP, CONNECTIVITY, world)
    assert "SSH2 Keys management shows mine: Processing." in finding(outcome, "sftp-auth").seen


async def test_an_empty_list_is_told_with_those_that_are_not() -> None:
    lists = tuple(ListSchema(name, (Column("RIID_", "INTEGER"),)) for name in ("A", "B", "C"))
    user = ScriptedResponsys(schemas=lists, counts={"A": 0, "B": 0, "C": 1200})
    values: dict[str, Value] = {"select-object.job_name": "Export", "select-object.list": "A"}
    outcome = await checked(select_object.STEP, values, ScriptedWorld(responsys_user=user))
    assert finding(outcome, "list-empty").seen == "A has no records. Lists with records: C (1,200)."
    user.counts = dict.fromkeys("ABC", 0)
    outcome = await checked(select_object.STEP, values, ScriptedWorld(responsys_user=user))
    assert "No other list" in finding(outcome, "list-empty").seen


async def test_a_mapping_that_differs_on_the_screen_is_told_line_by_line() -> None:
    columns = tuple(Column(name, "STR255") for name in ("CUSTOMER_ID_", "CITY_", "FIRST", "LAST"))
    side = ScriptedResponsys(schemas=(ListSchema("L", columns), ListSchema("P", columns)))
    same = {name: name for name in ("CUSTOMER_ID_", "CITY_", "FIRST")}
    values: dict[str, Value] = {
        "source-connectivity.job_name": "Import",
        "select-object.list": "L",
        "integration-settings.profile_list": "P",
        "integration-settings.match_column": "CUSTOMER_ID_",
        "target-definition.target_list": "P",
        "target-definition.match_column": "CUSTOMER_ID_",
        "target-definition.mapping": same,
    }
    mapped = {"CUSTOMER_ID_": "CUSTOMER_ID_", "FIRST": "LAST", "LAST": "FIRST"}
    there: dict[str, Value] = {"Column mapping": mapped, "Match column": "CITY_"}
    world = ScriptedWorld(
        responsys_user=side, audience_user=side, screens=ScriptedOperator({"Target Definition": there})
    )
    outcome = await checked(target_definition.STEP, values, world)
    assert codes(outcome, Status.FAIL) == {"mapping-wrong", "match-column-differs"}
    wrong = finding(outcome, "mapping-wrong")
    for line in (
        "FIRST to LAST (entered here: FIRST to FIRST)",
        "none (entered here: CITY_ to CITY_)",
        "LAST to FIRST (entered here: none)",
    ):
        assert line in wrong.seen
    for order in ("change FIRST to FIRST", "map CITY_ to CITY_", "leave LAST unmapped"):
        assert order in wrong.remedy


PERSON = {
    "CUSTOMER_ID_": "C1",
    "EMAIL_ADDRESS_": "a@example.com",
    "MOBILE_NUMBER_": "15005550142",
    "MOBILE_COUNTRY_": "US",
}


@pytest.mark.parametrize(
    ("column", "value", "wanted"),
    [
        ("MOBILE_NUMBER_", "500-555-0142", "6 to 15 digits and nothing else"),
        ("MOBILE_NUMBER_", "12345", "6 to 15 digits and nothing else"),
        ("MOBILE_NUMBER_", "1" * 16, "6 to 15 digits and nothing else"),
        ("MOBILE_COUNTRY_", "USA", "two letters"),
        ("EMAIL_ADDRESS_", "a.example.com", "an address"),
        ("CUSTOMER_ID_", " ", "some value, because records are matched by it"),
    ],
)
def test_the_value_that_an_import_rejects_is_found(column: str, value: str, wanted: str) -> None:
    found = rejection_cause({**PERSON, column: value}, PERSON, "CUSTOMER_ID_")
    assert found == f"{column} {value.strip()!r} ({wanted} wanted)"
    others = [name for name in PERSON if name != column]
    assert rejection_cause({**PERSON, column: value}, others, "CITY_") == ""


def test_a_person_without_any_identity_is_found_and_a_sound_one_is_not_suspected() -> None:
    assert rejection_cause(PERSON, PERSON, "CUSTOMER_ID_") == ""
    nobody = rejection_cause({"CITY_": "Rome"}, ["CITY_", "CUSTOMER_ID_"], "CITY_")
    assert "EMAIL_ADDRESS_" in nobody


@given(st.lists(st.text(max_size=80), max_size=5))
def test_any_log_can_be_read(lines: list[str]) -> None:
    assert all(isinstance(told, str) for told in rejection_reasons(lines))
    assert rejection_reasons([*lines, "WARNING: 1,204 records were rejected: match field cannot be empty"])[-1] == (
        "1,204 for match field cannot be empty"
    )


IMPORTED: dict[str, Value] = {
    "source-connectivity.job_name": "Import",
    "select-object.list": "L",
    "integration-settings.known_members": ["C1", "C2", "C3"],
    "target-definition.target_list": "P",
    "target-definition.match_column": "CUSTOMER_ID_",
    "target-definition.mapping": {name: name for name in PERSON},
    "imported-profiles.status": "succeeded",
    "imported-profiles.processed": "3",
    "imported-profiles.rejected": "1",
    "imported-profiles.log": ["WARNING: 1 records were rejected: INVALID FORMAT FOR MOBILE NUMBER"],
}


async def test_whom_a_rejection_explains_is_told_with_it_and_others_on_their_own() -> None:
    ours = {name: {**PERSON, "CUSTOMER_ID_": name} for name in ("C1", "C2", "C3")}
    ours["C2"] = {**ours["C2"], "MOBILE_NUMBER_": "500-555"}
    world = ScriptedWorld(
        responsys_user=ScriptedResponsys(people=ours), audience_user=ScriptedResponsys(people={"C1": ours["C1"]})
    )
    outcome = await checked(imported_profiles.STEP, IMPORTED, world)
    assert codes(outcome, Status.FAIL) == {"rows-rejected", "members-missing"}
    assert "C2 with MOBILE_NUMBER_ '500-555'" in finding(outcome, "rows-rejected").seen
    assert "1 for INVALID FORMAT FOR MOBILE NUMBER" in finding(outcome, "rows-rejected").seen
    assert finding(outcome, "members-missing").seen.endswith(": C3.")
    none_rejected = await checked(imported_profiles.STEP, {**IMPORTED, "imported-profiles.rejected": "0"}, world)
    assert codes(none_rejected, Status.FAIL) == {"members-missing"}
    assert "C2, C3" in finding(none_rejected, "members-missing").seen
