"""Lists, members and objects of the Responsys twin by REST, and who may see them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cxr_tui.sandbox.lists import SYSTEM_COLUMNS
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
        LIST_ROLE: ["/lists", "/lists/CUSTOMERS/fields", "/lists/CUSTOMERS/members/count", "/filters"],
        TABLE_ROLE: ["/suppData", "/folder/Lists/suppData/ORDERS"],
        "Campaign Web Services Manager": ["/campaigns"],
        "Folder Web Services Manager": ["/folders", "/folders/Lists/content"],
        "Program Web Services Manager": ["/programs"],
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
        assert (await stage.get("/settings/account", token)).status_code == 200


async def test_a_user_below_root_sees_its_own_organization_only(stage: Stage) -> None:
    await stage.integration_user(organization="Root/Outlet")
    token = await stage.token()
    assert [one["name"] for one in (await stage.get("/lists", token)).json()] == ["LOYALTY"]
    assert error_of(await stage.get("/lists/CUSTOMERS/fields", token)) == (401, "INSUFFICIENT_ACCESS")
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
    row = next(row for row in stage.twin.lists["CUSTOMERS"].rows() if row["MOBILE_NUMBER_"] and row["EMAIL_ADDRESS_"])
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
        assert body["links"][0]["href"].startswith("/rest/api/v1.3/lists/CUSTOMERS/members?qa=")
    every = (await stage.get(f"/lists/CUSTOMERS/members/{row['RIID_']}", token, {"fs": "all"})).json()["recordData"]
    assert dict(zip(every["fieldNames"], every["records"][0], strict=True)) == row


async def test_what_is_not_there_and_what_is_not_allowed(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    members = "/lists/CUSTOMERS/members"
    missing = await stage.get("/lists/customers/fields", token)
    assert error_of(missing) == (404, "LIST_NOT_FOUND")
    assert missing.json()["detail"] == "customers List Not Found"
    expected = {
        (404, "RECORD_NOT_FOUND"): {"qa": "c", "id": "nobody"},
        (400, "INVALID_PARAMETER"): {"qa": "x", "id": "nobody"},
    }
    for refusal, query in expected.items():
        assert error_of(await stage.get(members, token, query)) == refusal
    no_such_field = {"qa": "r", "id": "1", "fs": "RIID_,SHOE_SIZE"}
    assert error_of(await stage.get(members, token, no_such_field)) == (400, "INVALID_FIELD_NAME")
    assert error_of(await stage.get(members, token)) == (400, "INVALID_PARAMETER")
    assert error_of(await stage.get("/shoes", token)) == (404, "RESOURCE_NOT_FOUND")
    assert error_of(await stage.call("PATCH", "/lists", token)) == (404, "RESOURCE_NOT_FOUND")


async def test_counts(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    table = stage.twin.lists["CUSTOMERS"]
    address = next(row["EMAIL_ADDRESS_"] for row in table.rows() if row["EMAIL_ADDRESS_"])

    async def count(query: dict[str, str] | None = None) -> int:
        return int((await stage.get("/lists/CUSTOMERS/members/count", token, query)).json()["count"])

    assert await count() == len(table) == 60
    assert await count({"qa": "e", "id": address.upper()}) == len(table.find("EMAIL_ADDRESS_", address))
    assert await count({"qa": "c", "id": "nobody"}) == 0


def merge_body(rows: list[list[str | None]], **rule: object) -> dict[str, object]:
    names = ["CUSTOMER_ID_", "EMAIL_ADDRESS_", "EMAIL_PERMISSION_STATUS_", "LIFETIME_VALUE"]
    defaults = {
        "insertOnNoMatch": True,
        "updateOnMatch": "REPLACE_ALL",
        "matchColumnName1": "CUSTOMER_ID_",
        "optinValue": "Y",
        "optoutValue": "N",
    }
    return {"recordData": {"fieldNames": names, "records": rows}, "mergeRule": {**defaults, **rule}}


async def test_merging_inserts_updates_and_reports_bad_records_in_place(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    table = stage.twin.lists["CUSTOMERS"]
    known = next(iter(table.rows()))
    rows: list[list[str | None]] = [
        ["N-1", "one@example.com", "Y", "12.50"],
        [known["CUSTOMER_ID_"], "moved@example.com", None, "7"],
        ["N-2", "two@example.com", "", "1w"],
        ["", "three@example.com", "", "1"],
    ]
    body = (await stage.call("POST", "/lists/CUSTOMERS/members", token, json=merge_body(rows))).json()
    first, second, third, fourth = [record[0] for record in body["recordData"]["records"]]
    assert body["recordData"]["fieldNames"] == ["RIID_"]
    assert body["mergeRule"]["matchColumnName1"] == "CUSTOMER_ID_"
    assert second == known["RIID_"]
    assert table.find("RIID_", second)[0]["EMAIL_ADDRESS_"] == "moved@example.com"
    assert third == 'MERGEFAILED: Record 2 = The value "1w" is not valid for the field type NUMBER\r\n'
    assert fourth.startswith("MERGEFAILED: Record 3")
    new = table.find("RIID_", first)[0]
    assert (new["EMAIL_PERMISSION_STATUS_"], new["EMAIL_DOMAIN_"]) == ("I", "example.com")
    assert new["MOBILE_PERMISSION_STATUS_"] == "O", "opted out unless the rule says otherwise"
    assert not table.find("CUSTOMER_ID_", "N-2")


async def test_merge_rules(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    table = stage.twin.lists["CUSTOMERS"]
    known = next(iter(table.rows()))["CUSTOMER_ID_"]

    async def merge(rows: list[list[str | None]], **rule: object) -> list[str]:
        body = merge_body(rows, **rule)
        answer = await stage.call("POST", "/lists/CUSTOMERS/members", token, json=body)
        return [str(record[0]) for record in answer.json()["recordData"]["records"]]

    assert (await merge([["N-9", "n@example.com", "", ""]], insertOnNoMatch=False))[0].startswith("MERGEFAILED")
    before = table.find("CUSTOMER_ID_", known)
    await merge([[known, "other@example.com", "", ""]], updateOnMatch="NO_UPDATE")
    assert table.find("CUSTOMER_ID_", known) == before
    assert (await merge([["N-8", "", "", ""]], rejectRecordIfChannelEmpty="E"))[0].startswith("MERGEFAILED")
    assert (await merge([["N-7", "n@example.com", "", ""]], defaultPermissionStatus="OPTIN"))[0].isdigit()
    assert table.find("CUSTOMER_ID_", "N-7")[0]["EMAIL_PERMISSION_STATUS_"] == "I"


async def test_a_merge_takes_two_hundred_records_and_known_columns_only(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    path = "/lists/CUSTOMERS/members"
    rows: list[list[str | None]] = [[f"M-{number}", "", "", ""] for number in range(201)]
    too_many = await stage.call("POST", path, token, json=merge_body(rows))
    assert error_of(too_many) == (400, "RECIPIENT_LIMIT_EXCEEDED")
    assert (await stage.call("POST", path, token, json=merge_body(rows[:200]))).status_code == 200
    strange = merge_body([], matchColumnName1="CITY_")
    assert error_of(await stage.call("POST", path, token, json=strange)) == (400, "INVALID_PARAMETER")
    unknown = {**merge_body([]), "recordData": {"fieldNames": ["SHOE_SIZE"], "records": []}}
    assert error_of(await stage.call("POST", path, token, json=unknown)) == (400, "INVALID_FIELD_NAME")
    assert error_of(await stage.call("POST", path, token, content=b"{")) == (400, "INVALID_PARAMETER")


async def test_deleting(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()
    table = stage.twin.lists["CUSTOMERS"]
    for number in range(12):
        table.insert({"CUSTOMER_ID_": f"D-{number}", "MOBILE_NUMBER_": "15550001"}, stage.clock.now())
    query = {"qa": "m", "id": "15550001"}
    gone = (await stage.call("DELETE", "/lists/CUSTOMERS/members", token, params=query)).json()
    assert (gone["totalMatchedRecords"], gone["remainingRecordCount"], gone["hasMoreRecords"]) == (12, 2, True)
    bulk = {"queryAttribute": "c", "ids": ["D-10", "D-11", "D-12"], "fieldList": ["CUSTOMER_ID_"]}
    read = (await stage.call("POST", "/lists/CUSTOMERS/members", token, {"action": "get"}, json=bulk)).json()
    assert read["recordData"]["records"] == [["D-10"], ["D-11"]]
    deleted = (await stage.call("POST", "/lists/CUSTOMERS/members", token, {"action": "delete"}, json=bulk)).json()
    assert [len(record) for record in deleted["recordData"]["records"]] == [1, 1, 1]
    assert deleted["recordData"]["records"][2][0].startswith("DELETEFAILED")
    assert not table.find("MOBILE_NUMBER_", "15550001")


async def test_a_published_audience_needs_audience_designer_to_be_seen(stage: Stage) -> None:
    await stage.integration_user()
    token = await stage.token()

    async def names() -> list[str]:
        return [one["name"] for one in (await stage.get("/filters", token)).json()["items"]]

    before = await names()
    stage.twin.publish("Gold members", "CUSTOMERS", ["1000000001"])
    assert await names() == before
    stage.twin.audience_designer = True
    assert await names() == [*before, "Gold members"]
    stage.twin.publish("Gold members", "CUSTOMERS", ["1000000001", "1000000002"])
    assert await names() == [*before, "Gold members"]
    last = (await stage.get("/filters", token, {"offset": str(len(before)), "limit": "1"})).json()["items"]
    assert [(one["name"], one["filterSubType"]) for one in last] == [("Gold members", "CX Audience")]
    assert error_of(await stage.get("/filters", token, {"limit": "201"})) == (400, "INVALID_PARAMETER")


async def test_pages_of_the_account(stage: Stage) -> None:
    assert (await stage.visit("Account")).values == {
        "Account name": "acmeretail",
        "Account display name": "Acme Retail",
        "Pod": "5",
        "Time zone": "America/New_York",
    }
    configuration = await stage.visit("Account", "Global settings", "Account configuration")
    assert configuration.values == {"Login host": stage.urls.login, "Web services end point": stage.urls.api}
    box = "Enable Responsys and CX Audience Integration"
    settings = ("Account", "CX Audience settings")
    assert (await stage.visit(*settings, entries={box: True})).values == {box: False}, "not saved yet"
    assert not stage.twin.integration_enabled
    await stage.visit(*settings, entries={box: True}, press=("Save",))
    assert stage.twin.integration_enabled


async def test_the_page_of_a_list(stage: Stage) -> None:
    shown = (await stage.visit("Data", "Profile Lists", "CUSTOMERS")).values
    rows = list(stage.twin.lists["CUSTOMERS"].rows())
    assert shown["Records"] == "60"
    assert shown["First records"] == [row["CUSTOMER_ID_"] for row in rows[:10]]
    mobiles = [row["MOBILE_NUMBER_"] for row in rows if row["MOBILE_NUMBER_"]]
    assert shown["First records: MOBILE_NUMBER_"] == mobiles[:10]
    assert "AGE_RANGE" in shown["Columns"]


async def test_behaviour_is_made_from_people_and_grows_with_time(stage: Stage) -> None:
    now = stage.twin.behaviour_events()
    assert now == stage.twin.behaviour_events()
    assert {event.channel for event in now} <= {"Email", "SMS", "Mobile App"}
    assert {event.kind for event in now} <= {"sent", "opened", "clicked"}
    event = now[0]
    assert stage.twin.lists[event.list_name].find("RIID_", event.riid) == [dict(event.row)]
    await stage.clock.advance(stage.clock.now().replace(day=30))
    later = stage.twin.behaviour_events()
    assert later[: len(now)] == now
    assert len(later) > len(now)
    assert [one.at for one in later] == sorted(one.at for one in later)


async def test_the_user_s_own_page_shows_what_was_entered(stage: Stage) -> None:
    await stage.create_user()
    shown = (await stage.visit(*MANAGED_USER)).values
    assert shown["Login name"] == USER
    assert shown["User status"] == "Active"
    assert shown["Can create Programs / Campaigns without Org. Scope for targeting"] is False
    assert (await stage.visit(*MANAGED_USER, "Role Assignment")).values == {"Functional roles": [LIST_ROLE, TABLE_ROLE]}
    assert (await stage.visit(*MANAGED_USER, "Organization Assignment")).values == {"Organization": "Root"}
