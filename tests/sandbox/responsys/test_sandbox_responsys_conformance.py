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

from cxr_tui.sandbox.responsys.account import ROLES
from support.paths import DATA
from support.sandboxes.responsys_setting import PASSWORD, Stage, responsys_stage

SWAGGER = DATA / "responsys-swagger.json"


@cache
def description() -> dict[str, Any]:
    """Return the description with the corrections that samples and traffic make."""
    document: dict[str, Any] = json.loads(SWAGGER.read_text(encoding="utf-8"))
    definitions = document["definitions"]
    # Documented sample: GET /lists answers a bare array, not an object with items.
    definitions["lists-collection"] = definitions["lists-collection"]["properties"]["items"]
    for name in ("profileListRecipients", "retrieveListRecipientCount"):
        properties = definitions[name]["properties"]
        # Observed: links is an array of links; mapTemplateName and, where nothing is merged, mergeRule are null.
        if "links" in properties:
            properties["links"] = {"type": "array", "items": properties["links"]}
        if "recordData" in properties:
            properties["recordData"]["properties"]["mapTemplateName"]["type"] = ["string", "null"]
        if "mergeRule" in properties:
            properties["mergeRule"]["type"] = ["object", "null"]
    return document


def validate(template: str, body: object) -> None:
    """Check an answer against the schema of its call, additional members included in what is allowed."""
    schema = description()["paths"][f"/rest/api/v1.3{template}"]["get"]["responses"]["default"]["schema"]
    jsonschema.Draft202012Validator(
        {**schema, "definitions": description()["definitions"]},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    ).validate(body)


def calls(customer: str) -> list[tuple[str, str, dict[str, str]]]:
    """Return template, path and query of every documented call."""
    members = "/lists/{listName}/members"
    return [
        ("/user/info", "/user/info", {}),
        ("/attributes/organizations", "/attributes/organizations", {}),
        ("/lists", "/lists", {}),
        (members, "/lists/CUSTOMERS/members", {"qa": "c", "id": customer, "fs": "all"}),
        (f"{members}/count", "/lists/CUSTOMERS/members/count", {}),
        ("/filters", "/filters", {}),
        ("/suppData", "/suppData", {}),
        ("/campaigns", "/campaigns", {}),
        ("/folders", "/folders", {}),
    ]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with responsys_stage(tmp_path) as made:
        await made.integration_user(ROLES)
        yield made


async def test_every_documented_call_answers_in_its_documented_shape(stage: Stage) -> None:
    token = await stage.token(password=PASSWORD)
    customer = next(iter(stage.twin.account.lists["CUSTOMERS"].rows()))["CUSTOMER_ID_"]
    asked = calls(customer)
    for template, path, query in asked:
        answer = await stage.get(path, token, query)
        assert answer.status_code == 200, (path, answer.text)
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"
        validate(template, answer.json())
    described = description()["paths"]
    assert {f"/rest/api/v1.3{template}" for template, *_ in asked} == set(described)


def test_the_validation_can_fail() -> None:
    with pytest.raises(jsonschema.ValidationError):
        validate("/user/info", {"accountName": "acmeretail"})
    with pytest.raises(jsonschema.ValidationError):
        validate("/lists", {"items": []})
    with pytest.raises(jsonschema.ValidationError):
        validate("/lists/{listName}/members/count", {"count": "12", "links": []})
