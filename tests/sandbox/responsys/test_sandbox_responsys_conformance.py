"""Every documented call that the Responsys twin implements, held against the shapes of the published API description.

`data/responsys-swagger.json` is an excerpt of version 2023.03.03: the calls below with the definitions they need. Where
samples and recorded traffic correct the description (facts A.7), the correction stands here, with its reason.
"""

import json
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cxr_tui.sandbox.responsys import permissions
from support.paths import DATA
from support.sandboxes.responsys_setting import PASSWORD, Stage, responsys_stage

SWAGGER = DATA / "responsys-swagger.json"
ALL_ROLES = tuple(permissions.WEB_SERVICE_ROLES)


@cache
def description() -> dict[str, Any]:
    """Return the description with the corrections that samples and traffic make."""
    document: dict[str, Any] = json.loads(SWAGGER.read_text(encoding="utf-8"))
    definitions = document["definitions"]
    # Documented sample: GET /lists answers a bare array, not an object with items.
    definitions["lists-collection"] = definitions["lists-collection"]["properties"]["items"]
    for name in ("profileListRecipients", "deleteListRecipientsUsingQueryAttributes", "retrieveListRecipientCount"):
        properties = definitions[name]["properties"]
        # Observed: links is an array of links; mapTemplateName and, where nothing is merged, mergeRule are null.
        if "links" in properties:
            properties["links"] = {"type": "array", "items": properties["links"]}
        if "recordData" in properties:
            properties["recordData"]["properties"]["mapTemplateName"]["type"] = ["string", "null"]
        if "mergeRule" in properties:
            properties["mergeRule"]["type"] = ["object", "null"]
    # The rule of a merge may leave its texts out as null (facts A.8: rejectRecordIfChannelEmpty; documented).
    rule = definitions["profileListRecipients"]["properties"]["mergeRule"]["properties"]
    rule["rejectRecordIfChannelEmpty"]["type"] = ["string", "null"]
    return document


def validate(verb: str, template: str, body: object) -> None:
    """Check an answer against the schema of its call, additional members included in what is allowed."""
    schema = description()["paths"][f"/rest/api/v1.3{template}"][verb]["responses"]["default"]["schema"]
    jsonschema.Draft202012Validator(
        {**schema, "definitions": description()["definitions"]},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    ).validate(body)


MERGE = {
    "recordData": {
        "fieldNames": ["CUSTOMER_ID_", "EMAIL_ADDRESS_", "LIFETIME_VALUE"],
        "records": [["C-NEW", "new@example.com", "12.5"], ["C-BAD", "bad@example.com", "1w"]],
        "mapTemplateName": None,
    },
    "mergeRule": {
        "htmlValue": "H",
        "textValue": "T",
        "optinValue": "I",
        "optoutValue": "O",
        "insertOnNoMatch": True,
        "updateOnMatch": "REPLACE_ALL",
        "matchColumnName1": "CUSTOMER_ID_",
        "matchOperator": "NONE",
        "rejectRecordIfChannelEmpty": None,
        "defaultPermissionStatus": "OPTIN",
    },
}


def calls(riids: list[str], customer: str) -> list[tuple[str, str, str, dict[str, str], object]]:
    """Return verb, template, path, query and body of every documented call, in an order in which all succeed."""
    members = "/lists/{listName}/members"
    bulk = {"fieldList": ["RIID_", "CITY_"], "ids": riids[:2], "queryAttribute": "r"}
    return [
        ("get", "/user/info", "/user/info", {}, None),
        ("get", "/settings/account", "/settings/account", {}, None),
        ("get", "/settings/account/endpoint", "/settings/account/endpoint", {}, None),
        ("get", "/attributes/organizations", "/attributes/organizations", {}, None),
        ("get", "/lists", "/lists", {}, None),
        ("get", "/lists/{listName}/fields", "/lists/CUSTOMERS/fields", {}, None),
        ("get", members, "/lists/CUSTOMERS/members", {"qa": "c", "id": customer, "fs": "all"}, None),
        ("get", f"{members}/{{riid}}", f"/lists/CUSTOMERS/members/{riids[0]}", {"fs": "RIID_,CITY_"}, None),
        ("get", f"{members}/count", "/lists/CUSTOMERS/members/count", {}, None),
        ("post", members, "/lists/CUSTOMERS/members", {}, MERGE),
        ("post", f"{members}  ", "/lists/CUSTOMERS/members", {"action": "get"}, bulk),
        ("post", f"{members} ", "/lists/CUSTOMERS/members", {"action": "delete"}, bulk),
        ("delete", members, "/lists/CUSTOMERS/members", {"qa": "c", "id": customer}, None),
        ("delete", f"{members}/{{riid}}", f"/lists/CUSTOMERS/members/{riids[2]}", {}, None),
        ("get", "/lists/{listName}/listExtensions", "/lists/CUSTOMERS/listExtensions", {}, None),
        ("get", "/filters", "/filters", {}, None),
        ("get", "/suppData", "/suppData", {}, None),
        ("get", "/folder/{folderName}/suppData/{suppTableName}", "/folder/Lists/suppData/ORDERS", {}, None),
        ("get", "/campaigns", "/campaigns", {}, None),
        ("get", "/campaigns/{campaignName}", "/campaigns/Autumn sale", {}, None),
        ("get", "/folders", "/folders", {}, None),
        ("post", "/folders", "/folders", {}, {"folderName": "New"}),
        ("get", "/folders/{folderName}/content", "/folders/Lists/content", {}, None),
        ("get", "/programs", "/programs", {}, None),
    ]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with responsys_stage(tmp_path) as made:
        await made.integration_user(ALL_ROLES)
        yield made


async def test_every_documented_call_answers_in_its_documented_shape(stage: Stage) -> None:
    token = await stage.token(password=PASSWORD)
    rows = list(stage.twin.lists["CUSTOMERS"].rows())
    stage.twin.account.extensions["CUSTOMERS"] = {"CUSTOMER_PREFERENCES": stage.twin.account.supplemental["ORDERS"]}
    asked = calls([row["RIID_"] for row in rows[1:]], rows[0]["CUSTOMER_ID_"])
    for verb, template, path, query, body in asked:
        answer = await stage.call(verb.upper(), path, token, params=query, json=body)
        assert answer.status_code == 200, (path, answer.text)
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"
        validate(verb, template, answer.json())
    described = {(verb, path) for path, verbs in description()["paths"].items() for verb in verbs}
    assert {(verb, f"/rest/api/v1.3{template}") for verb, template, *_ in asked} == described


def test_the_validation_can_fail() -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate("get", "/user/info", {"accountName": "acmeretail"})
    with pytest.raises(jsonschema.ValidationError):
        validate("get", "/lists", {"items": []})
    with pytest.raises(jsonschema.ValidationError):
        validate("get", "/lists/{listName}/members/count", {"count": "12", "links": []})
