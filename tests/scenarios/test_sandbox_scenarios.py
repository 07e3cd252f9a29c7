"""Planted faults against the real twins: each one really happens, and doing it again the right way puts it right."""

import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from cxr_tui.domain.instruction import Site, Typed, Visit, VisitRefusedError
from cxr_tui.sandbox.browser_automation import SandboxOperator
from cxr_tui.sandbox.client import RunningSandbox, SandboxOptions, launch_sandbox
from cxr_tui.sandbox.scenarios import known_scenarios
from support.sandboxes.control_api_setting import EMAIL, USER, Safe, ask, log_in, new_user, sign_up

MANAGEMENT = ("Account", "User identity management", "User management", USER)
BOTH = ["List Web Services Manager", "Table Web Services Manager"]
BOX = "Enable Responsys and CX Audience Integration"
JOB = ("Data", "Connect", "Manage Connect", "Nightly export")


@contextlib.asynccontextmanager
async def planted(*codes: str) -> AsyncIterator[tuple[RunningSandbox, SandboxOperator]]:
    async with launch_sandbox(SandboxOptions(people=20, scenarios=codes)) as running:
        yield running, running.operator()


async def go(operator: SandboxOperator, path: tuple[str, ...], entries: dict[str, Typed], *press: str) -> None:
    await operator.perform(Visit(Site.RESPONSYS, path, entries, press), {}, Safe())


def test_the_codes_that_can_be_planted() -> None:
    assert {
        "missing-list-role",
        "missing-table-role",
        "extra-role",
        "organization-not-root",
        "user-locale",
        "temporary-password",
        "integration-not-enabled",
        "job-inactive",
        "header-off",
        "enclosure-on",
        "list-empty",
        "audience-designer-off",
        "file-wrong-recipient",
        "identity-cloud-account",
    } <= set(known_scenarios())


async def test_a_user_with_everything_wrong_can_be_fixed() -> None:
    async with planted(
        "missing-list-role", "extra-role", "user-locale", "organization-not-root", "list-empty"
    ) as stand:
        running, operator = stand
        await sign_up(operator, USER)
        login = (await log_in(running.info.responsys_login, USER)).json()
        endpoint, token = login["endPoint"], login["authToken"]
        assert (await ask(endpoint, token, "/user/info")).json()["userLocale"] != "en"
        assert (await ask(endpoint, token, "/lists")).json()["errorCode"] == "INSUFFICIENT_ACCESS"
        assert (await ask(endpoint, token, "/campaigns")).status_code == 200
        await go(operator, (*MANAGEMENT, "Role Assignment"), {"Functional roles": BOTH}, "Save")
        assert [one["name"] for one in (await ask(endpoint, token, "/lists")).json()] == ["LOYALTY"]
        await go(operator, (*MANAGEMENT, "Organization Assignment"), {"Organization": "Root"}, "Save")
        await go(operator, MANAGEMENT, {"User locale": "English"}, "Save")
        assert (await ask(endpoint, token, "/user/info")).json()["userLocale"] != "en"  # nobody has said a word yet
        await operator.perform(Visit(Site.COLLEAGUE, ("Meaning of a finding",), {"Finding": "user-locale"}), {}, Safe())
        await go(operator, MANAGEMENT, {"User locale": "English"}, "Save")
        assert (await ask(endpoint, token, "/user/info")).json()["userLocale"] == "en"
        assert {one["name"] for one in (await ask(endpoint, token, "/lists")).json()} == {"CUSTOMERS", "LOYALTY"}
        counting = "/lists/CUSTOMERS/members/count"
        assert (await ask(endpoint, token, counting)).json()["count"] == 20
        job: dict[str, Typed] = {"Type of job": "Export Data", "Job name": "Export", "Description": ""}
        await go(operator, ("Data", "Connect", "Manage Connect", "Create job"), job, "Create")
        assert (await ask(endpoint, token, counting)).json()["count"] == 0


async def test_without_the_table_role_only_tables_are_refused() -> None:
    async with planted("missing-table-role") as (running, operator):
        await sign_up(operator, USER)
        login = (await log_in(running.info.responsys_login, USER)).json()
        assert (await ask(login["endPoint"], login["authToken"], "/lists")).status_code == 200
        refused = await ask(login["endPoint"], login["authToken"], "/suppData")
        assert refused.json()["errorCode"] == "INSUFFICIENT_ACCESS"


