"""Integration settings: Save logs in to Responsys and says what is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cxr_tui.sandbox.shared.screens import PageError
from support.sandboxes.audience_setting import START, Stage, stage
from support.sandboxes.truth import audience_truth

PAGE = "Account > Integration settings > Responsys"
INSERT = "Insert new profile list records from Responsys"
LIST = "Profile List in CX Audience that Responsys behavioral data should be available in"
MATCH = "Select a column from Responsys that will be used to match records to the CX Audience customer list"


async def test_save_logs_in_and_shows_all_but_the_password() -> None:
    async with stage() as on:
        await on.save_settings()
        assert on.responsys.logins == ["CXAudienceIntegrationacmeretail"]
        values = (await on.visit(PAGE)).values
        assert values["Account Name"] == "acmeretail"
        assert values[INSERT] is False
        assert values["Status"] == "Saved"
        assert values["Connection"] == "Connected"
        assert "Password" not in values
        assert on.responsys.password not in repr(on.twin.account)


async def test_entries_without_save_stay_a_draft() -> None:
    async with stage() as on:
        shows = await on.visit(PAGE, **{"Account Name": "acmeretail", "Password": "x"})
        assert shows.values["Account Name"] == "acmeretail"
        assert shows.values["Status"] == "Not saved"
        assert on.responsys.logins == []
        assert on.twin.account.settings is None
        with pytest.raises(PageError, match="Account URL: this field is required"):
            await on.visit(PAGE, press="Save")


@pytest.mark.parametrize(
    ("entry", "value", "says"),
    [
        ("Account Name", "Acmeretail", "Enter the exact name"),
        ("Account Name", "acmeretail ", None),
        ("Password", "wrong", "INVALID_USER_NAME_PASSWORD"),
        ("Account URL", "https://login5.responsys.net", "could not be reached"),
        ("Account URL", "login", "login could not be reached"),
        (LIST, "customer_profiles", "not offered"),
        (MATCH, "RIID_", "not offered"),
        ("Account URL", "http://127.0.0.1:1", "could not be reached"),
    ],
)
async def test_a_wrong_entry_is_refused_with_its_cause(entry: str, value: str, says: str | None) -> None:
    async with stage() as on:
        if says is None:
            await on.save_settings(**{entry: value})
            return
        with pytest.raises(PageError, match=says):
            await on.save_settings(**{entry: value})
        assert on.twin.account.settings is None


async def test_the_box_in_responsys_comes_first() -> None:
    async with stage() as on:
        on.responsys.account.integration_enabled = False
        with pytest.raises(PageError, match="Enable Responsys and CX Audience Integration"):
            await on.save_settings()
        assert on.responsys.logins == []


async def test_match_column_must_exist_on_both_sides() -> None:
    async with stage() as on:
        for table in on.responsys.account.lists.values():
            table.columns = [column for column in table.columns if column[0] != "MOBILE_NUMBER_"]
        with pytest.raises(PageError, match="no profile list in Responsys has a column MOBILE_NUMBER_"):
            await on.save_settings(**{MATCH: "MOBILE_NUMBER_"})


async def test_unknown_labels_and_buttons_are_refused() -> None:
    async with stage() as on:
        with pytest.raises(PageError, match='there is no "Account name"'):
            await on.visit(PAGE, **{"Account name": "acmeretail"})
        with pytest.raises(PageError, match='no button "save"'):
            await on.visit(PAGE, press="save")
        with pytest.raises(PageError, match="it takes no value of this kind"):
            await on.visit(PAGE, **{INSERT: "yes"})


async def test_insert_cannot_be_undone() -> None:
    async with stage() as on:
        await on.save_settings(**{INSERT: True})
        with pytest.raises(PageError, match="Contact Oracle Support"):
            await on.save_settings(**{INSERT: False})
        assert audience_truth(on.twin)["settings"]["insert_new"] is True


async def test_a_new_password_alone_is_enough_for_the_next_save() -> None:
    async with stage() as on:
        await on.save_settings()
        on.responsys.password = "Another-1"
        await on.visit(PAGE, press="Save", Password="Another-1")
        assert len(on.responsys.logins) == 2
        assert on.twin.account.settings is not None
        assert on.twin.account.settings["Password"].reveal() == "Another-1"


async def _with_behavior(on: Stage) -> Any:  # noqa: ANN401 - what the page shows
    return (await on.visit("Data > Manage Customer Data")).values["Records with behavior"]


async def test_behavior_joins_by_match_column_also_for_people_who_come_later() -> None:
    async with stage() as on:
        for customer in ("C1", "C2"):
            on.responsys.account.lists["CUSTOMERS"].insert({"CUSTOMER_ID_": customer}, START)
        on.profiles.insert({"CUSTOMER_ID_": "C1"}, START)
        on.profiles.insert({"CUSTOMER_ID_": "C9"}, START)
        await on.save_settings()
        assert await _with_behavior(on) == "0"
        await on.clock.advance(START + timedelta(hours=1))
        assert await _with_behavior(on) == "1"
        on.profiles.insert({"CUSTOMER_ID_": "C2"}, START)
        assert await _with_behavior(on) == "2"


async def test_a_password_changed_on_one_side_only_stops_it_before_the_user_is_locked() -> None:
    async with stage() as on:
        await on.save_settings()
        on.responsys.password = "Changed-2"
        await on.clock.advance(START + timedelta(days=7))
        assert len(on.responsys.logins) == 1 + 2
        shown = (await on.visit(PAGE)).values["Connection"]
        assert "INVALID_USER_NAME_PASSWORD" in shown
        await on.visit(PAGE, press="Save", Password="Changed-2")
        await on.clock.advance(on.clock.now() + timedelta(hours=1))
        assert (await on.visit(PAGE)).values["Connection"] == "Connected"
        assert on.clock.failures == []
