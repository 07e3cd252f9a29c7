"""Lists, members and objects of the Responsys twin by REST, and who may see them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from support.sandboxes.responsys_setting import (
    LIST_ROLE,
    MANAGED_USER,
    TABLE_ROLE,
    USER,
    Stage,
    error_of,
    responsys_stage,
)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with responsys_stage(tmp_path) as made:
        yield made


async def test_lists_come_as_a_bare_array_with_all_columns_in_order(stage: Stage) -> None:
    await stage.integration_user()
    lists = (await stage.get("/lists", await stage.token())).json()
    assert [one["name"] for one in lists] == ["CUSTOMERS", "LOYALTY"]
    columns = [(field["fieldName"], field["fieldType"]) for field in lists[0]["fields"]]
    assert tuple(columns[: len(SYSTEM_COLUMNS)]) == SYSTEM_COLUMNS
    assert ("AGE_RANGE", "STR25") in columns


async def test_each_role_opens_its_own_category_and_no_other(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    open_to = {
        LIST_ROLE: ["/lists", "/lists/CUSTOMERS/members/count", "/filters"],
        TABLE_ROLE: ["/suppData"],
        "Campaign Web Services Manager": ["/campaigns"],
        "Folder Web Services Manager": ["/folders"],
    }
    for given in open_to:
        await stage.visit(*MANAGED_USER, "Role Assignment", entries={"Functional roles": [given]}, press=("Save",))
        for role, paths in open_to.items():
            for path in paths:
                answer = await stage.get(path, token)
                if role == given:
                    assert answer.status_code == 200, path
                else:
                    assert error_of(answer) == (401, "INSUFFICIENT_ACCESS"), path
        assert (await stage.get("/user/info", token)).status_code == 200


async def test_a_user_below_root_sees_its_own_organization_only(stage: Stage) -> None:
    await stage.integration_user(organization="Root/Outlet")
    token = await stage.token()
    assert [one["name"] for one in (await stage.get("/lists", token)).json()] == ["LOYALTY"]
    assert error_of(await stage.get("/lists/CUSTOMERS/members/count", token)) == (401, "INSUFFICIENT_ACCESS")
    assert (await stage.get("/suppData", token)).json() == {"items": []}
    assert (await stage.get("/filters", token)).json() == {"items": []}
    seen = (await stage.get("/attributes/organizations", token)).json()["attributes"]["organizations"]
    assert [one["lineage"] for one in seen["attributeValues"]] == ["Root/Outlet"]
    tab = (*MANAGED_USER, "Organization Assignment")
    await stage.visit(*tab, entries={"Organization": "Root"}, press=("Save",))
    assert len((await stage.get("/lists", token)).json()) == 2
    root = (await stage.get("/attributes/organizations", token)).json()["attributes"]["organizations"]
    assert root["attributeValues"][0]["name"] == "Root"
    assert root["attributeValues"][0]["children"][0]["name"] == "Outlet"


async def test_members_by_each_attribute(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    row = next(
        row for row in stage.twin.account.lists["CUSTOMERS"].rows() if row["MOBILE_NUMBER_"] and row["EMAIL_ADDRESS_"]
    )
    attributes = {
        "r": "RIID_",
        "e": "EMAIL_ADDRESS_",
        "c": "CUSTOMER_ID_",
        "m": "MOBILE_NUMBER_",
        "e_md5": "EMAIL_MD5_HASH_",
        "e_sha256": "EMAIL_SHA256_HASH_",
    }
    for qa, column in attributes.items():
        query = {"qa": qa, "id": row[column], "fs": "RIID_,CITY_"}
        body = (await stage.get("/lists/CUSTOMERS/members", token, query)).json()
        assert body["recordData"]["fieldNames"] == ["RIID_", "CITY_"]
        assert [row["RIID_"], row["CITY_"]] in body["recordData"]["records"]
        assert body["mergeRule"] is None
    query = {"qa": "r", "id": row["RIID_"], "fs": "all"}
    every = (await stage.get("/lists/CUSTOMERS/members", token, query)).json()["recordData"]
    assert dict(zip(every["fieldNames"], every["records"][0], strict=True)) == row


async def test_what_is_not_there_and_what_is_not_allowed(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    members = "/lists/CUSTOMERS/members"
    assert (await stage.get("/lists/CUSTOMERS/members/count", token)).json()["count"] == 60
    missing = await stage.get("/lists/customers/members/count", token)
    assert error_of(missing) == (404, "LIST_NOT_FOUND")
    assert missing.json()["detail"] == "customers List Not Found"
    nobody = {"qa": "c", "id": "nobody"}
    assert error_of(await stage.get(members, token, nobody)) == (404, "RECORD_NOT_FOUND")
    no_such_field = {"qa": "r", "id": "1", "fs": "RIID_,SHOE_SIZE"}
    assert error_of(await stage.get(members, token, no_such_field)) == (400, "INVALID_FIELD_NAME")
    assert error_of(await stage.get("/shoes", token)) == (404, "RESOURCE_NOT_FOUND")
    assert error_of(await stage.call("PATCH", "/lists", token)) == (404, "RESOURCE_NOT_FOUND")


async def test_a_list_is_found_whatever_its_name(stage: Stage) -> None:
    await stage.integration_user()
    stage.twin.account.lists["a/b [/]"] = stage.twin.account.lists["LOYALTY"]
    answer = await stage.get("/lists/a%2Fb%20%5B%2F%5D/members/count", await stage.token())
    assert answer.json()["count"] == len(stage.twin.account.lists["LOYALTY"])


async def test_a_published_audience_needs_audience_designer_to_be_seen(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()

    async def names() -> list[str]:
        return [one["name"] for one in (await stage.get("/filters", token)).json()["items"]]

    before = await names()
    stage.twin.publish("Gold members", "CUSTOMERS")
    assert await names() == before
    stage.twin.account.audience_designer = True
    assert await names() == [*before, "Gold members"]
    stage.twin.publish("Gold members", "CUSTOMERS")
    assert await names() == [*before, "Gold members"]
    last = (await stage.get("/filters", token)).json()["items"][-1]
    assert last["filterSubType"] == "CX Audience"


async def test_pages_of_the_account(stage: Stage) -> None:
    assert (await stage.visit("Account")).values == {
        "Account name": "acmeretail",
        "Account display name": "Acme Retail",
    }
    configuration = await stage.visit("Account", "Global settings", "Account configuration")
    assert configuration.values == {"Login host": stage.urls.login}
    box = "Enable Responsys and CX Audience Integration"
    settings = ("Account", "CX Audience settings")
    assert (await stage.visit(*settings, entries={box: True})).values == {box: False}, "not saved yet"
    assert not stage.twin.account.integration_enabled
    await stage.visit(*settings, entries={box: True}, press=("Save",))
    assert stage.twin.account.integration_enabled


async def test_the_page_of_a_list(stage: Stage) -> None:
    shown = (await stage.visit("Data", "Profile Lists", "CUSTOMERS")).values
    rows = list(stage.twin.account.lists["CUSTOMERS"].rows())
    assert shown["First records"] == [row["CUSTOMER_ID_"] for row in rows[:10]]
    mobiles = [row["MOBILE_NUMBER_"] for row in rows if row["MOBILE_NUMBER_"]]
    assert shown["First records: MOBILE_NUMBER_"] == mobiles[:10]


async def test_the_user_s_own_page_shows_what_was_entered(stage: Stage) -> None:
    await stage.create_user()
    shown = (await stage.visit(*MANAGED_USER)).values
    assert shown["Login name"] == USER
    assert shown["User status"] == "Active"
    assert shown["Can create Programs / Campaigns without Org. Scope for targeting"] is False
    assert (await stage.visit(*MANAGED_USER, "Role Assignment")).values == {"Functional roles": [LIST_ROLE, TABLE_ROLE]}
    assert (await stage.visit(*MANAGED_USER, "Organization Assignment")).values == {"Organization": "Root"}