async def test_a_temporary_password_that_was_never_changed_does_not_log_in() -> None:
    async with planted("temporary-password") as (running, operator):
        await sign_up(operator, USER)
        wrong = await log_in(running.info.responsys_login, USER)
        assert wrong.json()["errorCode"] == "INVALID_USER_NAME_PASSWORD"
        mail = Visit(Site.MAILBOX, ("Inbox", "Welcome to Oracle Responsys"), {"To": EMAIL})
        temporary = (await operator.perform(mail, {}, Safe())).secrets["Temporary password"]
        still = await log_in(running.info.responsys_login, USER, temporary.reveal())
        assert still.json()["errorCode"] == "PASSWORD_EXPIRED"


async def test_where_users_live_in_the_identity_cloud_the_form_refuses() -> None:
    async with planted("identity-cloud-account") as (_, operator):
        for visit in new_user(USER):
            with pytest.raises(VisitRefusedError, match="Identity Cloud"):
                await operator.perform(visit, {}, Safe())


async def test_the_box_is_unticked_again_and_support_forgets() -> None:
    async with planted("integration-not-enabled", "audience-designer-off") as (running, operator):
        page = ("Account", "CX Audience settings")
        await go(operator, page, {BOX: True}, "Save")
        assert (await operator.look(Site.RESPONSYS, page))[BOX] is True
        await operator.look(Site.RESPONSYS, ("Data", "Profile Lists", "CUSTOMERS"))
        assert (await operator.look(Site.RESPONSYS, page))[BOX] is False
        await go(operator, page, {BOX: True}, "Save")
        assert (await operator.look(Site.RESPONSYS, page))[BOX] is True
        form: dict[str, Typed] = {
            "Service type": "Responsys",
            "Problem type": "Feature",
            "Problem summary": "Enable Audience Designer",
            "Problem description": "For acmeretail",
        }
        request = Visit(Site.SUPPORT, ("Create service request",), form, ("Submit",))
        number = str((await operator.perform(request, {}, Safe())).values["SR number"])
        wait = Visit(Site.CALENDAR, ("Until Oracle Support answers",), {"SR number": number})
        assert "Now" in (await operator.perform(wait, {}, Safe())).values
        async with httpx.AsyncClient(headers={"X-Control-Token": running.info.control_token}) as client:
            truth = (await client.get(f"{running.info.control_api}/state")).json()
        assert truth["responsys"]["audience_designer"] is False


async def test_an_export_goes_wrong_in_every_way_it_can_be_typed() -> None:
    codes = ("header-off", "enclosure-on", "file-wrong-recipient", "job-inactive")
    async with planted(*codes) as (_, operator):
        create: dict[str, Typed] = {"Type of job": "Export Data", "Job name": JOB[-1], "Description": "x"}
        await go(operator, ("Data", "Connect", "Manage Connect", "Create job"), create, "Create")
        await go(operator, (*JOB, "Select object"), {"Object": "List", "List": "CUSTOMERS"}, "Save")
        await go(operator, (*JOB, "Destination Connectivity"), {"Path": "download"}, "Save")
        entries: dict[str, Typed] = {
            "File to be created": "CUSTOMERS",
            "Field enclosure": "None",
            "Insert column header as first line": True,
            "Encryption/compression": "Compress and encrypt file with PGP/GPG key",
            "Key": "the right one",
        }
        await go(operator, (*JOB, "Destination Specification"), entries, "Save")
        shown = await operator.look(Site.RESPONSYS, (*JOB, "Destination Specification"))
        assert shown["Field enclosure"] == '"'
        assert shown["Insert column header as first line"] is False
        assert shown["Key"] == "Earlier attempt"
        await go(operator, (*JOB, "Notification"), {"Send notification to": "a@b.example"}, "Save")
        schedule: dict[str, Typed] = {
            "Schedule": "Recurring",
            "Recurring": "Daily",
            "Date": "2099-01-01",
            "Time": "02:15",
            "Every _ days": "1",
            "End date": "No end date",
            "Expiration": "Never expire",
        }
        await go(operator, (*JOB, "Schedule"), schedule, "Activate", "Save & Close")
        assert (await operator.look(Site.RESPONSYS, (*JOB, "Schedule")))["Status"] == "Inactive"
        await go(operator, (*JOB, "Schedule"), schedule, "Activate", "Save & Close")
        assert (await operator.look(Site.RESPONSYS, (*JOB, "Schedule")))["Status"] == "Active"
