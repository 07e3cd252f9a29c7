"""CX Audience's REST interface over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from support.sandboxes.audience_setting import START, Stage, stage

ROOT = "/rest/api/v1.3"


@asynccontextmanager
async def client(on: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=on.api_url + ROOT, trust_env=False) as web:
        yield web


async def log_in(web: httpx.AsyncClient, on: Stage, password: str = "") -> httpx.Response:
    form = {
        "user_name": "audience.api",
        "password": password or on.twin.access.users["audience.api"].password.reveal(),
        "auth_type": "password",
    }
    answer = await web.post("/auth/token", data=form)
    if answer.status_code == 200:
        web.headers["Authorization"] = answer.json()["authToken"]
    return answer


async def test_login_has_no_end_point_and_lives_two_hours() -> None:
    async with stage() as on, client(on) as web:
        answer = await log_in(web, on)
        assert set(answer.json()) == {"authToken", "issuedAt"}
        assert abs(answer.json()["issuedAt"] - START.timestamp() * 1000) < 60_000
        assert len(answer.json()["authToken"]) == 54
        await on.clock.advance(START + timedelta(minutes=119))
        assert (await web.get("/lists")).status_code == 200
        await on.clock.advance(START + timedelta(minutes=121))
        assert (await web.get("/lists")).json()["errorCode"] == "TOKEN_EXPIRED"
        await log_in(web, on)
        assert (await web.get("/lists")).status_code == 200
        web.headers["Authorization"] = "Bearer " + web.headers["Authorization"]
        answer = await web.get("/lists")
        assert (answer.status_code, answer.json()["errorCode"]) == (401, "INVALID_TOKEN")


async def test_wrong_logins_are_refused_in_the_documented_shape_and_lock_after_five() -> None:
    async with stage() as on, client(on) as web:
        for _ in range(5):
            answer = await log_in(web, on, "wrong")
            assert answer.status_code == 400
            assert answer.json() == {
                "type": "",
                "title": "Invalid username or password",
                "errorCode": "INVALID_USER_NAME_PASSWORD",
                "detail": "",
                "errorDetails": [],
            }
        answer = await log_in(web, on)
        assert (answer.status_code, answer.json()["errorCode"]) == (401, "PASSWORD_LOCKOUT")
        await on.clock.advance(START + timedelta(minutes=59))
        assert (await log_in(web, on)).status_code == 401
        await on.clock.advance(START + timedelta(minutes=61))
        assert (await log_in(web, on)).status_code == 200


async def test_credentials_count_in_a_form_body_only() -> None:
    async with stage() as on, client(on) as web:
        query = {
            "user_name": "audience.api",
            "password": on.twin.access.users["audience.api"].password.reveal(),
            "auth_type": "password",
        }
        assert (await web.post("/auth/token", params=query)).status_code == 400
        assert (await web.post("/auth/token", json=query)).json()["errorCode"] == "INVALID_USER_NAME_PASSWORD"


async def test_logins_are_throttled_by_the_sandbox_minute() -> None:
    async with stage() as on, client(on) as web:
        for _ in range(10):
            assert (await log_in(web, on)).status_code == 200
        answer = await log_in(web, on)
        assert (answer.status_code, answer.json()["errorCode"]) == (400, "API_LIMIT_EXCEEDED")
        await on.clock.advance(on.clock.now() + timedelta(seconds=61))
        assert (await log_in(web, on)).status_code == 200


async def test_lists_are_a_bare_array_with_fields() -> None:
    async with stage() as on, client(on) as web:
        await log_in(web, on)
        answer = await web.get("/lists")
        assert [one["name"] for one in answer.json()] == ["CUSTOMER_PROFILES"]
        fields = answer.json()[0]["fields"]
        assert fields[0] == {"fieldName": "RIID_", "fieldType": "INTEGER"}
        assert fields[-1] == {"fieldName": "LIFETIME_VALUE", "fieldType": "NUMBER"}
        assert (await web.get("/lists/CUSTOMER_PROFILES/members/count")).status_code == 404
        missing = await web.get("/campaigns")
        assert (missing.status_code, missing.json()["errorCode"]) == (404, "RESOURCE_NOT_FOUND")


async def test_members_are_found_by_every_query_attribute() -> None:
    async with stage() as on, client(on) as web:
        await log_in(web, on)
        values = {"CUSTOMER_ID_": "C1", "EMAIL_ADDRESS_": "Ann@Acme.example", "MOBILE_NUMBER_": "12125550001"}
        riid = on.profiles.insert(values, START)
        row = on.profiles.find("RIID_", riid)[0]
        by = {
            "r": riid,
            "c": "C1",
            "e": "ann@acme.example",
            "m": "12125550001",
            "e_md5": row["EMAIL_MD5_HASH_"],
            "e_sha256": row["EMAIL_SHA256_HASH_"],
        }
        for attribute, value in by.items():
            query = {"qa": attribute, "id": value, "fs": "RIID_,CUSTOMER_ID_"}
            answer = await web.get("/lists/CUSTOMER_PROFILES/members", params=query)
            assert answer.json()["recordData"] == {
                "fieldNames": ["RIID_", "CUSTOMER_ID_"],
                "records": [[riid, "C1"]],
                "mapTemplateName": None,
            }
        everything = {"qa": "r", "id": riid, "fs": "all"}
        full = (await web.get("/lists/CUSTOMER_PROFILES/members", params=everything)).json()["recordData"]
        assert len(full["fieldNames"]) == len(full["records"][0]) == len(on.profiles.columns)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/lists/customer_profiles/members?qa=c&id=C1", 404, "LIST_NOT_FOUND"),
        ("/lists/CUSTOMER_PROFILES/members?qa=c&id=nobody", 404, "RECORD_NOT_FOUND"),
        ("/lists/CUSTOMER_PROFILES/members?qa=c&id=C1&fs=NO_SUCH", 400, "INVALID_FIELD_NAME"),
    ],
)
async def test_wrong_questions_are_answered_with_their_code(path: str, status: int, code: str) -> None:
    async with stage() as on, client(on) as web:
        await log_in(web, on)
        on.profiles.insert({"CUSTOMER_ID_": "C1"}, START)
        answer = await web.get(path)
        assert (answer.status_code, answer.json()["errorCode"]) == (status, code)
